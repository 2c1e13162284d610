// Configuration: what a .cfg, the environment and code may say, and how what they may not is refused.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "marginfix/sessions/margin_fix_config.hpp"
#include "sessions/config/keys.hpp"

namespace marginfix {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

VariableLookup lookup(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
}

constexpr const char* kDefaults = "[DEFAULT]\nKalshiEnvironment=demo\nSenderCompID=key-1\nKalshiPrivateKeyPath=key.pem\n";

Result<MarginFixConfig> parse(const std::string& text, Variables variables = {}) {
  return MarginFixConfig::from_cfg_text(text, "my.cfg", lookup(std::move(variables)));
}
Result<MarginFixConfig> parse_session(const std::string& lines) { return parse(std::string(kDefaults) + "[SESSION]\n" + lines); }

// The message of the error, or "accepted".
std::string refusal(const std::string& text) {
  const auto config = parse(text);
  if (config) return "accepted";
  EXPECT_EQ(config.error().category, ErrorCategory::config);
  return config.error().message;
}
std::string session_refusal(const std::string& lines) { return refusal(std::string(kDefaults) + "[SESSION]\n" + lines); }
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Cfg, TheUsualQuickFixKeysGiveASession) {
  const auto config = parse_session(
      "ConnectionType=initiator\nBeginString=FIXT.1.1\nDefaultApplVerID=FIX.5.0SP2\nTargetCompID=KalshiRT\nHeartBtInt=15\nLogonTimeout=7\n"
      "LogoutTimeout=3\nReconnectInterval=20\nFileStorePath=store\nTimestampPrecision=6\nResendAgeLimit=-1\n"
      "CertificationAuthoritiesFile=ca.pem\nSSLServerName=fix.example\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->sessions.size(), 1U);
  const SessionConfig& s = config->sessions[0];
  EXPECT_EQ(s.name, "KalshiRT");
  EXPECT_EQ(s.target, TargetSession::RT);
  EXPECT_EQ(s.kind, SessionKind::order_entry);
  EXPECT_EQ(s.host, "margin-fix.demo.kalshi.co");
  EXPECT_EQ(s.port, 8230);
  EXPECT_EQ(s.credentials.key_id, "key-1");
  EXPECT_EQ(s.credentials.private_key_path, "key.pem");
  EXPECT_EQ(s.heart_bt_int, std::chrono::seconds{15});
  EXPECT_EQ(s.logon_timeout, std::chrono::seconds{7});
  EXPECT_EQ(s.logout_timeout, std::chrono::seconds{3});
  EXPECT_EQ(s.backoff.cap, std::chrono::seconds{20});
  EXPECT_EQ(s.store_folder, "store");
  EXPECT_EQ(s.timestamp_digits, 6);
  EXPECT_EQ(s.resend_age_limit, std::chrono::seconds{-1});
  EXPECT_EQ(s.tls.ca_file, "ca.pem");
  EXPECT_EQ(s.tls.server_name, "fix.example");
}

TEST(Cfg, EveryLogonOptionHasAKeyOfItsFieldName) {
  const auto config = parse_session(
      "TargetCompID=KalshiRT\nFileStorePath=s\nCancelOrdersOnDisconnect=Y\nReceiveSettlementReports=N\nMessageRetentionPeriod="
      "72\nUseDollars=Y\n"
      "EnableIocCancelReport=Y\nPreserveOriginalOrderQty=Y\nSkipPendingExecReports=N\nUseExpiredOrdStatus=Y\nAlwaysEmitNewBeforeTrade=Y\n");
  ASSERT_TRUE(config) << config.error().message;
  const LogonOptions& l = config->sessions[0].logon;
  EXPECT_EQ(l.cancel_orders_on_disconnect, true);
  EXPECT_EQ(l.receive_settlement_reports, false);
  EXPECT_EQ(l.message_retention_period, 72);
  EXPECT_EQ(l.use_dollars, true);
  EXPECT_EQ(l.enable_ioc_cancel_report, true);
  EXPECT_EQ(l.preserve_original_order_qty, true);
  EXPECT_EQ(l.skip_pending_exec_reports, false);
  EXPECT_EQ(l.use_expired_ord_status, true);
  EXPECT_EQ(l.always_emit_new_before_trade, true);
}

TEST(Cfg, TheSessionsOwnValueWinsOverTheDefault) {
  const auto config = parse_session("TargetCompID=KalshiNR\nSenderCompID=key-2\nKalshiEnvironment=production\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->sessions[0].credentials.key_id, "key-2");
  EXPECT_EQ(config->sessions[0].host, "margin-mm.fix.elections.kalshi.com");
  ASSERT_EQ(config->findings.size(), 1U);  // its private key is still the other API key's
  EXPECT_EQ(config->findings[0].line, 7);
}

TEST(Cfg, VariablesAreReplacedAndMustExist) {
  const std::string text =
      "[DEFAULT]\nKalshiEnvironment=demo\nSenderCompID=${KEY}\nKalshiPrivateKey=${PEM}\n[SESSION]\nTargetCompID=KalshiNR\n";
  const auto config = parse(text, {{"KEY", "abc"}, {"PEM", "-----BEGIN\nX\n-----END"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->sessions[0].credentials.key_id, "abc");
  EXPECT_EQ(config->sessions[0].credentials.private_key.reveal(), "-----BEGIN\nX\n-----END");
  EXPECT_TRUE(has(refusal(text), "KEY"));
}

TEST(Cfg, WrittenOutLineEndsOfAKeyBecomeLineEnds) {
  const auto config =
      parse("[DEFAULT]\nKalshiEnvironment=demo\nSenderCompID=k\nKalshiPrivateKey=A\\nB\n[SESSION]\nTargetCompID=KalshiNR\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->sessions[0].credentials.private_key.reveal(), "A\nB");
}

TEST(Cfg, AListenerIsItsOwnKindAndSkipsPendingReports) {
  const auto config = parse(std::string(kDefaults) +
                            "[SESSION]\nTargetCompID=KalshiNR\n[SESSION]\nTargetCompID=KalshiNR\nListenerSession=Y\nSenderCompID=key-2\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->sessions[1].kind, SessionKind::listener);
  EXPECT_EQ(config->sessions[1].name, "KalshiNR-listener");
  EXPECT_EQ(config->sessions[1].logon.skip_pending_exec_reports, true);
}

TEST(Cfg, AQualifierNamesTheSession) {
  const auto config = parse_session("TargetCompID=KalshiNR\nSessionQualifier=desk-b\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->sessions[0].name, "KalshiNR-desk-b");
}

TEST(Cfg, RateLimitsAndQueuesHoldForTheClient) {
  const auto config = parse(std::string(kDefaults) +
                            "RateLimitWriteCapacity=800\nRateLimitTier=basic\nRateLimitPolicy=fail_fast\nRateLimitCost="
                            "5\nRateLimitCancelCost=2\nRateLimitMaxWait=100\n"
                            "RateLimitMaxWaiting=7\nSendQueueCapacity=9\nSpinWait=Y\n[SESSION]\nTargetCompID=KalshiNR\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->rate_limit.write.capacity, 800);  // whatever the order in the file
  EXPECT_EQ(config->rate_limit.write.refill_per_second, 100);
  EXPECT_EQ(config->rate_limit.policy, RateLimitPolicy::fail_fast);
  EXPECT_EQ(config->rate_limit.cost, 5);
  EXPECT_EQ(config->rate_limit.cancel_cost, 2);
  EXPECT_EQ(config->rate_limit.max_wait, std::chrono::milliseconds{100});
  EXPECT_EQ(config->rate_limit.max_waiting, 7U);
  EXPECT_EQ(config->send_queue, 9U);
  EXPECT_TRUE(config->spin_wait);
  EXPECT_FALSE(parse(std::string(kDefaults) + "[SESSION]\nTargetCompID=KalshiNR\n")->spin_wait);
}

TEST(Cfg, FileLogPathLogsEveryMessage) {
  const auto config = parse(std::string(kDefaults) + "FileLogPath=log\n[SESSION]\nTargetCompID=KalshiNR\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->log.file, "log/marginfix.log");
  EXPECT_TRUE(config->log_messages);
  EXPECT_EQ(config->log.level, LogLevel::debug);
}

TEST(Cfg, FileLogPathWritesMessageFiles) {
  const auto files_of = [](const std::string& lines) {
    return parse(std::string(kDefaults) + lines + "[SESSION]\nTargetCompID=KalshiNR\n").value().message_log;
  };
  EXPECT_TRUE(files_of("").folder.empty());
  const MessageLogOptions plain = files_of("FileLogPath=log\n"), none;
  EXPECT_EQ(plain.folder, "log");
  EXPECT_EQ(plain.max_file_bytes, none.max_file_bytes);
  EXPECT_TRUE(files_of("FileLogPath=log\nFileLogMessages=N\n").folder.empty());
  EXPECT_TRUE(files_of("FileLogPath=log\nLogMessages=N\n").folder.empty()) << "no messages on the disk";
  EXPECT_EQ(files_of("FileLogPath=log\nLogMessages=N\nFileLogMessages=Y\n").folder, "log");
  const MessageLogOptions all =
      files_of("FileLogPath=log\nFileLogBackupPath=old\nFileLogMaxSize=7\nFileLogMaxFiles=3\nFileLogDaily=N\nFileLogHeartbeats=N\n");
  EXPECT_EQ(all.backup_folder, "old");
  EXPECT_EQ(all.max_file_bytes, 7'000'000U);
  EXPECT_EQ(all.max_files, 3U);
  EXPECT_FALSE(all.daily);
  EXPECT_FALSE(all.heartbeats);
  for (const char* line : {"FileLogMessages=Y", "FileLogBackupPath=old", "FileLogMaxSize=1", "FileLogDaily=N", "FileLogHeartbeats=Y"})
    EXPECT_TRUE(has(refusal(std::string(kDefaults) + line + "\n[SESSION]\nTargetCompID=KalshiNR\n"), "set FileLogPath")) << line;
}

TEST(Cfg, KeysWithoutEffectAreAcceptedAndSaid) {
  const auto config =
      parse(std::string(kDefaults) +
            "StartTime=00:00:00\nEndTime=00:00:00\nNonStopSession=Y\nAppDataDictionary=FIX50SP2-margin.xml\nUseDataDictionary=Y\n"
            "[SESSION]\nTargetCompID=KalshiNR\n[SESSION]\nTargetCompID=KalshiMD\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->findings.size(), 4U);
  EXPECT_EQ(config->findings[0].file, "my.cfg");
  EXPECT_GT(config->findings[0].line, 0);
  EXPECT_TRUE(has(config->findings[0].text, "has no effect"));
}

TEST(Cfg, KalshiRtWithoutAStoreIsAFinding) {
  const auto config = parse_session("TargetCompID=KalshiRT\n");
  ASSERT_TRUE(config);
  ASSERT_EQ(config->findings.size(), 1U);
  EXPECT_EQ(config->findings[0].key, "FileStorePath");
}

TEST(Cfg, ResetSeqNumFlagOnKalshiRtResetsOnceAndSaysSo) {
  const auto config = parse_session("TargetCompID=KalshiRT\nFileStorePath=s\nResetSeqNumFlag=Y\n");
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->sessions[0].reset_sequence_once);
  EXPECT_EQ(config->findings.size(), 1U);
}

// ---- refusals: file, line, how to fix it ----
TEST(CfgRefusal, AnUnknownKeyNamesTheNearestOne) {
  const std::string text = session_refusal("TargetCompID=KalshiNR\nCancelOrdersOnDisconect=Y\n");
  EXPECT_TRUE(has(text, "my.cfg:7")) << text;
  EXPECT_TRUE(has(text, "did you mean CancelOrdersOnDisconnect?")) << text;
  EXPECT_TRUE(has(session_refusal("TargetCompID=KalshiNR\nQwertzuiop=Y\n"), "docs/configuration.md"));
}

struct Case {
  const char* lines;
  const char* line;  // of the key to blame
  const char* says;
};

TEST(CfgRefusal, ContradictionsNameFileLineAndMend) {
  const Case cases[] = {
      {"TargetCompID=KalshiNR\nListenerSession=Y\nCancelOrdersOnDisconnect=Y\n", "my.cfg:8", "forbids CancelOrdersOnDisconnect=Y"},
      {"TargetCompID=KalshiNR\nListenerSession=Y\nSkipPendingExecReports=N\n", "my.cfg:8", "needs SkipPendingExecReports=Y"},
      {"TargetCompID=KalshiNR\nResetSeqNumFlag=N\n", "my.cfg:7", "141=Y"},
      {"TargetCompID=KalshiNR\nResetOnLogon=N\n", "my.cfg:7", "141=Y"},
      {"TargetCompID=KalshiDC\nResetSeqNumFlag=N\n", "my.cfg:7", "141=Y"},
      {"TargetCompID=KalshiMD\nResetOnLogon=N\n", "my.cfg:7", "141=Y"},
      {"TargetCompID=KalshiRT\nResetOnLogon=Y\n", "my.cfg:7", "ResetSeqNumFlag=Y resets once"},
      {"TargetCompID=KalshiRT\nResetOnDisconnect=Y\n", "my.cfg:7", "take it out"},
      {"TargetCompID=KalshiRT\nPersistMessages=N\n", "my.cfg:7", "take it out"},
      {"TargetCompID=KalshiNR\nMessageRetentionPeriod=24\n", "my.cfg:7", "it is for KalshiRT"},
      {"TargetCompID=KalshiRT\nMessageRetentionPeriod=73\n", "my.cfg:7", "1 to 72"},
      {"TargetCompID=KalshiRT\nMessageRetentionPeriod=0\n", "my.cfg:7", "1 to 72"},
      {"TargetCompID=KalshiNR\nHeartBtInt=2\n", "my.cfg:7", "3 to 3600"},
      {"TargetCompID=KalshiNR\nHeartBtInt=abc\n", "my.cfg:7", "whole number"},
      {"TargetCompID=KalshiNR\nUseDollars=N\n", "my.cfg:7", "dollars only"},
      {"TargetCompID=KalshiNR\nSocketUseSSL=N\n", "my.cfg:7", "loopback"},
      {"TargetCompID=KalshiNR\nSenderSubID=op\n", "my.cfg:7", "rejects SenderSubID(50) on a Logon"},
      {"TargetCompID=KalshiNR\nConnectionType=acceptor\n", "my.cfg:7", "initiator"},
      {"TargetCompID=KalshiNR\nBeginString=FIX.4.4\n", "my.cfg:7", "FIXT.1.1"},
      {"TargetCompID=KalshiNR\nDefaultApplVerID=FIX.4.4\n", "my.cfg:7", "FIX.5.0SP2"},
      {"TargetCompID=KalshiXX\n", "my.cfg:6", "KalshiNR, KalshiRT, KalshiDC or KalshiMD"},
      {"TargetCompID=KalshiNR\nKalshiEnvironment=prod\n", "my.cfg:7", "demo or production"},
      {"TargetCompID=KalshiNR\nSocketConnectHost=https://x\n", "my.cfg:7", "bare name"},
      {"TargetCompID=KalshiNR\nSocketConnectPort=0\n", "my.cfg:7", "1 to 65535"},
      {"TargetCompID=KalshiNR\nSocketConnectHost1=backup\n", "my.cfg:7", "one host"},
      {"TargetCompID=KalshiNR\nCertificateVerifyLevel=0\n", "my.cfg:7", "verification"},
      {"TargetCompID=KalshiNR\nMySQLStoreHost=db\n", "my.cfg:7", "make_store"},
      {"TargetCompID=KalshiNR\nCancelOrdersOnDisconnect=yes\n", "my.cfg:7", "Y or N"},
      {"TargetCompID=KalshiDC\nCancelOrdersOnDisconnect=Y\n", "my.cfg:7", "KalshiNR, KalshiRT"},
      {"TargetCompID=KalshiMD\nListenerSession=Y\n", "my.cfg:7", "KalshiNR, KalshiRT"},
      {"TargetCompID=KalshiNR\nRateLimitTier=basic\n", "my.cfg:7", "[DEFAULT]"},
      {"TargetCompID=KalshiNR\nKalshiPrivateKey=PEM\n", "my.cfg:7", "keep one"},
      {"TargetCompID=KalshiNR\nNonStopSession=N\n", "my.cfg:7", "take the line out"},
      {"TargetCompID=KalshiNR\nSendNextExpectedMsgSeqNum=Y\n", "my.cfg:7", "take the line out"},
      {"TargetCompID=KalshiNR\nCertificationAuthoritiesFile=a\nSSLCertificateAuthoritiesFile=b\n", "my.cfg:8", "same key"},
      {"KalshiEnvironment=demo\n", "my.cfg:5", "TargetCompID"},
  };
  for (const Case& c : cases) {
    const std::string text = session_refusal(c.lines);
    EXPECT_TRUE(has(text, std::string(c.line) + ":")) << c.lines << " -> " << text;
    EXPECT_TRUE(has(text, c.says)) << c.lines << " -> " << text;
  }
}

TEST(CfgRefusal, OneKeyTwiceOnOneTarget) {
  const std::string text =
      refusal(std::string(kDefaults) + "[SESSION]\nTargetCompID=KalshiNR\n[SESSION]\nTargetCompID=KalshiNR\nListenerSession=Y\n");
  EXPECT_TRUE(has(text, "a listener beside order entry needs a key of its own")) << text;
  EXPECT_TRUE(has(text, "my.cfg:")) << text;
  EXPECT_TRUE(has(text, "line 5")) << text;
}

TEST(CfgRefusal, TheSameKeyOnTwoTargetsIsFine) {
  EXPECT_EQ(refusal(std::string(kDefaults) + "[SESSION]\nTargetCompID=KalshiNR\n[SESSION]\nTargetCompID=KalshiDC\n"), "accepted");
}

TEST(CfgRefusal, AKeyTwiceInASection) {
  EXPECT_TRUE(has(session_refusal("TargetCompID=KalshiNR\nHeartBtInt=30\nHeartBtInt=31\n"), "my.cfg:8"));
}

TEST(CfgRefusal, ADefaultThatMeansNothingToAnySession) {
  const std::string text = refusal(std::string(kDefaults) + "MessageRetentionPeriod=24\n[SESSION]\nTargetCompID=KalshiNR\n");
  EXPECT_TRUE(has(text, "my.cfg:5")) << text;
  EXPECT_TRUE(has(text, "KalshiRT")) << text;
}

TEST(CfgRefusal, CancelOnDisconnectOfTheDefaultsDoesNotFitAListener) {
  const std::string text =
      refusal(std::string(kDefaults) + "CancelOrdersOnDisconnect=Y\n[SESSION]\nTargetCompID=KalshiNR\nListenerSession=Y\n");
  EXPECT_TRUE(has(text, "my.cfg:5")) << text;
}

TEST(CfgRefusal, MissingThingsAreNamed) {
  EXPECT_TRUE(has(refusal("[DEFAULT]\nKalshiEnvironment=demo\n"), "no [SESSION]"));
  EXPECT_TRUE(
      has(refusal("[SESSION]\nKalshiEnvironment=demo\nTargetCompID=KalshiNR\nKalshiPrivateKeyPath=k\n"), "SenderCompID is missing"));
  EXPECT_TRUE(
      has(refusal("[SESSION]\nKalshiEnvironment=demo\nTargetCompID=KalshiNR\nSenderCompID=k\n"), "KalshiPrivateKeyPath is missing"));
  EXPECT_TRUE(has(refusal("[SESSION]\nTargetCompID=KalshiNR\nSenderCompID=k\nKalshiPrivateKeyPath=k\n"), "SocketConnectHost is missing"));
}

TEST(CfgRefusal, ASecretIsNeverShown) {
  const auto config =
      parse(std::string(kDefaults) + "[SESSION]\nTargetCompID=KalshiNR\nKalshiPrivateKey=${PEM}\n", {{"PEM", "very-secret"}});
  ASSERT_FALSE(config);
  EXPECT_FALSE(has(to_string(config.error()), "very-secret"));
}

TEST(Cfg, AFileThatIsNotThereIsNamed) {
  const auto config = MarginFixConfig::from_cfg_file("no/such.cfg", lookup({}));
  ASSERT_FALSE(config);
  EXPECT_TRUE(has(config.error().message, "no/such.cfg"));
}

// ---- every finding of a file in one run ----
TEST(CfgRefusal, EveryMistakeOfAFileIsToldAtOnceInTheOrderOfItsLines) {
  const std::string text = refusal(
      "[DEFAULT]\nKalshiEnvironment=demo\nSocketUseSSL=yes\nSocketKeyStore=a.jks\nSocketKeyStorePassword=s3cret\n"
      "[SESSION] # order entry\nTargetCompID=KalshiNR\nHeartBtInt=0\nCancelOrdersOnDisconect=Y\n[SESSION]\nTargetCompID=KalshiXX\n"
      "LogonTimeout=x\n");
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 8U) << text;
  const char* const expected[] = {"my.cfg:3: SocketUseSSL=yes: must be Y or N",
                                  "my.cfg:4: SocketKeyStore=a.jks: is refused: a Java key store",
                                  "my.cfg:5: SocketKeyStorePassword: is refused",
                                  "my.cfg:6: nothing may follow ']'",
                                  "my.cfg:8: HeartBtInt=0",
                                  "did you mean CancelOrdersOnDisconnect?",
                                  "my.cfg:11: TargetCompID=KalshiXX",
                                  "my.cfg:12: LogonTimeout=x"};
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(has(lines[i], expected[i])) << lines[i];
  EXPECT_FALSE(has(text, "s3cret"));
}

TEST(CfgRefusal, WhatFollowsFromAnotherMistakeIsNotTold) {
  EXPECT_EQ(refusal(std::string(kDefaults) + "[SESSION]\nTargetCompID=${NONE}\nHeartBtInt=10\n"),
            "my.cfg:6: environment variable NONE for TargetCompID is not set: export it or write the value here");
}

TEST(CfgRefusal, ContradictionsOfAllSessionsAreTold) {
  const std::string text = refusal(std::string(kDefaults) +
                                   "[SESSION]\nTargetCompID=KalshiNR\nResetOnLogon=N\n[SESSION]\nTargetCompID=KalshiDC\n"
                                   "SocketUseSSL=N\n");
  EXPECT_TRUE(has(text, "my.cfg:7: ResetOnLogon=N") && has(text, "my.cfg:10: SocketUseSSL=N")) << text;
}

// ---- files of the sister engines ----
TEST(CfgSisters, KeysOfQuickFixJAndQuickFixGoAreTakenOrExplained) {
  struct Sister {
    const char* line;
    const char* says;  // null: accepted, with a finding or as a value that is ours anyway
  };
  const Sister cases[] = {{"SocketKeyStore=a.jks", "Java key store"},
                          {"SocketTrustStorePassword=x", "CertificationAuthoritiesFile"},
                          {"KeyStoreType=JKS", "Java key store"},
                          {"SocketInsecureSkipVerify=Y", "cannot be Y"},
                          {"SocketInsecureSkipVerify=N", nullptr},
                          {"SocketCAFile=ca.pem", "write CertificationAuthoritiesFile"},
                          {"SocketServerName=h", "write SSLServerName"},
                          {"SocketPrivateKeyFile=k.pem", "KalshiPrivateKeyPath"},
                          {"SocketUseSSL=Y", nullptr},
                          {"UseSSL=Y", "write SocketUseSSL"},
                          {"UseSNI=Y", nullptr},
                          {"EndpointIdentificationAlgorithm=HTTPS", nullptr},
                          {"EnabledProtocols=TLSv1.2", nullptr},
                          {"Weekdays=Mon,Tue", nullptr},
                          {"TimeZone=America/New_York", nullptr},
                          {"TimeStampPrecision=MICROS", nullptr},
                          {"TimeStampPrecision=NANOS", "at most 6 fraction digits"},
                          {"ValidateIncomingMessage=N", nullptr},
                          {"RejectInvalidMessage=N", nullptr},
                          {"SocketTcpNoDelay=Y", nullptr},
                          {"SQLStoreDriver=mysql", "FileStorePath"},
                          {"SLF4JLogHeartbeats=N", "FileLogPath"},
                          {"ProxyHost=p", "tunnel"},
                          {"DynamicSession=Y", "[SESSION] of its own"}};
  for (const Sister& c : cases) {
    const std::string text = session_refusal(std::string("TargetCompID=KalshiNR\n") + c.line + "\n");
    EXPECT_EQ(text == "accepted", c.says == nullptr) << c.line << ": " << text;
    EXPECT_TRUE(c.says == nullptr || has(text, c.says)) << text;
  }
}

TEST(CfgLog, WhatAFileSaysOfTheLogIsRemembered) {
  const auto log_of = [](const std::string& lines) { return parse(kDefaults + lines + "[SESSION]\nTargetCompID=KalshiNR\n"); };
  EXPECT_FALSE(log_of("")->log_stated);
  for (const char* line : {"FileLogPath=logs\n", "LogLevel=warning\n", "LogMessages=N\n"}) EXPECT_TRUE(log_of(line)->log_stated) << line;
  EXPECT_EQ(log_of("LogMessages=Y\n")->log.level, LogLevel::debug) << "messages are logged at that level";
  EXPECT_EQ(log_of("LogMessages=Y\nLogLevel=trace\n")->log.level, LogLevel::trace);
  const auto both = log_of("LogLevel=info\nLogMessages=Y\n");
  ASSERT_FALSE(both);
  EXPECT_TRUE(has(both.error().message, "LogLevel=info contradict")) << both.error().message;
}

// ---- the table itself ----
TEST(KeyTable, EveryKeyStandsOnceAndIsNotRefusedToo) {
  std::map<std::string, int> seen;
  for (const auto& key : sessions::config::keys()) {
    EXPECT_EQ(seen[std::string(key.key)]++, 0) << key.key;
    for (const auto& refused : sessions::config::refused_keys()) EXPECT_NE(key.key, refused.pattern);
    const bool without_effect = key.group == sessions::config::Group::quickfix && key.apply == nullptr;
    EXPECT_TRUE(!without_effect || key.meaning.starts_with("has no effect")) << key.key;
  }
}

TEST(KeyTable, TheCommittedReferenceIsTheTables) {
  std::ifstream in(MARGINFIX_SOURCE_DIR "/docs/configuration.md");
  ASSERT_TRUE(in) << "docs/configuration.md is missing: ninja write_configuration_reference && ./write_configuration_reference > it";
  std::ostringstream text;
  text << in.rdbuf();
  const std::string reference = configuration_reference();
  // What follows is about REST, Klear and WebSocket; their tests look for their variables there.
  EXPECT_EQ(text.str().substr(0, reference.size()), reference) << "write it anew with the program write_configuration_reference";
}

// ---- environment ----
Variables basic() { return {{"KALSHI_PERPS_KEY_ID", "main"}, {"KALSHI_PERPS_PRIVATE_KEY_PATH", "main.pem"}}; }

TEST(FromEnv, OneKeyGivesOrderEntryDropCopyAndMarketDataOnDemo) {
  const auto config = MarginFixConfig::from_env(lookup(basic()));
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->sessions.size(), 3U);
  EXPECT_EQ(config->sessions[0].name, "KalshiNR");
  EXPECT_EQ(config->sessions[1].name, "KalshiDC");
  EXPECT_EQ(config->sessions[2].name, "KalshiMD");
  EXPECT_EQ(config->sessions[2].host, "margin-marketdata.fix.demo.kalshi.co");
  for (const auto& session : config->sessions) EXPECT_EQ(session.credentials.key_id, "main");
}

TEST(FromEnv, TheDemoFlagChoosesToo) {
  auto variables = basic();
  variables["KALSHI_PERPS_DEMO"] = "false";
  EXPECT_EQ(MarginFixConfig::from_env(lookup(variables))->environment, Environment::production);
  variables["KALSHI_PERPS_ENVIRONMENT"] = "demo";
  EXPECT_TRUE(has(MarginFixConfig::from_env(lookup(variables)).error().message, "contradict"));
}

TEST(FromEnv, KeysOfTheirOwnAreUsed) {
  auto variables = basic();
  variables["KALSHI_PERPS_ENVIRONMENT"] = "production";
  variables["KALSHI_PERPS_LISTENER_KEY_ID"] = "ears";
  variables["KALSHI_PERPS_LISTENER_PRIVATE_KEY"] = "PEM";
  variables["KALSHI_PERPS_DROPCOPY_KEY_ID"] = "copy";
  variables["KALSHI_PERPS_DROPCOPY_PRIVATE_KEY_PATH"] = "copy.pem";
  variables["KALSHI_PERPS_STORE_PATH"] = "store";
  const auto config = MarginFixConfig::from_env(lookup(variables));
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_NE(config->find("KalshiNR-listener"), nullptr);
  EXPECT_EQ(config->find("KalshiNR-listener")->credentials.key_id, "ears");
  EXPECT_EQ(config->find("KalshiDC")->credentials.private_key_path, "copy.pem");
  ASSERT_NE(config->find("KalshiRT"), nullptr);
  EXPECT_EQ(config->find("KalshiRT")->store_folder, "store");
  EXPECT_EQ(config->find("KalshiRT")->host, "margin-mm.fix.elections.kalshi.com");
}

TEST(FromEnv, SessionsAreChosen) {
  auto variables = basic();
  variables["KALSHI_PERPS_SESSIONS"] = "md, nr";
  const auto config = MarginFixConfig::from_env(lookup(variables));
  ASSERT_TRUE(config);
  EXPECT_EQ(config->sessions.size(), 2U);
}

TEST(FromEnv, WhatIsMissingOrWrongIsNamed) {
  const auto message = [](const Variables& variables) { return MarginFixConfig::from_env(lookup(variables)).error().message; };
  EXPECT_TRUE(has(message({}), "KALSHI_PERPS_KEY_ID"));
  EXPECT_TRUE(has(message({{"KALSHI_PERPS_KEY_ID", "k"}}), "KALSHI_PERPS_PRIVATE_KEY_PATH"));
  auto variables = basic();
  variables["KALSHI_PERPS_ENVIRONMENT"] = "prod";
  EXPECT_TRUE(has(message(variables), "demo or production"));
  variables = basic();
  variables["KALSHI_PERPS_SESSIONS"] = "XX";
  EXPECT_TRUE(has(message(variables), "'XX'"));
  variables = basic();
  variables["KALSHI_PERPS_PRIVATE_KEY"] = "PEM";
  EXPECT_TRUE(has(message(variables), "keep one"));
  variables = basic();
  variables["KALSHI_PERPS_SESSIONS"] = "LISTENER";
  EXPECT_TRUE(has(message(variables), "KALSHI_PERPS_LISTENER_KEY_ID"));
  variables = basic();
  variables["KALSHI_PERPS_LISTENER_KEY_ID"] = "main";
  variables["KALSHI_PERPS_LISTENER_PRIVATE_KEY_PATH"] = "main.pem";
  EXPECT_TRUE(has(message(variables), "a key of its own"));
}

// ---- code ----
TEST(FromCode, ContradictionsAreFoundWithoutAFile) {
  MarginFixConfig config;
  config.environment = Environment::demo;
  SessionCredentials credentials;
  credentials.key_id = "k";
  credentials.private_key_path = "k.pem";
  config.add(SessionKind::order_entry, TargetSession::NR, credentials);
  EXPECT_TRUE(config.validate());
  config.sessions[0].heart_bt_int = std::chrono::seconds{1};
  EXPECT_TRUE(has(config.validate().error().message, "HeartBtInt"));
  config.sessions[0].heart_bt_int = std::chrono::seconds{30};
  config.sessions[0].logon.message_retention_period = 24;
  EXPECT_TRUE(has(config.validate().error().message, "MessageRetentionPeriod"));
  config.sessions[0].logon.message_retention_period.reset();
  config.sessions[0].kind = SessionKind::market_data;
  EXPECT_FALSE(config.validate());
  config.sessions.clear();
  EXPECT_FALSE(config.validate());
}

TEST(FromCode, SelectKeepsWhatIsNamed) {
  auto config = MarginFixConfig::from_env(lookup(basic())).value();
  EXPECT_TRUE(has(config.select({"KalshiXX"}).error().message, "KalshiNR, KalshiDC, KalshiMD"));
  ASSERT_TRUE(config.select({"KalshiMD"}));
  ASSERT_EQ(config.sessions.size(), 1U);
  EXPECT_EQ(config.sessions[0].name, "KalshiMD");
}

TEST(RateLimitTier, BucketsAreTheExchanges) {
  EXPECT_EQ(rate_limit_tier("premier")->write.capacity, 3600) << "three seconds' worth";
  EXPECT_EQ(rate_limit_tier("premier")->read.capacity, 1200) << "one second's";
  EXPECT_EQ(rate_limit_tier("PRESTIGE")->write.refill_per_second, 9600);
  EXPECT_EQ(rate_limit_tier("prestige")->read.refill_per_second, 12000);
  EXPECT_EQ(rate_limit_tier("basic")->read.capacity, 200);
  EXPECT_EQ(rate_limit_tier("basic")->write.capacity, 100) << "Basic holds one second of writes";
  EXPECT_EQ(RateLimitOptions{}.write.capacity, rate_limit_tier("premier")->write.capacity);
  EXPECT_EQ(RateLimitOptions{}.read.capacity, rate_limit_tier("premier")->read.capacity);
  EXPECT_TRUE(rate_limit_tier("unlimited")->write.unlimited());
  EXPECT_FALSE(rate_limit_tier("gold"));
}

}  // namespace
}  // namespace marginfix
