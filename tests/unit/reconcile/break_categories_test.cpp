// Every category of break, produced on purpose and found, and nothing else.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"

namespace marginfix::reconcile {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class BreakCategories : public EngineTest {};

TEST_F(BreakCategories, NoneWhereBothSidesAgree) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  EXPECT_THAT(breaks(), IsEmpty());
  EXPECT_EQ(number(*storage_, "SELECT COUNT(*) FROM fills WHERE settled = 1"), 1);
}

TEST_F(BreakCategories, MissingThere) {
  tell(RecordKind::fix, Source::listener, trade({}));
  settle({});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::missing_there));
  const BreakRow row = confirmed().front();
  EXPECT_EQ(row.exec_id, "100;1");
  EXPECT_EQ(row.trade_id, "t1");
  EXPECT_EQ(row.order_id, "o1");
  EXPECT_EQ(row.cl_ord_id, "c1");
  EXPECT_EQ(row.symbol, "KXBTCPERP");
  EXPECT_EQ(row.here_source, "listener");
  EXPECT_EQ(row.there_source, "rest");
  EXPECT_EQ(row.there_value, "");
  settle({{}});
  EXPECT_THAT(categories(), IsEmpty());
  EXPECT_EQ(breaks().front().state, BreakState::resolved);
}

TEST_F(BreakCategories, MissingHere) {
  settle({{}});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::missing_here));
  EXPECT_EQ(confirmed().front().here_source, "listener");
  EXPECT_EQ(confirmed().front().there_source, "rest");
}

TEST_F(BreakCategories, WhatRestKnewBeforeTheListenerIsNotMissing) {
  state(Source::listener, "unknown");
  pass(10s);
  rest_fills({{}});
  pass(10s);
  state(Source::listener, "up");
  settle({{}});
  EXPECT_THAT(breaks(), IsEmpty());
}

TEST_F(BreakCategories, ASourceThatFailedMakesNoBreak) {
  tell(RecordKind::fix, Source::listener, trade({}));
  for (int i = 0; i < 5; ++i) {
    pass(20s);
    rest_list("fills", "GetMarginFills", {}, false);
    sweep("full");
  }
  EXPECT_THAT(breaks(), IsEmpty());
}

TEST_F(BreakCategories, PriceQuantitySideSymbolFee) {
  const Told fill;
  for (const auto& [category, altered] : std::vector<std::pair<BreakCategory, Told>>{{BreakCategory::price, {.price = "19.6"}},
                                                                                     {BreakCategory::quantity, {.quantity = "2.00"}},
                                                                                     {BreakCategory::side, {.side = '2'}},
                                                                                     {BreakCategory::symbol, {.symbol = "KXETHPERP"}},
                                                                                     {BreakCategory::fee, {.fee = "0.08"}}}) {
    SetUp();
    Told told = fill, there = altered;
    told.order_id = there.order_id = "order-" + std::string(to_string(category));
    told.exec_id = "10" + std::to_string(static_cast<int>(category)) + ";1";
    told.long_qty.clear();
    tell(RecordKind::fix, Source::listener, trade(told));
    settle({there});
    const auto found = confirmed();
    ASSERT_FALSE(found.empty()) << to_string(category);
    EXPECT_EQ(found.back().category, category);
  }
}

TEST_F(BreakCategories, AWrongPriceShowsBothSides) {
  tell(RecordKind::fix, Source::listener, trade({}));
  settle({{.price = "19.6"}});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::price));
  EXPECT_EQ(confirmed().front().here_value, "19.5000");
  EXPECT_EQ(confirmed().front().there_value, "19.6000");
}

TEST_F(BreakCategories, AListThatChangesItsWordIsHeldAgainstTheOthers) {
  tell(RecordKind::fix, Source::listener, trade({}));
  settle({{}});
  EXPECT_THAT(breaks(), IsEmpty());
  settle({{.price = "19.6"}});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::price));
  settle({{}});
  EXPECT_THAT(categories(), IsEmpty());
  EXPECT_EQ(breaks().front().state, BreakState::resolved);
}

TEST_F(BreakCategories, AnExactRepeatCountsOnce) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  tell(RecordKind::fix, Source::listener, trade(fill));
  tell(RecordKind::fix, Source::drop_copy, trade(fill));
  settle({fill});
  EXPECT_THAT(breaks(), IsEmpty());
  EXPECT_EQ(number(*storage_, "SELECT COUNT(*) FROM fills"), 1);
  EXPECT_EQ(position().traded.to_string(), "1.00");
}

TEST_F(BreakCategories, DuplicateIsAnExecIdWithOtherContent) {
  const Told fill;
  Told altered = fill;
  altered.price = "20.5";
  tell(RecordKind::fix, Source::listener, trade(fill));
  tell(RecordKind::fix, Source::listener, trade(altered));
  settle({fill});
  for (const BreakCategory c : categories()) EXPECT_EQ(c, BreakCategory::duplicate);
  EXPECT_FALSE(categories().empty());
  EXPECT_EQ(position().traded.to_string(), "1.00");
}

TEST_F(BreakCategories, CumQtyIsNotTheSumOfTheFills) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1", .order_qty = "3.00"}, '0', '0'));
  tell(RecordKind::fix, Source::listener, trade({.cum_qty = "2.00", .leaves_qty = "1.00", .order_qty = "3.00"}));
  settle({{}});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::cum_qty));
  EXPECT_EQ(confirmed().front().here_value, "2.00");
  EXPECT_EQ(confirmed().front().there_value, "1.00");
}

