// Margin of subaccounts, notional of accounts, and what they allow an order. In micro-dollars, at the liquidation mark.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

Micros maintenance_margin(const State& state, MarketNo market, Micros notional);
Micros initial_margin(const State& state, Micros notional, MarketNo market);
// Of a position with its resting orders.
Micros exposure(const State& state, const Position& position, MarketNo market);
Micros equity(const State& state, const Subaccount& subaccount);
Micros total_margin(const State& state, const Subaccount& subaccount);  // initial margin of positions and resting orders
Health health_of(const State& state, const Subaccount& subaccount);
bool is_flat(const Subaccount& subaccount);
Micros free_funds(const State& state, AccountId account, int subaccount);  // may leave; negative when it is short of margin
// The subaccount's position, or a customer's share of it.
Qty position_share(const State& state, AccountId account, int subaccount, std::uint32_t customer, MarketNo market);

// Notional that resting orders would have more of (or less, when negative).
struct AddedNotional {
  MarketNo market{kNoMarket};
  Side side{Side::Buy};
  Micros amount{0};
};
Micros notional_usage(const State& state, AccountId account, MarketNo market, const AddedNotional& added);
Micros notional_usage(const State& state, AccountId account, const AddedNotional& added = {});

// May the account have `added` more notional (of resting or trading orders) on the order's side of its market?
Reason validate_margin(const State& state, const Order& order, Micros added);

}  // namespace marginfix::sim
