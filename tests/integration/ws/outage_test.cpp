// What control can do to a connection, and what the client makes of it: nothing is lost silently.
#include "integration/ws/fixture.hpp"

namespace marginfix::ws::test {
namespace {

using sim::test::Client;
using sim::test::Order;

class WsOutage : public WsTest {
 protected:
  void open_book() {
    open();
    bob_ = std::make_unique<Client>(sim(), "KalshiNR", "bob");
    bob_->logon({.extra = "21011=Y|"});
    book_ = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
    next<MarginOrderbookSnapshot>(book_);
  }
  void order(const std::string& id, const std::string& price = "4.0000") {
    bob_->send("D", Order{.id = id, .side = '1', .quantity = "10", .price = price}.body());
    bob_->expect_report('0');
  }
  const std::string& key() { return key_id("alice"); }

  std::unique_ptr<Client> bob_;
  Subscription book_;
};

TEST_F(WsOutage, AGapMakesTheBookStaleAndASnapshotMakesItRightAgain) {
  open_book();
  ASSERT_TRUE(sim().skip_seq("WS", key(), 3));
  order("b1");
  const Event gap = next(book_, EventKind::gap);
  EXPECT_EQ(gap.received - gap.expected, 3);
  const Event beside = next(book_, EventKind::data);
  EXPECT_NE(beside.frame.as<MarginOrderbookDelta>(), nullptr) << "the frame that showed the gap is handed over";
  EXPECT_FALSE(beside.applied) << "and no book took it";
  const auto snapshot = next<MarginOrderbookSnapshot>(book_);
  EXPECT_EQ(snapshot.bid.size(), 1U);
  EXPECT_FALSE(book_.book(kMarket)->copy().stale());
  EXPECT_EQ(socket_->state(), WebSocketState::open);  // the connection was never dropped
  order("b2");
  next<MarginOrderbookDelta>(book_);
  EXPECT_EQ(book_.book(kMarket)->copy().best_bid()->size.to_string(), "20.00");
}

TEST_F(WsOutage, ACutConnectionComesBackWithEverything) {
  open_book();
  order("b1");
  next<MarginOrderbookDelta>(book_);
  ASSERT_TRUE(sim().disconnect("WS", key()));
  next(book_, EventKind::outage);
  const Event back = next(book_, EventKind::subscribed);
  EXPECT_TRUE(back.since);
  EXPECT_EQ(next<MarginOrderbookSnapshot>(book_).bid.size(), 1U);
  order("b2");
  next<MarginOrderbookDelta>(book_);
  EXPECT_EQ(book_.book(kMarket)->copy().best_bid()->size.to_string(), "20.00");
  EXPECT_EQ(book_.statistics().outages, 1U);
  const WebSocketStatistics socket = socket_->statistics();
  EXPECT_GE(socket.attempts, 2U);
  EXPECT_EQ(socket.opens, 2U);
  EXPECT_EQ(socket.outages, 1U);
  EXPECT_EQ(socket.commands_out, 2U) << "the subscription, twice";
  EXPECT_GE(socket.frames_in, 6U) << "two answers, two snapshots, two deltas";
  EXPECT_GT(socket.bytes_in, socket.frames_in);
  EXPECT_EQ(socket.unclaimed, 0U);
  EXPECT_GT(socket.last_received, Timestamp{});
}

TEST_F(WsOutage, AConnectionCutInTheMiddleOfAFrameComesBack) {
  open_book();
  ASSERT_TRUE(sim().ws_cut_in_frame(key()));
  next(book_, EventKind::outage);
  EXPECT_TRUE(book_.book(kMarket)->copy().stale());
  next(book_, EventKind::subscribed);
  next<MarginOrderbookSnapshot>(book_);
}

TEST_F(WsOutage, ASilentExchangeIsNoticed) {
  start();
  auto impatient = config();
  impatient.ping_interval = std::chrono::milliseconds(100);
  impatient.liveness_timeout = std::chrono::milliseconds(600);
  connect(impatient);
  auto s = subscribe({.channel = Channel::trade});
  ASSERT_TRUE(sim().silence("WS", key()));
  next(s, EventKind::outage);
  next(s, EventKind::subscribed);
}

TEST_F(WsOutage, GarbageAndUnknownFramesAreHandedOut) {
  start();
  std::mutex mutex;
  std::vector<std::string> kept;
  PerpsWebSocketOptions options;
  std::promise<void> both;
  options.on_unclaimed = [&](const Frame& frame, std::string_view) {
    const std::lock_guard lock(mutex);
    kept.push_back(frame.raw);
    if (kept.size() == 2) both.set_value();
  };
  connect(config(), options);
  auto s = subscribe({.channel = Channel::trade});
  ASSERT_TRUE(sim().ws_send(key(), "{not json"));
  ASSERT_TRUE(sim().ws_send(key(), R"({"type":"weather","msg":{"rain":true}})"));
  ASSERT_EQ(both.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(kept[0], "{not json");
  EXPECT_EQ(kept[1], R"({"type":"weather","msg":{"rain":true}})");
  EXPECT_EQ(socket_->state(), WebSocketState::open);
  socket_.reset();  // its thread may still be inside the handler, which holds the names above
}

TEST_F(WsOutage, InvalidUtf8EndsTheConnectionNotTheClient) {
  open_book();
  ASSERT_TRUE(sim().ws_send(key(), "{\"type\":\"\xff\xfe\"}"));
  next(book_, EventKind::outage);
  next(book_, EventKind::subscribed);
}

TEST_F(WsOutage, AFrameOfAMebibyteIsRead) {
  start();
  std::promise<std::size_t> size;
  PerpsWebSocketOptions options;
  options.on_unclaimed = [&](const Frame& frame, std::string_view) { size.set_value(frame.raw.size()); };
  connect(config(), options);
  auto s = subscribe({.channel = Channel::trade});
  const std::string big = R"({"type":"big","msg":")" + std::string(1 << 20, 'x') + "\"}";
  ASSERT_TRUE(sim().ws_send(key(), big));
  auto arrived = size.get_future();
  ASSERT_EQ(arrived.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_EQ(arrived.get(), big.size());
  socket_.reset();  // as above
}

TEST_F(WsOutage, CloseCodesDecideWhetherTheClientComesBack) {
  open_book();
  ASSERT_TRUE(sim().ws_close(key(), 1012, "service restart"));
  next(book_, EventKind::outage);
  next(book_, EventKind::subscribed);
  ASSERT_TRUE(sim().ws_close(key(), 4001, "go away"));
  next(book_, EventKind::outage);
  const Event end = next(book_);
  ASSERT_EQ(end.kind, EventKind::ended);
  EXPECT_EQ(end.error->status, 4001);
  EXPECT_EQ(socket_->state(), WebSocketState::ended);
}

TEST_F(WsOutage, ARestartedExchangeIsFoundAgain) {
  open_book();
  order("b1");
  next<MarginOrderbookDelta>(book_);
  const auto ports = sim().endpoints().ports;
  options_.ports = ports;
  bob_.reset();
  kill_and_restart();
  next(book_, EventKind::outage);
  next(book_, EventKind::subscribed);
  EXPECT_EQ(next<MarginOrderbookSnapshot>(book_).bid.size(), 1U);  // the order survived too
}

TEST_F(WsOutage, ASlowStreamThatWaitsLosesNothing) {
  open_book();
  auto slow = subscribe({.channel = Channel::user_orders, .overflow = OverflowPolicy::wait, .queue_size = 2});
  Client alice(sim(), "KalshiNR", "alice");
  alice.logon({.extra = "21011=Y|"});
  constexpr int kOrders = 40;
  for (int i = 0; i < kOrders; ++i) {
    alice.send("D", Order{.id = "a" + std::to_string(i), .side = '1', .quantity = "1", .price = "4.0000"}.body());
    alice.expect_report('0');
  }
  for (int i = 0; i < kOrders; ++i) EXPECT_EQ(next<MarginUserOrder>(slow).client_order_id, "a" + std::to_string(i));
  EXPECT_EQ(slow.statistics().dropped, 0U);
}

}  // namespace
}  // namespace marginfix::ws::test
