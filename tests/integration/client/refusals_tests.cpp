// Logons the exchange or we ourselves refuse: each with a reason in words and what to do.
#include "fixture.hpp"

namespace marginfix::test {
namespace {

class ClientRefusals : public ClientTest {
 protected:
  // Starts a client of this configuration and gives why its one session is not logged on.
  Error refusal(MarginFixConfig wanted) {
    client_ = std::make_unique<MarginFixClient>(std::move(wanted), silent());
    if (const auto started = client_->start(); !started) return started.error();
    const auto up = client_->wait_until_active(30s);
    return up ? Error{} : up.error();
  }
  EndReason end_reason() { return client_->sessions().front()->last_change().reason; }
};

TEST_F(ClientRefusals, AWrongSignatureIsFinal) {
  start();
  auto wanted = config({"KalshiNR"});
  wanted.sessions[0].credentials.private_key_path = sim().path("keys/bob.pem");
  const Error error = refusal(std::move(wanted));
  EXPECT_EQ(error.category, ErrorCategory::credentials) << error.message;
  EXPECT_EQ(end_reason(), EndReason::signature_refused);
}

TEST_F(ClientRefusals, ATierThatMayNotUseFixIsFinal) {
  options_.refused_accounts = {"alice"};
  start();
  const Error error = refusal(config({"KalshiNR"}));
  EXPECT_EQ(error.category, ErrorCategory::logon) << error.message;
  EXPECT_EQ(end_reason(), EndReason::tier_not_allowed);
}

TEST_F(ClientRefusals, AnUnknownAuthorityIsFinal) {
  start();
  auto wanted = config({"KalshiNR"});
  wanted.sessions[0].tls.ca_file.clear();  // the system's roots do not know the simulator
  const Error error = refusal(std::move(wanted));
  EXPECT_EQ(error.category, ErrorCategory::tls) << error.message;
  EXPECT_EQ(end_reason(), EndReason::certificate_refused);
}

TEST_F(ClientRefusals, AWrongHostNameIsFinal) {
  start();
  auto wanted = config({"KalshiNR"});
  wanted.sessions[0].tls.server_name = "somebody.else";
  const Error error = refusal(std::move(wanted));
  EXPECT_EQ(error.category, ErrorCategory::tls) << error.message;
  EXPECT_EQ(end_reason(), EndReason::certificate_refused);
}

TEST_F(ClientRefusals, PlainTcpElsewhereThanLoopbackIsRefusedBeforeAnythingConnects) {
  start();
  auto wanted = config({"KalshiNR"});
  wanted.sessions[0].host = "fix.example.com";
  wanted.sessions[0].tls.enabled = false;
  const Error error = refusal(std::move(wanted));
  EXPECT_EQ(error.category, ErrorCategory::config);
  EXPECT_NE(error.message.find("loopback"), std::string::npos);
}

TEST_F(ClientRefusals, APrivateKeyThatIsNotThereIsNamedAtStart) {
  start();
  auto wanted = config({"KalshiNR"});
  wanted.sessions[0].credentials.private_key_path = "no/such/key.pem";
  const Error error = refusal(std::move(wanted));
  EXPECT_EQ(error.category, ErrorCategory::credentials);
  EXPECT_NE(error.message.find("no/such/key.pem"), std::string::npos);
  EXPECT_FALSE(client_->running());
}

TEST_F(ClientRefusals, KalshiRtWithoutAStoreDoesNotStart) {
  start();
  auto wanted = config({"KalshiRT"});
  wanted.sessions[0].store_folder.clear();
  const Error error = refusal(std::move(wanted));
  EXPECT_EQ(error.category, ErrorCategory::config);
  EXPECT_NE(error.message.find("FileStorePath"), std::string::npos);
}

TEST_F(ClientRefusals, ASecondClientWithTheSameKeyInOneProcessDoesNotStart) {
  start();
  connect(config({"KalshiNR"}));
  MarginFixClient second(config({"KalshiNR"}), silent());
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().category, ErrorCategory::config);
}

TEST_F(ClientRefusals, NobodyListeningIsSaidAndTriedAgain) {
  start();
  auto wanted = config({"KalshiNR"});
  simulator_->stop();
  client_ = std::make_unique<MarginFixClient>(std::move(wanted), silent());
  nr().set_handlers(order_handlers(board_));
  client_->start().value();
  EXPECT_TRUE(board_.wait([](const Notes& n) {
    return std::ranges::count_if(n.states, [](const StateChange& s) { return s.state == SessionState::connecting; }) >= 2;
  }));
  EXPECT_EQ(client_->wait_until_active(10ms).error().category, ErrorCategory::timeout);
}

TEST_F(ClientRefusals, AnUnknownSessionNameThrowsAndNamesThoseThereAre) {
  start();
  MarginFixClient client(config({"KalshiNR"}), silent());
  try {
    client.market_data();
    FAIL() << "no exception";
  } catch (const Exception& error) {
    EXPECT_NE(std::string(error.what()).find("KalshiNR"), std::string::npos);
  }
  EXPECT_EQ(client.wait_until_active(10ms).error().category, ErrorCategory::closed);
}

TEST_F(ClientRefusals, WaitingInsideAHandlerIsRefusedInsteadOfHanging) {
  start();
  client_ = std::make_unique<MarginFixClient>(config({"KalshiNR"}), silent());
  std::atomic<bool> refused{false};
  const StopFirst stop_first{client_};
  OrderEntryHandlers h = order_handlers(board_);
  h.on_sent = [&](const SentMessage&) { refused = !client_->wait_until_active(1s); };
  nr().set_handlers(std::move(h));
  client_->start().value();
  ASSERT_TRUE(client_->wait_until_active(30s));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New) == 1; }));
  EXPECT_TRUE(refused);
}

}  // namespace
}  // namespace marginfix::test
