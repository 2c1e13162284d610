// What REST tells of orders afterwards: one order, lists with filters and cursors, reads from an older copy.
// Source: rest-perps.md "MarginOrder", "Paging"; observed.md "REST behaviour".
#include <set>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RestOrderLists : public RestTradingTest {
 protected:
  std::vector<std::string> ids(std::string_view query, std::string_view key = "a-key") {
    const Answer a = get(key, "/margin/orders" + std::string(query));
    EXPECT_EQ(a.status, 200) << a.text;
    std::vector<std::string> out;
    for (const auto& o : a.json.at("orders").get_array()) out.emplace_back(o.at("client_order_id").get_string());
    return out;
  }
};

TEST_F(RestOrderLists, AnOrderHasEveryMember) {
  const std::string group = make_group("a-key", 100);
  const Answer created = place("a-key", "o1", "bid", "3", "6.0000",
                               R"(,"cancel_order_on_pause":true,"expiration_time":1795532400,"order_group_id":")" + group + "\"");
  exchange.advance(milliseconds(1500));
  sell("b-key", "hit", 1, "6.0000");
  const Answer a = get("a-key", order_path(created));
  const std::string user(views::user_id(exchange.state(), alice).view());
  EXPECT_EQ(a.text, R"({"order":{"order_id":")" + created["order_id"] + R"(","user_id":")" + user +
                        R"(","client_order_id":"o1","ticker":"KXBTCPERP","side":"bid","last_update_reason":"Trade","price":"6.0000",)" +
                        R"("fill_count":"1.00","remaining_count":"2.00","expiration_time":"2026-11-24T15:00:00Z",)"
                        R"("created_time":"2026-11-23T15:00:00Z","last_update_time":"2026-11-23T15:00:01.500Z",)"
                        R"("self_trade_prevention_type":"taker_at_cross","cancel_order_on_pause":true,"order_group_id":")" +
                        group + R"(","order_source":"user"}})");
}

TEST_F(RestOrderLists, WhatIsFilledAtOnceHasNoReasonButATime) {
  place("b-key", "m1", "ask", "1", "6.0000");
  const Answer a = get("a-key", order_path(place("a-key", "t1", "bid", "1", "6.0000", "", kIoc)));
  EXPECT_EQ(a["order.last_update_reason"], "");
  EXPECT_EQ(a["order.last_update_time"], a["order.created_time"]);
  EXPECT_EQ(ids("?status=executed"), Lines{"t1"});
}

TEST_F(RestOrderLists, NewestFirstWithOrdersOfEveryDoor) {
  place("a-key", "rest", "bid", "1", "6.0000");
  buy("a-key", "fix", 1, "6.0000");
  place("b-key", "bobs", "bid", "1", "6.0000");
  EXPECT_EQ(ids(""), (Lines{"fix", "rest"}));
  EXPECT_EQ(ids("", "b-key"), Lines{"bobs"});
  EXPECT_EQ(get("f-key", "/margin/orders").text, R"({"orders":[],"cursor":""})");
}

TEST_F(RestOrderLists, StatusFilters) {
  place("a-key", "resting", "bid", "2", "5.0000");
  const Answer partly = place("a-key", "partly", "bid", "2", "6.0000");
  sell("b-key", "h1", 1, "6.0000");
  call("a-key", "DELETE", order_path(partly));
  place("a-key", "executed", "bid", "2", "6.0000");
  sell("b-key", "h2", 2, "6.0000");
  place("a-key", "nothing", "bid", "2", "5.0000", "", kIoc);
  EXPECT_EQ(ids("?status=resting"), Lines{"resting"});
  EXPECT_EQ(ids("?status=executed"), Lines{"executed"});
  EXPECT_EQ(ids("?status=canceled"), (Lines{"nothing", "partly"}));
  EXPECT_EQ(ids("?status=").size(), 4U);
  for (const char* other : {"open", "not-a-real-status", "Resting", "cancelled"}) {
    EXPECT_EQ(get("a-key", "/margin/orders?status=" + std::string(other)).text, R"({"orders":[],"cursor":""})") << other;
  }
}

