// The trading clock: expiry of Day and GTD orders, what control may do to it.
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimClock : public ExchangeTest {};
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(SimClock, DayOrdersEndWithTheEasternDay) {
  buy("a-key", "a1", 1, "6.0000", TimeInForce::Day);
  const Timestamp end = end_of_eastern_day(kStart);  // 2026-11-24 04:59:59.999 UTC
  EXPECT_EQ(end, kStart + hours(14) - milliseconds(1));
  EXPECT_EQ(events.last().event.expire_time, end);
  exchange.step(end - milliseconds(1));
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 1U);
  exchange.step(end);
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty());
  const auto& e = events.last().event;
  EXPECT_EQ(e.kind, ReportKind::Canceled);
  EXPECT_TRUE(e.expiry_style);
  EXPECT_EQ(e.reason, Reason::Expired);
  EXPECT_EQ(e.time, end);
}

TEST_F(SimClock, GtdOrdersEndAtTheirTimeInOrder) {
  for (int i = 3; i >= 1; --i) {
    NewOrder o = order("a" + std::to_string(i), Side::Buy, 1, "6.0000", TimeInForce::GTD);
    o.expire_time = kStart + seconds(10 * i);
    const std::string id = "a" + std::to_string(i);
    o.cl_ord_id = id;
    send("a-key", o);
  }
  events.take();
  exchange.step(kStart + seconds(25));
  EXPECT_EQ(events.take(), (Lines{"canceled a1 cum 0.00 leaves 0.00 ORDER_EXPIRED", "canceled a2 cum 0.00 leaves 0.00 ORDER_EXPIRED"}));
  EXPECT_EQ(events.reports[events.reports.size() - 1].event.time, kStart + seconds(20)) << "at its own time, not at the step's";
  EXPECT_EQ(exchange.next_timer(), kStart + seconds(30));
}

TEST_F(SimClock, GtcOrdersStay) {
  buy("a-key", "a1", 1, "6.0000", TimeInForce::GTC);
  exchange.advance(hours(24 * 30));
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 1U);
}

TEST_F(SimClock, AdvanceMovesTheTradingClockOnly) {
  exchange.advance(hours(2));
  EXPECT_EQ(exchange.now(), kStart + hours(2));
  exchange.step(kStart + seconds(1));
  EXPECT_EQ(exchange.now(), kStart + hours(2) + seconds(1));
  NewOrder o = order("a1", Side::Buy, 1, "6.0000", TimeInForce::GTD);
  o.expire_time = exchange.now() + seconds(5);
  send("a-key", o);
  EXPECT_EQ(exchange.next_timer(), kStart + seconds(6)) << "timers are told in wall time";
}

TEST_F(SimClock, NeverGoesBack) {
  exchange.step(kStart + seconds(10));
  exchange.step(kStart);
  EXPECT_EQ(exchange.now(), kStart + seconds(10));
}

TEST_F(SimClock, FilledAndCanceledOrdersDoNotExpireAgain) {
  buy("a-key", "a1", 1, "6.0000", TimeInForce::Day);
  sell("b-key", "b1", 1, "6.0000", TimeInForce::Day);
  buy("a-key", "a2", 1, "6.0000", TimeInForce::Day);
  cancel("a-key", "c1", "a2");
  exchange.step(kStart + minutes(5));  // positions are watched until the marks stand still
  EXPECT_EQ(exchange.next_timer(), kStart + hours(2)) << "the settlement at noon Eastern, and nothing before";
  events.take();
  exchange.advance(hours(48));
  EXPECT_TRUE(events.take().empty());
}

TEST(SimManualClock, StandsStillWhateverTheWallSays) {
  test::TempFolder dir;
  ExchangeOptions options;
  options.dir = dir.path();
  options.house = false;
  options.past = false;
  options.manual_clock = kStart;
  options.accounts = {{"alice", {{"a-key", KeyScope::Trading}}, false, {usd("1000")}}};
  {
    Exchange exchange(options);
    exchange.open(kStart + hours(1'000)).value();
    exchange.step(kStart + hours(2'000));
    EXPECT_EQ(exchange.now(), kStart);
    exchange.advance(minutes(5));
    exchange.step(kStart + hours(3'000));
    EXPECT_EQ(exchange.now(), kStart + minutes(5));
    EXPECT_EQ(exchange.next_timer(), std::nullopt) << "no wall time makes anything due";
  }
  Exchange again(options);
  again.open(kStart + hours(4'000)).value();
  again.step(kStart + hours(4'000));
  EXPECT_EQ(again.now(), kStart + minutes(5)) << "a restart goes on where it stood";
}

}  // namespace
}  // namespace marginfix::sim
