// What the control port's verbs mean.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <optional>

#include "marginfix/core/text.hpp"
#include "sim/doors/control/control.hpp"
#include "sim/doors/control/fault.hpp"
#include "sim/doors/http/url.hpp"

namespace marginfix::sim {
namespace {

namespace json = boost::json;

ControlAnswer problem(int status, std::string_view text) {
  json::object body;
  body["error"] = visible(text);
  return {status, json::serialize(body)};
}

ControlAnswer outcome(const Result<void>& result) {
  if (result) return {200, "{}"};
  const ErrorCategory category = result.error().category;
  return problem(category == ErrorCategory::config ? 404 : category == ErrorCategory::decode ? 400 : 500, result.error().message);
}

// A member that must be a string; sets `bad` when it is something else, or absent though required.
std::string text_member(const json::object& body, const char* name, bool required, std::string& bad) {
  const json::value* value = body.if_contains(name);
  if (value != nullptr && value->is_string()) return std::string(value->as_string());
  if (value != nullptr || required) bad = std::string("\"") + name + "\" must be a string";
  return {};
}

std::int64_t number_member(const json::object& body, const char* name, std::int64_t least, std::int64_t most, std::string& bad) {
  const json::value* value = body.if_contains(name);
  const std::int64_t* number = value != nullptr ? value->if_int64() : nullptr;
  if (number != nullptr && *number >= least && *number <= most) return *number;
  bad = std::string("\"") + name + "\" must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  return 0;
}

// What a verb stores or names is an identifier, a reason a text (marginfix/core/text.hpp). The faults and texts that a verb is asked to put
// on the wire as they are may be as odd as the test wants.
std::string odd_member(const json::value& value, std::string_view name) {
  if (const auto* text = value.if_string()) {
    const std::string_view view{text->data(), text->size()};
    const char* fault = name == "reason" ? text_fault(view) : identifier_fault(view);
    return fault == nullptr ? std::string() : "\"" + std::string(name) + "\" " + fault;
  }
  if (const auto* items = value.if_array()) {
    for (const auto& item : *items) {
      if (auto problem = odd_member(item, name); !problem.empty()) return problem;
    }
  }
  if (const auto* members = value.if_object()) {
    for (const auto& member : *members) {
      if (auto problem = odd_member(member.value(), {member.key().data(), member.key().size()}); !problem.empty()) return problem;
    }
  }
  return {};
}
bool takes_any_text(std::string_view path) { return path == "/ws_send" || path == "/fault"; }

constexpr std::int64_t kMostCount = 1'000'000, kMostDelay = 600'000, kMostAdvance = 366LL * 86'400'000;

struct Verb {
  ControlTarget& target;
  const json::object& body;
  std::string bad{};

  ControlAnswer finish(const std::function<Result<void>()>& run) { return bad.empty() ? outcome(run()) : problem(400, bad); }

  ControlAnswer on_session(std::string_view path) {
    const std::string session = text_member(body, "session", true, bad);
    const std::string key = text_member(body, "key_id", false, bad);
    if (path == "/disconnect") return finish([&] { return target.control_disconnect(session, key); });
    if (path == "/silence") return finish([&] { return target.control_silence(session, key); });
    if (path == "/skip_seq") {
      const auto count = static_cast<int>(number_member(body, "count", 1, kMostCount, bad));
      return finish([&] { return target.control_skip_seq(session, key, count); });
    }
    const std::chrono::milliseconds held{number_member(body, "ms", 0, kMostDelay, bad)};
    return finish([&] { return target.control_delay(session, key, held); });
  }

  ControlAnswer on_websocket(std::string_view path) {
    const std::string key = text_member(body, "key_id", false, bad);
    if (path == "/ws_cut_in_frame") return finish([&] { return target.control_cut_in_frame(key); });
    if (path == "/ws_send") {
      const std::string text = text_member(body, "text", true, bad);
      return finish([&] { return target.control_send(key, text); });
    }
    const auto code = static_cast<std::uint16_t>(number_member(body, "code", 1000, 4999, bad));
    const std::string reason = text_member(body, "reason", false, bad);
    return finish([&] { return target.control_close(key, code, reason); });
  }

