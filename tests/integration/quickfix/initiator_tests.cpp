// marginfix::quickfix::Initiator in a QuickFIX program, against our acceptor over TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "integration/quickfix/quickfix_user.hpp"
#include "integration/transport/harness.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"

namespace marginfix::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace asio = boost::asio;

std::string field_of(const std::string& pipe_message, int tag) {
  const std::string key = "|" + std::to_string(tag) + "=";
  const auto at = pipe_message.find(key);
  return at == std::string::npos ? "" : pipe_message.substr(at + key.size(), pipe_message.find('|', at + 1) - at - key.size());
}

class QuickfixInitiator : public ::testing::Test {
 protected:
  QuickfixInitiator() {
    std::ofstream(key_file()) << pem();
    exchange_.decide = [this](const AcceptorDoor&, const LogonRequest& request) -> LogonDecision {
      const auto text = fix_logon_payload(request.sending_time, "A", request.msg_seq_num, request.sender_comp_id, request.target_comp_id);
      if (!signer_.verify(text, request.frame->field(96))) return {LogonDecision::Kind::reject, "Signature problem", 8, 96};
      return refusal_.empty() ? LogonDecision{} : LogonDecision{LogonDecision::Kind::logout, refusal_, 0, 0};
    };
    exchange_.answer = [](AcceptorSession& session, const AcceptorMessage& message) {
      (void)session.send("8", body("11=" + field_of(piped(message.raw), 11) + "|37=o|"));
    };
  }

  std::string key_file() const { return folder_.path("key.pem"); }
  // The ConfigError's text.
  static std::string refused(const std::string& text) {
    try {
      QuickfixUser::make(text);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "accepted";
  }
  std::uint16_t open(const std::string& comp_id, bool keep, const LeafOptions& leaf = {}) {
    AcceptorDoor door;
    door.comp_id = comp_id;
    door.sequence = keep ? SequencePolicy::reset_on_request : SequencePolicy::reset_each_logon;
    door.retransmission = keep;
    const LeafFiles files = authority_.issue("leaf", leaf);
    door.certificate_file = files.certificate;
    door.private_key_file = files.private_key;
    return exchange_.acceptor->open(door).value();
  }
  std::string cfg(const std::string& target, std::uint16_t port, const std::string& more = "") const {
    return "[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nReconnectBase=20\nUseDataDictionary=N\nHeartBtInt=30\n"
           "KalshiPrivateKeyPath=" +
           key_file() + "\nCertificationAuthoritiesFile=" + authority_.ca_file() + "\n" + more +
           "[SESSION]\nBeginString=FIXT.1.1\nSenderCompID=" + key_ + "\nTargetCompID=" + target +
           "\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" + std::to_string(port) + "\n";
  }

  TempFolder folder_;
  // Made once a process: a key takes its time.
  static const std::string& pem() {
    static const std::string text = make_rsa_private_pem();
    return text;
  }
  Signer signer_{Signer::from_pem(SecretString(pem())).value()};
  CertificateAuthority authority_{folder_.path(), "quickfix test root"};
  std::string key_{fresh_key("quickfix-user")};
  std::string refusal_;
  asio::io_context io_;
  Exchange exchange_{io_};
};

TEST_F(QuickfixInitiator, LogsOnSignedOverTlsWithOptionsAndCarriesOrders) {
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false), "CancelOrdersOnDisconnect=Y\nSkipPendingExecReports=Y\n"));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->logged_on(); }));
  const std::string logon = exchange_.logon_requests.at(0);
  EXPECT_EQ(field_of(logon, 141), "Y");
  EXPECT_EQ(field_of(logon, 34), "1");
  EXPECT_EQ(field_of(logon, 8013), "Y");
  EXPECT_EQ(field_of(logon, 21011), "Y");
  EXPECT_EQ(field_of(logon, 1137), "9");
  EXPECT_TRUE(user->heard("TLSv1.3"));
  EXPECT_TRUE(user->send_order("a"));
  EXPECT_TRUE(user->send_order("b"));
  ASSERT_TRUE(run_until(io_, [&] { return user->reports().size() == 2; }));
  EXPECT_EQ(user->reports(), (std::vector<std::string>{"a", "b"}));
}

