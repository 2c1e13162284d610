#include "sim/exchange/rules/members.hpp"

#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

struct Caller {  // of a request about exit triggers
  AccountId account{0};
  std::uint32_t customer{0};
};

std::optional<Caller> trigger_caller(State& state, const RequestContext& context, int subaccount) {
  const auto account = trading_account(state, context);
  if (!account || !state.accounts.has_subaccount(*account, subaccount)) return std::nullopt;
  const Key& key = state.accounts.keys[context.from.key];
  if (key.scope != KeyScope::Trading || (key.subaccount && *key.subaccount != subaccount)) return std::nullopt;
  return Caller{*account, state.emitter.names.number(key.subtrader)};
}

}  // namespace

AccountId create_account(State& state, const AccountSpec& spec, bool house) {
  const AccountId id = state.accounts.create(spec, house, state.clock);
  state.clearing.open_member(id, house, state.clock);
  return id;
}

void deposit(State& state, AccountId account, int subaccount, Micros amount) {
  state.accounts.deposit(account, subaccount, amount, state.clock);
  state.risk_watch.stir(state.clock);
}

TriggerOutcome set_exit_trigger(State& state, const RequestContext& context, const SetExitTrigger& request) {
  const auto caller = trigger_caller(state, context, request.position.subaccount);
  if (!caller) return {TriggerRefusal::NotAuthorized, {}};
  state.risk_watch.stir(state.clock);
  return state.triggers.set(state, caller->account, caller->customer, request);
}

TriggerOutcome update_exit_trigger(State& state, const RequestContext& context, const UpdateExitTrigger& request) {
  const auto caller = trigger_caller(state, context, request.position.subaccount);
  if (!caller) return {TriggerRefusal::NotAuthorized, {}};
  state.risk_watch.stir(state.clock);
  return state.triggers.update(state, caller->account, caller->customer, request);
}

TriggerRefusal cancel_exit_trigger(State& state, const RequestContext& context, const PositionName& position, std::string_view trigger_id) {
  const auto caller = trigger_caller(state, context, position.subaccount);
  if (!caller) return TriggerRefusal::NotAuthorized;
  return state.triggers.cancel(state, caller->account, caller->customer, position, trigger_id);
}

std::size_t cancel_exit_triggers(State& state, const RequestContext& context, const PositionName& position,
                                 std::optional<TriggerKind> kind) {
  const auto caller = trigger_caller(state, context, position.subaccount);
  return caller ? state.triggers.cancel_all(state, caller->account, caller->customer, position, kind) : 0;
}

KeyNo add_subtrader_key(State& state, AccountId member, const SubtraderKey& key) {
  state.clearing.add_key(member, key);
  return state.accounts.add_key(member, {key.key_id, KeyScope::Trading, std::nullopt, key.subtrader});
}

bool remove_subtrader_key(State& state, AccountId member, std::string_view key_id) {
  return state.clearing.remove_key(member, key_id) && state.accounts.remove_key(member, key_id);
}

bool transfer(State& state, AccountId account, int from, int to, Micros amount) {
  if (account >= state.accounts.all.size() || amount <= 0 || from == to) return false;
  if (!state.accounts.has_subaccount(account, from) || !state.accounts.has_subaccount(account, to)) return false;
  if (free_funds(state, account, from) < amount) return false;
  state.accounts.transfer(account, from, to, amount, state.clock);
  state.risk_watch.stir(state.clock);
  return true;
}

}  // namespace marginfix::sim