TEST_F(BreakCategories, AvgPxIsNotTheMeanOfTheFills) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  tell(RecordKind::fix, Source::listener, trade({.avg_px = "19.4"}));
  settle({{}});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::avg_px));
}

TEST_F(BreakCategories, AvgPxMayBeRoundedInItsLastPlace) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1", .order_qty = "3.00"}, '0', '0'));
  const Told one{.exec_id = "100;1",
                 .trade_id = "t1",
                 .price = "10.0001",
                 .quantity = "1.00",
                 .cum_qty = "1.00",
                 .leaves_qty = "2.00",
                 .order_qty = "3.00"};
  const Told two{.exec_id = "100;2",
                 .trade_id = "t2",
                 .price = "10.0002",
                 .quantity = "2.00",
                 .cum_qty = "3.00",
                 .order_qty = "3.00",
                 .long_qty = "3.00",
                 .avg_px = "10.0002"};
  tell(RecordKind::fix, Source::listener, trade(one));
  tell(RecordKind::fix, Source::listener, trade(two));
  settle({one, two});
  EXPECT_THAT(breaks(), IsEmpty());
}

TEST_F(BreakCategories, OrderOpenHereAndDoneThere) {
  tell(RecordKind::fix, Source::listener, report({}, '0', '0'));
  pass(10s);
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::order_state));
  EXPECT_EQ(confirmed().front().there_value, "done");
}

TEST_F(BreakCategories, AnOrderThatEndedWhileNobodyListenedIsTakenFromRest) {
  tell(RecordKind::fix, Source::listener, report({}, '0', '0'));
  pass(10s);
  state(Source::listener, "unknown");
  tell(RecordKind::gap_opened, Source::listener, "1\n\nthe connection was lost");
  pass(10s);
  tell(RecordKind::gap_closed, Source::listener, "1\nrest\ndrop copy is not enabled");
  state(Source::listener, "up");
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({});
  EXPECT_THAT(breaks(), IsEmpty());
  EXPECT_EQ(find<OrderRow>(*storage_, kAccount, "o1").value().leaves_qty.units(), 0);
}

TEST_F(BreakCategories, NothingLeftIsDoneWhateverTheStatusSays) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  // 151=0 with 39=1: an IOC that got a part.
  Told part{.cum_qty = "0.40", .leaves_qty = "0.00", .order_qty = "1.00"};
  part.quantity = "0.40";
  part.long_qty = "0.40";
  tell(RecordKind::fix, Source::listener, trade(part));
  pass(10s);
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({part});
  EXPECT_THAT(breaks(), IsEmpty());
}

TEST_F(BreakCategories, Position) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  rest_position("KXBTCPERP", "2.00");
  settle({fill});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::position));
  EXPECT_EQ(confirmed().front().here_value, "1.00");
  EXPECT_EQ(confirmed().front().there_value, "2.00");
  // REST fails: the break stays, and nothing new comes of it.
  rest_list("positions", "GetMarginPositions", {}, false);
  settle({fill});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::position));
  rest_position("KXBTCPERP", "1.00");
  settle({fill});
  EXPECT_THAT(categories(), IsEmpty());
}

TEST_F(BreakCategories, NetPositionsGoOnOverFillsThatOnlyRestKnows) {
  const Told first;
  tell(RecordKind::fix, Source::listener, trade(first));
  settle({first});
  state(Source::listener, "unknown");
  Told missed{.exec_id = "", .order_id = "o2", .trade_id = "t2", .rfc_time = "2026-11-30T18:02:00Z"};
  settle({first, missed});
  state(Source::listener, "up");
  Told third{.exec_id = "100;9",
             .order_id = "o3",
             .trade_id = "t3",
             .long_qty = "3.00",
             .transact_time = "20261130-18:04:00.000000",
             .rfc_time = "2026-11-30T18:04:00Z"};
  tell(RecordKind::fix, Source::listener, trade(third));
  settle({first, missed, third});
  EXPECT_THAT(breaks(), IsEmpty());
  EXPECT_EQ(position().traded.to_string(), "3.00");
}

TEST_F(BreakCategories, PositionOfFixIsNotTheSumOfTheFills) {
  tell(RecordKind::fix, Source::listener, trade({}));
  const Told second{.exec_id = "100;2",
                    .order_id = "o2",
                    .trade_id = "t2",
                    .long_qty = "5.00",
                    .transact_time = "20261130-18:01:00.000000",
                    .rfc_time = "2026-11-30T18:01:00Z"};
  tell(RecordKind::fix, Source::listener, trade(second));
  settle({{}, second});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::position));
}

TEST_F(BreakCategories, ASplitIsExplained) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  rest_position("KXBTCPERP", "1.00", "19.5");
  settle({fill});
  rest_position("KXBTCPERP", "10.00", "1.95");
  settle({fill});
  EXPECT_THAT(confirmed(), IsEmpty());
  ASSERT_THAT(breaks(), SizeIs(1));
  EXPECT_EQ(breaks().front().state, BreakState::explained);
  EXPECT_EQ(breaks().front().category, BreakCategory::corporate_action);
  EXPECT_EQ(position().traded.to_string(), "10.00");
}

TEST_F(BreakCategories, ClearingDate) {
  Told fill{.clearing_date = "20261129"};
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::clearing_date));
  EXPECT_EQ(confirmed().front().there_value, "2026-11-30");
}

