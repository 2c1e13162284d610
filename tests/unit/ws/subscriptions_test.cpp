// Commands and answers, sequences, outages, slow readers: the life of subscriptions on a wire the test plays.
#include <algorithm>
#include <boost/asio/use_future.hpp>

#include "marginfix/core/text.hpp"
#include "support/odd_texts.hpp"
#include "unit/ws/harness.hpp"

namespace marginfix::ws::test {
namespace {

using K = EventKind;
using SubscriptionsTest = Harness;

const char* const kTrade =
    R"({"type":"trade","sid":%d,"seq":%d,"msg":{"trade_id":"t","market_ticker":"X","price":"1.0000","count":"2.00","taker_side":"ask","ts_ms":9}})";
std::string trade(int sid, int seq) {
  char text[300];
  std::snprintf(text, sizeof text, kTrade, sid, seq);
  return text;
}

TEST_F(SubscriptionsTest, SeveralChannelsWithOneFilterAreOneCommand) {
  const auto made = all->make({{.channel = Channel::ticker, .market_tickers = {"A", "B"}},
                               {.channel = Channel::trade, .market_tickers = {"B", "A"}},
                               {.channel = Channel::fill}});
  all->start(made, now());
  EXPECT_TRUE(sent.empty());  // not connected
  connect();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0], R"({"id":1,"cmd":"subscribe","params":{"channels":["ticker","trade"],"market_tickers":["A","B"]}})");
  EXPECT_EQ(sent[1], R"({"id":2,"cmd":"subscribe","params":{"channels":["fill"]}})");
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":5}})");
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"ticker","sid":6}})");
  EXPECT_EQ(made[1]->sid(), 5);
  EXPECT_EQ(made[0]->sid(), 6);
  EXPECT_EQ(made[2]->state(), SubscriptionState::pending);
}

TEST_F(SubscriptionsTest, DataBeforeTheAnswerIsNotLost) {
  connect();
  const auto s = subscribe({.channel = Channel::trade});
  frame(trade(4, 1));
  frame(trade(4, 2));
  EXPECT_TRUE(events.empty());
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  EXPECT_EQ(kinds(), (std::vector<K>{K::subscribed, K::data, K::data}));
  EXPECT_EQ(s->statistics().frames, 2U);
  EXPECT_TRUE(unclaimed.empty());
}

TEST_F(SubscriptionsTest, FramesOfNobodyAreHandedOut) {
  connect();
  frame(trade(9, 1));
  frame(R"({"type":"weather","msg":{}})");
  frame(R"({"type":"ok","id":77})");
  ASSERT_EQ(unclaimed.size(), 3U);
  EXPECT_EQ(unclaimed[0].second, "no subscription has this sid");
}

TEST_F(SubscriptionsTest, ARefusedSubscribeEndsWithTheExchangesCode) {
  connect();
  const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"NO"}});
  frame(R"({"type":"error","id":1,"msg":{"code":8,"msg":"Unknown channel name"}})");
  ASSERT_EQ(kinds(), (std::vector<K>{K::ended}));
  EXPECT_EQ(events[0].error->status, 8);
  EXPECT_EQ(events[0].error->code, "unknown channel name");
  EXPECT_EQ(s->state(), SubscriptionState::ended);
}

// Names that no exchange has: nothing is sent, and the error says which.
TEST_F(SubscriptionsTest, NoCommandCarriesATextThatBreaksTheRule) {
  connect();
  for (const auto& odd : marginfix_tests::odd_texts()) {
    events.clear();
    const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"A", odd.text}});
    ASSERT_EQ(kinds(), (std::vector<K>{K::ended})) << odd.name;
    EXPECT_EQ(events[0].error->category, ErrorCategory::config) << odd.name;
    EXPECT_EQ(text_fault(events[0].error->message), nullptr) << odd.name;
  }
  EXPECT_TRUE(sent.empty());
  const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"A"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":5}})");
  const std::size_t before = sent.size();
  int refused = 0;
  const auto count = [&](const Result<void>& result) { refused += result ? 0 : 1; };
  for (const auto& odd : marginfix_tests::odd_texts()) {
    all->add_markets(s, {odd.text}, false, count, now());
    all->delete_markets(s, {odd.text}, count, now());
    all->get_snapshot(s, {odd.text}, count, now());
  }
  EXPECT_EQ(refused, 3 * static_cast<int>(marginfix_tests::odd_texts().size()));
  EXPECT_EQ(sent.size(), before);
}