TEST_F(QuickfixInitiator, ReconnectsAndKeepsItsNumbersOnKalshiRT) {
  const auto user = QuickfixUser::make(cfg("KalshiRT", open("KalshiRT", true)));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->logged_on(); }));
  ASSERT_TRUE(user->send_order("a"));
  ASSERT_TRUE(run_until(io_, [&] { return user->reports().size() == 1; }));
  exchange_.latest->drop();
  ASSERT_TRUE(run_until(io_, [&] { return user->logons() == 2; }));
  EXPECT_EQ(field_of(exchange_.logon_requests.at(0), 141), "");
  EXPECT_EQ(field_of(exchange_.logon_requests.at(1), 34), "3");
  ASSERT_TRUE(user->send_order("b"));
  ASSERT_TRUE(run_until(io_, [&] { return user->reports().size() == 2; }));
}

// QuickFIX rewrites MsgSeqNum(34) after toAdmin() then: the signature has to be about the number that leaves.
TEST_F(QuickfixInitiator, SignatureHoldsWhenTheApplicationAsksForAReset) {
  const auto user = QuickfixUser::make(cfg("KalshiRT", open("KalshiRT", true)));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->logged_on(); }));
  ASSERT_TRUE(user->send_order("a"));
  ASSERT_TRUE(run_until(io_, [&] { return user->reports().size() == 1; }));
  user->reset_in_to_admin();
  exchange_.latest->drop();
  ASSERT_TRUE(run_until(io_, [&] { return user->logons() == 2; }));
  EXPECT_EQ(field_of(exchange_.logon_requests.at(1), 141), "Y");
  EXPECT_EQ(field_of(exchange_.logon_requests.at(1), 34), "1");
}

TEST_F(QuickfixInitiator, StopLogsOut) {
  auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false)));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->logged_on(); }));
  std::atomic<bool> stopped{false};
  std::thread stopper([&] {
    user->stop();
    stopped = true;
  });
  EXPECT_TRUE(run_until(io_, [&] { return stopped.load(); }));
  stopper.join();
  EXPECT_EQ(user->logouts(), 1);
  EXPECT_TRUE(user->heard("Disconnected: "));
  EXPECT_FALSE(user->heard("next try")) << "there is none behind stop()";
  ASSERT_TRUE(run_until(io_, [&] { return !exchange_.logout_reasons.empty(); }));
  user->start();
  EXPECT_TRUE(run_until(io_, [&] { return user->logons() == 2; })) << "starts again";
}

TEST_F(QuickfixInitiator, PollingInsteadOfAThreadWorksToo) {
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false)));
  ASSERT_TRUE(run_until(io_, [&] {
    user->poll();
    return user->logged_on();
  }));
  ASSERT_TRUE(user->send_order("a"));
  EXPECT_TRUE(run_until(io_, [&] {
    user->poll();
    return user->reports().size() == 1;
  }));
}

// FIX::Session would time heartbeats by the wall clock: it is told an interval that never passes, the exchange is told the real one.
TEST_F(QuickfixInitiator, KeepsItsOwnTime) {
  std::string text = cfg("KalshiNR", open("KalshiNR", false));
  text.replace(text.find("HeartBtInt=30"), 13, "HeartBtInt=3");
  const auto user = QuickfixUser::make(text);
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->logged_on(); }));
  EXPECT_EQ(field_of(exchange_.logon_requests.at(0), 108), "3");
  exchange_.latest->faults().set_silent(true);
  ASSERT_TRUE(run_until(
      io_, [&] { return user->heard("nothing heard for more than two heartbeat intervals"); }, std::chrono::seconds(30)));
  EXPECT_TRUE(run_until(io_, [&] { return user->logons() == 2; }));
}

TEST_F(QuickfixInitiator, CertificateForAnotherNameIsRefused) {
  LeafOptions leaf;
  leaf.names = {"DNS:somebody.else"};
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false, leaf)));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->heard("Disconnected: "); }));
  EXPECT_TRUE(user->heard("127.0.0.1"));
  EXPECT_EQ(user->logons(), 0);
  EXPECT_TRUE(exchange_.logon_requests.empty()) << "no Logon, no signature to a stranger";
}

TEST_F(QuickfixInitiator, AKeyFileThatOthersCanReadIsUsedWithAWarningInTheEventLog) {
  using std::filesystem::perms;
  const std::string warning = "private key file '" + key_file() + "' can be read by other users: run 'chmod 600 " + key_file() + "'";
  const std::uint16_t port = open("KalshiNR", false);
  std::filesystem::permissions(key_file(), perms::owner_read | perms::owner_write);
  {
    const auto careful = QuickfixUser::make(cfg("KalshiNR", port));
    careful->poll();
    ASSERT_TRUE(careful->heard("Connecting to "));
    EXPECT_FALSE(careful->heard("can be read by other users"));
  }
  std::filesystem::permissions(key_file(), perms::owner_read | perms::owner_write | perms::group_read);
  const auto user = QuickfixUser::make(cfg("KalshiNR", port));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->logged_on(); }));
  EXPECT_TRUE(user->heard(warning));
}

