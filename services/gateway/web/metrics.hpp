// /metrics of the gateway: everything of GatewayStatus that is a number or a flag, by client and by key. Labels are CompIDs, BeginStrings,
// names of keys, sessions and configured limits: never an order, never what a message said. Reasons and texts are in /api/status.
#pragma once

#include "services/gateway/status.hpp"
#include "services/http/metrics_writer.hpp"

namespace marginfix::gateway {

inline constexpr std::string_view kMetricsPrefix = "marginfix_gateway_";

void write_gateway_metrics(services::MetricsWriter& out, const GatewayStatus& status);

}  // namespace marginfix::gateway
