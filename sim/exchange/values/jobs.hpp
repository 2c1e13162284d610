// What falls due by the trading clock, besides expiries of orders and the house's decisions: funding, settlements, liquidations, exit
// triggers, corporate actions. The clock (rules/clock.hpp) asks every job when it is next due and runs the earliest; of one moment first
// the expiries, then the jobs in the order of clock.cpp, the house last. A job's state is its owner's: it is saved there, and next() must
// follow from it.
#pragma once

#include <optional>

#include "marginfix/core/time.hpp"

namespace marginfix::sim {

struct State;

class Job {
 public:
  virtual ~Job() = default;
  // When it is next due; nothing = not now. It may lie in the past (work that a command has just made): it is then run at once.
  virtual std::optional<Timestamp> next(const State& state) const = 0;
  // State::clock is at (or, for late work, after) what next() said. Opens an ExecGroup itself when it makes events. Afterwards next()
  // must be later, or nothing: a job that stays due would never let the clock pass.
  virtual void run(State& state) = 0;
};

}  // namespace marginfix::sim
