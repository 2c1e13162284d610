// Who sends a request: KALSHI-ACCESS-KEY, -TIMESTAMP and -SIGNATURE of a REST request or of a WebSocket's opening handshake.
// Source: rest-perps.md "Authentication"; observed.md "Authentication" (window and bodies).
#pragma once

#include <optional>

#include "sim/doors/http/message.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/values/views.hpp"
#include "sim/keys/key_ring.hpp"

namespace marginfix::sim {

struct AuthOutcome {
  std::optional<KeyInfo> caller;  // nothing: no credentials were sent (allowed unless `required`)
  std::optional<HttpAnswer> refusal;
  bool guess{false};  // refused for a key that nobody has or a signature that is wrong
};

// The clock first: a signature made minutes ago is right and still worth nothing. Wall time.
AuthOutcome authenticate(const HttpRequest& request, const KeyRing& keys, const Exchange& exchange, Timestamp wall_now, bool required);

}  // namespace marginfix::sim
