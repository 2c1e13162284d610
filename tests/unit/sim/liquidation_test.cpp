// Liquidation: the queue, orders of the exchange's own, the house that takes over, insurance. Source: rest-perps.md "Positions, risk",
// observed.md (ratios 0.91 and 1); readings at the top of liquidation.hpp.
#include "sim/exchange/members/liquidation.hpp"

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/risk.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::seconds;

class SimLiquidation : public ExchangeTest {
 protected:
  SimLiquidation() {
    carol = exchange.run(
        commands::CreateAccount{{"carol", {{"c-key", KeyScope::Trading}, {"c-listen", KeyScope::Listener}}, false, {usd("1500")}}});
  }
  // carol goes long 1000 at 6.2577 against bob: 1200 dollars of equity, 1062.43 of maintenance.
  void long_carol() {
    sell("b-key", "b-open", 1000, "6.2577");
    ASSERT_EQ(buy("c-key", "c-open", 1000, "6.2577").filled, lots(1000));
    exchange.run(commands::Deposit{carol, 0, usd("-300")}).value();  // opening takes more than holding
    events.take();
  }
  void mark(std::string_view price) { exchange.run(commands::SetReference{market, usd(price)}).value(); }
  void wait(int s) {
    for (int i = 0; i < s; ++i) exchange.advance(seconds(1));
  }
  MarginView margin(AccountId account) const { return views::margins(exchange.state(), account).at(0); }
  std::vector<const Recorder::Report*> system_reports(ReportKind kind) const {
    std::vector<const Recorder::Report*> out;
    for (const auto& r : events.reports) {
      if (r.event.system == SystemOrder::Liquidation && r.event.kind == kind) out.push_back(&r);
    }
    return out;
  }
  AccountId carol{0};
};

TEST_F(SimLiquidation, HealthyAccountsAreLeftAlone) {
  long_carol();
  mark("6.2300");
  wait(10);
  EXPECT_EQ(position(carol), lots(1000));
  EXPECT_TRUE(events.take().empty());
  EXPECT_TRUE(views::liquidation_queue(exchange.state()).empty());
}

TEST_F(SimLiquidation, TheQueueTakesRestingOrdersFirst) {
  long_carol();
  sell("c-key", "c-rest", 10, "7.0000");
  buy("a-key", "a-rest", 1, "6.0000");
  mark("6.2000");  // equity 1200 - 7.51 - 57.7 = 1134.8; maintenance 1052.6: 0.928
  wait(2);
  EXPECT_EQ(views::liquidation_queue(exchange.state()), (std::vector<std::pair<AccountId, int>>{{carol, 0}}));
  EXPECT_TRUE(views::open_orders(exchange.state(), carol).empty());
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 1U);
  const auto order = views::find_order(exchange.state(), carol, "c-rest");
  ASSERT_TRUE(order);
  EXPECT_EQ(order->last_update, UpdateReason::MarginCancel);
  EXPECT_EQ(position(carol), lots(1000)) << "nothing is sold before the ratio is 1";
  mark("6.2577");
  wait(2);
  EXPECT_TRUE(views::liquidation_queue(exchange.state()).empty()) << "well again";
}

TEST_F(SimLiquidation, SellsIntoTheBookUntilTheAccountIsWell) {
  long_carol();
  buy("a-key", "a-bid", 2000, "6.1000");
  mark("6.1000");
  wait(30);
  const auto fills = system_reports(ReportKind::Trade);
  ASSERT_FALSE(fills.empty());
  for (const auto* r : fills) {
    EXPECT_EQ(r->event.account, carol);
    EXPECT_EQ(r->event.entered_by.door, Door::System);
    EXPECT_EQ(r->event.requested_by.door, Door::System);
    EXPECT_TRUE(r->event.reduce_only);
    EXPECT_EQ(r->event.side, Side::Sell);
    EXPECT_TRUE(is_uuid(r->cl_ord_id));
    EXPECT_EQ(r->event.fill->price, usd("6.1000"));
    EXPECT_TRUE(r->event.exec_id.numbered());
  }
  EXPECT_GT(position(carol), FixedPointCount{}) << "no more than it takes";
  EXPECT_LT(position(carol), lots(1000));
  const MarginView m = margin(carol);
  EXPECT_GT(m.equity * 91, m.maintenance_margin * 100) << "out of the queue";
  EXPECT_TRUE(views::liquidation_queue(exchange.state()).empty());
  EXPECT_TRUE(views::insurance_paid(exchange.state()).is_zero());
}

TEST_F(SimLiquidation, ReportsAreInTheDropCopyAndInTheFills) {
  long_carol();
  buy("a-key", "a-bid", 2000, "6.1000");
  mark("6.1000");
  wait(3);
  std::size_t system = 0;
  views::history(exchange.state(), carol, ExecId{}, std::nullopt, [&](const ExecutionEvent& e) {
    system += e.kind == ReportKind::Trade && e.entered_by.door == Door::System ? 1U : 0U;
    return true;
  });
  EXPECT_EQ(system, system_reports(ReportKind::Trade).size());
  const FillPage page = views::list_fills(exchange.state(), carol, {}, 0, 100);
  ASSERT_FALSE(page.fills.empty());
  EXPECT_EQ(page.fills.front().system, SystemOrder::Liquidation);
  EXPECT_EQ(page.fills.back().system, SystemOrder::None);
}

