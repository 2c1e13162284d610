#include "sim/exchange/commands/members.hpp"

#include "sim/exchange/rules/members.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::commands {

TransferOutcome InstanceTransfer::run(State& state) const { return state.transfers.accept(state, request); }
TransferOutcome SubaccountTransfer::run(State& state) const {
  return state.transfers.between(state, account, from, to, amount.units(), client_transfer_id);
}
TriggerOutcome SetExitTrigger::run(State& state) const { return set_exit_trigger(state, context, request); }
TriggerOutcome UpdateExitTrigger::run(State& state) const { return update_exit_trigger(state, context, request); }
TriggerRefusal CancelExitTrigger::run(State& state) const { return cancel_exit_trigger(state, context, position, trigger_id); }
std::size_t CancelExitTriggers::run(State& state) const { return cancel_exit_triggers(state, context, position, kind); }

}  // namespace marginfix::sim::commands
