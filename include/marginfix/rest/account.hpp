// Family `account`: what holds for the whole account, event contracts and perps alike. Plain values.
// The operation is in none of the exchange's perps files; rest-perps.md "Errors, retries, rate limits" names it, and its schema is that of
// the event-contract file (3.26, GetAccountEndpointCosts). An exchange that does not have it answers 404.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "marginfix/core/rate_limit.hpp"
#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

struct EndpointTokenCost {
  std::string method{};  // "DELETE"
  std::string path{};    // "/trade-api/v2/margin/orders/{order_id}"
  std::int32_t cost{0};  // tokens a request
  json::UnknownMembers unknown{};
};

struct GetAccountEndpointCostsResponse {
  std::int32_t default_cost{0};                     // of every endpoint that is not listed
  std::vector<EndpointTokenCost> endpoint_costs{};  // those that cost something else
  json::UnknownMembers unknown{};
};

// GET /account/endpoint_costs
struct GetAccountEndpointCosts {
  using Response = GetAccountEndpointCostsResponse;
};

// What the answer says of the costs by kind, for AccountLimits::set_costs(); 0 where it says nothing. The cost of a cancel is that of
// DELETE /margin/orders/{order_id}; where it is not listed, the default, unless no endpoint of perps is listed at all: then the list is
// about event contracts, and a cancel of perps costs what it did.
RequestCosts request_costs(const GetAccountEndpointCostsResponse& told);

}  // namespace marginfix::rest

MARGINFIX_SCHEMA(marginfix::rest::EndpointTokenCost);
MARGINFIX_SCHEMA(marginfix::rest::GetAccountEndpointCostsResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetAccountEndpointCosts);
MARGINFIX_OPERATION(marginfix::rest::GetAccountEndpointCosts);