TEST_F(BreakCategories, Undecodable) {
  tell(RecordKind::fix, Source::listener, "8=FIXT.1.1\0019=5\00135=8");
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::undecodable));
  EXPECT_EQ(number(*storage_, "SELECT COUNT(*) FROM undecodable"), 1);
}

TEST_F(BreakCategories, AnAmountBeyondEveryAccountIsKeptAndEndsNothing) {
  Told huge{.price = "9000000000000.0000", .quantity = "90000000000000.00"};
  rest_fills({huge});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::undecodable));
  const Told fill{.order_id = "o2", .trade_id = "t2"};
  tell(RecordKind::fix, Source::listener, trade(fill));
  EXPECT_TRUE(find<FillRow>(*storage_, kAccount, "o2", "t2").has_value());
}

TEST_F(BreakCategories, Funding) {
  const std::string row = R"({"funding_history":[{"market_ticker":"KXBTCPERP","funding_time":"2026-11-30T16:00:00Z","funding_rate":0.0001,)"
                          R"("mark_price":"20.0000","funding_amount":")";
  rest_list("funding", "GetMarginFundingHistory", row + R"(-0.0200","quantity":"10.00","subaccount_number":0}]})");
  settle({});
  EXPECT_THAT(breaks(), IsEmpty());
  tell(RecordKind::klear, Source::klear,
       "GetMemberFundingPayments\n\n"
       R"({"payments":[{"id":"p","market_ticker":"KXBTCPERP","subtrader_id":"s","funding_time":"2026-11-30T16:00:00Z",)"
       R"("position_quantity_fp":"10.00","notional_value_centicents":2000000,"funding_amount_centicents":-300}]})");
  settle({});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::funding));
}

// Who asks for days that end before the payment's is not told of it. The exchange's clock may be days ahead of ours.
TEST_F(BreakCategories, FundingThatRestWasNotAskedForIsNotMissing) {
  const auto asked_to = [&](std::string_view day) {
    tell(RecordKind::poll_begin, Source::rest, "funding\n");
    tell(RecordKind::rest, Source::rest,
         "GetMarginFundingHistory\nstart_date=2026-11-23&end_date=" + std::string(day) + "\n{\"funding_history\":[]}");
    tell(RecordKind::poll_end, Source::rest, "funding\nok");
  };
  tell(RecordKind::klear, Source::klear,
       "GetMemberFundingPayments\n\n"
       R"({"payments":[{"id":"p","market_ticker":"KXBTCPERP","subtrader_id":"s","funding_time":"2026-12-03T16:00:00Z",)"
       R"("position_quantity_fp":"10.00","notional_value_centicents":2000000,"funding_amount_centicents":-300}]})");
  pass(std::chrono::seconds(1));
  asked_to("2026-12-02");
  settle({});
  EXPECT_THAT(categories(), IsEmpty());
  asked_to("2026-12-03");
  settle({});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::funding));
}

TEST_F(BreakCategories, FundingThatIsNotRateTimesMarkTimesPosition) {
  rest_list("funding", "GetMarginFundingHistory",
            R"({"funding_history":[{"market_ticker":"KXBTCPERP","funding_time":"2026-11-30T16:00:00Z","funding_rate":0.0001,)"
            R"("mark_price":"20.0000","funding_amount":"-0.0300","quantity":"10.00","subaccount_number":0}]})");
  settle({});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::funding));
  EXPECT_EQ(confirmed().front().here_value, "-0.0200");
}

TEST_F(BreakCategories, OutcomeUnknown) {
  tell(RecordKind::firm_fix, Source::firm, fix_message("D", piped("11=c9|38=1|40=2|44=19.5|54=1|55=KXBTCPERP|59=1|")));
  settle({});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::outcome_unknown));
  EXPECT_EQ(confirmed().front().cl_ord_id, "c9");
  tell(RecordKind::fix, Source::listener, report({.exec_id = "101;1", .order_id = "o9", .cl_ord_id = "c9"}, '0', '0'));
  settle({});
  EXPECT_THAT(confirmed(), IsEmpty());
}

TEST_F(BreakCategories, Late) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1", .order_id = "o0"}, '0', '0'));
  pass(4h);  // past the cut of 16:00 Eastern, 21:00 UTC
  tell(RecordKind::fix, Source::listener,
       report({.exec_id = "99;2", .order_id = "o1", .transact_time = "20261130-21:30:00.000000"}, '0', '0'));
  tell(RecordKind::day_cut, Source::firm, "20261130");
  tell(RecordKind::fix, Source::listener, trade({.exec_id = "99;3", .transact_time = "20261130-20:30:00.000000"}));
  ASSERT_FALSE(confirmed().empty());
  EXPECT_EQ(confirmed().front().category, BreakCategory::late);
}

TEST_F(BreakCategories, CollateralIsNotTheFee) {
  std::string told = trade({});
  told.replace(told.find("1704=-0.07"), 10, "1704=-0.09");
  told = fix_message("8", told.substr(told.find("\0016=") + 1, told.find("\00110=") - told.find("\0016=")));
  tell(RecordKind::fix, Source::listener, told);
  settle({{}});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::collateral));
}

