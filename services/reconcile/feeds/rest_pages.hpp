// Pages of a list as they came, one record each: what the feeds of REST and Klear have in common.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/rest/http_response.hpp"
#include "marginfix/rest/operation.hpp"
#include "services/reconcile/answer.hpp"

namespace marginfix::reconcile {

inline constexpr int kMostPages = 100'000;

// For a record's line, whatever the error quotes.
inline std::string in_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

// Which request it was, in front of what was wrong with its answer.
inline Error about(const rest::OperationInfo& info, Error error) {
  error.message = std::string(info.operation_id) + ": " + error.message;
  return error;
}

// Nothing else will come either: a round ends there, so that a silent exchange costs one time-out and not seven.
inline bool ends_the_round(const Error& error) {
  return error.category == ErrorCategory::connect || error.category == ErrorCategory::tls || error.category == ErrorCategory::timeout ||
         error.category == ErrorCategory::credentials || error.category == ErrorCategory::config ||
         error.category == ErrorCategory::store || error.category == ErrorCategory::closed || error.status == 401 || error.status == 403;
}

// A page that the queue had no room for: the list is not whole.
inline Error no_room() { return fail(ErrorCategory::store, "this service could not write as fast as it was told"); }

// How long a round may go on. A list may have any number of pages, each of which answers.
struct RoundLimit {
  const std::atomic<bool>& stopping;
  std::optional<Timestamp> until{};  // by the steady clock; absent: as long as it takes
  Result<void> passed() const {
    if (stopping) return fail(ErrorCategory::closed, "the service ends");
    if (until && monotonic_clock().now() >= *until) return fail(ErrorCategory::timeout, "the lists have not ended in time");
    return {};
  }
};

template <class Response>
std::string cursor_of(const Response& response) {
  if constexpr (requires { response.cursor; }) return response.cursor.value_or(std::string());
  return {};
}

// Asks page after page: `get(op)` gives an answer, `keep(query, body)` writes it down before it is read (false: there was no room), and
// `each(response)` sees it read. Error: of a page; the limit; no room; a cursor that goes round; a body that is no such list.
template <class Op, class Get, class Keep, class Each>
Result<void> all_pages(Op request, const RoundLimit& limit, Get&& get, Keep&& keep, Each&& each) {
  std::set<std::string> seen;
  for (int page = 0; page < kMostPages; ++page) {
    if (auto passed = limit.passed(); !passed) return passed;
    const auto prepared = rest::prepare(request);
    if (!prepared) return prepared.error();
    const auto answer = get(request);
    if (!answer) return answer.error();
    if (!keep(prepared->query, answer->body)) return no_room();
    const auto response = read_answer<typename Op::Response>(answer->body);
    if (!response) return about(rest::Operation<Op>::info, response.error());
    each(*response);
    const std::string cursor = cursor_of(*response);
    if (cursor.empty()) return {};
    if (!seen.insert(cursor).second)
      return fail(ErrorCategory::decode, "the list goes round: the cursor of page " + std::to_string(page + 1) + " came before");
    if constexpr (requires { request.cursor; }) request.cursor = cursor;
  }
  return fail(ErrorCategory::decode, "the list has more than " + std::to_string(kMostPages) + " pages");
}

}  // namespace marginfix::reconcile
