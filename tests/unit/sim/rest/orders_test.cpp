// Orders over REST: what a create, cancel, decrease, amend answers and does. Source: observed.md (bodies and codes), rest-perps.md
// "Orders".
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

class RestOrders : public RestTradingTest {};

TEST_F(RestOrders, CreateThatRestsAnswersAsRecorded) {
  const Answer a = place("a-key", "259c46e4-5196-4b42-b822-5f812b9067b9", "bid", "1", "5.3829", R"(,"post_only":false)");
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(a.text, R"({"order_id":")" + a["order_id"] +
                        R"(","client_order_id":"259c46e4-5196-4b42-b822-5f812b9067b9","fill_count":"0.00","remaining_count":"1.00"})");
  EXPECT_TRUE(is_uuid(a["order_id"]));
  EXPECT_EQ(best(Side::Buy), "5.3829 x 1.00");
}

TEST_F(RestOrders, CreateThatTradesTellsAveragePriceAndFeeAContract) {
  place("b-key", "m1", "ask", "1", "6.0000");
  place("b-key", "m2", "ask", "3", "6.1000");
  const Answer a = place("a-key", "t1", "bid", "5", "6.2000");
  EXPECT_EQ(a["fill_count"], "4.00");
  EXPECT_EQ(a["remaining_count"], "1.00");
  EXPECT_EQ(a["average_fill_price"], "6.0750");  // (6.0 + 3 x 6.1) / 4
  EXPECT_EQ(a["average_fee_paid"], "0.00729");   // 0.0012 x 24.3 / 4
}

TEST_F(RestOrders, IocShowsItsFinalState) {
  place("b-key", "m1", "ask", "1", "6.0000");
  const Answer a = place("a-key", "t1", "bid", "5", "6.0000", "", kIoc);
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(a["fill_count"], "1.00");
  EXPECT_EQ(a["remaining_count"], "0.00");
  const Answer none = place("a-key", "t2", "bid", "5", "6.0000", "", kIoc);
  EXPECT_EQ(none["fill_count"], "0.00");
  EXPECT_EQ(none["average_fill_price"], "-");
  EXPECT_EQ(best(Side::Buy), "");
}

TEST_F(RestOrders, FillOrKillFillsWholeOrNotAtAll) {
  place("b-key", "m1", "ask", "3", "6.0000");
  const Answer killed = place("a-key", "t1", "bid", "4", "6.0000", "", kFok);
  EXPECT_EQ(killed.status, 409);
  EXPECT_EQ(killed.text, R"({"error":{"code":"fill_or_kill_insufficient_resting_volume",)"
                         R"("message":"fill or kill insufficient resting volume"}})");
  EXPECT_EQ(best(Side::Sell), "6.0000 x 3.00");
  EXPECT_EQ(place("a-key", "t2", "bid", "3", "6.0000", "", kFok)["fill_count"], "3.00");
}

TEST_F(RestOrders, RefusalsHaveTheRecordedBodies) {
  place("a-key", "twice", "bid", "1", "6.0000");
  const Answer again = place("a-key", "twice", "bid", "1", "5.9000");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.text, R"({"error":{"code":"order_already_exists","message":"order already exists"}})");
  const Answer band = place("a-key", "low", "bid", "1", "3.1664");
  EXPECT_EQ(band.status, 400);
  EXPECT_EQ(band.text, R"({"error":{"code":"invalid_price","message":"invalid price"}})");
  const Answer reduce = place("a-key", "ro", "ask", "1", "6.3816", R"(,"reduce_only":true)");
  EXPECT_EQ(reduce.status, 400);
  EXPECT_EQ(reduce.text, R"({"error":{"code":"invalid_order","message":"invalid order",)"
                         R"("details":"reduce_only can only be used with IoC or FoK orders"}})");
  const Answer fine = place("a-key", "fine", "bid", "1", "5.00001");
  EXPECT_EQ(fine.text, R"({"error":{"code":"invalid_order","message":"invalid order",)"
                       R"("details":"invalid price: invalid dollar precision: -5"}})");
}

