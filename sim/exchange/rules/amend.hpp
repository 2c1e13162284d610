// OrderCancelReplaceRequest(G), and what a decrease shares with it.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

OrderOutcome amend(State& state, const RequestContext& context, const AmendOrder& request);

void shrink_in_place(State& state, OrderIx ix, Qty total, UpdateReason reason);
void send_replaced(State& state, OrderIx ix, const ShortText& orig, std::string_view operator_id);

}  // namespace marginfix::sim