TEST_F(RestOrderLists, TickerSubaccountAndTimeFilters) {
  place("a-key", "t0", "bid", "1", "6.0000");
  exchange.advance(seconds(10));
  place("a-key", "t10", "bid", "1", "6.0000", R"(,"subaccount":1)");
  exchange.advance(seconds(10));
  NewOrder eth = order("t20", Side::Buy, 1, "1.6000");
  eth.symbol = "KXETHPERP";
  send("a-key", eth);
  EXPECT_EQ(ids("?ticker=KXETHPERP"), Lines{"t20"});
  EXPECT_EQ(ids("?ticker=KXNOTPERP"), Lines{});
  EXPECT_EQ(ids("?subaccount=1"), Lines{"t10"});
  EXPECT_EQ(ids("?subaccount=0"), (Lines{"t20", "t0"}));
  const auto at = [](int s) { return std::to_string(to_epoch_seconds(kStart) + s); };
  EXPECT_EQ(ids("?min_ts=" + at(10)), (Lines{"t20", "t10"}));
  EXPECT_EQ(ids("?max_ts=" + at(10)), Lines{"t0"});
  EXPECT_EQ(ids("?min_ts=" + at(1) + "&max_ts=" + at(20)), Lines{"t10"});
}

TEST_F(RestOrderLists, CursorsGoThroughEverythingOnceWhileOrdersCome) {
  for (int i = 0; i < 7; ++i) place("a-key", "o" + std::to_string(i), "bid", "1", "6.0000");
  Lines seen;
  std::string cursor;
  int pages = 0;
  do {
    const Answer a = get("a-key", "/margin/orders?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const auto& o : a.json.at("orders").get_array()) seen.emplace_back(o.at("client_order_id").get_string());
    cursor = a["cursor"];
    place("a-key", "late" + std::to_string(pages++), "bid", "1", "6.0000");
    ASSERT_LE(a.size("orders"), 3U);
  } while (!cursor.empty());
  EXPECT_EQ(seen, (Lines{"o6", "o5", "o4", "o3", "o2", "o1", "o0"}));
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(get("a-key", "/margin/orders?limit=10")["cursor"], "") << "an exactly full page is the last one";
}

TEST_F(RestOrderLists, MalformedParametersAreRefused) {
  for (const char* query : {"?limit=0", "?limit=10001", "?limit=x", "?cursor=abc", "?min_ts=-1", "?max_ts=1.5", "?subaccount=64"}) {
    EXPECT_EQ(get("a-key", "/margin/orders" + std::string(query)).code(), "400 invalid_parameters") << query;
  }
}

TEST_F(RestOrderLists, AnotherAccountsOrderIsNotThere) {
  const Answer a = place("a-key", "o1", "bid", "1", "6.0000");
  const Answer b = get("b-key", order_path(a));
  EXPECT_EQ(b.status, 404);
  EXPECT_EQ(b.text, R"({"error":{"code":"not_found","message":"not found"}})");
  EXPECT_EQ(get("a-key", "/margin/orders/x").code(), "404 not_found");
}

TEST_F(RestOrderLists, ReadsFromAnOlderCopyMissWhatIsYoung) {
  door.read_lag = milliseconds(300);
  const Answer a = place("a-key", "o1", "bid", "2", "6.0000");
  EXPECT_EQ(get("a-key", order_path(a)).status, 404);
  EXPECT_EQ(ids(""), Lines{});
  exchange.advance(milliseconds(299));
  EXPECT_EQ(get("a-key", order_path(a)).status, 404);
  exchange.advance(milliseconds(1));
  EXPECT_EQ(get("a-key", order_path(a)).status, 200);
  EXPECT_EQ(ids(""), Lines{"o1"});
  EXPECT_EQ(post("a-key", order_path(a, "/decrease"), R"({"reduce_by":"1"})").status, 200) << "writes see everything";
  EXPECT_EQ(get("a-key", order_path(a)).status, 404);
  EXPECT_EQ(ids(""), Lines{});
  exchange.advance(milliseconds(300));
  EXPECT_EQ(get("a-key", order_path(a))["order.remaining_count"], "1.00");
}

TEST_F(RestOrderLists, LegacyListShowsOneSubtradersOrders) {
  NewOrder mine = order("s1", Side::Buy, 1, "6.0000");
  mine.customer_account = "sub-a";
  send("f-key", mine);
  mine.cl_ord_id = "s2";
  mine.customer_account = "sub-b";
  send("f-key", mine);
  const Answer a = get("f-key", "/margin/fcm/orders?subtrader_id=sub-a");
  ASSERT_EQ(a.size("orders"), 1U);
  EXPECT_EQ(a["orders.0.client_order_id"], "s1");
  EXPECT_EQ(a["cursor"], "");
  EXPECT_EQ(get("f-key", "/margin/fcm/orders").code(), "400 invalid_parameters");
  EXPECT_EQ(get("f-key", "/margin/fcm/orders?subtrader_id=sub-a&limit=1001").code(), "400 invalid_parameters");
  EXPECT_EQ(get("a-key", "/margin/fcm/orders?subtrader_id=sub-a").code(), "403 forbidden");
}

// ---- keys that are locked or bound ----------------------------------------------------------------------------------------------

TEST_F(RestOrderLists, AKeyLockedToASubaccountSeesAndTouchesOnlyThat) {
  exchange.run(commands::AddKey{alice, {"a-locked", KeyScope::Trading, 1, ""}});
  const Answer primary = place("a-key", "p", "bid", "1", "6.0000");
  const Answer mine = place("a-locked", "mine", "bid", "1", "6.0000");
  EXPECT_EQ(mine.status, 201) << mine.text;
  EXPECT_EQ(views::find_order(exchange.state(), alice, "mine")->subaccount, 1) << "omitted means its own";
  EXPECT_EQ(place("a-locked", "own", "bid", "1", "6.0000", R"(,"subaccount":1)").status, 201);
  EXPECT_EQ(place("a-locked", "other", "bid", "1", "6.0000", R"(,"subaccount":0)").status, 403);
  EXPECT_EQ(ids("", "a-locked"), (Lines{"own", "mine"}));
  EXPECT_EQ(ids("?subaccount=1", "a-locked"), (Lines{"own", "mine"}));
  EXPECT_EQ(get("a-locked", "/margin/orders?subaccount=0").code(), "403 forbidden");
  EXPECT_EQ(get("a-locked", order_path(primary)).code(), "404 not_found");
  EXPECT_EQ(call("a-locked", "DELETE", order_path(primary)).code(), "404 not_found");
  EXPECT_EQ(call("a-locked", "DELETE", order_path(primary) + "?subaccount=0").code(), "404 not_found");
  EXPECT_EQ(post("a-locked", order_path(mine, "/decrease"), R"({"reduce_to":"0"})").status, 200);
  const Answer group = post("a-locked", "/margin/order_groups/create", R"({"contracts_limit":5})");
  EXPECT_EQ(group["subaccount"], "1");
  EXPECT_EQ(call("a-locked", "PUT", "/margin/order_groups/" + group["order_group_id"] + "/reset").status, 200);
  EXPECT_EQ(call("a-locked", "DELETE", "/margin/orders").status, 204);
  EXPECT_EQ(ids("?status=resting"), Lines{"p"}) << "cancel-all took its own only";
}

TEST_F(RestOrderLists, AKeyBoundToASubtraderSeesOnlyItsOrdersAndFills) {
  std::string one, two;
  EXPECT_EQ(create_subtrader(exchange, fcm, "one", false, one), FcmRefusal::None);
  EXPECT_EQ(create_subtrader(exchange, fcm, "two", false, two), FcmRefusal::None);
  exchange.run(commands::AddKey{fcm, {"f-one", KeyScope::Trading, {}, one}});
  exchange.run(commands::AddKey{fcm, {"f-two", KeyScope::Trading, {}, two}});
  const Answer a = place("f-one", "o1", "bid", "1", "6.0000");
  EXPECT_EQ(a.status, 201) << a.text;
  EXPECT_EQ(place("f-two", "o2", "ask", "1", "6.0000").status, 201);
  EXPECT_EQ(ids("", "f-one"), Lines{"o1"});
  EXPECT_EQ(ids("", "f-two"), Lines{"o2"});
  EXPECT_EQ(ids("", "f-key").size(), 2U) << "the FCM itself sees all of them";
  EXPECT_EQ(get("f-two", order_path(a)).code(), "404 not_found");
  EXPECT_EQ(get("f-one", "/margin/fills").size("fills"), 1U);
  EXPECT_EQ(get("f-one", "/margin/fills")["fills.0.side"], "bid");
  EXPECT_EQ(get("f-key", "/margin/fills").size("fills"), 2U);
  EXPECT_EQ(get("f-one", "/margin/fcm/orders?subtrader_id=" + one).size("orders"), 1U);
  EXPECT_EQ(get("f-one", "/margin/fcm/orders?subtrader_id=" + two).code(), "403 forbidden");
}

TEST_F(RestOrderLists, AKeyBoundToASubtraderHasItsOwnPositionAndProfit) {
  std::string one, two;
  create_subtrader(exchange, fcm, "one", false, one);
  create_subtrader(exchange, fcm, "two", false, two);
  exchange.run(commands::AddKey{fcm, {"f-one", KeyScope::Trading, {}, one}});
  exchange.run(commands::AddKey{fcm, {"f-two", KeyScope::Trading, {}, two}});
  place("f-one", "o1", "bid", "3", "6.0000");
  place("f-two", "o2", "ask", "2", "6.0000", "", kIoc);
  place("b-key", "m1", "bid", "3", "6.1000");
  place("f-one", "o3", "ask", "1", "6.1000", "", kIoc);
  const Answer omnibus = get("f-key", "/margin/positions");
  EXPECT_EQ(omnibus["positions.0.position"], "-1.00") << "netted over the customers";
  EXPECT_EQ(omnibus["positions.0.entry_price"], "6.1000");
  const Answer mine = get("f-one", "/margin/positions");
  EXPECT_EQ(mine["positions.0.position"], "1.00");
  EXPECT_EQ(mine["positions.0.entry_price"], "6.0000");
  EXPECT_EQ(get("f-two", "/margin/positions")["positions.0.position"], "-2.00");
  EXPECT_EQ(get("f-one", "/margin/fills")["fills.0.realized_pnl"], "0.1000") << "the subtrader bought at 6.0";
  EXPECT_EQ(get("f-one", "/margin/fills")["fills.0.entry_price"], "6.0000");
  EXPECT_EQ(get("f-key", "/margin/fills")["fills.0.realized_pnl"], "0.0000") << "the account was flat before";
}

TEST_F(RestOrderLists, TheExchangesOwnOrdersSaySo) {
  place("b-key", "m1", "ask", "2", "6.0000");
  place("a-key", "t1", "bid", "2", "6.0000", "", kIoc);
  place("b-key", "m2", "bid", "2", "5.9000");
  SetExitTrigger stop;
  stop.position = {market, 0};
  stop.stop_loss = usd("5.9500");
  ASSERT_EQ(exchange.run(commands::SetExitTrigger{from("a-key", Door::Rest), stop}).refusal, TriggerRefusal::None);
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("5.9000")}));
  exchange.advance(seconds(5));
  const Answer a = get("a-key", "/margin/orders?limit=1");
  EXPECT_EQ(a["orders.0.order_source"], "system");
  EXPECT_EQ(a["orders.0.order_reason"], "take_profit_stop_loss");
  EXPECT_EQ(a["orders.0.side"], "ask");
  EXPECT_EQ(get("a-key", "/margin/fills")["fills.0.order_source"], "system");
  EXPECT_EQ(get("b-key", "/margin/fills")["fills.0.order_source"], "user");
  EXPECT_EQ(get("a-key", "/margin/positions").size("positions"), 0U);
}

}  // namespace
}  // namespace marginfix::sim
