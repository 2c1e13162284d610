// What the next settlement and the next funding would bring, settlement prices, large traders.
// Source: klear.md operations 9 and 12 to 15, "Settlement and funding estimates".
#include <map>
#include <set>

#include "sim/doors/klear/support.hpp"
#include "sim/exchange/values/numbers.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim::klear {
namespace {

constexpr std::size_t kMostBreakdowns = 1000;
// The level of 17 CFR 15.03(b) for commodities that it does not name.
constexpr std::int64_t kReportingLevel = 25;

// Portfolios with the largest margin first, those beyond the cap left out (and counted).
struct Chosen {
  std::vector<const PortfolioEstimate*> subtraders, groups;
  std::int64_t omitted_subtraders{0}, omitted_groups{0};
};
Chosen choose(const AssetClassEstimate& estimate) {
  std::vector<const PortfolioEstimate*> all;
  for (const PortfolioEstimate& p : estimate.portfolios) all.push_back(&p);
  std::ranges::stable_sort(all, [](const auto* a, const auto* b) { return a->margin > b->margin; });
  Chosen out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool group = all[i]->group != 0;
    if (i < kMostBreakdowns) {
      (group ? out.groups : out.subtraders).push_back(all[i]);
    } else {
      ++(group ? out.omitted_groups : out.omitted_subtraders);
    }
  }
  return out;
}

std::string name_of(const Clearing& clearing, AccountId member, const PortfolioEstimate& p) {
  return p.group != 0 ? std::string(clearing.public_id(p.group).view()) : clearing.subtrader_id(member, p.subtrader);
}

// ---- settlement -------------------------------------------------------------------------------------------------------------

PortfolioEstimate sum_of(const AssetClassEstimate& estimate) {
  PortfolioEstimate sum;
  std::map<MarketNo, PortfolioEstimate::Market> markets;
  for (const PortfolioEstimate& p : estimate.portfolios) {
    sum.variation += p.variation;
    sum.fees += p.fees;
    sum.margin += p.margin;
    sum.margin_delta += p.margin_delta;
    for (const auto& m : p.markets) {
      auto& at = markets[m.market];
      at.market = m.market;
      at.net += m.net;
      at.variation += m.variation;
      at.notional += m.notional;
      at.session_cost += m.session_cost;
    }
  }
  for (const auto& [no, m] : markets) sum.markets.push_back(m);
  return sum;
}

void write_settlement(const KlearDoorContext& context, json::Writer& out, const PortfolioEstimate& p) {
  out.begin_object().member("variation_margin_centicents", p.variation).member("total_fees_centicents", p.fees);
  out.member("maintenance_margin_delta_centicents", p.margin_delta).member("maintenance_margin_required_centicents", p.margin);
  out.member("total_amount_centicents", p.amount()).key("positions").begin_object();
  for (const auto& m : p.markets) {
    out.key(symbol(context, m.market)).begin_object().member("quantity_centicount", m.net);
    out.member("variation_margin_centicents", m.variation).member("notional_value_centicents", m.notional);
    if (m.net != 0) out.member("session_avg_price_fp", entry_price(m.net, m.session_cost));
    out.end_object();
  }
  out.end_object().end_object();
}

HttpAnswer settlement_estimate(KlearDoorContext& context, EndpointRequest& /*request*/) {
  const AccountId member = member_of(context);
  const Clearing& clearing = views::clearing(context.exchange.state());
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("estimates").begin_object();
  for (const AssetClassEstimate& e : clearing.estimate(member)) {
    const Chosen chosen = choose(e);
    out.key(e.asset_class).begin_object().key("user_breakdown");
    write_settlement(context, out, sum_of(e));
    for (const auto& [name, list] :
         {std::pair{"subtrader_breakdowns", &chosen.subtraders}, std::pair{"group_breakdowns", &chosen.groups}}) {
      out.key(name).begin_object();
      for (const PortfolioEstimate* p : *list) {
        out.key(name_of(clearing, member, *p));
        write_settlement(context, out, *p);
      }
      out.end_object();
    }
    out.member("omitted_subtrader_count", chosen.omitted_subtraders).member("omitted_group_count", chosen.omitted_groups);
    out.member("next_runtime", to_rfc3339(clearing.next_cycle())).end_object();
  }
  out.end_object().member("settlement_balance_centicents", clearing.member(member).available).end_object();
  return answer;
}

// ---- funding ----------------------------------------------------------------------------------------------------------------

// At the rate that the running period has so far.
Centicents funding_of(const KlearDoorContext& context, MarketNo market, Qty net) {
  const auto e = views::funding_estimate(context.exchange.state(), market);
  const auto amount = e.rate.times(e.mark * to_count(net), Rounding::half_even);
  return amount ? -to_centicents(amount->units()) : 0;
}

Centicents funding_sum(const KlearDoorContext& context, const PortfolioEstimate& p) {
  Centicents sum = 0;
  for (const auto& m : p.markets) sum += funding_of(context, m.market, m.net);
  return sum;
}

void write_funding(const KlearDoorContext& context, json::Writer& out, const PortfolioEstimate& p) {
  out.begin_object().member("funding_amount_centicents", funding_sum(context, p)).key("positions").begin_object();
  for (const auto& m : p.markets) {
    if (m.net == 0) continue;
    out.key(symbol(context, m.market)).begin_object().member("quantity_centicount", m.net);
    out.member("funding_amount_centicents", funding_of(context, m.market, m.net)).end_object();
  }
  out.end_object().end_object();
}

