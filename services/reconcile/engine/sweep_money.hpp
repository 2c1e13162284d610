// The positions' and payments' part of a sweep.
#pragma once

#include "services/reconcile/engine/sweep.hpp"

namespace marginfix::reconcile {

void sweep_positions(EngineState& state, SweepReach reach, const std::string& account);
void sweep_funding(EngineState& state, const std::string& account);

}  // namespace marginfix::reconcile
