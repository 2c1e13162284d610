// Margin of subaccounts, notional of accounts, and what they allow an order. Source: rest-perps.md "Positions, risk, balance".
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {
namespace {

constexpr std::size_t side_index(Side side) { return side == Side::Buy ? 0 : 1; }

}  // namespace

// ---- one position -------------------------------------------------------------------------------------------------------------

// The larger of (long position + resting bids) and (short position + resting asks): positions at the mark, orders at their price.
Micros Core::exposure(const Position& p, MarketNo market) const {
  if (p.net == 0 && p.open_notional[0] == 0 && p.open_notional[1] == 0) return 0;
  const Micros held = p.net * mark(market);
  return std::max<Micros>({0, held + p.open_notional[0], p.open_notional[1] - held});
}

Micros Core::maintenance_margin(MarketNo market, Micros notional) const { return sim::maintenance_margin(markets_[market].spec, notional); }

Micros Core::initial_margin(Micros exposure_now, MarketNo market) const {
  return sim::initial_margin(markets_[market].spec, maintenance_margin(market, exposure_now));
}

Qty Core::position_share(AccountId account, int subaccount, std::uint32_t customer, MarketNo market) const {
  if (customer == 0) return accounts_.all[account].subaccounts[static_cast<std::size_t>(subaccount)].positions[market].net;
  const auto it = accounts_.all[account].customers.find({customer, subaccount, market});
  return it == accounts_.all[account].customers.end() ? 0 : it->second.net;
}

// ---- subaccounts ----------------------------------------------------------------------------------------------------------------

Micros Core::equity(const Subaccount& sub) const {
  Micros sum = sub.cash;
  for (MarketNo i = 0; i < markets_.size(); ++i) {
    if (const Position& p = sub.positions[i]; p.net != 0) sum += p.net * mark(i) - p.cost;
  }
  return sum;
}

Micros Core::total_margin(const Subaccount& sub) const {
  Micros sum = 0;
  for (MarketNo i = 0; i < markets_.size(); ++i) sum += initial_margin(exposure(sub.positions[i], i), i);
  return sum;
}

Health Core::health(const Subaccount& sub) const {
  Health h{sub.cash, 0};
  for (MarketNo i = 0; i < markets_.size(); ++i) {
    const Position& p = sub.positions[i];
    if (p.net == 0) continue;
    const Ticks price = mark(i);
    h.equity += p.net * price - p.cost;
    h.maintenance += maintenance_margin(i, size_of(p.net) * price);
  }
  return h;
}

bool Core::is_flat(const Subaccount& sub) const {
  return std::ranges::all_of(sub.positions, [](const Position& p) { return p.net == 0; });
}

Micros Core::free_funds(AccountId account, int subaccount) const {
  const Subaccount& sub = accounts_.all[account].subaccounts[static_cast<std::size_t>(subaccount)];
  const Micros promised = subaccount == 0 ? transfers_.promised(account) : 0;
  return std::min(sub.cash, equity(sub) - total_margin(sub)) - promised;
}

std::vector<MarginView> Core::margins(AccountId account) const {
  std::vector<MarginView> out;
  const auto& subs = accounts_.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    Micros notional = 0, unrealized = 0, maintenance = 0, initial = 0;
    for (MarketNo i = 0; i < markets_.size(); ++i) {
      const Position& p = subs[s].positions[i];
      if (p.net == 0) continue;
      const Micros value = size_of(p.net) * mark(i);
      notional += value;
      unrealized += p.net * mark(i) - p.cost;
      maintenance += maintenance_margin(i, value);
      initial += initial_margin(value, i);
    }
    MarginView v;
    v.subaccount = static_cast<int>(s);
    v.cash = to_dollars(subs[s].cash);
    v.position_notional = to_dollars(notional);
    v.unrealized_pnl = to_dollars(unrealized);
    v.equity = to_dollars(subs[s].cash + unrealized);
    v.maintenance_margin = to_dollars(maintenance);
    v.initial_margin = to_dollars(initial);
    const Micros total = total_margin(subs[s]);
    v.resting_orders_margin = to_dollars(total - initial);
    v.available = to_dollars(std::max<Micros>(0, subs[s].cash + unrealized - total));
    out.push_back(v);
  }
  return out;
}

std::vector<PositionRiskView> Core::position_risks(AccountId account) const {
  std::vector<PositionRiskView> out;
  const auto& subs = accounts_.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    for (MarketNo m = 0; m < markets_.size(); ++m) {
      const Position& p = subs[s].positions[m];
      if (p.net == 0) continue;
      out.push_back(risk_of(p, static_cast<int>(s), m));
      if (const auto price = liquidation_price(subs[s], m)) out.back().liquidation_price = to_price(*price);
    }
  }
  return out;
}