TEST_F(SubscriptionsTest, AnUnansweredSubscribeEndsWithATimeOut) {
  connect();
  subscribe({.channel = Channel::trade});
  ASSERT_TRUE(all->next_deadline());
  EXPECT_EQ(*all->next_deadline(), now() + std::chrono::seconds(10));
  passed = std::chrono::seconds(10);
  all->on_deadline(now());
  ASSERT_EQ(kinds(), (std::vector<K>{K::ended}));
  EXPECT_EQ(events[0].error->category, ErrorCategory::timeout);
  EXPECT_FALSE(all->next_deadline());
}

TEST_F(SubscriptionsTest, GapsDuplicatesAndRestartsOfTheSequence) {
  connect();
  const auto s = subscribe({.channel = Channel::trade});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(trade(4, 7));  // the first one seen is the base
  frame(trade(4, 8));
  frame(trade(4, 8));   // dropped
  frame(trade(4, 11));  // 9 and 10 are missing
  frame(trade(4, 2));   // began anew
  EXPECT_EQ(kinds(), (std::vector<K>{K::subscribed, K::data, K::data, K::gap, K::data, K::gap, K::data}));
  EXPECT_EQ(events[3].expected, 9);
  EXPECT_EQ(events[3].received, 11);
  EXPECT_EQ(s->statistics().duplicates, 1U);
  EXPECT_EQ(s->statistics().gaps, 2U);
  EXPECT_EQ(sent.size(), 1U);  // trades are not asked for again here: REST has them
}

TEST_F(SubscriptionsTest, ControlFramesCarrySequenceNumbersToo) {
  connect();
  const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"A"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(trade(4, 1));
  bool answered = false;
  all->add_markets(
      s, {"B"}, false, [&](Result<void> r) { answered = r.has_value(); }, now());
  EXPECT_EQ(last(), R"({"id":2,"cmd":"update_subscription","params":{"sids":[4],"action":"add_markets","market_tickers":["B"]}})");
  frame(R"({"type":"ok","id":2,"sid":4,"seq":2,"msg":{"market_tickers":["A","B"]}})");
  EXPECT_TRUE(answered);
  frame(trade(4, 3));
  EXPECT_EQ(s->statistics().gaps, 0U);
  EXPECT_EQ(s->market_tickers(), (std::vector<std::string>{"A", "B"}));
}

TEST_F(SubscriptionsTest, CodesTenAndTwentyFiveEndTheSubscription) {
  connect();
  const auto s = subscribe({.channel = Channel::trade});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(R"({"type":"error","sid":4,"seq":1,"msg":{"code":27,"msg":"Too many requests"}})");
  EXPECT_EQ(s->state(), SubscriptionState::active);
  frame(R"({"type":"error","sid":4,"seq":2,"msg":{"code":25,"msg":"Subscription buffer overflow"}})");
  EXPECT_EQ(s->state(), SubscriptionState::ended);
  EXPECT_EQ(events.back().kind, K::ended);
  EXPECT_EQ(events.back().error->status, 25);
  frame(trade(4, 3));
  EXPECT_EQ(unclaimed.size(), 1U);
}

TEST_F(SubscriptionsTest, AnUnaskedUnsubscribedEndsIt) {
  connect();
  subscribe({.channel = Channel::trade});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(R"({"type":"unsubscribed","sid":4,"seq":1})");
  EXPECT_EQ(events.back().kind, K::ended);
  EXPECT_EQ(events.back().error->category, ErrorCategory::closed);
}

TEST_F(SubscriptionsTest, UnsubscribeIsAnsweredAndQuiet) {
  connect();
  const auto s = subscribe({.channel = Channel::trade});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  bool done = false;
  all->unsubscribe(
      s, [&](Result<void> r) { done = r.has_value(); }, now());
  EXPECT_EQ(last(), R"({"id":2,"cmd":"unsubscribe","params":{"sids":[4]}})");
  frame(R"({"type":"unsubscribed","id":2,"sid":4,"seq":1})");
  EXPECT_TRUE(done);
  EXPECT_EQ(events.back().kind, K::ended);
  EXPECT_FALSE(events.back().error);
}

