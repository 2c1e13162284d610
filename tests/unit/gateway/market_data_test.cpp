// Market data for the gateway's clients, in each of their versions: what a V is granted and refused, what W and X say, books that are lost,
// clients that do not read.
#include "services/gateway/oms/market_data.hpp"

#include "unit/gateway/market_fixture.hpp"

namespace marginfix::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Lines = std::vector<std::string>;

constexpr const char* kBtc = "KXBTCPERP";
constexpr const char* kEth = "KXETHPERP";
constexpr const char* kTime = "272=20261201|273=14:29:59.500|";

class MarketData : public testing::TestWithParam<FixVersion> {
 protected:
  std::string ask(const std::string& fields) { return ask(line, fields); }
  std::string ask(FakeLine& from, const std::string& fields) {
    return brief(
        deliver(from, "V", fields, [this](ClientLine& to, const ClientMessage& message) { return books.on_request(to, message); }));
  }
  // A V for bids and offers; `more`: 265 and the like.
  void subscribe(const std::string& id, const char* symbol = "BTC", const char* depth = "0", const char* more = "265=1|") {
    EXPECT_EQ(ask("262=" + id + "|263=1|264=" + depth + "|" + more + "267=2|269=0|269=1|146=1|55=" + symbol + "|"), "");
  }
  void snapshot(const char* symbol = kBtc) {
    feed.fill(symbol);
    books.on_market(symbol, false, {});
  }
  void change(BookSide side, const char* price, const char* size, const char* symbol = kBtc) {
    feed.set(symbol, side, price, size);
    books.on_market(symbol, false, {});
  }
  void lose(const char* symbol = kBtc) {
    feed.of(symbol).mark_stale(StaleReason::disconnected, at("20261201-14:30:00.000"));
    books.on_market(symbol, true, {});
  }
  void trade(const char* price, const char* size, const char* id, const char* symbol = kBtc) {
    const MarketTrade one{dollars(price), contracts(size), at("20261201-14:29:59.900"), id};
    books.on_market(symbol, false, std::span(&one, 1));
  }
  // The client has read everything.
  void drain(FakeLine& reader) {
    reader.queued_bytes = 0;
    books.on_drained(reader);
  }

  FakeFeed feed;
  ClientBooks books{feed, {.pause_above = 64 * 1024, .most_symbols = 4, .most_trades = 3}};
  FakeLine line{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Versions, MarketData, testing::ValuesIn(kAllVersions), version_name);

const std::string kLevels = std::string("269=0|270=6.2500|271=10.00|") + kTime + "269=0|270=6.2400|271=5.00|" + kTime +
                            "269=1|270=6.2600|271=7.00|" + kTime + "269=1|270=6.2800|271=1.00|" + kTime;

// ---- what is granted --------------------------------------------------------------------------------------------------------
TEST_P(MarketData, ASnapshotIsOneWAndNothingIsLeftOfIt) {
  EXPECT_EQ(ask("262=a|263=0|264=0|267=3|269=0|269=1|269=2|146=1|55=BTC|"), "");
  EXPECT_THAT(line.told(), IsEmpty()) << "the exchange has sent no book yet";
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=4|" + kLevels));
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP", "-KXBTCPERP"));
  EXPECT_EQ(books.figures().subscriptions, 0U);
  EXPECT_EQ(ask("262=a|263=0|264=1|267=1|269=1|146=1|55=BTC|"), "") << "the id is free again";
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre(std::string("W 55=BTC|262=a|268=1|269=1|270=6.2600|271=7.00|") + kTime));
}

TEST_P(MarketData, ABookThatIsThereIsToldAtOnce) {
  subscribe("a");
  snapshot();
  line.told();
  EXPECT_EQ(ask("262=b|263=0|264=1|267=1|269=0|146=1|55=BTC|"), "");
  EXPECT_THAT(line.told(), ElementsAre(std::string("W 55=BTC|262=b|268=1|269=0|270=6.2500|271=10.00|") + kTime));
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP")) << "one subscription of the exchange's for all";
}