TEST_F(BreakCategories, AccountIsAnotherSubaccount) {
  const std::string frame =
      R"({"type":"fill","sid":1,"msg":{"trade_id":"t1","order_id":"o1","client_order_id":"c1","market_ticker":"KXBTCPERP","is_taker":true,"side":"bid",)"
      R"("ts_ms":1796061600000,"price":"19.5000","count":"1.00","fee_cost":"0.0700","post_position":"1.00","subaccount":3,"order_source":"user"}})";
  tell(RecordKind::fix, Source::listener, trade({.alloc_account = "2"}));
  tell(RecordKind::ws, Source::websocket, frame);
  settle({{}});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::account));
  EXPECT_EQ(confirmed().front().here_value, "2");
  EXPECT_EQ(confirmed().front().there_value, "3");
}

// ---- the firm's own record -------------------------------------------------------------------------------------------------

// One row of a CSV, as the feed of the firm's files makes it.
class FirmRecord : public BreakCategories {
 protected:
  static Told made(int number, std::string_view time) {
    Told t;
    const std::string text = std::to_string(number);
    t.exec_id = "100;" + text, t.order_id = "o" + text, t.trade_id = "t" + text, t.cl_ord_id = "c" + text;
    t.transact_time = "20261130-" + std::string(time) + ".000000", t.rfc_time = "2026-11-30T" + std::string(time) + "Z";
    t.long_qty.clear();
    return t;
  }
  void SetUp() override {
    BreakCategories::SetUp();
    now_ = parse_rfc3339("2026-11-30T19:00:00Z").value();
    for (const Told& t : fills_) tell(RecordKind::fix, Source::listener, trade(t));
  }
  void row(const Told& t) {
    tell(RecordKind::firm_row, Source::firm,
         R"({"exec_id":")" + t.exec_id + R"(","side":"buy","price":")" + t.price + R"(","quantity":")" + t.quantity +
             R"(","symbol":"KXBTCPERP","transact_time":")" + t.rfc_time + R"(","line":"2"})");
  }
  void by_trade_id(const Told& t) {
    tell(RecordKind::firm_row, Source::firm,
         R"({"trade_id":")" + t.trade_id + R"(","side":")" + (t.side == '1' ? "buy" : "sell") + R"(","price":")" + t.price +
             R"(","quantity":")" + t.quantity + R"(","symbol":"KXBTCPERP","transact_time":")" + t.rfc_time + R"(","line":"2"})");
  }
  void written(std::string_view kind, std::string_view at) {
    const auto micros = std::to_string(parse_rfc3339(at).value().time_since_epoch().count());
    tell(RecordKind::poll_begin, Source::firm, std::string(kind) + " oms.csv\n\n" + micros);
    tell(RecordKind::poll_end, Source::firm, std::string(kind) + " oms.csv\nok");
  }
  std::vector<std::string> missing() {
    std::vector<std::string> found;
    settle(fills_);
    for (const BreakRow& row : confirmed()) {
      EXPECT_EQ(row.there_source, "firm");
      found.push_back(row.exec_id);
    }
    return found;
  }
  // Of the day before (its cut is at 21:00 UTC), first, middle and last of the day.
  std::vector<Told> fills_{made(1, "18:00:00"), made(2, "18:10:00"), made(3, "18:20:00"), made(4, "18:30:00")};
};

TEST_F(FirmRecord, WithoutAWordSaysNothingOfItsEnds) {
  row(fills_[1]), row(fills_[2]);
  EXPECT_THAT(missing(), IsEmpty());
}

TEST_F(FirmRecord, OfAWholeDayLacksItsFirstAndItsLast) {
  row(fills_[1]), row(fills_[2]);
  written("day", "2026-11-30T18:45:00Z");
  EXPECT_THAT(missing(), ElementsAre("100;1", "100;4"));
  row(fills_[0]), row(fills_[3]);
  EXPECT_THAT(missing(), IsEmpty());
}

TEST_F(FirmRecord, OfAWholeDayMayLackAll) {
  written("day", "2026-11-30T18:45:00Z");
  EXPECT_EQ(missing().size(), 4U);
}

TEST_F(FirmRecord, IsNotHeldAgainstWhatCameAfterItWasWritten) {
  row(fills_[0]);
  written("day", "2026-11-30T18:20:30Z");  // less than a minute behind the third
  EXPECT_THAT(missing(), ElementsAre("100;2"));
  written("day", "2026-11-30T18:21:00Z");
  EXPECT_EQ(missing().size(), 2U);
}

TEST_F(FirmRecord, MayComeBeforeTheExchangeTells) {
  const std::vector<Told> early{made(6, "18:40:00"), made(7, "18:41:00")};
  row(early[0]);
  by_trade_id(early[1]);
  sweep();
  for (const Told& t : early) tell(RecordKind::fix, Source::listener, trade(t)), fills_.push_back(t);
  EXPECT_THAT(missing(), IsEmpty());
  EXPECT_EQ(number(*storage_, "SELECT count(*) FROM fills"), 6) << "each once";
  EXPECT_EQ(number(*storage_, "SELECT count(*) FROM orders"), 6);
  EXPECT_EQ(position().traded.to_string(), "6.00");
}

TEST_F(FirmRecord, MayKnowFillsByTheirTradeIdsAlone) {
  Told buy = made(8, "18:40:00"), sell = made(9, "18:40:00");
  sell.trade_id = buy.trade_id;  // the account traded with itself
  sell.side = '2';
  for (const Told& t : {buy, sell}) tell(RecordKind::fix, Source::listener, trade(t)), fills_.push_back(t);
  for (const Told& t : fills_) by_trade_id(t);
  EXPECT_THAT(missing(), IsEmpty());
  EXPECT_EQ(number(*storage_, "SELECT count(*) FROM fills WHERE sources = 37"), 6) << "listener, REST and firm";
}