TEST_F(SimLiquidation, TheHouseTakesOverWhatNobodyWants) {
  long_carol();
  mark("6.1000");  // no bids at all
  const std::size_t trades_before = events.trades.size();
  wait(1);
  EXPECT_EQ(position(carol), lots(1000)) << "the book gets its chance";
  wait(20);
  EXPECT_LT(position(carol), lots(1000));
  EXPECT_TRUE(views::liquidation_queue(exchange.state()).empty());
  EXPECT_EQ(events.trades.size(), trades_before) << "not a public trade";
  const auto fills = system_reports(ReportKind::Trade);
  ASSERT_FALSE(fills.empty());
  EXPECT_EQ(fills.front()->event.fill->price, usd("6.1000")) << "at the mark";
}

TEST_F(SimLiquidation, ShortsAreBoughtBack) {
  exchange.run(commands::Deposit{alice, 0, usd("100000")}).value();
  buy("a-key", "a-open", 1000, "6.2577");
  ASSERT_EQ(sell("c-key", "c-open", 1000, "6.2577").filled, lots(1000));
  exchange.run(commands::Deposit{carol, 0, usd("-300")}).value();
  sell("a-key", "a-ask", 2000, "6.4000");
  mark("6.4000");
  wait(30);
  EXPECT_GT(position(carol), lots(-1000));
  for (const auto* r : system_reports(ReportKind::Trade)) EXPECT_EQ(r->event.side, Side::Buy);
  EXPECT_FALSE(system_reports(ReportKind::Trade).empty());
}

TEST_F(SimLiquidation, InsurancePaysWhatABankruptAccountOwes) {
  long_carol();
  mark("4.5000");  // a loss of 1757.70 with 1200 dollars
  wait(10);
  EXPECT_TRUE(position(carol).is_zero());
  EXPECT_TRUE(margin(carol).cash.is_zero());
  EXPECT_GT(views::insurance_paid(exchange.state()), usd("557"));
  EXPECT_LT(views::insurance_paid(exchange.state()), usd("600"));
  EXPECT_EQ(margin(bob).equity, usd("100000") + usd("1757.70") - usd("3.12885")) << "the winner has all of it";
}

TEST_F(SimLiquidation, FarPricesInTheBookAreNotTaken) {
  long_carol();
  buy("a-key", "a-bid", 2000, "5.0000");
  mark("6.1000");
  wait(30);
  EXPECT_EQ(views::open_orders(exchange.state(), alice).front().cum_qty, FixedPointCount{}) << "more than 5 % below the mark";
  EXPECT_LT(position(carol), lots(1000));
}

TEST_F(SimLiquidation, WaitsWhileTheMarketIsHalted) {
  long_carol();
  exchange.run(commands::Halt{market, true});
  mark("4.5000");
  wait(30);
  EXPECT_EQ(position(carol), lots(1000));
  EXPECT_EQ(views::liquidation_queue(exchange.state()).size(), 1U);
  exchange.run(commands::Halt{market, false});
  wait(10);
  EXPECT_TRUE(position(carol).is_zero());
}

TEST_F(SimLiquidation, ItsOwnOrdersDoNotStandInTheWay) {
  long_carol();
  mark("6.1000");
  wait(1);
  buy("c-key", "c-bid", 5, "6.1000");  // refused or canceled: never a trade with itself
  wait(20);
  for (const auto& r : events.reports) {
    if (r.event.kind == ReportKind::Trade && r.event.system != SystemOrder::None) {
      EXPECT_NE(r.cl_ord_id, "c-bid");
    }
  }
  EXPECT_TRUE(views::open_orders(exchange.state(), carol).empty());
}

TEST_F(SimLiquidation, AJumpOfTheClockLivesThroughIt) {
  long_carol();
  mark("4.5000");
  exchange.advance(std::chrono::hours(24));
  EXPECT_TRUE(position(carol).is_zero());
  EXPECT_TRUE(views::liquidation_queue(exchange.state()).empty());
}

TEST_F(SimLiquidation, ClosesTheLargestShareOfAnFcmFirst) {
  const AccountId broker = exchange.run(commands::CreateAccount{{"broker", {{"br-key", KeyScope::Trading}}, true, {usd("1500")}}});
  for (const auto& [customer, contracts] : {std::pair{"one", 300}, {"two", 700}}) {
    sell("b-key", std::string("b-") + customer, contracts, "6.2577");
    NewOrder o = order(customer, Side::Buy, contracts, "6.2577");
    o.customer_account = customer;
    ASSERT_EQ(send("br-key", o).filled, lots(contracts));
  }
  exchange.run(commands::Deposit{broker, 0, usd("-300")}).value();
  buy("a-key", "a-bid", 2000, "6.1000");
  mark("6.1000");
  wait(2);
  const auto fills = system_reports(ReportKind::Trade);
  ASSERT_FALSE(fills.empty());
  EXPECT_EQ(fills.front()->customer, "two");
  FixedPointCount sum;
  for (const CustomerPositionView& p : views::customer_positions(exchange.state(), broker)) sum += p.net;
  EXPECT_EQ(sum, position(broker));
}

}  // namespace
}  // namespace marginfix::sim