TEST_P(MarketData, FullRefreshIsAWForEachChangeThatTheClientSees) {
  for (const char* more : {"", "265=0|", "265=0|266=Y|"}) {
    const std::string id = std::string("id") + std::to_string(std::string(more).size());
    subscribe(id, "BTC", "1", more);
  }
  snapshot();
  EXPECT_THAT(line.told(), SizeIs(3));
  change(BookSide::bid, "6.24", "9");
  EXPECT_THAT(line.told(), IsEmpty()) << "below the best";
  change(BookSide::bid, "6.25", "4.5");
  const Lines told = line.told();
  ASSERT_THAT(told, SizeIs(3));
  for (const std::string& w : told)
    EXPECT_THAT(w, HasSubstr(std::string("|268=2|269=0|270=6.2500|271=4.50|") + kTime + "269=1|270=6.2600|271=7.00|" + kTime));
}

TEST_P(MarketData, IncrementalIsAnXOfWhatChanged) {
  subscribe("a");
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=4|" + kLevels));
  feed.set(kBtc, BookSide::bid, "6.25", "0");
  feed.set(kBtc, BookSide::bid, "6.23", "2");
  feed.set(kBtc, BookSide::ask, "6.28", "3.5");
  feed.of(kBtc).set_exchange_time(at("20261201-14:29:59.750123"));
  books.on_market(kBtc, false, {});
  const std::string time = "272=20261201|273=14:29:59.750123|";
  EXPECT_THAT(line.told(), ElementsAre("X 262=a|268=3|279=2|269=0|55=BTC|270=6.2500|" + time + "279=0|269=0|55=BTC|270=6.2300|271=2.00|" +
                                       time + "279=1|269=1|55=BTC|270=6.2800|271=3.50|" + time));
  books.on_market(kBtc, false, {});
  EXPECT_THAT(line.told(), IsEmpty()) << "nothing has changed";
}

TEST_P(MarketData, ADepthIsAWindowWhoseLevelsGoAndCome) {
  subscribe("a", "BTC", "2");
  snapshot();
  line.told();
  change(BookSide::bid, "6.2550", "1");
  EXPECT_THAT(line.told(), ElementsAre(std::string("X 262=a|268=2|279=2|269=0|55=BTC|270=6.2400|") + kTime +
                                       "279=0|269=0|55=BTC|270=6.2550|271=1.00|" + kTime));
  change(BookSide::bid, "6.2550", "0");
  EXPECT_THAT(line.told(), ElementsAre(std::string("X 262=a|268=2|279=2|269=0|55=BTC|270=6.2550|") + kTime +
                                       "279=0|269=0|55=BTC|270=6.2400|271=5.00|" + kTime));
}

TEST_P(MarketData, SeveralMarketsAreAWEachAndANameThatStandsTwiceIsOne) {
  EXPECT_EQ(ask("262=a|263=1|264=1|265=1|267=1|269=0|146=3|55=BTC|55=ETH|55=BTC|"), "");
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP", "+KXETHPERP"));
  snapshot(kEth);
  snapshot(kBtc);
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("W 55=ETH|262=a|268=1|"), StartsWith("W 55=BTC|262=a|268=1|")));
  change(BookSide::bid, "6.25", "3", kEth);
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("X 262=a|268=1|279=1|269=0|55=ETH|")));
}

TEST_P(MarketData, TradesComeSinceTheSubscriptionWithTheExchangesId) {
  EXPECT_EQ(ask("262=a|263=1|264=0|265=1|267=1|269=2|146=1|55=BTC|"), "");
  EXPECT_EQ(ask("262=b|263=1|264=1|267=3|269=0|269=1|269=2|146=1|55=BTC|"), "");
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=0|", StartsWith("W 55=BTC|262=b|268=2|")));
  trade("6.26", "2", "t-1");
  const std::string time = "272=20261201|273=14:29:59.900|";
  const Lines told = line.told();
  EXPECT_THAT(told, ElementsAre("X 262=a|268=1|279=0|269=2|278=t-1|55=BTC|270=6.2600|271=2.00|" + time,
                                HasSubstr("|268=3|269=0|270=6.2500|271=10.00|")));
  EXPECT_THAT(told.back(), HasSubstr("269=2|270=6.2600|271=2.00|" + time));
  const MarketTrade unnamed{dollars("6.26"), contracts("0.5"), {}, "t\x01"};
  books.on_market(kBtc, false, std::span(&unnamed, 1));
  EXPECT_THAT(line.told()[0], "X 262=a|268=1|279=0|269=2|55=BTC|270=6.2600|271=0.50|");
}