TEST_F(RestOrders, ClientOrderIdStaysUsedAfterTheOrderEnded) {
  const Answer first = place("a-key", "once", "bid", "1", "6.0000");
  EXPECT_EQ(call("a-key", "DELETE", order_path(first)).status, 200);
  EXPECT_EQ(place("a-key", "once", "bid", "1", "6.0000").code(), "409 order_already_exists");
  EXPECT_EQ(place("b-key", "once", "bid", "1", "6.0000").status, 201) << "ids are of an account";
  // FIX may use it again, and what FIX used is used for REST.
  EXPECT_TRUE(buy("a-key", "once", 1, "6.0000").accepted);
  buy("a-key", "by-fix", 1, "6.0000", TimeInForce::IOC);
  EXPECT_EQ(place("a-key", "by-fix", "bid", "1", "6.0000").code(), "409 order_already_exists");
}

TEST_F(RestOrders, NotionalLimitHasItsOwnWord) {
  const Answer a = place("a-key", "big", "bid", "9000000", "6.0000");
  EXPECT_EQ(a.status, 400);
  EXPECT_EQ(a["error.code"], "NOTIONAL_RISK_LIMIT_EXCEEDED");
  EXPECT_EQ(a["error.message"], "NOTIONAL_RISK_LIMIT_EXCEEDED");
  EXPECT_EQ(place("a-key", "broke", "bid", "1000000", "6.0000").code(), "400 insufficient_balance");
}

TEST_F(RestOrders, PostOnlyThatWouldTakeIsRefused) {
  place("b-key", "m1", "ask", "1", "6.0000");
  const Answer a = place("a-key", "p1", "bid", "1", "6.0000", R"(,"post_only":true)");
  EXPECT_EQ(a.code(), "400 invalid_order");
  EXPECT_EQ(a["error.details"], "post only cross");
  EXPECT_EQ(place("a-key", "p2", "bid", "1", "5.9999", R"(,"post_only":true)").status, 201);
  EXPECT_EQ(place("a-key", "p3", "bid", "1", "5.9999", R"(,"post_only":true)", kIoc).code(), "400 invalid_order");
}

TEST_F(RestOrders, ReduceOnlyIsCappedByThePosition) {
  EXPECT_EQ(place("a-key", "flat", "ask", "1", "6.0000", R"(,"reduce_only":true)", kIoc).code(), "400 invalid_order");
  place("b-key", "m1", "ask", "2", "6.0000");
  place("a-key", "t1", "bid", "2", "6.0000", "", kIoc);
  place("b-key", "m2", "bid", "9", "5.9000");
  const Answer a = place("a-key", "close", "ask", "5", "5.9000", R"(,"reduce_only":true)", kIoc);
  EXPECT_EQ(a["fill_count"], "2.00");
  EXPECT_EQ(a["remaining_count"], "0.00");
  EXPECT_EQ(position(alice), lots(0));
  EXPECT_EQ(get("a-key", order_path(a))["order.last_update_reason"], "ReduceOnlyCancel");
}

TEST_F(RestOrders, MarketIsNamedByTickerOrId) {
  const Uuid id = views::market(exchange.state(), market).market_id;
  const std::string body = R"({"market_id":")" + std::string(id.view()) +
                           R"(","client_order_id":"m","side":"bid","count":"1","price":"6.0000","time_in_force":)"
                           R"("good_till_canceled","self_trade_prevention_type":"maker"})";
  const Answer a = post("a-key", "/margin/orders", body);
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(get("a-key", order_path(a))["order.ticker"], "KXBTCPERP");
  EXPECT_EQ(get("a-key", order_path(a))["order.self_trade_prevention_type"], "maker");
  // The ticker wins; neither is an error, and so is an unknown one.
  std::string both = body;
  both.replace(both.find(R"("client_order_id":"m")"), 21, R"("ticker":"KXETHPERP","client_order_id":"n")");
  both.replace(both.find("6.0000"), 6, "1.6000");
  EXPECT_EQ(get("a-key", order_path(post("a-key", "/margin/orders", both)))["order.ticker"], "KXETHPERP");
  std::string neither = body;
  neither.replace(0, neither.find(R"("client_order_id")"), "{");
  EXPECT_EQ(post("a-key", "/margin/orders", neither).code(), "400 invalid_parameters");
  std::string unknown = new_order("x", "bid", "1", "6.0000");
  unknown.replace(unknown.find("KXBTCPERP"), 9, "KXNOTPERP");
  EXPECT_EQ(post("a-key", "/margin/orders", unknown).code(), "400 market_not_found");
}

