#include "ws/event_queue.hpp"

#include <gtest/gtest.h>

namespace marginfix::ws {
namespace {

Event tick(const char* market, std::int64_t n) {
  Event e;
  e.frame.type = "ticker";
  e.received = n;
  MarginTicker t;
  t.market_ticker = market;
  e.frame.payload = t;
  return e;
}
Event other(EventKind kind) {
  Event e;
  e.kind = kind;
  return e;
}

TEST(WsEventQueue, WaitTakesEverythingAndSaysWhenItIsFull) {
  EventQueue q(OverflowPolicy::wait, 2);
  EXPECT_EQ(q.push(tick("A", 1)), EventQueue::Pushed::queued);
  EXPECT_FALSE(q.full());
  q.push(tick("A", 2));
  EXPECT_TRUE(q.full());
  EXPECT_EQ(q.push(tick("A", 3)), EventQueue::Pushed::queued);
  EXPECT_EQ(q.size(), 3U);
  q.pop();
  q.pop();
  EXPECT_TRUE(q.has_room());
}

TEST(WsEventQueue, DropOldestCountsWhatWentAndTellsTheNextEvent) {
  EventQueue q(OverflowPolicy::drop_oldest, 2);
  q.push(tick("A", 1));
  q.push(other(EventKind::gap));
  EXPECT_EQ(q.push(tick("A", 2)), EventQueue::Pushed::dropped);
  EXPECT_EQ(q.push(tick("A", 3)), EventQueue::Pushed::dropped);
  EXPECT_EQ(q.pop()->kind, EventKind::gap);  // what is no data is never dropped
  const auto last = q.pop();
  EXPECT_EQ(last->received, 3);
  EXPECT_EQ(last->dropped, 2U);
  EXPECT_TRUE(q.empty());
}

TEST(WsEventQueue, DropNewestCountsWhatWasNotTakenAndTellsTheNextEvent) {
  EventQueue q(OverflowPolicy::drop_newest, 1);
  q.push(tick("A", 1));
  EXPECT_EQ(q.push(tick("A", 2)), EventQueue::Pushed::dropped);
  EXPECT_EQ(q.push(tick("A", 3)), EventQueue::Pushed::dropped);
  EXPECT_EQ(q.push(other(EventKind::gap)), EventQueue::Pushed::queued) << "what is no data is never dropped";
  EXPECT_EQ(q.pop()->received, 1);
  q.pop();
  EXPECT_EQ(q.push(tick("A", 4)), EventQueue::Pushed::queued);
  EXPECT_EQ(q.pop()->dropped, 2U);
}

TEST(WsEventQueue, ConflateKeepsTheLatestOfEachMarketInPlace) {
  EventQueue q(OverflowPolicy::conflate, 8);
  q.push(tick("A", 1));
  q.push(tick("B", 2));
  EXPECT_EQ(q.push(tick("A", 3)), EventQueue::Pushed::replaced);
  EXPECT_EQ(q.pop()->received, 3);
  EXPECT_EQ(q.pop()->received, 2);
  EXPECT_FALSE(q.pop());
}

TEST(WsEventQueue, FailRefusesDataAndLetsTheEndIn) {
  EventQueue q(OverflowPolicy::fail, 1);
  q.push(tick("A", 1));
  EXPECT_EQ(q.push(tick("A", 2)), EventQueue::Pushed::overflow);
  EXPECT_EQ(q.push(other(EventKind::ended)), EventQueue::Pushed::queued);
  EXPECT_EQ(q.size(), 2U);
}

}  // namespace
}  // namespace marginfix::ws
