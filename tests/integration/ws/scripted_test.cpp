// The client against an exchange that a test plays byte by byte over TLS: fragments, compression, order of answers, frames that are wrong.
#include <gtest/gtest.h>

#include <boost/asio/use_future.hpp>

#include "integration/ws/scripted_server.hpp"
#include "marginfix/perps_websocket.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::ws::test {
namespace {

class Scripted : public ::testing::Test {
 protected:
  PerpsWebSocketConfig config() {
    static const std::string pem = marginfix::test::make_rsa_private_pem();
    PerpsWebSocketConfig c;
    c.url = server_.url();
    c.ca_file = authority_.ca_file();
    c.close_timeout = std::chrono::milliseconds(50);  // the script answers no close
    c.credentials.key_id = "00000000-0000-4000-8000-000000000001";
    c.credentials.private_key = SecretString(pem);
    c.backoff.base = c.backoff.least = std::chrono::milliseconds(20);
    c.backoff.cap = std::chrono::milliseconds(100);
    return c;
  }
  void connect(PerpsWebSocketConfig c) {
    PerpsWebSocketOptions options;
    options.on_unclaimed = [this](const Frame& frame, std::string_view) {
      const std::lock_guard lock(mutex_);
      unclaimed_.push_back(frame.raw);
    };
    socket_ = std::make_unique<PerpsWebSocket>(std::move(c), std::move(options));
    socket_->start().value();
    server_.accept();
  }
  // A subscription whose command has been read and confirmed under this sid.
  Subscription confirmed(SubscribeRequest request, int sid = 1) {
    Subscription s = socket_->subscribe(request);
    server_.command();
    confirm(request.channel, sid);
    EXPECT_EQ(next(s).kind, EventKind::subscribed);
    return s;
  }
  void confirm(Channel channel, int sid, int id = 1) {
    server_.text(R"({"type":"subscribed","id":)" + std::to_string(id) + R"(,"msg":{"channel":")" +
                 std::string(Open<Channel>(channel).text()) + R"(","sid":)" + std::to_string(sid) + "}}");
  }
  static Event next(Subscription& s) {
    auto waiting = s.next(boost::asio::use_future);
    if (waiting.wait_for(std::chrono::seconds(20)) != std::future_status::ready) throw std::runtime_error("no event came");
    return waiting.get().value();
  }
  static std::string trade(int sid, int seq, const std::string& id = "t") {
    return R"({"type":"trade","sid":)" + std::to_string(sid) + R"(,"seq":)" + std::to_string(seq) + R"(,"msg":{"trade_id":")" + id +
           R"(","market_ticker":"X","price":"1.0000","count":"2.00","taker_side":"ask","ts_ms":9}})";
  }

  marginfix::test::TempFolder folder_;
  marginfix::test::CertificateAuthority authority_{folder_.path(), "ca"};
  ScriptedServer server_{authority_.issue("server")};
  std::mutex mutex_;
  std::vector<std::string> unclaimed_;
  std::unique_ptr<PerpsWebSocket> socket_;
};

TEST_F(Scripted, AFrameInFragmentsWithAPingBetweenThemIsOneFrame) {
  connect(config());
  auto s = confirmed({.channel = Channel::trade});
  const std::string text = trade(1, 1, "caf\xc3\xa9");  // cut in the middle of a character too
  const std::size_t inside = text.find('\xa9');
  server_.bytes(frame_bytes(Opcode::text, false, text.substr(0, 10)));
  server_.bytes(frame_bytes(Opcode::ping, true, "heartbeat"));
  server_.bytes(frame_bytes(Opcode::continuation, false, text.substr(10, inside - 10)));
  server_.bytes(frame_bytes(Opcode::continuation, false, ""));
  server_.bytes(frame_bytes(Opcode::continuation, true, text.substr(inside)));
  const Event event = next(s);
  EXPECT_EQ(event.frame.raw, text);
  ASSERT_NE(event.frame.as<MarginTrade>(), nullptr);
  EXPECT_EQ(event.frame.as<MarginTrade>()->trade_id, "caf\xc3\xa9");
  // The ping was answered between the fragments, with its body; the next command comes behind that pong.
  s.unsubscribe();
  EXPECT_EQ(server_.command(), R"({"id":2,"cmd":"unsubscribe","params":{"sids":[1]}})");
  EXPECT_EQ(server_.pongs, (std::vector<std::string>{"heartbeat"}));
}

