// The beginning of an exchange, its clock and what runs on it: expiries, jobs, the house.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

// A new exchange: house accounts, the given accounts, and the three days before `now` when it is to have a past.
void start(State& state, Timestamp now, bool past, const std::vector<AccountSpec>& accounts);

std::optional<Timestamp> next_due(const State& state);
// Runs what is due up to and including `to`, in order, then sets the clock. `pace` = time between two house events.
void run_until(State& state, Timestamp to, std::chrono::microseconds pace);

// The trades of the past, made again after every restart instead of being stored, and put before those that happened.
PastRun::Walks seeded_trades(const State& state);
void merge_seeded(State& state, const PastRun::Walks& walks);

}  // namespace marginfix::sim
