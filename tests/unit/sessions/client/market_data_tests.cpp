// Market data: wishes that are kept, books that go stale and come back right, refusals, unreadable updates.
#include "fake_session.hpp"

namespace marginfix::test {
namespace {

class MarketData : public SessionTest {
 protected:
  void make(bool log_on = true, std::chrono::milliseconds timeout = std::chrono::seconds{60}) {
    SessionConfig config = config_of(SessionKind::market_data, TargetSession::MD);
    config.request_timeout = timeout;
    config.backoff = {std::chrono::milliseconds{1}, std::chrono::milliseconds{2}, std::chrono::milliseconds{1}};
    session = SessionFactory::market_data(config, context);
    MarketDataHandlers h;
    h.on_book = [this](const std::string& symbol, const OrderBook& book, BookEvent event) {
      const char* const word = event == BookEvent::snapshot ? "snapshot" : event == BookEvent::update ? "update" : "stale";
      books.push_back(symbol + " " + word + " " + std::to_string(book.level_count(BookSide::bid)) + "/" +
                      std::to_string(book.level_count(BookSide::ask)));
    };
    h.on_trade = [this](const fix::MDIncEntry& trade, const Inbound&) { trades.push_back(trade.md_entry_size->to_string()); };
    h.on_snapshot = [this](const fix::MarketDataSnapshotFullRefresh& w, const Inbound&) { snapshots.emplace_back(w.symbol); };
    h.on_subscription_problem = [this](const SubscriptionProblem& p) { problems.push_back(p); };
    h.on_security_status = [this](const fix::SecurityStatus& f, const Inbound&) { statuses.emplace_back(f.symbol); };
    session->set_handlers(std::move(h));
    if (log_on) bring_up(*session);
  }
  void subscribe(std::initializer_list<std::string> symbols) {
    EXPECT_TRUE(session->subscribe(std::vector<std::string>(symbols)));
    run();
  }
  void snapshot(const std::string& symbol) {
    raw->app("W", "55=" + symbol + "|268=3|269=0|270=6.2500|271=10.00|269=0|270=6.2400|271=5.00|269=1|270=6.2600|271=7.00|");
  }

