// Accounts, their money and keys, and requests about exit triggers. The work is done by accounts.cpp, transfers.cpp, clearing.cpp and
// exit_triggers.cpp.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

AccountId create_account(State& state, const AccountSpec& spec, bool house = false);
KeyNo add_subtrader_key(State& state, AccountId member, const SubtraderKey& key);
bool remove_subtrader_key(State& state, AccountId member, std::string_view key_id);

void deposit(State& state, AccountId account, int subaccount, Micros amount);
// False when an account or the free funds are missing.
bool transfer(State& state, AccountId account, int from, int to, Micros amount);

// Exit triggers of the caller's account; a bound key's are about its subtrader's share, a locked key's about its subaccount.
TriggerOutcome set_exit_trigger(State& state, const RequestContext& context, const SetExitTrigger& request);
TriggerOutcome update_exit_trigger(State& state, const RequestContext& context, const UpdateExitTrigger& request);
TriggerRefusal cancel_exit_trigger(State& state, const RequestContext& context, const PositionName& position, std::string_view trigger_id);
std::size_t cancel_exit_triggers(State& state, const RequestContext& context, const PositionName& position,
                                 std::optional<TriggerKind> kind);

}  // namespace marginfix::sim
