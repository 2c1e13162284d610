// Expiry, pauses, market status, the house switch.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

void expire(State& state, Timestamp at);
void set_paused(State& state, bool paused);
void set_halted(State& state, MarketNo market, bool halted);
void set_status(State& state, MarketNo market, MarketStatus status);
void set_house(State& state, bool on);

void cancel_paused(State& state, MarketNo only);
void status_event(State& state, MarketNo market);

}  // namespace marginfix::sim
