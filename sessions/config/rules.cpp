// What contradicts what: the same rules for a .cfg (where they name file and line) and for configuration made in code.
// Source: fix-margin.md "Endpoints", "Logon"; design decision 6.
#include "marginfix/core/text.hpp"
#include "sessions/config/keys.hpp"

namespace marginfix::sessions::config {
namespace {

using Found = std::optional<Contradiction>;

std::string target_name(const SessionConfig& s) { return std::string(target_comp_id(s.target)); }

Found check_kind(const SessionConfig& s) {
  const bool orders = s.target == TargetSession::NR || s.target == TargetSession::RT;
  const bool fits = (s.kind == SessionKind::drop_copy && s.target == TargetSession::DC) ||
                    (s.kind == SessionKind::market_data && s.target == TargetSession::MD) ||
                    ((s.kind == SessionKind::order_entry || s.kind == SessionKind::listener) && orders);
  if (fits) return {};
  return Contradiction{"TargetCompID",
                       std::string(to_string(s.kind)) + " does not exist on " + target_name(s) +
                           ": order entry and listeners are on KalshiNR or KalshiRT, drop copy on KalshiDC, market data on KalshiMD"};
}

Found check_listener(const SessionConfig& s) {
  if (s.kind != SessionKind::listener) return {};
  if (s.logon.cancel_orders_on_disconnect.value_or(false)) {
    return Contradiction{
        "CancelOrdersOnDisconnect",
        "the exchange forbids CancelOrdersOnDisconnect=Y on a listener (ListenerSession=Y): set it in the order entry session's "
        "[SESSION], not here and not in [DEFAULT]"};
  }
  if (!s.logon.skip_pending_exec_reports.value_or(true)) {
    return Contradiction{"SkipPendingExecReports",
                         "a listener (ListenerSession=Y) needs SkipPendingExecReports=Y: take the line out, it is set by itself"};
  }
  return {};
}

Found check_sequence(const SessionConfig& s, const Stated& stated) {
  const std::string name = target_name(s);
  if (s.target != TargetSession::RT) {
    const std::string remedy = name + " starts at 1 with every Logon (141=Y), the exchange rejects anything else: take the line out";
    if (!stated.reset_seq_num_flag.value_or(true)) return Contradiction{"ResetSeqNumFlag", remedy};
    if (!stated.reset_on_logon.value_or(true)) return Contradiction{"ResetOnLogon", remedy};
    if (s.reset_sequence_once)
      return Contradiction{"ResetSeqNumFlag", name + " resets at every Logon anyway: reset_sequence_once is for KalshiRT"};
    if (s.logon.message_retention_period)
      return Contradiction{"MessageRetentionPeriod",
                           "only KalshiRT retains messages: take the line out or move it to KalshiRT's [SESSION]"};
    return {};
  }
  if (stated.reset_on_logon.value_or(false)) {
    return Contradiction{"ResetOnLogon",
                         "would drop what KalshiRT retained at every reconnect: take it out (ResetSeqNumFlag=Y resets once, on purpose)"};
  }
  const auto hours = s.logon.message_retention_period;
  if (hours && (*hours < 1 || *hours > 72)) return Contradiction{"MessageRetentionPeriod", "must be 1 to 72 hours"};
  return {};
}

Found check_logon(const SessionConfig& s) {
  if (!s.logon.use_dollars.value_or(true)) return Contradiction{"UseDollars", "margin FIX speaks dollars only: take the line out"};
  const bool orders = s.target == TargetSession::NR || s.target == TargetSession::RT;
  if (s.logon.cancel_orders_on_disconnect && !orders)
    return Contradiction{"CancelOrdersOnDisconnect", "there are no orders on " + target_name(s) + ": take the line out"};
  if (s.heart_bt_int < std::chrono::seconds{3}) return Contradiction{"HeartBtInt", "the exchange takes 3 seconds and more"};
  if (s.timestamp_digits != 3 && s.timestamp_digits != 6) return Contradiction{"TimestampPrecision", "must be 3 or 6"};
  return {};
}

Found check_credentials(const SessionConfig& s) {
  const SessionCredentials& c = s.credentials;
  if (c.key_id.empty()) return Contradiction{"SenderCompID", "is missing: write the API key id (a UUID) of this session"};
  if (c.key_id.find_first_of("= ") != std::string::npos || identifier_fault(c.key_id) != nullptr)
    return Contradiction{"SenderCompID", "holds a character no API key id has"};
  if (c.signer) return {};
  if (c.private_key.empty() && c.private_key_path.empty())
    return Contradiction{"KalshiPrivateKeyPath",
                         "is missing: write the file of the API key's private key (or KalshiPrivateKey=${VARIABLE})"};
  if (!c.private_key.empty() && !c.private_key_path.empty())
    return Contradiction{"KalshiPrivateKey", "and KalshiPrivateKeyPath are both set: keep one"};
  return {};
}

Found check_connection(const SessionConfig& s) {
  if (s.host.empty()) return Contradiction{"SocketConnectHost", "is missing: set it, or KalshiEnvironment=demo or production"};
  if (s.port == 0) return Contradiction{"SocketConnectPort", "is missing: set it, or KalshiEnvironment=demo or production"};
  if (!s.tls.enabled && !is_loopback_host(s.host)) {
    return Contradiction{"SocketUseSSL", "N is plain TCP, which is for loopback addresses only, and " + s.host +
                                             " is none: take the line out (the exchange speaks TLS)"};
  }
  return {};
}

}  // namespace

std::optional<Contradiction> find_contradiction(const SessionConfig& session, const Stated& stated) {
  if (auto found = check_kind(session)) return found;
  if (auto found = check_listener(session)) return found;
  if (auto found = check_sequence(session, stated)) return found;
  if (auto found = check_logon(session)) return found;
  if (auto found = check_credentials(session)) return found;
  return check_connection(session);
}

std::optional<Clash> find_clash(std::span<const SessionConfig> sessions) {
  for (std::size_t second = 0; second < sessions.size(); ++second) {
    for (std::size_t first = 0; first < second; ++first) {
      const SessionConfig &a = sessions[first], &b = sessions[second];
      if (a.target == b.target && a.credentials.key_id == b.credentials.key_id) {
        return Clash{
            first,
            second,
            {"SenderCompID",
             "the same API key twice on " + target_name(b) +
                 ": the exchange takes at most one connection per key and TargetCompID (\"already exists\"), perhaps one per key; " +
                 (a.kind != b.kind ? "a listener beside order entry needs a key of its own" : "use a second key")}};
      }
      if (a.name == b.name)
        return Clash{first, second, {"SessionQualifier", "two sessions are called " + b.name + ": give one a SessionQualifier"}};
    }
  }
  return {};
}

}  // namespace marginfix::sessions::config
