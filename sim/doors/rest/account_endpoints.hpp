// The two halves of account_endpoints(): one file family each.
#pragma once

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

std::span<const Endpoint<RestDoorContext>> portfolio_endpoints();  // enabled, positions, fills, balance, risk, fees, limits
std::span<const Endpoint<RestDoorContext>> member_endpoints();     // transfers, subaccounts, exit triggers, FCM

}  // namespace marginfix::sim
