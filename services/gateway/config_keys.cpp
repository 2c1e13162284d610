// The gateway's keys and what each does. Source: QuickFIX configuration reference for the usual ones.
#include "services/gateway/config_keys.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <utility>

#include "marginfix/core/home_path.hpp"

namespace marginfix::gateway {
namespace {

using Applied = Result<void>;

bool equal_names(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y)); });
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, end);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// ---- one function a kind of value -------------------------------------------------------------------------------------------------------
template <auto Member>
Applied client_text(const KeyTarget& t, const CfgValue& v) {
  t.client->*Member = v.value;
  return {};
}
template <auto Member>
Applied client_path(const KeyTarget& t, const CfgValue& v) {
  t.client->*Member = home_path(v.value);
  return {};
}
template <auto Member>
Applied client_flag(const KeyTarget& t, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  t.client->*Member = *flag;
  return {};
}
template <auto Member, class Unit, std::int64_t Least, std::int64_t Most>
Applied client_time(const KeyTarget& t, const CfgValue& v) {
  const auto n = cfg_int(v, Least, Most);
  if (!n) return n.error();
  t.client->*Member = Unit{*n};
  return {};
}
template <auto Member, std::int64_t Least, std::int64_t Most>
Applied gateway_number(const KeyTarget& t, const CfgValue& v) {
  const auto n = cfg_int(v, Least, Most);
  if (!n) return n.error();
  using Value = std::remove_reference_t<decltype(t.gateway->*Member)>;
  t.gateway->*Member = Value{*n};
  return {};
}
template <auto Member>
Applied gateway_flag(const KeyTarget& t, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  t.gateway->*Member = *flag;
  return {};
}

// ---- limits: of a client, or with "Total" in front of all
// ----------------------------------------------------------------------------------
OrderLimits& limits_of(const KeyTarget& t) { return t.client != nullptr ? t.client->limits : t.gateway->total; }

