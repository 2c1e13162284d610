// Drop-copy history: by ExecID, in order, three hours of the trading clock. Source: fix-margin.md "Drop copy".
#include <algorithm>

#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimHistory : public ExchangeTest {
 protected:
  Lines fetch(AccountId account, ExecId begin, std::optional<ExecId> end = std::nullopt) {
    Lines out;
    status = views::history(exchange.state(), account, begin, end, [&](const ExecutionEvent& e) {
      out.push_back(Recorder::line(e));
      ids.push_back(e.exec_id);
      EXPECT_EQ(e.symbol, kMarket);
      EXPECT_TRUE(is_uuid(e.order_id.view()));
      return true;
    });
    return out;
  }
  HistoryStatus status{HistoryStatus::Complete};
  std::vector<ExecId> ids;
};

TEST_F(SimHistory, HoldsEveryNumberedReportOfTheAccountInOrder) {
  buy("a-key", "a1", 5, "6.0000");
  sell("b-key", "b1", 3, "6.0000");
  amend("a-key", amendment("a2", "a1", 4));
  cancel("a-key", "c1", "a2");
  buy("a-key", "bad", 0, "6.0000");
  EXPECT_EQ(fetch(alice, {0, 0}), (Lines{"new a1 cum 0.00 leaves 5.00", "trade a1 3.00@6.0000 maker cum 3.00 leaves 2.00",
                                         "replaced a2 cum 3.00 leaves 1.00", "canceled c1 cum 3.00 leaves 0.00"}));
  EXPECT_EQ(status, HistoryStatus::Complete);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  EXPECT_EQ(views::last_exec_id(exchange.state(), alice), ids.back());
  EXPECT_EQ(fetch(bob, {0, 0}).size(), 2U);
  EXPECT_TRUE(fetch(fcm, {0, 0}).empty());
  EXPECT_FALSE(views::last_exec_id(exchange.state(), fcm));
}

TEST_F(SimHistory, IsTheSameAsWhatWasReportedLive) {
  buy("a-key", "a1", 5, "6.0000");
  sell("b-key", "b1", 3, "6.0000");
  const Recorder::Report live = events.last();
  ASSERT_EQ(live.cl_ord_id, "a1");
  views::history(exchange.state(), alice, live.event.exec_id, live.event.exec_id, [&](const ExecutionEvent& e) {
    EXPECT_EQ(e.event_no, live.event.event_no);
    EXPECT_EQ(e.order_id.view(), live.event.order_id.view());
    EXPECT_EQ(e.fill->match_id.view(), live.event.fill->match_id.view());
    EXPECT_EQ(e.fill->fee, live.event.fill->fee);
    EXPECT_EQ(e.fill->business_date, live.event.fill->business_date);
    EXPECT_EQ(e.fill->position, live.event.fill->position);
    EXPECT_EQ(e.filled_notional, live.event.filled_notional);
    EXPECT_EQ(e.entered_by, live.event.entered_by);
    EXPECT_EQ(e.time, live.event.time);
    EXPECT_EQ(e.status, live.event.status);
    return true;
  });
}

TEST_F(SimHistory, RangesAreInclusive) {
  for (int i = 0; i < 5; ++i) buy("a-key", "a" + std::to_string(i), 1, "6.0000");
  fetch(alice, {0, 0});
  const std::vector<ExecId> all = ids;
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(fetch(alice, all[1], all[3]),
            (Lines{"new a1 cum 0.00 leaves 1.00", "new a2 cum 0.00 leaves 1.00", "new a3 cum 0.00 leaves 1.00"}));
  EXPECT_EQ(fetch(alice, all[4]).size(), 1U);
  EXPECT_EQ(fetch(alice, {all[1].a, all[1].b + 1}, all[2]).size(), 1U) << "a begin that was never given out counts as the next one";
  EXPECT_TRUE(fetch(alice, all[3], all[1]).empty());
}

TEST_F(SimHistory, EndBeyondWhatExistsIsTooLarge) {
  buy("a-key", "a1", 1, "6.0000");
  const ExecId last = views::last_exec_id(exchange.state(), alice).value();
  EXPECT_TRUE(fetch(alice, {0, 0}, ExecId{last.a + 1, 1}).empty());
  EXPECT_EQ(status, HistoryStatus::EndTooLarge);
}

TEST_F(SimHistory, ForgetsAfterThreeHours) {
  buy("a-key", "a1", 1, "6.0000");
  const ExecId first = views::last_exec_id(exchange.state(), alice).value();
  exchange.advance(std::chrono::hours(2));
  buy("a-key", "a2", 1, "6.0000");
  const ExecId second = views::last_exec_id(exchange.state(), alice).value();
  exchange.advance(std::chrono::hours(1));
  EXPECT_EQ(fetch(alice, first).size(), 2U) << "exactly three hours old is still there";
  exchange.advance(std::chrono::microseconds(1));
  EXPECT_TRUE(fetch(alice, first).empty());
  EXPECT_EQ(status, HistoryStatus::BeginTooOld);
  EXPECT_EQ(fetch(alice, {0, 0}).size(), 0U);
  EXPECT_EQ(fetch(alice, second).size(), 1U);
  EXPECT_EQ(status, HistoryStatus::Complete);
  EXPECT_EQ(fetch(alice, ExecId{}).size(), 1U) << "-1;-1 = the earliest kept";
  exchange.advance(std::chrono::hours(4));
  buy("a-key", "a3", 1, "6.0000");
  EXPECT_TRUE(fetch(alice, second).empty());
  EXPECT_EQ(status, HistoryStatus::BeginTooOld);
  EXPECT_EQ(fetch(alice, ExecId{}), (Lines{"new a3 cum 0.00 leaves 1.00"}));
}

TEST_F(SimHistory, SpansManyChunksAndStopsWhenTold) {
  for (int i = 0; i < 3'000; ++i) {
    const std::string id = "order-with-a-long-client-order-id-" + std::to_string(i);
    buy("a-key", id, 1, "6.0000");
    cancel("a-key", "c-" + id, id);
  }
  EXPECT_EQ(fetch(alice, {0, 0}).size(), 6'000U);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  int n = 0;
  views::history(exchange.state(), alice, {0, 0}, std::nullopt, [&](const ExecutionEvent&) { return ++n < 10; });
  EXPECT_EQ(n, 10);
}

}  // namespace
}  // namespace marginfix::sim
