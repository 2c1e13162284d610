// What is believed, and how far: amounts that were not told, times that cannot be true, answers that are none, holes that REST closed,
// fills that came in another order than they were made.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"

namespace marginfix::reconcile {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class WhatIsBelieved : public EngineTest {
 protected:
  // Without the listener and the list of REST that every other test begins with.
  void fresh() {
    engine_.reset();
    storage_ = told_ledger();
    engine_ = std::make_unique<Engine>(*storage_, audit_);
    records_.clear(), audit_.entries.clear();
    position_ = 0;
  }
  void heartbeat(std::string_view sending_time) { tell(RecordKind::fix, Source::listener, fix_message("0", "", sending_time)); }
  // As a report that was changed on its way: `from` stands once in it.
  std::string changed(const Told& told, std::string_view from, std::string_view to) {
    std::string body = trade_body(told);
    const std::string field = piped("|" + std::string(from) + "|");
    const std::size_t at = body.find(field);
    EXPECT_NE(at, std::string::npos) << from;
    body.replace(at, field.size(), to.empty() ? "\001" : piped("|" + std::string(to) + "|"));
    return fix_message("8", body);
  }
  void outage(std::string_view closed_by) {
    state(Source::listener, "unknown");
    pass(5s);
    tell(RecordKind::gap_opened, Source::listener, "1\n\nthe connection was lost");
    pass(10s);
    tell(RecordKind::gap_closed, Source::listener, "1\n" + std::string(closed_by) + "\n");
    state(Source::listener, "up");
  }
};

TEST_F(WhatIsBelieved, ATradeWithoutAnAmountIsKeptAndBookedAsRestTellsIt) {
  struct Damage {
    const char *from, *to, *says;
  };
  int n = 0;
  for (const Damage& damage :
       {Damage{"31=19.5", "", "LastPx(31)"}, Damage{"31=19.5", "31=abc", "LastPx(31)"}, Damage{"32=1.00", "32=", "LastQty(32)"},
        Damage{"32=1.00", "32=0.00", "LastQty(32)"}, Damage{"54=1", "54=9", "Side(54)"}, Damage{"55=KXBTCPERP", "", "Symbol(55)"}}) {
    SCOPED_TRACE(std::string(damage.from) + " becomes " + damage.to);
    Told fill;
    fill.order_id = "o" + std::to_string(++n);
    fill.trade_id = "t" + std::to_string(n);
    fill.exec_id = "100;" + std::to_string(n);
    tell(RecordKind::fix, Source::listener, changed(fill, damage.from, damage.to));
    EXPECT_EQ(number(*storage_, "SELECT COUNT(*) FROM fills WHERE trade_id = $1", fill.trade_id), 0);
    bool told = false;
    for (const BreakRow& row : confirmed())
      told = told || (row.category == BreakCategory::undecodable && row.explanation.find(damage.says) != std::string::npos);
    EXPECT_TRUE(told);
    rest_fills({fill});
    EXPECT_EQ(find<FillRow>(*storage_, kAccount, fill.order_id, fill.trade_id).value().price.to_string(), "19.5000");
  }
}

TEST_F(WhatIsBelieved, AnOrderIsNotClosedByAReportThatCannotBeRead) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  std::string half = fix_message("8", piped("6=0|11=c1|14=0.00|17=100;2|30=0|37=o1|38=1.00|39=0|54=1|55=KXBTCPERP|"
                                            "60=20261130-18:00:01.000000|150=D|151=much|"));
  tell(RecordKind::fix, Source::listener, half);
  EXPECT_EQ(find<OrderRow>(*storage_, kAccount, "o1").value().leaves_qty.to_string(), "1.00");
}

