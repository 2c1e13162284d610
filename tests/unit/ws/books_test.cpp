// Books of orderbook_delta: right, or stale with a reason and on the way to be right again.
#include "unit/ws/harness.hpp"

namespace marginfix::ws::test {
namespace {

using K = EventKind;

class BooksTest : public Harness {
 protected:
  void SetUp() override {
    connect();
    s = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {"X", "Y"}});
    frame(R"({"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":3}})");
    events.clear();
  }
  void snapshot(const std::string& market, int seq) {
    frame(R"({"type":"orderbook_snapshot","sid":3,"seq":)" + std::to_string(seq) + R"(,"msg":{"market_ticker":")" + market +
          R"(","bid":[["1.0000","5.00"],["1.1000","6.00"]],"ask":[["1.3000","7.00"],["1.2000","8.00"]]}})");
  }
  void delta(const std::string& market, int seq, const std::string& side, const std::string& price, const std::string& d, int ts = 0) {
    frame(R"({"type":"orderbook_delta","sid":3,"seq":)" + std::to_string(seq) + R"(,"msg":{"market_ticker":")" + market + R"(","price":")" +
          price + R"(","delta":")" + d + R"(","side":")" + side + R"(","ts_ms":)" + std::to_string(ts == 0 ? seq : ts) + "}}");
  }
  OrderBook book(const std::string& market) { return s->book(market)->copy(); }
  std::shared_ptr<SubscriptionImpl> s;
};

TEST_F(BooksTest, StartStaleAndFollowTheDeltas) {
  EXPECT_EQ(book("X").stale_reason(), StaleReason::no_snapshot);
  snapshot("X", 1);
  snapshot("Y", 2);
  EXPECT_FALSE(book("X").stale());
  EXPECT_EQ(book("X").best_bid()->price.to_string(), "1.1000");
  delta("X", 3, "bid", "1.1500", "2.00");
  delta("X", 4, "ask", "1.2000", "-8.00");
  EXPECT_EQ(book("X").best_bid()->price.to_string(), "1.1500");
  EXPECT_EQ(book("X").best_ask()->price.to_string(), "1.3000");
  EXPECT_EQ(kinds(), (std::vector<K>{K::data, K::data, K::data, K::data}));
  EXPECT_EQ(s->statistics().faults, 0U);
  EXPECT_EQ(s->book("Z"), nullptr);
}

TEST_F(BooksTest, AGapMakesEveryBookOfTheSidStaleAndAsksForSnapshots) {
  snapshot("X", 1);
  snapshot("Y", 2);
  events.clear();
  delta("X", 5, "bid", "1.1000", "1.00");
  ASSERT_GE(events.size(), 1U);
  EXPECT_EQ(events[0].kind, K::gap);
  EXPECT_EQ(events[0].expected, 3);
  EXPECT_EQ(book("X").stale_reason(), StaleReason::gap);
  EXPECT_EQ(book("Y").stale_reason(), StaleReason::gap);
  EXPECT_EQ(last(), R"({"id":2,"cmd":"update_subscription","params":{"sids":[3],"action":"get_snapshot","market_tickers":["X","Y"]}})");
  const auto before = sent.size();
  delta("X", 6, "bid", "1.1000", "1.00");  // waits for its snapshot, quietly
  EXPECT_EQ(sent.size(), before);
  frame(R"({"type":"ok","id":2,"sid":3})");
  snapshot("X", 7);
  EXPECT_FALSE(book("X").stale());
  EXPECT_TRUE(book("Y").stale());
  delta("X", 8, "bid", "1.1000", "1.00");
  EXPECT_EQ(book("X").best_bid()->size.to_string(), "7.00");
}

TEST_F(BooksTest, ADeltaBeforeItsSnapshotIsAFaultOnce) {
  delta("X", 1, "bid", "1.0000", "1.00");
  delta("X", 2, "bid", "1.0000", "1.00");
  EXPECT_EQ(kinds(), (std::vector<K>{K::book_fault, K::data, K::data}));
  EXPECT_FALSE(events[1].applied);
  EXPECT_FALSE(events[2].applied);
  EXPECT_EQ(last(), R"({"id":2,"cmd":"update_subscription","params":{"sids":[3],"action":"get_snapshot","market_tickers":["X"]}})");
  EXPECT_EQ(sent.size(), 2U);
  snapshot("X", 3);
  EXPECT_FALSE(book("X").stale());
}

