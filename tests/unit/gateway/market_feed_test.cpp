// The exchange's side of the gateway's market data: a session of a client whose exchange the test plays.
#include "services/gateway/exchange/market_feed.hpp"

#include <boost/asio/io_context.hpp>

#include "marginfix/margin_fix_client.hpp"
#include "marginfix/sessions/fake_exchange.hpp"
#include "support/run_until.hpp"
#include "unit/gateway/market_fixture.hpp"

namespace marginfix::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kSnapshot = "55=KXBTCPERP|268=2|269=0|270=6.25|271=10.00|269=1|270=6.26|271=7.00|";

class ExchangeFeed : public testing::Test, protected MarketListener {
 protected:
  ExchangeFeed() {
    exchange = std::make_shared<FakeExchange>();
    MarginFixClientOptions options;
    options.executor = io.get_executor();
    options.log = null_log_sink();
    options.fake = exchange;
    client = std::make_unique<MarginFixClient>(FakeExchange::config(), options);
    MarketDataHandlers also;
    also.on_book = [this](const std::string&, const OrderBook&, BookEvent) { ++seen_besides; };
    also.on_state = [this](const StateChange&) { ++states_besides; };
    feed = std::make_unique<ExchangeMarketFeed>(
        client->market_data(), [](std::string_view symbol) { return symbol != "KXNOSUCHPERP"; }, also);
    feed->set_listener(this);
    client->start().value();
  }
  ~ExchangeFeed() override {
    feed.reset();
    bool stopped = false;
    client->async_stop([&] { stopped = true; });
    EXPECT_TRUE(test::run_until(io, [&] { return stopped; }));
  }

  FakeExchange::Session& session() { return exchange->session("KalshiMD"); }
  void run() {
    io.restart();
    io.poll();
  }
  void log_on() {
    session().log_on();
    run();
  }
  void deliver(const std::string& msg_type, const std::string& fields) {
    session().deliver(msg_type, fields);
    run();
  }
  // What the exchange was asked: "1 KXBTCPERP".
  std::vector<std::string> asked() {
    std::vector<std::string> all;
    for (const FakeExchange::Sent& each : session().sent()) all.push_back(each.body);
    return all;
  }
  std::vector<std::string> told() { return std::exchange(events, {}); }

  void on_market(const std::string& symbol, bool stale, std::span<const MarketTrade> trades) override {
    std::string event = symbol + (stale ? " stale" : "");
    for (const MarketTrade& trade : trades)
      event += " " + trade.trade_id + "@" + trade.price.to_string() + "x" + trade.size.to_string() +
               (trade.time ? " " + to_fix_utc(*trade.time) : "");
    events.push_back(event);
  }
  void on_market_problem(std::span<const std::string> symbols, const Error& error, bool again) override {
    for (const std::string& symbol : symbols)
      events.push_back(symbol + (again ? " again: " : " given up: ") + std::to_string(error.status));
  }
  void on_market_link(bool up) override { events.push_back(up ? "up" : "down"); }

  boost::asio::io_context io{1};
  std::shared_ptr<FakeExchange> exchange;
  std::unique_ptr<MarginFixClient> client;
  std::unique_ptr<ExchangeMarketFeed> feed;
  std::vector<std::string> events;
  int seen_besides{0}, states_besides{0};
};

TEST_F(ExchangeFeed, HoldsOneSubscriptionAMarketHoweverManyWantIt) {
  EXPECT_FALSE(feed->connected());
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  log_on();
  EXPECT_TRUE(feed->connected());
  EXPECT_THAT(told(), ElementsAre("up"));
  EXPECT_THAT(asked(), ElementsAre("146=1|55=KXBTCPERP|263=1|"));
  ASSERT_NE(feed->book("KXBTCPERP"), nullptr);
  EXPECT_FALSE(feed->current("KXBTCPERP"));
  deliver("W", kSnapshot);
  EXPECT_TRUE(feed->current("KXBTCPERP"));
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP"));
  feed->unsubscribe("KXBTCPERP");
  feed->unsubscribe("KXETHPERP");
  run();
  EXPECT_THAT(asked(), SizeIs(1));
  feed->unsubscribe("KXBTCPERP");
  run();
  EXPECT_THAT(asked(), ElementsAre("146=1|55=KXBTCPERP|263=1|", "146=1|55=KXBTCPERP|263=2|"));
  EXPECT_EQ(feed->book("KXBTCPERP"), nullptr);
}

