// The configuration of a gateway: one QuickFIX .cfg. Sections with ConnectionType=acceptor are clients (one OMS session each), those with
// ConnectionType=initiator are sessions of the exchange, as MarginFixConfig reads them; [DEFAULT] serves both. With --endpoints the
// exchange's side comes from there and the file needs no initiator. Reference of the keys: docs/gateway.md, made from the table the parser
// uses (config_keys.cpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/environment.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/secret.hpp"
#include "marginfix/domain/enums.hpp"
#include "marginfix/exchange_account.hpp"
#include "marginfix/sessions/acceptor.hpp"
#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway {

// What a client may do before the exchange is asked; absent: no limit of ours. They are read anew by reload().
struct OrderLimits {
  std::optional<FixedPointCount> max_order_qty;  // contracts of one order
  std::optional<DollarDecimal> max_notional;     // price x quantity of one order
  std::optional<FixedPointCount> price_collar;   // percent that a limit may be on the wrong side of the best opposite price; no opposite
                                                 // side: of the own one; an empty book has no collar
  std::optional<std::int64_t> max_open_orders;
  std::optional<FixedPointCount> max_position;  // contracts of a symbol, long or short, were everything open to be filled
  std::optional<std::int64_t> max_messages_per_second;
  friend bool operator==(const OrderLimits&, const OrderLimits&) = default;
};

// What the client is told of, or what happens to its requests, while no session of the exchange takes orders.
enum class OutagePolicy : std::uint8_t {
  reject,  // each request is refused: 8 or 9
  logout,  // the client is logged out, and let in again when the exchange is back
  queue    // requests wait, no longer than order_age_limit
};

struct ClientConfig {
  FixVersion version{FixVersion::fix44};
  std::string comp_id;      // what the client writes into SenderCompID(49): TargetCompID of the .cfg
  std::string own_comp_id;  // what it must write into TargetCompID(56): SenderCompID of the .cfg
  int line{0};              // of its [SESSION]

  // ---- who may be this client ----
  std::vector<std::string> addresses;  // "10.1.2.3" or "10.1.0.0/16"; empty: any
  std::string certificate_name;        // a name or the subject's CN of its certificate; "": any that the roots vouch for
  SecretString password;               // Password(554); "": none is asked for

  // ---- where its orders go and how ----
  std::string account;                                          // key of the exchange; "": the first
  std::optional<std::int32_t> subaccount;                       // AllocAccount(79)
  std::string customer_account;                                 // PartyID(448) with PartyRole(452)=24 (FCM)
  std::string operator_id;                                      // SenderSubID(50) towards the exchange where the client sends none (FCM)
  std::vector<std::string> symbols;                             // patterns with '*'; empty: all
  std::vector<std::pair<std::string, std::string>> symbol_map;  // client's, exchange's; '*' in both stands for the same text
  std::optional<SelfTradePreventionType> self_trade_prevention_type;
  bool post_only{false};  // every resting order
  std::optional<bool> cancel_order_on_pause;
  std::string order_group;           // SecondaryClOrdID(526) where the client sends none
  bool cancel_on_disconnect{false};  // its open orders, when its connection ends
  bool positions_of_account{false};  // AN is answered though other clients trade in what it would be told of
  OutagePolicy outage{OutagePolicy::reject};
  std::chrono::milliseconds order_age_limit{10'000};  // a D or G older than this (SendingTime(52), or 122) is refused; 0: none
  OrderLimits limits;

  // ---- its session ----
  std::chrono::seconds least_heartbeat{1}, most_heartbeat{3600};
  std::optional<std::chrono::seconds> daily_reset;  // UTC time of day
  std::chrono::milliseconds logon_timeout{10'000};
  std::size_t max_queued{std::size_t{64} << 20};
  std::string host{"127.0.0.1"};
  std::uint16_t port{0};
  bool tls{false};
  std::string certificate_file, private_key_file, client_ca_file;

  // "FIX.4.4:OMS44->MARGINFIX", for logs.
  std::string name() const;
  // What the exchange holds for this client's Account and Subaccount may come from the other's orders. Both of one account.
  bool shares_positions_with(const ClientConfig& other) const noexcept;
};

struct GatewayConfig {
  std::string file;
  std::vector<ClientConfig> clients;
  OrderLimits total;                                // over all clients of one key
  std::map<std::string, ExchangeAccount> accounts;  // by name; the first of account_order is the default
  std::vector<std::string> account_order;
  bool use_listener{false};  // read the account's listener and drop copy where the configuration has them
  bool journal_sync{false};  // fdatasync before an order leaves
  std::string http_listen{"127.0.0.1:0"};
  std::vector<std::string> http_host_names;
  bool http_allow_remote{false};
  LogOptions log{};
  bool log_stated{false};
  std::int64_t journal_file_bytes{std::int64_t{256} << 20};  // a journal file ends there; what is open begins the next one
  std::int64_t journal_files{0};                             // ended ones that are kept; 0: all
  std::chrono::hours remember{72};                           // ended orders are known for so long: duplicates, status requests
  std::vector<ConfigFinding> findings;

  const ClientConfig* find(std::string_view comp_id, FixVersion version) const noexcept;
};

struct GatewaySources {
  std::string endpoints;  // file; "" none
  std::string account;    // of the endpoints
  std::string env;        // "demo", "production": the exchange from KALSHI_PERPS_* where the file has no initiator
  std::string dir;        // where KalshiRT keeps its stores
};

// Error(config): every mistake of the file, a line each.
Result<GatewayConfig> load_gateway_config(const std::string& path, const GatewaySources& sources,
                                          const VariableLookup& lookup = process_variables());
Result<GatewayConfig> gateway_config_of(std::string_view text, const std::string& name, const GatewaySources& sources,
                                        const VariableLookup& lookup = process_variables());
// The limits alone, for a gateway that runs: those of [DEFAULT] over all and of each client by name().
struct ReadLimits {
  OrderLimits total;
  std::map<std::string, OrderLimits> clients;
};
Result<ReadLimits> read_limits(const std::string& path, const VariableLookup& lookup = process_variables());

// The tables of keys in docs/gateway.md.
std::string gateway_configuration_reference();

// "BTC-*" and the like: '*' is any text, at most one of them.
bool matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace marginfix::gateway
