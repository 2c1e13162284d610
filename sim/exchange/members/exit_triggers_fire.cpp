// Exit triggers: what they do when marks, orders and positions move.
#include <algorithm>

#include "sim/exchange/members/exit_trigger_prices.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/submit.hpp"
#include "sim/exchange/rules/system.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// ---- each look --------------------------------------------------------------------------------------------------------------

void ExitTriggers::look(State& state) {
  if (live_count_ == 0) return;
  std::vector<TriggerNo> live;
  for (const auto& [position, there] : by_position_) live.insert(live.end(), there.begin(), there.end());
  std::ranges::sort(live);
  for (const TriggerNo no : live) {
    const auto it = all_.find(no);
    if (it == all_.end() || it->second.status != TriggerStatus::Active) continue;
    ExitTrigger& t = it->second;
    const Ticks mark = liquidation_mark(state, t.market);
    follow(t, mark);
    if (position_of(state, t) * t.direction <= 0 || validate_market(state, t.market) != Reason::None) continue;
    if (!t.firing) {
      const TriggerLeg leg = leg_reached(t, mark);
      if (leg == TriggerLeg::None) continue;
      t.firing = true;
      t.misses = 0;
      if (t.kind == TriggerKind::Bracket) t.leg = leg;
    }
    fire(state, t);
  }
  forget();
}

void ExitTriggers::follow(ExitTrigger& t, Ticks mark) const {
  if (t.kind != TriggerKind::Trailing) return;
  t.watermark = t.direction > 0 ? std::max(t.watermark, mark) : std::min(t.watermark, mark);
}

TriggerLeg ExitTriggers::leg_reached(const ExitTrigger& t, Ticks mark) const {
  const auto below = [&](Micros level) { return (mark * kMicrosPerTick - level) * t.direction <= 0; };
  if (t.kind == TriggerKind::Trailing) return below(trailing_stop(t)) ? TriggerLeg::StopLoss : TriggerLeg::None;
  if (t.stop_loss != 0 && below(t.stop_loss * kMicrosPerTick)) return TriggerLeg::StopLoss;
  if (t.take_profit != 0 && (mark - t.take_profit) * t.direction >= 0) return TriggerLeg::TakeProfit;
  return TriggerLeg::None;
}

void ExitTriggers::fire(State& state, ExitTrigger& t) {
  const Qty held = size_of(position_of(state, t));
  const Qty quantity = t.whole() ? held : std::min(held, t.rest());
  firing_ = t.no;  // its own fills do not cancel it
  const ExecGroup exec_group(state, kSystem);
  const SystemResult result = close_by_system(state, {t.account, t.subaccount, t.customer, t.market,
                                                      t.direction > 0 ? Side::Sell : Side::Buy, quantity, SystemOrder::TakeProfitStopLoss});
  firing_ = 0;
  t.fired = result.order;
  t.filled += result.filled;
  t.misses = result.filled > 0 ? 0 : t.misses + 1;
  t.updated = state.clock;
  t.seen = position_of(state, t);
  settle(state, t);
}

// After an attempt: done, back to waiting for the anchor, out of attempts, or on it goes.
void ExitTriggers::settle(State& state, ExitTrigger& t) {
  const bool flat = t.seen * t.direction <= 0;
  if (t.whole()) {
    if (flat) return end(t, TriggerStatus::Filled, TriggerEnd::None, state.clock);
  } else {
    if (flat) t.released += t.anchored ? t.rest() : 0;
    if (t.anchor != 0 && t.rest() == 0) {
      t.status = TriggerStatus::PendingOnEntry;
      t.firing = false;
      t.misses = 0;
      return;
    }
    if (flat || t.rest() == 0) return end(t, TriggerStatus::Filled, TriggerEnd::None, state.clock);
  }
  if (t.misses >= kMostMisses) end(t, TriggerStatus::Failed, TriggerEnd::OrderRejected, state.clock);
}

