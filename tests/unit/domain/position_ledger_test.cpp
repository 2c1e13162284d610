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

}  // namespace
}  // namespace marginfix