TEST_F(RestOrders, MarketVersionOtherThanTheMarketsIsAConflict) {
  EXPECT_EQ(place("a-key", "v0", "bid", "1", "6.0000", R"(,"market_version":0)").status, 201);
  EXPECT_EQ(place("a-key", "v1", "bid", "1", "6.0000", R"(,"market_version":1)").status, 201);
  const Answer a = place("a-key", "v2", "bid", "1", "6.0000", R"(,"market_version":2)");
  EXPECT_EQ(a.code(), "409 market_version_mismatch");
  EXPECT_EQ(place("a-key", "v2", "bid", "1", "6.0000").status, 201) << "the refused one left no trace";
}

TEST_F(RestOrders, RequiredMembersAreRequired) {
  for (const char* member : {"client_order_id", "side", "count", "price", "time_in_force", "self_trade_prevention_type"}) {
    boost::json::object body = boost::json::parse(new_order("r", "bid", "1", "6.0000")).as_object();
    body.erase(member);
    const Answer a = post("a-key", "/margin/orders", boost::json::serialize(body));
    EXPECT_EQ(a.code(), "400 invalid_parameters") << member;
    EXPECT_NE(a.text.find(member), std::string::npos) << a.text;
  }
  EXPECT_EQ(place("a-key", "", "bid", "1", "6.0000").code(), "400 invalid_parameters");
  EXPECT_EQ(place("a-key", std::string(65, 'x'), "bid", "1", "6.0000").code(), "400 invalid_parameters");
  EXPECT_EQ(place("a-key", "s", "buy", "1", "6.0000").code(), "400 invalid_parameters");
  EXPECT_EQ(place("a-key", "s", "bid", "0", "6.0000").code(), "400 invalid_order");
  EXPECT_EQ(place("a-key", "s", "bid", "-1", "6.0000").code(), "400 invalid_order");
  EXPECT_EQ(place("a-key", "s", "bid", "1.5", "6.0000").code(), "400 invalid_order") << "no fractional trading";
  EXPECT_EQ(place("a-key", "s", "bid", "1", "0").code(), "400 invalid_price");
  EXPECT_EQ(place("a-key", "s", "bid", "1", "6.0000", "", "day").code(), "400 invalid_parameters");
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty());
}

TEST_F(RestOrders, ExpiryEndsTheOrder) {
  const std::int64_t now = to_epoch_seconds(kStart);
  const auto expires = [](std::int64_t s) { return R"(,"expiration_time":)" + std::to_string(s); };
  EXPECT_EQ(place("a-key", "past", "bid", "1", "6.0000", expires(now)).code(), "400 invalid_order");
  EXPECT_EQ(place("a-key", "ioc", "bid", "1", "6.0000", expires(now + 60), kIoc).code(), "400 invalid_order");
  const Answer a = place("a-key", "soon", "bid", "1", "6.0000", expires(now + 60));
  EXPECT_EQ(get("a-key", order_path(a))["order.expiration_time"], "2026-11-23T15:01:00Z");
  exchange.advance(std::chrono::seconds(60));
  const Answer after = get("a-key", order_path(a));
  EXPECT_EQ(after["order.remaining_count"], "0.00");
  EXPECT_EQ(after["order.last_update_reason"], "ExpiryCancel");
  EXPECT_EQ(after["order.last_update_time"], "2026-11-23T15:01:00Z");
}

