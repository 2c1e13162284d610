#include "sim/exchange/members/risk_watch.hpp"

#include <algorithm>

#include "sim/exchange/rules/system.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {

std::optional<Timestamp> RiskWatch::next(const State& state) const {
  if (!stirred_ || !anything_at_risk(state) || looked_ >= *stirred_ + kSettled) return std::nullopt;
  return std::max<Timestamp>(*stirred_, looked_ + std::max<std::chrono::microseconds>(kEvery, state.pace));
}

void RiskWatch::run(State& state) {
  looked_ = state.clock;
  state.triggers.look(state);
  state.liquidations.look(state);
}

}  // namespace marginfix::sim
