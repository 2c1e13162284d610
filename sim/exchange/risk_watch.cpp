// See risk_watch.hpp.
#include "sim/exchange/risk_watch.hpp"

#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

std::optional<Timestamp> RiskWatch::next(const Core& core) const {
  if (!stirred_ || !core.anything_at_risk() || looked_ >= *stirred_ + kSettled) return std::nullopt;
  return std::max<Timestamp>(*stirred_, looked_ + std::max<std::chrono::microseconds>(kEvery, core.pace()));
}

void RiskWatch::run(Core& core) {
  looked_ = core.now();
  core.triggers_.look(core);
  core.liquidations_.look(core);
}

}  // namespace marginfix::sim
