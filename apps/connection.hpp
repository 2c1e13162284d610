// Which exchange a command talks to: a simulator's endpoints.json, --env demo|production, or the environment (KALSHI_PERPS_*).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"
#include "marginfix/ws/config.hpp"

namespace marginfix::apps {

struct ConnectionOptions {
  std::string endpoints;  // --endpoints FILE
  std::string account;    // --account NAME; empty: the first
  std::string env;        // --env demo|production
};

// The configuration that follows from the options; `store_folder` is where KalshiRT would keep its numbers. Only the sessions that
// `wanted` names (by TargetCompID, "KalshiNR", or "listener") are kept; empty keeps all. A `cfg` (--cfg FILE) names an exchange of its own:
// --endpoints, --account and --env beside it are refused, and all its sessions are there.
Result<MarginFixConfig> load_config(const ConnectionOptions& options, const std::string& cfg = {},
                                    const std::vector<std::string>& wanted = {}, const std::string& store_folder = {});
// The WebSocket of the same exchange.
Result<PerpsWebSocketConfig> load_websocket_config(const ConnectionOptions& options);

// Of the REST and Klear APIs, from the same options. Without a key (perps only) the public operations are left.
Result<PerpsConfig> load_perps_config(const ConnectionOptions& options);
Result<KlearConfig> load_klear_config(const ConnectionOptions& options);

// Error(config) where an option that names an exchange stands beside a command that has no use for it (sim, demo, decode).
Result<void> refuse_connection(const ConnectionOptions& options, std::string_view command);

// The log of a command's clients: silent, but for key and token files that other users can read; those go to standard error.
std::shared_ptr<LogSink> key_warnings();
// The same for the sessions of `config`, and where its .cfg says something of the log (FileLogPath, LogLevel, LogMessages) the log it asks
// for: a file, or standard error. Throws Exception(config) when the file cannot be opened.
std::shared_ptr<LogSink> command_log(const MarginFixConfig& config);
// What was accepted and has no effect, or deserves a second look: notes on standard error.
void report_findings(const MarginFixConfig& config);

// Keeps the sessions of one kind; Error(config) when the configuration has none.
Result<void> keep_only(MarginFixConfig& config, SessionKind kind);

}  // namespace marginfix::apps
