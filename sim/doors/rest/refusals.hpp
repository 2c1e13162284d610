// The engine's reasons as the REST exchange says them: status, code, shape. Source: observed.md "Error bodies" (recorded ones),
// rest-perps.md "Errors". What neither page gives is named after Text(58) of FIX, in lower case.
#pragma once

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

// A write that the engine refused.
HttpAnswer refused(Reason reason);
// A read of something that is not there, or not there yet.
HttpAnswer unknown_to_reads();
// For accounts that may not trade perps: orders and groups do not know them.
std::optional<HttpAnswer> trader_unknown(const RestDoorContext& door, const EndpointRequest& request);
// The same for balance, risk and limits.
std::optional<HttpAnswer> margin_not_enabled(const EndpointRequest& request);
// For what only direct members may do: not keys bound to a subtrader. Members that are FCMs are direct members too.
std::optional<HttpAnswer> direct_members_only(const EndpointRequest& request);

}  // namespace marginfix::sim
