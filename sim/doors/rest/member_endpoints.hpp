// The handlers of transfers, subaccounts, exit triggers and FCMs; member_endpoints.cpp holds their table.
#pragma once

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

// transfers_endpoints.cpp
HttpAnswer instance_transfer(RestDoorContext& door, EndpointRequest& request);
HttpAnswer create_subaccount(RestDoorContext& door, EndpointRequest& request);
HttpAnswer transfer_subaccount(RestDoorContext& door, EndpointRequest& request);

// exit_trigger_endpoints.cpp
HttpAnswer set_cross_exit_trigger(RestDoorContext& door, EndpointRequest& request);
HttpAnswer cross_exit_triggers(RestDoorContext& door, EndpointRequest& request);
HttpAnswer cancel_cross_exit_triggers(RestDoorContext& door, EndpointRequest& request);
HttpAnswer update_cross_exit_trigger(RestDoorContext& door, EndpointRequest& request);
HttpAnswer cancel_cross_exit_trigger(RestDoorContext& door, EndpointRequest& request);
HttpAnswer set_isolated_exit_trigger(RestDoorContext& door, EndpointRequest& request);
HttpAnswer isolated_exit_triggers(RestDoorContext& door, EndpointRequest& request);
HttpAnswer cancel_isolated_exit_triggers(RestDoorContext& door, EndpointRequest& request);

// fcm_member_endpoints.cpp
HttpAnswer create_subtrader(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_risk_controls(RestDoorContext& door, EndpointRequest& request);
HttpAnswer update_risk_controls(RestDoorContext& door, EndpointRequest& request);
HttpAnswer delete_risk_controls(RestDoorContext& door, EndpointRequest& request);
HttpAnswer update_notional_limit(RestDoorContext& door, EndpointRequest& request);
HttpAnswer delete_notional_limit(RestDoorContext& door, EndpointRequest& request);

}  // namespace marginfix::sim