TEST_F(RestOrders, SubaccountIsInTheBodyOfACreateAndInTheQueryOfOtherWrites) {
  const Answer a = place("a-key", "s1", "bid", "1", "6.0000", R"(,"subaccount":1)");
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(place("a-key", "s2", "bid", "1", "6.0000", R"(,"subaccount":2)").code(), "400 subaccount_not_found");
  EXPECT_EQ(place("a-key", "s3", "bid", "1", "6.0000", R"(,"subaccount":64)").code(), "400 invalid_parameters");
  EXPECT_EQ(call("a-key", "DELETE", order_path(a)).code(), "404 not_found") << "absent means 0";
  EXPECT_EQ(post("a-key", order_path(a, "/decrease"), R"({"reduce_to":"0"})").code(), "404 not_found");
  EXPECT_EQ(call("a-key", "DELETE", order_path(a) + "?subaccount=1").status, 200);
}

TEST_F(RestOrders, PausesRefuseNewOrdersAndTakeThoseThatWantIt) {
  const Answer stays = place("a-key", "stays", "bid", "1", "6.0000");
  const Answer goes = place("a-key", "goes", "bid", "1", "6.0000", R"(,"cancel_order_on_pause":true)");
  exchange.run(commands::Halt{market, true});
  EXPECT_EQ(place("a-key", "late", "bid", "1", "6.0000").code(), "409 trading_is_paused");
  EXPECT_EQ(get("a-key", order_path(stays))["order.remaining_count"], "1.00");
  const Answer gone = get("a-key", order_path(goes));
  EXPECT_EQ(gone["order.remaining_count"], "0.00");
  EXPECT_EQ(gone["order.cancel_order_on_pause"], "true");
  EXPECT_EQ(gone["order.last_update_reason"], "HaltCancel");
  exchange.run(commands::Halt{market, false});
  exchange.run(commands::SetStatus{market, MarketStatus::Closed});
  EXPECT_EQ(place("a-key", "later", "bid", "1", "6.0000").code(), "409 market_already_closed");
}

// ---- cancel -----------------------------------------------------------------------------------------------------------------

TEST_F(RestOrders, CancelTellsWhatWasLeftOnce) {
  const Answer a = place("a-key", "c1", "bid", "5", "6.0000");
  sell("b-key", "hit", 2, "6.0000");
  const Answer done = call("a-key", "DELETE", order_path(a));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.text, R"({"order_id":")" + a["order_id"] + R"(","client_order_id":"c1","reduced_by":"3.00"})");
  const Answer again = call("a-key", "DELETE", order_path(a));
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(again.text, R"({"error":{"code":"not_found","message":"not found"}})");
}

TEST_F(RestOrders, CancelOfAFilledOrForeignOrUnknownOrderIsNotFound) {
  const Answer a = place("a-key", "f1", "bid", "1", "6.0000");
  EXPECT_EQ(call("b-key", "DELETE", order_path(a)).code(), "404 not_found");
  sell("b-key", "hit", 1, "6.0000");
  EXPECT_EQ(call("a-key", "DELETE", order_path(a)).code(), "404 not_found");
  EXPECT_EQ(call("a-key", "DELETE", "/margin/orders/01740d1e-b68b-416f-bbf0-244547fb5ddb").code(), "404 not_found");
  EXPECT_EQ(call("a-key", "DELETE", "/margin/orders/nonsense").code(), "404 not_found");
}

