// Balance, risk, notional limits. Source: rest-perps.md "Positions, risk, balance, fees"; numbers as in observed.md.
#include "sim/exchange/views/risk.hpp"
#include "sim/doors/rest/portfolio.hpp"
#include "sim/doors/rest/ratio.hpp"
#include "sim/doors/rest/refusals.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

constexpr int kLeverageDecimals = 4;  // as recorded

void write_leverage(json::Writer& out, std::string_view name, DollarDecimal notional, DollarDecimal margin) {
  out.key(name);
  if (margin.is_zero()) {
    out.null();
  } else {
    out.value(quotient_to(notional.units(), margin.units(), kLeverageDecimals));
  }
}

void write_balance(json::Writer& out, const MarginView& m, bool available) {
  const DollarDecimal none;
  out.begin_object().member("subaccount", m.subaccount).member("position_value", m.position_notional);
  out.member("account_equity", m.equity).member("maintenance_margin", m.maintenance_margin).member("initial_margin", m.initial_margin);
  out.member("resting_orders_margin", available ? m.resting_orders_margin : none);
  out.member("available_balance", available ? m.available : none).end_object();
}

void write_risk(json::Writer& out, std::string_view ticker, const PositionRiskView& p) {
  out.begin_object().member("subaccount", p.subaccount).member("market_ticker", ticker).member("position", p.net);
  out.member("mark_price", p.mark).member("position_notional", p.notional);
  out.member("maintenance_margin_required", p.maintenance_margin);
  write_leverage(out, "position_leverage", p.notional, p.maintenance_margin);
  out.key("estimated_liquidation_price");
  if (p.liquidation_price) {
    out.value(*p.liquidation_price);
  } else {
    out.null();
  }
  out.member("is_portfolio", false).end_object();
}

bool visible_subaccount(const EndpointRequest& request, int subaccount) {
  return !request.caller->subaccount || *request.caller->subaccount == subaccount;
}

}  // namespace

// The primary subaccount stands last, as it was recorded.
HttpAnswer get_balance(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = margin_not_enabled(request)) return *no;
  if (auto no = direct_members_only(request)) return *no;
  const bool available = request.boolean("compute_available_balance").value_or(false);
  if (request.problem) return *request.problem;
  const auto margins = views::margins(door.exchange.state(), request.caller->account);
  DollarDecimal settled;
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("subaccount_balances").begin_array();
  for (const bool primary : {false, true}) {
    for (const MarginView& m : margins) {
      if ((m.subaccount == 0) != primary || !visible_subaccount(request, m.subaccount)) continue;
      settled += m.cash;
      write_balance(out, m, available);
    }
  }
  out.end_array().member("settled_funds", settled).end_object();
  return answer;
}

HttpAnswer get_risk(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = margin_not_enabled(request)) return *no;
  if (auto no = direct_members_only(request)) return *no;
  DollarDecimal notional, maintenance;
  std::string positions;
  json::Writer list(positions);
  list.begin_array();
  for (const PositionRiskView& p : views::position_risks(door.exchange.state(), request.caller->account)) {
    if (!visible_subaccount(request, p.subaccount)) continue;
    notional += p.notional;
    maintenance += p.maintenance_margin;
    write_risk(list, views::market(door.exchange.state(), p.market).symbol, p);
  }
  list.end_array();
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object();
  write_leverage(out, "account_leverage", notional, maintenance);
  out.member("total_position_notional", notional).member("total_maintenance_margin", maintenance);
  out.key("positions").raw(positions).end_object();
  return answer;
}

// The simulator has one limit for every market, so no market is in the map of overrides.
HttpAnswer get_notional_risk_limit(RestDoorContext& door, EndpointRequest& request) {
  if (auto no = margin_not_enabled(request)) return *no;
  const NotionalUsageView usage = views::notional_usage(door.exchange.state(), request.caller->account);
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("default_notional_value_risk_limit", usage.per_market_limit);
  out.key("notional_value_risk_limits_by_market_ticker").begin_object().end_object();
  out.member("total_current_usage", usage.total);
  out.key("current_usage_by_market_ticker").begin_object();
  for (const auto& m : usage.markets) out.member(views::market(door.exchange.state(), m.market).symbol, m.usage);
  out.end_object();
  if (usage.member_limit) out.member("member_notional_value_risk_limit", *usage.member_limit);
  out.member("effective_account_notional_value_risk_limit", usage.effective_account_limit()).end_object();
  return answer;
}

}  // namespace marginfix::sim
