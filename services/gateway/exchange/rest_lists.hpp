// The exchange's markets and an account's positions from REST, for security lists and position requests: the whole answer, or the error
// that there is none. At most one request of a kind (and subaccount) is under way: who asks meanwhile is answered by the next, so that an
// answer is never older than its question, and clients that ask a lot cost the account's tokens no more than ones that ask in turn.
// Callbacks run where the client's handlers run (the gateway's thread), never within the call, and never after this object is gone.
// Source: GET /margin/markets, GET /margin/positions (rest-perps.md operations 4 and 25).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "marginfix/async_perps_client.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/domain/position.hpp"
#include "marginfix/rest/markets.hpp"
#include "services/gateway/oms/security_list.hpp"

namespace marginfix::gateway {

Security to_security(const rest::MarginMarket& market);

class RestLists {
 public:
  using Markets = std::function<void(const Result<std::vector<Security>>&)>;
  using Held = std::function<void(const Result<std::vector<Position>>&)>;
  // `client` outlives it; without a key it reads markets only.
  explicit RestLists(AsyncPerpsClient& client);
  ~RestLists();
  RestLists(const RestLists&) = delete;
  RestLists& operator=(const RestLists&) = delete;

  void read_markets(Markets then);
  // Of one subaccount, or of all that the key sees.
  void read_positions(std::optional<std::int32_t> subaccount, Held then);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace marginfix::gateway
