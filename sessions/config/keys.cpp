// The table of .cfg keys and what each does. Source: QuickFIX configuration reference for the usual ones; fix-margin.md for the rest.
#include "sessions/config/keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "marginfix/core/home_path.hpp"

namespace marginfix::sessions::config {
namespace {

using Apply = Result<void> (*)(Target&, const CfgValue&);

// ---- setters, one a kind of value -------------------------------------------------------------------------------------
template <auto Member>
Result<void> logon_flag(Target& t, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  t.session.logon.*Member = *flag;
  return {};
}

template <auto Member>
Result<void> stated_flag(Target& t, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  t.stated.*Member = *flag;
  return {};
}

template <auto Member, class Unit, std::int64_t Least, std::int64_t Most>
Result<void> duration(Target& t, const CfgValue& v) {
  const auto n = cfg_int(v, Least, Most);
  if (!n) return n.error();
  t.session.*Member = Unit{*n};
  return {};
}

template <std::int64_t Least, std::int64_t Most, class Assign>
Result<void> number(const CfgValue& v, Assign assign) {
  const auto n = cfg_int(v, Least, Most);
  if (!n) return n.error();
  assign(*n);
  return {};
}

Result<void> must_be(const CfgValue& v, std::string_view wanted, std::string_view why) {
  if (same_text(v.value, wanted)) return {};
  return cfg_error(v, "must be " + std::string(wanted) + ": " + std::string(why));
}

// Accepts only this value: the other one would ask for something that is never done here.
template <bool Wanted>
Result<void> only(Target&, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  if (*flag == Wanted) return {};
  return cfg_error(v, std::string("cannot be ") + (Wanted ? "N" : "Y") + " here: take the line out (docs/configuration.md says why)");
}

template <bool Unwanted>
Result<void> never_on_rt(Target& t, const CfgValue& v, std::string_view why) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  if (*flag == Unwanted && t.session.target == TargetSession::RT) return cfg_error(v, why);
  return {};
}

Result<void> set_target(Target& t, const CfgValue& v) {
  // Which session it is has been read before every other key; here only for completeness of the table.
  if (target_comp_id(t.session.target) == v.value) return {};
  return cfg_error(v, "is not a session of the exchange: use KalshiNR, KalshiRT, KalshiDC or KalshiMD");
}

Result<void> set_host(Target& t, const CfgValue& v) {
  if (v.value.empty()) return cfg_error(v, "must not be empty; leave the key out to take the environment's own host");
  if (v.value.find("://") != std::string::npos || v.value.find('/') != std::string::npos) {
    return cfg_error(v, "is not a host name: write the bare name, without scheme or path; the port goes into SocketConnectPort");
  }
  t.session.host = v.value;
  return {};
}

Result<void> set_port(Target& t, const CfgValue& v) {
  return number<1, 65535>(v, [&](std::int64_t n) { t.session.port = static_cast<std::uint16_t>(n); });
}

Result<void> set_tls(Target& t, const CfgValue& v) {
  const auto flag = cfg_bool(v);
  if (!flag) return flag.error();
  t.session.tls.enabled = *flag;
  return {};
}

Result<void> set_private_key(Target& t, const CfgValue& v) {
  // One line of .cfg cannot hold line ends: "\n" written out stands for them.
  std::string pem;
  for (std::size_t i = 0; i < v.value.size(); ++i) {
    const bool escaped = v.value[i] == '\\' && i + 1 < v.value.size() && v.value[i + 1] == 'n';
    pem += escaped ? '\n' : v.value[i];
    if (escaped) ++i;
  }
  t.session.credentials.private_key = SecretString(std::move(pem));
  return {};
}

// Paths as a shell would have them.
template <auto Member>
Result<void> session_path(Target& t, const CfgValue& v) {
  if (v.value.empty()) return cfg_error(v, "must not be empty; leave the key out for the default");
  t.session.*Member = home_path(v.value);
  return {};
}

Result<void> set_ca_file(Target& t, const CfgValue& v) {
  t.session.tls.ca_file = home_path(v.value);
  return {};
}

Result<void> set_period(Target& t, const CfgValue& v) {
  return number<1, 72>(v, [&](std::int64_t n) { t.session.logon.message_retention_period = static_cast<std::int32_t>(n); });
}

Result<void> set_digits(Target& t, const CfgValue& v) {
  const bool milliseconds = v.value == "3" || same_text(v.value, "MILLIS");
  if (!milliseconds && v.value != "6" && !same_text(v.value, "MICROS"))
    return cfg_error(v, "must be 3 or 6 (MILLIS or MICROS, as other engines write it): the exchange takes at most 6 fraction digits");
  t.session.timestamp_digits = milliseconds ? 3 : 6;
  return {};
}

Result<void> set_comp_ids(Target& t, const CfgValue& v) {
  t.session.accepted_sender_comp_ids.clear();
  std::string_view rest = v.value;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    auto one = rest.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (!one.empty()) t.session.accepted_sender_comp_ids.emplace_back(one);
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (t.session.accepted_sender_comp_ids.empty()) return cfg_error(v, "names no SenderCompID(49): write one or more, with commas");
  return {};
}

Result<void> set_tier(Target& t, const CfgValue& v) {
  auto tier = rate_limit_tier(v.value);
  if (!tier) return cfg_error(v, tier.error().message);
  t.client.rate_limit.write = tier->write;
  t.client.rate_limit.read = tier->read;
  return {};
}

Result<void> set_policy(Target& t, const CfgValue& v) {
  if (same_text(v.value, "wait"))
    t.client.rate_limit.policy = RateLimitPolicy::wait;
  else if (same_text(v.value, "fail_fast"))
    t.client.rate_limit.policy = RateLimitPolicy::fail_fast;
  else
    return cfg_error(v, "must be wait or fail_fast");
  return {};
}

Result<void> set_log_level(Target& t, const CfgValue& v) {
  constexpr std::array<std::string_view, 6> kNames{"trace", "debug", "info", "warning", "error", "off"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (!same_text(v.value, kNames[i])) continue;
    t.client.log.level = static_cast<LogLevel>(i);
    return {};
  }
  return cfg_error(v, "must be trace, debug, info, warning, error or off");
}

constexpr Apply kNoEffect = nullptr;
constexpr std::int64_t kBig = 1'000'000'000;

// clang-format off
constexpr auto kKeys = std::to_array<KeySpec>({
  // ---- session
  {"ConnectionType", Group::session, kAny, "`initiator`", "`initiator`", "As QuickFIX has it; this program only connects to the exchange.",
   [](Target&, const CfgValue& v) { return must_be(v, "initiator", "MarginFixClient connects to the exchange and accepts nobody"); }},
  {"BeginString", Group::session, kAny, "`FIXT.1.1`", "`FIXT.1.1`", "The exchange speaks nothing else.",
   [](Target&, const CfgValue& v) { return must_be(v, "FIXT.1.1", "the exchange speaks nothing else"); }},
  {"DefaultApplVerID", Group::session, kAny, "`FIX.5.0SP2` or `9`", "`9`", "Sent as DefaultApplVerID(1137)=9.",
   [](Target&, const CfgValue& v) -> Result<void> { return v.value == "9" ? Result<void>{} : must_be(v, "FIX.5.0SP2", "the exchange speaks nothing else"); }},
  {"TargetCompID", Group::session, kAny, "`KalshiNR`, `KalshiRT`, `KalshiDC`, `KalshiMD`", "required", "Which session of the exchange: order entry without (NR) and with retransmission (RT), drop copy, market data.", set_target},
  {"SenderCompID", Group::session, kAny, "UUID", "required", "The API key id. The exchange's pages can be read as one connection per key: give each session its own unless `marginfix check` says that one serves more.",
   [](Target& t, const CfgValue& v) -> Result<void> { if (v.value.empty()) return cfg_error(v, "must not be empty: write the API key id"); t.session.credentials.key_id = v.value; return {}; }},
  {"SessionQualifier", Group::session, kAny, "word", "`listener` for a listener, else none", "Tells two sessions on one target apart: the session's name is TargetCompID, or TargetCompID-SessionQualifier.", 
   [](Target& t, const CfgValue& v) -> Result<void> { if (v.value.empty()) return cfg_error(v, "must not be empty"); t.stated.qualifier = v.value; return {}; }},
  {"KalshiEnvironment", Group::session, kAny, "`demo`, `production`", "none", "Whose hosts and ports SocketConnectHost and SocketConnectPort default to.", kNoEffect},
  // ---- connection
  {"SocketConnectHost", Group::connection, kAny, "host name or address", "the environment's", "Looked up anew on each connect.", set_host},
  {"SocketConnectPort", Group::connection, kAny, "1-65535", "the session's: 8228 NR, 8230 RT, 8229 DC, 8233 MD", "", set_port},
  {"SocketConnectTimeout", Group::connection, kAny, "seconds, 1-600", "10", "Name look-up and TCP connect.",
   [](Target& t, const CfgValue& v) { return number<1, 600>(v, [&](std::int64_t n) { t.session.timeouts.connect = std::chrono::seconds{n}; }); }},
  {"AcceptedSenderCompIDs", Group::connection, kAny, "names, with commas", "the TargetCompID and `Kalshi`", "What the exchange may put into its SenderCompID(49); anything else ends the connection.", set_comp_ids},
  // ---- tls
  {"SocketUseSSL", Group::tls, kAny, "`Y`, `N`", "`Y`", "`N` is plain TCP: loopback addresses only.", set_tls},
  {"CertificationAuthoritiesFile", Group::tls, kAny, "PEM file", "the system's roots", "Roots that the exchange's certificate must lead to.",
   set_ca_file},
  {"SSLCertificateAuthoritiesFile", Group::tls, kAny, "PEM file", "the system's roots", "The same under another usual name.",
   set_ca_file},
  {"SSLServerName", Group::tls, kAny, "host name", "SocketConnectHost", "Name to send as SNI and to find in the certificate, where it is not the host connected to (a tunnel).",
   [](Target& t, const CfgValue& v) -> Result<void> { t.session.tls.server_name = v.value; return {}; }},
  {"SSLSessionResumption", Group::tls, kAny, "`Y`, `N`", "`Y`", "Resume the TLS session on reconnect.",
   [](Target& t, const CfgValue& v) -> Result<void> { const auto flag = cfg_bool(v); if (!flag) return flag.error(); t.session.tls.resume_sessions = *flag; return {}; }},
  {"SSLHandshakeTimeout", Group::tls, kAny, "seconds, 1-600", "10", "",
   [](Target& t, const CfgValue& v) { return number<1, 600>(v, [&](std::int64_t n) { t.session.timeouts.handshake = std::chrono::seconds{n}; }); }},
  {"CertificateVerifyLevel", Group::tls, kAny, "1 or more", "always verified", "Chain, host name and expiry are always verified; 0 is refused.",
   [](Target&, const CfgValue& v) -> Result<void> {
     if (v.value == "0") return cfg_error(v, "would switch the verification of the exchange's certificate off: take it out; for a CA of your own set CertificationAuthoritiesFile");
     return number<1, 9>(v, [](std::int64_t) {}); }},
  // ---- credentials
  {"KalshiPrivateKeyPath", Group::credentials, kAny, "PEM file", "", "Private key (RSA or Ed25519) of the SenderCompID. Read when the client starts.",
   [](Target& t, const CfgValue& v) -> Result<void> { t.session.credentials.private_key_path = home_path(v.value); return {}; }},
  {"KalshiPrivateKey", Group::credentials, kAny, "PEM text", "", "The key itself, best as `${VARIABLE}`, in the forms of KALSHI_PERPS_PRIVATE_KEY below.",
   set_private_key},
  {"KalshiPrivateKeyPassphrase", Group::credentials, kAny, "text", "", "Of an encrypted PEM, best as `${VARIABLE}`.",
   [](Target& t, const CfgValue& v) -> Result<void> { t.session.credentials.passphrase = SecretString(v.value); return {}; }},
  // ---- logon options
  {"CancelOrdersOnDisconnect", Group::logon, kOrders, "`Y`, `N`", "`N`", "8013: any disconnect cancels the key's open orders, Logout included. Not on a listener.", logon_flag<&LogonOptions::cancel_orders_on_disconnect>},
  {"ListenerSession", Group::logon, kOrders, "`Y`, `N`", "`N`", "20126: the read-only live feed of the account's reports; needs an API key of its own.", stated_flag<&Stated::listener_session>},
  {"ReceiveSettlementReports", Group::logon, kReports, "`Y`, `N`", "not sent", "20127.", logon_flag<&LogonOptions::receive_settlement_reports>},
  {"MessageRetentionPeriod", Group::logon, kRT, "hours, 1-72", "the exchange's 24", "20200: how long the exchange keeps messages for retransmission.", set_period},
  {"UseDollars", Group::logon, kReports, "`Y`", "always on", "21005: `N` is refused, margin FIX speaks dollars only.", logon_flag<&LogonOptions::use_dollars>},
  {"EnableIocCancelReport", Group::logon, kReports, "`Y`, `N`", "`N`", "21007: a partly filled IOC also yields a cancel report.", logon_flag<&LogonOptions::enable_ioc_cancel_report>},
  {"PreserveOriginalOrderQty", Group::logon, kReports, "`Y`, `N`", "`N`", "21008: OrderQty(38) keeps the original quantity in every report.", logon_flag<&LogonOptions::preserve_original_order_qty>},
  {"SkipPendingExecReports", Group::logon, kReports, "`Y`, `N`", "`N`; `Y` on a listener", "21011: no pending reports.", logon_flag<&LogonOptions::skip_pending_exec_reports>},
  {"UseExpiredOrdStatus", Group::logon, kReports, "`Y`, `N`", "`N`", "21012: expiry-style system cancels report Expired (C), not Canceled (4).", logon_flag<&LogonOptions::use_expired_ord_status>},
  {"AlwaysEmitNewBeforeTrade", Group::logon, kReports, "`Y`, `N`", "`N`", "21026: an order that trades at once still reports New first.", logon_flag<&LogonOptions::always_emit_new_before_trade>},
  // ---- sequence numbers
  {"ResetSeqNumFlag", Group::sequence, kAny, "`Y`, `N`", "`Y` on NR, DC, MD; `N` on RT", "141. NR, DC and MD always carry it. On RT `Y` resets once, with the first Logon of the process: read docs/fix.md first.", stated_flag<&Stated::reset_seq_num_flag>},
  {"ResetOnLogon", Group::sequence, kAny, "`Y`, `N`", "`Y` on NR, DC, MD; `N` on RT", "As ResetSeqNumFlag on NR, DC, MD; `Y` on RT is refused, it would drop the retained reports at each reconnect.", stated_flag<&Stated::reset_on_logon>},
  {"FileStorePath", Group::sequence, kAny, "folder", "", "KalshiRT: where sequence numbers and sent messages are kept. Made if missing. Without effect on the others, which start at 1 with every Logon.", session_path<&SessionConfig::store_folder>},
  {"FileStoreSync", Group::sequence, kRT, "`Y`, `N`", "`N`", "`Y` survives a power failure too, at the price of a disk write before each send.",
   [](Target& t, const CfgValue& v) -> Result<void> { const auto flag = cfg_bool(v); if (!flag) return flag.error(); t.session.store_sync = *flag; return {}; }},
  {"ResendAgeLimit", Group::sequence, kRT, "seconds, -1 to 86400", "10", "Order messages older than this are gap-filled instead of resent; -1: no limit.", duration<&SessionConfig::resend_age_limit, std::chrono::seconds, -1, 86'400>},
  {"SendAgeLimit", Group::sequence, kOrders, "milliseconds, -1 to 600000", "2000, or RateLimitMaxWait where that is longer", "Orders and amends that could not leave for so long (no tokens, the exchange does not read, a handler blocks) are given back through on_not_sent instead of going out stale; -1: no limit. Cancels always leave.", duration<&SessionConfig::send_age_limit, std::chrono::milliseconds, -1, 600'000>},
  // ---- timing
  {"HeartBtInt", Group::timing, kAny, "seconds, 3-3600", "30", "108. The exchange takes 3 and more.", duration<&SessionConfig::heart_bt_int, std::chrono::seconds, 3, 3600>},
  {"LogonTimeout", Group::timing, kAny, "seconds, 1-600", "10", "Wait for the answer to Logon(A).", duration<&SessionConfig::logon_timeout, std::chrono::seconds, 1, 600>},
  {"LogoutTimeout", Group::timing, kAny, "seconds, 1-600", "5", "Wait for the answer to Logout(5).", duration<&SessionConfig::logout_timeout, std::chrono::seconds, 1, 600>},
  {"ReconnectInterval", Group::timing, kAny, "seconds, 1-3600", "30", "The longest wait between two tries; waits grow towards it with full jitter.",
   [](Target& t, const CfgValue& v) { return number<1, 3600>(v, [&](std::int64_t n) { t.session.backoff.cap = std::chrono::seconds{n}; }); }},
  {"ReconnectBase", Group::timing, kAny, "milliseconds, 1-600000", "500", "Bound of the first wait.",
   [](Target& t, const CfgValue& v) { return number<1, 600'000>(v, [&](std::int64_t n) { t.session.backoff.base = std::chrono::milliseconds{n}; }); }},
  {"AlreadyExistsWait", Group::timing, kAny, "seconds, 1-600", "60", "Wait after Logout \"already exists\": the exchange's own heartbeat time-out for the old connection.", duration<&SessionConfig::already_exists_wait, std::chrono::seconds, 1, 600>},
  {"BusyWait", Group::timing, kAny, "seconds, 1-600", "10", "Least wait after `rate limit exceeded` or `FIX logon service busy`; as much again comes on top as jitter, and grows.", duration<&SessionConfig::busy_wait, std::chrono::seconds, 1, 600>},
  {"RefusedWait", Group::timing, kAny, "seconds, 1-3600", "300", "The longest wait while the exchange is busy, or refuses the Logon in the same words again and again.", duration<&SessionConfig::refused_wait, std::chrono::seconds, 1, 3600>},
  {"RequestTimeout", Group::timing, kAny, "milliseconds, 1-600000", "10000", "Order group, drop copy and market data requests without an answer.", duration<&SessionConfig::request_timeout, std::chrono::milliseconds, 1, 600'000>},
  {"TimestampPrecision", Group::timing, kAny, "`3`, `6`", "3", "Fraction digits of SendingTime(52).", set_digits},
  // ---- rate limits
  {"RateLimitTier", Group::limits, kClient, "`basic`, `advanced`, `expert`, `premier`, `paragon`, `prime`, `prestige`, `unlimited`", "premier", "Buckets of the account's usage tier. Perps accounts are told their own numbers by REST `api_limits` only: docs/fix.md, Rate limits.", set_tier},
  {"RateLimitWriteCapacity", Group::limits, kClient, "tokens", "the tier's", "Size of the write bucket; each shard has one.",
   [](Target& t, const CfgValue& v) { return number<1, kBig>(v, [&](std::int64_t n) { t.client.rate_limit.write.capacity = n; }); }},
  {"RateLimitWritePerSecond", Group::limits, kClient, "tokens a second", "the tier's", "Refill of the write bucket (order entry).",
   [](Target& t, const CfgValue& v) { return number<1, kBig>(v, [&](std::int64_t n) { t.client.rate_limit.write.refill_per_second = n; }); }},
  {"RateLimitReadCapacity", Group::limits, kClient, "tokens", "the tier's", "Size of the read bucket.",
   [](Target& t, const CfgValue& v) { return number<1, kBig>(v, [&](std::int64_t n) { t.client.rate_limit.read.capacity = n; }); }},
  {"RateLimitReadPerSecond", Group::limits, kClient, "tokens a second", "the tier's", "Refill of the read bucket (market data, drop copy).",
   [](Target& t, const CfgValue& v) { return number<1, kBig>(v, [&](std::int64_t n) { t.client.rate_limit.read.refill_per_second = n; }); }},
  {"RateLimitReserve", Group::limits, kClient, "tokens", "200", "How far cancels may overdraw the write bucket.",
   [](Target& t, const CfgValue& v) { return number<0, kBig>(v, [&](std::int64_t n) { t.client.rate_limit.write.reserve = n; }); }},
  {"RateLimitCost", Group::limits, kClient, "tokens, 1-1000000", "10", "What a message that is not a cancel costs.",
   [](Target& t, const CfgValue& v) { return number<1, 1'000'000>(v, [&](std::int64_t n) { t.client.rate_limit.cost = n; }); }},
  {"RateLimitCancelCost", Group::limits, kClient, "tokens, 1-1000000", "1", "What an OrderCancelRequest(F) or OrderMassCancelRequest(q) costs.",
   [](Target& t, const CfgValue& v) { return number<1, 1'000'000>(v, [&](std::int64_t n) { t.client.rate_limit.cancel_cost = n; }); }},
  {"RateLimitPolicy", Group::limits, kClient, "`wait`, `fail_fast`", "wait", "A message that finds no token waits, or is refused at once.", set_policy},
  {"RateLimitMaxWaiting", Group::limits, kClient, "messages, 1-1000000", "1000", "Waiting messages a session; one more is refused.",
   [](Target& t, const CfgValue& v) { return number<1, 1'000'000>(v, [&](std::int64_t n) { t.client.rate_limit.max_waiting = static_cast<std::size_t>(n); }); }},
  {"RateLimitMaxWait", Group::limits, kClient, "milliseconds, 1-600000", "2000", "A message that waited longer is given back through on_not_sent.",
   [](Target& t, const CfgValue& v) { return number<1, 600'000>(v, [&](std::int64_t n) { t.client.rate_limit.max_wait = std::chrono::milliseconds{n}; }); }},
  {"SendQueueCapacity", Group::limits, kClient, "messages, 1-10000000", "10000", "Messages handed over by other threads and not yet taken by the I/O thread, a session; one more is refused.",
   [](Target& t, const CfgValue& v) { return number<1, 10'000'000>(v, [&](std::int64_t n) { t.client.send_queue = static_cast<std::size_t>(n); }); }},
  {"SpinWait", Group::limits, kClient, "`Y`, `N`", "N", "The I/O thread asks for news again and again instead of sleeping: nothing waits for it to wake up, and it takes a whole core. Without effect where the client runs on an executor of yours.",
   [](Target& t, const CfgValue& v) -> Result<void> {
     const auto flag = cfg_bool(v);
     if (!flag) return flag.error();
     t.client.spin_wait = *flag;
     return {}; }},
  // ---- log
  {"FileLogPath", Group::log, kClient, "folder", "standard error", "Log lines go to `marginfix.log` in it, every FIX message included (redacted). FIX messages go to files of their own besides, in QuickFIX's form: docs/fix.md, Message files.",
   [](Target& t, const CfgValue& v) -> Result<void> {
     if (v.value.empty()) return cfg_error(v, "must not be empty; leave the key out to log to standard error");
     t.client.log.file = home_path(v.value) + (v.value.back() == '/' ? "" : "/") + "marginfix.log"; t.client.log_messages = true;
     if (t.client.log.level > LogLevel::debug) t.client.log.level = LogLevel::debug;
     t.client.message_log.folder = home_path(v.value);
     return {}; }},
  {"FileLogMessages", Group::log, kClient, "`Y`, `N`", "`Y` with FileLogPath, unless LogMessages=N", "FIX messages in files of each session in FileLogPath, in the form of QuickFIX's FileLog. `Y` beside LogMessages=N: there alone.",
   [](Target&, const CfgValue& v) -> Result<void> { const auto flag = cfg_bool(v); if (!flag) return flag.error(); return {}; }},
  {"FileLogBackupPath", Group::log, kClient, "folder", "FileLogPath", "Where message files go that are over, `....messages.backup.1.log` and so on; on the same file system.",
   [](Target& t, const CfgValue& v) -> Result<void> {
     if (v.value.empty()) return cfg_error(v, "must not be empty; leave the key out to keep them in FileLogPath");
     t.client.message_log.backup_folder = home_path(v.value);
     return {}; }},
  {"FileLogMaxSize", Group::log, kClient, "megabytes, 0-1000000", "100", "A message file that has grown so far is over and the next begins; 0: no limit.",
   [](Target& t, const CfgValue& v) { return number<0, 1'000'000>(v, [&](std::int64_t n) { t.client.message_log.max_file_bytes = static_cast<std::uint64_t>(n) * 1'000'000; }); }},
  {"FileLogDaily", Group::log, kClient, "`Y`, `N`", "`Y`", "The first line of a UTC day begins the next message file.",
   [](Target& t, const CfgValue& v) -> Result<void> { const auto flag = cfg_bool(v); if (!flag) return flag.error(); t.client.message_log.daily = *flag; return {}; }},
  {"FileLogMaxFiles", Group::log, kClient, "files, 0-100000", "30", "Message files that are over, kept of each session; the oldest are removed. 0: all are kept.",
   [](Target& t, const CfgValue& v) { return number<0, 100'000>(v, [&](std::int64_t n) { t.client.message_log.max_files = static_cast<std::size_t>(n); }); }},
  {"FileLogHeartbeats", Group::log, kClient, "`Y`, `N`", "`Y`", "QuickFIX/J. `N` leaves Heartbeat(0) out of the message files.",
   [](Target& t, const CfgValue& v) -> Result<void> { const auto flag = cfg_bool(v); if (!flag) return flag.error(); t.client.message_log.heartbeats = *flag; return {}; }},
  {"LogLevel", Group::log, kClient, "`trace`, `debug`, `info`, `warning`, `error`, `off`", "info; debug with FileLogPath or LogMessages=Y", "The commands of the program log only where one of these three keys is set.", set_log_level},
  {"LogMessages", Group::log, kClient, "`Y`, `N`", "`N`; `Y` with FileLogPath", "Every FIX message in and out, redacted, at level debug: `LogLevel` becomes that; a higher one beside it is refused.",
   [](Target& t, const CfgValue& v) -> Result<void> { const auto flag = cfg_bool(v); if (!flag) return flag.error(); t.client.log_messages = *flag; return {}; }},
  // ---- usual QuickFIX keys without effect here
  {"TransportDataDictionary", Group::quickfix, kAny, "file", "", "has no effect: this library's own message tables decide, and they refuse no report; fix-spec/ has the dictionaries for QuickFIX itself", kNoEffect},
  {"AppDataDictionary", Group::quickfix, kAny, "file", "", "has no effect: this library's own message tables decide, and they refuse no report; fix-spec/ has the dictionaries for QuickFIX itself", kNoEffect},
  {"UseDataDictionary", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: messages are always checked against this library's own tables", kNoEffect},
  {"ValidateFieldsOutOfOrder", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: what is out of order is delivered with a finding", kNoEffect},
  {"ValidateFieldsHaveValues", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: an empty field is delivered with a finding", kNoEffect},
  {"ValidateUserDefinedFields", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: unknown tags are kept and delivered with a finding", kNoEffect},
  {"ValidateUnorderedGroupFields", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: groups are read in any order of their fields", kNoEffect},
  {"ValidateLengthAndChecksum", Group::quickfix, kAny, "`Y`", "`Y`", "BodyLength(9) and CheckSum(10) are always checked; `N` is refused.", only<true>},
  {"ValidateIncomingMessage", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: what is not as the tables say is delivered with a finding, never refused", kNoEffect},
  {"ValidateChecksum", Group::quickfix, kAny, "`Y`", "`Y`", "QuickFIX/J. CheckSum(10) is always checked; `N` is refused.", only<true>},
  {"ValidateSequenceNumbers", Group::quickfix, kAny, "`Y`", "`Y`", "QuickFIX/J. MsgSeqNum(34) is always checked; `N` is refused.", only<true>},
  {"FirstFieldInGroupIsDelimiter", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: groups are read in any order of their fields", kNoEffect},
  {"CheckUserDefinedFields", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: unknown tags are kept and delivered with a finding", kNoEffect},
  {"AllowUnknownMessageFields", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: unknown tags are kept and delivered with a finding", kNoEffect},
  {"RejectInvalidMessage", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: no report is rejected; what is wrong with one is told beside it", kNoEffect},
  {"RejectGarbledMessage", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: what cannot be read is told with its bytes", kNoEffect},
  {"RejectMessageOnUnhandledException", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: an exception of a handler is logged and counted", kNoEffect},
  {"RequiresOrigSendingTime", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: a retransmission without OrigSendingTime(122) is delivered too", kNoEffect},
  {"ClosedResendInterval", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: a gap is asked for as it is known", kNoEffect},
  {"UseClosedRangeForResend", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: a gap is asked for as it is known", kNoEffect},
  {"ResendRequestChunkSize", Group::quickfix, kAny, "number", "", "has no effect: a gap is asked for in one ResendRequest(2)", kNoEffect},
  {"InChanCapacity", Group::quickfix, kAny, "number", "", "has no effect: messages are handed over as they are read", kNoEffect},
  {"MaxScheduledWriteRequests", Group::quickfix, kAny, "number", "", "has no effect: SendQueueCapacity and SendAgeLimit bound what waits", kNoEffect},
  {"LogMessageWhenSessionNotFound", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: a message for somebody else is always told", kNoEffect},
  {"AllowUnknownMsgFields", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: unknown tags are kept and delivered with a finding", kNoEffect},
  {"CheckCompID", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: both names the exchange uses are accepted (AcceptedSenderCompIDs), all others refused", kNoEffect},
  {"CheckLatency", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: the exchange's SendingTime(52) is not judged", kNoEffect},
  {"MaxLatency", Group::quickfix, kAny, "seconds", "", "has no effect: the exchange's SendingTime(52) is not judged", kNoEffect},
  {"StartTime", Group::quickfix, kAny, "time", "", "has no effect: sessions run around the clock; the weekly maintenance is known and no error", kNoEffect},
  {"EndTime", Group::quickfix, kAny, "time", "", "has no effect: sessions run around the clock; the weekly maintenance is known and no error", kNoEffect},
  {"StartDay", Group::quickfix, kAny, "day", "", "has no effect: sessions run around the clock; the weekly maintenance is known and no error", kNoEffect},
  {"EndDay", Group::quickfix, kAny, "day", "", "has no effect: sessions run around the clock; the weekly maintenance is known and no error", kNoEffect},
  {"UseLocalTime", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: sessions run around the clock", kNoEffect},
  {"NonStopSession", Group::quickfix, kAny, "`Y`", "`Y`", "Sessions always run around the clock; `N` is refused.", only<true>},
  {"ResetOnLogout", Group::quickfix, kAny, "`Y`, `N`", "", "`Y` is refused on RT; without effect on the others, which start at 1 with every Logon.",
   [](Target& t, const CfgValue& v) { return never_on_rt<true>(t, v, "would break KalshiRT's sequence numbers: take it out; ResetSeqNumFlag=Y resets once, on purpose"); }},
  {"ResetOnDisconnect", Group::quickfix, kAny, "`Y`, `N`", "", "`Y` is refused on RT; without effect on the others, which start at 1 with every Logon.",
   [](Target& t, const CfgValue& v) { return never_on_rt<true>(t, v, "would break KalshiRT's sequence numbers: take it out; ResetSeqNumFlag=Y resets once, on purpose"); }},
  {"Weekdays", Group::quickfix, kAny, "days", "", "has no effect: sessions run around the clock; the weekly maintenance is known and no error", kNoEffect},
  {"TimeZone", Group::quickfix, kAny, "name", "", "has no effect: sessions run around the clock", kNoEffect},
  {"Description", Group::quickfix, kAny, "text", "", "has no effect: a comment of yours", kNoEffect},
  {"ResetOnError", Group::quickfix, kAny, "`Y`, `N`", "", "`Y` is refused on RT; without effect on the others, which start at 1 with every Logon.",
   [](Target& t, const CfgValue& v) { return never_on_rt<true>(t, v, "would break KalshiRT's sequence numbers: take it out; ResetSeqNumFlag=Y resets once, on purpose"); }},
  {"ForceResendWhenCorruptedStore", Group::quickfix, kAny, "`N`", "`N`", "A damaged store is told and never guessed at; `Y` is refused.", only<false>},
  {"RefreshOnLogon", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: the store belongs to one process and is locked", kNoEffect},
  {"PersistMessages", Group::quickfix, kAny, "`Y`, `N`", "", "`N` is refused on RT, whose messages must be there for a ResendRequest(2).",
   [](Target& t, const CfgValue& v) { return never_on_rt<false>(t, v, "would leave KalshiRT without messages to resend: take it out"); }},
  {"SendRedundantResendRequests", Group::quickfix, kAny, "`N`", "`N`", "One ResendRequest(2) a gap; `Y` is refused.", only<false>},
  {"SendNextExpectedMsgSeqNum", Group::quickfix, kAny, "`N`", "`N`", "The exchange does not use tag 789; `Y` is refused.", only<false>},
  {"MillisecondsInTimeStamp", Group::quickfix, kAny, "`Y`", "`Y`", "`N` is refused: use TimestampPrecision.", only<true>},
  {"PreserveMessageFieldsOrder", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: fields leave in a fixed order, raw bytes come as they are", kNoEffect},
  {"SocketNodelay", Group::quickfix, kAny, "`Y`", "`Y`", "TCP_NODELAY is always set; `N` is refused.", only<true>},
  {"SocketSendBufferSize", Group::quickfix, kAny, "bytes", "", "has no effect: the operating system sizes it", kNoEffect},
  {"SocketReceiveBufferSize", Group::quickfix, kAny, "bytes", "", "has no effect: the operating system sizes it", kNoEffect},
  {"SocketTcpNoDelay", Group::quickfix, kAny, "`Y`", "`Y`", "QuickFIX/J's name of SocketNodelay: always set; `N` is refused.", only<true>},
  {"SocketKeepAlive", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: heartbeats find a dead connection (HeartBtInt)", kNoEffect},
  {"SocketLinger", Group::quickfix, kAny, "seconds", "", "has no effect: the operating system's own way of closing", kNoEffect},
  {"SocketOobInline", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: FIX knows no urgent data", kNoEffect},
  {"SocketTrafficClass", Group::quickfix, kAny, "number", "", "has no effect: mark packets in the operating system", kNoEffect},
  {"SocketSynchronousWrites", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: writes are asynchronous, with an end to what may wait (SendAgeLimit)", kNoEffect},
  {"SocketSynchronousWriteTimeout", Group::quickfix, kAny, "milliseconds", "", "has no effect: writes are asynchronous, with an end to what may wait (SendAgeLimit)", kNoEffect},
  {"SocketInsecureSkipVerify", Group::quickfix, kAny, "`N`", "`N`", "quickfix-go. Chain, host name and expiry are always verified; `Y` is refused: for a CA of your own set CertificationAuthoritiesFile.", only<false>},
  {"SocketMinimumTLSVersion", Group::quickfix, kAny, "text", "", "has no effect: TLS 1.2 and 1.3 only", kNoEffect},
  {"EnabledProtocols", Group::quickfix, kAny, "text", "", "has no effect: TLS 1.2 and 1.3 only", kNoEffect},
  {"CipherSuites", Group::quickfix, kAny, "text", "", "has no effect: OpenSSL's defaults for TLS 1.2 and 1.3", kNoEffect},
  {"UseSNI", Group::quickfix, kAny, "`Y`", "`Y`", "QuickFIX/J. SNI is always sent; `N` is refused.", only<true>},
  {"EndpointIdentificationAlgorithm", Group::quickfix, kAny, "`HTTPS`", "`HTTPS`", "QuickFIX/J. The host name is always looked for in the certificate; another value is refused.",
   [](Target&, const CfgValue& v) { return must_be(v, "HTTPS", "the host name is always looked for in the certificate"); }},
  {"NeedClientAuth", Group::quickfix, kAny, "`N`", "`N`", "QuickFIX/J, of an acceptor; `Y` is refused.", only<false>},
  {"SocketReuseAddress", Group::quickfix, kAny, "`Y`, `N`", "", "has no effect: nothing is listened on", kNoEffect},
  {"SSLProtocol", Group::quickfix, kAny, "text", "", "has no effect: TLS 1.2 and 1.3 only", kNoEffect},
  {"SSLCipherSuite", Group::quickfix, kAny, "text", "", "has no effect: OpenSSL's defaults for TLS 1.2 and 1.3", kNoEffect},
  {"TLSCipherSuites", Group::quickfix, kAny, "text", "", "has no effect: OpenSSL's defaults for TLS 1.2 and 1.3", kNoEffect},
  {"ScreenLogEvents", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: use LogLevel", kNoEffect},
  {"ScreenLogShowHeartBeats", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: use LogMessages", kNoEffect},
  {"ScreenIncludeMilliseconds", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: every line has its time to the microsecond", kNoEffect},
  {"FileIncludeMilliseconds", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: every line has its time to the microsecond", kNoEffect},
  {"FileIncludeTimeStampForMessages", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: every line has its time to the microsecond", kNoEffect},
  {"FileStoreMaxCachedMsgs", Group::quickfix, kAny, "number", "", "has no effect: the store manages its memory itself", kNoEffect},
  {"ScreenLogShowIncoming", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: use LogMessages", kNoEffect},
  {"ScreenLogShowOutgoing", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: use LogMessages", kNoEffect},
  {"ScreenLogShowEvents", Group::quickfix, kClient, "`Y`, `N`", "", "has no effect: use LogLevel", kNoEffect},
});

constexpr auto kRefused = std::to_array<RefusedKey>({
  {"SenderSubID", "the exchange rejects SenderSubID(50) on a Logon: take it out; an FCM operator goes into header.sender_sub_id of each order"},
  {"SenderLocationID", "the exchange does not use it: take it out"},
  {"TargetSubID", "the exchange does not use it: take it out"},
  {"TargetLocationID", "the exchange does not use it: take it out"},
  {"DataDictionary", "FIXT.1.1 has two: TransportDataDictionary and AppDataDictionary (both accepted, neither needed)"},
  {"SendResetSeqNumFlag", "write ResetSeqNumFlag"},
  {"SocketConnectHost*", "the exchange has one host a session, looked up anew on each connect: use SocketConnectHost alone"},
  {"SocketConnectPort*", "the exchange has one port a session: use SocketConnectPort alone"},
  {"SocketConnectSource*", "binding to a source address is not supported: choose the route in the operating system"},
  {"HostSelectionPolicy*", "the exchange has one host a session: take it out"},
  {"SocketAccept*", "MarginFixClient accepts nobody: take it out"},
  {"HttpAcceptPort", "there is no web page here: take it out"},
  {"AllowedRemoteAddresses", "MarginFixClient accepts nobody: take it out"},
  {"ServerCertificate*", "MarginFixClient accepts nobody: take it out; the exchange's roots go into CertificationAuthoritiesFile"},
  {"ClientCertificate*", "the exchange asks for no client certificate, the Logon is signed instead (KalshiPrivateKeyPath): take it out"},
  {"CertificationAuthoritiesDirectory", "use CertificationAuthoritiesFile: one PEM file"},
  {"CertificateRevocationList*", "revocation lists are not read: take it out"},
  {"LogonTime", "sessions run around the clock: take it out"},
  {"LogonDay", "sessions run around the clock: take it out"},
  {"LogoutTime", "sessions run around the clock: take it out"},
  {"LogoutDay", "sessions run around the clock: take it out"},
  {"MySQL*", "database stores and logs are not built in: use FileStorePath and FileLogPath, or give MarginFixClientOptions::make_store"},
  {"PostgreSQL*", "database stores and logs are not built in: use FileStorePath and FileLogPath, or give MarginFixClientOptions::make_store"},
  {"Odbc*", "database stores and logs are not built in: use FileStorePath and FileLogPath, or give MarginFixClientOptions::make_store"},
  {"SocketKeyStore*", "a Java key store, for a client certificate that the exchange does not ask for: take it out; the Logon is signed with KalshiPrivateKeyPath (PEM)"},
  {"KeyStore*", "a Java key store, for a client certificate that the exchange does not ask for: take it out; the Logon is signed with KalshiPrivateKeyPath (PEM)"},
  {"KeyManagerFactory*", "a Java key store, for a client certificate that the exchange does not ask for: take it out"},
  {"SocketTrustStore*", "a Java trust store: write its roots as PEM (keytool -exportcert -rfc) and name the file in CertificationAuthoritiesFile; the exchange's certificate leads to the system's roots"},
  {"TrustStore*", "a Java trust store: write its roots as PEM (keytool -exportcert -rfc) and name the file in CertificationAuthoritiesFile"},
  {"TrustManagerFactory*", "a Java trust store: name a PEM file in CertificationAuthoritiesFile"},
  {"SNIHostName", "write SSLServerName"},
  {"SocketServerName", "write SSLServerName"},
  {"SocketCAFile", "write CertificationAuthoritiesFile"},
  {"SocketCABytes", "write the roots into a PEM file and name it in CertificationAuthoritiesFile"},
  {"SocketPrivateKey*", "quickfix-go's client certificate, which the exchange does not ask for: take it out; the Logon is signed with KalshiPrivateKeyPath"},
  {"SocketCertificate*", "quickfix-go's client certificate, which the exchange does not ask for: take it out; the Logon is signed with KalshiPrivateKeyPath"},
  {"UseSSL", "write SocketUseSSL"},
  {"SocketTimeout", "write SocketConnectTimeout (seconds)"},
  {"SocketConnectProtocol", "the exchange speaks TCP: take it out"},
  {"SocketLocal*", "binding to a source address is not supported: choose the route in the operating system"},
  {"Proxy*", "FIX goes without a proxy: use a tunnel and name it in SocketConnectHost, the exchange's host in SSLServerName"},
  {"UseTCPProxy", "MarginFixClient accepts nobody: take it out"},
  {"EnableNextExpectedMsgSeqNum", "the exchange does not use NextExpectedMsgSeqNum(789): take it out"},
  {"EnableLastMsgSeqNumProcessed", "the exchange does not use LastMsgSeqNumProcessed(369): take it out"},
  {"EnableResetSeqTime", "NR, DC and MD start at 1 with every Logon, and KalshiRT must not be reset by the clock: take it out"},
  {"ResetSeqTime", "NR, DC and MD start at 1 with every Logon, and KalshiRT must not be reset by the clock: take it out"},
  {"HeartBtIntOverride", "write HeartBtInt"},
  {"HeartBeatTimeoutMultiplier", "a silent connection is tested and left by HeartBtInt alone: take it out"},
  {"TestRequestDelayMultiplier", "a silent connection is tested and left by HeartBtInt alone: take it out"},
  {"DisableHeartBeatCheck", "a silent connection is always found out: take it out"},
  {"DisconnectOnError", "what ends a session is in docs/fix.md: take it out"},
  {"AllowPosDup", "PossDupFlag(43) is set where FIX demands it: take it out"},
  {"LogonTag*", "the Logon carries what the exchange documents (docs/configuration.md, Logon options): take it out"},
  {"Dynamic*", "each session has a [SESSION] of its own: take it out"},
  {"AcceptorTemplate", "MarginFixClient accepts nobody: take it out"},
  {"Jdbc*", "database stores and logs are not built in: use FileStorePath and FileLogPath, or give MarginFixClientOptions::make_store"},
  {"SQL*", "database stores and logs are not built in: use FileStorePath and FileLogPath, or give MarginFixClientOptions::make_store"},
  {"Mongo*", "database stores and logs are not built in: use FileStorePath and FileLogPath, or give MarginFixClientOptions::make_store"},
  {"Sleepycat*", "database stores and logs are not built in: use FileStorePath and FileLogPath, or give MarginFixClientOptions::make_store"},
  {"SLF4J*", "there is no SLF4J here: use FileLogPath and LogLevel, or give MarginFixClientOptions::log"},
  {"RawData", "the signature is made from KalshiPrivateKeyPath for each Logon: take it out"},
  {"Password", "the exchange knows no passwords, the Logon is signed (KalshiPrivateKeyPath): take it out"},
});

constexpr auto kVariables = std::to_array<VariableSpec>({
  {"KALSHI_PERPS_ENVIRONMENT", "demo", "`demo` or `production`: hosts and ports."},
  {"KALSHI_PERPS_DEMO", "", "The same as `true` or `false`; must not contradict KALSHI_PERPS_ENVIRONMENT."},
  {"KALSHI_PERPS_SESSIONS", "NR,DC,MD, and LISTENER where it has a key, RT where it has a store", "Which sessions, with commas: `NR`, `RT`, `DC`, `MD`, `LISTENER`."},
  {"KALSHI_PERPS_KEY_ID", "required", "API key id of order entry."},
  {"KALSHI_PERPS_PRIVATE_KEY", "", "Its private key as PEM text, however its transport left it: in quotes, on one line, `\\n` written out, indented, in base64."},
  {"KALSHI_PERPS_PRIVATE_KEY_PATH", "", "Or the file it lies in; `~/` is HOME."},
  {"KALSHI_PERPS_PRIVATE_KEY_PASSPHRASE", "", "Of an encrypted PEM."},
  {"KALSHI_PERPS_LISTENER_KEY_ID", "", "The same four for the listener, which needs a key of its own on its target:"},
  {"KALSHI_PERPS_LISTENER_PRIVATE_KEY", "", ""},
  {"KALSHI_PERPS_LISTENER_PRIVATE_KEY_PATH", "", ""},
  {"KALSHI_PERPS_LISTENER_PRIVATE_KEY_PASSPHRASE", "", ""},
  {"KALSHI_PERPS_LISTENER_TARGET", "NR", "`NR` or `RT`."},
  {"KALSHI_PERPS_DROPCOPY_KEY_ID", "KALSHI_PERPS_KEY_ID", "The same four for drop copy:"},
  {"KALSHI_PERPS_DROPCOPY_PRIVATE_KEY", "", ""},
  {"KALSHI_PERPS_DROPCOPY_PRIVATE_KEY_PATH", "", ""},
  {"KALSHI_PERPS_DROPCOPY_PRIVATE_KEY_PASSPHRASE", "", ""},
  {"KALSHI_PERPS_MARKETDATA_KEY_ID", "KALSHI_PERPS_KEY_ID", "The same four for market data:"},
  {"KALSHI_PERPS_MARKETDATA_PRIVATE_KEY", "", ""},
  {"KALSHI_PERPS_MARKETDATA_PRIVATE_KEY_PATH", "", ""},
  {"KALSHI_PERPS_MARKETDATA_PRIVATE_KEY_PASSPHRASE", "", ""},
  {"KALSHI_PERPS_STORE_PATH", "", "Folder of KalshiRT's store."},
});
// clang-format on

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const bool equal = std::tolower(static_cast<unsigned char>(a[i - 1])) == std::tolower(static_cast<unsigned char>(b[j - 1]));
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (equal ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view title(Group group) noexcept {
  switch (group) {
    case Group::session:
      return "Session";
    case Group::connection:
      return "Connection";
    case Group::tls:
      return "TLS";
    case Group::credentials:
      return "Credentials";
    case Group::logon:
      return "Logon options";
    case Group::sequence:
      return "Sequence numbers and store";
    case Group::timing:
      return "Timing";
    case Group::limits:
      return "Rate limits and queues";
    case Group::log:
      return "Log";
    case Group::quickfix:
      return "Usual QuickFIX keys, accepted";
    case Group::refused:
      return "QuickFIX keys that are refused";
  }
  return {};
}

std::span<const KeySpec> keys() noexcept { return kKeys; }
std::span<const RefusedKey> refused_keys() noexcept { return kRefused; }
std::span<const VariableSpec> variables() noexcept { return kVariables; }

bool same_text(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) noexcept { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

const KeySpec* find_key(std::string_view key) noexcept {
  const auto* const found = std::ranges::find_if(kKeys, [key](const KeySpec& spec) { return same_text(spec.key, key); });
  return found == kKeys.end() ? nullptr : found;
}

const RefusedKey* find_refused(std::string_view key) noexcept {
  const auto* const found = std::ranges::find_if(kRefused, [key](const RefusedKey& refused) {
    if (!refused.pattern.ends_with('*')) return same_text(refused.pattern, key);
    const auto start = refused.pattern.substr(0, refused.pattern.size() - 1);
    return key.size() >= start.size() && same_text(key.substr(0, start.size()), start);
  });
  return found == kRefused.end() ? nullptr : found;
}

std::string_view nearest_key(std::string_view key, std::size_t most) {
  std::string_view best;
  std::size_t least = (most != 0 ? most : std::max<std::size_t>(2, key.size() / 3)) + 1;
  for (const KeySpec& spec : kKeys) {
    const std::size_t distance = edit_distance(key, spec.key);
    if (distance >= least) continue;
    least = distance;
    best = spec.key;
  }
  return best;
}

std::uint8_t mask(TargetSession target) noexcept {
  switch (target) {
    case TargetSession::NR:
      return kNR;
    case TargetSession::RT:
      return kRT;
    case TargetSession::DC:
      return kDC;
    case TargetSession::MD:
      return kMD;
  }
  return 0;
}

}  // namespace marginfix::sessions::config