TEST_F(WhatIsBelieved, ARestFillWithoutAPriceIsNoFillAtNothing) {
  tell(RecordKind::fix, Source::listener, trade({}));
  pass(10s);
  for (const char* price : {R"("price":null,)", ""}) {
    rest_list("fills", "GetMarginFills",
              std::string(R"({"fills":[{"fill_id":"t1","order_id":"o1","is_taker":true,"side":"bid","count":"1.00",)") + price +
                  R"("created_time":"2026-11-30T18:00:00Z","ticker":"KXBTCPERP","fees":"0.07"}]})");
    ASSERT_THAT(categories(), testing::Contains(BreakCategory::undecodable)) << price;
    EXPECT_THAT(confirmed().front().explanation, HasSubstr("price"));
  }
  EXPECT_EQ(number(*storage_, "SELECT COUNT(*) FROM breaks WHERE category = $1", static_cast<std::int64_t>(BreakCategory::price)), 0);
}

TEST_F(WhatIsBelieved, AnAnswerWithoutItsListIsNoEmptyList) {
  tell(RecordKind::fix, Source::listener, trade({}));
  settle({{}});
  rest_position("KXBTCPERP", "1.00");
  for (const char* body : {"{}", R"({"error":{"code":"oops"}})", R"({"positions":[{"subaccount":0,"market_ticker":"KXBTCPERP"}]})"}) {
    tell(RecordKind::poll_begin, Source::rest, "positions\n");
    tell(RecordKind::rest, Source::rest, std::string("GetMarginPositions\n\n") + body);
    tell(RecordKind::poll_end, Source::rest, "positions\ndecode: the answer has no \"positions\"");
    pass(60s);
    sweep();
    EXPECT_THAT(confirmed(), IsEmpty()) << body;
    EXPECT_EQ(position().rest_net.value().to_string(), "1.00") << body;
  }
}

TEST_F(WhatIsBelieved, ATimeThatCannotBeTrueDemandsNothing) {
  for (const Source source : {Source::listener, Source::drop_copy}) {
    SCOPED_TRACE(to_string(source));
    const bool live = source == Source::listener;
    // A year old, yesterday's, and, of the listener, an hour old: sent at 18:00 all the same.
    for (const char* time : {"20251130-18:00:00.000000", "20261129-18:00:00.000000",
                             live ? "20261130-17:00:00.000000" : "20261130-12:00:00.000000", "20271130-18:00:00.000000"}) {
      SCOPED_TRACE(time);
      Told odd{.exec_id = "100;1", .transact_time = time};
      const Told next{.exec_id = "100;2",
                      .order_id = "o2",
                      .trade_id = "t2",
                      .long_qty = "2.00",
                      .transact_time = "20261130-18:00:01.000000",
                      .rfc_time = "2026-11-30T18:00:01Z"};
      fresh();
      if (live) state(source, "up");
      // Days that REST alone has, from before the service.
      const Told seeded{.order_id = "o0", .trade_id = "t0", .rfc_time = live ? "2026-11-30T17:30:00Z" : "2026-11-30T14:30:00Z"};
      tell(RecordKind::fix, source, trade(odd, "20261130-18:00:00.500"));
      tell(RecordKind::fix, source, trade(next));
      if (!live) {
        tell(RecordKind::drop_copy_range, source,
             R"({"asked":")" + std::to_string(now_.time_since_epoch().count()) + R"(","after":[],"counts_agree":true})");
      }
      settle({seeded, odd, next});
      for (const BreakRow& row : confirmed()) EXPECT_NE(row.category, BreakCategory::missing_here) << testing::PrintToString(row);
    }
  }
}

