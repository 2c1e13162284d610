// Transfers, subaccounts, exit triggers, FCM.
#include "sim/doors/rest/account_endpoints.hpp"

namespace marginfix::sim {

std::span<const Endpoint<RestDoorContext>> member_endpoints() { return {}; }

}  // namespace marginfix::sim
