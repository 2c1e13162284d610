// The promises of the engine, each looked at from scratch. Used by tests after every operation.
#pragma once

#include <string>
#include <vector>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {
struct State;
}  // namespace marginfix::sim

namespace marginfix::sim::views {

// Every broken promise found: books sorted and not crossed, levels = sum of their orders, positions net to zero, cash conserved to
// the micro-dollar, quantities consistent, indexes complete. Empty = all well.
std::vector<std::string> check(const State& state);

void check_shares(const State& state, AccountId account, std::vector<std::string>& findings);  // of an FCM's customers

}  // namespace marginfix::sim::views
