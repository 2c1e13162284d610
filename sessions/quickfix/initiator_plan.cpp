// Settings of a QuickFIX session to what our transport and signer need.
#include "sessions/quickfix/initiator_plan.hpp"

#include <algorithm>
#include <stdexcept>

#include "marginfix/core/log.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"
#include "sessions/client/session_core.hpp"
#include "sessions/config/keys.hpp"
#include "sessions/quickfix/wire.hpp"
#include "sessions/retry_waits.hpp"
#include "sessions/session_end.hpp"

namespace marginfix::quickfix {
namespace {

using sessions::config::Group;

// KalshiRT asks for a store folder; here the store is the one the application brought.
constexpr std::string_view kStoreKey = "FileStorePath";

// Every key of QuickFIX 1.15.1 and 1.16 (SessionSettings.h), so that none is taken for a misspelt one of ours.
constexpr std::string_view kQuickfixKeys[] = {"BeginString",
                                              "SenderCompID",
                                              "TargetCompID",
                                              "SessionQualifier",
                                              "DefaultApplVerID",
                                              "ConnectionType",
                                              "UseDataDictionary",
                                              "SendResetSeqNumFlag",
                                              "SendRedundantResendRequests",
                                              "DataDictionary",
                                              "TransportDataDictionary",
                                              "AppDataDictionary",
                                              "UseLocalTime",
                                              "StartTime",
                                              "EndTime",
                                              "StartDay",
                                              "EndDay",
                                              "LogonTime",
                                              "LogoutTime",
                                              "LogonDay",
                                              "LogoutDay",
                                              "CheckCompID",
                                              "CheckLatency",
                                              "MaxLatency",
                                              "HeartBtInt",
                                              "SocketAcceptPort",
                                              "SocketReuseAddress",
                                              "SocketConnectHost",
                                              "SocketConnectPort",
                                              "SocketConnectSourceHost",
                                              "SocketConnectSourcePort",
                                              "SocketNodelay",
                                              "SocketSendBufferSize",
                                              "SocketReceiveBufferSize",
                                              "ReconnectInterval",
                                              "ValidateLengthAndChecksum",
                                              "ValidateFieldsOutOfOrder",
                                              "ValidateFieldsHaveValues",
                                              "ValidateUserDefinedFields",
                                              "AllowUnknownMsgFields",
                                              "PreserveMessageFieldsOrder",
                                              "LogonTimeout",
                                              "LogoutTimeout",
                                              "FileStorePath",
                                              "MySQLStoreUseConnectionPool",
                                              "MySQLStoreDatabase",
                                              "MySQLStoreUser",
                                              "MySQLStorePassword",
                                              "MySQLStoreHost",
                                              "MySQLStorePort",
                                              "PostgreSQLStoreUseConnectionPool",
                                              "PostgreSQLStoreDatabase",
                                              "PostgreSQLStoreUser",
                                              "PostgreSQLStorePassword",
                                              "PostgreSQLStoreHost",
                                              "PostgreSQLStorePort",
                                              "OdbcStoreUser",
                                              "OdbcStorePassword",
                                              "OdbcStoreConnectionString",
                                              "FileLogPath",
                                              "FileLogBackupPath",
                                              "ScreenLogShowIncoming",
                                              "ScreenLogShowOutgoing",
                                              "ScreenLogShowEvents",
                                              "MySQLLogUseConnectionPool",
                                              "MySQLLogDatabase",
                                              "MySQLLogUser",
                                              "MySQLLogPassword",
                                              "MySQLLogHost",
                                              "MySQLLogPort",
                                              "MySQLLogIncomingTable",
                                              "MySQLLogOutgoingTable",
                                              "MySQLLogEventTable",
                                              "PostgreSQLLogUseConnectionPool",
                                              "PostgreSQLLogDatabase",
                                              "PostgreSQLLogUser",
                                              "PostgreSQLLogPassword",
                                              "PostgreSQLLogHost",
                                              "PostgreSQLLogPort",
                                              "PostgreSQLLogIncomingTable",
                                              "PostgreSQLLogOutgoingTable",
                                              "PostgreSQLLogEventTable",
                                              "OdbcLogUser",
                                              "OdbcLogPassword",
                                              "OdbcLogConnectionString",
                                              "OdbcLogIncomingTable",
                                              "OdbcLogOutgoingTable",
                                              "OdbcLogEventTable",
                                              "ResetOnLogon",
                                              "ResetOnLogout",
                                              "ResetOnDisconnect",
                                              "RefreshOnLogon",
                                              "MillisecondsInTimeStamp",
                                              "TimestampPrecision",
                                              "HttpAcceptPort",
                                              "PersistMessages",
                                              "ServerCertificateFile",
                                              "ServerCertificateKeyFile",
                                              "ClientCertificateFile",
                                              "ClientCertificateKeyFile",
                                              "CertificationAuthoritiesFile",
                                              "CertificationAuthoritiesDirectory",
                                              "CertificateRevocationListFile",
                                              "CertificateRevocationListDirectory",
                                              "CertificateVerifyLevel",
                                              "SSLProtocol",
                                              "SSLCipherSuite"};

bool quickfix_s(std::string_view key) {
  while (!key.empty() && key.back() >= '0' && key.back() <= '9') key.remove_suffix(1);  // SocketConnectHost1
  return std::ranges::any_of(kQuickfixKeys, [key](std::string_view known) { return sessions::config::same_text(key, known); });
}

bool ours(const std::string& key) {
  const auto* spec = sessions::config::find_key(key);
  if (spec == nullptr) return false;
  const std::string_view name = spec->key;
  return spec->group == Group::session || spec->group == Group::connection || spec->group == Group::tls ||
         spec->group == Group::credentials || spec->group == Group::logon || name == "ReconnectInterval" || name == "ReconnectBase" ||
         name == "AlreadyExistsWait" || name == "BusyWait" || name == "RefusedWait" || name == "HeartBtInt";
}

// An application may keep settings of its own there: only what is near one of our keys is a mistake.
void check_spelling(const std::string& key) {
  if (sessions::config::find_key(key) != nullptr || quickfix_s(key)) return;
  std::string_view near = sessions::config::nearest_key(key, std::max<std::size_t>(2, key.size() / 5));
  if (!near.empty() && !quickfix_s(near) && !ours(std::string(near))) near = {};  // a key of another engine: nobody meant that here
  const bool claims_ours = key.size() > 6 && sessions::config::same_text(std::string_view(key).substr(0, 6), "Kalshi");
  if (near.empty() && !claims_ours) return;
  throw std::runtime_error(key + " is not a key of QuickFIX or marginfix" +
                           (near.empty() ? std::string() : ": did you mean " + std::string(near) + "?"));
}

// ${NAME} is expanded by our parser in our keys; in QuickFIX's own, CompIDs among them, only QuickFIX can.
void check_expanded(const std::string& key, const std::string& value, bool expanded_here) {
  if (key.find("PASSWORD") != std::string::npos) return;
  const bool open = value.find("$(") != std::string::npos || (!expanded_here && value.find("${") != std::string::npos);
  if (!open) return;
  throw std::runtime_error(std::string(sessions::config::find_key(key) != nullptr ? sessions::config::find_key(key)->key : key) + "=" +
                           value + ": the variable is not expanded. Read the settings with FIX::SessionSettings(file, true)" +
                           (expanded_here ? ", or write ${NAME}" : ""));
}

// QuickFIX reads CompIDs and intervals too, as they stand.
bool expanded_here(const std::string& key) {
  if (!ours(key)) return false;
  const auto* spec = sessions::config::find_key(key);
  return spec->key == "KalshiEnvironment" || (spec->group != Group::session && spec->group != Group::timing);
}

SessionConfig parse(const Settings& settings) {
  std::string text = "[DEFAULT]\n[SESSION]\n" + std::string(kStoreKey) + "=.\n";
  for (const auto& [key, value] : settings) {
    check_spelling(key);
    check_expanded(key, value, expanded_here(key));
    // QuickFIX keeps its keys in capitals; errors shall name them as people write them.
    if (ours(key)) text += std::string(sessions::config::find_key(key)->key) + "=" + value + "\n";
  }
  auto config = MarginFixConfig::from_cfg_text(text, "settings", process_variables());
  if (!config) {
    const std::string& message = config.error().message;  // "settings:14: Key=value: ...", and there is no line 14 to look at
    const auto place = message.find(": ");
    throw std::runtime_error(message.rfind("settings", 0) == 0 && place != std::string::npos ? message.substr(place + 2) : message);
  }
  return config->sessions.front();
}

sessions::EndFacts facts_of(const EndOfTry& end) {
  constexpr int kText = 58, kSessionRejectReason = 373, kBusinessRejectReason = 380;
  sessions::EndFacts facts;
  facts.close = end.close;
  facts.text = end.close_text;
  facts.signing_error = end.signing_error;
  facts.was_logged_on = end.was_logged_on;
  facts.in_maintenance = in_scheduled_maintenance(system_clock().now());
  wall::Frame frame;
  if (end.answer.empty() || !wall::read_frame(end.answer, &frame)) return facts;
  facts.cause = end.was_logged_on ? wall::EndCause::logout_by_peer : wall::EndCause::logon_refused;
  facts.answer_type = frame.msg_type.text();
  facts.text = frame.field(kText).text();
  const int tag = facts.answer_type == "j" ? kBusinessRejectReason : kSessionRejectReason;
  std::int64_t code = 0;
  facts.code_given = !frame.field(tag).empty();
  if (frame.number(tag, &code)) facts.code = static_cast<int>(code);
  facts.clock_difference = sessions::clock_difference(end.answer, system_clock().now());
  return facts;
}

// Kept for the event log of the QuickFIX application, which does not exist yet.
struct Warnings final : LogSink {
  void log(LogLevel /*level*/, std::string_view /*component*/, std::string_view line) noexcept override { lines.emplace_back(line); }
  bool enabled(LogLevel level) const noexcept override { return level >= LogLevel::warning; }
  std::vector<std::string> lines;
};

}  // namespace

InitiatorPlan make_initiator_plan(const Settings& settings) {
  const SessionConfig config = parse(settings);
  Warnings warnings;
  const auto signer = sessions::load_signer(config, &warnings);
  if (!signer) throw std::runtime_error(signer.error().message);
  sessions::RawSessionOptions options = sessions::raw_options(config, sessions::ClientContext{});

  InitiatorPlan plan;
  plan.warnings = std::move(warnings.lines);
  plan.target.host = options.host;
  plan.target.port = options.port;
  plan.target.tls = options.tls;
  plan.target.timeouts = options.timeouts;
  plan.keep_sequence = options.plan.keep_sequence;
  plan.accepted_sender_comp_ids = options.plan.accepted_sender_comp_ids;
  plan.logon_fields = options.plan.logon_fields;
  plan.sign = [key = *signer](const wall::LogonSigning& what, std::string* base64, std::string* error) {
    auto signature =
        key->sign(fix_logon_payload(what.sending_time, what.msg_type, what.msg_seq_num, what.sender_comp_id, what.target_comp_id));
    if (!signature) {
      *error = signature.error().message;
      return false;
    }
    *base64 = *std::move(signature);
    return true;
  };
  const auto waits = std::make_shared<sessions::RetryWaits>(
      sessions::RetryOptions{options.backoff, options.already_exists_wait, options.busy_wait, options.refused_wait});
  plan.judge = [waits, target = options.plan.target_comp_id, keep = plan.keep_sequence](const EndOfTry& end,
                                                                                        const std::vector<std::string>& same_key) {
    sessions::EndFacts facts = facts_of(end);
    facts.target_comp_id = target;
    facts.keep_sequence = keep;
    facts.same_key_sessions = same_key;
    const sessions::EndVerdict verdict = sessions::judge_end(facts);
    NextTry next;
    next.retry = verdict.retry;
    next.reason = to_string(verdict.reason);
    next.text = verdict.text;
    next.wait = waits->next(verdict);
    next.tries = waits->tries();
    return next;
  };
  plan.held = [waits] { waits->held(); };
  plan.logon_holds = options.logon_holds;
  return plan;
}

}  // namespace marginfix::quickfix
