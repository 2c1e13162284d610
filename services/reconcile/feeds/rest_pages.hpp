// Pages of a list as they came, one record each: what the feeds of REST and Klear have in common.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

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

// Nothing else will answer either: a round ends there, so that a silent exchange costs one time-out and not seven.
inline bool nobody_there(const Error& error) {
  return error.category == ErrorCategory::connect || error.category == ErrorCategory::tls || error.category == ErrorCategory::timeout ||
         error.category == ErrorCategory::credentials || error.category == ErrorCategory::config || error.status == 401 ||
         error.status == 403;
}

template <class Response>
std::string cursor_of(const Response& response) {
  if constexpr (requires { response.cursor; }) return response.cursor.value_or(std::string());
  return {};
}

// Asks page after page: `get(op)` gives an answer, `keep(query, body)` writes it down before it is read, `each(response)` sees it read.
// Error: of a page; a cursor that goes round; a body that is no such list.
template <class Op, class Get, class Keep, class Each>
Result<void> all_pages(Op request, Get&& get, Keep&& keep, Each&& each) {
  std::set<std::string> seen;
  for (int page = 0; page < kMostPages; ++page) {
    const auto prepared = rest::prepare(request);
    if (!prepared) return prepared.error();
    const auto answer = get(request);
    if (!answer) return answer.error();
    keep(prepared->query, answer->body);
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