TEST_F(FirmRecord, IsNeverBooked) {
  Told invented = made(99, "18:05:00");
  invented.exec_id = "99999;2";
  for (const Told& t : fills_) row(t);
  row(invented);
  settle(fills_);
  EXPECT_EQ(position().traded.to_string(), "4.00");
  EXPECT_EQ(number(*storage_, "SELECT count(*) FROM fills"), 4);
  std::vector<BreakCategory> found = categories();
  std::ranges::sort(found);
  EXPECT_THAT(found, ElementsAre(BreakCategory::missing_here, BreakCategory::missing_there)) << "nobody but the firm knows it";
}

// The first word of a market: nothing of it is an opening, and the exchange's fill is booked once.
TEST_F(FirmRecord, OfAMarketThatNobodyElseHasToldYet) {
  Told first = made(7, "18:40:00");
  first.symbol = "KXETHPERP";
  first.long_qty = "1.00";
  tell(
      RecordKind::firm_row, Source::firm,
      R"({"exec_id":"100;7","side":"buy","price":"19.5","quantity":"1.00","symbol":"KXETHPERP","transact_time":"2026-11-30T18:40:00Z","line":"2"})");
  sweep();
  fills_.push_back(first);
  rest_position("KXETHPERP", "1.00");
  rest_fills(fills_);
  pass(5s);
  rest_position("KXETHPERP", "1.00");
  tell(RecordKind::fix, Source::listener, trade(first));
  settle(fills_);
  EXPECT_THAT(categories(), IsEmpty());
  const PositionRow there = position("KXETHPERP");
  EXPECT_EQ((*there.opening + there.traded).to_string(), "1.00");
}

TEST_F(FirmRecord, IsFoundByTheIdThatIsRight) {
  for (const char* const wrong : {"trade_id", "order_id", "exec_id"}) {
    std::string cells =
        R"({"exec_id":"100;1","order_id":"o1","trade_id":"t1","side":"buy","price":"19.5","quantity":"1.00","symbol":"KXBTCPERP",)"
        R"("transact_time":"2026-11-30T18:00:00Z","line":"2"})";
    const std::size_t at = cells.find(':', cells.find(wrong)) + 2;
    cells.insert(at, "x");
    tell(RecordKind::firm_row, Source::firm, cells);
  }
  EXPECT_THAT(missing(), IsEmpty());
  EXPECT_EQ(number(*storage_, "SELECT count(*) FROM source_fills WHERE source = 5"), 1);
}

TEST_F(FirmRecord, MayHaveAFillInAnotherSubaccount) {
  for (const Told& t : fills_) row(t);
  std::string cells = R"({"exec_id":"100;1","side":"buy","price":"19.5","quantity":"1.00","symbol":"KXBTCPERP","subaccount":"1",)"
                      R"("transact_time":"2026-11-30T18:00:00Z","line":"2"})";
  tell(RecordKind::firm_row, Source::firm, cells);
  settle(fills_);
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::account));
  cells.replace(cells.find("\"1\",\"transact"), 3, "\"0\"");
  tell(RecordKind::firm_row, Source::firm, cells);
  settle(fills_);
  EXPECT_THAT(categories(), IsEmpty());
}

TEST_F(FirmRecord, SaysWhichOfItsColumnsCannotBeRead) {
  for (int i = 0; i < 2; ++i) {
    tell(RecordKind::firm_row, Source::firm,
         R"({"exec_id":"100;1","side":"buy","price":"19.5","quantity":"1.00","symbol":"KXBTCPERP","fee":"1e-3","subaccount":"abc",)"
         R"("transact_time":"12/01/2026 04:19","line":"2"})");
  }
  settle(fills_);
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::undecodable, BreakCategory::undecodable, BreakCategory::undecodable));
  EXPECT_EQ(number(*storage_, "SELECT count(*) FROM source_fills WHERE source = 5"), 1) << "the rest of the row counts";
}

// Another engine's log, without TrdMatchID(880), fees and what else it does not keep.
TEST_F(FirmRecord, MayBeALogThatKeepsLess) {
  for (const Told& t : fills_) {
    tell(RecordKind::firm_fix, Source::firm,
         fix_message("8", piped("6=19.5|11=" + t.cl_ord_id + "|14=1.00|17=" + t.exec_id + "|31=19.5|32=1.00|37=" + t.order_id +
                                "|38=1.00|39=2|54=1|55=KXBTCPERP|60=" + t.transact_time + "|150=F|151=0.00|")));
  }
  EXPECT_THAT(missing(), IsEmpty());
  EXPECT_THAT(breaks(), IsEmpty());
}

TEST_F(FirmRecord, OfADaySaysNothingOfTheDayBefore) {
  Told yesterday = made(5, "18:00:00");
  yesterday.transact_time = "20261129-18:00:00.000000", yesterday.rfc_time = "2026-11-29T18:00:00Z", yesterday.clearing_date = "20261129";
  tell(RecordKind::fix, Source::listener, trade(yesterday));
  for (const Told& t : fills_) row(t);
  fills_.push_back(yesterday);
  written("day", "2026-11-30T18:45:00Z");
  EXPECT_THAT(missing(), IsEmpty());
  written("all", "2026-11-30T18:45:00Z");
  EXPECT_THAT(missing(), ElementsAre("100;5"));
}

