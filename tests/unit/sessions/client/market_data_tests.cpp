// Market data: wishes that are kept, books that go stale and come back right, refusals, unreadable updates.
#include "fake_session.hpp"
#include "marginfix/fix/domain_reports.hpp"

namespace marginfix::test {
namespace {

class MarketData : public SessionTest {
 protected:
  void make(bool log_on = true, std::chrono::milliseconds timeout = std::chrono::seconds{60}) {
    SessionConfig config = config_of(SessionKind::market_data, TargetSession::MD);
    config.request_timeout = timeout;
    config.backoff = backoff;
    session = SessionFactory::market_data(config, context);
    MarketDataHandlers h;
    h.on_book = [this](const std::string& symbol, const OrderBook& book, BookEvent event) {
      const char* const word = event == BookEvent::snapshot ? "snapshot" : event == BookEvent::update ? "update" : "stale";
      books.push_back(symbol + " " + word + " " + std::to_string(book.level_count(BookSide::bid)) + "/" +
                      std::to_string(book.level_count(BookSide::ask)));
    };
    h.on_trade = [this](const fix::MDIncEntry& trade, const Inbound&) { trades.push_back(trade.md_entry_size->to_string()); };
    h.on_other_entry = [this](const OtherEntry& entry, const Inbound&) {
      std::string line(entry.symbol);
      line += " " + to_wire(entry.md_entry_type) + (entry.md_update_action ? " " + to_wire(*entry.md_update_action) : "");
      if (entry.md_entry_px) line += " " + entry.md_entry_px->to_string();
      for (const auto& field : entry.unknown) line += " " + std::to_string(field.tag) + "=" + std::string(field.value);
      others.push_back(line);
    };
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

  // Two subscribed books that stand on their snapshots; nothing told yet.
  void two_books() {
    make();
    subscribe({"BTC-PERP", "ETH-PERP"});
    snapshot("BTC-PERP");
    snapshot("ETH-PERP");
    for (auto* list : {&books, &trades, &others}) list->clear();
  }

  BackoffOptions backoff{std::chrono::milliseconds{1}, std::chrono::milliseconds{2}, std::chrono::milliseconds{1}};
  std::unique_ptr<MarketDataSession> session;
  std::vector<std::string> books, trades, others, snapshots, statuses;
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

// What cannot be read of a message may have been about any book.
TEST_F(MarketData, AnUpdateThatIsNotWholeMakesEveryBookStaleAndAsksForAllAnew) {
  const std::string one = "279=1|55=BTC-PERP|269=0|270=6.2500|271=3.00|";
  for (const std::string& body :
       std::vector<std::string>{"268=1|279=1|55=BTC-PERP|269=0|270=6.2500|no field|271=3.00|", "268=1|4294967297=x|" + one, "262=a|",
                                one,                                                    // without its counter
                                "268=2|" + one, "268=1|" + one + one, "268=0|" + one,   // fewer and more than it says
                                "268=|" + one, "268=many|" + one, "268=-1|" + one,      // a counter that is none
                                "268=1|268=1|" + one, "268=2|" + one + "262=a|" + one,  // an entry's fields outside the group
                                "268=1|279=1|269=0|270=6.2500|271=3.00|"}) {
    SCOPED_TRACE(body);
    two_books();
    raw->app("X", body);
    std::ranges::sort(books);
    EXPECT_EQ(books, (std::vector<std::string>{"BTC-PERP stale 0/0", "ETH-PERP stale 0/0"}));
    for (const char* symbol : {"BTC-PERP", "ETH-PERP"}) {
      EXPECT_EQ(session->book(symbol)->stale_reason(), StaleReason::unreadable);
      EXPECT_FALSE(session->current(symbol));
    }
    run();
    ASSERT_EQ(raw->sent.size(), 2U);
    EXPECT_EQ(raw->sent[1].body, "146=2|55=BTC-PERP|55=ETH-PERP|263=1|");
    snapshot("BTC-PERP");
    EXPECT_TRUE(session->current("BTC-PERP"));
  }
}

TEST_F(MarketData, ALevelThatCannotBeRightMakesItsBookStaleAndAsksForItAnew) {
  for (const char* entry :
       {"279=3|55=BTC-PERP|269=0|270=6.2500|271=3.00|",  // DeleteThru, DeleteFrom, Overlay: none of the documented
        "279=4|55=BTC-PERP|269=0|270=6.2500|271=3.00|", "279=5|55=BTC-PERP|269=1|270=6.2500|271=3.00|",
        "279=|55=BTC-PERP|269=0|270=6.2500|271=3.00|", "279=10|55=BTC-PERP|269=0|270=6.2500|271=3.00|",
        "55=BTC-PERP|269=0|270=6.2500|271=3.00|", "279=1|55=BTC-PERP|270=6.2500|271=3.00|", "279=1|55=BTC-PERP|269=|270=6.2500|271=3.00|",
        "279=1|55=BTC-PERP|269=0|271=3.00|", "279=1|55=BTC-PERP|269=0|270=abc|271=3.00|", "279=1|55=BTC-PERP|269=0|270=6.1234567|271=3.00|",
        "279=1|55=BTC-PERP|269=0|270=6.2500|", "279=1|55=BTC-PERP|269=0|270=6.2500|271=1.001|",
        "279=1|55=BTC-PERP|269=0|270=6.2500|271=-5.00|", "279=0|55=BTC-PERP|269=1|270=6.2500|271=-0.01|"}) {
    SCOPED_TRACE(entry);
    two_books();
    raw->app("X", std::string("268=2|279=1|55=ETH-PERP|269=0|270=6.2500|271=4.00|") + entry);
    std::ranges::sort(books);
    EXPECT_EQ(books, (std::vector<std::string>{"BTC-PERP stale 0/0", "ETH-PERP update 2/1"}));
    run();
    ASSERT_EQ(raw->sent.size(), 2U);
    EXPECT_EQ(raw->sent[1].body, "146=1|55=BTC-PERP|263=1|");
    EXPECT_TRUE(session->current("ETH-PERP"));
  }
}

TEST_F(MarketData, ASnapshotThatCannotBeRightMakesNoBookAndIsAskedForAnew) {
  for (const char* body :
       {"55=BTC-PERP|268=2|269=0|270=6.2500|271=10.00|", "55=BTC-PERP|268=1|269=0|270=6.2500|271=10.00|269=1|270=7|271=1|",
        "55=BTC-PERP|269=0|270=6.2500|271=10.00|", "55=BTC-PERP|268=1|269=0|270=6.2500|271=-1.00|", "55=BTC-PERP|268=1|269=0|271=10.00|",
        "55=BTC-PERP|268=1|269=1|270=6.2500|", "55=BTC-PERP|268=1|269=0|270=six|271=10.00|", "55=BTC-PERP|268=1|270=6.2500|271=10.00|"}) {
    SCOPED_TRACE(body);
    two_books();
    raw->app("W", body);
    EXPECT_EQ(books, std::vector<std::string>{"BTC-PERP stale 0/0"});
    EXPECT_EQ(session->book("BTC-PERP")->stale_reason(), StaleReason::unreadable);
    run();
    ASSERT_EQ(raw->sent.size(), 2U);
    EXPECT_EQ(raw->sent[1].body, "146=1|55=BTC-PERP|263=1|");
  }
  two_books();
  raw->app("W", "268=1|269=0|270=6.2500|271=10.00|");  // whose?
  EXPECT_EQ(books.size(), 2U);
  two_books();
  raw->app("W", "55=BTC-PERP|268=1|269=0|270=6.2500|271|");
  EXPECT_EQ(books.size(), 2U);
  // The answer of a subscription is as little a book.
  make();
  subscribe({"BTC-PERP"});
  raw->app("W", "55=BTC-PERP|268=2|269=0|270=6.2500|271=10.00|");
  EXPECT_FALSE(session->current("BTC-PERP"));
  run();
  EXPECT_EQ(raw->sent.size(), 2U);
}

TEST_F(MarketData, EntriesThatAreNoSideLeaveTheBookAloneAndAreHandedOver) {
  two_books();
  raw->app("X",
           "268=5|279=0|55=BTC-PERP|269=3|270=6.1000|271=1.00|279=0|55=BTC-PERP|269=B|271=400.00|279=1|55=BTC-PERP|269=0|270=6.2500|"
           "271=3.00|279=0|55=ETH-PERP|269=J|9001=x|279=3|55=BTC-PERP|269=AB|270=9.0000|");
  EXPECT_EQ(others, (std::vector<std::string>{"BTC-PERP 3 0 6.1000", "BTC-PERP B 0", "ETH-PERP J 0 9001=x", "BTC-PERP  3 9.0000 269=AB"}));
  EXPECT_EQ(books, std::vector<std::string>{"BTC-PERP update 2/1"});
  others.clear();
  raw->app("W", "55=BTC-PERP|268=4|269=0|270=6.2500|271=10.00|269=3|270=6.1000|269=C|271=4.00|9001=y|269=2|270=6.2500|271=1.00|");
  EXPECT_EQ(others, (std::vector<std::string>{"BTC-PERP 3 6.1000", "BTC-PERP C 9001=y", "BTC-PERP 2 6.2500"}));
  EXPECT_EQ(books.back(), "BTC-PERP snapshot 1/0");
  run();
  EXPECT_EQ(raw->sent.size(), 1U) << "nothing is asked for anew";
}

TEST_F(MarketData, ATradeThatIsWithdrawnIsNoTrade) {
  two_books();
  raw->app("X", "268=2|279=2|55=BTC-PERP|269=2|270=6.2600|271=2.00|1003=t-1|279=0|55=BTC-PERP|269=2|270=6.2600|271=4.00|1003=t-2|");
  EXPECT_EQ(trades, std::vector<std::string>{"4.00"});
  EXPECT_EQ(others, std::vector<std::string>{"BTC-PERP 2 2 6.2600"});
  EXPECT_TRUE(books.empty());
}

TEST_F(MarketData, TradesOfAMessageThatIsNotWholeAreToldAllTheSame) {
  two_books();
  raw->app("X", "268=3|279=0|55=BTC-PERP|269=2|270=6.2600|271=2.00|");
  EXPECT_EQ(trades, std::vector<std::string>{"2.00"});
  EXPECT_EQ(books.size(), 2U);
}

// The first doubt asks at once; a feed that goes on like that is asked ever more slowly.
TEST_F(MarketData, ABadFeedDoesNotSpendTheTokens) {
  backoff = {std::chrono::seconds{60}, std::chrono::seconds{60}, std::chrono::seconds{60}};
  two_books();
  for (int i = 0; i < 100; ++i) {
    raw->app("X", "268=1|279=3|55=BTC-PERP|269=0|270=6.2500|271=3.00|");
    EXPECT_FALSE(session->current("BTC-PERP"));
    run();
    snapshot("BTC-PERP");
    EXPECT_TRUE(session->current("BTC-PERP")) << "a snapshot that comes is taken";
  }
  EXPECT_EQ(raw->sent.size(), 2U);
  backoff = {std::chrono::milliseconds{1}, std::chrono::milliseconds{2}, std::chrono::milliseconds{1}};
  two_books();
  for (std::size_t asked = 2; asked < 5; ++asked) {
    raw->app("X", "268=1|279=3|55=BTC-PERP|269=0|270=6.2500|271=3.00|");
    EXPECT_TRUE(run_until([&] { return raw->sent.size() == asked; }));
    snapshot("BTC-PERP");
  }
}

TEST_F(MarketData, BooksAndTradesHaveTheExchangesTimeAndDocumentedMessagesGiveNoFindings) {
  two_books();
  const std::string when = "272=20261122|273=11:59:58.750|";
  const Timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{12}};
  raw->app("W", "55=BTC-PERP|268=2|269=0|270=6.2500|271=10.00|" + when + "269=1|270=6.2600|271=7.00|" + when);
  EXPECT_EQ(session->book("BTC-PERP")->exchange_time(), noon - std::chrono::milliseconds{1250});
  std::vector<Trade> told;
  MarketDataHandlers h;
  h.on_trade = [&](const fix::MDIncEntry& entry, const Inbound&) { told.push_back(fix::to_trade(entry).value()); };
  session->set_handlers(std::move(h));
  run();
  raw->app("X",
           "268=3|279=1|55=BTC-PERP|269=0|270=6.2500|271=8.00|272=20261122|273=11:59:59.001|11=mine|79=0|279=2|55=BTC-PERP|269=1|"
           "270=6.2600|271=0.00|272=20261122|273=11:59:59.002|79=3|279=0|55=BTC-PERP|269=2|270=6.2600|271=7.00|272=20261122|"
           "273=11:59:59.002|2446=1|828=1|1003=b7d90000-5c1e-0f3a-1d2b-9a1c00000007|");
  EXPECT_EQ(session->book("BTC-PERP")->exchange_time(), noon - std::chrono::milliseconds{998});
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].trade_id, "b7d90000-5c1e-0f3a-1d2b-9a1c00000007");
  EXPECT_EQ(told[0].time, noon - std::chrono::milliseconds{998});
  EXPECT_TRUE(told[0].block);
  EXPECT_EQ(session->statistics().with_findings, 0U);
  // An exchange that does not tell leaves the time visibly absent.
  raw->app("X", "268=1|279=1|55=BTC-PERP|269=0|270=6.2500|271=9.00|");
  EXPECT_FALSE(session->book("BTC-PERP")->exchange_time());
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