TEST_P(MarketData, ASnapshotAloneHasNoTrades) {
  subscribe("a");
  snapshot();
  line.told();
  EXPECT_EQ(ask("262=b|263=0|264=0|267=1|269=2|146=1|55=BTC|"), "");
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=b|268=0|"));
}

TEST_P(MarketData, ASubscriptionEndsByItsId) {
  subscribe("a");
  subscribe("b");
  snapshot();
  line.told();
  EXPECT_EQ(ask("262=a|263=2|264=0|267=1|269=0|146=1|55=BTC|"), "");
  change(BookSide::bid, "6.25", "3");
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("X 262=b|")));
  EXPECT_EQ(ask("262=b|263=2|"), "") << "the id alone says it";
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP", "-KXBTCPERP"));
  EXPECT_EQ(ask("262=b|263=2|"), "");
  EXPECT_THAT(line.told(), ElementsAre("Y 58=there is no subscription with this MDReqID(262)|262=b|"));
}

TEST_P(MarketData, TwoClientsShareAMarketAndEachItsIds) {
  FakeLine other(GetParam(), "OMS2");
  subscribe("a");
  EXPECT_EQ(ask(other, "262=a|263=1|264=0|265=1|267=1|269=1|146=1|55=BTC|"), "");
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("W 55=BTC|262=a|268=4|")));
  EXPECT_THAT(other.told(), ElementsAre(StartsWith("W 55=BTC|262=a|268=2|")));
  books.on_logged_out(line);
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP")) << "the other one holds it";
  change(BookSide::ask, "6.26", "1");
  EXPECT_THAT(line.told(), IsEmpty());
  EXPECT_THAT(other.told(), SizeIs(1));
  books.on_logged_out(other);
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP", "-KXBTCPERP"));
}

// ---- what is refused --------------------------------------------------------------------------------------------------------
TEST_P(MarketData, WhatCannotBeServedIsAYWithTheFittingReason) {
  struct Case {
    const char* fields;
    const char* reason;
  };
  const bool old = GetParam() == FixVersion::fix42;
  const Case cases[] = {
      {"263=5|264=0|267=1|269=0|146=1|55=BTC|", "281=4|"},        {"263=1|264=-1|267=1|269=0|146=1|55=BTC|", "281=5|"},
      {"263=1|264=0|265=2|267=1|269=0|146=1|55=BTC|", "281=6|"},  {"263=1|264=0|266=N|267=1|269=0|146=1|55=BTC|", "281=7|"},
      {"263=1|264=0|267=2|269=0|269=4|146=1|55=BTC|", "281=8|"},  {"263=1|264=0|547=Y|267=1|269=0|146=1|55=BTC|", old ? "" : "281=C|"},
      {"263=1|264=0|267=1|269=0|146=2|55=BTC|55=LTC|", "281=0|"}, {"263=1|264=0|267=1|269=0|146=1|55=NOSUCH|", "281=0|"},
      {"263=1|264=0|267=1|269=0|146=1|55=BAD|", "281=0|"},        {"263=1|264=0|267=1|269=0|146=5|55=A|55=B|55=C|55=D|55=E|", "281=2|"},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(ask(std::string("262=a|") + each.fields), "") << each.fields;
    const Lines told = line.told();
    ASSERT_THAT(told, SizeIs(1)) << each.fields;
    EXPECT_EQ(without(told[0], {58}), std::string("Y 58=|262=a|") + each.reason) << each.fields;
  }
  EXPECT_EQ(books.figures().subscriptions, 0U);
  EXPECT_EQ(books.figures().markets, 0U);
}

TEST_P(MarketData, AnIdInUseIsRefusedAndGoesOn) {
  subscribe("a");
  EXPECT_EQ(ask("262=a|263=0|264=0|267=1|269=0|146=1|55=ETH|"), "");
  EXPECT_THAT(line.told(), ElementsAre(HasSubstr("|262=a|281=1|")));
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("W 55=BTC|262=a|")));
}

