// New orders: what is checked, in which order, and what becomes of the order.
#pragma once

#include "sim/exchange/rules/match.hpp"

namespace marginfix::sim {

OrderOutcome submit(State& state, const RequestContext& context, const NewOrder& request);
OrderOutcome house_submit(State& state, KeyNo key, const NewOrder& request);  // inside a running command
// An order that passed every check; `cap` = how much of it may trade.
OrderOutcome place(State& state, Order& order, Qty cap);

Reason validate_market(const State& state, MarketNo market);
bool within_band(const State& state, MarketNo market, Side side, Ticks price);
Qty reducible(const State& state, const Order& order);
// Expiry of a new or replaced order from 59 and 126; false = a combination that is refused.
bool set_expiry(const State& state, Order& order, TimeInForce tif, std::optional<Timestamp> expire);

// Whole contracts; bounded so that price x quantity, summed over a book, stays far inside 64 bits.
inline bool is_quantity(FixedPointCount q) noexcept {
  return q.units() > 0 && q <= FixedPointCount::from_units(10'000'000 * 100LL) && q.is_whole();
}

}  // namespace marginfix::sim
