// The page's JSON, out of what the gateway says of itself, and what is asked of it: pure functions. Every id, price, quantity and amount is
// a string, as are the limits; times RFC 3339, null for none; counts, sequence numbers and flags JSON numbers and booleans.
//   /api/status   now, started, uptime_seconds, open, waits_for, ready, kill {killed, since, by, reason, arm_asked}, clients [...], keys
//                 [...], latency {bounds_us, and of each hop count, sum_us, p50_us, p99_us, buckets}, and the gateway's own counts
//   /api/orders   ?client=COMPID &open=1 &most=N   orders [...], open ones first; more: there are more than `most`
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/gateway/status.hpp"
#include "services/http/http.hpp"

namespace marginfix::gateway {

std::string status_json(const GatewayStatus& status);
std::string orders_json(const std::vector<OrderRow>& orders, bool more);

// Orders can go out on it.
bool key_active(const KeyStatus& key);
// Why the gateway cannot trade now, a line each: it still recovers, it is killed, a key is not active. "": it is ready.
std::string not_ready(const GatewayStatus& status);

// The bound, in microseconds, that so many of a thousand stayed within; nothing: no measurement, or beyond the last bound.
std::optional<std::int64_t> at_most(const LatencyHistogram& histogram, std::uint64_t of_thousand);

struct OrdersQuery {
  static constexpr std::size_t kUsual = 200, kMost = 10'000;
  std::string client;  // "" = all
  bool open_only{false};
  std::size_t most{kUsual};  // above kMost: kMost
};
// Error(decode), in words for the person.
Result<OrdersQuery> orders_query(const services::HttpRequest& request);

// What comes with a POST: {"reason": ..., "by": "http" or "command"}; both may be absent, and the body empty.
struct Command {
  static constexpr std::size_t kReasonBytes = 500;
  std::string by{"http"}, reason;
};
// Error(decode), in words for the person.
Result<Command> command_of(std::string_view body);

}  // namespace marginfix::gateway
