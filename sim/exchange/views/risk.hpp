// Margin, notional, liquidation.
#pragma once

#include <utility>

#include "sim/exchange/values/member_views.hpp"

namespace marginfix::sim {
struct State;
}  // namespace marginfix::sim

namespace marginfix::sim::views {

DollarDecimal maintenance_margin(const State& state, MarketNo market, DollarDecimal notional);
DollarDecimal initial_margin(const State& state, MarketNo market, DollarDecimal notional);
std::vector<MarginView> margins(const State& state, AccountId account);               // every subaccount, in order
std::vector<PositionRiskView> position_risks(const State& state, AccountId account);  // open positions, by subaccount and market
// A customer's shares of an FCM's positions, margined by themselves (without prices of liquidation).
std::vector<PositionRiskView> share_risks(const State& state, AccountId account, std::string_view customer);
NotionalUsageView notional_usage(const State& state, AccountId account);
// Subaccounts that wait for liquidation: (account, subaccount), in order of entry.
std::vector<std::pair<AccountId, int>> liquidation_queue(const State& state);
DollarDecimal insurance_paid(const State& state);

}  // namespace marginfix::sim::views
