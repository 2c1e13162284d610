// The simulated exchange as one object: the program `marginfix sim`, the demo and the tests all stand on it.
// start() opens every door on a thread of its own and writes DIR/endpoints.json; every method may be called from any thread except
// the simulator's own. What a restart must remember lives in DIR: start with the same DIR and it goes on where it was.
// Source: design.md "Contract with other programs" (`sim`, `endpoints.json`, `control`).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/core/time.hpp"
#include "sim/exchange/values/market_spec.hpp"

namespace marginfix::sim {

// 0 = the one this folder had before (DIR/ports.conf), else ephemeral.
struct SimulatorPorts {
  std::uint16_t nr{0}, rt{0}, dc{0}, md{0}, control{0}, rest{0}, klear{0}, ws{0};
};

// A trading account besides alice and bob. Its keys are NAME, NAME-listener and NAME-dropcopy.
struct SimulatorMember {
  std::string name;
  std::vector<DollarDecimal> deposits;  // by subaccount from 0
  bool fcm{false};
};

struct SimulatorOptions {
  std::string dir;                // made if missing; one simulator a directory
  std::uint64_t seed{1};          // markets and house accounts; identical seeds give identical markets
  std::string host{"127.0.0.1"};  // every door listens here; the control port always on loopback
  SimulatorPorts ports;
  bool plain{false};                      // plain TCP and HTTP; refused unless host is loopback
  bool quiet{false};                      // no house accounts: books hold only what clients put there
  bool past{true};                        // a new exchange has three seeded days behind it; false: it begins with nothing
  std::string tier;                       // "" = the simulator's own 800/400, or basic ... prestige, or unlimited
  FeeSchedule fees;                       // of a new exchange: demo's, or production's
  std::map<std::string, int> shards;      // of a new exchange: the exchange_index of markets that are not on shard 0, by ticker
  std::string sender_comp_id;             // what 49 says: "" = the door's TargetCompID, or "Kalshi"
  bool basic_md_fields{false};            // KalshiMD's entries as of before August 2026: without 272, 273, 828, 1003, 11, 79
  std::chrono::milliseconds read_lag{0};  // REST reads of orders and groups come from a copy that is this old (trading clock)
  // WebSocket clients that read too slowly: bytes that may wait for one (error 25 beyond), and how long a single write may take before
  // the connection is cut. And how long a client may take to finish a message that it began (Close 1008 beyond).
  std::size_t ws_queued_bytes{std::size_t{4} << 20};
  std::chrono::milliseconds ws_stuck{15'000};
  std::chrono::milliseconds ws_unfinished{20'000};
  // Of all doors' connections: bytes that wait in memory. Past them the connection that holds most is closed.
  std::size_t held_bytes{std::size_t{256} << 20};
  std::uint64_t snapshot_bytes{std::uint64_t{16} << 20};  // of the journal, which bring the next snapshot of the exchange
  std::vector<SimulatorMember> members{};                 // further accounts, behind the default ones in endpoints.json
  std::optional<Timestamp> manual_clock{};                // the trading clock begins here and only `control` moves it: runs repeat exactly
  std::vector<std::string> refused_accounts;              // names (as in endpoints.json) whose tier may not use FIX: Logon gets that Logout
  // The strict reading of the exchange's pages: a key that is connected anywhere gets "already exists". Else one per key and TargetCompID.
  bool one_connection_per_key{false};
  // Accounts that are not on the allow list for drop copy: EventResendReject(U3) with 21004=5. Taken off later (or by `control`), an
  // account has in its drop copy what happens from then on.
  std::vector<std::string> drop_copy_not_enabled;
  std::shared_ptr<LogSink> log{null_log_sink()};
};

// Reads `key = value` lines (host, seed, tier, fees, shard, quiet, past, plain, sender_comp_id, md_fields, read_lag_ms, manual_clock,
// one_connection_per_key, drop_copy_not_enabled, port_nr, port_rt, port_dc, port_md, port_rest, port_klear, port_ws, port_control) over
// `base`. Error(config) names file, line and the keys that exist.
Result<SimulatorOptions> read_simulator_config(const std::string& file, SimulatorOptions base);

// One key of endpoints.json: trading accounts first, then NAME-listener and NAME-dropcopy.
struct KeyEntry {
  std::string name;              // "alice", "alice-listener"
  std::string account;           // "alice"
  std::string key_id;            // UUID: the SenderCompID(49)
  std::string private_key_path;  // relative to DIR
};

// The clearing-member API of endpoints.json: its one admin.
struct KlearEntry {
  std::string url;  // https://127.0.0.1:PORT/klear-api/v1
  std::string admin_user_id;
  SecretString access_token;
};

// What endpoints.json says.
struct Endpoints {
  std::string host;
  SimulatorPorts ports;
  bool tls{true};
  std::string rest_url;  // https://127.0.0.1:PORT/trade-api/v2
  std::string ws_url;    // wss://127.0.0.1:PORT/trade-api/ws/v2/margin
  KlearEntry klear;
  std::string control_url;     // http://127.0.0.1:PORT
  SecretString control_token;  // what it wants as Authorization: Bearer
  std::string ca_file;         // relative to DIR; "ca.pem"
  std::string quiet_market;
  std::vector<KeyEntry> accounts;
  const KeyEntry* find(std::string_view name) const;
};

class Simulator {
 public:
  explicit Simulator(SimulatorOptions options);
  // Like kill(), if it still runs.
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  // Loads or makes keys, restores the engine, opens every door, writes endpoints.json. Once an object.
  Result<void> start();
  // Blocks until SIGTERM or SIGINT, then stop(). Starts, unless start() was called. For the program.
  Result<void> run_until_signal();
  // Logout to every peer, doors closed, thread joined. Orders stay as they are (cancel-on-disconnect applies as at any disconnect).
  void stop();
  // As if the process had been killed: sockets closed, nothing flushed, nothing said. A new Simulator may use the same dir at once.
  void kill();

  const Endpoints& endpoints() const;                 // valid after start()
  const std::vector<std::string>& notes() const;      // what a person should know of the start: a port that another process took
  std::string path(std::string_view relative) const;  // DIR/relative

  // ---- the control port's verbs, in process. `session` is the TargetCompID; Error(config) when there is no such session.
  Result<void> disconnect(std::string_view session, std::string_view key_id);           // closes its connection at once
  Result<void> skip_seq(std::string_view session, std::string_view key_id, int count);  // consumes outgoing numbers
  Result<void> delay(std::string_view session, std::string_view key_id, std::chrono::milliseconds held_back);
  Result<void> silence(std::string_view session, std::string_view key_id);  // says nothing any more, keeps the connection
  // WebSocket only (session "WS" above too): half a frame and the end; a text as it is; a close frame.
  Result<void> ws_cut_in_frame(std::string_view key_id);
  Result<void> ws_send(std::string_view key_id, const std::string& text);
  Result<void> ws_close(std::string_view key_id, std::uint16_t code, const std::string& reason);
  Result<void> halt(std::string_view ticker, bool halted = true);  // trading halt (or resume) of one market
  Result<void> advance_clock(std::chrono::milliseconds by);        // the trading clock only
  Result<void> enable_drop_copy(const std::string& account, bool enabled);
  Result<void> set_reference_price(std::string_view ticker, DollarDecimal price);
  std::string state_json();  // what GET /state answers
  // Every promise of the engine that does not hold (views::check()), in words. Empty = all well. For tests: looks at everything.
  std::vector<std::string> check();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::sim
