// Decreases and the cancel of everything: what REST can ask for and FIX cannot.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

OrderOutcome decrease(State& state, const RequestContext& context, const DecreaseOrder& request);
std::size_t cancel_all(State& state, const RequestContext& context, const CancelAll& request);  // how many were canceled

}  // namespace marginfix::sim
