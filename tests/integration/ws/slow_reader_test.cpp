// A client that does not read: the simulator's queue for it is bounded, it is told so with error 25 and cut off if it still does not read,
// and nobody else is held up.
#include "integration/ws/fixture.hpp"

namespace marginfix::ws::test {
namespace {

using sim::test::Client;
using sim::test::Order;

class WsSlowReader : public WsTest {
 protected:
  // alice's socket stops reading: a stream of two that nobody takes from, on the policy that waits.
  void open_slow() {
    start();
    auto c = config();
    c.compression = false;  // a megabyte is a megabyte
    connect(c);
    slow_ = subscribe({.channel = Channel::user_orders, .overflow = OverflowPolicy::wait, .queue_size = 2});
    alice_ = std::make_unique<Client>(sim(), "KalshiNR", "alice");
    alice_->logon({.extra = "21011=Y|"});
    for (int i = 0; i < 3; ++i) order(*alice_, "a" + std::to_string(i), '1', "4.0000");
  }
  static void order(Client& who, const std::string& id, char side, const std::string& price) {
    who.send("D", Order{.id = id, .side = side, .quantity = "1", .price = price}.body());
    who.expect_report('0');
  }
  Result<void> stuff() {
    const std::string big = R"({"type":"big","msg":")" + std::string(1 << 20, 'x') + "\"}";
    return sim().ws_send(key_id("alice"), big);
  }
  // bob's socket and orders work as if there were no alice.
  void others_are_served() {
    PerpsWebSocket bobs(config("bob"));
    ASSERT_TRUE(bobs.start());
    auto book = bobs.subscribe({.channel = Channel::orderbook_delta, .market_tickers = {kMarket}});
    next<MarginOrderbookSnapshot>(book);
    Client bob(sim(), "KalshiNR", "bob");
    bob.logon({.extra = "21011=Y|"});
    for (int i = 0; i < 20; ++i) {
      order(bob, "b" + std::to_string(i), '2', "4.5000");
      EXPECT_EQ(next<MarginOrderbookDelta>(book).delta.to_string(), "1.00");
    }
    bobs.stop();
  }

  Subscription slow_;
  std::unique_ptr<Client> alice_;
};

TEST_F(WsSlowReader, GetsError25AndNobodyElseIsHeldUp) {
  options_.ws_queued_bytes = std::size_t{2} << 20;
  open_slow();
  for (int i = 0; i < 24; ++i) ASSERT_TRUE(stuff());  // more than the sockets and the queue hold
  others_are_served();
  // Reading again: what was in the pipe, then the reason.
  Event event = next(slow_);
  for (; event.kind == EventKind::data; event = next(slow_)) EXPECT_EQ(event.frame.type, "user_order");
  ASSERT_EQ(event.kind, EventKind::ended);
  EXPECT_EQ(event.error->status, 25);
  EXPECT_EQ(event.error->code, "subscription buffer overflow");
  // The connection is still there, and the subscription can be made anew.
  EXPECT_EQ(socket_->state(), WebSocketState::open);
  auto again = subscribe({.channel = Channel::user_orders});
  order(*alice_, "a9", '1', "4.0000");
  EXPECT_EQ(next<MarginUserOrder>(again).client_order_id, "a9");
}

TEST_F(WsSlowReader, ThatStillDoesNotReadIsCutOff) {
  options_.ws_queued_bytes = std::size_t{64} << 20;  // all of it may wait: it is the write that gets stuck
  options_.ws_stuck = std::chrono::milliseconds(300);
  open_slow();
  for (int i = 0; i < 24; ++i) {
    if (!stuff()) break;
  }
  // The simulator lets go of it: there is no such connection any more.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (sim().delay("WS", key_id("alice"), std::chrono::milliseconds(0))) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "never cut off";
    std::this_thread::yield();
  }
  others_are_served();
  // Reading again: the client finds the connection gone, and makes a new one.
  EventKind kind = next(slow_).kind;
  while (kind == EventKind::data) kind = next(slow_).kind;
  EXPECT_EQ(kind, EventKind::outage);
  next(slow_, EventKind::subscribed);
}

}  // namespace
}  // namespace marginfix::ws::test