TEST_F(Scripted, FragmentsOfOneByteLoseNothing) {
  connect(config());
  auto s = confirmed({.channel = Channel::trade});
  for (int seq = 1; seq <= 3; ++seq) {
    const std::string text = trade(1, seq);
    std::string all;
    for (std::size_t i = 0; i < text.size(); ++i) {
      all += frame_bytes(i == 0 ? Opcode::text : Opcode::continuation, i + 1 == text.size(), text.substr(i, 1));
    }
    server_.bytes(all);
  }
  for (int seq = 1; seq <= 3; ++seq) EXPECT_EQ(next(s).frame.seq, seq);
  EXPECT_EQ(s.statistics().gaps, 0U);
}

TEST_F(Scripted, CompressedFramesInFragmentsAreRead) {
  connect(config());
  auto s = confirmed({.channel = Channel::trade});
  for (int seq = 1; seq <= 20; ++seq) {
    const std::string text = trade(1, seq, std::string(500, static_cast<char>('a' + seq)));
    server_.piece(std::string_view(text).substr(0, 100), false);
    if (seq % 5 == 0) server_.ping();
    server_.piece(std::string_view(text).substr(100, 1), false);
    server_.piece(std::string_view(text).substr(101), true);
  }
  for (int seq = 1; seq <= 20; ++seq) {
    const Event event = next(s);
    EXPECT_EQ(event.frame.raw, trade(1, seq, std::string(500, static_cast<char>('a' + seq))));
  }
}

TEST_F(Scripted, DataBeforeTheAnswerComesAfterIt) {
  connect(config());
  Subscription s = socket_->subscribe({.channel = Channel::trade});
  EXPECT_EQ(server_.command(), R"({"id":1,"cmd":"subscribe","params":{"channels":["trade"]}})");
  server_.text(trade(7, 1));
  server_.text(trade(7, 2));
  confirm(Channel::trade, 7);
  server_.text(trade(7, 3));
  EXPECT_EQ(next(s).kind, EventKind::subscribed);
  for (int seq = 1; seq <= 3; ++seq) EXPECT_EQ(next(s).frame.seq, seq);
  const std::lock_guard lock(mutex_);
  EXPECT_TRUE(unclaimed_.empty());
}

TEST_F(Scripted, ACommandThatIsNotAnsweredTimesOut) {
  auto c = config();
  c.command_timeout = std::chrono::milliseconds(200);
  connect(c);
  Subscription s = socket_->subscribe({.channel = Channel::trade});
  const Event end = next(s);
  ASSERT_EQ(end.kind, EventKind::ended);
  EXPECT_EQ(end.error->category, ErrorCategory::timeout);
  std::promise<Result<std::vector<Subscribed>>> listed;
  socket_->list_subscriptions([&](auto list) { listed.set_value(std::move(list)); });
  EXPECT_EQ(listed.get_future().get().error().category, ErrorCategory::timeout);
  EXPECT_EQ(socket_->state(), WebSocketState::open);
}

TEST_F(Scripted, ErrorsTenAndTwentyFiveEndTheirSubscriptionAndLeaveTheOthers) {
  connect(config());
  auto other = confirmed({.channel = Channel::order_group_updates}, 9);
  int id = 1;
  for (const int code : {10, 25}) {
    Subscription s = socket_->subscribe({.channel = Channel::trade});
    server_.command();
    confirm(Channel::trade, code, ++id);
    EXPECT_EQ(next(s).kind, EventKind::subscribed);
    server_.text(trade(code, 1));
    server_.text(R"({"type":"error","sid":)" + std::to_string(code) + R"(,"seq":2,"msg":{"code":)" + std::to_string(code) +
                 R"(,"msg":"it is over"}})");
    EXPECT_EQ(next(s).kind, EventKind::data);
    const Event end = next(s);
    ASSERT_EQ(end.kind, EventKind::ended);
    EXPECT_EQ(end.error->status, code);
    EXPECT_EQ(s.state(), SubscriptionState::ended);
    EXPECT_EQ(s.next(boost::asio::use_future).get().error().category, ErrorCategory::closed);
  }
  EXPECT_EQ(other.state(), SubscriptionState::active);
}