TEST_F(ExchangeFeed, TradesComeWithTheChangeTheyMadeOrAlone) {
  log_on();
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  run();
  deliver("W", kSnapshot);
  told();
  deliver("X",
          "268=3|279=0|55=KXBTCPERP|269=2|270=6.26|271=2.00|272=20261201|273=14:30:00.123|2446=1|1003=t-1|279=0|55=KXBTCPERP|269=2|270=6."
          "26|271="
          "1.00|1003=t-2|279=1|55=KXBTCPERP|269=1|270=6.26|271=4.00|");
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP t-1@6.2600x2.00 20261201-14:30:00.123 t-2@6.2600x1.00"));
  deliver("X", "268=1|279=0|55=KXBTCPERP|269=2|270=6.26|271=1.00|1003=t-3|");
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP t-3@6.2600x1.00"));
  deliver("X", "268=2|279=0|55=KXETHPERP|269=2|270=6.26|271=1.00|1003=t-4|279=2|55=KXBTCPERP|269=2|270=6.26|271=1.00|1003=t-3|");
  EXPECT_THAT(told(), IsEmpty()) << "nobody wants ETH; a trade that is withdrawn is no trade";
  EXPECT_EQ(seen_besides, 2);
}

TEST_F(ExchangeFeed, TradesOfABookThatHasNotComeAreToldNoLaterThanTheNextUpdate) {
  log_on();
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  run();
  told();
  const std::string both = "268=2|279=0|55=KXBTCPERP|269=2|270=6.26|271=2.00|1003=t-1|279=1|55=KXBTCPERP|269=1|270=6.26|271=4.00|";
  deliver("X", both);
  EXPECT_THAT(told(), IsEmpty());
  deliver("X", both);
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP t-1@6.2600x2.00"));
  deliver("W", kSnapshot);
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP t-1@6.2600x2.00"));
}

TEST_F(ExchangeFeed, ALostConnectionMakesItsBooksStaleAndTheyComeBack) {
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  log_on();
  deliver("W", kSnapshot);
  told();
  session().lose();
  run();
  EXPECT_FALSE(feed->connected());
  EXPECT_FALSE(feed->current("KXBTCPERP"));
  EXPECT_THAT(told(), testing::UnorderedElementsAre("KXBTCPERP stale", "down"));
  log_on();
  EXPECT_THAT(told(), ElementsAre("up"));
  deliver("W", kSnapshot);
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP"));
  EXPECT_GT(states_besides, 0);
}

TEST_F(ExchangeFeed, WhatTheExchangeRefusesIsAskedForAgainOnlyByWhoSubscribesAnew) {
  log_on();
  told();
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  run();
  deliver("Y", "281=4|58=no|");
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP given up: 4"));
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  run();
  EXPECT_THAT(asked(), SizeIs(2));
  deliver("Y", "281=2|");
  EXPECT_THAT(told(), ElementsAre("KXBTCPERP again: 2"));
}

TEST_F(ExchangeFeed, ASymbolThatCannotBeWrittenIsAnError) {
  const auto refused = feed->subscribe("KX\x01");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::codec);
  feed->unsubscribe("KX\x01");
}

TEST_F(ExchangeFeed, KnowsWhichMarketsThereAre) {
  EXPECT_TRUE(feed->exists("KXBTCPERP"));
  EXPECT_FALSE(feed->exists("KXNOSUCHPERP"));
}

TEST_F(ExchangeFeed, TellsNobodyAfterItsEnd) {
  ASSERT_TRUE(feed->subscribe("KXBTCPERP"));
  log_on();
  told();
  feed.reset();
  deliver("W", kSnapshot);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(seen_besides, 1);
}

}  // namespace
}  // namespace marginfix::gateway