TEST_F(BooksTest, ASnapshotWithALevelBelowZeroIsNoBookAndIsAskedForAgainAfterAWhile) {
  const std::string bad =
      R"({"type":"orderbook_snapshot","sid":3,"seq":1,"msg":{"market_ticker":"X","bid":[["1.0000","5.00"],["1.1000","-6.00"]],"ask":[]}})";
  frame(bad);
  EXPECT_EQ(book("X").stale_reason(), StaleReason::negative_level);
  EXPECT_EQ(kinds(), (std::vector<K>{K::book_fault, K::data}));
  EXPECT_FALSE(events.back().applied);
  EXPECT_EQ(sent.size(), 1U) << "not at once: the next one may be as wrong";
  passed += std::chrono::seconds(2);
  all->on_deadline(now());
  EXPECT_EQ(last(), R"({"id":2,"cmd":"update_subscription","params":{"sids":[3],"action":"get_snapshot","market_tickers":["X"]}})");
  snapshot("X", 2);
  EXPECT_FALSE(book("X").stale());
}

TEST_F(BooksTest, BooksKnowTheExchangesTime) {
  snapshot("X", 1);
  EXPECT_FALSE(book("X").exchange_time());
  delta("X", 2, "bid", "1.1000", "1.00", 1'790'000'000);
  EXPECT_EQ(book("X").exchange_time(), from_epoch_ms(1'790'000'000));
}

TEST_F(BooksTest, ANegativeLevelMakesThatBookStaleOnly) {
  snapshot("X", 1);
  snapshot("Y", 2);
  delta("X", 3, "bid", "1.1000", "-6.50");
  EXPECT_EQ(book("X").stale_reason(), StaleReason::negative_level);
  EXPECT_FALSE(book("Y").stale());
  EXPECT_EQ(kinds(), (std::vector<K>{K::data, K::data, K::book_fault, K::data}));
  EXPECT_FALSE(events.back().applied);
  EXPECT_NE(events[2].error->message.find("below zero"), std::string::npos);
  EXPECT_EQ(last(), R"({"id":2,"cmd":"update_subscription","params":{"sids":[3],"action":"get_snapshot","market_tickers":["X"]}})");
}

TEST_F(BooksTest, ABookMayCrossWithinOneEventButNotStayCrossed) {
  snapshot("X", 1);
  delta("X", 2, "bid", "1.2500", "1.00", 50);   // crosses the ask at 1.2 ...
  delta("X", 3, "ask", "1.2000", "-8.00", 50);  // ... which the same event takes away
  EXPECT_EQ(s->statistics().faults, 0U);
  delta("X", 4, "bid", "1.3500", "1.00", 60);
  EXPECT_EQ(s->statistics().faults, 0U);
  delta("X", 5, "bid", "1.0000", "1.00", 61);  // another event, still crossed
  EXPECT_EQ(s->statistics().faults, 1U);
  EXPECT_TRUE(book("X").stale());
}

TEST_F(BooksTest, AnUnknownSideIsAFault) {
  snapshot("X", 1);
  delta("X", 2, "middle", "1.1000", "1.00");
  EXPECT_EQ(kinds(), (std::vector<K>{K::data, K::book_fault, K::data}));
  EXPECT_TRUE(book("X").stale());
}

TEST_F(BooksTest, AFrameThatCannotBeReadMakesTheBooksStale) {
  snapshot("X", 1);
  frame(R"({"type":"orderbook_delta","sid":3,"seq":2,"msg":{"market_ticker":"X","price":1.5}})");
  EXPECT_TRUE(book("X").stale());
  EXPECT_EQ(s->statistics().resyncs, 1U);
}

// A recorder has no hole: whatever becomes of the books, each frame reaches the handler once, in order.
TEST_F(BooksTest, EveryFrameReachesTheHandlerAlsoWhileABookWaits) {
  delta("X", 1, "bid", "1.0000", "1.00");  // before its snapshot
  snapshot("X", 2);
  delta("X", 3, "bid", "1.0000", "1.00");
  delta("X", 6, "bid", "1.0000", "2.00");  // behind a gap
  delta("X", 7, "bid", "1.0000", "3.00");  // waits for the snapshot
  frame(R"({"type":"orderbook_delta","sid":3,"seq":8,"msg":{"market_ticker":"X","price":1.5}})");
  delta("X", 9, "middle", "1.0000", "1.00");
  snapshot("X", 10);
  delta("X", 11, "bid", "1.0000", "-99.00");  // below zero
  delta("X", 12, "bid", "1.0000", "1.00");
  delta("Z", 13, "bid", "1.0000", "1.00");  // nobody asked for it
  snapshot("X", 14);
  delta("X", 15, "bid", "1.0000", "1.00");
  std::vector<std::pair<std::int64_t, bool>> heard;
  for (const Event& e : events) {
    if (e.kind == K::data) heard.emplace_back(e.frame.seq.value_or(0), e.applied);
  }
  EXPECT_EQ(heard, (std::vector<std::pair<std::int64_t, bool>>{{1, false},
                                                               {2, true},
                                                               {3, true},
                                                               {6, false},
                                                               {7, false},
                                                               {8, false},
                                                               {9, false},
                                                               {10, true},
                                                               {11, false},
                                                               {12, false},
                                                               {13, false},
                                                               {14, true},
                                                               {15, true}}));
}

TEST_F(BooksTest, ARefusedSnapshotIsAskedForAgainAndThenTheSidIsGivenUp) {
  snapshot("X", 1);
  delta("X", 3, "bid", "1.0000", "1.00");
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto id = std::to_string(2 + attempt);
    frame(R"({"type":"error","id":)" + id + R"(,"msg":{"code":18,"msg":"Command timeout"}})");
    passed += std::chrono::seconds(1);
    all->on_deadline(now());
    run();
    EXPECT_NE(last().find("get_snapshot"), std::string::npos) << attempt;
  }
  frame(R"({"type":"error","id":5,"msg":{"code":18,"msg":"Command timeout"}})");
  ASSERT_GE(sent.size(), 2U);
  EXPECT_EQ(sent[sent.size() - 2], R"({"id":6,"cmd":"unsubscribe","params":{"sids":[3]}})");
  EXPECT_EQ(last(), R"({"id":7,"cmd":"subscribe","params":{"channels":["orderbook_delta"],"market_tickers":["X","Y"]}})");
  frame(R"({"type":"unsubscribed","id":6,"sid":3,"seq":9})");
  frame(R"({"type":"subscribed","id":7,"msg":{"channel":"orderbook_delta","sid":8}})");
  frame(R"({"type":"orderbook_snapshot","sid":8,"seq":1,"msg":{"market_ticker":"X","bid":[],"ask":[]}})");
  EXPECT_FALSE(book("X").stale());
}

TEST_F(BooksTest, AnOutageEmptiesTheBooks) {
  snapshot("X", 1);
  disconnect();
  EXPECT_EQ(book("X").stale_reason(), StaleReason::disconnected);
  EXPECT_TRUE(book("X").empty());
}

TEST_F(BooksTest, DeletedMarketsAreLetGo) {
  snapshot("X", 1);
  const auto kept = s->book("X");
  all->delete_markets(s, {"X"}, {}, now());
  EXPECT_EQ(last(), R"({"id":2,"cmd":"update_subscription","params":{"sids":[3],"action":"delete_markets","market_tickers":["X"]}})");
  EXPECT_EQ(kept->copy().stale_reason(), StaleReason::unsubscribed);
  EXPECT_EQ(s->book("X"), nullptr);
  delta("X", 2, "bid", "1.0000", "1.00");  // was on its way
  EXPECT_EQ(s->statistics().faults, 0U);
}

}  // namespace
}  // namespace marginfix::ws::test
