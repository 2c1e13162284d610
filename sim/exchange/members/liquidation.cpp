#include "sim/exchange/members/liquidation.hpp"

#include <algorithm>
#include <vector>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/rules/submit.hpp"
#include "sim/exchange/rules/system.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

// How much of a position of `size` that binds `margin` must go until `health` is out of the queue, and a tenth more for fees and slips;
// in whole contracts where it has any.
Qty enough(const Health& health, Micros margin, Qty size) {
  if (health.equity <= 0 || margin <= 0) return size;
  const Wide excess = static_cast<Wide>(health.maintenance) * 100 - static_cast<Wide>(health.equity) * kQueueEntryRatioPercent;
  const Wide divisor = static_cast<Wide>(margin) * 1'000;
  const auto quantity = static_cast<Qty>(std::min<Wide>(size, (excess * 11 * size + divisor - 1) / divisor));
  const Qty whole = (quantity + FixedPointCount::kOne - 1) / FixedPointCount::kOne * FixedPointCount::kOne;
  return std::clamp<Qty>(whole, std::min<Qty>(size, FixedPointCount::kOne), size);
}

}  // namespace

void Liquidations::look(State& state) {
  std::vector<std::pair<Timestamp, Key>> due;
  bool overdrawn = false;
  for (AccountId a = 0; a < state.accounts.all.size(); ++a) {
    const Account& account = state.accounts.all[a];
    if (account.house) continue;
    for (std::size_t s = 0; s < account.subaccounts.size(); ++s) {
      const Key key{a, static_cast<int>(s)};
      if (is_flat(account.subaccounts[s])) {
        queue_.erase(key);
        cover(state, a, key.second);
        continue;
      }
      overdrawn = overdrawn || account.subaccounts[s].cash < 0;
      weigh(state, key);
      if (const auto it = queue_.find(key); it != queue_.end()) due.emplace_back(it->second.since, key);
    }
  }
  state.accounts.overdrawn = overdrawn;
  std::ranges::sort(due);
  for (const auto& [since, key] : due) {
    const Health health = health_of(state, state.accounts.all[key.first].subaccounts[static_cast<std::size_t>(key.second)]);
    if (health.at_ratio(kLiquidationRatioPercent)) close_some(state, key);
  }
}

// Into the queue, or out of it.
void Liquidations::weigh(State& state, Key key) {
  const Health health = health_of(state, state.accounts.all[key.first].subaccounts[static_cast<std::size_t>(key.second)]);
  if (!health.at_ratio(kQueueEntryRatioPercent)) {
    queue_.erase(key);
    return;
  }
  if (queue_.try_emplace(key, Waiting{state.clock, 0}).second) cancel_orders(state, key);
}

void Liquidations::cancel_orders(State& state, Key key) {
  const auto of_subaccount = [&key](const Order& o) { return o.subaccount == key.second; };
  if (!any_order(state, key.first, of_subaccount)) return;
  const ExecGroup exec_group(state, kSystem);
  cancel_where(state, key.first, {Reason::InsufficientBalance, UpdateReason::MarginCancel, {}, {}, false}, of_subaccount);
}

void Liquidations::close_some(State& state, Key key) {
  cancel_orders(state, key);
  const Subaccount& sub = state.accounts.all[key.first].subaccounts[static_cast<std::size_t>(key.second)];
  SystemClose close{key.first, key.second, 0, kNoMarket, Side::Buy, 0, SystemOrder::Liquidation};
  Micros most = -1;
  for (MarketNo m = 0; m < sub.positions.size(); ++m) {
    const Qty net = sub.positions[m].net;
    if (net == 0 || validate_market(state, m) != Reason::None) continue;
    const Micros margin = maintenance_margin(state, m, size_of(net) * liquidation_mark(state, m));
    if (margin <= most) continue;
    most = margin;
    close.market = m;
    close.side = net > 0 ? Side::Sell : Side::Buy;
  }
  if (close.market == kNoMarket) return;
  const Qty net = sub.positions[close.market].net;
  close.quantity = enough(health_of(state, sub), most, size_of(net));
  const auto [customer, share] = state.accounts.largest_share(key.first, key.second, close.market, net > 0);
  close.customer = customer;
  close.quantity = std::min(close.quantity, share);

  const ExecGroup exec_group(state, kSystem);
  Waiting& waiting = queue_[key];
  const Qty filled = close_by_system(state, close).filled;
  waiting.short_fills = filled < close.quantity ? waiting.short_fills + 1 : 0;
  if (waiting.short_fills >= kMostShortFills) {
    close.quantity -= filled;
    take_over(state, close);
  }
  if (is_flat(sub)) {
    queue_.erase(key);
    cover(state, key.first, key.second);
  }
}

}  // namespace marginfix::sim
