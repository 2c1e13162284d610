// New orders: matching, times in force, refusals, bands, self-trade prevention. Source: fix-margin.md "Order entry", "Price bands".
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimOrders : public ExchangeTest {};

TEST_F(SimOrders, RestsAndShowsInTheBook) {
  const auto out = buy("a-key", "a1", 10, "6.2000");
  EXPECT_TRUE(out.accepted);
  EXPECT_EQ(out.leaves, lots(10));
  EXPECT_EQ(events.take(true), (Lines{"pending-new a1 cum 0.00 leaves 10.00", "new a1 cum 0.00 leaves 10.00"}));
  EXPECT_EQ(best(Side::Buy), "6.2000 x 10.00");
  ASSERT_EQ(events.levels.size(), 1U);
  EXPECT_EQ(events.levels[0].size, lots(10));
  EXPECT_TRUE(events.levels[0].old_size.is_zero());
}

TEST_F(SimOrders, TradesAtTheRestingPriceBestFirstThenOldestFirst) {
  sell("a-key", "s1", 5, "6.3000");
  sell("a-key", "s2", 5, "6.2000");
  sell("a-key", "s3", 5, "6.2000");
  events.take();
  buy("b-key", "b1", 12, "6.3000");
  EXPECT_EQ(events.take(), (Lines{"new b1 cum 0.00 leaves 12.00", "trade b1 5.00@6.2000 taker cum 5.00 leaves 7.00",
                                  "trade s2 5.00@6.2000 maker cum 5.00 leaves 0.00", "trade b1 5.00@6.2000 taker cum 10.00 leaves 2.00",
                                  "trade s3 5.00@6.2000 maker cum 5.00 leaves 0.00", "trade b1 2.00@6.3000 taker cum 12.00 leaves 0.00",
                                  "trade s1 2.00@6.3000 maker cum 2.00 leaves 3.00"}));
  EXPECT_EQ(position(bob), lots(12));
  EXPECT_EQ(position(alice), lots(-12));
  EXPECT_EQ(best(Side::Sell), "6.3000 x 3.00");
  EXPECT_EQ(best(Side::Buy), "");
}

TEST_F(SimOrders, RestOfACrossingOrderStaysInTheBook) {
  sell("a-key", "s1", 4, "6.2000");
  const auto out = buy("b-key", "b1", 10, "6.2500");
  EXPECT_EQ(out.filled, lots(4));
  EXPECT_EQ(out.leaves, lots(6));
  EXPECT_EQ(out.filled_notional, usd("24.8"));
  EXPECT_EQ(best(Side::Buy), "6.2500 x 6.00");
}

TEST_F(SimOrders, TellsWhenANewOrderTradesAtOnce) {
  sell("a-key", "s1", 4, "6.2000");
  EXPECT_FALSE(events.last().event.trades_at_once);
  buy("b-key", "b1", 4, "6.2000");
  ASSERT_EQ(events.reports.size(), 6U);
  EXPECT_EQ(events.reports[3].event.kind, ReportKind::New);
  EXPECT_TRUE(events.reports[3].event.trades_at_once);
}

TEST_F(SimOrders, ImmediateOrCancelTradesWhatItCanAndCancelsTheRest) {
  sell("a-key", "s1", 4, "6.2000");
  sell("a-key", "s2", 4, "6.4000");
  events.take();
  buy("b-key", "b1", 10, "6.2000", TimeInForce::IOC);
  EXPECT_EQ(events.take(),
            (Lines{"new b1 cum 0.00 leaves 10.00", "trade b1 4.00@6.2000 taker cum 4.00 leaves 6.00",
                   "trade s1 4.00@6.2000 maker cum 4.00 leaves 0.00", "canceled b1 cum 4.00 leaves 0.00 IMMEDIATE_OR_CANCELLED"}));
  const auto& canceled = events.last().event;
  EXPECT_TRUE(canceled.after_trade);
  EXPECT_EQ(canceled.last_total_qty, lots(10));
  EXPECT_EQ(canceled.original_qty, lots(10));
  const auto& trade = events.reports[events.reports.size() - 3].event;
  EXPECT_EQ(trade.ioc_remainder, lots(6));
}

