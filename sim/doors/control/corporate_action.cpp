#include "sim/doors/control/corporate_action.hpp"

#include <boost/json/value.hpp>
#include <charconv>

namespace marginfix::sim {
namespace {

Error wrong_action(std::string what) { return fail(ErrorCategory::decode, std::move(what)); }

bool read_date(const std::string& text, std::optional<Date>& date) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto read = parse_fix_date(text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2));
  if (read) date = *read;
  return read.has_value();
}

bool read_dollars(const std::string& text, std::optional<DollarDecimal>& dollars) {
  const auto read = DollarDecimal::parse(text);
  if (read) dollars = *read;
  return read.has_value();
}

// Ratios are strings, as REST writes them.
bool read_ratio(const std::string& text, std::int64_t& ratio) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ratio);
  return error == std::errc{} && end == text.data() + text.size() && ratio > 0;
}

bool read_time(const std::string& text, Timestamp& time) {
  const auto read = parse_rfc3339(text);
  if (read) time = *read;
  return read.has_value();
}

bool read_type(const std::string& text, CorporateActionType& type) {
  const auto read = parse_corporate_action_type(text);
  if (read) type = *read;
  return read.has_value();
}

bool keep(const std::string& text, std::string& to) { return to = text, !text.empty(); }

using Reader = bool (*)(CorporateActionRequest&, const std::string&);
struct Member {
  std::string_view name;
  Reader read;
};
constexpr Member kMembers[] = {
    {"ticker", [](auto& r, const auto& text) { return keep(text, r.ticker); }},
    {"cancel", [](auto& r, const auto& text) { return keep(text, r.cancel); }},
    {"type", [](auto& r, const auto& text) { return read_type(text, r.action.type); }},
    {"execution_time", [](auto& r, const auto& text) { return read_time(text, r.action.execution_time); }},
    {"ex_date", [](auto& r, const auto& text) { return read_date(text, r.action.ex_date); }},
    {"cash_per_share", [](auto& r, const auto& text) { return read_dollars(text, r.action.cash_per_share); }},
    {"cash_per_contract", [](auto& r, const auto& text) { return read_dollars(text, r.action.cash_per_contract); }},
    {"ratio_old", [](auto& r, const auto& text) { return read_ratio(text, r.action.ratio_old); }},
    {"ratio_new", [](auto& r, const auto& text) { return read_ratio(text, r.action.ratio_new); }},
    {"reason", [](auto& r, const auto& text) { return keep(text, r.action.reason); }},
    {"settlement_price_per_share", [](auto& r, const auto& text) { return read_dollars(text, r.action.settlement_price_per_share); }},
    {"settlement_price_per_contract", [](auto& r, const auto& text) { return read_dollars(text, r.action.settlement_price_per_contract); }},
    {"old_ticker", [](auto& r, const auto& text) { return keep(text, r.action.old_ticker); }},
    {"new_ticker", [](auto& r, const auto& text) { return keep(text, r.action.new_ticker); }},
    {"new_market_ticker", [](auto& r, const auto& text) { return keep(text, r.action.new_market_ticker); }},
};

bool read_member(CorporateActionRequest& request, std::string_view name, const boost::json::value& value) {
  constexpr std::int64_t kMost = 366LL * 86'400'000;
  if (name == "in_ms") {
    const std::int64_t* ms = value.if_int64();
    if (ms == nullptr || *ms < 0 || *ms > kMost) return false;
    request.in = std::chrono::milliseconds(*ms);
    return true;
  }
  for (const Member& member : kMembers) {
    if (member.name == name) return value.is_string() && member.read(request, std::string(value.get_string()));
  }
  return false;
}

}  // namespace

Result<CorporateActionRequest> read_corporate_action(const boost::json::object& body) {
  CorporateActionRequest request;
  for (const auto& member : body) {
    if (read_member(request, member.key(), member.value())) continue;
    return wrong_action("\"" + std::string(member.key()) + "\" is no member of a corporate action, or has a value it cannot have");
  }
  if (!request.cancel.empty()) return request;
  if (request.ticker.empty() || !body.contains("type")) return wrong_action("\"ticker\" and \"type\" are required");
  if (body.contains("execution_time") && request.in) return wrong_action("give \"execution_time\" or \"in_ms\", not both");
  if (!body.contains("execution_time") && !request.in) request.in = std::chrono::milliseconds(0);
  return request;
}

}  // namespace marginfix::sim
