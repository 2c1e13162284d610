// Accounts, keys, positions, balances.
#pragma once

#include "sim/exchange/values/views.hpp"

namespace marginfix::sim {
struct State;
}  // namespace marginfix::sim

namespace marginfix::sim::views {

std::optional<KeyInfo> find_key(const State& state, std::string_view key_id);
KeyInfo key(const State& state, KeyNo key);
std::optional<AccountId> find_account(const State& state, std::string_view name);
bool has_subaccount(const State& state, AccountId account, int subaccount);
Uuid user_id(const State& state, AccountId account);                         // of the person behind the account; the same for ever
std::vector<PositionView> positions(const State& state, AccountId account);  // non-zero, or with realized pnl
std::vector<BalanceView> balances(const State& state, AccountId account);
FeeRates fee_rates(const State& state);
// Highest RequestContext::ref_seq executed for this session since its last ResetRef; 0 = none. Survives kill -9.
std::uint64_t last_ref_seq(const State& state, Route session);

}  // namespace marginfix::sim::views
