// Operations 48 to 53: subtraders, their caps, the member's own notional limit. Source: rest-perps.md "FCM".
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

constexpr const char* kSubtraders = "/margin/fcm/subtraders";
constexpr const char* kControls = "/margin/fcm/subtraders/risk_controls";
constexpr const char* kLimit = "/margin/fcm/notional_risk_limit";

class RestFcm : public RestTradingTest {
 protected:
  RestFcm() { id = post("f-key", kSubtraders, R"({"subtrader_suffix":"desk1","require_category_cap":false})")["subtrader_id"]; }
  Answer put(std::string_view path, std::string_view body, std::string_view key = "f-key") { return call(key, "PUT", path, body); }
  Answer cap(std::string_view dollars, std::string_view more = "") {
    return put(kControls, R"({"subtrader_id":")" + id + R"(","im_cap":")" + std::string(dollars) + "\"" + std::string(more) + "}");
  }
  std::string of(std::string_view more = "") const { return std::string(kControls) + "?subtrader_id=" + id + std::string(more); }
  std::string id;
};

TEST_F(RestFcm, SubtradersAreMadeOnce) {
  EXPECT_EQ(id, std::string(views::user_id(exchange.state(), fcm).view()) + "_desk1");
  EXPECT_EQ(post("f-key", kSubtraders, R"({"subtrader_suffix":"desk1","require_category_cap":true})").code(),
            "409 subtrader_already_exists");
  EXPECT_EQ(post("f-key", kSubtraders, R"({"subtrader_suffix":"Desk2","require_category_cap":true})").status, 201);
  EXPECT_TRUE(views::find_subtrader(exchange.state(), fcm, std::string(views::user_id(exchange.state(), fcm).view()) + "_Desk2")
                  ->require_category_cap);
  for (const char* body :
       {R"({"subtrader_suffix":"desk3"})", R"({"require_category_cap":true})", R"({"subtrader_suffix":"","require_category_cap":true})",
        R"({"subtrader_suffix":"seventeen-letters","require_category_cap":true})",
        R"({"subtrader_suffix":"seventeenletters1","require_category_cap":true})",
        R"({"subtrader_suffix":"a_b","require_category_cap":true})", R"({"subtrader_suffix":"desk3","require_category_cap":"true"})"}) {
    EXPECT_EQ(post("f-key", kSubtraders, body).code(), "400 invalid_parameters") << body;
  }
}

TEST_F(RestFcm, OnlyForFcms) {
  EXPECT_EQ(post("b-key", kSubtraders, R"({"subtrader_suffix":"x","require_category_cap":false})").status, 403);
  EXPECT_EQ(get("b-key", of()).status, 403);
  EXPECT_EQ(put(kControls, R"({"subtrader_id":"x","im_cap":"1"})", "b-key").status, 403);
  EXPECT_EQ(call("b-key", "DELETE", of()).status, 403);
  EXPECT_EQ(put(kLimit, R"({"notional_value_risk_limit":"1"})", "b-key").status, 403);
  EXPECT_EQ(call("b-key", "DELETE", kLimit).status, 403);
}

TEST_F(RestFcm, CapsAreListedWithWhatIsUsed) {
  EXPECT_EQ(cap("1000").text, "{}");
  cap("500.5", R"(,"market_ticker":"KXBTCPERP")");
  cap("750.0000", R"(,"asset_class":"Crypto")");
  NewOrder o = order("f1", Side::Buy, 10, "6.0000");
  o.customer_account = id;
  send("f-key", o);
  exchange.run(commands::SetSubtraderLimit{fcm, id, market, usd("5000")});
  const Answer all = get("f-key", of());
  ASSERT_EQ(all.status, 200);
  EXPECT_EQ(all.text, R"({"risk_controls":[{"subtrader_id":")" + id +
                          R"(","im_cap":"1000.0000","current_im":"13.2429"},{"subtrader_id":")" + id +
                          R"(","market_ticker":"KXBTCPERP","im_cap":"500.5000","current_im":"13.2429"},{"subtrader_id":")" + id +
                          R"(","asset_class":"Crypto","im_cap":"750.0000","current_im":"13.2429"}],"notional_limits":[{"subtrader_id":")" +
                          id + R"(","market_ticker":"KXBTCPERP","notional_value_risk_limit":"5000.0000","current_notional":"60.0000"}]})");
  EXPECT_EQ(get("f-key", of("&market_ticker=KXBTCPERP"))["risk_controls.0.im_cap"], "500.5000");
  EXPECT_EQ(get("f-key", of("&asset_class=Crypto"))["risk_controls.0.im_cap"], "750.0000");
  EXPECT_EQ(get("f-key", of("&asset_class=Metals")).size("risk_controls"), 0U);
  EXPECT_EQ(get("f-key", of("&asset_class=Metals")).size("notional_limits"), 1U) << "the filters are not for these";
}

