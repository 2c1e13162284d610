// marginfix::quickfix::Initiator in a QuickFIX program, against our acceptor over TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "integration/quickfix/quickfix_user.hpp"
#include "integration/transport/harness.hpp"

namespace marginfix::test {
namespace {

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
      if (!signer_.verify(text, request.raw_data)) return {LogonDecision::Kind::reject, "Signature problem", 8, 96};
      return refusal_.empty() ? LogonDecision{} : LogonDecision{LogonDecision::Kind::logout, refusal_, 0, 0};
    };
    exchange_.answer = [](AcceptorSession& session, const AcceptorMessage& message) {
      (void)session.send("8", body("11=" + field_of(piped(message.raw), 11) + "|37=o|"));
    };
  }

  std::string key_file() const { return folder_.path("key.pem"); }
  std::uint16_t open(const std::string& comp_id, bool keep, const LeafOptions& leaf = {}) {
    AcceptorDoor door;
    door.comp_id = comp_id;
    door.keep_sequence = keep;
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

TEST_F(QuickfixInitiator, AlreadyExistsIsWaitedOut) {
  refusal_ = "already exists";
  const auto user = QuickfixUser::make(cfg("KalshiNR", open("KalshiNR", false), "AlreadyExistsWait=600\n"));
  user->start();
  ASSERT_TRUE(run_until(io_, [&] { return user->heard("next try in 600000 ms"); }));
  EXPECT_EQ(exchange_.logon_requests.size(), 1u);
}

TEST_F(QuickfixInitiator, WrongSettingsAreRefusedWithTheMend) {
  const auto refused = [&](const std::string& text) -> std::string {
    try {
      QuickfixUser::make(text);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "accepted";
  };
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
