// Operations 40 to 47: bodies, rules, codes. Source: rest-perps.md "Exit triggers".
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/risk.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

constexpr const char* kCross = "/margin/cross/positions/KXBTCPERP/exit_trigger";
constexpr const char* kIsolated = "/margin/isolated/positions/KXBTCPERP/exit_trigger";

class RestTriggers : public RestTradingTest {
 protected:
  void open_long(std::int64_t contracts = 100) {
    sell("b-key", "b-open", contracts, "6.2577");
    buy("a-key", "a-open", contracts, "6.2577");
  }
  Answer put(std::string_view body, std::string_view path = kCross, std::string_view key = "a-key") { return call(key, "PUT", path, body); }
  Answer list(std::string_view query = "") { return get("a-key", std::string(kCross) + std::string(query)); }
  Answer remove(std::string_view path) { return call("a-key", "DELETE", path); }
  std::string one(const Answer& trigger) const { return std::string(kCross) + "/" + trigger["id"]; }
};

TEST_F(RestTriggers, ABracketAsItIsWritten) {
  open_long();
  const Answer a = put(R"({"stop_loss_price":"6.0000","take_profit_price":"7.0000"})");
  ASSERT_EQ(a.status, 200) << a.text;
  EXPECT_TRUE(is_uuid(a["id"]));
  const std::string time = to_rfc3339(exchange.now());
  EXPECT_EQ(a.text, R"({"id":")" + a["id"] +
                        R"(","ticker":"KXBTCPERP","kind":"bracket","status":"active","stop_loss_price":"6.0000",)"
                        R"("take_profit_price":"7.0000","count":"0.00","filled_count":"0.00","created_time":")" +
                        time + R"(","updated_time":")" + time + "\"}");
  EXPECT_EQ(list().size("exit_triggers"), 1U);
  EXPECT_EQ(list()["exit_triggers.0.id"], a["id"]);
}

TEST_F(RestTriggers, ATrailingStopAsItIsWritten) {
  open_long();
  const Answer a = put(R"({"kind":"trailing","trail_bps":100})");
  ASSERT_EQ(a.status, 200) << a.text;
  EXPECT_EQ(a["kind"], "trailing");
  EXPECT_EQ(a["trail_bps"], "100");
  EXPECT_EQ(a["watermark_price"], "6.2577");
  EXPECT_EQ(a["effective_stop_price"], "6.195123");
  EXPECT_EQ(a["stop_loss_price"], "-");
  EXPECT_EQ(list("?kind=trailing").size("exit_triggers"), 1U);
  EXPECT_EQ(list("?kind=bracket").size("exit_triggers"), 0U);
  EXPECT_EQ(list("?kind=other").status, 400);
}

TEST_F(RestTriggers, BodiesThatAreRefused) {
  open_long();
  for (
      const char* body : {
          "{}",
          R"({"kind":"trailing"})",
          R"({"kind":"other","stop_loss_price":"6.0000"})",
          R"({"stop_loss_price":"0.0000"})",
          R"({"stop_loss_price":"-1.0000"})",
          R"({"stop_loss_price":"6.00001"})",
          R"({"stop_loss_price":6})",
          R"({"stop_loss_price":"6.0000","trail_bps":5})",
          R"({"stop_loss_price":"6.0000","trail_amount":"0.1000"})",
          R"({"kind":"trailing","trail_bps":5,"trail_amount":"0.1000"})",
          R"({"kind":"trailing","trail_bps":5,"take_profit_price":"7.0000"})",
          R"({"kind":"trailing","trail_bps":0})",
          R"({"kind":"trailing","trail_bps":10000})",
          R"({"kind":"trailing","trail_amount":"0"})",
          R"({"kind":"trailing","trail_bps":5,"count":"1","client_trigger_id":"k"})",
          R"({"stop_loss_price":"6.0000","count":"1"})",
          R"({"stop_loss_price":"6.0000","client_trigger_id":"k"})",
          R"({"stop_loss_price":"6.0000","count":"1","client_trigger_id":""})",
          R"({"stop_loss_price":"6.0000","count":"0","client_trigger_id":"k"})",
          R"({"stop_loss_price":"6.0000","count":"1.5","client_trigger_id":"k"})",
          R"({"stop_loss_price":"6.0000","count":"101","client_trigger_id":"k"})",
          R"({"stop_loss_price":"6.0000","count":"1","client_trigger_id":"12345678901234567890123456789012345678901234567890123456789012345"})",
          R"({"stop_loss_price":"6.0000","anchor_order_id":"no order","client_trigger_id":"k"})",
          R"({"stop_loss_price":"6.0000","count":"1","anchor_order_id":"a023e290-7ada-40d0-817a-189a24e944e2","client_trigger_id":"k"})",
      }) {
    EXPECT_EQ(put(body).code(), "400 invalid_parameters") << body;
  }
  EXPECT_EQ(list().size("exit_triggers"), 0U);
}