TEST_F(WhatIsBelieved, AFillThatTheListenerNeverToldIsMissingByTheExchangesClock) {
  // The Logon is answered, and only then the state says so; the first list of REST is begun before.
  fresh();
  tell(RecordKind::poll_begin, Source::rest, "fills\n");
  tell(RecordKind::fix, Source::listener, fix_message("A", "", "20261130-18:00:00.000"));
  state(Source::listener, "up");
  tell(RecordKind::rest, Source::rest, "GetMarginFills\n\n{\"fills\":[]}");
  tell(RecordKind::poll_end, Source::rest, "fills\nok");
  const Told lost{.rfc_time = "2026-11-30T18:00:02Z"};
  pass(3s);
  rest_fills({lost});
  sweep();
  EXPECT_THAT(breaks(), IsEmpty()) << "it may be on its way";
  pass(10s);
  heartbeat("20261130-18:00:10.000");
  sweep();
  pass(30s);
  sweep();
  ASSERT_THAT(categories(), ElementsAre(BreakCategory::missing_here));
  EXPECT_EQ(confirmed().front().trade_id, "t1");
  EXPECT_EQ(confirmed().front().here_source, "listener");
  // Drop copy heals the ledger. The listener has lost it all the same.
  tell(RecordKind::fix, Source::drop_copy, trade({.transact_time = "20261130-18:00:02.000000"}));
  settle({lost});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::missing_here));
}

TEST_F(WhatIsBelieved, AFillFromBeforeTheLogonIsNotTheListeners) {
  fresh();
  tell(RecordKind::fix, Source::listener, fix_message("A", "", "20261130-18:00:10.000"));
  state(Source::listener, "up");
  const Told before{.rfc_time = "2026-11-30T18:00:00Z"};
  rest_fills({before});
  pass(20s);
  heartbeat("20261130-18:00:40.000");
  // REST changes its word and takes it back: it was made before all the same.
  Told other = before;
  other.price = "1.0000";
  tell(RecordKind::fix, Source::drop_copy, trade({}));
  settle({other});
  settle({before});
  EXPECT_THAT(confirmed(), IsEmpty());
}

TEST_F(WhatIsBelieved, ARestWordThatIsPutRightLeavesNoBreak) {
  Told wrong;
  wrong.price = "20.0";
  tell(RecordKind::fix, Source::drop_copy, trade({}));
  pass(5s);
  tell(RecordKind::drop_copy_range, Source::drop_copy,
       R"({"asked":")" + std::to_string(now_.time_since_epoch().count()) + R"(","after":[],"counts_agree":true})");
  // It was made before the listener was there.
  state(Source::listener, "unknown");
  settle({wrong});
  state(Source::listener, "up");
  pass(10s);
  settle({wrong});
  EXPECT_THAT(categories(), ElementsAre(BreakCategory::price));
  settle({{}});
  EXPECT_THAT(confirmed(), IsEmpty());
}

TEST_F(WhatIsBelieved, AfterAHoleThatRestClosedFixIsOlderThanTheFills) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  pass(10s);
  outage("rest");
  rest_fills({{}});
  pass(10s);
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({{}});
  EXPECT_THAT(confirmed(), IsEmpty());
  // A later report of another order changes nothing of it.
  tell(RecordKind::fix, Source::listener,
       trade({.exec_id = "100;7", .order_id = "o2", .trade_id = "t2", .cl_ord_id = "c2", .long_qty = "2.00"}));
  settle({{}, {.order_id = "o2", .trade_id = "t2"}});
  EXPECT_THAT(confirmed(), IsEmpty());
}

// KalshiRT passes over what it retains no longer without a word.
TEST_F(WhatIsBelieved, AfterAHoleThatWasSentAgainFixIsOlderThanTheFills) {
  for (const char* by : {"listener", "nobody"}) {
    SCOPED_TRACE(by);
    fresh();
    state(Source::listener, "up");
    tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
    pass(10s);
    outage(by);
    rest_fills({{}});
    pass(10s);
    rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
    settle({{}});
    EXPECT_THAT(confirmed(), IsEmpty());
  }
}

// Drop copy has every report of it.
TEST_F(WhatIsBelieved, AfterAHoleThatDropCopyFilledTheSameIsABreak) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  pass(10s);
  outage("drop_copy");
  rest_fills({{}});
  pass(10s);
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({{}});
  EXPECT_THAT(categories(), testing::Contains(BreakCategory::cum_qty));
  EXPECT_THAT(categories(), testing::Contains(BreakCategory::order_state));
}