TEST_P(MarketData, TheLimitCountsAllSubscriptionsOfAClient) {
  EXPECT_EQ(ask("262=a|263=1|264=0|267=1|269=0|146=3|55=A|55=B|55=C|"), "");
  EXPECT_EQ(ask("262=b|263=1|264=0|267=1|269=0|146=2|55=A|55=B|"), "");
  EXPECT_THAT(line.told(), ElementsAre(HasSubstr("262=b|281=2|")));
  EXPECT_EQ(ask("262=a|263=2|"), "");
  EXPECT_EQ(ask("262=b|263=1|264=0|267=1|269=0|146=2|55=A|55=B|"), "");
  EXPECT_THAT(line.told(), IsEmpty());
}

TEST_P(MarketData, WhatCannotBeReadIsAReject) {
  const std::pair<std::string, const char*> cases[] = {
      {"263=1|264=0|267=1|269=0|146=1|55=BTC|", "373=1 371=262"},
      {"262=a|264=0|267=1|269=0|146=1|55=BTC|", "373=1 371=263"},
      {"262=a|263=1|267=1|269=0|146=1|55=BTC|", "373=1 371=264"},
      {"262=a|263=1|264=0|146=1|55=BTC|", "373=1 371=267"},
      {"262=a|263=1|264=0|267=0|146=1|55=BTC|", "373=1 371=267"},
      {"262=a|263=1|264=0|267=1|269=0|", "373=1 371=146"},
      {"262=a|263=1|264=0|267=1|269=0|146=1|48=BTC|", "373=1 371=55"},
      {"262=a|263=1|264=x|267=1|269=0|146=1|55=BTC|", "373=6 371=264"},
      {"262=a|263=11|264=0|267=1|269=0|146=1|55=BTC|", "373=6 371=263"},
      {"262=|263=1|264=0|267=1|269=0|146=1|55=BTC|", "373=4 371=262"},
      {"262=a|263=1|263=1|264=0|267=1|269=0|146=1|55=BTC|", "373=13 371=263"},
      {"262=a|263=1|264=0|267=2|269=0|146=1|55=BTC|", "373=16 371=267"},
      {"262=a|263=1|264=0|269=0|146=1|55=BTC|", "373=15 371=269"},
      {"262=a\x07|263=1|264=0|267=1|269=0|146=1|55=BTC|", "373=5 371=262"},
      {"262=" + std::string(257, 'a') + "|263=1|264=0|267=1|269=0|146=1|55=BTC|", "373=5 371=262"},
  };
  for (const auto& [fields, reject] : cases) EXPECT_EQ(ask(fields), reject) << fields;
  EXPECT_EQ(brief(books.on_request(line, ClientMessage{"no FIX at all", "V", 7})), "373=0 371=8");
  EXPECT_THAT(line.told(), IsEmpty());
}

TEST_P(MarketData, TagsThatTheGatewayDoesNotNeedArePassedOver) {
  EXPECT_EQ(ask("262=a|263=0|264=1|267=1|269=0|146=1|55=BTC|48=KXBTCPERP|22=8|167=FUT|9999=x|"), "");
  EXPECT_EQ(ask("262=b|263=0|264=1|267=1|269=0|146=2|48=1|55=BTC|48=2|55=BTC|"), "");
  snapshot();
  EXPECT_THAT(line.told(), SizeIs(2));
}

TEST_P(MarketData, ASymbolThatTheExchangeCannotHaveEndsTheWholeRequest) {
  EXPECT_EQ(ask("262=a|263=1|264=0|267=1|269=0|146=2|55=ETH|55=BAD|"), "");
  EXPECT_THAT(line.told(), ElementsAre("Y 58=Symbol(55) contains a control character|262=a|281=0|"));
  EXPECT_THAT(feed.calls, ElementsAre("+KXETHPERP", "+KXBADPERP", "-KXETHPERP"));
}

// ---- books that are lost ----------------------------------------------------------------------------------------------------
TEST_P(MarketData, ALostBookIsAnEmptyWAndAWholeOneWhenItIsBack) {
  subscribe("a");
  subscribe("b", "BTC", "1", "265=0|");
  snapshot();
  line.told();
  lose();
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=0|", "W 55=BTC|262=b|268=0|"));
  books.on_market_link(false);
  EXPECT_THAT(line.told(), IsEmpty()) << "told already";
  books.on_market_link(true);
  EXPECT_THAT(line.told(), IsEmpty()) << "the book is not back yet";
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=4|" + kLevels, StartsWith("W 55=BTC|262=b|268=2|")));
  change(BookSide::bid, "6.25", "1");
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("X 262=a|268=1|279=1|"), StartsWith("W 55=BTC|262=b|268=2|")));
}