TEST_F(RestFcm, CapsThatAreRefused) {
  for (const char* amount : {"-1", "", "1.", ".5", "1.00000", "+1", "1e3", "123456789012345678901", "99999999999999999"}) {
    EXPECT_EQ(cap(amount).code(), "400 invalid_parameters") << amount;
  }
  EXPECT_EQ(cap("0").status, 200) << "0 closes the door";
  EXPECT_EQ(cap("1", R"(,"market_ticker":"KXBTCPERP","asset_class":"Crypto")").code(), "400 invalid_parameters");
  EXPECT_EQ(cap("1", R"(,"asset_class":"Energy")").code(), "400 invalid_parameters");
  EXPECT_EQ(cap("1", R"(,"market_ticker":"NOPE")").code(), "404 not_found");
  EXPECT_EQ(put(kControls, R"({"subtrader_id":"nobody","im_cap":"1"})").code(), "404 not_found");
  EXPECT_EQ(put(kControls, R"({"im_cap":"1"})").code(), "400 invalid_parameters");
  EXPECT_EQ(get("f-key", kControls).code(), "400 invalid_parameters") << "whose?";
  EXPECT_EQ(get("f-key", std::string(kControls) + "?subtrader_id=nobody").code(), "404 not_found");
  EXPECT_EQ(get("f-key", of("&market_ticker=KXBTCPERP&asset_class=Crypto")).code(), "400 invalid_parameters");
}

TEST_F(RestFcm, CapsGoOneByOne) {
  cap("1000");
  cap("10", R"(,"market_ticker":"KXBTCPERP")");
  EXPECT_EQ(call("f-key", "DELETE", of("&market_ticker=KXBTCPERP")).text, "{}");
  EXPECT_EQ(call("f-key", "DELETE", of("&market_ticker=KXBTCPERP")).code(), "404 not_found");
  EXPECT_EQ(call("f-key", "DELETE", of("&asset_class=Crypto")).code(), "404 not_found");
  EXPECT_EQ(get("f-key", of()).size("risk_controls"), 1U);
  EXPECT_EQ(call("f-key", "DELETE", of()).status, 200);
  EXPECT_EQ(get("f-key", of()).size("risk_controls"), 0U);
  EXPECT_EQ(call("f-key", "DELETE", kControls).code(), "400 invalid_parameters");
}

TEST_F(RestFcm, AnOrderAboveACapIsRefused) {
  cap("10");
  NewOrder o = order("f1", Side::Buy, 10, "6.0000");
  o.customer_account = id;
  EXPECT_EQ(send("f-key", o).reason, Reason::InitialMarginCapExceeded);
}

TEST_F(RestFcm, KeysOfASubtraderReadTheirOwnControls) {
  exchange.run(commands::AddKey{fcm, {"bound", KeyScope::Trading, std::nullopt, id}});
  cap("10");
  EXPECT_EQ(get("bound", kControls)["risk_controls.0.subtrader_id"], id) << "may leave it out";
  EXPECT_EQ(get("bound", of()).status, 200);
  EXPECT_EQ(get("bound", std::string(kControls) + "?subtrader_id=other").status, 403);
  EXPECT_EQ(put(kControls, R"({"subtrader_id":")" + id + R"(","im_cap":"1"})", "bound").status, 403);
  EXPECT_EQ(call("bound", "DELETE", of()).status, 403);
  EXPECT_EQ(put(kLimit, R"({"notional_value_risk_limit":"1"})", "bound").status, 403);
  const Answer refused = place("bound", "k1", "bid", "10", "6.0000");
  EXPECT_EQ(refused.code(), "400 initial_margin_cap_exceeded") << "its orders are the subtrader's";
}

TEST_F(RestFcm, TheOwnNotionalLimit) {
  buy("f-key", "f1", 10, "6.0000");
  buy("f-key", "f2", 10, "6.0000");
  EXPECT_EQ(put(kLimit, R"({"notional_value_risk_limit":"60.0000"})").text, "{}");
  EXPECT_EQ(views::open_orders(exchange.state(), fcm).size(), 1U);
  const Answer above = put(kLimit, R"({"notional_value_risk_limit":"100000000.0001"})");
  EXPECT_EQ(above.code(), "400 invalid_parameters");
  EXPECT_NE(above.text.find("100000000.0000"), std::string::npos) << "names the exchange's limit: " << above.text;
  EXPECT_EQ(put(kLimit, "{}").code(), "400 invalid_parameters");
  EXPECT_EQ(put(kLimit, R"({"notional_value_risk_limit":60})").code(), "400 invalid_parameters");
  EXPECT_EQ(place("f-key", "f3", "bid", "1", "6.0000").code(), "400 NOTIONAL_RISK_LIMIT_EXCEEDED");
  EXPECT_EQ(call("f-key", "DELETE", kLimit).text, "{}");
  EXPECT_EQ(call("f-key", "DELETE", kLimit).status, 200) << "twice does no harm";
  EXPECT_EQ(place("f-key", "f4", "bid", "1", "6.0000").status, 201);
}

}  // namespace
}  // namespace marginfix::sim
