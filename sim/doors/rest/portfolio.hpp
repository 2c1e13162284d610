// The handlers of positions, fills, balance, risk, fees and limits; portfolio_endpoints.cpp holds their table.
#pragma once

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

HttpAnswer get_enabled(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_positions(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_fills(RestDoorContext& door, EndpointRequest& request);

HttpAnswer get_balance(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_risk(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_notional_risk_limit(RestDoorContext& door, EndpointRequest& request);

HttpAnswer get_fee_tiers(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_fee_tier_rates(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_api_limits(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_endpoint_costs(RestDoorContext& door, EndpointRequest& request);

}  // namespace marginfix::sim
