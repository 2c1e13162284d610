// Which exchange a command talks to: a simulator's endpoints.json, --env demo|production, or the environment (KALSHI_PERPS_*).
#pragma once

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/exchange_account.hpp"

namespace marginfix::apps {

struct ConnectionOptions {
  std::string endpoints;  // --endpoints FILE
  std::string account;    // --account NAME; empty: the first
  std::string env;        // --env demo|production
};

// One door and no other.
inline constexpr AccountDoors kFixOnly{DoorChoice::required, DoorChoice::no, DoorChoice::no, DoorChoice::no};
inline constexpr AccountDoors kRestOnly{DoorChoice::no, DoorChoice::required, DoorChoice::no, DoorChoice::no};
inline constexpr AccountDoors kWebSocketOnly{DoorChoice::no, DoorChoice::no, DoorChoice::required, DoorChoice::no};
inline constexpr AccountDoors kKlearOnly{DoorChoice::no, DoorChoice::no, DoorChoice::no, DoorChoice::required};

// The endpoints.json that the options mean: --endpoints, or MARGINFIX_ENDPOINTS where no option names an exchange; else "".
std::string chosen_endpoints(const ConnectionOptions& options);

// The account that follows from the options, with these doors. A `cfg` (--cfg FILE) names an exchange of its own: --endpoints, --account
// and --env beside it are refused. Without a key REST (but not Klear) has its public operations left.
Result<ExchangeAccount> load_account(const ConnectionOptions& options, const AccountDoors& doors, const std::string& cfg = {});
// The same with FIX among the doors, where only the sessions that `wanted` names (by TargetCompID, "KalshiNR", or "listener") are kept;
// empty keeps all. A .cfg keeps all its sessions.
Result<ExchangeAccount> load_fix_account(const ConnectionOptions& options, const AccountDoors& doors, const std::string& cfg,
                                         const std::vector<std::string>& wanted);

// Error(config) where an option that names an exchange stands beside a command that has no use for it (sim, demo, decode).
Result<void> refuse_connection(const ConnectionOptions& options, std::string_view command);

// The log of a command's clients: silent, but for key and token files that other users can read; those go to standard error.
std::shared_ptr<LogSink> key_warnings();
// The same for the sessions of `config`, and where its .cfg says something of the log (FileLogPath, LogLevel, LogMessages) the log it asks
// for: a file, or standard error. Throws Exception(config) when the file cannot be opened.
std::shared_ptr<LogSink> command_log(const MarginFixConfig& config);
// While one of these lives, SIGHUP begins new message files (FileLogPath), as logrotate and QuickFIX's shops are used to. Without a message
// log SIGHUP ends the program, as ever. One at a time.
class RotateOnHangUp {
 public:
  explicit RotateOnHangUp(std::shared_ptr<MessageLog> log);
  ~RotateOnHangUp();
  RotateOnHangUp(const RotateOnHangUp&) = delete;
  RotateOnHangUp& operator=(const RotateOnHangUp&) = delete;

 private:
  std::shared_ptr<MessageLog> log_;
  struct sigaction before_ {};
  std::atomic<bool> ends_{false};
  std::thread thread_;
};

// What was accepted and has no effect, or deserves a second look: notes on standard error.
void report_findings(const MarginFixConfig& config);

// Keeps the sessions of one kind; Error(config) when the configuration has none.
Result<void> keep_only(MarginFixConfig& config, SessionKind kind);

}  // namespace marginfix::apps
