// Orders and order groups.
#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

std::span<const Endpoint<RestDoorContext>> order_endpoints() { return {}; }

}  // namespace marginfix::sim
