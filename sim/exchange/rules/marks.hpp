// Prices of a market beside its book.
//   reference         the underlying, scaled to one contract: the house's walk, or what control set
//   settlement mark   reference x (1 + s), s = premium smoothed over 600 s, at most 0.25 % either way: funding and settlements
//   liquidation mark  reference x (1 + f), f = premium smoothed over 30 s, at most 0.5 % either way: margin, liquidation, exit triggers
// The premium is sampled each second from the middle of the book (premium.hpp); without one (a side empty, sides more than 5 % of the
// reference apart, a halt) a second counts as 0, so that the marks of a quiet market go back to the reference. Rounded to the tick.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

Ticks settlement_mark(const State& state, MarketNo market);
Ticks liquidation_mark(const State& state, MarketNo market);

// Something of the market changed in the running command that premium and quotes must take up; at the command's end they do.
void touch(State& state, MarketNo market);
void observe(State& state);

void move_reference(State& state, MarketNo market, Ticks price);
void put_reference(State& state, MarketNo market, Ticks price);  // a jump: the house goes with it
void set_reference(State& state, MarketNo market, Ticks price);  // a command of its own
void rename_market(State& state, MarketNo market, const std::string& symbol);

// A positive multiple of the tick.
inline bool is_price(DollarDecimal p) noexcept {
  return p.units() > 0 && p <= DollarDecimal::from_units(100'000 * 1'000'000LL) && p.units() % kMicrosPerTick == 0;
}

}  // namespace marginfix::sim
