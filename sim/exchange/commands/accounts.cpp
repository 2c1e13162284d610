#include "sim/exchange/commands/accounts.hpp"

#include "sim/exchange/rules/members.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::commands {

AccountId CreateAccount::run(State& state) const { return create_account(state, spec); }
KeyNo AddKey::run(State& state) const { return state.accounts.add_key(account, key); }
std::optional<int> CreateSubaccount::run(State& state) const { return state.accounts.create_subaccount(account); }

Result<void> Deposit::admit(const State& state) const {
  if (account < state.accounts.all.size() && state.accounts.has_subaccount(account, subaccount)) return {};
  return fail(ErrorCategory::config, "no subaccount " + std::to_string(subaccount) + " to deposit to; create it first");
}
void Deposit::run(State& state) const { deposit(state, account, subaccount, amount.units()); }

bool Transfer::run(State& state) const { return transfer(state, account, from, to, amount.units()); }

}  // namespace marginfix::sim::commands
