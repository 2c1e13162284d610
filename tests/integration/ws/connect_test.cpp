// Who gets in: keys, clocks, certificates; each refusal says what to do.
#include "integration/ws/fixture.hpp"

namespace marginfix::ws::test {
namespace {

Error refusal(PerpsWebSocketConfig c) {
  PerpsWebSocket socket(std::move(c));
  if (const auto started = socket.start(); !started) return started.error();
  const auto opened = socket.wait_until_open(std::chrono::seconds(20));
  EXPECT_FALSE(opened);
  EXPECT_EQ(socket.state(), WebSocketState::ended);
  return opened ? Error{} : opened.error();
}

TEST_F(WsTest, AnUnknownKeyOrAWrongSignatureIsFinal) {
  start();
  auto c = config();
  c.credentials.key_id = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(refusal(c).status, 401);
  c = config();
  c.credentials.private_key_path = sim().path(sim().endpoints().find("bob")->private_key_path);
  const Error wrong = refusal(c);
  EXPECT_EQ(wrong.status, 401);
  EXPECT_NE(wrong.context.find("INCORRECT_API_KEY_SIGNATURE"), std::string::npos) << wrong.context;
}

TEST_F(WsTest, AnUnknownCertificateIsFinalAndNamed) {
  start();
  auto c = config();
  c.ca_file.clear();
  const Error error = refusal(c);
  EXPECT_EQ(error.category, ErrorCategory::tls);
  EXPECT_NE(error.message.find("is not accepted"), std::string::npos) << error.message;
}

TEST_F(WsTest, ReadOnlyKeysMayListen) {
  start();
  connect(config("alice-listener"));
  auto s = subscribe({.channel = Channel::trade});
  EXPECT_EQ(s.state(), SubscriptionState::active);
}

TEST_F(WsTest, PlainWebSocketOnLoopbackWorksWithoutAFlag) {
  options_.plain = true;
  start();
  auto c = config();
  ASSERT_TRUE(c.url.starts_with("ws://"));
  c.ca_file.clear();
  connect(c);
  EXPECT_TRUE(socket_->wait_until_open(std::chrono::seconds(20)));
}

TEST_F(WsTest, WithoutCompressionToo) {
  start();
  auto c = config();
  c.compression = false;
  connect(c);
  auto s = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
  next<MarginOrderbookSnapshot>(s);
}

TEST_F(WsTest, StopEndsEverySubscriptionAndTheSocket) {
  open();
  auto s = subscribe({.channel = Channel::trade});
  socket_->stop();
  EXPECT_EQ(socket_->state(), WebSocketState::ended);
  const Event end = next(s);
  EXPECT_EQ(end.kind, EventKind::ended);
  EXPECT_FALSE(end.error);
  auto late = socket_->subscribe({.channel = Channel::trade});
  EXPECT_EQ(socket_->start().error().category, ErrorCategory::config);
}

TEST_F(WsTest, NobodyThereMeansTryingAgainUntilTheAttemptsAreUsedUp) {
  start();
  auto c = config();
  sim().kill();
  c.most_attempts = 3;
  const Error error = refusal(c);
  EXPECT_EQ(error.category, ErrorCategory::connect);
}

}  // namespace
}  // namespace marginfix::ws::test
