// What an FCM does for its subtraders and its own account. Source: rest-perps.md "FCM".
// 403 for whoever is no FCM and for keys that are bound to one subtrader (these may read their subtrader's controls). A subtrader that is
// not the caller's, an unknown market and a cap that is not there are 404.
#include <algorithm>

#include "sim/doors/rest/choice.hpp"
#include "sim/doors/rest/member_endpoints.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/risk.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t kMostSuffix = 16, kMostAmount = 20, kMostAmountDecimals = 4;
constexpr std::string_view kClasses[] = {"Crypto", "Equities", "Metals"};

HttpAnswer missing(std::string_view details) { return nested_error(404, "not_found", "not found", details); }
const HttpAnswer kDone{200, "{}"};

std::optional<HttpAnswer> not_an_fcm(const EndpointRequest& request) {
  if (!request.caller->fcm) return forbidden("for FCM members only");
  if (!request.caller->subtrader.empty()) return forbidden("this API key is bound to one subtrader");
  return std::nullopt;
}

bool digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

// ^[0-9]+(\.[0-9]{1,4})?$, at most 20 characters.
std::optional<DollarDecimal> amount(EndpointRequest& request, std::string_view name) {
  const auto text = request.body_text(name, true);
  if (!text) return std::nullopt;
  const std::size_t point = text->find('.');
  const std::string_view whole = std::string_view(*text).substr(0, point);
  const std::string_view rest = point == std::string::npos ? "0" : std::string_view(*text).substr(point + 1);
  const auto dollars = DollarDecimal::parse(*text);
  if (text->size() <= kMostAmount && digits(whole) && digits(rest) && rest.size() <= kMostAmountDecimals && dollars) return *dollars;
  complain(request, name, "must be a dollar amount of at most 20 characters with at most 4 decimals");
  return std::nullopt;
}

std::optional<CapScope> scope_of(const RestDoorContext& door, EndpointRequest& request, const std::optional<std::string>& ticker,
                                 const std::optional<std::string>& asset_class) {
  CapScope scope;
  if (ticker && asset_class) complain(request, "market_ticker", "and asset_class exclude each other");
  if (asset_class && std::ranges::find(kClasses, *asset_class) == std::end(kClasses)) {
    complain(request, "asset_class", "must be one of Crypto, Equities, Metals");
  }
  if (request.problem) return std::nullopt;
  if (asset_class) scope.asset_class = *asset_class;
  if (ticker) {
    scope.market = views::find_market(door.exchange.state(), *ticker);
    if (!scope.market) request.problem = missing("no such market");
  }
  return scope;
}

std::optional<std::string> query_text(const EndpointRequest& request, std::string_view name) {
  return request.has(name) ? std::optional(request.text(name)) : std::nullopt;
}

void write_scope(json::Writer& out, const RestDoorContext& door, const std::optional<MarketNo>& market, std::string_view asset_class) {
  if (market) out.member("market_ticker", views::market(door.exchange.state(), *market).symbol);
  if (!asset_class.empty()) out.member("asset_class", asset_class);
}

void write_controls(json::Writer& out, const RestDoorContext& door, const SubtraderView& s, const std::optional<CapScope>& only) {
  out.begin_object().key("risk_controls").begin_array();
  for (const ImCapView& c : s.caps) {
    if (only && !(c.scope == *only)) continue;
    out.begin_object().member("subtrader_id", s.id);
    write_scope(out, door, c.scope.market, c.scope.asset_class);
    out.member("im_cap", c.cap).member("current_im", c.current).end_object();
  }
  out.end_array().key("notional_limits").begin_array();
  for (const SubtraderLimitView& l : s.limits) {
    out.begin_object().member("subtrader_id", s.id);
    write_scope(out, door, l.market, {});
    out.member("notional_value_risk_limit", l.limit).member("current_notional", l.current).end_object();
  }
  out.end_array().end_object();
}