// Without the price of its liquidation, which depends on what else there is.
PositionRiskView Core::risk_of(const Position& p, int subaccount, MarketNo market) const {
  const Micros notional = size_of(p.net) * mark(market);
  PositionRiskView v;
  v.subaccount = subaccount;
  v.market = market;
  v.net = to_count(p.net);
  v.entry_price = entry_price(p.net, p.cost);
  v.mark = to_price(mark(market));
  v.notional = to_dollars(notional);
  v.unrealized_pnl = to_dollars(p.net * mark(market) - p.cost);
  v.maintenance_margin = to_dollars(maintenance_margin(market, notional));
  v.initial_margin = to_dollars(initial_margin(notional, market));
  v.open_fees = to_dollars(p.open_fees);
  return v;
}

std::vector<PositionRiskView> Core::share_risks(AccountId account, std::string_view customer) const {
  std::vector<PositionRiskView> out;
  for (const auto& [key, p] : accounts_.all[account].customers) {
    if (p.net != 0 && emitter_.names.text(key.customer) == customer) out.push_back(risk_of(p, key.subaccount, key.market));
  }
  return out;
}

// The mark nearest to the present one at which the subaccount would be liquidated, everything else as it is. Equity less maintenance
// margin grows with the price of a long position and falls with that of a short one (leverage is above 1), so halving finds it.
std::optional<Ticks> Core::liquidation_price(const Subaccount& sub, MarketNo market) const {
  const Position& p = sub.positions[market];
  const Ticks now = mark(market);
  const Health h = health(sub);
  const Micros others_equity = h.equity - p.net * now;
  const Micros others_maintenance = h.maintenance - maintenance_margin(market, size_of(p.net) * now);
  const auto liquidated = [&](Ticks price) {
    const Micros maintenance = others_maintenance + maintenance_margin(market, size_of(p.net) * price);
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

// ---- notional of an account ---------------------------------------------------------------------------------------------------

Micros Core::notional_usage(AccountId account, MarketNo market, const AddedNotional& added) const {
  Micros sides[2]{0, 0};  // long positions + bids, short positions + asks
  for (const Subaccount& sub : accounts_.all[account].subaccounts) {
    const Position& p = sub.positions[market];
    if (p.net != 0) sides[p.net > 0 ? 0 : 1] += size_of(p.net) * mark(market);
    for (std::size_t i = 0; i < 2; ++i) sides[i] += p.open_notional[i];
  }
  if (added.market == market) sides[side_index(added.side)] += added.amount;
  return std::max(sides[0], sides[1]);
}

Micros Core::notional_usage(AccountId account, const AddedNotional& added) const {
  Micros sum = 0;
  for (MarketNo m = 0; m < markets_.size(); ++m) sum += notional_usage(account, m, added);
  return sum;
}

NotionalUsageView Core::notional_view(AccountId account) const {
  NotionalUsageView v;
  for (MarketNo m = 0; m < markets_.size(); ++m) {
    const Micros usage = notional_usage(account, m, {});
    if (usage == 0) continue;
    v.markets.push_back({m, to_dollars(usage)});
    v.total += to_dollars(usage);
  }
  v.per_market_limit = to_dollars(per_market_limit_);
  v.account_limit = to_dollars(account_limit_);
  if (const auto own = fcm_.member_limit(account)) v.member_limit = to_dollars(*own);
  return v;
}

// ---- orders --------------------------------------------------------------------------------------------------------------------

// Limits of the account, once it is known that the order makes its subaccount's position larger.
Reason Core::validate_notional(const Order& o, Micros added) const {
  const AddedNotional more{o.market, o.side, added};
  const Micros now = notional_usage(o.account, o.market, {});
  const Micros then = notional_usage(o.account, o.market, more);
  if (then <= now) return Reason::None;
  if (then > per_market_limit_) return Reason::ExceededPerMarketRiskLimit;
  const Micros limit = std::min(account_limit_, fcm_.member_limit(o.account).value_or(account_limit_));
  return notional_usage(o.account, more) > limit ? Reason::NotionalRiskLimitExceeded : Reason::None;
}

Reason Core::validate_margin(const Order& o, Micros added) const {
  const Account& account = accounts_.all[o.account];
  if (account.house || o.system != SystemOrder::None) return Reason::None;
  if (const Reason refused = fcm_.admit(*this, o, added); refused != Reason::None) return refused;
  const Subaccount& sub = account.subaccounts[static_cast<std::size_t>(o.subaccount)];
  const Position& now = sub.positions[o.market];
  Position then = now;
  then.open_notional[side_index(o.side)] += added;
  const Micros exposure_now = exposure(now, o.market);
  const Micros exposure_then = exposure(then, o.market);
  if (exposure_then <= exposure_now) return Reason::None;  // nothing gets riskier
  if (const Reason refused = validate_notional(o, added); refused != Reason::None) return refused;
  const Micros margin = total_margin(sub) - initial_margin(exposure_now, o.market) + initial_margin(exposure_then, o.market);
  return equity(sub) < margin ? Reason::InsufficientBalance : Reason::None;
}

}  // namespace marginfix::sim