// What FIX told after the hole is as new as the order.
TEST_F(WhatIsBelieved, AnOrderThatWasToldOfAfterTheHoleIsHeldAgainstRest) {
  outage("rest");
  pass(10s);
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  pass(10s);
  rest_fills({{}});
  pass(10s);
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({{}});
  EXPECT_THAT(categories(), testing::Contains(BreakCategory::order_state));
}

TEST_F(WhatIsBelieved, WithoutAHoleTheSameIsABreak) {
  tell(RecordKind::fix, Source::listener, report({.exec_id = "99;1"}, '0', '0'));
  settle({{}});
  rest_list("orders", "GetMarginOrders", R"({"orders":[]})");
  settle({{}});
  EXPECT_THAT(categories(), testing::Contains(BreakCategory::cum_qty));
  EXPECT_THAT(categories(), testing::Contains(BreakCategory::order_state));
}

TEST_F(WhatIsBelieved, EntryPriceAndPnlGoByTheExchangesOrderAndNotByOurs) {
  // Made: buy at 10, sell at 12, buy at 20. Told: the last first.
  const Told first{.exec_id = "100;1", .order_id = "o1", .trade_id = "t1", .price = "10.0", .rfc_time = "2026-11-30T18:00:00Z"};
  const Told second{
      .exec_id = "100;2", .order_id = "o2", .trade_id = "t2", .side = '2', .price = "12.0", .rfc_time = "2026-11-30T18:01:00Z"};
  const Told third{.exec_id = "100;3",
                   .order_id = "o3",
                   .trade_id = "t3",
                   .price = "20.0",
                   .transact_time = "20261130-18:02:00.000000",
                   .rfc_time = "2026-11-30T18:02:00Z"};
  tell(RecordKind::fix, Source::listener, trade(third));
  rest_fills({third, second, first});
  sweep();
  EXPECT_EQ(position().traded.to_string(), "1.00");
  EXPECT_EQ(position().entry_price.to_string(), "20.0000");
  EXPECT_EQ(position().realized_pnl.to_string(), "2.0000");
  // Drop copy tells them too: the same trades, told better.
  tell(RecordKind::fix, Source::drop_copy, trade({.exec_id = "100;1", .order_id = "o1", .trade_id = "t1", .price = "10.0"}));
  sweep();
  EXPECT_EQ(position().entry_price.to_string(), "20.0000");
  EXPECT_EQ(position().realized_pnl.to_string(), "2.0000");
  EXPECT_EQ(position().fees.to_string(), "0.2100");
}

// REST tells what FIX is about to, the newest first: the first trade on FIX states the net as of then.
TEST_F(WhatIsBelieved, AnOpeningIsAsOfTheTradeThatStatesItWhateverRestHasToldBehindIt) {
  const Told before{.exec_id = "100;1", .order_id = "o1", .trade_id = "t1", .long_qty = "1.00"};
  const Told states{.exec_id = "100;2", .order_id = "o2", .trade_id = "t2", .long_qty = "2.00"};
  const Told at_once{.exec_id = "100;3", .order_id = "o3", .trade_id = "t3", .long_qty = "3.00"};  // of the same moment
  const Told later{.exec_id = "100;4",
                   .order_id = "o4",
                   .trade_id = "t4",
                   .long_qty = "4.00",
                   .transact_time = "20261130-18:00:01.000000",
                   .rfc_time = "2026-11-30T18:00:01Z"};
  state(Source::listener, "unknown");
  rest_fills({later, at_once, states, before});
  for (const Told& told : {states, at_once, later, before}) {
    tell(RecordKind::fix, Source::listener, trade(told));
    if (told.exec_id != before.exec_id) continue;
    ASSERT_TRUE(position().opening);
    EXPECT_EQ(position().opening->to_string(), "0.00");
  }
  EXPECT_EQ(position().traded.to_string(), "4.00");
  settle({later, at_once, states, before});
  rest_position("KXBTCPERP", "4.00");
  settle({later, at_once, states, before});
  EXPECT_THAT(confirmed(), IsEmpty());
}

