// Margin of subaccounts, notional of accounts, and what they allow an order. Source: rest-perps.md "Positions, risk, balance".
#include "sim/exchange/rules/risk.hpp"

#include <algorithm>

#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t side_index(Side side) { return side == Side::Buy ? 0 : 1; }

// Limits of the account, once it is known that the order makes its subaccount's position larger.
Reason validate_notional(const State& state, const Order& o, Micros added) {
  const AddedNotional more{o.market, o.side, added};
  const Micros now = notional_usage(state, o.account, o.market, {});
  const Micros then = notional_usage(state, o.account, o.market, more);
  if (then <= now) return Reason::None;
  if (then > state.per_market_limit) return Reason::ExceededPerMarketRiskLimit;
  const Micros limit = std::min(state.account_limit, state.fcm.member_limit(o.account).value_or(state.account_limit));
  return notional_usage(state, o.account, more) > limit ? Reason::NotionalRiskLimitExceeded : Reason::None;
}

}  // namespace

// ---- one position -------------------------------------------------------------------------------------------------------------

// The larger of (long position + resting bids) and (short position + resting asks): positions at the mark, orders at their price.
Micros exposure(const State& state, const Position& p, MarketNo market) {
  if (p.net == 0 && p.open_notional[0] == 0 && p.open_notional[1] == 0) return 0;
  const Micros held = p.net * liquidation_mark(state, market);
  return std::max<Micros>({0, held + p.open_notional[0], p.open_notional[1] - held});
}

Micros maintenance_margin(const State& state, MarketNo market, Micros notional) {
  return sim::maintenance_margin(state.markets[market].spec, notional);
}

Micros initial_margin(const State& state, Micros exposure_now, MarketNo market) {
  return sim::initial_margin(state.markets[market].spec, maintenance_margin(state, market, exposure_now));
}

Qty position_share(const State& state, AccountId account, int subaccount, std::uint32_t customer, MarketNo market) {
  if (customer == 0) return state.accounts.all[account].subaccounts[static_cast<std::size_t>(subaccount)].positions[market].net;
  const auto it = state.accounts.all[account].customers.find({customer, subaccount, market});
  return it == state.accounts.all[account].customers.end() ? 0 : it->second.net;
}

// ---- subaccounts ----------------------------------------------------------------------------------------------------------------

Micros equity(const State& state, const Subaccount& sub) {
  Micros sum = sub.cash;
  for (MarketNo i = 0; i < state.markets.size(); ++i) {
    if (const Position& p = sub.positions[i]; p.net != 0) sum += p.net * liquidation_mark(state, i) - p.cost;
  }
  return sum;
}

Micros total_margin(const State& state, const Subaccount& sub) {
  Micros sum = 0;
  for (MarketNo i = 0; i < state.markets.size(); ++i) sum += initial_margin(state, exposure(state, sub.positions[i], i), i);
  return sum;
}

Health health_of(const State& state, const Subaccount& sub) {
  Health h{sub.cash, 0};
  for (MarketNo i = 0; i < state.markets.size(); ++i) {
    const Position& p = sub.positions[i];
    if (p.net == 0) continue;
    const Ticks price = liquidation_mark(state, i);
    h.equity += p.net * price - p.cost;
    h.maintenance += maintenance_margin(state, i, size_of(p.net) * price);
  }
  return h;
}

bool is_flat(const Subaccount& sub) {
  return std::ranges::all_of(sub.positions, [](const Position& p) { return p.net == 0; });
}

Micros free_funds(const State& state, AccountId account, int subaccount) {
  const Subaccount& sub = state.accounts.all[account].subaccounts[static_cast<std::size_t>(subaccount)];
  const Micros promised = subaccount == 0 ? state.transfers.promised(account) : 0;
  return std::min(sub.cash, equity(state, sub) - total_margin(state, sub)) - promised;
}

// ---- notional of an account ---------------------------------------------------------------------------------------------------

Micros notional_usage(const State& state, AccountId account, MarketNo market, const AddedNotional& added) {
  Micros sides[2]{0, 0};  // long positions + bids, short positions + asks
  for (const Subaccount& sub : state.accounts.all[account].subaccounts) {
    const Position& p = sub.positions[market];
    if (p.net != 0) sides[p.net > 0 ? 0 : 1] += size_of(p.net) * liquidation_mark(state, market);
    for (std::size_t i = 0; i < 2; ++i) sides[i] += p.open_notional[i];
  }
  if (added.market == market) sides[side_index(added.side)] += added.amount;
  return std::max(sides[0], sides[1]);
}

Micros notional_usage(const State& state, AccountId account, const AddedNotional& added) {
  Micros sum = 0;
  for (MarketNo m = 0; m < state.markets.size(); ++m) sum += notional_usage(state, account, m, added);
  return sum;
}

Reason validate_margin(const State& state, const Order& o, Micros added) {
  const Account& account = state.accounts.all[o.account];
  if (account.house || o.system != SystemOrder::None) return Reason::None;
  if (const Reason refused = state.fcm.admit(state, o, added); refused != Reason::None) return refused;
  const Subaccount& sub = account.subaccounts[static_cast<std::size_t>(o.subaccount)];
  const Position& now = sub.positions[o.market];
  Position then = now;
  then.open_notional[side_index(o.side)] += added;
  const Micros exposure_now = exposure(state, now, o.market);
  const Micros exposure_then = exposure(state, then, o.market);
  if (exposure_then <= exposure_now) return Reason::None;  // nothing gets riskier
  if (const Reason refused = validate_notional(state, o, added); refused != Reason::None) return refused;
  const Micros margin =
      total_margin(state, sub) - initial_margin(state, exposure_now, o.market) + initial_margin(state, exposure_then, o.market);
  return equity(state, sub) < margin ? Reason::InsufficientBalance : Reason::None;
}

}  // namespace marginfix::sim