TEST_F(SimOrders, OnlyTheLastTradeOfAnIocTellsItsRemainder) {
  sell("a-key", "s1", 4, "6.2000");
  sell("a-key", "s2", 4, "6.2100");
  events.clear();
  buy("b-key", "b1", 10, "6.2100", TimeInForce::IOC);
  std::vector<FixedPointCount> remainders;
  for (const auto& r : events.reports) {
    if (r.cl_ord_id == "b1" && r.event.kind == ReportKind::Trade) remainders.push_back(r.event.ioc_remainder);
  }
  EXPECT_EQ(remainders, (std::vector<FixedPointCount>{lots(0), lots(2)}));
}

TEST_F(SimOrders, UnfilledImmediateOrCancelIsNotAfterATrade) {
  buy("b-key", "b1", 10, "6.2000", TimeInForce::IOC);
  EXPECT_EQ(events.last().event.reason, Reason::ImmediateOrCancelled);
  EXPECT_FALSE(events.last().event.after_trade);
  EXPECT_EQ(best(Side::Buy), "");
}

TEST_F(SimOrders, FillOrKillFillsWholeOrIsRefused) {
  sell("a-key", "s1", 4, "6.2000");
  sell("a-key", "s2", 4, "6.2100");
  events.take();
  EXPECT_EQ(buy("b-key", "b1", 9, "6.2100", TimeInForce::FOK).reason, Reason::FokInsufficientVolume);
  EXPECT_EQ(events.take(), (Lines{"rejected b1 cum 0.00 leaves 0.00 FOK_INSUFFICIENT_VOLUME"}));
  EXPECT_EQ(buy("b-key", "b2", 8, "6.2000", TimeInForce::FOK).reason, Reason::FokInsufficientVolume);
  const auto out = buy("b-key", "b3", 8, "6.2100", TimeInForce::FOK);
  EXPECT_TRUE(out.accepted);
  EXPECT_EQ(out.filled, lots(8));
}

TEST_F(SimOrders, PostOnlyIsRefusedWhenItWouldCross) {
  sell("a-key", "s1", 4, "6.2000");
  NewOrder o = order("b1", Side::Buy, 1, "6.2000");
  o.post_only = true;
  EXPECT_EQ(send("b-key", o).reason, Reason::PostOnlyCross);
  o.price = usd("6.1999");
  EXPECT_TRUE(send("b-key", o).accepted);
}

TEST_F(SimOrders, ReduceOnlyIsForImmediateOrdersOnly) {
  NewOrder o = order("b1", Side::Sell, 1, "6.2000");
  o.reduce_only = true;
  EXPECT_EQ(send("b-key", o).reason, Reason::ReduceOnly);
  o.time_in_force = TimeInForce::IOC;
  EXPECT_EQ(send("b-key", o).reason, Reason::ReduceOnly) << "there is no position to reduce";
}

TEST_F(SimOrders, ReduceOnlyIsCappedByThePosition) {
  sell("a-key", "s1", 5, "6.2000");
  buy("b-key", "b1", 5, "6.2000");
  buy("a-key", "a1", 20, "6.1000");
  events.clear();
  NewOrder o = order("b2", Side::Sell, 9, "6.1000", TimeInForce::IOC);
  o.reduce_only = true;
  EXPECT_EQ(send("b-key", o).filled, lots(5));
  EXPECT_TRUE(position(bob).is_zero());
  EXPECT_EQ(events.take(), (Lines{"new b2 cum 0.00 leaves 9.00", "trade b2 5.00@6.1000 taker cum 5.00 leaves 4.00",
                                  "trade a1 5.00@6.1000 maker cum 5.00 leaves 15.00", "canceled b2 cum 5.00 leaves 0.00 REDUCE_ONLY"}));
}

