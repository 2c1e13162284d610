// The handlers of market_endpoints(), by file. Source: rest-perps.md "Exchange, markets", "Funding", "Corporate actions".
#pragma once

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

// market_endpoints.cpp
HttpAnswer get_exchange_status(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_risk_parameters(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_markets(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_market(RestDoorContext& door, EndpointRequest& request);
// market_books.cpp
HttpAnswer get_orderbook(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_orderbooks(RestDoorContext& door, EndpointRequest& request);
// market_history.cpp
HttpAnswer get_candlesticks(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_trades(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_corporate_actions(RestDoorContext& door, EndpointRequest& request);
// market_funding.cpp
HttpAnswer get_funding_estimate(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_funding_rates(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_premium_index(RestDoorContext& door, EndpointRequest& request);
HttpAnswer get_funding_history(RestDoorContext& door, EndpointRequest& request);

// 404 as recorded for things that a read does not find.
inline HttpAnswer unknown_on_read() { return nested_error(404, "not_found", "not found"); }
inline HttpAnswer bad_parameter(std::string_view details) { return nested_error(400, "invalid_parameters", "invalid parameters", details); }
// Sets the problem (recorded shape) when a required query argument is missing.
void require_query(EndpointRequest& request, std::string_view name);
// A time of the query in unix seconds.
std::optional<std::int64_t> unix_seconds(EndpointRequest& request, std::string_view name);

}  // namespace marginfix::sim