// ---- what the engine tells ----------------------------------------------------------------------------------------------------

void ExitTriggers::order_filled(State& state, const Order& order, Qty quantity) {
  if (const auto it = by_anchor_.find(order.no); it != by_anchor_.end()) {
    for (const TriggerNo no : it->second) {
      ExitTrigger& t = all_.at(no);
      t.count += quantity;
      t.status = TriggerStatus::Active;
      t.updated = state.clock;
    }
  }
  if (live_count_ != 0) position_moved(state, {order.account, order.subaccount, order.market});
}

void ExitTriggers::order_ended(State& state, OrderNo order) {
  const auto it = by_anchor_.find(order);
  if (it == by_anchor_.end()) return;
  const std::vector<TriggerNo> followers = std::move(it->second);
  by_anchor_.erase(it);
  for (const TriggerNo no : followers) {
    ExitTrigger& t = all_.at(no);
    t.anchor = 0;
    t.updated = state.clock;
    if (t.count == 0) {
      end(t, TriggerStatus::Canceled, TriggerEnd::EntryNotFilled, state.clock);
    } else if (t.status == TriggerStatus::PendingOnEntry) {  // closed all that came in
      const bool own = t.filled > 0;
      end(t, own ? TriggerStatus::Filled : TriggerStatus::Canceled, own ? TriggerEnd::None : TriggerEnd::PositionClosed, state.clock);
    }
  }
}

void ExitTriggers::position_moved(State& state, const Position& position) {
  const auto it = by_position_.find(position);
  if (it == by_position_.end()) return;
  const std::vector<TriggerNo> there = it->second;
  for (const TriggerNo no : there) {
    ExitTrigger& t = all_.at(no);
    const Qty before = std::exchange(t.seen, position_of(state, t));
    if (no == firing_ || before * t.direction <= 0 || t.seen * t.direction > 0) continue;
    release(state, t, t.seen == 0 ? TriggerEnd::PositionClosed : TriggerEnd::PositionFlipped);
  }
}

// Its position is gone, and not by its doing.
void ExitTriggers::release(State& state, ExitTrigger& t, TriggerEnd why) {
  if (t.anchor == 0) return end(t, TriggerStatus::Canceled, why, state.clock);
  if (t.rest() == 0) return;
  t.released += t.rest();
  t.status = TriggerStatus::PendingOnEntry;
  t.firing = false;
  t.updated = state.clock;
}

void ExitTriggers::split(State& state, MarketNo market, std::int64_t ratio_old, std::int64_t ratio_new) {
  const auto price = [&](Ticks& ticks) {
    if (ticks != 0)
      ticks = std::max<Ticks>(1, static_cast<Ticks>((2 * static_cast<Wide>(ticks) * ratio_old + ratio_new) / (2 * ratio_new)));
  };
  const auto contracts = [&](Qty quantity) {
    return static_cast<Qty>(static_cast<Wide>(quantity) * ratio_new / ratio_old / FixedPointCount::kOne) * FixedPointCount::kOne;
  };
  std::vector<TriggerNo> ended;
  for (auto& [no, t] : all_) {
    if (!t.live() || t.market != market) continue;
    for (Ticks* ticks : {&t.stop_loss, &t.take_profit, &t.trail, &t.watermark}) price(*ticks);
    t.seen = position_of(state, t);
    t.updated = state.clock;
    const bool whole = t.whole();
    if (!whole) {
      const Qty rest = contracts(t.rest());
      t.filled = contracts(t.filled);
      t.released = 0;
      t.count = t.filled + rest;
    }
    if (t.seen * t.direction <= 0 || (!whole && t.rest() == 0)) ended.push_back(no);
  }
  for (const TriggerNo no : ended) end(all_.at(no), TriggerStatus::Canceled, TriggerEnd::PositionClosed, state.clock);
}

}  // namespace marginfix::sim