HttpAnswer funding_estimate(KlearDoorContext& context, EndpointRequest& /*request*/) {
  const AccountId member = member_of(context);
  const Clearing& clearing = views::clearing(context.exchange.state());
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("estimates").begin_object();
  for (const AssetClassEstimate& e : clearing.estimate(member)) {
    const Chosen chosen = choose(e);
    Centicents total = 0;
    for (const PortfolioEstimate& p : e.portfolios) total += funding_sum(context, p);
    out.key(e.asset_class).begin_object().key("user_breakdown").begin_object().member("funding_amount_centicents", total).end_object();
    for (const auto& [name, list] :
         {std::pair{"subtrader_breakdowns", &chosen.subtraders}, std::pair{"group_breakdowns", &chosen.groups}}) {
      out.key(name).begin_object();
      for (const PortfolioEstimate* p : *list) {
        out.key(name_of(clearing, member, *p));
        write_funding(context, out, *p);
      }
      out.end_object();
    }
    out.member("omitted_subtrader_count", chosen.omitted_subtraders).member("omitted_group_count", chosen.omitted_groups);
    out.member("next_funding_time", to_rfc3339(views::funding_estimate(context.exchange.state(), 0).next_funding_time)).end_object();
  }
  out.end_object().end_object();
  return answer;
}

// Funding runs at fixed times of UTC; which hours of Eastern time those are depends on the season.
HttpAnswer funding_schedule(KlearDoorContext& context, EndpointRequest& request) {
  asset_class(request, request.text("asset_class"));
  if (request.problem) return *request.problem;
  std::set<std::int64_t> hours;
  const Timestamp next = views::funding_estimate(context.exchange.state(), 0).next_funding_time;
  for (int i = 0; i < 3; ++i) {
    const Timestamp at = next + i * std::chrono::hours(8);
    const auto local = at + eastern_offset(at);
    hours.insert(std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local)).count());
  }
  std::string list;
  for (const auto hour : hours) list += (list.empty() ? "" : ",") + std::to_string(hour);
  if (list == "0,8,16") list = "*/8";
  HttpAnswer answer;
  json::Writer(answer.body).begin_object().member("schedule", "0 " + list + " * * *").end_object();
  return answer;
}

// ---- prices, large traders --------------------------------------------------------------------------------------------------

HttpAnswer settlement_prices(KlearDoorContext& context, EndpointRequest& request) {
  const auto asset = asset_class(request, request.text("asset_class"));
  const auto at = time(request, "settlement_time");
  if (request.problem) return *request.problem;
  const Clearing& clearing = views::clearing(context.exchange.state());
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("settlement_prices").begin_object();
  if (const SettlementCycle* cycle = clearing.cycle_at(*at)) {
    for (const auto& [market, price] : cycle->prices) {
      if (clearing.asset_class(market) == *asset) out.member(symbol(context, market), price);  // a tick is a centicent
    }
  }
  out.end_object().end_object();
  return answer;
}

bool reportable(std::int64_t contracts) { return contracts >= kReportingLevel || contracts <= -kReportingLevel; }

HttpAnswer large_traders(KlearDoorContext& context, EndpointRequest& request) {
  const auto asked = date(request, "report_date", false);
  if (request.problem) return *request.problem;
  const AccountId member = member_of(context);
  const auto& days = views::clearing(context.exchange.state()).member(member).days;
  std::map<Date, std::map<MarketNo, std::int64_t>> held;
  for (const auto& [close, positions] : days) {
    auto& day = held[eastern_date(close)];
    for (const DayPosition& p : positions) day[p.market] = p.net / FixedPointCount::kOne;
  }
  const Date report = asked.value_or(days.empty() ? eastern_date(context.exchange.now()) : eastern_date(days.back().first));
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().member("user_id", views::clearing(context.exchange.state()).user_id(member)).member("report_date", date_text(report));
  out.key("positions").begin_array();
  if (const auto day = held.find(report); day != held.end()) {
    auto rows = day->second;
    std::map<MarketNo, std::int64_t> before;
    if (day != held.begin()) before = std::prev(day)->second;
    for (const auto& [market, contracts] : before) rows.try_emplace(market, 0);
    for (const auto& [market, contracts] : rows) {
      const bool leaves = !reportable(contracts) && before.contains(market) && reportable(before[market]);
      if (!reportable(contracts) && !leaves) continue;
      out.begin_object().member("market_ticker", symbol(context, market)).member("position", contracts);
      out.member("exit_day", leaves).member("reportable_threshold", kReportingLevel).end_object();
    }
  }
  out.end_array().end_object();
  return answer;
}

constexpr Endpoint<KlearDoorContext> kSettlementEndpoints[] = {
    {"GET", "/margin/large_trader_positions", EndpointAuth::KlearToken, 0, "report_date", "", large_traders},
    {"GET", "/margin/settlement_estimate_by_asset_class", EndpointAuth::KlearToken, 0, "", "", settlement_estimate},
    {"GET", "/margin/funding_estimate_by_asset_class", EndpointAuth::KlearToken, 0, "", "", funding_estimate},
    {"GET", "/margin/funding_schedule", EndpointAuth::KlearToken, 0, "asset_class", "", funding_schedule},
    {"GET", "/margin/settlement_prices", EndpointAuth::KlearToken, 0, "asset_class settlement_time", "", settlement_prices},
};

}  // namespace

std::span<const Endpoint<KlearDoorContext>> settlement_endpoints() { return kSettlementEndpoints; }

}  // namespace marginfix::sim::klear