// Reading stops for a full stream and goes on when its reader has come to the end of it: nothing is lost behind it.
TEST_F(Scripted, AStreamThatEndsWhileItHoldsUpTheSocketLetsItGo) {
  connect(config());
  auto other = confirmed({.channel = Channel::order_group_updates}, 9);
  Subscription full = socket_->subscribe({.channel = Channel::trade, .queue_size = 1});
  server_.command();
  std::string burst;
  confirm(Channel::trade, 1, 2);
  for (int seq = 1; seq <= 2; ++seq) burst += frame_bytes(Opcode::text, true, trade(1, seq));
  burst += frame_bytes(Opcode::text, true, R"({"type":"error","sid":1,"seq":3,"msg":{"code":25,"msg":"too slow"}})");
  for (int seq = 1; seq <= 500; ++seq) {
    burst += frame_bytes(Opcode::text, true,
                         R"({"type":"order_group_updates","sid":9,"seq":)" + std::to_string(seq) +
                             R"(,"msg":{"event_type":"reset","order_group_id":"g","ts_ms":1}})");
  }
  server_.bytes(burst);
  EXPECT_EQ(next(full).kind, EventKind::subscribed);
  Event event = next(full);
  for (int seq = 1; event.kind == EventKind::data; ++seq, event = next(full)) EXPECT_EQ(event.frame.seq, seq);
  ASSERT_EQ(event.kind, EventKind::ended);
  for (int seq = 1; seq <= 500; ++seq) ASSERT_EQ(next(other).frame.seq, seq);
  EXPECT_EQ(other.statistics().gaps, 0U);
}

TEST_F(Scripted, AnUnreadableDeltaMakesTheBookStaleAndAsksForASnapshot) {
  connect(config());
  auto s = confirmed({.channel = Channel::orderbook_delta, .market_tickers = {"X"}});
  const auto book = s.book("X");
  server_.text(R"({"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"X","bid":[["1.0000","5.00"]]}})");
  EXPECT_EQ(next(s).kind, EventKind::data);
  EXPECT_FALSE(book->copy().stale());
  // JSON that ends in the middle: the sid could be read, so we know whose books are wrong.
  server_.text(R"({"type":"orderbook_delta","sid":1,"seq":2,"msg":{"market_ticker":"X","price":"1.00)");
  const Event fault = next(s);
  ASSERT_EQ(fault.kind, EventKind::book_fault) << to_string(fault.kind);
  EXPECT_TRUE(book->copy().stale());
  EXPECT_EQ(server_.command(),
            R"({"id":2,"cmd":"update_subscription","params":{"sids":[1],"action":"get_snapshot","market_tickers":["X"]}})");
  EXPECT_EQ(next(s).frame.raw, R"({"type":"orderbook_delta","sid":1,"seq":2,"msg":{"market_ticker":"X","price":"1.00)");
  server_.text(R"({"type":"ok","id":2,"sid":1,"seq":2})");
  server_.text(R"({"type":"orderbook_snapshot","id":2,"sid":1,"seq":3,"msg":{"market_ticker":"X","ask":[["2.0000","1.00"]]}})");
  EXPECT_EQ(next(s).kind, EventKind::data);
  EXPECT_FALSE(book->copy().stale());
  EXPECT_FALSE(book->copy().best_bid());
  // No JSON at all belongs to nobody; what it hid shows as a gap.
  server_.text("}{");
  server_.text(R"({"type":"orderbook_delta","sid":1,"seq":5,"msg":{"market_ticker":"X","price":"1.0000","delta":"1.00","side":"bid"}})");
  EXPECT_EQ(next(s).kind, EventKind::gap);
  EXPECT_TRUE(book->copy().stale());
  const std::lock_guard lock(mutex_);
  EXPECT_EQ(unclaimed_, (std::vector<std::string>{"}{"}));
}