TEST_F(BreakCategories, APersonClosesABreakAndItStaysClosed) {
  tell(RecordKind::fix, Source::listener, trade({}));
  settle({});
  ASSERT_THAT(confirmed(), SizeIs(1));
  tell(RecordKind::decision, Source::firm, R"({"break":"1","action":"accept","user":"ann","reason":"the exchange was asked"})");
  settle({});
  ASSERT_THAT(breaks(), SizeIs(1));
  EXPECT_EQ(breaks().front().state, BreakState::accepted);
  EXPECT_EQ(breaks().front().closed_by, "ann");
  engine_ = std::make_unique<Engine>(*storage_, audit_);
  settle({});
  EXPECT_THAT(breaks(), SizeIs(1));
  EXPECT_EQ(audit_.entries.back().by, "ann");
}

// ---- what other sources and other times make of it ------------------------------------------------------------------------

TEST_F(BreakCategories, FundingThatRestToldLongAgoIsHeldAgainstKlearsThatComesLate) {
  const std::string rest =
      R"({"funding_history":[{"market_ticker":"KXBTCPERP","funding_time":"2026-11-30T16:00:00Z","funding_rate":0.0001,)"
      R"("mark_price":"20.0000","funding_amount":"-0.0200","quantity":"10.00","subaccount_number":0}]})";
  const auto of_klear = [](const std::string& centicents) {
    return "GetMemberFundingPayments\n\n"
           R"({"payments":[{"id":"p","market_ticker":"KXBTCPERP","subtrader_id":"s","funding_time":"2026-11-30T16:00:00Z",)"
           R"("position_quantity_fp":"10.00","notional_value_centicents":2000000,"funding_amount_centicents":)" +
           centicents + "}]}";
  };
  rest_list("funding", "GetMarginFundingHistory", rest);
  settle({});
  pass(30h);
  tell(RecordKind::klear, Source::klear, of_klear("-200"));
  pass(10s);
  rest_list("funding", "GetMarginFundingHistory", rest);
  settle({});
  EXPECT_THAT(breaks(), IsEmpty());
  pass(30h);
  tell(RecordKind::klear, Source::klear, of_klear("-300"));  // told anew
  settle({});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::funding));
  pass(30h);
  settle({});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::funding)) << "it stays as long as they differ";
  tell(RecordKind::klear, Source::klear, of_klear("-200"));
  settle({});
  EXPECT_THAT(categories(), IsEmpty());
}

TEST_F(BreakCategories, FundingThatRestTellsAnewIsWhatItTellsNow) {
  const auto list = [](const std::string& amount) {
    return R"({"funding_history":[{"market_ticker":"KXBTCPERP","funding_time":"2026-11-30T16:00:00Z","funding_rate":0.0001,)"
           R"("mark_price":"20.0000","funding_amount":")" +
           amount + R"(","quantity":"10.00","subaccount_number":0}]})";
  };
  rest_list("funding", "GetMarginFundingHistory", list("-0.0200"));
  settle({});
  rest_list("funding", "GetMarginFundingHistory", list("-0.0500"));
  settle({});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::funding));
  EXPECT_EQ(position().funding.to_string(), "-0.0500");
  rest_list("funding", "GetMarginFundingHistory", list("-0.0200"));
  settle({});
  EXPECT_THAT(categories(), IsEmpty());
  EXPECT_EQ(position().funding.to_string(), "-0.0200");
}

std::string settlement(std::string_view time, std::string_view details, std::string_view actions = "") {
  return "GetObligationHistory\n\n"
         R"({"obligations":[{"id":"o","execution_time":")" +
         std::string(time) + R"(","settlement_details":[)" + std::string(details) +
         R"(],"funding_payments":[],"corporate_action_payments":[)" + std::string(actions) + "]}]}";
}
std::string settled(std::string_view subtrader, std::string_view quantity) {
  return R"({"id":"d","market_ticker":"KXBTCPERP","subtrader_id":")" + std::string(subtrader) + R"(","position_quantity_fp":")" +
         std::string(quantity) + "\"}";
}
std::string action(std::string_view id, std::string_view before, std::string_view after) {
  return R"({"id":")" + std::string(id) +
         R"(","type":"stock_split","ca_id":"c","market_ticker":"KXBTCPERP","subtrader_id":"s",)"
         R"("position_quantity_fp":")" +
         std::string(before) + R"(","post_position_quantity_fp":")" + std::string(after) +
         R"(","payment_amount_centicents":0,"payment_time":null})";
}

// Klear settles all subaccounts of a member together.
TEST_F(BreakCategories, ASettlementOfTwoSubaccountsIsTheSumOfBoth) {
  const Told first;
  Told second{.exec_id = "100;2",
              .order_id = "o2",
              .trade_id = "t2",
              .quantity = "3.00",
              .cum_qty = "3.00",
              .order_qty = "3.00",
              .long_qty = "3.00",
              .alloc_account = "1"};
  tell(RecordKind::fix, Source::listener, trade(first));
  tell(RecordKind::fix, Source::listener, trade(second));
  settle({first, second});
  tell(RecordKind::klear, Source::klear, settlement("2026-11-30T21:00:00Z", settled("s", "1.00") + "," + settled("s1", "3.00")));
  settle({first, second});
  sweep("full");
  EXPECT_THAT(breaks(), IsEmpty());
  tell(RecordKind::klear, Source::klear, settlement("2026-11-30T22:00:00Z", settled("s", "1.00") + "," + settled("s1", "2.00")));
  sweep("full");
  pass(30s);
  sweep("full");
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::position));
}