TEST_F(QuickfixInitiator, AlreadyExistsIsWaitedOut) {
  refusal_ = "already exists";
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false), "AlreadyExistsWait=600\n"));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->heard("next try in 600000 ms"); }));
  EXPECT_EQ(exchange_.logon_requests.size(), 1u);
}

TEST_F(QuickfixInitiator, AFinallyRefusedLogonEndsTheTriesAndTheLogsSayWhy) {
  std::ofstream(key_file()) << make_rsa_private_pem();  // of another key
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false)));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->heard("not tried again"); }));
  EXPECT_TRUE(user->heard("signature_refused"));
  EXPECT_TRUE(user->heard("'Signature problem' (Reject(3), SessionRejectReason(373)=8)"));
  EXPECT_TRUE(user->heard("do not belong together"));
  EXPECT_TRUE(user->session_heard("do not belong together")) << "in the session's own event log too";
  // ReconnectInterval=1: a second try would have come within a second and a bit.
  boost::asio::steady_timer timer(io_, std::chrono::milliseconds(1500));
  bool over = false;
  timer.async_wait([&](const boost::system::error_code&) { over = true; });
  ASSERT_TRUE(run_until(io_, [&] { return over; }));
  EXPECT_EQ(exchange_.logon_requests.size(), 1u);
  // The operator has put the right key there and starts again.
  user->stop();
  refusal_ = "API usage level is not allowed for FIX";
  user->start();
  EXPECT_TRUE(run_until(io_, [&] { return exchange_.logon_requests.size() == 2; }));
}

TEST_F(QuickfixInitiator, BusyAndUnknownRefusalsAreTriedAgainWithTheExchangesWordsInTheLog) {
  refusal_ = "FIX logon service busy; retry with backoff";
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false), "BusyWait=1\n"));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->heard("busy: the exchange cannot take a Logon(A) just now: '" + refusal_ + "'"); }));
  refusal_ = "out of paper";
  ASSERT_TRUE(run_until(io_, [&] { return user->heard("logon_refused: the exchange refused the Logon(A) 'out of paper'"); }));
  refusal_.clear();
  EXPECT_TRUE(run_until(io_, [&] { return user->logged_on(); }));
}

TEST_F(QuickfixInitiator, ALogonThatIsDroppedAtOnceDoesNotMakeTheWaitsStartAnew) {
  exchange_.logged_on = [](AcceptorSession& session) { session.drop(); };
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false)));
  user->start();
  EXPECT_TRUE(run_until(io_, [&] { return user->heard("(try 4)"); }));
}

TEST_F(QuickfixInitiator, ABusinessRejectInPlaceOfTheLogonReachesApplicationAndLog) {
  ScriptedPeer peer(io_);
  const auto user = QuickfixUser::make(cfg("KalshiNR", peer.port(), "SocketUseSSL=N\n"));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return peer.saw("A"); }));
  peer.send("35=j|34=1|49=KalshiNR|52=20261122-18:00:00.000|56=" + key_ + "|45=1|372=A|380=6|58=account not approved for margin FIX|");
  ASSERT_TRUE(run_until(io_, [&] { return user->heard("not tried again"); }));
  EXPECT_TRUE(user->heard("'account not approved for margin FIX' (BusinessMessageReject(j), BusinessRejectReason(380)=6)"));
  EXPECT_EQ(user->business_rejects(), std::vector<std::string>{"account not approved for margin FIX"});
}

// config/quickfix.cfg as it is, but for the places of its files.
TEST_F(QuickfixInitiator, TheShippedConfigurationIsCompleteForQuickfixAndForUs) {
  std::filesystem::create_directories(folder_.path("keys"));
  std::ofstream(folder_.path("keys/alice.pem")) << pem();
  std::filesystem::copy_file(authority_.ca_file(), folder_.path("ca.pem"));
  ::setenv("MARGINFIX_SIM_DIR", folder_.path().c_str(), 1);
  ::setenv("MARGINFIX_SIM_KEY_ID", key_.c_str(), 1);
  std::string text = TempFolder::read(MARGINFIX_SOURCE_DIR "/config/quickfix.cfg");
  const auto replace = [&text](const std::string& what, const std::string& by) {
    ASSERT_NE(text.find(what), std::string::npos) << what;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) text.replace(at, what.size(), by);
  };
  replace("=fix-spec/", "=" MARGINFIX_SOURCE_DIR "/fix-spec/");
  replace("=store\n", "=" + folder_.path("store") + "\n");
  replace("=log\n", "=" + folder_.path("log") + "\n");
  const std::string file = folder_.write("quickfix.cfg", text);
  EXPECT_EQ(QuickfixUser::refused_by_quickfix(file), "");
  EXPECT_EQ(QuickfixUser::refused_by_ours(file), "");
  EXPECT_TRUE(std::filesystem::exists(folder_.path("store"))) << "both used the store and the log it names";
  EXPECT_TRUE(std::filesystem::exists(folder_.path("log")));
  const auto config = MarginFixConfig::from_cfg_file(file);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_TRUE(config->validate());
  EXPECT_EQ(config->sessions.at(0).credentials.key_id, key_);

  replace("StartTime=00:00:00\n", "");
  EXPECT_THAT(QuickfixUser::refused_by_quickfix(folder_.write("without.cfg", text)), HasSubstr("StartTime"));
}