TEST_F(SubscriptionsTest, EverythingComesBackAfterAnOutage) {
  const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"A"}});
  connect();
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(trade(4, 5));
  passed = std::chrono::seconds(3);
  const auto lost_at = now();
  disconnect();
  EXPECT_EQ(events.back().kind, K::outage);
  EXPECT_EQ(s->sid(), std::nullopt);
  passed = std::chrono::seconds(8);
  connect();
  EXPECT_EQ(last(), R"({"id":2,"cmd":"subscribe","params":{"channels":["trade"],"market_tickers":["A"]}})");
  frame(R"({"type":"subscribed","id":2,"msg":{"channel":"trade","sid":1}})");
  EXPECT_EQ(events.back().kind, K::subscribed);
  EXPECT_EQ(events.back().since, lost_at);
  frame(trade(1, 1));
  EXPECT_EQ(s->statistics().gaps, 0U);  // numbers of another connection mean nothing
  EXPECT_EQ(s->statistics().outages, 1U);
}

TEST_F(SubscriptionsTest, CommandsThatAnOutageCutAreAnsweredWithAnError) {
  connect();
  const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"A"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  std::vector<bool> outcomes;
  all->add_markets(
      s, {"B"}, false, [&](Result<void> r) { outcomes.push_back(r.has_value()); }, now());
  all->list([&](Result<std::vector<Subscribed>> r) { outcomes.push_back(r.has_value()); }, now());
  disconnect();
  EXPECT_EQ(outcomes, (std::vector<bool>{false, false}));
  connect();  // the wish stands
  EXPECT_EQ(last(), R"({"id":4,"cmd":"subscribe","params":{"channels":["trade"],"market_tickers":["A","B"]}})");
}

TEST_F(SubscriptionsTest, AMarketThatTheExchangeRefusesIsNotAskedForAgain) {
  connect();
  const auto s = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {"A"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":4}})");
  std::optional<Error> refusal;
  all->add_markets(
      s, {"A", "NOSUCH"}, false, [&](Result<void> r) { refusal = r.error(); }, now());
  EXPECT_NE(s->book("NOSUCH"), nullptr);
  frame(R"({"type":"error","id":2,"sid":4,"msg":{"code":11,"msg":"Invalid parameter","market_ticker":"NOSUCH"}})");
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 11);
  EXPECT_EQ(s->market_tickers(), (std::vector<std::string>{"A"}));
  EXPECT_EQ(s->book("NOSUCH"), nullptr);
  disconnect();
  connect();
  EXPECT_EQ(last(), R"({"id":3,"cmd":"subscribe","params":{"channels":["orderbook_delta"],"market_tickers":["A"]}})");
}

TEST_F(SubscriptionsTest, ASubscriptionToAllMarketsIsNotNarrowedByAddingOne) {
  connect();
  const auto s = subscribe({.channel = Channel::trade});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  all->add_markets(s, {"A"}, false, {}, now());
  disconnect();
  connect();
  EXPECT_EQ(last(), R"({"id":3,"cmd":"subscribe","params":{"channels":["trade"]}})");
}

TEST_F(SubscriptionsTest, CorporateActionsFollowATickerChangeOverAnOutage) {
  connect();
  subscribe({.channel = Channel::corporate_actions, .market_tickers = {"A", "OLD"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"corporate_actions","sid":4}})");
  frame(R"({"type":"corporate_actions_delta","sid":4,"seq":1,"msg":{"corporate_action":{"id":"i","market_id":"m","market_ticker":"NEW",)"
        R"("type":"ticker_change","ts_ms":1,"ticker_change":{"old_ticker":"OLD","new_ticker":"NEW"}}}})");
  disconnect();
  connect();
  EXPECT_EQ(last(), R"({"id":2,"cmd":"subscribe","params":{"channels":["corporate_actions"],"market_tickers":["A","NEW"]}})");
}

TEST_F(SubscriptionsTest, DeletingTheLastMarketUnsubscribes) {
  connect();
  const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"A", "B"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  all->delete_markets(s, {"A"}, {}, now());
  EXPECT_EQ(last(), R"({"id":2,"cmd":"update_subscription","params":{"sids":[4],"action":"delete_markets","market_tickers":["A"]}})");
  frame(R"({"type":"ok","id":2,"sid":4,"msg":{"market_tickers":["B"]}})");
  bool done = false;
  all->delete_markets(
      s, {"B"}, [&](Result<void> r) { done = r.has_value(); }, now());
  EXPECT_EQ(last(), R"({"id":3,"cmd":"unsubscribe","params":{"sids":[4]}})");
  frame(R"({"type":"unsubscribed","id":3,"sid":4,"seq":1})");
  EXPECT_TRUE(done);
  EXPECT_EQ(s->state(), SubscriptionState::ended);  // and not: all markets after the next outage
}