  std::unique_ptr<MarketDataSession> session;
  std::vector<std::string> books, trades, snapshots, statuses;
  std::vector<SubscriptionProblem> problems;
};

TEST_F(MarketData, ASnapshotMakesTheBookCurrentAndUpdatesSetAbsoluteSizes) {
  make();
  subscribe({"BTC-PERP"});
  ASSERT_EQ(raw->sent.size(), 1U);
  EXPECT_EQ(raw->sent[0].body, "146=1|55=BTC-PERP|263=1|");
  ASSERT_NE(session->book("BTC-PERP"), nullptr);
  EXPECT_TRUE(session->book("BTC-PERP")->stale());
  snapshot("BTC-PERP");
  EXPECT_TRUE(session->current("BTC-PERP"));
  raw->app("X",
           "268=3|279=1|269=0|55=BTC-PERP|270=6.2500|271=3.00|279=0|269=1|55=BTC-PERP|270=6.2700|271=1.00|279=2|269=0|55=BTC-PERP|270=6."
           "2400|271=0.00|");
  const OrderBook& book = *session->book("BTC-PERP");
  EXPECT_EQ(book.best_bid()->size, FixedPointCount::whole(3));
  EXPECT_EQ(book.level_count(BookSide::bid), 1U);
  EXPECT_EQ(book.level_count(BookSide::ask), 2U);
  EXPECT_EQ(books, (std::vector<std::string>{"BTC-PERP snapshot 2/1", "BTC-PERP update 1/2"}));
}

TEST_F(MarketData, AWishMadeBeforeTheLogonIsSentWithIt) {
  make(false);
  make_buckets();
  EXPECT_TRUE(session->subscribe("BTC-PERP"));
  EXPECT_TRUE(session->subscribe("ETH-PERP"));
  bring_up(*session);
  ASSERT_EQ(raw->sent.size(), 1U);
  EXPECT_EQ(raw->sent[0].body, "146=2|55=BTC-PERP|55=ETH-PERP|263=1|");
}

TEST_F(MarketData, TradesAreDeliveredInOrderAndDoNotTouchTheBook) {
  make();
  subscribe({"BTC-PERP"});
  snapshot("BTC-PERP");
  raw->app("X", "268=2|279=0|269=2|55=BTC-PERP|270=6.2600|271=2.00|2446=1|279=0|269=2|55=BTC-PERP|270=6.2600|271=4.00|2446=1|");
  EXPECT_EQ(trades, (std::vector<std::string>{"2.00", "4.00"}));
  EXPECT_EQ(books.size(), 1U);
}

TEST_F(MarketData, ALostConnectionEmptiesBooksAndTheNextOneAsksAgain) {
  make();
  subscribe({"BTC-PERP"});
  snapshot("BTC-PERP");
  raw->drop();
  EXPECT_TRUE(session->book("BTC-PERP")->stale());
  EXPECT_TRUE(session->book("BTC-PERP")->empty());
  EXPECT_FALSE(session->current("BTC-PERP"));
  raw->log_on();
  ASSERT_EQ(raw->sent.size(), 2U);
  EXPECT_EQ(raw->sent[1].body, "146=1|55=BTC-PERP|263=1|");
  // Before the snapshot an update says nothing.
  raw->app("X", "268=1|279=0|269=0|55=BTC-PERP|270=1.0000|271=1.00|");
  EXPECT_TRUE(session->book("BTC-PERP")->empty());
  snapshot("BTC-PERP");
  EXPECT_EQ(books, (std::vector<std::string>{"BTC-PERP snapshot 2/1", "BTC-PERP stale 0/0", "BTC-PERP snapshot 2/1"}));
}

TEST_F(MarketData, AnUnknownSymbolGivesAnEmptyBookThatIsCurrent) {
  make();
  subscribe({"NO-SUCH"});
  raw->app("W", "55=NO-SUCH|268=0|");
  EXPECT_TRUE(session->current("NO-SUCH"));
  EXPECT_TRUE(session->book("NO-SUCH")->empty());
}

TEST_F(MarketData, SubscribingTwiceAsksOnce) {
  make();
  subscribe({"BTC-PERP"});
  subscribe({"BTC-PERP"});
  EXPECT_EQ(raw->sent.size(), 1U);
}

TEST_F(MarketData, UnsubscribeForgetsTheBookAndTellsTheExchange) {
  make();
  subscribe({"BTC-PERP", "ETH-PERP"});
  EXPECT_TRUE(session->unsubscribe("BTC-PERP"));
  run();
  EXPECT_EQ(raw->sent.back().body, "146=1|55=BTC-PERP|263=2|");
  EXPECT_EQ(session->book("BTC-PERP"), nullptr);
  EXPECT_EQ(session->subscriptions(), std::vector<std::string>{"ETH-PERP"});
  EXPECT_TRUE(session->unsubscribe_all());
  run();
  EXPECT_EQ(raw->sent.back().body, "263=2|");
  raw->drop();
  raw->log_on();
  EXPECT_EQ(raw->sent.back().body, "263=2|");  // nothing is asked for any more
}

TEST_F(MarketData, UnsubscribingInsideABookHandlerIsSafe) {
  make();
  MarketDataHandlers h;
  h.on_book = [this](const std::string& symbol, const OrderBook&, BookEvent) { EXPECT_TRUE(session->unsubscribe(symbol)); };
  session->set_handlers(std::move(h));
  run();
  subscribe({"BTC-PERP", "ETH-PERP"});
  snapshot("BTC-PERP");
  snapshot("ETH-PERP");
  run();
  EXPECT_TRUE(session->subscriptions().empty());
  EXPECT_EQ(session->book("BTC-PERP"), nullptr);
}

TEST_F(MarketData, ASnapshotOnlyRequestGoesToItsHandlerAndNeedsALogon) {
  make();
  on_io(*session, [&] { EXPECT_TRUE(session->snapshot("ETH-PERP")); });
  EXPECT_EQ(raw->sent[0].body, "146=1|55=ETH-PERP|263=0|");
  snapshot("ETH-PERP");
  EXPECT_EQ(snapshots, std::vector<std::string>{"ETH-PERP"});
  EXPECT_EQ(session->book("ETH-PERP"), nullptr);
  raw->drop();
  EXPECT_EQ(session->snapshot("ETH-PERP").error().category, ErrorCategory::closed);
}

TEST_F(MarketData, ALimitRejectIsToldAndTriedAgain) {
  make();
  subscribe({"BTC-PERP"});
  raw->app("Y", "281=2|58=TOO_MANY|");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].will_retry);
  EXPECT_EQ(problems[0].symbols, std::vector<std::string>{"BTC-PERP"});
  EXPECT_EQ(problems[0].error.status, 2);
  EXPECT_TRUE(run_until([&] { return raw->sent.size() == 2; }));
}

