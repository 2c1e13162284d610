// Where the margin WebSocket is, whose key opens it, and how patient we are. An aggregate with defaults; nothing here does I/O but
// from_env()'s and from_endpoints()'s reading. Printing a config never shows a secret.
// Source: websocket.md "Connection"; rest-perps.md "Authentication"; environment variables as in rest/config.hpp.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "marginfix/core/backoff.hpp"
#include "marginfix/core/credentials.hpp"
#include "marginfix/core/endpoints.hpp"
#include "marginfix/core/environment.hpp"
#include "marginfix/core/result.hpp"

namespace marginfix {

struct PerpsWebSocketConfig {
  std::string url{};  // wss://host[:port]/trade-api/ws/v2/margin; ws:// for loopback only
  // The REST API of the same program, where there is one: validate() refuses a pair of different environments.
  std::string rest_url{};
  bool allow_mixed_environments{false};

  Credentials credentials{};  // there is no anonymous connection

  std::string ca_file{};  // own trusted roots; empty: the system's
  std::string user_agent{"marginfix"};
  bool compression{true};  // offer permessage-deflate

  std::chrono::milliseconds connect_timeout{10'000};   // look-up and TCP, TLS, upgrade: each
  std::chrono::milliseconds ping_interval{20'000};     // our own pings
  std::chrono::milliseconds liveness_timeout{30'000};  // no inbound byte at all: the connection is dead
  std::chrono::milliseconds command_timeout{10'000};
  std::chrono::milliseconds close_timeout{2'000};
  BackoffOptions backoff{};  // between attempts, full jitter
  // How long a connection must have been open to count as success, after which the waits start anew: one that is upgraded and broken
  // at once, again and again, is met ever more slowly.
  std::chrono::milliseconds proves_itself{5'000};
  unsigned most_attempts{0};            // in a row without success; 0 = for ever
  std::size_t most_message{16u << 20};  // bytes of one frame

  static PerpsWebSocketConfig production();
  static PerpsWebSocketConfig demo();
  // KALSHI_PERPS_ENVIRONMENT (demo; or KALSHI_PERPS_DEMO=true|false), KALSHI_PERPS_WS_BASE_URL, KALSHI_PERPS_API_BASE_URL or _BASE_URL
  // (for the check of the pair), KALSHI_PERPS_KEY_ID, KALSHI_PERPS_PRIVATE_KEY or _PRIVATE_KEY_PATH, _PRIVATE_KEY_PASSPHRASE.
  // Error(config) or Error(credentials) names the variable.
  static Result<PerpsWebSocketConfig> from_env(const VariableLookup& lookup = process_variables());
  // The WebSocket door of a simulated exchange, with the key of `account` (empty: the first). Error(config) when it has no such door.
  static Result<PerpsWebSocketConfig> from_endpoints(const Endpoints& endpoints, std::string_view account = {});
  // Contradictions, without I/O: no key, a URL that is not wss (or ws to loopback), another environment's REST URL.
  Result<void> validate() const;
};

// "wss://external-api-margin-ws.kalshi.com key 3f...": for log lines.
std::string to_string(const PerpsWebSocketConfig& config);

}  // namespace marginfix