TEST_F(RestOrders, CancelAllTakesEveryDoorsOrdersOfTheSubaccount) {
  place("a-key", "r0", "bid", "1", "6.0000");
  place("a-key", "r1", "bid", "1", "6.0000", R"(,"subaccount":1)");
  buy("a-key2", "fix", 1, "5.9000");
  place("b-key", "other", "bid", "1", "5.8000");
  const Answer one = call("a-key", "DELETE", "/margin/orders?subaccount=1");
  EXPECT_EQ(one.status, 204);
  EXPECT_EQ(one.text, "");
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 2U);
  EXPECT_EQ(call("a-key", "DELETE", "/margin/orders").status, 204);
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty());
  EXPECT_EQ(views::open_orders(exchange.state(), bob).size(), 1U);
  EXPECT_EQ(events.last().event.kind, ReportKind::Canceled) << "the FIX session is told of its order";
  EXPECT_EQ(call("a-key", "DELETE", "/margin/orders").status, 204) << "nothing left is no error";
  EXPECT_EQ(call("f-key", "DELETE", "/margin/orders").status, 204) << "an FCM's own key is a direct member's";
}

// ---- decrease ---------------------------------------------------------------------------------------------------------------

TEST_F(RestOrders, DecreaseKeepsThePlaceInTheQueue) {
  const Answer a = place("a-key", "d1", "bid", "5", "6.0000");
  place("b-key", "behind", "bid", "5", "6.0000");
  const Answer by = post("a-key", order_path(a, "/decrease"), R"({"reduce_by":"1"})");
  EXPECT_EQ(by.status, 200);
  EXPECT_EQ(by.text, R"({"order_id":")" + a["order_id"] + R"(","client_order_id":"d1","remaining_count":"4.00"})");
  EXPECT_EQ(post("a-key", order_path(a, "/decrease"), R"({"reduce_to":"2.00","reduce_by":null})")["remaining_count"], "2.00");
  EXPECT_EQ(best(Side::Buy), "6.0000 x 7.00");
  sell("f-key", "hit", 1, "6.0000");
  const Answer after = get("a-key", order_path(a));
  EXPECT_EQ(after["order.fill_count"], "1.00") << "still first in the queue";
  EXPECT_EQ(after["order.remaining_count"], "1.00");
}

TEST_F(RestOrders, DecreaseTellsItsReason) {
  const Answer a = place("a-key", "d1", "bid", "5", "6.0000");
  EXPECT_EQ(get("a-key", order_path(a))["order.last_update_time"], "-");
  exchange.advance(std::chrono::seconds(1));
  post("a-key", order_path(a, "/decrease"), R"({"reduce_by":"1"})");
  EXPECT_EQ(get("a-key", order_path(a))["order.last_update_reason"], "Decrease");
  EXPECT_EQ(get("a-key", order_path(a))["order.last_update_time"], "2026-11-23T15:00:01Z");
}

TEST_F(RestOrders, DecreaseToZeroIsACancel) {
  const Answer a = place("a-key", "d1", "bid", "5", "6.0000");
  EXPECT_EQ(post("a-key", order_path(a, "/decrease"), R"({"reduce_by":"5"})")["remaining_count"], "0.00");
  EXPECT_EQ(best(Side::Buy), "");
  EXPECT_EQ(post("a-key", order_path(a, "/decrease"), R"({"reduce_by":"1"})").code(), "404 not_found");
  const Answer b = place("a-key", "d2", "bid", "5", "6.0000");
  EXPECT_EQ(post("a-key", order_path(b, "/decrease"), R"({"reduce_to":"0"})")["remaining_count"], "0.00");
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty());
}

TEST_F(RestOrders, DecreaseWantsExactlyOneSensibleNumber) {
  const Answer a = place("a-key", "d1", "bid", "5", "6.0000");
  for (const char* body : {R"({})", R"({"reduce_by":"1","reduce_to":"1"})", R"({"reduce_by":1})", R"({"reduce_by":"x"})",
                           R"({"reduce_by":"1.234"})", R"({"reduce_by":"0"})", R"({"reduce_by":"-1"})", R"({"reduce_by":"6"})",
                           R"({"reduce_to":"6"})", R"({"reduce_to":"1.5"})", R"({"reduce_to":"-1"})"}) {
    EXPECT_EQ(post("a-key", order_path(a, "/decrease"), body).status, 400) << body;
  }
  EXPECT_EQ(get("a-key", order_path(a))["order.remaining_count"], "5.00");
  EXPECT_EQ(post("a-key", order_path(a, "/decrease"), R"({"reduce_to":"5"})")["remaining_count"], "5.00") << "nothing to do is no error";
  EXPECT_EQ(get("a-key", order_path(a))["order.last_update_reason"], "");
}

