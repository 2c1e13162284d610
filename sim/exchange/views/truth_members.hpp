// The members' part of the truth (truth.cpp): shares of customers, exit triggers, transfers, liquidation.
#pragma once

#include <boost/json/object.hpp>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

struct State;

// Adds "customers" (FCMs), "exit_triggers" (live ones) and "transfers" (with the purse) where there is something to say.
void add_member_truth(const State& state, AccountId account, boost::json::object& to);
// Adds "insurance_paid" and "liquidation_queue".
void add_liquidation_truth(const State& state, boost::json::object& to);

}  // namespace marginfix::sim
