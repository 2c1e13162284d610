// Requests of members that are not about orders: money, exit triggers. The work is done by transfers.cpp and exit_triggers.cpp.
#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

// ---- money ------------------------------------------------------------------------------------------------------------------

void Core::deposit(AccountId account, int subaccount, Micros amount) {
  accounts_.deposit(account, subaccount, amount, clock_);
  risk_watch_.stir(clock_);
}

TransferOutcome Core::instance_transfer(const InstanceTransfer& request) { return transfers_.accept(*this, request); }

TransferOutcome Core::subaccount_transfer(AccountId account, int from, int to, Micros amount, std::string_view client_id) {
  return transfers_.between(*this, account, from, to, amount, client_id);
}

// ---- exit triggers ------------------------------------------------------------------------------------------------------------

std::optional<Core::Caller> Core::trigger_caller(const RequestContext& context, int subaccount) {
  const auto account = trading_account(context);
  if (!account || !accounts_.has_subaccount(*account, subaccount)) return std::nullopt;
  const Key& key = accounts_.keys[context.from.key];
  if (key.scope != KeyScope::Trading || (key.subaccount && *key.subaccount != subaccount)) return std::nullopt;
  return Caller{*account, emitter_.names.number(key.subtrader)};
}

TriggerOutcome Core::set_exit_trigger(const RequestContext& context, const SetExitTrigger& request) {
  const auto caller = trigger_caller(context, request.position.subaccount);
  if (!caller) return {TriggerRefusal::NotAuthorized, {}};
  risk_watch_.stir(clock_);
  return triggers_.set(*this, caller->account, caller->customer, request);
}

TriggerOutcome Core::update_exit_trigger(const RequestContext& context, const UpdateExitTrigger& request) {
  const auto caller = trigger_caller(context, request.position.subaccount);
  if (!caller) return {TriggerRefusal::NotAuthorized, {}};
  risk_watch_.stir(clock_);
  return triggers_.update(*this, caller->account, caller->customer, request);
}

TriggerRefusal Core::cancel_exit_trigger(const RequestContext& context, const PositionName& position, std::string_view trigger_id) {
  const auto caller = trigger_caller(context, position.subaccount);
  if (!caller) return TriggerRefusal::NotAuthorized;
  return triggers_.cancel(*this, caller->account, caller->customer, position, trigger_id);
}

std::size_t Core::cancel_exit_triggers(const RequestContext& context, const PositionName& position, std::optional<TriggerKind> kind) {
  const auto caller = trigger_caller(context, position.subaccount);
  return caller ? triggers_.cancel_all(*this, caller->account, caller->customer, position, kind) : 0;
}

}  // namespace marginfix::sim
