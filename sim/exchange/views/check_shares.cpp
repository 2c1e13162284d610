// The promises about customers' shares of FCM positions. See check.cpp.
#include <fmt/format.h>

#include "sim/exchange/state.hpp"
#include "sim/exchange/views/check.hpp"

namespace marginfix::sim::views {

void check_shares(const State& state, AccountId id, std::vector<std::string>& findings) {
  const Account& account = state.accounts.all[id];
  if (!account.fcm) {
    if (!account.customers.empty()) findings.push_back(account.name + ": customers of an account that is no FCM");
    return;
  }
  std::map<std::pair<std::int32_t, MarketNo>, Position> sums;
  for (const auto& [key, share] : account.customers) {
    Position& sum = sums[{key.subaccount, key.market}];
    sum.net += share.net;
    sum.cost += share.cost - share.realized;  // what was paid for it so far
    sum.fees += share.fees;
    for (std::size_t side = 0; side < 2; ++side) {
      sum.open_qty[side] += share.open_qty[side];
      sum.open_notional[side] += share.open_notional[side];
    }
    if (share.net == 0 && share.cost != 0) findings.push_back(account.name + ": a flat share has a cost");
  }
  for (std::size_t s = 0; s < account.subaccounts.size(); ++s) {
    for (MarketNo m = 0; m < state.markets.size(); ++m) {
      const Position& whole = account.subaccounts[s].positions[m];
      const Position& sum = sums[{static_cast<std::int32_t>(s), m}];
      bool same = whole.net == sum.net && whole.cost - whole.realized == sum.cost && whole.fees == sum.fees;
      for (std::size_t side = 0; side < 2; ++side) {
        same = same && whole.open_qty[side] == sum.open_qty[side] && whole.open_notional[side] == sum.open_notional[side];
      }
      if (!same)
        findings.push_back(fmt::format("{}: shares of {} in subaccount {} do not add up", account.name, state.markets[m].spec.symbol, s));
    }
  }
}

}  // namespace marginfix::sim::views