TEST_F(BreakCategories, ASettlementFromBeforeASplitIsNotHeldAgainstWhatCameAfter) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  rest_position("KXBTCPERP", "1.00", "19.5");
  settle({fill});
  rest_position("KXBTCPERP", "10.00", "1.95");
  settle({fill});
  tell(RecordKind::klear, Source::klear, settlement("2026-11-30T18:00:30Z", settled("s", "1.00")));
  sweep("full");
  pass(30s);
  sweep("full");
  EXPECT_THAT(confirmed(), IsEmpty());
  tell(RecordKind::klear, Source::klear, settlement("2026-11-30T22:00:00Z", settled("s", "9.00")));
  sweep("full");
  pass(30s);
  sweep("full");
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::position));
}

// ---- splits by the exchange's notices -------------------------------------------------------------------------------------

class SplitNotices : public BreakCategories {
 protected:
  static Told trade_of(int number, std::string_view time, std::string_view quantity, std::string_view net) {
    Told t;
    const std::string text = std::to_string(number);
    t.exec_id = "100;" + text, t.order_id = "o" + text, t.trade_id = "t" + text, t.cl_ord_id = "c" + text;
    t.quantity = t.cum_qty = t.order_qty = quantity;
    t.long_qty = net;
    t.transact_time = "20261130-" + std::string(time) + ".000000", t.rfc_time = "2026-11-30T" + std::string(time) + "Z";
    return t;
  }
  void notice(std::string_view status, std::string_view ratio_old, std::string_view ratio_new) {
    rest_list("corporate_actions", "GetMarginCorporateActions",
              R"({"corporate_actions":[{"id":"a","market_id":"m","market_ticker":"KXBTCPERP","type":"stock_split","status":")" +
                  std::string(status) + R"(","updated_ts":"2026-11-30T18:00:00Z","execution_time":"2026-11-30T18:00:20Z",)" +
                  R"("cash":null,"split":{"ratio_old":")" + std::string(ratio_old) + R"(","ratio_new":")" + std::string(ratio_new) +
                  R"("},"final_settlement":null,"ticker_change":null}]})");
  }
  void compare(const std::vector<Told>& fills, std::string_view net) {
    pass(5s);
    rest_position("KXBTCPERP", net, "7.7");  // no price that a split would explain
    settle(fills);
    rest_position("KXBTCPERP", net, "7.7");
    settle(fills);
  }
  void told(const Told& t) {
    tell(RecordKind::fix, Source::listener, trade(t));
    pass(20s);
  }
};

TEST_F(SplitNotices, ExplainAPositionThatWasTradedBehindThem) {
  const Told before = trade_of(1, "18:00:10", "10.00", "10.00"), behind = trade_of(2, "18:00:30", "1.00", "21.00");
  told(before);
  told(behind);
  notice("applied", "1", "2");
  compare({before, behind}, "21.00");
  EXPECT_THAT(confirmed(), IsEmpty());
  ASSERT_THAT(breaks(), SizeIs(1));
  EXPECT_EQ(breaks().front().state, BreakState::explained);
  EXPECT_THAT(breaks().front().explanation, testing::HasSubstr("told by the exchange's notice"));
  EXPECT_EQ(position().traded.to_string(), "21.00");
  const Told last = trade_of(3, "18:05:00", "1.00", "22.00");
  told(last);
  compare({before, behind, last}, "22.00");
  EXPECT_THAT(confirmed(), IsEmpty()) << "it has gone through it";
}

TEST_F(SplitNotices, ThatWereNotAppliedExplainNothing) {
  const Told before = trade_of(1, "18:00:10", "10.00", "10.00");
  told(before);
  notice("scheduled", "1", "2");
  compare({before}, "20.00");
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::position));
}

TEST_F(SplitNotices, MayLeaveAFractionThatIsPaidInCash) {
  const Told before = trade_of(1, "18:00:10", "3.00", "3.00");
  told(before);
  notice("applied", "2", "1");
  compare({before}, "1.00");
  EXPECT_THAT(confirmed(), IsEmpty());
  EXPECT_EQ(position().traded.to_string(), "1.00");
}

TEST_F(SplitNotices, ThatDoNotLeadToThePositionAreABreak) {
  const Told before = trade_of(1, "18:00:10", "10.00", "10.00");
  told(before);
  notice("applied", "1", "2");
  compare({before}, "30.00");
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::corporate_action));
}

TEST_F(SplitNotices, OfBeforeThePositionWasKnownSayNothing) {
  rest_position("KXBTCPERP", "20.00");
  pass(5s);
  rest_position("KXBTCPERP", "20.00");  // which is its opening: before any fill
  notice("applied", "1", "2");
  compare({}, "20.00");
  const Told right = trade_of(1, "18:30:00", "1.00", "21.00"), wrong = trade_of(2, "18:31:00", "1.00", "25.00");
  told(right);
  compare({right}, "21.00");
  EXPECT_THAT(confirmed(), IsEmpty());
  told(wrong);
  settle({right, wrong});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::position)) << "FIX's own net counts as ever";
}