  ControlAnswer halt() {
    const std::string ticker = text_member(body, "ticker", true, bad);
    const json::value* flag = body.if_contains("halted");
    if (flag != nullptr && !flag->is_bool()) bad = "\"halted\" must be true or false";
    return finish([&] { return target.control_halt(ticker, flag == nullptr || flag->as_bool()); });
  }

  ControlAnswer drop_copy() {
    const std::string account = text_member(body, "account", true, bad);
    const json::value* flag = body.if_contains("enabled");
    if (flag != nullptr && !flag->is_bool()) bad = "\"enabled\" must be true or false";
    return finish([&] { return target.control_drop_copy(account, flag == nullptr || flag->as_bool()); });
  }

  ControlAnswer fault() {
    const json::value* named = body.if_contains("door");
    const std::string door = named == nullptr ? "rest" : text_member(body, "door", true, bad);
    const json::value* clear = body.if_contains("clear");
    if (clear != nullptr && clear->is_bool() && clear->as_bool()) return finish([&] { return target.control_clear_faults(door); });
    if (door == "KalshiNR" || door == "KalshiRT") {
      const auto order_fault = read_order_fault(body);
      if (!order_fault) return problem(400, order_fault.error().message);
      return finish([&] { return target.control_order_fault(door, *order_fault); });
    }
    auto read = read_http_fault(body);
    if (!read) return problem(400, read.error().message);
    return finish([&] { return target.control_fault(door, std::move(*read)); });
  }

  ControlAnswer reference_price() {
    const std::string ticker = text_member(body, "ticker", true, bad);
    const auto price = DollarDecimal::parse(text_member(body, "price", true, bad));
    if (!price && bad.empty()) bad = "\"price\" must be a decimal string of dollars";
    return finish([&] { return target.control_reference_price(ticker, *price); });
  }

  // {"subtrader_id", "ticker" (without: all markets), "limit": dollars of notional, or null for none}
  ControlAnswer subtrader_limit() {
    const std::string id = text_member(body, "subtrader_id", true, bad);
    const std::string ticker = text_member(body, "ticker", false, bad);
    const json::value* given = body.if_contains("limit");
    std::optional<DollarDecimal> limit;
    if (given == nullptr || !given->is_null()) {
      const auto dollars = DollarDecimal::parse(text_member(body, "limit", true, bad));
      if (dollars && !dollars->is_negative()) limit = *dollars;
      if (!limit && bad.empty()) bad = "\"limit\" must be a decimal string of dollars, not negative, or null";
    }
    return finish([&] { return target.control_subtrader_limit(id, ticker, limit); });
  }

  ControlAnswer corporate_action() {
    const auto request = read_corporate_action(body);
    if (!request) return problem(400, request.error().message);
    std::string id;
    const auto done = [&]() -> Result<void> {
      auto given = target.control_corporate_action(*request);
      if (!given) return given.error();
      id = std::move(*given);
      return {};
    };
    ControlAnswer answer = finish(done);
    if (answer.status == 200) answer.body = json::serialize(json::object{{"id", id}});
    return answer;
  }