template <auto Member, class Value>
Applied limit(const KeyTarget& t, const CfgValue& v) {
  const auto value = Value::parse(v.value);
  if (!value || *value <= Value{}) return cfg_error(v, "must be a number above 0, like 100 or 0.50");
  limits_of(t).*Member = *value;
  return {};
}
template <auto Member>
Applied count_limit(const KeyTarget& t, const CfgValue& v) {
  const auto n = cfg_int(v, 1, 1'000'000'000);
  if (!n) return n.error();
  limits_of(t).*Member = *n;
  return {};
}

// ---- the rest
// ---------------------------------------------------------------------------------------------------------------------------------
Applied begin_string_key(const KeyTarget& t, const CfgValue& v) {
  const auto version = version_of(v.value);
  if (!version) return cfg_error(v, "must be FIX.4.2, FIX.4.4 or FIXT.1.1");
  t.client->version = *version;
  return {};
}
Applied appl_ver_id_key(const KeyTarget&, const CfgValue& v) {
  if (v.value == "9" || equal_names(v.value, "FIX.5.0SP2")) return {};
  return cfg_error(v, "must be FIX.5.0SP2 (or 9): the gateway speaks no other version over FIXT.1.1");
}
Applied port_key(const KeyTarget& t, const CfgValue& v) {
  const auto n = cfg_int(v, 0, 65535);
  if (!n) return n.error();
  t.client->port = static_cast<std::uint16_t>(*n);
  return {};
}
Applied subaccount_key(const KeyTarget& t, const CfgValue& v) {
  const auto n = cfg_int(v, 0, 63);
  if (!n) return n.error();
  t.client->subaccount = static_cast<std::int32_t>(*n);
  return {};
}
bool whole_number(std::string_view digits, unsigned most) {
  unsigned n = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return fault == std::errc() && end == digits.data() + digits.size() && n <= most;
}

// Addresses as a connection shows them, and ranges of IPv4: a name, or a slip of the pen, would keep everybody out.
std::optional<std::string> address_of(const std::string& text) {
  in6_addr any{};
  char shown[INET6_ADDRSTRLEN] = {};
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, text.c_str(), &any) == 1) return std::string(::inet_ntop(family, &any, shown, sizeof shown));
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &any) != 1) return std::nullopt;
  return whole_number(std::string_view(text).substr(slash + 1), 32) ? std::optional<std::string>(text) : std::nullopt;
}
Applied addresses_key(const KeyTarget& t, const CfgValue& v) {
  t.client->addresses.clear();
  for (const std::string& word : words_of(v.value)) {
    const auto address = address_of(word);
    if (!address) return cfg_error(v, "must be addresses like 10.1.2.3, ranges like 10.1.0.0/16, with commas between them");
    t.client->addresses.push_back(*address);
  }
  return {};
}
Applied symbols_key(const KeyTarget& t, const CfgValue& v) {
  t.client->symbols = words_of(v.value);
  for (const std::string& each : t.client->symbols) {
    if (std::ranges::count(each, '*') > 1) return cfg_error(v, "a pattern has one '*' at most");
  }
  return {};
}
Applied password_key(const KeyTarget& t, const CfgValue& v) {
  t.client->password = SecretString(v.value);
  return {};
}
Applied symbol_map_key(const KeyTarget& t, const CfgValue& v) {
  t.client->symbol_map.clear();
  for (const std::string& pair : words_of(v.value)) {
    const std::size_t colon = pair.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == pair.size())
      return cfg_error(v, "must be CLIENT:EXCHANGE pairs with commas between them, like BTC-PERP:KXBTCPERP, or *-PERP:KX*PERP");
    const std::string theirs = pair.substr(0, colon), exchanges = pair.substr(colon + 1);
    if (std::ranges::count(theirs, '*') != std::ranges::count(exchanges, '*') || std::ranges::count(theirs, '*') > 1)
      return cfg_error(v, "a '*' stands on both sides of a pair, once, or on neither");
    t.client->symbol_map.emplace_back(theirs, exchanges);
  }
  return {};
}
Applied stp_key(const KeyTarget& t, const CfgValue& v) {
  const auto n = cfg_int(v, 1, 2);
  if (!n) return n.error();
  t.client->self_trade_prevention_type = static_cast<SelfTradePreventionType>(*n);
  return {};
}
Applied pause_key(const KeyTarget& t, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  t.client->cancel_order_on_pause = *flag;
  return {};
}
Applied outage_key(const KeyTarget& t, const CfgValue& v) {
  if (equal_names(v.value, "reject")) return t.client->outage = OutagePolicy::reject, Applied{};
  if (equal_names(v.value, "logout")) return t.client->outage = OutagePolicy::logout, Applied{};
  if (equal_names(v.value, "queue")) return t.client->outage = OutagePolicy::queue, Applied{};
  return cfg_error(v, "must be reject, logout or queue");
}
// "22:00:00", a time of day in UTC, as QuickFIX's StartTime.
Applied start_time_key(const KeyTarget& t, const CfgValue& v) {
  int hour = 0, minute = 0, second = 0;
  char rest = 0;
  const bool digits = v.value.find_first_not_of("0123456789:") == std::string::npos;  // %d would take a sign and blanks
  if (!digits || std::sscanf(v.value.c_str(), "%2d:%2d:%2d%c", &hour, &minute, &second, &rest) != 3 || hour > 23 || minute > 59 ||
      second > 59)
    return cfg_error(v, "must be a time of day in UTC, HH:MM:SS");
  t.client->daily_reset = std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  return {};
}
Applied non_stop_key(const KeyTarget& t, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  if (*flag) t.client->daily_reset.reset();
  return {};
}
// ADDRESS:PORT, [::1]:PORT or localhost:PORT.
Applied http_listen_key(const KeyTarget& t, const CfgValue& v) {
  const std::size_t colon = std::min(v.value.rfind(':'), v.value.size());
  std::string host = v.value.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const bool known = host == "localhost" || (address_of(host) && host.find('/') == std::string::npos);
  if (!known || !whole_number(std::string_view(v.value).substr(std::min(colon + 1, v.value.size())), 65'535))
    return cfg_error(v, "must be ADDRESS:PORT, like 127.0.0.1:8080 or [::1]:0");
  t.gateway->http_listen = v.value;
  return {};
}
Applied http_names_key(const KeyTarget& t, const CfgValue& v) { return t.gateway->http_host_names = words_of(v.value), Applied{}; }
Applied log_path_key(const KeyTarget& t, const CfgValue& v) {
  if (v.value.empty()) return cfg_error(v, "must be a folder; without the key log lines go to standard error");
  t.gateway->log.file = home_path(v.value) + (v.value.ends_with('/') ? "" : "/") + "marginfix.log";
  t.gateway->log_stated = true;
  return {};
}
Applied log_level_key(const KeyTarget& t, const CfgValue& v) {
  for (const LogLevel level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error, LogLevel::off}) {
    if (!equal_names(v.value, to_string(level))) continue;
    t.gateway->log.level = level;
    t.gateway->log_stated = true;
    return {};
  }
  return cfg_error(v, "must be trace, debug, info, warning, error or off");
}
Applied connection_type_key(const KeyTarget&, const CfgValue& v) {
  if (equal_names(v.value, "acceptor") || equal_names(v.value, "initiator")) return {};
  return cfg_error(v, "must be acceptor (a client of the gateway) or initiator (a session of the exchange)");
}

using C = ClientConfig;
using G = GatewayConfig;
using L = OrderLimits;
constexpr auto kClient = KeyPlace::client;
constexpr auto kGateway = KeyPlace::gateway;
constexpr auto kIgnored = KeyPlace::ignored;
constexpr std::int64_t kDay = 86'400;

// clang-format off
constexpr std::array kKeys{
  GatewayKey{"ConnectionType", KeyGroup::session, kClient, "`acceptor`, `initiator`", "`acceptor` with --endpoints or --env, else required", "`acceptor`: a client of the gateway. `initiator`: a session of the exchange, with the keys of docs/configuration.md.", connection_type_key},
  GatewayKey{"BeginString", KeyGroup::session, kClient, "`FIX.4.2`, `FIX.4.4`, `FIXT.1.1`", "required", "The client's version; FIXT.1.1 is 5.0 SP2.", begin_string_key},
  GatewayKey{"DefaultApplVerID", KeyGroup::session, kClient, "`FIX.5.0SP2` or `9`", "`9`", "FIXT.1.1 only.", appl_ver_id_key},
  GatewayKey{"SenderCompID", KeyGroup::session, kClient, "text", "required", "The gateway's own name: what the client writes into TargetCompID(56).", client_text<&C::own_comp_id>},
  GatewayKey{"TargetCompID", KeyGroup::session, kClient, "text", "required", "The client's name: its SenderCompID(49). One section each.", client_text<&C::comp_id>},
  GatewayKey{"Password", KeyGroup::session, kClient, "text", "none asked for", "Password(554) of the client's Logon, best as `${VARIABLE}`.", password_key},
  GatewayKey{"AllowedRemoteAddresses", KeyGroup::session, kClient, "addresses with commas, `10.1.0.0/16` too", "any", "Where the client may connect from.", addresses_key},
  GatewayKey{"ClientCertificateName", KeyGroup::session, kClient, "text", "any that the roots vouch for", "A DNS name of the client's certificate, or its subject's CN.", client_text<&C::certificate_name>},
  GatewayKey{"StartTime", KeyGroup::session, kClient, "HH:MM:SS, UTC", "none: numbers go on for ever", "Both sides begin at 1 again each day at this time.", start_time_key},
  GatewayKey{"NonStopSession", KeyGroup::session, kClient, "`Y`, `N`", "`Y`", "`Y`: no daily reset.", non_stop_key},
  GatewayKey{"LogonTimeout", KeyGroup::session, kClient, "seconds, 1-600", "10", "A connection without a Logon(A) is closed then.", client_time<&C::logon_timeout, std::chrono::seconds, 1, 600>},
  GatewayKey{"HeartBtIntLeast", KeyGroup::session, kClient, "seconds, 1-3600", "1", "The least HeartBtInt(108) that the client may ask for.", client_time<&C::least_heartbeat, std::chrono::seconds, 1, 3600>},
  GatewayKey{"HeartBtIntMost", KeyGroup::session, kClient, "seconds, 1-86400", "3600", "The most.", client_time<&C::most_heartbeat, std::chrono::seconds, 1, kDay>},

  GatewayKey{"SocketAcceptHost", KeyGroup::connection, kClient, "address", "127.0.0.1", "Clients with the same address and port share a door.", client_text<&C::host>},
  GatewayKey{"SocketAcceptPort", KeyGroup::connection, kClient, "0-65535", "0: an ephemeral one, see DIR/gateway.json", "", port_key},
  GatewayKey{"SocketUseSSL", KeyGroup::connection, kClient, "`Y`, `N`", "`N`", "`N` is plain TCP: loopback addresses only.", client_flag<&C::tls>},
  GatewayKey{"ServerCertificateFile", KeyGroup::connection, kClient, "PEM file", "required with TLS", "The gateway's certificate, with its chain.", client_path<&C::certificate_file>},
  GatewayKey{"ServerCertificateKeyFile", KeyGroup::connection, kClient, "PEM file", "required with TLS", "Its private key.", client_path<&C::private_key_file>},
  GatewayKey{"CertificationAuthoritiesFile", KeyGroup::connection, kClient, "PEM file", "clients need no certificate", "Roots that a client's certificate must lead to.", client_path<&C::client_ca_file>},

  GatewayKey{"Account", KeyGroup::orders, kClient, "name", "the first account", "Of a client: the key that its orders go out on. Of an initiator: the name of the account that the session belongs to.", client_text<&C::account>},
  GatewayKey{"Subaccount", KeyGroup::orders, kClient, "0-63", "none sent", "AllocAccount(79) of the client's orders.", subaccount_key},
  GatewayKey{"CustomerAccount", KeyGroup::orders, kClient, "text", "none sent", "FCM access: PartyID(448) of the client's orders, with PartyRole(452)=24.", client_text<&C::customer_account>},
  GatewayKey{"OperatorID", KeyGroup::orders, kClient, "text", "the client's SenderSubID(50)", "FCM access: SenderSubID(50) towards the exchange where the client sends none.", client_text<&C::operator_id>},
  GatewayKey{"Symbols", KeyGroup::orders, kClient, "symbols of the exchange with commas, `*` is any text", "all", "What the client may trade and see.", symbols_key},
  GatewayKey{"SymbolMap", KeyGroup::orders, kClient, "`CLIENT:EXCHANGE` pairs with commas, `*` on both sides is the same text", "the exchange's", "Symbols as the client writes them. The first pair that fits counts.", symbol_map_key},
  GatewayKey{"SelfTradePreventionType", KeyGroup::orders, kClient, "`1` taker at cross, `2` maker", "the exchange's", "Where the client sends no 2964.", stp_key},
  GatewayKey{"PostOnly", KeyGroup::orders, kClient, "`Y`, `N`", "`N`", "`Y`: every order that may rest carries ExecInst(18)=6.", client_flag<&C::post_only>},
  GatewayKey{"CancelOrderOnPause", KeyGroup::orders, kClient, "`Y`, `N`", "not sent", "Where the client sends no 21006.", pause_key},
  GatewayKey{"OrderGroup", KeyGroup::orders, kClient, "id of an order group", "none", "Where the client sends no SecondaryClOrdID(526).", client_text<&C::order_group>},
  GatewayKey{"CancelOnDisconnect", KeyGroup::orders, kClient, "`Y`, `N`", "`N`", "`Y`: the client's open orders are canceled when its connection ends, for whatever reason.", client_flag<&C::cancel_on_disconnect>},
  GatewayKey{"PositionsOfAccount", KeyGroup::orders, kClient, "`Y`, `N`", "`N`", "RequestForPositions(AN) of a client that shares its key, or its `Subaccount` there, with other clients. `Y`: it is told what all of them hold. `N`: it is refused, with the reason.", client_flag<&C::positions_of_account>},
  GatewayKey{"OutagePolicy", KeyGroup::orders, kClient, "`reject`, `logout`, `queue`", "`reject`", "While no session of the exchange takes orders: requests are refused with the reason; the client is logged out; requests wait, no longer than OrderAgeLimit.", outage_key},
  GatewayKey{"OrderAgeLimit", KeyGroup::orders, kClient, "milliseconds, 0-3600000", "10000", "An order or replace that is older is refused, not sent: it waited in a queue, on the line, or was sent again by the client. 0: none is too old.", client_time<&C::order_age_limit, std::chrono::milliseconds, 0, 3'600'000>},

  GatewayKey{"MaxOrderQty", KeyGroup::limits, kClient, "contracts", "none", "Of one order.", limit<&L::max_order_qty, FixedPointCount>},
  GatewayKey{"MaxNotional", KeyGroup::limits, kClient, "dollars", "none", "Price x quantity of one order.", limit<&L::max_notional, DollarDecimal>},
  GatewayKey{"PriceCollar", KeyGroup::limits, kClient, "percent", "none", "How far a buy may be above the best offer (a sell below the best bid); without an offer, above the best bid. An empty or stale book has no collar.", limit<&L::price_collar, FixedPointCount>},
  GatewayKey{"MaxOpenOrders", KeyGroup::limits, kClient, "number", "none", "", count_limit<&L::max_open_orders>},
  GatewayKey{"MaxPosition", KeyGroup::limits, kClient, "contracts", "none", "Of a symbol, long or short, were every open order filled: the client's own trades through this gateway count.", limit<&L::max_position, FixedPointCount>},
  GatewayKey{"MaxMessagesPerSecond", KeyGroup::limits, kClient, "number", "none", "Orders and replaces; cancels are never held up by it.", count_limit<&L::max_messages_per_second>},
  GatewayKey{"TotalMaxOrderQty", KeyGroup::limits, kGateway, "contracts", "none", "The same for every client.", limit<&L::max_order_qty, FixedPointCount>},
  GatewayKey{"TotalMaxNotional", KeyGroup::limits, kGateway, "dollars", "none", "", limit<&L::max_notional, DollarDecimal>},
  GatewayKey{"TotalPriceCollar", KeyGroup::limits, kGateway, "percent", "none", "", limit<&L::price_collar, FixedPointCount>},
  GatewayKey{"TotalMaxOpenOrders", KeyGroup::limits, kGateway, "number", "none", "Of all clients of one account.", count_limit<&L::max_open_orders>},
  GatewayKey{"TotalMaxPosition", KeyGroup::limits, kGateway, "contracts", "none", "Of the clients of one account together.", limit<&L::max_position, FixedPointCount>},
  GatewayKey{"TotalMaxMessagesPerSecond", KeyGroup::limits, kGateway, "number", "none", "Of all clients together.", count_limit<&L::max_messages_per_second>},

  GatewayKey{"UseListener", KeyGroup::service, kGateway, "`Y`, `N`", "`N`", "Read the account's listener and drop copy, where it has them, beside the order entry session: wanted on KalshiNR, which loses reports when its connection ends. Their keys serve nobody else then.", gateway_flag<&G::use_listener>},
  GatewayKey{"HttpListen", KeyGroup::service, kGateway, "ADDRESS:PORT", "127.0.0.1:0", "Page, metrics and kill switch.", http_listen_key},
  GatewayKey{"HttpHostNames", KeyGroup::service, kGateway, "names with commas", "none", "Further names that the page may be asked by.", http_names_key},
  GatewayKey{"HttpAllowRemote", KeyGroup::service, kGateway, "`Y`, `N`", "`N`", "`Y`: HttpListen may be an address that is not loopback.", gateway_flag<&G::http_allow_remote>},
  GatewayKey{"JournalSync", KeyGroup::service, kGateway, "`Y`, `N`", "`N`", "`Y`: on the disk before an order leaves; survives power loss, not only a killed process.", gateway_flag<&G::journal_sync>},
  GatewayKey{"JournalFileBytes", KeyGroup::service, kGateway, "bytes, from 1048576", "268435456", "A journal file ends there in a quiet moment, at the latest at four times that, and the next one begins with what is open.", gateway_number<&G::journal_file_bytes, 1 << 20, std::int64_t{1} << 40>},
  GatewayKey{"JournalFiles", KeyGroup::service, kGateway, "number", "0: all", "How many ended journal files are kept.", gateway_number<&G::journal_files, 0, 1'000'000>},
  GatewayKey{"RememberHours", KeyGroup::service, kGateway, "hours, 1-8760", "72", "So long are ended orders known, for status requests and duplicates.", gateway_number<&G::remember, 1, 8760>},
  GatewayKey{"FileLogPath", KeyGroup::service, kGateway, "folder", "standard error", "Log lines go to `marginfix.log` in it. Messages stand in the journal, which `marginfix gateway replay` prints.", log_path_key},
  GatewayKey{"LogLevel", KeyGroup::service, kGateway, "`trace`, `debug`, `info`, `warning`, `error`, `off`", "info", "What is logged.", log_level_key},

  GatewayKey{"FileStorePath", KeyGroup::quickfix, kIgnored, "", "", "Numbers and sent messages are kept under --dir.", nullptr},
  GatewayKey{"DataDictionary", KeyGroup::quickfix, kIgnored, "", "", "The gateway validates by its own tables; fix-spec/oms has them as dictionaries.", nullptr},
  GatewayKey{"TransportDataDictionary", KeyGroup::quickfix, kIgnored, "", "", "Likewise.", nullptr},
  GatewayKey{"AppDataDictionary", KeyGroup::quickfix, kIgnored, "", "", "Likewise.", nullptr},
  GatewayKey{"UseDataDictionary", KeyGroup::quickfix, kIgnored, "", "", "Likewise.", nullptr},
  GatewayKey{"EndTime", KeyGroup::quickfix, kIgnored, "", "", "A session that has begun at StartTime goes on until the next StartTime.", nullptr},
  GatewayKey{"HeartBtInt", KeyGroup::quickfix, kIgnored, "", "", "The client's Logon says it.", nullptr},
  GatewayKey{"ReconnectInterval", KeyGroup::quickfix, kIgnored, "", "", "A client connects by itself.", nullptr},
  GatewayKey{"ResetOnLogon", KeyGroup::quickfix, kIgnored, "", "", "A client resets by ResetSeqNumFlag(141)=Y.", nullptr},
  GatewayKey{"ResetOnLogout", KeyGroup::quickfix, kIgnored, "", "", "Likewise.", nullptr},
  GatewayKey{"ResetOnDisconnect", KeyGroup::quickfix, kIgnored, "", "", "Likewise.", nullptr},
  GatewayKey{"SocketNodelay", KeyGroup::quickfix, kIgnored, "", "", "Always.", nullptr},
  GatewayKey{"SocketReuseAddress", KeyGroup::quickfix, kIgnored, "", "", "Always.", nullptr},
  GatewayKey{"CheckCompID", KeyGroup::quickfix, kIgnored, "", "", "Always.", nullptr},
  GatewayKey{"CheckLatency", KeyGroup::quickfix, kIgnored, "", "", "OrderAgeLimit is about orders; a session does not end over it.", nullptr},
};
// clang-format on

// Edits between two names, case aside.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = std::tolower(static_cast<unsigned char>(a[i - 1])) == std::tolower(static_cast<unsigned char>(b[j - 1]));
      const std::size_t changed = corner + (same ? 0 : 1);
      corner = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view title(KeyGroup group) noexcept {
  switch (group) {
    case KeyGroup::session:
      return "Session";
    case KeyGroup::connection:
      return "Connection";
    case KeyGroup::orders:
      return "Orders";
    case KeyGroup::limits:
      return "Limits";
    case KeyGroup::service:
      return "Gateway";
    case KeyGroup::quickfix:
      break;
  }
  return "Accepted, without effect";
}

std::span<const GatewayKey> gateway_keys() noexcept { return kKeys; }

const GatewayKey* find_gateway_key(std::string_view key) noexcept {
  const auto found = std::ranges::find_if(kKeys, [&](const GatewayKey& each) { return equal_names(each.key, key); });
  return found == kKeys.end() ? nullptr : &*found;
}

std::string nearest_gateway_key(std::string_view key) {
  const auto best = std::ranges::min_element(kKeys, {}, [&](const GatewayKey& each) { return edits(each.key, key); });
  return edits(best->key, key) <= key.size() / 3 ? std::string(best->key) : std::string();
}

std::string gateway_configuration_reference() {
  std::string text;
  for (const KeyGroup group :
       {KeyGroup::session, KeyGroup::connection, KeyGroup::orders, KeyGroup::limits, KeyGroup::service, KeyGroup::quickfix}) {
    text += fmt::format("### {}\n\n", title(group));
    const bool ignored = group == KeyGroup::quickfix;
    text += ignored ? "| key | why |\n|---|---|\n" : "| key | value | default | meaning |\n|---|---|---|---|\n";
    for (const GatewayKey& each : kKeys) {
      if (each.group != group) continue;
      if (ignored) {
        text += fmt::format("| `{}` | {} |\n", each.key, each.meaning);
      } else {
        const std::string_view where = each.place == KeyPlace::gateway ? " [DEFAULT] only." : "";
        text += fmt::format("| `{}` | {} | {} | {}{} |\n", each.key, each.value, each.otherwise, each.meaning,
                            each.meaning.empty() && !where.empty() ? where.substr(1) : where);
      }
    }
    text += "\n";
  }
  return text;
}

}  // namespace marginfix::gateway