TEST_F(MarketData, AnyOtherRejectEndsTheWish) {
  make();
  subscribe({"BTC-PERP"});
  raw->app("Y", "281=4|58=UNSUPPORTED|");
  run();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_FALSE(problems[0].will_retry);
  EXPECT_TRUE(session->subscriptions().empty());
  EXPECT_EQ(session->book("BTC-PERP"), nullptr);
}

TEST_F(MarketData, ABusinessRejectForRatesIsTriedAgain) {
  make();
  subscribe({"BTC-PERP"});
  raw->app("j", "45=2|372=V|380=8|");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_TRUE(problems[0].will_retry);
  EXPECT_TRUE(run_until([&] { return raw->sent.size() == 2; }));
}

TEST_F(MarketData, NoSnapshotInTimeIsToldAndAskedForAgain) {
  make(true, std::chrono::milliseconds{100});
  subscribe({"BTC-PERP", "ETH-PERP"});
  snapshot("BTC-PERP");
  EXPECT_TRUE(run_until([&] { return raw->sent.size() == 2; }));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].symbols, std::vector<std::string>{"ETH-PERP"});
  EXPECT_EQ(problems[0].error.category, ErrorCategory::timeout);
  EXPECT_EQ(raw->sent[1].body, "146=1|55=ETH-PERP|263=1|");
}

TEST_F(MarketData, AnUpdateThatCannotBeAppliedMakesTheBookStaleAndItIsAskedForAnew) {
  make();
  subscribe({"BTC-PERP"});
  snapshot("BTC-PERP");
  raw->app("X", "268=1|279=1|269=0|55=BTC-PERP|271=3.00|");  // which level?
  EXPECT_TRUE(session->book("BTC-PERP")->stale());
  EXPECT_EQ(books.back(), "BTC-PERP stale 0/0");
  run();
  EXPECT_EQ(raw->sent.size(), 2U);
}

TEST_F(MarketData, SecurityStatusIsAskedForAgainAfterAReconnect) {
  make();
  EXPECT_TRUE(session->subscribe_status("BTC-PERP"));
  run();
  EXPECT_EQ(raw->sent[0].msg_type, "e");
  raw->app("f", "55=BTC-PERP|326=2|");
  EXPECT_EQ(statuses, std::vector<std::string>{"BTC-PERP"});
  raw->drop();
  raw->log_on();
  EXPECT_EQ(raw->sent.size(), 2U);
}

TEST_F(MarketData, ManySymbolsAreAskedForInRequestsOfAHundred) {
  make();
  std::vector<std::string> symbols;
  for (int i = 0; i < 250; ++i) symbols.push_back("S" + std::to_string(i));
  EXPECT_TRUE(session->subscribe(symbols));
  run();
  EXPECT_EQ(raw->sent.size(), 3U);
}

TEST_F(MarketData, ABadSymbolIsRefusedHere) {
  make();
  EXPECT_EQ(session->subscribe("").error().category, ErrorCategory::codec);
  EXPECT_EQ(session->subscribe(std::string("A\x01") + "B").error().category, ErrorCategory::codec);
}

}  // namespace
}  // namespace marginfix::test
