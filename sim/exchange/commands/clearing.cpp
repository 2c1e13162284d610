#include "sim/exchange/commands/clearing.hpp"

#include "sim/exchange/rules/members.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::commands {

std::optional<ClearingNo> WithdrawSettlement::run(State& state) const { return state.clearing.withdraw(member, amount); }
void DepositSettlement::run(State& state) const { state.clearing.deposit(member, amount); }
SubtraderGroupResult CreateSubtraderGroup::run(State& state) const { return state.clearing.create_group(member, subtraders); }
SubtraderGroupResult UpdateSubtraderGroup::run(State& state) const { return state.clearing.update_group(member, group, subtraders); }
void DeleteSubtraderGroup::run(State& state) const { state.clearing.delete_group(member, group); }
KeyNo AddSubtraderKey::run(State& state) const { return add_subtrader_key(state, member, key); }
bool RemoveSubtraderKey::run(State& state) const { return remove_subtrader_key(state, member, key_id); }

}  // namespace marginfix::sim::commands
