// The fills' part of a sweep: what is not settled one by one, everything as a merge of all sources in the order of their keys.
#pragma once

#include "services/reconcile/engine/sweep.hpp"

namespace marginfix::reconcile {

void sweep_fills(EngineState& state, SweepReach reach, const std::string& account);

}  // namespace marginfix::reconcile