// ---- amend ------------------------------------------------------------------------------------------------------------------

std::string amend_body(std::string_view price, std::string_view count, std::string_view more = "") {
  return R"({"ticker":"KXBTCPERP","side":"bid","price":")" + std::string(price) + R"(","count":")" + std::string(count) + "\"" +
         std::string(more) + "}";
}

TEST_F(RestOrders, AmendOfThePriceAloneAnswersWithoutCounts) {
  const Answer a = place("a-key", "a1", "bid", "2", "6.0000");
  const Answer done = post("a-key", order_path(a, "/amend"), amend_body("5.9000", "2"));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done.text, R"({"order_id":")" + a["order_id"] + R"(","client_order_id":"a1"})");
  EXPECT_EQ(best(Side::Buy), "5.9000 x 2.00");
  EXPECT_EQ(get("a-key", order_path(a))["order.last_update_reason"], "Amend");
}

TEST_F(RestOrders, AmendsCountIsTheNewTotal) {
  const Answer a = place("a-key", "a1", "bid", "5", "6.0000");
  sell("b-key", "hit", 2, "6.0000");
  const Answer done = post("a-key", order_path(a, "/amend"), amend_body("6.0000", "4"));
  EXPECT_EQ(done["remaining_count"], "2.00");
  EXPECT_EQ(done["fill_count"], "0.00");
  EXPECT_EQ(done["average_fill_price"], "-");
  const Answer order = get("a-key", order_path(a));
  EXPECT_EQ(order["order.fill_count"], "2.00");
  EXPECT_EQ(order["order.remaining_count"], "2.00");
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), amend_body("6.0000", "2")).code(), "400 invalid_order") << "not below what is filled";
}

TEST_F(RestOrders, AmendThatCrossesTradesAndTellsSo) {
  const Answer a = place("a-key", "a1", "bid", "5", "5.9000");
  place("b-key", "m1", "ask", "2", "6.0000");
  const Answer done = post("a-key", order_path(a, "/amend"), amend_body("6.0000", "5"));
  EXPECT_EQ(done["fill_count"], "2.00");
  EXPECT_EQ(done["remaining_count"], "3.00");
  EXPECT_EQ(done["average_fill_price"], "6.0000");
  EXPECT_EQ(done["average_fee_paid"], "0.0072");
}

TEST_F(RestOrders, AmendRenamesTheOrder) {
  const Answer a = place("a-key", "old", "bid", "1", "6.0000");
  const Answer done =
      post("a-key", order_path(a, "/amend"), amend_body("6.0000", "1", R"(,"client_order_id":"old","updated_client_order_id":"new")"));
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(done["client_order_id"], "new");
  EXPECT_EQ(get("a-key", order_path(a))["order.client_order_id"], "new");
  const Answer wrong = post("a-key", order_path(a, "/amend"), amend_body("6.0000", "1", R"(,"client_order_id":"old")"));
  EXPECT_EQ(wrong.code(), "404 not_found") << "the order is not called that any more";
  const Answer same = post("a-key", order_path(a, "/amend"), amend_body("5.9000", "1", R"(,"updated_client_order_id":"new")"));
  EXPECT_EQ(same.status, 200) << "keeping the name is no conflict with itself";
  const Answer ended = place("a-key", "ended", "bid", "1", "6.0000", "", kIoc);
  EXPECT_EQ(ended.status, 201);
  const Answer used = post("a-key", order_path(a, "/amend"), amend_body("6.0000", "1", R"(,"updated_client_order_id":"ended")"));
  EXPECT_EQ(used.code(), "409 order_already_exists");
}

