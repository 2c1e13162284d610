// Orders that the exchange places on an account's behalf, inside a running command: liquidation, exit triggers.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

struct SystemClose {
  AccountId account{0};
  int subaccount{0};
  std::uint32_t customer{0};
  MarketNo market{kNoMarket};
  Side side{Side::Buy};
  Qty quantity{0};
  SystemOrder why{SystemOrder::None};
};
struct SystemResult {
  OrderNo order{0};
  Qty filled{0};
};
SystemResult close_by_system(State& state, const SystemClose& what);
// The house becomes the other side at the mark.
void take_over(State& state, const SystemClose& what);
// A flat subaccount that owes money is made whole by the exchange's insurance.
void cover(State& state, AccountId account, int subaccount);
bool anything_at_risk(const State& state) noexcept;

}  // namespace marginfix::sim