TEST_F(SubscriptionsTest, UnsubscribedBeforeItWasConfirmedItStaysEnded) {
  connect();
  const auto s = subscribe({.channel = Channel::trade});
  all->unsubscribe(s, {}, now());
  EXPECT_EQ(kinds(), (std::vector<K>{K::ended}));
  frame(trade(4, 1));
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  EXPECT_EQ(last(), R"({"id":2,"cmd":"unsubscribe","params":{"sids":[4]}})");
  EXPECT_EQ(kinds(), (std::vector<K>{K::ended}));
  EXPECT_EQ(s->state(), SubscriptionState::ended);
  ASSERT_EQ(unclaimed.size(), 1U);  // the trade: handed out, not lost
  frame(R"({"type":"unsubscribed","id":2,"sid":4,"seq":2})");
  EXPECT_EQ(unclaimed.size(), 1U);
}

TEST_F(SubscriptionsTest, AConfirmationAfterTheTimeOutIsUndone) {
  connect();
  subscribe({.channel = Channel::trade});
  frame(trade(4, 1));
  passed = std::chrono::seconds(10);
  all->on_deadline(now());
  EXPECT_EQ(unclaimed.size(), 1U);  // nobody is coming for it
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  EXPECT_EQ(last(), R"({"id":2,"cmd":"unsubscribe","params":{"sids":[4]}})");
}

TEST_F(SubscriptionsTest, AnUpdateAndAListThatNobodyAnswersTimeOutToo) {
  connect();
  const auto s = subscribe({.channel = Channel::trade, .market_tickers = {"A"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  std::vector<ErrorCategory> outcomes;
  all->add_markets(
      s, {"B"}, false, [&](Result<void> r) { outcomes.push_back(r.error().category); }, now());
  all->list([&](Result<std::vector<Subscribed>> r) { outcomes.push_back(r.error().category); }, now());
  passed = std::chrono::milliseconds(9'999);
  all->on_deadline(now());
  EXPECT_TRUE(outcomes.empty());
  passed = std::chrono::seconds(10);
  all->on_deadline(now());
  std::ranges::sort(outcomes);
  EXPECT_EQ(outcomes, (std::vector<ErrorCategory>{ErrorCategory::timeout, ErrorCategory::timeout}));
  EXPECT_EQ(s->state(), SubscriptionState::active);
}

// Every number of websocket.md, and one that is not there: a subscribe fails with it, under its name.
TEST_F(SubscriptionsTest, EveryErrorCodeFailsItsCommandUnderItsName) {
  connect();
  for (const int code : {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 23, 24, 25, 26, 27, 28, 99}) {
    SCOPED_TRACE(code);
    events.clear();
    const auto s = subscribe({.channel = Channel::trade});
    const std::string id = std::to_string(sent.size());
    frame(R"({"type":"error","id":)" + id + R"(,"msg":{"code":)" + std::to_string(code) + R"(,"msg":"its text"}})");
    ASSERT_EQ(kinds(), (std::vector<K>{K::ended}));
    EXPECT_EQ(events[0].error->category, ErrorCategory::reject);
    EXPECT_EQ(events[0].error->status, code);
    EXPECT_EQ(events[0].error->code.empty(), code == 99) << events[0].error->code;
    EXPECT_NE(events[0].error->message.find("its text"), std::string::npos);
    EXPECT_EQ(ends_subscription(static_cast<ErrorCode>(code)), code == 10 || code == 25);
  }
  EXPECT_TRUE(unclaimed.empty());
}

TEST_F(SubscriptionsTest, AChannelErrorEndsTheSubscriptionAndItCanBeMadeAnew) {
  connect();
  const auto s = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {"A"}});
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":4}})");
  frame(R"({"type":"orderbook_snapshot","sid":4,"seq":1,"msg":{"market_ticker":"A","bid":[["1.0000","1.00"]]}})");
  const auto book = s->book("A");
  EXPECT_FALSE(book->copy().stale());
  frame(R"({"type":"error","sid":4,"seq":2,"msg":{"code":10,"msg":"Channel error"}})");
  EXPECT_EQ(events.back().kind, K::ended);
  EXPECT_EQ(events.back().error->status, 10);
  EXPECT_EQ(events.back().error->code, "channel error");
  EXPECT_TRUE(book->copy().stale());
  const auto again = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {"A"}});
  EXPECT_EQ(last(), R"({"id":2,"cmd":"subscribe","params":{"channels":["orderbook_delta"],"market_tickers":["A"]}})");
  frame(R"({"type":"subscribed","id":2,"msg":{"channel":"orderbook_delta","sid":5}})");
  EXPECT_EQ(again->state(), SubscriptionState::active);
}