// What RFC 6455 forbids: the client closes with the code the RFC names and comes back.
TEST_F(Scripted, ForbiddenFramesEndTheConnectionAndItComesBack) {
  auto c = config();
  c.most_message = 1000;
  connect(c);
  auto s = confirmed({.channel = Channel::trade});
  struct Case {
    std::string bytes;
    std::uint16_t code;
  };
  const Case cases[] = {
      {frame_bytes(Opcode::continuation, true, "{}"), 1002},                                      // of nothing
      {frame_bytes(Opcode::text, false, "{") + frame_bytes(Opcode::text, true, "}"), 1002},       // a text inside a text
      {frame_bytes(Opcode::ping, false, "x"), 1002},                                              // control in fragments
      {frame_bytes(static_cast<Opcode>(3), true, "x"), 1002},                                     // reserved
      {frame_bytes(Opcode::text, true, "\"\xff\""), 1007},                                        // not UTF-8
      {frame_bytes(Opcode::text, true, R"({"type":"t)" + std::string(2000, 'x') + "\"}"), 1009},  // over most_message
  };
  int command = 1;
  for (const Case& bad : cases) {
    server_.bytes(bad.bytes);
    EXPECT_EQ(server_.closed_with(), bad.code);
    server_.cut();
    EXPECT_EQ(next(s).kind, EventKind::outage);
    server_.accept();
    server_.command();
    confirm(Channel::trade, 1, ++command);
    EXPECT_EQ(next(s).kind, EventKind::subscribed);
  }
  EXPECT_EQ(s.statistics().outages, std::size(cases));
}

// A server that breaks each connection right after the upgrade is no success, however often it lets us in.
TEST_F(Scripted, AConnectionThatDoesNotLastDoesNotMakeTheWaitsStartAnew) {
  auto c = config();
  c.most_attempts = 3;
  connect(c);
  auto s = confirmed({.channel = Channel::trade});
  for (int i = 0; i < 3; ++i) {
    server_.cut();
    EXPECT_EQ(next(s).kind, EventKind::outage);
    server_.accept();
    server_.command();
    confirm(Channel::trade, 1, i + 2);
    EXPECT_EQ(next(s).kind, EventKind::subscribed);
  }
  server_.cut();
  EXPECT_EQ(next(s).kind, EventKind::outage);
  EXPECT_EQ(next(s).kind, EventKind::ended) << "three attempts in a row, none of which lasted";
  EXPECT_EQ(socket_->state(), WebSocketState::ended);
}

TEST_F(Scripted, AConnectionThatLastsMakesTheWaitsStartAnew) {
  auto c = config();
  c.most_attempts = 2;
  c.proves_itself = std::chrono::milliseconds(0);
  connect(c);
  auto s = confirmed({.channel = Channel::trade});
  for (int i = 0; i < 5; ++i) {
    server_.cut();
    EXPECT_EQ(next(s).kind, EventKind::outage);
    server_.accept();
    server_.command();
    confirm(Channel::trade, 1, i + 2);
    EXPECT_EQ(next(s).kind, EventKind::subscribed);
  }
}

// Stopping in each stage of an outage must neither hang nor lose the `ended` event.
TEST_F(Scripted, StopDuringAnOutageEndsEverything) {
  auto c = config();
  c.backoff.base = c.backoff.least = c.backoff.cap = std::chrono::hours(1);
  connect(c);
  auto s = confirmed({.channel = Channel::trade});
  server_.cut();
  EXPECT_EQ(next(s).kind, EventKind::outage);
  EXPECT_EQ(socket_->state(), WebSocketState::waiting);
  socket_->stop();
  EXPECT_EQ(next(s).kind, EventKind::ended);
  EXPECT_EQ(socket_->state(), WebSocketState::ended);
}

}  // namespace
}  // namespace marginfix::ws::test