TEST_F(QuickfixInitiator, MisspeltKeysAreRefusedAndAnApplicationsOwnAreNot) {
  const auto with = [&](const std::string& line) { return refused(cfg("KalshiNR", 1, line + "\n")); };
  EXPECT_THAT(with("CancelOrderOnDisconnect=Y"), HasSubstr("did you mean CancelOrdersOnDisconnect?"));
  EXPECT_THAT(with("SkipPendingExecReport=Y"), HasSubstr("did you mean SkipPendingExecReports?"));
  EXPECT_THAT(with("KalshiPrivateKeyFile=/x"), HasSubstr("KALSHIPRIVATEKEYFILE"));
  EXPECT_THAT(with("ListenerSesion=Y"), HasSubstr("did you mean ListenerSession?"));
  for (const char* line : {"SocketConnectHost1=127.0.0.1", "SocketConnectPort2=9", "LogonTime=00:00:00", "ValidateUserDefinedFields=N",
                           "DeskName=blue", "MySQLStorePassword=a${b", "ScreenLogShowEvents=N", "RateLimitTier=premier"})
    EXPECT_EQ(with(line), "accepted") << line;
}

TEST_F(QuickfixInitiator, HalfExpandedVariablesAreRefusedWithTheArgumentThatExpandsThem) {
  std::string text = cfg("KalshiNR", 1);
  text.replace(text.find(key_ + "\n"), key_.size(), "${MARGINFIX_TEST_KEY}");
  EXPECT_THAT(refused(text), AllOf(HasSubstr("SenderCompID=${MARGINFIX_TEST_KEY}"), HasSubstr("SessionSettings(file, true)")));
  text.replace(text.find("${MARGINFIX_TEST_KEY}"), 21, "$(MARGINFIX_TEST_KEY)");
  EXPECT_THAT(refused(text), HasSubstr("SessionSettings(file, true)"));
  EXPECT_THAT(refused(cfg("KalshiNR", 1, "FileStorePath=${HOME}/store\n")), HasSubstr("SessionSettings(file, true)"));
  std::string path = cfg("KalshiNR", 1);
  path.replace(path.find(key_file()), key_file().size(), "$(HOME)/key.pem");
  EXPECT_THAT(refused(path), HasSubstr("${NAME}")) << "ours is ${NAME}; $(NAME) is QuickFIX's";
}

TEST_F(QuickfixInitiator, WrongSettingsAreRefusedWithTheMend) {
  EXPECT_THAT(refused(cfg("KalshiNR", 1, "ResetOnLogon=N\n")), HasSubstr("ResetOnLogon"));
  EXPECT_THAT(refused(cfg("KalshiNR", 1, "ListenerSession=Y\nCancelOrdersOnDisconnect=Y\n")), HasSubstr("CancelOrdersOnDisconnect"));
  EXPECT_THAT(refused(cfg("KalshiXX", 1)), HasSubstr("KalshiXX"));
  std::string no_key = cfg("KalshiNR", 1);
  no_key.replace(no_key.find(key_file()), key_file().size(), "/no/such/key.pem");
  EXPECT_THAT(refused(no_key), HasSubstr("/no/such/key.pem"));
  std::string far = cfg("KalshiNR", 1, "SocketUseSSL=N\n");
  far.replace(far.find("127.0.0.1"), 9, "192.0.2.1");
  EXPECT_THAT(refused(far), HasSubstr("SocketUseSSL"));
}

TEST_F(QuickfixInitiator, HostAndPortComeFromTheEnvironmentOfTheExchange) {
  std::string text = cfg("KalshiNR", 1, "KalshiEnvironment=demo\n");
  text.erase(text.find("SocketConnectHost"));
  EXPECT_NO_THROW(QuickfixUser::make(text));
}

}  // namespace
}  // namespace marginfix::test
