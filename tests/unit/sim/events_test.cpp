// Numbering, ExecIDs, levels and trades as doors see them.
#include <map>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimEvents : public ExchangeTest {};

TEST_F(SimEvents, ExecIdsRiseAndOnlyRejectsAndPendingsHaveNone) {
  buy("a-key", "a1", 5, "6.0000");
  sell("b-key", "b1", 7, "6.0000");
  cancel("b-key", "c1", "b1");
  buy("a-key", "bad", 0, "6.0000");
  ExecId previous{0, 0};
  for (const auto& r : events.reports) {
    const ReportKind k = r.event.kind;
    const bool numbered = k == ReportKind::New || k == ReportKind::Trade || k == ReportKind::Canceled || k == ReportKind::Replaced;
    EXPECT_EQ(r.event.exec_id.numbered(), numbered);
    if (!numbered) continue;
    EXPECT_GT(r.event.exec_id, previous);
    previous = r.event.exec_id;
  }
}

TEST_F(SimEvents, BothSidesOfATradeShareTheMatchAndDifferInTheRest) {
  buy("a-key", "a1", 5, "6.0000");
  events.clear();
  sell("b-key", "b1", 5, "6.0000");
  const auto& taker = events.reports[2].event;
  const auto& maker = events.reports[3].event;
  EXPECT_EQ(taker.fill->match_id.view(), maker.fill->match_id.view());
  EXPECT_NE(taker.exec_id, maker.exec_id);
  EXPECT_TRUE(taker.fill->taker);
  EXPECT_FALSE(maker.fill->taker);
  EXPECT_EQ(maker.requested_by.key, views::find_key(exchange.state(), "b-key")->key);
  EXPECT_EQ(maker.entered_by.key, views::find_key(exchange.state(), "a-key")->key);
  ASSERT_EQ(events.trades.size(), 1U);
  EXPECT_EQ(events.trades[0].aggressor, Side::Sell);
  EXPECT_EQ(events.trades[0].match_id.view(), taker.fill->match_id.view());
  EXPECT_EQ(taker.status, OrdStatus::Filled);
}

TEST_F(SimEvents, BusinessDateTurnsAtFourInTheAfternoonEastern) {
  const auto date_of_trade_at = [&](Timestamp at) {
    exchange.step(at);
    buy("a-key", "a" + std::to_string(at.time_since_epoch().count()), 1, "6.0000");
    sell("b-key", "b" + std::to_string(at.time_since_epoch().count()), 1, "6.0000");
    return events.last().event.fill->business_date;
  };
  using namespace std::chrono;
  const Timestamp four_pm = kStart + hours(6);  // 21:00 UTC
  EXPECT_EQ(date_of_trade_at(four_pm - milliseconds(1)), year(2026) / November / 23);
  EXPECT_EQ(date_of_trade_at(four_pm), year(2026) / November / 24);
}

TEST_F(SimEvents, LevelEventsRebuildTheBook) {
  for (int i = 0; i < 30; ++i) {
    buy("a-key", "a" + std::to_string(i), 1 + i % 4, i % 3 == 0 ? "6.0000" : "6.0100");
    if (i % 5 == 4) sell("b-key", "b" + std::to_string(i), 6, "6.0000");
    if (i % 7 == 6) cancel("a-key", "c" + std::to_string(i), "a" + std::to_string(i));
  }
  std::map<DollarDecimal, FixedPointCount, std::greater<>> bids;
  for (const auto& e : events.levels) {
    if (e.side != Side::Buy) continue;
    EXPECT_EQ(bids[e.price], e.old_size);
    bids[e.price] = e.size;
    if (e.size.is_zero()) bids.erase(e.price);
  }
  const auto depth = views::depth(exchange.state(), market, Side::Buy);
  ASSERT_EQ(depth.size(), bids.size());
  auto it = bids.begin();
  for (const LevelView& level : depth) {
    EXPECT_EQ(level.price, it->first);
    EXPECT_EQ(level.size, (it++)->second);
  }
}

TEST_F(SimEvents, LevelEventsKnowWhoseOrderMadeThemAndWhy) {
  buy("a-key", "a1", 5, "6.0000");
  sell("b-key", "b1", 2, "6.0000");
  cancel("a-key", "c1", "a1");
  ASSERT_EQ(events.levels.size(), 3U);
  const UpdateReason reasons[] = {UpdateReason::None, UpdateReason::Trade, UpdateReason::UserCancel};
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(events.levels[i].maker);
    EXPECT_EQ(events.levels[i].maker->account,
              views::find_key(exchange.state(), "a-key")->account);  // the trade too: the maker's level fell
    EXPECT_EQ(events.levels[i].maker->reason, reasons[i]);
  }
}

TEST_F(SimEvents, EventNumbersHaveNoGaps) {
  const EventNo before = views::last_event(exchange.state());
  events.clear();
  buy("a-key", "a1", 5, "6.0000");
  sell("b-key", "b1", 5, "6.0000");
  EXPECT_EQ(views::last_event(exchange.state()) - before, events.reports.size() + events.levels.size() + events.trades.size());
  EXPECT_EQ(events.commands, 2U);
}

class Meddler : public EventSink {
 public:
  Exchange* exchange{nullptr};
  bool refused{false};
  void on_execution(const ExecutionEvent&) override {
    try {
      exchange->run(commands::Halt{0, true});
    } catch (const Exception&) {
      refused = true;
    }
  }
};

TEST(SimListener, MayNotCallCommandsFromInside) {
  ExchangeOptions o;
  o.house = o.past = false;
  Exchange exchange(o);
  Meddler meddler;
  meddler.exchange = &exchange;
  exchange.add_sink(meddler);
  exchange.open(kStart).value();
  exchange.run(commands::CreateAccount{{"alice", {{"a-key", KeyScope::Trading}}, false, {usd("1000")}}});
  NewOrder order;
  order.cl_ord_id = "a1";
  order.symbol = kMarket;
  order.quantity = lots(1);
  order.price = usd("6");
  exchange.run(commands::Submit{{{0, Door::Rest}, {}, 0}, order});  // key 0 is the house's: it makes no reports
  EXPECT_FALSE(meddler.refused);
  exchange.run(commands::Submit{{{views::find_key(exchange.state(), "a-key")->key, Door::Rest}, {}, 0}, order});
  EXPECT_TRUE(meddler.refused);
  EXPECT_FALSE(views::market(exchange.state(), 0).halted);
}

}  // namespace
}  // namespace marginfix::sim