TEST_F(SimOrders, ReduceOnlyFillOrKillNeedsOnlyThePosition) {
  sell("a-key", "s1", 5, "6.2000");
  buy("b-key", "b1", 5, "6.2000");
  buy("a-key", "a1", 6, "6.1000");
  NewOrder o = order("b2", Side::Sell, 9, "6.1000", TimeInForce::FOK);
  o.reduce_only = true;
  EXPECT_EQ(send("b-key", o).filled, lots(5));
}

struct Refusal {
  const char* what;
  std::function<void(NewOrder&)> change;
  Reason reason;
};

TEST_F(SimOrders, RefusesWhatTheDocumentRefuses) {
  const Refusal cases[] = {
      {"unknown symbol", [](NewOrder& o) { o.symbol = "NOPE"; }, Reason::MarketNotFound},
      {"inactive market", [](NewOrder& o) { o.symbol = "KXDOTPERP"; }, Reason::MarketInactive},
      {"nothing", [](NewOrder& o) { o.quantity = {}; }, Reason::InvalidQuantity},
      {"negative", [](NewOrder& o) { o.quantity = lots(-1); }, Reason::InvalidQuantity},
      {"a part of a contract", [](NewOrder& o) { o.quantity = FixedPointCount::from_units(150); }, Reason::InvalidQuantity},
      {"too many", [](NewOrder& o) { o.quantity = lots(10'000'001); }, Reason::InvalidQuantity},
      {"no price", [](NewOrder& o) { o.price = {}; }, Reason::InvalidPrice},
      {"negative price", [](NewOrder& o) { o.price = usd("-1"); }, Reason::InvalidPrice},
      {"between ticks", [](NewOrder& o) { o.price = usd("6.00005"); }, Reason::InvalidPrice},
      {"GTD without time", [](NewOrder& o) { o.time_in_force = TimeInForce::GTD; }, Reason::InvalidExpiration},
      {"GTD in the past",
       [](NewOrder& o) {
         o.time_in_force = TimeInForce::GTD;
         o.expire_time = kStart;
       },
       Reason::InvalidExpiration},
      {"GTC with a time", [](NewOrder& o) { o.expire_time = kStart + std::chrono::hours(1); }, Reason::InvalidExpiration},
      {"post-only IOC",
       [](NewOrder& o) {
         o.post_only = true;
         o.time_in_force = TimeInForce::IOC;
       },
       Reason::InvalidCombination},
      {"no ClOrdID", [](NewOrder& o) { o.cl_ord_id = ""; }, Reason::InvalidCombination},
      {"unknown subaccount", [](NewOrder& o) { o.subaccount = 5; }, Reason::UnknownAccount},
      {"negative subaccount", [](NewOrder& o) { o.subaccount = -1; }, Reason::UnknownAccount},
      {"parties without FCM access", [](NewOrder& o) { o.customer_account = "cust"; }, Reason::NotAuthorized},
      {"unknown group", [](NewOrder& o) { o.group_id = "0c3ea0a9-6cc1-4c3f-8e4b-2b9bd7c7a6f0"; }, Reason::OrderGroupNotFound},
      {"more than the balance carries", [](NewOrder& o) { o.quantity = lots(200'000); }, Reason::InsufficientBalance},
      {"more than one market may hold", [](NewOrder& o) { o.quantity = lots(9'000'000); }, Reason::ExceededPerMarketRiskLimit},
  };
  for (const Refusal& c : cases) {
    NewOrder o = order("x1", Side::Buy, 1, "6.0000");
    c.change(o);
    events.clear();
    const auto out = send("a-key", o);
    EXPECT_FALSE(out.accepted) << c.what;
    EXPECT_EQ(out.reason, c.reason) << c.what << ": " << reason_text(out.reason);
    ASSERT_EQ(events.reports.size(), 2U) << c.what;
    const auto& r = events.last();
    EXPECT_EQ(r.event.kind, ReportKind::Rejected);
    EXPECT_EQ(r.event.status, OrdStatus::Rejected);
    EXPECT_EQ(r.event.reason, c.reason);
    EXPECT_EQ(r.event.exec_id, ExecId{});
    EXPECT_EQ(r.symbol, o.symbol);
    EXPECT_TRUE(r.event.leaves_qty.is_zero());
  }
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty());
}

TEST_F(SimOrders, ListenerKeysCannotTrade) {
  EXPECT_EQ(send("a-listen", order("x1", Side::Buy, 1, "6.0000")).reason, Reason::NotAuthorized);
}

TEST_F(SimOrders, ClOrdIdIsUniqueAmongOpenOrdersOfTheAccount) {
  buy("a-key", "a1", 1, "6.0000");
  EXPECT_EQ(buy("a-key", "a1", 1, "6.0000").reason, Reason::OrderAlreadyExists);
  EXPECT_EQ(buy("a-key2", "a1", 1, "6.0000").reason, Reason::OrderAlreadyExists) << "another key of the same account";
  EXPECT_TRUE(buy("b-key", "a1", 1, "6.0000").accepted) << "another account";
  cancel("a-key", "c1", "a1");
  EXPECT_TRUE(buy("a-key", "a1", 1, "6.0000").accepted) << "free again on FIX";
}

TEST_F(SimOrders, RestNeverTakesAClientOrderIdTwice) {
  NewOrder o = order("r1", Side::Buy, 1, "6.0000");
  o.unique_forever = true;
  EXPECT_TRUE(send("a-key", o).accepted);
  cancel("a-key", "c1", "r1");
  EXPECT_EQ(send("a-key", o).reason, Reason::OrderAlreadyExists);
}

TEST_F(SimOrders, BidsMayNotBeFarBelowTheBestBid) {
  // 80 % of 6.0000 is 4.8000; 1,000 ticks below is 5.9000: the lower one rules.
  buy("a-key", "a1", 1, "6.0000");
  EXPECT_EQ(buy("a-key", "a2", 1, "4.7999").reason, Reason::InvalidPrice);
  EXPECT_TRUE(buy("a-key", "a3", 1, "4.8000").accepted);
  EXPECT_TRUE(sell("b-key", "b1", 1, "9.0000").accepted) << "an empty side has no band";
}

TEST_F(SimOrders, CheapMarketsHaveABandOfAThousandTicks) {
  buy("a-key", "a1", 1, "0.3000");
  EXPECT_TRUE(buy("a-key", "a2", 1, "0.2000").accepted);
  EXPECT_EQ(buy("a-key", "a3", 1, "0.1999").reason, Reason::InvalidPrice);
}

TEST_F(SimOrders, AsksMayNotBeFarAboveTheBestAsk) {
  sell("a-key", "a1", 1, "6.0000");
  EXPECT_EQ(sell("a-key", "a2", 1, "7.2001").reason, Reason::InvalidPrice);
  EXPECT_TRUE(sell("a-key", "a3", 1, "7.2000").accepted);
}

TEST_F(SimOrders, RestingOrdersStayWhenTheBandMoves) {
  buy("a-key", "a1", 1, "3.0000");
  buy("a-key", "a2", 1, "6.0000");
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 2U);
}

TEST_F(SimOrders, TakerIsCanceledWhereItWouldMeetItself) {
  sell("b-key", "b1", 2, "6.1000");
  sell("a-key", "a1", 5, "6.2000");
  events.take();
  buy("a-key2", "a2", 5, "6.2000");
  EXPECT_EQ(events.take(), (Lines{"new a2 cum 0.00 leaves 5.00", "trade a2 2.00@6.1000 taker cum 2.00 leaves 3.00",
                                  "trade b1 2.00@6.1000 maker cum 2.00 leaves 0.00",
                                  "canceled a2 cum 2.00 leaves 0.00 TAKER_CANCEL_FOR_SELF_TRADE_PREVENTION"}));
  EXPECT_EQ(best(Side::Sell), "6.2000 x 5.00");
}

TEST_F(SimOrders, MakerTypeCancelsTheOwnRestingOrderAndGoesOn) {
  sell("a-key", "a1", 5, "6.1000");
  sell("b-key", "b1", 2, "6.2000");
  events.take();
  NewOrder o = order("a2", Side::Buy, 4, "6.2000");
  o.self_trade_prevention = SelfTradePreventionType::Maker;
  send("a-key", o);
  EXPECT_EQ(events.take(), (Lines{"new a2 cum 0.00 leaves 4.00", "canceled a1 cum 0.00 leaves 0.00 MAKER_CANCEL_FOR_SELF_TRADE_PREVENTION",
                                  "trade a2 2.00@6.2000 taker cum 2.00 leaves 2.00", "trade b1 2.00@6.2000 maker cum 2.00 leaves 0.00"}));
  EXPECT_EQ(best(Side::Buy), "6.2000 x 2.00");
}

TEST_F(SimOrders, FillOrKillDoesNotCountOwnOrders) {
  sell("b-key", "b1", 2, "6.1000");
  sell("a-key", "a1", 5, "6.2000");
  sell("b-key", "b2", 5, "6.2000");
  EXPECT_EQ(buy("a-key2", "a2", 3, "6.2000", TimeInForce::FOK).reason, Reason::FokInsufficientVolume);
  NewOrder o = order("a3", Side::Buy, 7, "6.2000", TimeInForce::FOK);
  o.self_trade_prevention = SelfTradePreventionType::Maker;
  EXPECT_EQ(send("a-key", o).filled, lots(7));
}

TEST_F(SimOrders, PausedHaltedAndClosedMarketsTakeNoOrdersButCancelsWork) {
  buy("a-key", "a1", 1, "6.0000");
  exchange.run(commands::Halt{market, true});
  EXPECT_EQ(buy("a-key", "a2", 1, "6.0000").reason, Reason::TradingPaused);
  EXPECT_EQ(amend("a-key", amendment("a3", "a1", 2)).reason, Reason::TradingPaused);
  EXPECT_TRUE(cancel("a-key", "c1", "a1").accepted);
  exchange.run(commands::Halt{market, false});
  EXPECT_TRUE(buy("a-key", "a2", 1, "6.0000").accepted);
  exchange.run(commands::SetPaused{true});
  EXPECT_EQ(buy("a-key", "a4", 1, "6.0000").reason, Reason::ExchangePaused);
  exchange.run(commands::SetPaused{false});
  events.take();
  exchange.run(commands::SetStatus{market, MarketStatus::Closed});
  EXPECT_EQ(events.take(), (Lines{"status KXBTCPERP open", "canceled a2 cum 0.00 leaves 0.00 MARKET_ALREADY_CLOSED"}));
  EXPECT_EQ(buy("a-key", "a5", 1, "6.0000").reason, Reason::MarketAlreadyClosed);
}

TEST_F(SimOrders, AHaltCancelsOrdersThatAskForIt) {
  NewOrder o = order("a1", Side::Buy, 1, "6.0000");
  o.cancel_on_pause = true;
  send("a-key", o);
  buy("a-key", "a2", 1, "6.0000");
  events.take();
  exchange.run(commands::Halt{market, true});
  EXPECT_EQ(events.take(), (Lines{"status KXBTCPERP halted", "canceled a1 cum 0.00 leaves 0.00 EXCHANGE_PAUSED"}));
  exchange.run(commands::Halt{market, false});
  o.cl_ord_id = "a3";
  o.symbol = "KXETHPERP";
  o.price = usd("1.6000");
  send("a-key", o);
  exchange.run(commands::Halt{market, true});
  EXPECT_TRUE(views::find_order(exchange.state(), alice, "a3")->leaves_qty > FixedPointCount{})
      << "another market's halt does not touch it";
  exchange.run(commands::SetPaused{true});
  EXPECT_TRUE(views::find_order(exchange.state(), alice, "a3")->leaves_qty.is_zero());
}

TEST_F(SimOrders, PendingReportsAreForFixDoorsOnly) {
  exchange.run(commands::Submit{from("a-key", Door::Rest), order("r1", Side::Buy, 1, "6.0000")});
  EXPECT_EQ(events.take(true), (Lines{"new r1 cum 0.00 leaves 1.00"}));
}

}  // namespace
}  // namespace marginfix::sim
