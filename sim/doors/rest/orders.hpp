// The handlers of orders and order groups; order_endpoints.cpp holds their table.
#pragma once

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

HttpAnswer create_order(RestDoorContext& door, EndpointRequest& request);
HttpAnswer cancel_order(RestDoorContext& door, EndpointRequest& request);
HttpAnswer cancel_all_orders(RestDoorContext& door, EndpointRequest& request);
HttpAnswer decrease_order(RestDoorContext& door, EndpointRequest& request);
HttpAnswer amend_order(RestDoorContext& door, EndpointRequest& request);

HttpAnswer get_order(RestDoorContext& door, EndpointRequest& request);
HttpAnswer list_orders(RestDoorContext& door, EndpointRequest& request);
HttpAnswer list_fcm_orders(RestDoorContext& door, EndpointRequest& request);

HttpAnswer list_groups(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_group(RestDoorContext& door, EndpointRequest& request);
HttpAnswer create_group(RestDoorContext& door, EndpointRequest& request);
HttpAnswer delete_group(RestDoorContext& door, EndpointRequest& request);
HttpAnswer reset_group(RestDoorContext& door, EndpointRequest& request);
HttpAnswer trigger_group(RestDoorContext& door, EndpointRequest& request);
HttpAnswer update_group_limit(RestDoorContext& door, EndpointRequest& request);

// The market of a body's ticker or market_id (ticker wins); nothing sets `problem`.
std::optional<MarketNo> body_market(const RestDoorContext& door, EndpointRequest& request);

inline std::string_view side_word(Side side) { return side == Side::Buy ? "bid" : "ask"; }
inline std::string_view source_word(SystemOrder system) { return system == SystemOrder::None ? "user" : "system"; }

}  // namespace marginfix::sim
