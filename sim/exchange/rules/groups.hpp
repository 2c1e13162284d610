// Order groups: requests, counting of matches, triggers.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

GroupOutcome run_group_request(State& state, const RequestContext& context, const GroupRequest& request);

void count_for_group(State& state, const Order& order, Qty quantity);
bool would_trigger(State& state, const Order& order);
void trigger_if_over(State& state, GroupNo group);

}  // namespace marginfix::sim