TEST_F(RestTriggers, NeedAMarketASubaccountAndAPosition) {
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})").code(), "404 not_found") << "no position";
  open_long();
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", "/margin/cross/positions/NOPE/exit_trigger").code(), "404 not_found");
  EXPECT_EQ(get("a-key", "/margin/cross/positions/NOPE/exit_trigger").code(), "400 invalid_parameters");
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", std::string(kCross) + "?subaccount=9").code(), "400 subaccount_not_found");
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", std::string(kCross) + "?subaccount=1").code(), "404 not_found");
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", std::string(kCross) + "?subaccount=x").code(), "400 invalid_parameters");
}

TEST_F(RestTriggers, KeysMakeOneTriggerOnce) {
  open_long();
  const std::string body = R"({"stop_loss_price":"6.0000","count":"30","client_trigger_id":"mine"})";
  const Answer first = put(body);
  ASSERT_EQ(first.status, 200) << first.text;
  EXPECT_EQ(first["count"], "30.00");
  EXPECT_EQ(first["client_trigger_id"], "mine");
  EXPECT_EQ(put(body)["id"], first["id"]);
  EXPECT_EQ(put(body, std::string(kCross) + "?subaccount=1").code(), "409 idempotency_key_already_used");
  EXPECT_EQ(put(body, "/margin/cross/positions/KXXRPPERP/exit_trigger").code(), "409 idempotency_key_already_used");
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})").code(), "409 exit_trigger_conflict") << "a part is covered";
  EXPECT_EQ(remove(one(first)).status, 204);
  const Answer replayed = put(body);
  EXPECT_EQ(replayed.status, 200);
  EXPECT_EQ(replayed["status"], "canceled");
  EXPECT_EQ(replayed["status_reason"], "user_canceled");
}

TEST_F(RestTriggers, AnchorsThatCannotBeValidatedAreAConflict) {
  open_long();
  const std::string body =
      R"({"stop_loss_price":"6.0000","anchor_order_id":"a023e290-7ada-40d0-817a-189a24e944e2","client_trigger_id":"k"})";
  EXPECT_EQ(put(body).code(), "409 anchor_order_unavailable");
  const Answer order = place("a-key", "entry", "bid", "10", "6.1000");
  const Answer t = put(R"({"stop_loss_price":"6.0000","client_trigger_id":"k","anchor_order_id":")" + order["order_id"] + "\"}");
  ASSERT_EQ(t.status, 200) << t.text;
  EXPECT_EQ(t["status"], "pending_on_entry");
  EXPECT_EQ(t["anchor_order_id"], order["order_id"]);
}

TEST_F(RestTriggers, TheTwentyFirstBracket) {
  open_long();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(put(R"({"stop_loss_price":"6.0000","count":"1","client_trigger_id":"k)" + std::to_string(i) + "\"}").status, 200);
  }
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000","count":"1","client_trigger_id":"more"})").code(), "400 exit_trigger_limit_reached");
  EXPECT_EQ(remove(std::string(kCross) + "?kind=trailing").status, 204);
  EXPECT_EQ(list().size("exit_triggers"), 20U);
  EXPECT_EQ(remove(kCross).status, 204);
  EXPECT_EQ(remove(kCross).status, 204) << "also when nothing is live";
  EXPECT_EQ(list().size("exit_triggers"), 0U);
}

TEST_F(RestTriggers, ChangesByIdAreForBrackets) {
  open_long();
  const Answer bracket = put(R"({"stop_loss_price":"6.0000","take_profit_price":"7.0000"})");
  const Answer stop = put(R"({"kind":"trailing","trail_amount":"0.5000"})");
  EXPECT_EQ(stop["effective_stop_price"], "5.7577");
  const Answer changed = put(R"({"take_profit_price":"7.5000"})", one(bracket));
  EXPECT_EQ(changed["id"], bracket["id"]);
  EXPECT_EQ(changed["stop_loss_price"], "-");
  EXPECT_EQ(changed["take_profit_price"], "7.5000");
  EXPECT_EQ(put("{}", one(bracket)).code(), "400 invalid_parameters");
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", one(stop)).code(), "400 invalid_parameters");
  EXPECT_EQ(remove(one(stop)).code(), "400 invalid_parameters");
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", std::string(kCross) + "/a023e290-7ada-40d0-817a-189a24e944e2").code(), "404 not_found");
  EXPECT_EQ(call("b-key", "DELETE", one(bracket)).code(), "404 not_found") << "not bob's";
  EXPECT_EQ(remove(one(bracket)).status, 204);
  EXPECT_EQ(remove(one(bracket)).code(), "404 not_found");
  EXPECT_EQ(remove(std::string(kCross) + "?kind=trailing").status, 204);
  EXPECT_EQ(list().size("exit_triggers"), 0U);
}

