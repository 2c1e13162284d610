// A client that cannot take a frame: what that leads to changes the very clients and subscriptions that are being walked.
#include <functional>
#include <map>

#include "sim/doors/ws/protocol.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

// Room for some frames a client; then the protocol is told at once, from inside send().
struct NarrowOut final : WsOut {
  void send(WsClient client, std::string text) override {
    if (text.find("\"code\":25") != std::string::npos) ++ended[client];
    const auto full = room.find(client);
    if (full != room.end() && full->second-- == 0) too_much(client);
    ++frames[client];
  }
  std::map<WsClient, int> room, frames, ended;
  std::function<void(WsClient)> too_much;
};

class WsOverflow : public ExchangeTest {
 protected:
  void SetUp() override {
    exchange.add_sink(protocol);
    for (const WsClient client : {1, 2, 3}) {
      protocol.join(client, *views::find_key(exchange.state(), client == 3 ? "b-key" : "a-key"));
      // Two subscriptions of each channel: an end in the middle leaves one behind it.
      for (int i = 0; i < 2; ++i) {
        protocol.command(client,
                         R"({"id":1,"cmd":"subscribe","params":{"channels":["orderbook_delta","ticker","trade","fill","user_orders"],)"
                         R"("market_ticker":")" +
                             std::string(kMarket) + "\"}}");
      }
    }
  }
  void trade(int n) {
    const std::string id = std::to_string(n);
    buy("a-key", "a" + id, 1, "6.0000");
    sell("b-key", "b" + id, 1, "6.0000");
    protocol.on_second();
  }
  NarrowOut out;
  WsProtocol protocol{exchange, out, [this] { return exchange.now(); }};
};

TEST_F(WsOverflow, EndsTheSubscriptionsOfOneAtAnyFrameAndOfNobodyElse) {
  out.too_much = [this](WsClient client) { protocol.overflow(client); };
  for (int room = 0; room < 24; ++room) {
    out.ended.clear();
    out.room[2] = room;
    for (int i = 0; i < 4; ++i) trade(room * 10 + i);
    EXPECT_EQ(out.ended[2], 10) << room;
    EXPECT_EQ(out.ended[1] + out.ended[3], 0) << room;
    out.room.clear();
    for (int i = 0; i < 2; ++i) {
      protocol.command(2, R"({"id":1,"cmd":"subscribe","params":{"channels":["orderbook_delta","ticker","trade","fill","user_orders"],)"
                          R"("market_ticker":")" +
                              std::string(kMarket) + "\"}}");
    }
  }
}

TEST_F(WsOverflow, OfEverybodyAtOnce) {
  out.too_much = [this](WsClient) {
    for (const WsClient each : {1, 2, 3}) protocol.overflow(each);
  };
  out.room[1] = 0;
  trade(1);
  for (const WsClient each : {1, 2, 3}) EXPECT_EQ(out.ended[each], 10) << each;
  const int before = out.frames[1] + out.frames[2] + out.frames[3];
  trade(2);
  EXPECT_EQ(out.frames[1] + out.frames[2] + out.frames[3], before) << "nobody is subscribed any more";
}

TEST_F(WsOverflow, ClientsMayLeaveInTheMiddle) {
  out.too_much = [this](WsClient client) {
    protocol.leave(client);
    protocol.leave(3);
  };
  for (int room = 0; room < 3; ++room) {
    out.room[1] = room;
    for (int i = 0; i < 3; ++i) trade(room * 10 + i);
    EXPECT_EQ(protocol.clients_of("").size(), 1U);
    protocol.join(1, *views::find_key(exchange.state(), "a-key"));
    protocol.command(1, R"({"id":1,"cmd":"subscribe","params":{"channels":["trade"]}})");
    protocol.join(3, *views::find_key(exchange.state(), "b-key"));
  }
}

TEST_F(WsOverflow, InTheMiddleOfItsOwnCommand) {
  out.too_much = [this](WsClient client) { protocol.overflow(client); };
  for (int room = 0; room < 8; ++room) {
    out.room[1] = room;
    protocol.command(1, R"({"id":7,"cmd":"subscribe","params":{"channels":["orderbook_delta","ticker"],"send_initial_snapshot":true,)"
                        R"("market_tickers":["KXBTCPERP","KXETHPERP"]}})");
    protocol.command(1, R"({"id":8,"cmd":"list_subscriptions"})");
  }
  EXPECT_GT(out.ended[1], 0);
  protocol.leave(1);
  protocol.command(1, R"({"id":8,"cmd":"list_subscriptions"})");  // came behind its end
}

}  // namespace
}  // namespace marginfix::sim
