// Everything a MarginFixClient needs to know: from code, from the environment, from a QuickFIX .cfg or from a simulator's
// endpoints.json. An aggregate with defaults: change what you like, validate() runs again before anything connects.
// Reference of every .cfg key and environment variable: docs/configuration.md, generated from the table the parser uses.
// Source: design decision 6; fix-margin.md "Endpoints", "Logon".
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/backoff.hpp"
#include "marginfix/core/credentials.hpp"
#include "marginfix/core/endpoints.hpp"
#include "marginfix/core/environment.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/rate_limit.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/domain/enums.hpp"
#include "marginfix/sessions/message_log.hpp"
#include "marginfix/sessions/tls_options.hpp"

namespace marginfix {

// What a session is for. A listener is the read-only live feed (ListenerSession(20126)=Y) on KalshiNR or KalshiRT.
enum class SessionKind : std::uint8_t { order_entry, listener, drop_copy, market_data };
std::string_view to_string(SessionKind kind) noexcept;

using SessionCredentials = Credentials;  // key_id is the SenderCompID(49); the private key is read by start()

// Fields of our Logon(A). Absent = not sent: the exchange's default holds. ListenerSession(20126) follows from SessionKind.
struct LogonOptions {
  std::optional<bool> cancel_orders_on_disconnect{};       // 8013 any disconnect cancels the open orders, Logout included
  std::optional<bool> receive_settlement_reports{};        // 20127
  std::optional<std::int32_t> message_retention_period{};  // 20200 hours, KalshiRT only, 1 to 72
  std::optional<bool> use_dollars{};                       // 21005 always on for margin: false is refused
  std::optional<bool> enable_ioc_cancel_report{};          // 21007
  std::optional<bool> preserve_original_order_qty{};       // 21008
  std::optional<bool> skip_pending_exec_reports{};         // 21011 set by itself on a listener, which needs it
  std::optional<bool> use_expired_ord_status{};            // 21012
  std::optional<bool> always_emit_new_before_trade{};      // 21026
};

// One FIX session. MarginFixConfig::session_defaults() fills host, port and name for an environment.
struct SessionConfig {
  std::string name{};  // unique in the client: "KalshiNR", "KalshiRT", "KalshiNR-listener", ...
  SessionKind kind{SessionKind::order_entry};
  TargetSession target{TargetSession::NR};
  std::string host{};
  std::uint16_t port{0};
  TlsOptions tls{};
  SessionCredentials credentials{};
  LogonOptions logon{};

  std::chrono::seconds heart_bt_int{30};                // 108, at least 3
  int timestamp_digits{3};                              // fraction digits of SendingTime(52): 3 or 6
  std::vector<std::string> accepted_sender_comp_ids{};  // what an inbound 49 may be; empty: TargetCompID and "Kalshi"
  std::string store_folder{};                           // KalshiRT: where numbers and sent messages are kept (one file a session)
  bool store_sync{false};                               // fdatasync before each send
  bool reset_sequence_once{false};                      // KalshiRT: the first Logon of this process carries 141=Y
  std::chrono::seconds resend_age_limit{10};            // older order messages are gap-filled, not resent; negative: no limit
  // Orders and amends older than this are given back through on_not_sent instead of leaving for the first time; negative: no limit.
  // Nothing: 2 s, or RateLimitOptions::max_wait where that is longer.
  std::optional<std::chrono::milliseconds> send_age_limit{};

  TransportTimeouts timeouts{};
  std::chrono::seconds logon_timeout{10};
  std::chrono::seconds logout_timeout{5};
  BackoffOptions backoff{};
  std::chrono::seconds already_exists_wait{60};       // after Logout "already exists"
  std::chrono::seconds busy_wait{10};                 // least wait after EndReason rate_limited and busy; jitter comes on top
  std::chrono::seconds refused_wait{300};             // longest wait while the exchange is busy or refuses in the same words again
  std::chrono::milliseconds request_timeout{10'000};  // order groups, drop copy, market data requests without an answer
};

// Something accepted at load that a person should know (a key without effect here, a value that was implied).
struct ConfigFinding {
  std::string file{};
  int line{0};  // 0 = not from a file
  std::string key{};
  std::string text{};
};

struct MarginFixConfig {
  std::optional<Environment> environment{};  // whose hosts and ports are the defaults; nothing: neither (the simulator, a tunnel)
  std::vector<SessionConfig> sessions{};
  RateLimitOptions rate_limit{};
  LogOptions log{};
  bool log_stated{false};           // the .cfg says something of the log; the library logs as `log` says either way, programs only then
  bool log_messages{false};         // every FIX message in and out, redacted, at debug level
  MessageLogOptions message_log{};  // every FIX message in QuickFIX's file form; no folder: none
  std::size_t send_queue{10'000};   // messages handed over by other threads and not yet taken by the I/O thread, a session
  // The client's own I/O thread asks for news again and again instead of sleeping: it takes a whole core, and nothing waits for its waking
  // up.
  bool spin_wait{false};
  std::vector<ConfigFinding> findings{};

  // KALSHI_PERPS_KEY_ID, _PRIVATE_KEY or _PRIVATE_KEY_PATH, _PRIVATE_KEY_PASSPHRASE, KALSHI_PERPS_LISTENER_*, KALSHI_PERPS_DROPCOPY_*,
  // KALSHI_PERPS_MARKETDATA_* (the last two default to the first), KALSHI_PERPS_ENVIRONMENT (demo), KALSHI_PERPS_SESSIONS
  // ("NR,DC,MD" and LISTENER where it has a key), KALSHI_PERPS_STORE_PATH (adds RT).
  static Result<MarginFixConfig> from_env(const VariableLookup& lookup = process_variables());
  // A QuickFIX .cfg: [DEFAULT] and one [SESSION] each. Errors name file, line and how to fix it; every mistake of the file in one Error, a
  // line each.
  static Result<MarginFixConfig> from_cfg_file(const std::string& path, const VariableLookup& lookup = process_variables());
  static Result<MarginFixConfig> from_cfg_text(std::string_view text, const std::string& name,
                                               const VariableLookup& lookup = process_variables());
  // Every FIX door of a simulated exchange for `account` (empty: the first), `account`-listener and `account`-dropcopy.
  // KalshiRT keeps its store in `store_folder`; empty: beside the endpoints file.
  static Result<MarginFixConfig> from_endpoints(const Endpoints& endpoints, std::string_view account, const std::string& store_folder);
  static Result<MarginFixConfig> from_endpoints_file(const std::string& path, std::string_view account = {},
                                                     const std::string& store_folder = {});

  // Host, port, name and options of a session as the exchange documents them; credentials empty.
  static SessionConfig session_defaults(std::optional<Environment> environment, SessionKind kind, TargetSession target);
  SessionConfig& add(SessionKind kind, TargetSession target, SessionCredentials credentials);

  // By name; null when there is none.
  SessionConfig* find(std::string_view name) noexcept;
  const SessionConfig* find(std::string_view name) const noexcept;
  // Keeps only these sessions. Error(config) names one that does not exist and those that do.
  Result<void> select(const std::vector<std::string>& names);
  // Every contradiction the parser would refuse (no I/O): Error(config) says which session and how to fix it.
  Result<void> validate() const;
};

// docs/configuration.md, from the table the parser uses.
std::string configuration_reference();

}  // namespace marginfix
