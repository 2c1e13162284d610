#include "sim/exchange/views/accounts.hpp"

#include <algorithm>

#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim::views {

std::optional<KeyInfo> find_key(const State& state, std::string_view key_id) {
  const auto no = state.accounts.find_key(key_id);
  return no ? std::optional(key(state, *no)) : std::nullopt;
}
KeyInfo key(const State& state, KeyNo no) {
  const Key& k = state.accounts.keys[no];
  const Account& a = state.accounts.all[k.account];
  return {no, k.account, k.scope, k.key_id, a.name, a.fcm, a.margin_enabled, k.subaccount, k.subtrader};
}
std::optional<AccountId> find_account(const State& state, std::string_view name) { return state.accounts.find(name); }
bool has_subaccount(const State& state, AccountId account, int subaccount) { return state.accounts.has_subaccount(account, subaccount); }
Uuid user_id(const State& state, AccountId account) { return state.user_id(account); }

std::vector<PositionView> positions(const State& state, AccountId account) {
  std::vector<PositionView> out;
  const auto& subs = state.accounts.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    for (MarketNo m = 0; m < state.markets.size(); ++m) {
      const Position& p = subs[s].positions[m];
      if (p.net == 0 && p.realized == 0 && p.fees == 0) continue;
      out.push_back({static_cast<int>(s), m, to_count(p.net), entry_price(p.net, p.cost), to_dollars(p.realized), to_dollars(p.fees),
                     to_dollars(p.open_fees), to_dollars(p.cost)});
    }
  }
  return out;
}

std::vector<BalanceView> balances(const State& state, AccountId account) {
  std::vector<BalanceView> out;
  const auto& subs = state.accounts.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    const Micros worth = equity(state, subs[s]);
    const Micros margin = total_margin(state, subs[s]);
    out.push_back({static_cast<int>(s), to_dollars(subs[s].cash), to_dollars(worth), to_dollars(margin),
                   to_dollars(std::max<Micros>(0, worth - margin))});
  }
  return out;
}

FeeRates fee_rates(const State& state) {
  constexpr int kTenthousandths = -4;
  return {MultiplierDecimal::from_parts(state.fees.maker_tenthousandths, kTenthousandths),
          MultiplierDecimal::from_parts(state.fees.taker_tenthousandths, kTenthousandths)};
}

std::uint64_t last_ref_seq(const State& state, Route session) {
  const auto it = state.refs.find({session.key, session.door});
  return it == state.refs.end() ? 0 : it->second;
}

}  // namespace marginfix::sim::views
