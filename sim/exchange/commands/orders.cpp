// See orders.hpp. What comes as a message is noted for its session (note_ref), whatever becomes of it.
#include "sim/exchange/commands/orders.hpp"

#include "sim/exchange/rules/amend.hpp"
#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/decrease.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/groups.hpp"
#include "sim/exchange/rules/submit.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::commands {

OrderOutcome Submit::run(State& state) const {
  note_ref(state, context);
  return submit(state, context, order);
}
OrderOutcome Amend::run(State& state) const {
  note_ref(state, context);
  return amend(state, context, request);
}
OrderOutcome EarlierAmend::run(State& state) const {
  AmendOrder as_then = request;
  as_then.cancel_at_filled = false;
  return Amend{context, as_then}.run(state);
}
OrderOutcome Cancel::run(State& state) const {
  note_ref(state, context);
  return cancel(state, context, request);
}
OrderOutcome Decrease::run(State& state) const {
  note_ref(state, context);
  return decrease(state, context, request);
}
std::size_t MassCancel::run(State& state) const {
  note_ref(state, context);
  return mass_cancel(state, context, request);
}
std::size_t CancelAll::run(State& state) const {
  note_ref(state, context);
  return cancel_all(state, context, request);
}
std::size_t CancelOnDisconnect::run(State& state) const { return cancel_on_disconnect(state, session); }
GroupOutcome Group::run(State& state) const {
  note_ref(state, context);
  return run_group_request(state, context, request);
}

}  // namespace marginfix::sim::commands
