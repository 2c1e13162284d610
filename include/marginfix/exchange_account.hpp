// One account of the exchange with all its doors, FIX, REST, WebSocket and Klear, from one source, and with one set of token buckets:
//
//   const auto account = marginfix::ExchangeAccount::from_env().value();
//   marginfix::MarginFixClient fix(account.fix, account.fix_options());
//   marginfix::PerpsClient rest(account.rest, account.rest_options());
//   marginfix::PerpsWebSocket socket(account.ws, account.ws_options());
//
// Token buckets: on the exchange FIX messages and REST requests of an account spend the same ones, reads the read bucket, creates and
// amends the write bucket of the market's shard, cancels and all other writes the default write bucket. The WebSocket spends none, as far
// as is documented, and Klear's are its own. Source: changes-2026-11.md D4; design decisions 6 and 8.
//
// A plain value: change the configurations as you like before clients are made of them; each client validates its own again. Copies share
// the buckets. Reading a source does I/O for its files only; private keys are read by the clients. Nothing here shows a secret.
// Guide: docs/configuration.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/account_limits.hpp"
#include "marginfix/core/endpoints.hpp"
#include "marginfix/core/environment.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/perps_websocket.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"
#include "marginfix/ws/config.hpp"

namespace marginfix {

// Whether a door is read. `if_there`: where the source names it, that is a key id (KALSHI_PERPS_KEY_ID) or Klear's administrator or token
// among the variables, a member of endpoints.json, an environment in a .cfg.
enum class DoorChoice : std::uint8_t { no, if_there, required };

struct AccountDoors {
  DoorChoice fix{DoorChoice::required};
  DoorChoice rest{DoorChoice::required};
  DoorChoice ws{DoorChoice::required};
  DoorChoice klear{DoorChoice::if_there};
};

struct ExchangeAccountOptions {
  AccountDoors doors{};
  // Of endpoints.json only: whose keys, empty the first account's, and where KalshiRT keeps its store, empty beside the file.
  std::string account{};
  std::string store_folder{};
};

struct ExchangeAccount {
  MarginFixConfig fix{};               // no sessions: the door was not read
  PerpsConfig rest{};                  // no base_url: likewise
  PerpsWebSocketConfig ws{};           // no url: likewise
  std::optional<KlearConfig> klear{};  // of a clearing member
  // What the clients of the account share. Made of fix.rate_limit, or of rest.rate_limit where there is no FIX: share_limits().
  std::shared_ptr<AccountLimits> limits{};

  // Errors: config, credentials; those of MarginFixConfig, PerpsConfig, PerpsWebSocketConfig and KlearConfig, of the first door that has
  // one. KALSHI_PERPS_* and KALSHI_KLEAR_*: docs/configuration.md.
  static Result<ExchangeAccount> from_env(const ExchangeAccountOptions& options = {}, const VariableLookup& lookup = process_variables());
  // The same variables out of a file (variables_of_file()); what it does not set, `lookup` says.
  static Result<ExchangeAccount> from_env_file(const std::string& path, const ExchangeAccountOptions& options = {},
                                               const VariableLookup& lookup = process_variables());
  // FIX as the .cfg says. REST and the WebSocket are those of its KalshiEnvironment, with the key of its first order entry session; without
  // one, or where other URLs are wanted, KALSHI_PERPS_API_BASE_URL and KALSHI_PERPS_WS_BASE_URL name them. Klear: from the variables.
  static Result<ExchangeAccount> from_cfg_file(const std::string& path, const ExchangeAccountOptions& options = {},
                                               const VariableLookup& lookup = process_variables());
  // The same of a text; `name` stands for the file in messages.
  static Result<ExchangeAccount> from_cfg_text(std::string_view text, const std::string& name, const ExchangeAccountOptions& options = {},
                                               const VariableLookup& lookup = process_variables());
  // A simulated exchange.
  static Result<ExchangeAccount> from_endpoints(const Endpoints& endpoints, const ExchangeAccountOptions& options = {});
  static Result<ExchangeAccount> from_endpoints_file(const std::string& path, const ExchangeAccountOptions& options = {});

  bool has_fix() const noexcept { return !fix.sessions.empty(); }
  bool has_rest() const noexcept { return !rest.base_url.empty(); }
  bool has_ws() const noexcept { return !ws.url.empty(); }

  // Makes `limits` anew, full: after a change of fix.rate_limit or rest.rate_limit, or for an account made by hand. `clock` is the clients'
  // (their options' `clock`; without one they measure by the default).
  void share_limits(const Clock& clock = monotonic_clock());

  // The clients' options with the shared buckets in them. `log` as each client has it: an empty one is spdlog for FIX, silence elsewhere.
  MarginFixClientOptions fix_options(std::shared_ptr<LogSink> log = {}) const;
  RestClientOptions rest_options(std::shared_ptr<LogSink> log = {}) const;  // Klear clients take it too, and leave the buckets alone
  PerpsWebSocketOptions ws_options(std::shared_ptr<LogSink> log = {}) const;
};

// One line for people and logs: hosts, key ids, and whether there are keys; no secret.
std::string to_string(const ExchangeAccount& account);

}  // namespace marginfix
