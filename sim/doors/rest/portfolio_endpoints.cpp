// What an account has: positions, fills, balance, risk, fees, limits.
#include "sim/doors/rest/account_endpoints.hpp"

namespace marginfix::sim {

std::span<const Endpoint<RestDoorContext>> portfolio_endpoints() { return {}; }

}  // namespace marginfix::sim