TEST_F(RestOrders, AmendsExpiryIsKeptRemovedOrReplaced) {
  const std::int64_t now = to_epoch_seconds(kStart);
  const auto expires = [](std::int64_t s) { return R"(,"expiration_time":)" + std::to_string(s); };
  const Answer a = place("a-key", "e1", "bid", "2", "6.0000", expires(now + 60));
  place("b-key", "behind", "bid", "5", "6.0000");
  post("a-key", order_path(a, "/amend"), amend_body("6.0000", "2"));
  EXPECT_EQ(get("a-key", order_path(a))["order.expiration_time"], "2026-11-23T15:01:00Z") << "absent keeps it";
  post("a-key", order_path(a, "/amend"), amend_body("6.0000", "2", expires(now + 120)));
  EXPECT_EQ(get("a-key", order_path(a))["order.expiration_time"], "2026-11-23T15:02:00Z");
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), amend_body("6.0000", "2", expires(now))).code(), "400 invalid_order");
  post("a-key", order_path(a, "/amend"), amend_body("6.0000", "2", expires(0)));
  EXPECT_EQ(get("a-key", order_path(a))["order.expiration_time"], "-");
  exchange.advance(std::chrono::seconds(200));
  EXPECT_EQ(get("a-key", order_path(a))["order.remaining_count"], "2.00");
  sell("f-key", "hit", 1, "6.0000");
  EXPECT_EQ(get("a-key", order_path(a))["order.fill_count"], "1.00") << "an amend of the expiry keeps the place";
}

TEST_F(RestOrders, AmendMustNameTheOrderRightly) {
  const Answer a = place("a-key", "a1", "bid", "2", "6.0000");
  std::string ask = amend_body("6.0000", "2");
  ask.replace(ask.find("bid"), 3, "ask");
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), ask).code(), "400 invalid_order");
  std::string other = amend_body("6.0000", "2");
  other.replace(other.find("KXBTCPERP"), 9, "KXETHPERP");
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), other).code(), "400 invalid_order");
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), R"({"side":"bid","price":"6.0000","count":"2"})").code(), "400 invalid_parameters");
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), R"({"ticker":"KXBTCPERP","side":"bid","count":"2"})").code(), "400 invalid_parameters");
  EXPECT_EQ(post("b-key", order_path(a, "/amend"), amend_body("6.0000", "2")).code(), "404 not_found");
  call("a-key", "DELETE", order_path(a));
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), amend_body("6.0000", "2")).code(), "404 not_found");
}

TEST_F(RestOrders, AmendIntoOnesOwnOrderIsRefused) {
  const Answer a = place("a-key", "own-bid", "bid", "2", "5.9000");
  place("a-key", "own-ask", "ask", "2", "6.0000");
  EXPECT_EQ(post("a-key", order_path(a, "/amend"), amend_body("6.0000", "2")).code(), "400 self_cross_attempt");
  EXPECT_EQ(best(Side::Buy), "5.9000 x 2.00");
}

// ---- accounts without margin --------------------------------------------------------------------------------------------------

TEST_F(RestOrders, AnAccountThatIsNotEnabledIsUnknownToOrders) {
  exchange.run(commands::CreateAccount{{"carol", {{"c-key", KeyScope::Trading}}, false, {usd("1000")}, false}});
  const std::string user(views::user_id(exchange.state(), *views::find_account(exchange.state(), "carol")).view());
  const Answer a = place("c-key", "c1", "bid", "1", "6.0000");
  EXPECT_EQ(a.status, 400);
  EXPECT_EQ(a.text, R"({"error":{"code":"user_not_found:_)" + user + R"(","message":"user not found: )" + user + R"("}})");
  EXPECT_EQ(post("c-key", "/margin/order_groups/create", R"({"contracts_limit":1})").code(), "400 user_not_found:_" + user);
  EXPECT_EQ(get("c-key", "/margin/orders").text, R"({"orders":[],"cursor":""})");
}

}  // namespace
}  // namespace marginfix::sim