TEST_P(MarketData, WhileTheConnectionIsDownASubscriptionWaitsAndAQuestionIsRefused) {
  feed.up = false;
  subscribe("a");
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=0|"));
  EXPECT_EQ(ask("262=b|263=0|264=0|267=1|269=0|146=1|55=BTC|"), "");
  EXPECT_THAT(line.told(), ElementsAre("Y 58=the exchange's market data is not connected|262=b|"));
  feed.up = true;
  books.on_market_link(true);
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("W 55=BTC|262=a|268=4|")));
}

TEST_P(MarketData, AConnectionThatEndsBeforeTheFirstBookIsTold) {
  subscribe("a");
  EXPECT_EQ(ask("262=b|263=0|264=0|267=1|269=0|146=1|55=BTC|"), "");
  EXPECT_THAT(line.told(), IsEmpty());
  feed.up = false;
  books.on_market_link(false);
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=0|", "Y 58=the exchange's market data is not connected|262=b|"));
  EXPECT_EQ(books.figures().subscriptions, 1U);
}

TEST_P(MarketData, AQuestionOfSeveralMarketsIsRefusedWhenOneOfThemIsLost) {
  subscribe("a", "ETH");
  snapshot(kEth);
  line.told();
  EXPECT_EQ(ask("262=b|263=0|264=1|267=1|269=0|146=2|55=ETH|55=BTC|"), "");
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("W 55=ETH|262=b|")));
  books.on_market(kBtc, true, {});
  EXPECT_THAT(line.told(), ElementsAre("Y 58=the exchange's book was lost|262=b|"));
}

TEST_P(MarketData, WhatTheExchangeRefusesForGoodEndsTheSubscription) {
  EXPECT_EQ(ask("262=a|263=1|264=0|265=1|267=1|269=0|146=2|55=BTC|55=ETH|"), "");
  subscribe("b", "ETH");
  Error why = fail(ErrorCategory::business_reject, "refused\nhere");
  why.status = 4;
  books.on_market_problem(Lines{kBtc}, why, false);
  EXPECT_THAT(line.told(), ElementsAre("Y 58=the exchange: refused\\x0ahere|262=a|281=4|"));
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP", "+KXETHPERP", "-KXBTCPERP"));
  snapshot(kEth);
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("W 55=ETH|262=b|")));
}

TEST_P(MarketData, WhatIsAskedAgainLeavesTheSubscriptionAndEndsTheQuestion) {
  subscribe("a");
  EXPECT_EQ(ask("262=b|263=0|264=0|267=1|269=0|146=1|55=BTC|"), "");
  books.on_market_problem(Lines{kBtc}, fail(ErrorCategory::rate_limit, "no tokens"), true);
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=0|", "Y 58=the exchange: no tokens|262=b|281=2|"));
  books.on_market_problem(Lines{kBtc}, fail(ErrorCategory::timeout, "no answer"), true);
  EXPECT_THAT(line.told(), IsEmpty());
  snapshot();
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("W 55=BTC|262=a|268=4|")));
}

// ---- clients that do not read -----------------------------------------------------------------------------------------------
TEST_P(MarketData, ASlowClientIsToldTheSumOfItAndHoldsUpNobody) {
  FakeLine quick(GetParam(), "QUICK");
  subscribe("a");
  subscribe("b", "BTC", "0", "265=0|");
  EXPECT_EQ(ask(quick, "262=q|263=1|264=0|265=1|267=2|269=0|269=1|146=1|55=BTC|"), "");
  snapshot();
  line.told();
  quick.told();
  line.queued_bytes = 64 * 1024 + 1;
  for (const char* size : {"1", "2", "3"}) change(BookSide::bid, "6.25", size);
  change(BookSide::ask, "6.27", "4");
  change(BookSide::ask, "6.27", "0");
  EXPECT_THAT(line.told(), IsEmpty());
  EXPECT_THAT(quick.told(), SizeIs(5));
  EXPECT_EQ(books.figures().conflated, 8U);
  drain(line);
  EXPECT_THAT(line.told(), ElementsAre(std::string("X 262=a|268=1|279=1|269=0|55=BTC|270=6.2500|271=3.00|") + kTime,
                                       HasSubstr("|268=4|269=0|270=6.2500|271=3.00|")));
  drain(line);
  EXPECT_THAT(line.told(), IsEmpty());
}