TEST_F(RestTriggers, WhatAFiringLeavesBehind) {
  open_long();
  buy("f-key", "f-bid", 1000, "6.1500");
  put(R"({"stop_loss_price":"6.2000","count":"40","client_trigger_id":"k"})");
  exchange.run(commands::SetReference{market, usd("6.2000")}).value();
  exchange.advance(std::chrono::seconds(1));
  const Answer done = put(R"({"stop_loss_price":"6.2000","count":"40","client_trigger_id":"k"})");
  EXPECT_EQ(done["status"], "filled");
  EXPECT_EQ(done["triggered_leg"], "stop_loss");
  EXPECT_EQ(done["filled_count"], "40.00");
  const Answer order = get("a-key", "/margin/orders/" + done["triggered_order_id"]);
  EXPECT_EQ(order["order.order_source"], "system");
  EXPECT_EQ(order["order.order_reason"], "take_profit_stop_loss");
  EXPECT_EQ(order["order.fill_count"], "40.00");
}

TEST_F(RestTriggers, IsolatedPositionsDoNotExistHere) {
  open_long();
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", kIsolated).code(), "404 not_found");
  EXPECT_EQ(put("{}", kIsolated).code(), "400 invalid_parameters") << "the body is looked at all the same";
  EXPECT_EQ(get("a-key", kIsolated).text, R"({"exit_triggers":[]})");
  EXPECT_EQ(get("a-key", std::string(kIsolated) + "?kind=x").code(), "400 invalid_parameters");
  EXPECT_EQ(call("a-key", "DELETE", kIsolated).status, 204);
  EXPECT_EQ(get("a-key", "/margin/isolated/positions/NOPE/exit_trigger").code(), "400 invalid_parameters");
}

TEST_F(RestTriggers, ALockedKeySpeaksOfItsSubaccount) {
  exchange.run(commands::AddKey{alice, {"locked", KeyScope::Trading, 1, ""}});
  NewOrder o = order("l1", Side::Buy, 10, "6.2577");
  o.subaccount = 1;
  sell("b-key", "b1", 10, "6.2577");
  send("locked", o);
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", kCross, "locked").status, 200);
  EXPECT_EQ(put(R"({"stop_loss_price":"6.0000"})", std::string(kCross) + "?subaccount=0", "locked").status, 403);
  EXPECT_EQ(list("?subaccount=1").size("exit_triggers"), 1U);
}

TEST_F(RestTriggers, AStopAtOrPastThePriceOfLiquidationIsRefused) {
  // A long that nearly everything hangs on, so that there is a price of liquidation above 0.
  open_long(60'000);
  const auto risks = views::position_risks(exchange.state(), alice);
  ASSERT_EQ(risks.size(), 1U);
  ASSERT_TRUE(risks[0].liquidation_price);
  const DollarDecimal limit = *risks[0].liquidation_price;
  const DollarDecimal tick = DollarDecimal::from_units(100);
  const auto stop = [](DollarDecimal price) { return R"({"stop_loss_price":")" + price.to_string() + "\"}"; };
  for (const DollarDecimal price : {limit, limit - tick}) {
    const Answer no = put(stop(price));
    EXPECT_EQ(no.code(), "400 stop_loss_past_liquidation") << price.to_string();
  }
  const Answer good = put(stop(limit + tick));
  ASSERT_EQ(good.status, 200) << good.text;
  EXPECT_EQ(put(stop(limit), one(good)).code(), "400 stop_loss_past_liquidation") << "an update too";
  EXPECT_EQ(list()["exit_triggers.0.stop_loss_price"], (limit + tick).to_string()) << "what is there stays";
  EXPECT_EQ(put(R"({"take_profit_price":"7.0000"})").status, 200);
}

TEST_F(RestTriggers, AShortsStopLiesBelowItsPriceOfLiquidation) {
  buy("b-key", "b-open", 60'000, "6.2577");
  sell("a-key", "a-open", 60'000, "6.2577");
  const auto risks = views::position_risks(exchange.state(), alice);
  ASSERT_EQ(risks.size(), 1U);
  ASSERT_TRUE(risks[0].liquidation_price);
  const DollarDecimal limit = *risks[0].liquidation_price;
  const auto stop = [](DollarDecimal price) { return R"({"stop_loss_price":")" + price.to_string() + "\"}"; };
  EXPECT_EQ(put(stop(limit)).code(), "400 stop_loss_past_liquidation");
  EXPECT_EQ(put(stop(limit - DollarDecimal::from_units(100))).status, 200);
}

}  // namespace
}  // namespace marginfix::sim
