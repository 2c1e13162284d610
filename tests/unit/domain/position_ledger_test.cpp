// ExecIDs and positions from trades.
#include "marginfix/domain/position_ledger.hpp"

#include <gtest/gtest.h>

namespace marginfix {
namespace {

Fill fill(const char* exec_id, Side side, int n, const char* market = "2", std::int32_t subaccount = 0) {
  Fill f;
  f.exec_id = ExecId(exec_id);
  f.last_mkt = market;
  f.symbol = "S";
  f.side = side;
  f.subaccount = subaccount;
  f.quantity = FixedPointCount::whole(n);
  return f;
}

TEST(ExecId, KnowsItsFormAndOrder) {
  EXPECT_TRUE(ExecId("77120;1").is_sequenced());
  EXPECT_TRUE(ExecId("77120;1;2").is_sequenced());
  for (const char* text : {"", "-1;-1", "abc", "1", "1;", ";1", "1;2;", "1;2;3;4", "1;2x", "99999999999999999999;1"})
    EXPECT_TRUE(ExecId(text).is_unsequenced()) << text;
  EXPECT_LT(ExecId("9;5"), ExecId("10;1"));
  EXPECT_LT(ExecId("10;2"), ExecId("10;10"));
  EXPECT_LT(ExecId("10;2"), ExecId("10;2;1"));
  EXPECT_EQ(ExecId("1;2").text(), "1;2");
  EXPECT_EQ(ExecId("1;2;3").part(2), 3);
  EXPECT_NE(ExecId("1;2"), ExecId("01;2"));
}

TEST(PositionLedger, NetsBuysAndSellsBySubaccountAndSymbol) {
  PositionLedger ledger;
  EXPECT_TRUE(ledger.book(fill("1;1", Side::Buy, 10)));
  EXPECT_TRUE(ledger.book(fill("1;2", Side::Sell, 4)));
  EXPECT_TRUE(ledger.book(fill("1;3", Side::Sell, 7, "2", 5)));
  EXPECT_EQ(ledger.net(0, "S"), FixedPointCount::whole(6));
  EXPECT_EQ(ledger.net(5, "S"), FixedPointCount::whole(-7));
  EXPECT_EQ(ledger.net(0, "other"), FixedPointCount{});
}

TEST(PositionLedger, BooksEachExecIdOfAMarketOnce) {
  PositionLedger ledger;
  EXPECT_TRUE(ledger.book(fill("1;1", Side::Buy, 10)));
  EXPECT_FALSE(ledger.book(fill("1;1", Side::Buy, 10))) << "heard by the listener too";
  EXPECT_TRUE(ledger.book(fill("1;1", Side::Buy, 10, "3"))) << "another shard";
  EXPECT_EQ(ledger.net(0, "S"), FixedPointCount::whole(20));
  EXPECT_EQ(ledger.trades(), 2U);
}

TEST(PositionLedger, TakesNothingButTrades) {
  PositionLedger ledger;
  OrderReport report;
  report.exec_type = ExecType::New;
  report.exec_id = ExecId("1;1");
  report.side = Side::Buy;
  report.last_qty = FixedPointCount::whole(1);
  EXPECT_FALSE(ledger.book(report));
  report.exec_type = ExecType::Trade;
  EXPECT_TRUE(ledger.book(report));
  EXPECT_FALSE(ledger.book(fill("", Side::Buy, 1)));
  EXPECT_FALSE(ledger.book(fill("1;9", Side::Buy, 0)));
  EXPECT_FALSE(ledger.book(fill("1;9", Side{}, 1)));
}

TEST(PositionLedger, StartsFromABaseline) {
  PositionLedger ledger;
  ledger.set_baseline({0, "S"}, FixedPointCount::whole(-3));
  EXPECT_TRUE(ledger.book(fill("1;1", Side::Buy, 10)));
  EXPECT_EQ(ledger.net(0, "S"), FixedPointCount::whole(7));
}

Fill told_by_rest(const char* trade_id, Side side, int n, const char* order_id = "O") {
  Fill f = fill("", side, n, "");
  f.trade_id = trade_id;
  f.order_id = order_id;
  return f;
}
Fill told_by_fix(const char* exec_id, const char* trade_id, Side side, int n, const char* order_id = "O") {
  Fill f = fill(exec_id, side, n);
  f.trade_id = trade_id;
  f.order_id = order_id;
  return f;
}

TEST(PositionLedger, ATradeCountsOnceOverAllDoors) {
  for (const bool rest_first : {true, false}) {
    PositionLedger ledger;
    const Fill fix = told_by_fix("1;1", "t1", Side::Buy, 4), rest = told_by_rest("t1", Side::Buy, 4);
    EXPECT_TRUE(ledger.book(rest_first ? rest : fix));
    EXPECT_FALSE(ledger.book(rest_first ? fix : rest));
    Fill without_id = fix;  // the same report by a session that leaves 880 out
    without_id.trade_id.clear();
    EXPECT_FALSE(ledger.book(without_id));
    EXPECT_EQ(ledger.net(0, "S"), FixedPointCount::whole(4));
    EXPECT_EQ(ledger.trades(), 1U);
  }
}

TEST(PositionLedger, BothSidesOfASelfTradeCount) {
  PositionLedger ledger;
  EXPECT_TRUE(ledger.book(told_by_rest("t1", Side::Buy, 4, "O1")));
  EXPECT_TRUE(ledger.book(told_by_rest("t1", Side::Sell, 4, "O2")));
  EXPECT_TRUE(ledger.net(0, "S").is_zero());
  EXPECT_EQ(ledger.trades(), 2U);
}

TEST(PositionLedger, WhatTheBaselineContainsDoesNotCountAgain) {
  PositionLedger named;
  named.set_baseline({0, "S"}, FixedPointCount::whole(7), {told_by_rest("t1", Side::Buy, 4), told_by_rest("t2", Side::Buy, 3)});
  EXPECT_FALSE(named.book(told_by_fix("1;1", "t1", Side::Buy, 4)));
  EXPECT_FALSE(named.book(told_by_fix("1;1", "", Side::Buy, 4))) << "known by its ExecID since";
  EXPECT_TRUE(named.book(told_by_fix("1;3", "t3", Side::Sell, 1)));
  EXPECT_EQ(named.net(0, "S"), FixedPointCount::whole(6));

  PositionLedger stated;
  OrderReport report;
  report.exec_type = ExecType::Trade;
  report.symbol = "S";
  report.side = Side::Buy;
  report.last_mkt = "2";
  report.last_qty = FixedPointCount::whole(3);
  report.last_px = DollarDecimal::from_units(1);
  report.exec_id = ExecId("1;5");
  EXPECT_FALSE(stated.set_baseline(report)) << "it states no position";
  report.long_qty = FixedPointCount::whole(7);
  report.short_qty = FixedPointCount{};
  ASSERT_TRUE(stated.set_baseline(report));
  EXPECT_FALSE(stated.book(report));
  EXPECT_FALSE(stated.book(fill("1;4", Side::Buy, 4))) << "drop copy from before it";
  EXPECT_TRUE(stated.book(fill("1;4", Side::Buy, 4, "3"))) << "another shard has an order of its own";
  EXPECT_TRUE(stated.book(fill("1;6", Side::Sell, 1)));
  EXPECT_TRUE(stated.book(fill("1;3", Side::Buy, 1, "2", 5))) << "another subaccount";
  EXPECT_EQ(stated.net(0, "S"), FixedPointCount::whole(10));
}

}  // namespace
}  // namespace marginfix
