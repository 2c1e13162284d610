// Compares what is not settled, or everything, and tells Breaks what differs.
#pragma once

#include "services/reconcile/engine/state.hpp"

namespace marginfix::reconcile {

enum class SweepReach : std::uint8_t { unsettled, everything };
void sweep(EngineState& state, SweepReach reach);

}  // namespace marginfix::reconcile