TEST_F(SubscriptionsTest, ListIsToldApartFromOk) {
  connect();
  std::size_t listed = 99;
  all->list([&](Result<std::vector<Subscribed>> r) { listed = r ? r->size() : 98; }, now());
  EXPECT_EQ(last(), R"({"id":1,"cmd":"list_subscriptions"})");
  frame(R"({"type":"ok","id":1,"msg":[]})");
  EXPECT_EQ(listed, 0U);
}

TEST_F(SubscriptionsTest, WrongRequestsEndAtOnce) {
  connect();
  subscribe({.channel = Channel::orderbook_delta});
  subscribe({.channel = Channel::trade, .overflow = OverflowPolicy::conflate});
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].error->category, ErrorCategory::config);
  EXPECT_EQ(events[1].error->category, ErrorCategory::config);
  EXPECT_TRUE(sent.empty());
}

TEST_F(SubscriptionsTest, AStreamThatWaitsStopsTheReadingAndStartsItAgain) {
  connect();
  const auto made = all->make({{.channel = Channel::trade, .queue_size = 4}});
  all->start(made, now());
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  for (int i = 1; i <= 4; ++i) frame(trade(4, i));
  EXPECT_EQ(pauses, (std::vector<bool>{true}));
  Subscription handle(made[0]);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(handle.try_next());
  run();
  EXPECT_EQ(pauses, (std::vector<bool>{true, false}));
}

TEST_F(SubscriptionsTest, FailEndsWithAnErrorAndUnsubscribes) {
  connect();
  const auto made = all->make({{.channel = Channel::trade, .overflow = OverflowPolicy::fail, .queue_size = 2}});
  all->start(made, now());
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(trade(4, 1));
  frame(trade(4, 2));
  EXPECT_EQ(made[0]->state(), SubscriptionState::ended);
  EXPECT_EQ(last(), R"({"id":2,"cmd":"unsubscribe","params":{"sids":[4]}})");
  Subscription handle(made[0]);
  EXPECT_EQ(handle.try_next()->kind, K::subscribed);
  EXPECT_EQ(handle.try_next()->kind, K::data);
  const auto end = handle.try_next();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->kind, K::ended);
  EXPECT_EQ(end->error->category, ErrorCategory::closed);
}

TEST_F(SubscriptionsTest, NextWaitsForAnEventAndKnowsTheEnd) {
  connect();
  const auto made = all->make({{.channel = Channel::trade}});
  all->start(made, now());
  Subscription handle(made[0]);
  auto waiting = handle.next(boost::asio::use_future);
  auto second = handle.next(boost::asio::use_future);
  run();
  EXPECT_EQ(second.get().error().category, ErrorCategory::internal);  // one at a time
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  EXPECT_EQ(waiting.get()->kind, K::subscribed);
  all->on_end(fail(ErrorCategory::closed, "over"), now());
  run();
  auto outage = handle.next(boost::asio::use_future);
  run();
  EXPECT_EQ(outage.get()->kind, K::outage);
  auto end = handle.next(boost::asio::use_future);
  run();
  EXPECT_EQ(end.get()->kind, K::ended);
  auto after = handle.next(boost::asio::use_future);
  run();
  EXPECT_EQ(after.get().error().category, ErrorCategory::closed);
}

TEST_F(SubscriptionsTest, AHandlerKeepsItsStateFromEventToEvent) {
  connect();
  const auto made = all->make({{.channel = Channel::trade}});
  int last_count = 0;
  made[0]->set_handler([&last_count, count = 0](const Event&) mutable { last_count = ++count; });
  run();
  all->start(made, now());
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(trade(4, 1));
  frame(trade(4, 2));
  EXPECT_EQ(last_count, 3);
}

TEST_F(SubscriptionsTest, AHandlerSetLaterGetsWhatWasQueuedFirst) {
  connect();
  const auto made = all->make({{.channel = Channel::trade}});
  all->start(made, now());
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":4}})");
  frame(trade(4, 1));
  Subscription(made[0]).set_handler([this](const Event& e) { events.push_back(e); });
  run();
  frame(trade(4, 2));
  EXPECT_EQ(kinds(), (std::vector<K>{K::subscribed, K::data, K::data}));
}

}  // namespace
}  // namespace marginfix::ws::test