// REST shows a split at once, Klear tells of it with its next obligation: the next split is another one.
TEST_F(BreakCategories, ASplitThatKlearTellsLateDoesNotStandInTheWayOfTheNext) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  rest_position("KXBTCPERP", "1.00", "19.5");
  settle({fill});
  rest_position("KXBTCPERP", "10.00", "1.95");
  settle({fill});
  tell(RecordKind::klear, Source::klear, settlement("2026-11-30T22:00:00Z", settled("s", "10.00"), action("a1", "1.00", "10.00")));
  settle({fill});
  pass(10s);
  rest_position("KXBTCPERP", "10.00", "1.95");
  settle({fill});
  rest_position("KXBTCPERP", "20.00", "0.975");
  settle({fill});
  EXPECT_THAT(confirmed(), IsEmpty());
  for (const BreakRow& row : breaks()) EXPECT_EQ(row.state, BreakState::explained);
  EXPECT_EQ(position().traded.to_string(), "20.00");
}

TEST_F(BreakCategories, ACorporateActionThatDoesNotExplainThePosition) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  rest_position("KXBTCPERP", "1.00", "19.5");
  tell(RecordKind::klear, Source::klear, settlement("2026-11-30T22:00:00Z", "", action("a1", "1.00", "3.00")));
  rest_position("KXBTCPERP", "2.00", "9.75");
  settle({fill});
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::corporate_action));
  EXPECT_EQ(confirmed().front().here_value, "1.00");
  EXPECT_EQ(confirmed().front().there_value, "2.00");
}

// ---- orders and positions over a hole of the listener ----------------------------------------------------------------------

TEST_F(BreakCategories, AnOrderThatFilledAndEndedInAHoleIsTakenFromRest) {
  const Told order{.exec_id = "99;1", .order_qty = "3.00"};
  tell(RecordKind::fix, Source::listener, report(order, '0', '0'));
  pass(1h);
  state(Source::listener, "unknown");
  tell(RecordKind::gap_opened, Source::listener, "1\n\nthe connection was lost");
  pass(10s);
  const Told missed{.exec_id = "", .quantity = "2.00", .rfc_time = "2026-11-30T19:00:20Z"};
  rest_fills({missed});
  for (int i = 0; i < 3; ++i) {
    pass(10s);
    rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
    sweep();
  }
  EXPECT_THAT(confirmed(), IsEmpty()) << "the hole is open";
  tell(RecordKind::rest, Source::rest,
       R"(GetMarginOrder

{"order":{"order_id":"o1","client_order_id":"c1","ticker":"KXBTCPERP","side":"bid","status":"canceled","price":"19.5000",)"
       R"("initial_count":"3.00","remaining_count":"0.00","fill_count":"2.00"}})");
  state(Source::listener, "up");
  tell(RecordKind::gap_closed, Source::listener, "1\nrest\ndrop copy is not enabled");
  pass(10s);
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({missed});
  EXPECT_THAT(confirmed(), IsEmpty());
  const OrderRow row = find<OrderRow>(*storage_, kAccount, "o1").value();
  EXPECT_EQ(row.leaves_qty.units(), 0);
  EXPECT_EQ(row.cum_qty.to_string(), "2.00");
}

// It rested for an hour, and REST was asked a moment before FIX told: no break of an hour's age.
TEST_F(BreakCategories, AnOrderThatEndsIsAsOldADifferenceAsItHasBeenSeen) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  pass(1h);
  tell(RecordKind::fix, Source::listener,
       report({.exec_id = "99;2", .order_id = "o2", .transact_time = "20261130-19:00:00.000000"}, '0', '0'));
  pass(10s);
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  sweep();
  EXPECT_THAT(confirmed(), IsEmpty());
  pass(30s);
  sweep();
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::order_state, BreakCategory::order_state));
}

TEST_F(BreakCategories, APositionOfFixIsNotHeldAgainstFillsThatAHoleMayHide) {
  tell(RecordKind::fix, Source::listener, trade({}));
  tell(RecordKind::gap_opened, Source::listener, "1\n\nthe connection was lost");
  const Told later{.exec_id = "100;3",
                   .order_id = "o3",
                   .trade_id = "t3",
                   .long_qty = "3.00",
                   .transact_time = "20261130-18:02:00.000000",
                   .rfc_time = "2026-11-30T18:02:00Z"};
  tell(RecordKind::fix, Source::listener, trade(later));
  for (int i = 0; i < 3; ++i) {
    pass(30s);
    sweep();
  }
  EXPECT_THAT(confirmed(), IsEmpty());
  tell(RecordKind::gap_closed, Source::listener, "1\nnobody\nnobody can");
  sweep();
  pass(30s);
  sweep();
  EXPECT_THAT(categories(), testing::Contains(BreakCategory::position));
}

// A process that was killed is not there until the next one begins.
TEST_F(BreakCategories, CoverageOfAKilledProcessEndsWhereItLastHeardAnything) {
  tell(RecordKind::fix, Source::listener, trade({}));
  const Timestamp last = now_;
  pass(2h);
  tell(RecordKind::begin, Source::listener, "{}");
  pass(1s);
  tell(RecordKind::gap_opened, Source::listener, "1\n\nthe time before this process");
  state(Source::listener, "up");
  const auto spans = all<SpanRow>(*storage_, "WHERE source = 0 ORDER BY number");
  ASSERT_THAT(spans, SizeIs(2));
  EXPECT_EQ(spans[0].ended, last);
  EXPECT_EQ(find<GapRow>(*storage_, kAccount, 1).value().opened, last);
}

}  // namespace
}  // namespace marginfix::reconcile
