// The service's configuration: a TOML file (config/reconcile.toml explains every key), where it is silent the defaults below.
// Money and tolerances are texts ("0.07"), spans of time too ("20s"): TOML's floats are binary. Nothing in it is a secret: keys and tokens
// come from endpoints.json, a .cfg, a file of variables or the environment. An unknown key is an error that names file and line.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/domain/enums.hpp"
#include "marginfix/exchange_account.hpp"
#include "services/reconcile/stream/settings.hpp"
#include "services/reconcile/values.hpp"

namespace marginfix::reconcile {

// Where an account's keys come from. Of endpoints.json where nothing else is named.
struct AccountSource {
  std::string name;
  std::string cfg;          // a QuickFIX .cfg with the listener's session
  std::string env_file;     // KALSHI_PERPS_* and KALSHI_KLEAR_* as NAME=VALUE lines
  bool environment{false};  // the process's own variables
};

enum class FirmKind : std::uint8_t { fix_log, csv, gateway };
// Which fills a file of the firm's is said to hold, all of them, up to when it was last written.
enum class FirmComplete : std::uint8_t {
  no,   // those between its first and its last entry
  day,  // those of the clearing days that the record has entries of; without any, of the day it was written on
  all
};

// The firm's own record of its trading.
struct FirmSource {
  FirmKind kind{FirmKind::fix_log};
  std::string account;  // whose; empty: the first
  std::string path;     // a relative one is beside the configuration file; gateway: its folder
  std::string key;      // gateway: the account as the gateway's configuration calls it; empty: as here
  bool follow{false};   // read on while it grows
  FirmComplete complete{FirmComplete::no};
  char separator{','};                         // csv
  std::map<std::string, std::string> columns;  // csv: our name of a value -> title of its column
};
// The values that a column map may name.
const std::vector<std::string>& firm_columns();

enum class Use : std::uint8_t { no, yes, automatic };

struct Config {
  std::string file;                     // "" = none was read
  std::string storage;                  // postgresql://...: where the ledger is; "" = in the service's folder
  std::string service;                  // in PostgreSQL: whose ledger; "" = main, or for who reads the only one there
  std::vector<AccountSource> accounts;  // empty: the first trading account of endpoints.json
  TargetSession listener{TargetSession::NR};
  Use drop_copy{Use::automatic};
  Use klear{Use::automatic};
  bool rest{true};
  bool websocket{true};
  std::chrono::milliseconds rest_poll{10'000};
  std::chrono::milliseconds klear_poll{300'000};
  std::chrono::milliseconds drop_copy_check{300'000};  // own ranges beside the feed's
  std::chrono::milliseconds sweep{2'000};
  std::chrono::milliseconds cut{std::chrono::hours(16)};  // Eastern time of day
  Rules rules;
  std::string page_listen{"127.0.0.1:0"};  // port 0: any that is free
  bool page_remote{false};                 // listen may be an address that is not loopback
  std::vector<std::string> page_names;     // further names the page may be asked by
  std::vector<FirmSource> firm;
  BrokerSettings nats;  // no server: nothing is fanned out
  LogOptions log;
  bool log_stated{false};  // the file says something of the log
  // How long an answer of REST or Klear may take, tried again or not; so that a pass ends, and `run` when it is told to. Not in the file.
  std::chrono::milliseconds patience{12'000};
  std::string env;  // demo or production: of accounts that come from the environment; not in the file
};

// Error(config) "file:line: key: what, and how to mend it"; every mistake of the file, a line each.
Result<Config> parse_config(std::string_view text, const std::string& name);
// An empty path: the defaults.
Result<Config> load_config(const std::string& path);

// "20s", "500ms", "5m", "3h". Error(config).
Result<std::chrono::microseconds> parse_span(std::string_view text);

// The account's doors as this service uses them: a listener on the configured door, drop copy, REST, WebSocket and Klear, and no session
// that could send an order. `endpoints`: the file, empty where none is given; its Klear token belongs to its first account and to no other.
// `store_folder`: where a KalshiRT listener keeps its numbers.
Result<ExchangeAccount> open_account(const Config& config, const AccountSource& source, const std::string& endpoints,
                                     const std::string& store_folder);
// The accounts of the configuration, or of endpoints.json its first, or the one that `wanted` names. Error(config): there is no such.
Result<std::vector<AccountSource>> accounts_of(const Config& config, const std::string& endpoints, const std::string& wanted);

}  // namespace marginfix::reconcile