TEST_P(MarketData, ASlowClientIsToldAsMuchAsItHasRoomFor) {
  subscribe("a", "BTC");
  subscribe("b", "ETH");
  snapshot(kBtc);
  snapshot(kEth);
  line.told();
  line.queued_bytes = 1 << 20;
  change(BookSide::bid, "6.25", "1", kBtc);
  change(BookSide::bid, "6.25", "1", kEth);
  line.queue_grows_by = 1 << 20;
  drain(line);
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("X 262=a|")));
  drain(line);
  EXPECT_THAT(line.told(), ElementsAre(StartsWith("X 262=b|")));
}

TEST_P(MarketData, ABookLostAndBackMeanwhileIsAWholeWAndOneThatIsGoneAnEmptyOne) {
  subscribe("a", "BTC");
  subscribe("b", "ETH");
  snapshot(kBtc);
  snapshot(kEth);
  line.told();
  line.queued_bytes = 1 << 20;
  lose(kBtc);
  lose(kEth);
  snapshot(kBtc);
  EXPECT_THAT(line.told(), IsEmpty());
  drain(line);
  EXPECT_THAT(line.told(), ElementsAre("W 55=BTC|262=a|268=4|" + kLevels, "W 55=ETH|262=b|268=0|"));
}

TEST_P(MarketData, TradesWaitForASlowClientUpToABound) {
  EXPECT_EQ(ask("262=a|263=1|264=0|265=1|267=1|269=2|146=1|55=BTC|"), "");
  snapshot();
  line.told();
  line.queued_bytes = 1 << 20;
  for (const char* id : {"t1", "t2", "t3", "t4", "t5"}) trade("6.25", "1", id);
  drain(line);
  const Lines told = line.told();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0], AllOf(StartsWith("X 262=a|268=3|279=0|269=2|278=t3|"), HasSubstr("|278=t4|"), HasSubstr("|278=t5|")));
  EXPECT_EQ(books.figures().dropped_trades, 2U);
}

TEST_P(MarketData, ASubscriptionThatEndsWhileItWaitsIsNotTold) {
  subscribe("a");
  snapshot();
  line.told();
  line.queued_bytes = 1 << 20;
  change(BookSide::bid, "6.25", "1");
  EXPECT_EQ(ask("262=a|263=2|"), "");
  drain(line);
  EXPECT_THAT(line.told(), IsEmpty());
}

TEST_P(MarketData, AClientThatLogsOutWhileItIsToldEndsNothingButItsOwn) {
  FakeLine other(GetParam(), "OMS2");
  subscribe("a");
  subscribe("b");
  EXPECT_EQ(ask(other, "262=a|263=1|264=0|265=1|267=1|269=1|146=1|55=BTC|"), "");
  line.on_send = [this] { books.on_logged_out(line); };
  snapshot();
  EXPECT_THAT(line.told(), SizeIs(1));
  EXPECT_THAT(other.told(), SizeIs(1));
  line.on_send = nullptr;
  change(BookSide::ask, "6.26", "1");
  EXPECT_THAT(line.told(), IsEmpty());
  EXPECT_THAT(other.told(), SizeIs(1));
  EXPECT_EQ(books.figures().subscriptions, 1U);
}

TEST_P(MarketData, TheEndOfTheGatewayEndsTheExchangesSubscriptions) {
  {
    ClientBooks short_lived(feed);
    deliver(line, "V", "262=a|263=1|264=0|267=1|269=0|146=1|55=BTC|",
            [&](ClientLine& to, const ClientMessage& message) { return short_lived.on_request(to, message); });
  }
  EXPECT_THAT(feed.calls, ElementsAre("+KXBTCPERP", "-KXBTCPERP"));
}

}  // namespace
}  // namespace marginfix::gateway
