// The table of what an account has: positions, fills, balance, risk, fees, limits.
#include "sim/doors/rest/account_endpoints.hpp"
#include "sim/doors/rest/portfolio.hpp"

namespace marginfix::sim {
namespace {

// The dear answer is the one that looks at every resting order.
int cost_of_balance(const EndpointRequest& request) { return request.text("compute_available_balance") == "true" ? 50 : 5; }

const Endpoint<RestDoorContext> kPortfolioEndpoints[] = {
    {"GET", "/margin/enabled", EndpointAuth::Key, 10, "", "", get_enabled},
    {"GET", "/margin/positions", EndpointAuth::Key, 10, "subaccount ticker", "", get_positions},
    {"GET", "/margin/fills", EndpointAuth::Key, 10, "subaccount limit cursor min_ts max_ts", "", get_fills},
    {"GET", "/margin/balance", EndpointAuth::Key, 5, "compute_available_balance", "", get_balance, cost_of_balance},
    {"GET", "/margin/risk", EndpointAuth::Key, 10, "", "", get_risk},
    {"GET", "/margin/notional_risk_limit", EndpointAuth::Key, 10, "", "", get_notional_risk_limit},
    {"GET", "/margin/fee_tiers", EndpointAuth::Key, 10, "", "", get_fee_tiers},
    {"GET", "/margin/fee_tier_rates", EndpointAuth::Key, 10, "", "", get_fee_tier_rates},
    {"GET", "/account/limits/perps", EndpointAuth::Key, 10, "", "", get_api_limits},
    {"GET", "/account/endpoint_costs", EndpointAuth::Public, 10, "", "", get_endpoint_costs},
};

}  // namespace

std::span<const Endpoint<RestDoorContext>> portfolio_endpoints() { return kPortfolioEndpoints; }

}  // namespace marginfix::sim
