// The tables of rest/account.hpp, and what its answer says of the token buckets.
#include "marginfix/rest/account.hpp"

#include <algorithm>

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kEndpointTokenCost[] = {field<&EndpointTokenCost::method>("method"), field<&EndpointTokenCost::path>("path"),
                                            field<&EndpointTokenCost::cost>("cost")};
constexpr FieldInfo kGetAccountEndpointCostsResponse[] = {field<&GetAccountEndpointCostsResponse::default_cost>("default_cost"),
                                                          field<&GetAccountEndpointCostsResponse::endpoint_costs>("endpoint_costs")};

constexpr std::string_view kOfPerps = "/margin/", kOrders = "/margin/orders/";

bool is_of_perps(const EndpointTokenCost& endpoint) { return endpoint.path.find(kOfPerps) != std::string::npos; }

// Whatever the exchange calls the parameter: one more segment, and no other.
bool is_single_cancel(const EndpointTokenCost& endpoint) {
  const auto at = endpoint.path.find(kOrders);
  if (endpoint.method != "DELETE" || at == std::string::npos) return false;
  const std::string_view id = std::string_view(endpoint.path).substr(at + kOrders.size());
  return !id.empty() && id.find('/') == std::string_view::npos;
}

}  // namespace

RequestCosts request_costs(const GetAccountEndpointCostsResponse& told) {
  RequestCosts costs{told.default_cost, 0};
  const auto cancel = std::ranges::find_if(told.endpoint_costs, is_single_cancel);
  if (cancel != told.endpoint_costs.end())
    costs.cancel = cancel->cost;
  else if (std::ranges::any_of(told.endpoint_costs, is_of_perps))
    costs.cancel = told.default_cost;
  return costs;
}

constinit const OperationInfo Operation<GetAccountEndpointCosts>::info = {.operation_id = "GetAccountEndpointCosts",
                                                                          .family = "account",
                                                                          .name = "endpoint_costs",
                                                                          .method = Method::get,
                                                                          .path = "/account/endpoint_costs",
                                                                          .auth = Auth::none,
                                                                          .success = 200,
                                                                          .since = Since::unlisted,
                                                                          .request = &json::Schema<GetAccountEndpointCosts>::type,
                                                                          .response = &json::Schema<GetAccountEndpointCostsResponse>::type,
                                                                          .summary = "Requests that do not cost the default"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::EndpointTokenCost>::type =
    object_type<rest::EndpointTokenCost>("EndpointTokenCost", rest::kEndpointTokenCost);
constinit const TypeInfo Schema<rest::GetAccountEndpointCostsResponse>::type =
    object_type<rest::GetAccountEndpointCostsResponse>("GetAccountEndpointCostsResponse", rest::kGetAccountEndpointCostsResponse);
constinit const TypeInfo Schema<rest::GetAccountEndpointCosts>::type =
    object_type<rest::GetAccountEndpointCosts>("GetAccountEndpointCosts", {});
}  // namespace marginfix::json