  ControlAnswer clock() {
    const std::chrono::milliseconds advance{number_member(body, "advance_ms", 0, kMostAdvance, bad)};
    return finish([&] { return target.control_clock(advance); });
  }
};

// GET /state?account=NAME&limit=N&exec_ids_before=ID: one account only; how many of each list (more take longer, and every door waits);
// the ExecIDs before one, a page further back; likewise orders_before, fills_before, groups_before with an id of that list.
ControlAnswer state(ControlTarget& target, std::string_view text) {
  constexpr std::size_t kMostItems = 100'000;
  TruthQuery query;
  query.limit = kUsualTruthLimit;
  const std::pair<std::string_view, std::string*> pages[] = {
      {"orders_before", &query.orders_before}, {"fills_before", &query.fills_before}, {"groups_before", &query.groups_before}};
  const auto parsed = parse_query(text);
  if (!parsed) return problem(400, parsed.error().message);
  for (const auto& [name, value] : *parsed) {
    const auto* const page = std::ranges::find(pages, name, &std::pair<std::string_view, std::string*>::first);
    if (page != std::end(pages)) {
      if (!is_uuid(value)) return problem(400, name + " must be an id of that list");
      *page->second = value;
    } else if (name == "account") {
      query.account = value;
    } else if (name == "exec_ids_before") {
      const auto id = parse_exec_id(value);
      if (!id) return problem(400, "exec_ids_before must be an ExecID such as 128;1");
      query.exec_ids_before = *id;
    } else if (name == "limit") {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), query.limit);
      if (error == std::errc{} && end == value.data() + value.size() && query.limit >= 1 && query.limit <= kMostItems) continue;
      return problem(400, "limit must be a whole number from 1 to " + std::to_string(kMostItems));
    } else {
      return problem(
          400, "there is no parameter " + name + "; there are account, exec_ids_before, fills_before, groups_before, limit, orders_before");
    }
  }
  std::string found = target.control_state(query);
  if (found.empty()) return problem(404, "no account " + query.account);
  return {200, std::move(found)};
}

}  // namespace

ControlAnswer answer_control(ControlTarget& target, std::string_view method, std::string_view path, std::string_view body,
                             std::string_view query) {
  using Run = ControlAnswer (*)(Verb&, std::string_view);
  constexpr Run kSession = [](Verb& verb, std::string_view which) { return verb.on_session(which); };
  constexpr Run kWebSocket = [](Verb& verb, std::string_view which) { return verb.on_websocket(which); };
  static constexpr std::pair<std::string_view, Run> kVerbs[] = {
      {"/disconnect", kSession},
      {"/silence", kSession},
      {"/skip_seq", kSession},
      {"/delay", kSession},
      {"/ws_cut_in_frame", kWebSocket},
      {"/ws_send", kWebSocket},
      {"/ws_close", kWebSocket},
      {"/halt", [](Verb& verb, std::string_view) { return verb.halt(); }},
      {"/drop_copy", [](Verb& verb, std::string_view) { return verb.drop_copy(); }},
      {"/clock", [](Verb& verb, std::string_view) { return verb.clock(); }},
      {"/fault", [](Verb& verb, std::string_view) { return verb.fault(); }},
      {"/reference_price", [](Verb& verb, std::string_view) { return verb.reference_price(); }},
      {"/subtrader_limit", [](Verb& verb, std::string_view) { return verb.subtrader_limit(); }},
      {"/corporate_action", [](Verb& verb, std::string_view) { return verb.corporate_action(); }}};
  if (path == "/state") return method == "GET" ? state(target, query) : problem(405, "GET /state");
  const auto* const found = std::ranges::find(kVerbs, path, &std::pair<std::string_view, Run>::first);
  if (found == std::end(kVerbs)) {
    std::string known = "no such verb; there are GET /state and POST";
    for (const auto& [name, run] : kVerbs) known += " " + std::string(name);
    return problem(404, known);
  }
  if (method != "POST") return problem(405, "POST " + std::string(path));
  boost::system::error_code error;
  const json::value parsed = json::parse({body.data(), body.size()}, error);
  if (error || !parsed.is_object()) return problem(400, "the body must be a JSON object");
  if (const std::string odd = takes_any_text(path) ? std::string() : odd_member(parsed, {}); !odd.empty()) return problem(400, odd);
  Verb verb{target, parsed.as_object()};
  return found->second(verb, path);
}

}  // namespace marginfix::sim