HttpAnswer refused_fcm(const RestDoorContext& door, const EndpointRequest& request, FcmRefusal refusal) {
  switch (refusal) {
    case FcmRefusal::NotAnFcm:
      return forbidden("for FCM members only");
    case FcmRefusal::Exists:
      return nested_error(409, "subtrader_already_exists", "subtrader already exists");
    case FcmRefusal::NoSubtrader:
      return missing("no such subtrader");
    case FcmRefusal::NoCap:
      return missing("no such cap");
    case FcmRefusal::AboveExchangeLimit:
    case FcmRefusal::None:
      break;
  }
  const DollarDecimal most = views::notional_usage(door.exchange.state(), request.caller->account).account_limit;
  return bad_parameter("notional_value_risk_limit", "must not be above the exchange's limit of " + most.to_string());
}

}  // namespace

HttpAnswer create_subtrader(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = not_an_fcm(request)) return *no;
  const std::string suffix = request.body_text("subtrader_suffix", true).value_or("");
  const auto good = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  if (suffix.empty() || suffix.size() > kMostSuffix || !std::ranges::all_of(suffix, good)) {
    complain(request, "subtrader_suffix", "must be 1 to 16 letters and digits");
  }
  const auto require = request.body_boolean("require_category_cap");
  if (!require) complain(request, "require_category_cap", "is required");
  if (request.problem) return *request.problem;
  const SubtraderOutcome made = door.exchange.run(commands::CreateSubtrader{request.caller->account, suffix, *require});
  if (made.refusal != FcmRefusal::None) return refused_fcm(door, request, made.refusal);
  HttpAnswer answer{201, {}};
  json::Writer(answer.body).begin_object().member("subtrader_id", made.id).end_object();
  return answer;
}

HttpAnswer get_risk_controls(RestDoorContext& door, EndpointRequest& request) {
  if (!request.caller->fcm) return forbidden("for FCM members only");
  const std::string bound(request.caller->subtrader);
  const std::string id = request.text("subtrader_id", bound);
  if (!bound.empty() && id != bound) return forbidden("this API key is bound to another subtrader");
  if (id.empty()) complain(request, "subtrader_id", "is required");
  const auto ticker = query_text(request, "market_ticker"), asset_class = query_text(request, "asset_class");
  const auto scope = scope_of(door, request, ticker, asset_class);
  if (request.problem) return *request.problem;
  const auto subtrader = views::find_subtrader(door.exchange.state(), request.caller->account, id);
  if (!subtrader) return missing("no such subtrader");
  HttpAnswer answer;
  json::Writer out(answer.body);
  write_controls(out, door, *subtrader, ticker || asset_class ? scope : std::nullopt);
  return answer;
}

HttpAnswer update_risk_controls(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = not_an_fcm(request)) return *no;
  const std::string id = request.body_text("subtrader_id", true).value_or("");
  const auto ticker = request.body_text("market_ticker"), asset_class = request.body_text("asset_class");
  const auto cap = amount(request, "im_cap");
  const auto scope = scope_of(door, request, ticker, asset_class);
  if (request.problem) return *request.problem;
  const FcmRefusal refusal = door.exchange.run(commands::SetImCap{request.caller->account, id, *scope, *cap});
  return refusal == FcmRefusal::None ? kDone : refused_fcm(door, request, refusal);
}

HttpAnswer delete_risk_controls(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = not_an_fcm(request)) return *no;
  const std::string id = request.text("subtrader_id");
  if (id.empty()) complain(request, "subtrader_id", "is required");
  const auto scope = scope_of(door, request, query_text(request, "market_ticker"), query_text(request, "asset_class"));
  if (request.problem) return *request.problem;
  const FcmRefusal refusal = door.exchange.run(commands::DeleteImCap{request.caller->account, id, *scope});
  return refusal == FcmRefusal::None ? kDone : refused_fcm(door, request, refusal);
}

HttpAnswer update_notional_limit(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = not_an_fcm(request)) return *no;
  const auto limit = amount(request, "notional_value_risk_limit");
  if (request.problem) return *request.problem;
  const FcmRefusal refusal = door.exchange.run(commands::SetMemberLimit{request.caller->account, *limit});
  return refusal == FcmRefusal::None ? kDone : refused_fcm(door, request, refusal);
}

HttpAnswer delete_notional_limit(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = not_an_fcm(request)) return *no;
  door.exchange.run(commands::DeleteMemberLimit{request.caller->account});
  return kDone;
}

}  // namespace marginfix::sim
