#include "sim/exchange/views/risk.hpp"

#include <algorithm>

#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::views {
namespace {

// Without the price of its liquidation, which depends on what else there is.
PositionRiskView risk_of(const State& state, const Position& p, int subaccount, MarketNo market) {
  const Micros notional = size_of(p.net) * liquidation_mark(state, market);
  PositionRiskView v;
  v.subaccount = subaccount;
  v.market = market;
  v.net = to_count(p.net);
  v.entry_price = entry_price(p.net, p.cost);
  v.mark = to_price(liquidation_mark(state, market));
  v.notional = to_dollars(notional);
  v.unrealized_pnl = to_dollars(p.net * liquidation_mark(state, market) - p.cost);
  v.maintenance_margin = to_dollars(maintenance_margin(state, market, notional));
  v.initial_margin = to_dollars(initial_margin(state, notional, market));
  v.open_fees = to_dollars(p.open_fees);
  return v;
}

// The mark nearest to the present one at which the subaccount would be liquidated, everything else as it is. Equity less maintenance
// margin grows with the price of a long position and falls with that of a short one (leverage is above 1), so halving finds it.
std::optional<Ticks> liquidation_price(const State& state, const Subaccount& sub, MarketNo market) {
  const Position& p = sub.positions[market];
  const Ticks now = liquidation_mark(state, market);
  const Health h = health_of(state, sub);
  const Micros others_equity = h.equity - p.net * now;
  const Micros others_maintenance = h.maintenance - maintenance_margin(state, market, size_of(p.net) * now);
  const auto liquidated = [&](Ticks price) {
    const Micros maintenance = others_maintenance + maintenance_margin(state, market, size_of(p.net) * price);
    return Health{others_equity + p.net * price, maintenance}.at_ratio(kLiquidationRatioPercent);
  };
  if (liquidated(now)) return now;
  Ticks safe = now, worst = p.net > 0 ? 1 : now * 1'000;
  if (!liquidated(worst)) return std::nullopt;
  while (safe - worst > 1 || worst - safe > 1) {
    const Ticks middle = safe + (worst - safe) / 2;
    (liquidated(middle) ? worst : safe) = middle;
  }
  return worst;
}

}  // namespace

DollarDecimal maintenance_margin(const State& state, MarketNo market, DollarDecimal notional) {
  return to_dollars(sim::maintenance_margin(state, market, notional.units()));
}
DollarDecimal initial_margin(const State& state, MarketNo market, DollarDecimal notional) {
  return to_dollars(sim::initial_margin(state, notional.units(), market));
}

std::vector<MarginView> margins(const State& state, AccountId account) {
  std::vector<MarginView> out;
  const auto& subs = state.accounts.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    Micros notional = 0, unrealized = 0, maintenance = 0, initial = 0;
    for (MarketNo i = 0; i < state.markets.size(); ++i) {
      const Position& p = subs[s].positions[i];
      if (p.net == 0) continue;
      const Micros value = size_of(p.net) * liquidation_mark(state, i);
      notional += value;
      unrealized += p.net * liquidation_mark(state, i) - p.cost;
      maintenance += maintenance_margin(state, i, value);
      initial += initial_margin(state, value, i);
    }
    MarginView v;
    v.subaccount = static_cast<int>(s);
    v.cash = to_dollars(subs[s].cash);
    v.position_notional = to_dollars(notional);
    v.unrealized_pnl = to_dollars(unrealized);
    v.equity = to_dollars(subs[s].cash + unrealized);
    v.maintenance_margin = to_dollars(maintenance);
    v.initial_margin = to_dollars(initial);
    const Micros total = total_margin(state, subs[s]);
    v.resting_orders_margin = to_dollars(total - initial);
    v.available = to_dollars(std::max<Micros>(0, subs[s].cash + unrealized - total));
    out.push_back(v);
  }
  return out;
}

std::vector<PositionRiskView> position_risks(const State& state, AccountId account) {
  std::vector<PositionRiskView> out;
  const auto& subs = state.accounts.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    for (MarketNo m = 0; m < state.markets.size(); ++m) {
      const Position& p = subs[s].positions[m];
      if (p.net == 0) continue;
      out.push_back(risk_of(state, p, static_cast<int>(s), m));
      if (const auto price = liquidation_price(state, subs[s], m)) out.back().liquidation_price = to_price(*price);
    }
  }
  return out;
}

std::vector<PositionRiskView> share_risks(const State& state, AccountId account, std::string_view customer) {
  std::vector<PositionRiskView> out;
  for (const auto& [key, p] : state.accounts.all[account].customers) {
    if (p.net != 0 && state.emitter.names.text(key.customer) == customer) out.push_back(risk_of(state, p, key.subaccount, key.market));
  }
  return out;
}

NotionalUsageView notional_usage(const State& state, AccountId account) {
  NotionalUsageView v;
  for (MarketNo m = 0; m < state.markets.size(); ++m) {
    const Micros usage = notional_usage(state, account, m, {});
    if (usage == 0) continue;
    v.markets.push_back({m, to_dollars(usage)});
    v.total += to_dollars(usage);
  }
  v.per_market_limit = to_dollars(state.per_market_limit);
  v.account_limit = to_dollars(state.account_limit);
  if (const auto own = state.fcm.member_limit(account)) v.member_limit = to_dollars(*own);
  return v;
}

std::vector<std::pair<AccountId, int>> liquidation_queue(const State& state) {
  std::vector<std::pair<Timestamp, std::pair<AccountId, int>>> waiting;
  for (const auto& [key, entry] : state.liquidations.queue()) waiting.emplace_back(entry.since, key);
  std::ranges::sort(waiting);
  std::vector<std::pair<AccountId, int>> out;
  out.reserve(waiting.size());
  for (const auto& [since, key] : waiting) out.push_back(key);
  return out;
}
DollarDecimal insurance_paid(const State& state) { return to_dollars(state.accounts.insurance_paid); }

}  // namespace marginfix::sim::views
