#include "sim/exchange/commands/time.hpp"

#include "sim/exchange/rules/clock.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::commands {

void Start::run(State& state) const { start(state, at, past, accounts); }
void Step::run(State& state) const { run_until(state, to, std::chrono::microseconds(pace)); }
void Advance::run(State& state) const {
  state.offset += std::chrono::microseconds(by);
  run_until(state, state.clock + std::chrono::microseconds(by), std::chrono::microseconds(pace));
}

}  // namespace marginfix::sim::commands
