#include "services/reconcile/decide.hpp"

#include <curl/curl.h>

#include <boost/json.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <thread>

#include "marginfix/core/text.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/folder/postgres_writer.hpp"
#include "services/reconcile/postgres/inbox.hpp"
#include "services/reconcile/service.hpp"
#include "services/reconcile/service_plan.hpp"

namespace marginfix::reconcile {
namespace {

std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string member_of(const std::string& json, std::string_view name) {
  boost::system::error_code fault;
  const boost::json::value value = boost::json::parse(json, fault);
  if (fault || !value.is_object()) return {};
  const boost::json::value* const member = value.get_object().if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

Error closed_already(std::int64_t id) {
  Error error = fail(ErrorCategory::store, "the break " + std::to_string(id) + " is closed already: `reconcile breaks show " +
                                               std::to_string(id) + "` says by whom");
  error.code = "gone";
  return error;
}

Result<void> check_standing(Storage& storage, std::int64_t id) {
  switch (standing_of(storage, id)) {
    case BreakStanding::open:
      return {};
    case BreakStanding::closed:
      return closed_already(id);
    case BreakStanding::unknown:
      break;
  }
  return fail(ErrorCategory::store, "there is no break " + std::to_string(id) + ": `reconcile breaks list` says which there are");
}

std::size_t keep_answer(char* data, std::size_t, std::size_t size, void* into) {
  constexpr std::size_t kMost = 64 << 10;
  auto& answer = *static_cast<std::string*>(into);
  if (answer.size() + size > kMost) return 0;
  answer.append(data, size);
  return size;
}

// POST to the page of the service that holds the folder.
Result<void> by_page(const std::string& dir, const BreakDecision& decision) {
  const std::string where = text_of_file(dir + "/reconcile.json");
  const std::string page = member_of(where, "page"), token_file = member_of(where, "token_file");
  if (page.empty() || token_file.empty())
    return fail(ErrorCategory::store, "another process writes to " + dir + " and has no page yet: try again when it has ended or begun");
  std::string token = text_of_file(token_file.front() == '/' ? token_file : dir + "/" + token_file);
  while (!token.empty() && token.back() == '\n') token.pop_back();
  std::string body, answer;
  json::Writer(body)
      .begin_object()
      .member("action", decision.action)
      .member("user", decision.user)
      .member("reason", decision.reason)
      .end_object();
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  curl_slist* headers = curl_slist_append(nullptr, "Content-Type: application/json");
  headers = curl_slist_append(headers, ("Authorization: Bearer " + token).c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> kept(headers, &curl_slist_free_all);
  if (!curl || !headers) return fail(ErrorCategory::internal, "libcurl cannot be used");
  const std::string url = page + "api/breaks/" + std::to_string(decision.break_id);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 30'000L);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &keep_answer);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return fail(ErrorCategory::http, std::string("the service's page does not answer: ") + curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) return {};
  const std::string message = member_of(answer, "message");
  return fail(ErrorCategory::http, "the service refused it (" + std::to_string(status) + "): " + (message.empty() ? answer : message));
}

Result<void> by_record(LedgerWriter& writer, const BreakDecision& decision) {
  if (auto open = check_standing(writer.storage(), decision.break_id); !open) return open;
  Record record;
  record.kind = RecordKind::decision;
  record.received = system_clock().now();
  record.body = decision_body(decision.break_id, decision.action, decision.user, decision.reason);
  if (auto written = writer.write({record}); !written) return written;
  if (standing_of(writer.storage(), decision.break_id) == BreakStanding::open)
    return fail(ErrorCategory::internal, "the break " + std::to_string(decision.break_id) + " stayed open");
  return writer.close();
}

constexpr std::chrono::seconds kLeaderPatience{15};
constexpr std::chrono::milliseconds kLookAtInbox{50};

// Where nobody leads: what waits in the inbox is done by this process.
Result<void> empty_inbox(const PostgresAddress& address, const std::string& service, const std::string& dir) {
  auto candidate = LeadCandidate::open(address, {service, "a command", {}, {}});
  if (!candidate) return candidate.error();
  auto lead = (*candidate)->try_take();
  if (!lead) return lead.error();
  if (!*lead) return {};
  auto writer = open_leading_writer(address, **lead, dir);
  if (!writer) return writer.error();
  if (auto written = (*writer)->write({}); !written) return written;
  return (*writer)->close();
}

Result<void> by_inbox(const LedgerPlace& place, const BreakDecision& decision) {
  const auto address = PostgresAddress::parse(place.storage);
  if (!address) return address.error();
  const auto service = service_of(place);
  if (!service) return service.error();
  const auto ledger = open_ledger_for_reading({place.dir, place.storage, *service});
  if (!ledger) return ledger.error();
  if (auto open = check_standing(**ledger, decision.break_id); !open) return open;
  const std::string body = decision_body(decision.break_id, decision.action, decision.user, decision.reason);
  if (auto asked = put_into_inbox(*address, *service, body); !asked) return asked;
  const auto until = std::chrono::steady_clock::now() + kLeaderPatience;
  for (int looks = 0; std::chrono::steady_clock::now() < until; ++looks) {
    if (standing_of(**ledger, decision.break_id) != BreakStanding::open) return {};
    if (looks % 10 == 5) {
      if (auto done = empty_inbox(*address, *service, place.dir); !done) return done;
    }
    std::this_thread::sleep_for(kLookAtInbox);
  }
  return fail(ErrorCategory::store, "the decision has not been written yet: look again before you repeat it");
}

}  // namespace

Result<void> decide(const LedgerPlace& place, const BreakDecision& decision) {
  if (decision.user.empty() || decision.reason.empty())
    return fail(ErrorCategory::config, "who closes it and why: --user NAME --reason TEXT");
  for (const std::string& text : {decision.user, decision.reason}) {
    if (const char* const fault = text_fault(text)) return fail(ErrorCategory::config, std::string("--user or --reason ") + fault);
  }
  if (!place.storage.empty()) {
    try {
      return by_inbox(place, decision);
    } catch (const Exception& e) {
      return e.error();
    }
  }
  const std::string& dir = place.dir;
  if (!holds_ledger(dir)) return no_ledger_error(dir);  // a slip in --dir makes no ledgers
  auto writer = LedgerWriter::open(dir);
  if (writer) return by_record(**writer, decision);
  if (writer.error().code != "locked") return writer.error();
  const auto ledger = open_ledger_for_reading(dir);
  if (!ledger) return ledger.error();
  if (auto open = check_standing(**ledger, decision.break_id); !open) return open;
  return by_page(dir, decision);
}

}  // namespace marginfix::reconcile