TEST_F(WhatIsBelieved, WhatADayRealizedCountsOnceWhoeverTellsIt) {
  const std::string pays = R"(,"realized_pnl":"5.0000"})";
  std::string fill = rest_fill({});
  fill.replace(fill.size() - 1, 1, pays);
  rest_list("fills", "GetMarginFills", R"({"fills":[)" + fill + "]}");
  tell(RecordKind::fix, Source::listener, trade({}));
  const auto day = all<DayRow>(*storage_, "");
  ASSERT_THAT(day, SizeIs(1));
  EXPECT_EQ(day.front().realized_pnl.to_string(), "5.0000");
  EXPECT_EQ(day.front().fees.to_string(), "0.0700");
  EXPECT_EQ(day.front().fills, 1);
}

TEST_F(WhatIsBelieved, AFillOfAListOfOneSubaccountIsOfThatSubaccount) {
  state(Source::listener, "unknown");
  tell(RecordKind::poll_begin, Source::rest, "fills\n");
  tell(RecordKind::rest, Source::rest, "GetMarginFills\nsubaccount=1&limit=1000\n{\"fills\":[" + rest_fill({}) + "]}");
  tell(RecordKind::rest, Source::rest,
       "GetMarginFills\nlimit=1000\n{\"fills\":[" + rest_fill({}) + "," + rest_fill({.order_id = "o2", .trade_id = "t2"}) + "]}");
  tell(RecordKind::poll_end, Source::rest, "fills\nok");
  EXPECT_EQ(find<PositionRow>(*storage_, kAccount, 1, "KXBTCPERP").value().traded.to_string(), "1.00");
  EXPECT_EQ(position().traded.to_string(), "1.00");
  // Told by the whole list first, and whose it is by the next round.
  tell(RecordKind::rest, Source::rest,
       "GetMarginFills\nsubaccount=2&limit=1000\n{\"fills\":[" + rest_fill({.order_id = "o2", .trade_id = "t2"}) + "]}");
  EXPECT_EQ(position().traded.to_string(), "0.00");
  EXPECT_EQ(find<PositionRow>(*storage_, kAccount, 2, "KXBTCPERP").value().traded.to_string(), "1.00");
  EXPECT_THAT(breaks(), IsEmpty());
}

TEST_F(WhatIsBelieved, AFillOfRestHasTheClOrdIdOfItsOrder) {
  rest_fills({{}});
  EXPECT_EQ(find<FillRow>(*storage_, kAccount, "o1", "t1").value().cl_ord_id, "");
  rest_list("orders", "GetMarginOrders",
            R"({"orders":[{"order_id":"o1","user_id":"u","client_order_id":"c-7","ticker":"KXBTCPERP","side":"bid","price":"19.5",)"
            R"("remaining_count":"0.00","fill_count":"1.00","initial_count":"1.00","created_time":"2026-11-30T18:00:00Z"}]})");
  for (const UndecodableRow& row : all<UndecodableRow>(*storage_, "")) ADD_FAILURE() << row.reason;
  EXPECT_EQ(find<FillRow>(*storage_, kAccount, "o1", "t1").value().cl_ord_id, "c-7");
}

TEST_F(WhatIsBelieved, WhatWasSaidBeforeASplitIsNotHeldAgainstWhatComesOfIt) {
  const Told fill;
  tell(RecordKind::fix, Source::listener, trade(fill));
  settle({fill});
  rest_position("KXBTCPERP", "1.00", "19.5");
  settle({fill});
  heartbeat("20261130-18:05:00.000");
  rest_position("KXBTCPERP", "10.00", "1.95");
  settle({fill});
  EXPECT_EQ(position().traded.to_string(), "10.00");
  // After a restart drop copy tells the newest trade again, which is older than the split; Klear its settlement of the day before.
  tell(RecordKind::fix, Source::drop_copy, trade(fill));
  settle({fill});
  sweep("full");
  pass(60s);
  sweep("full");
  EXPECT_THAT(confirmed(), IsEmpty());
}

}  // namespace
}  // namespace marginfix::reconcile
