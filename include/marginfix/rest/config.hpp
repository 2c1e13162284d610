// Where the REST and Klear APIs are, whose key opens them, and how patient we are: PerpsConfig for PerpsClient and AsyncPerpsClient,
// KlearConfig for KlearClient and AsyncKlearClient. Aggregates with defaults: change what you like, the client validates before its first
// request. No I/O here but from_env()'s look at the environment; keys are read by the first call. Printing a config never shows a secret.
// Source: design decision 8; rest-perps.md "Hosts", "Authentication", "Errors, retries, rate limits"; klear.md "Hosts and authentication".
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/account_limits.hpp"
#include "marginfix/core/backoff.hpp"
#include "marginfix/core/credentials.hpp"
#include "marginfix/core/endpoints.hpp"
#include "marginfix/core/environment.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/rate_limit.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/token_bucket.hpp"

namespace marginfix {

// GET only, on a failed connect, a time-out, a cut answer and on 408, 425, 429, 500, 502, 503, 504. POST, PUT and DELETE are sent once,
// whatever happens. Each try is signed afresh.
struct RetryPolicy {
  unsigned more_tries{3};  // after the first; 0 = none
  // Full jitter: the wait before try n + 1 is uniform in [0, min(cap, base * 2^n)].
  BackoffOptions backoff{std::chrono::milliseconds(500), std::chrono::milliseconds(30'000), std::chrono::milliseconds(0)};
  // Retry-After (seconds or an HTTP date) is the least wait, up to this.
  std::chrono::milliseconds longest_retry_after{30'000};
};

struct HttpOptions {
  std::chrono::milliseconds connect_timeout{5'000};   // name look-up, TCP and TLS of a new connection
  std::chrono::milliseconds request_timeout{15'000};  // one try, connecting included
  std::chrono::milliseconds total_timeout{60'000};    // a whole call: its tries and the waits between them
  RetryPolicy retry{};
  std::string user_agent{"marginfix"};
  std::string ca_file{};  // PEM with trusted roots, and no others then; empty: the system's
  // "http://host:port". Empty: what HTTPS_PROXY and NO_PROXY say; "none": no proxy. Loopback is never reached through a proxy.
  std::string proxy{};
  bool http2{true};                              // over TLS, where the server offers it
  bool compression{true};                        // gzip is accepted
  std::size_t most_body{std::size_t{64} << 20};  // bytes of an answer, decompressed; more is Error(decode)
  // Idle connections kept; for asynchronous clients also the most connections at a time (calls beyond it wait in line).
  std::size_t connections{8};
  std::chrono::seconds idle_limit{50};  // an idle connection older than this is not used again
};

// The exchange's token buckets, kept on our side so that its own are not hit.
struct RestRateLimit {
  RateLimitPolicy policy{RateLimitPolicy::wait};
  std::chrono::milliseconds max_wait{5'000};  // a call that would wait longer is Error(rate_limit) and was not sent
  // Unlimited until something says what they are: you (rate_limit_tier()), or the exchange.
  TokenBucketOptions read{0, 0, 0};
  TokenBucketOptions write{0, 0, 0};
  // An answer of margin().api_limits() sets the buckets (of FIX clients too that share them), one of account().endpoint_costs() what
  // requests cost, markets tell their shard, a 429 empties one.
  bool follow_exchange{true};
};

struct PerpsConfig {
  std::optional<Environment> environment{};  // whose hosts are meant; a URL of the other one is refused. Nothing: your own host
  std::string base_url{};                    // https://host[:port]/trade-api/v2; http:// for loopback only
  std::string ws_base_url{};                 // of the WebSocket, where the same program uses it: only checked, never connected to
  Credentials credentials{};                 // empty key_id: an unauthenticated client, which may call the 12 public operations
  HttpOptions http{};
  RestRateLimit rate_limit{};

  static PerpsConfig production();
  static PerpsConfig demo();
  // KALSHI_PERPS_ENVIRONMENT (demo; or KALSHI_PERPS_DEMO=true|false), KALSHI_PERPS_API_BASE_URL (or _BASE_URL), KALSHI_PERPS_WS_BASE_URL,
  // KALSHI_PERPS_KEY_ID, _PRIVATE_KEY or _PRIVATE_KEY_PATH, _PRIVATE_KEY_PASSPHRASE. Error(config) names the variable and how to fix it.
  static Result<PerpsConfig> from_env(const VariableLookup& lookup = process_variables());
  // A simulated exchange; `account` empty: its first.
  static Result<PerpsConfig> from_endpoints(const Endpoints& endpoints, std::string_view account = {});
  static Result<PerpsConfig> from_endpoints_file(const std::string& path, std::string_view account = {});

  bool authenticated() const noexcept { return !credentials.key_id.empty(); }
  // Every contradiction a client would refuse, without I/O. Error(config) or Error(credentials).
  Result<void> validate() const;
};

struct KlearConfig {
  std::optional<Environment> environment{};
  std::string base_url{};       // https://host[:port]/klear-api/v1; http:// for loopback only
  std::string admin_user_id{};  // trimmed; empty is refused: Klear has no public operation
  SecretString access_token{};  // trimmed; empty is refused
  std::string token_file{};     // where the token was read from, empty: nowhere; a client warns where other users can read it
  HttpOptions http{};

  static KlearConfig production();
  static KlearConfig demo();
  // KALSHI_KLEAR_ENVIRONMENT (demo; or KALSHI_KLEAR_DEMO=true|false), KALSHI_KLEAR_API_BASE_URL (or _BASE_URL),
  // KALSHI_KLEAR_ADMIN_USER_ID, KALSHI_KLEAR_ACCESS_TOKEN.
  static Result<KlearConfig> from_env(const VariableLookup& lookup = process_variables());
  static Result<KlearConfig> from_endpoints(const Endpoints& endpoints);
  static Result<KlearConfig> from_endpoints_file(const std::string& path);

  Result<void> validate() const;
};

// One line for people and logs: URL, key id or admin user id, and whether there is a key; no secret.
std::string to_string(const PerpsConfig& config);
std::string to_string(const KlearConfig& config);

// What a client shares with the rest of the program.
struct RestClientOptions {
  std::shared_ptr<LogSink> log{};  // empty: silent. Requests at debug level (method, path, status, milliseconds), tries again at info
  // Shared with other clients of the account (MarginFixClient::limits()); empty: made from config.rate_limit. Not used by Klear clients.
  std::shared_ptr<AccountLimits> limits{};
  const Clock* clock{nullptr};  // tests: time of signatures and buckets. Null: the system's, buckets by one that only runs forward
};

}  // namespace marginfix
