// Positions, fills, balance, risk, fees, limits over REST, with the recorded numbers. Source: observed.md "Markets, numbers".
#include "sim/doors/rest/ratio.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/market.hpp"
#include "unit/sim/rest/trading_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RestRatios, AreExactDecimals) {
  EXPECT_EQ(quotient(-2'580'000, 825'900, 15).to_string(), "-3.12386487468216");
  EXPECT_EQ(quotient(1, 3, 15).to_string(), "0.333333333333333");
  EXPECT_EQ(quotient(2, 3, 15).to_string(), "0.666666666666667");
  EXPECT_EQ(quotient(0, 3, 15).to_string(), "0");
  EXPECT_EQ(quotient(10, 4, 15).to_string(), "2.5");
  EXPECT_EQ(quotient(1, 8'000'000, 3).to_string(), "0.000000125");
  EXPECT_EQ(quotient(INT64_MAX, 1, 15).to_string(), "9223372036854775807");
  EXPECT_EQ(quotient(INT64_MIN, 1, 15).to_string(), "-9223372036854775808");
  EXPECT_EQ(quotient_to(6'332'900, 825'900, 4).to_string(), "7.6679");
  EXPECT_EQ(quotient_to(1, 8, 2).to_string(), "0.12") << "half to even";
  EXPECT_EQ(quotient_to(3, 8, 2).to_string(), "0.38");
  EXPECT_EQ(quotient_to(199'999, 100'000, 4).to_string(), "2");
}

// One market is margined as the recorded one was: leverage 7.668.
ExchangeOptions recorded_options() {
  ExchangeOptions o;
  o.house = o.past = false;
  o.markets[0].leverage_tenthousandths = 76'680;
  return o;
}

class RestPortfolio : public RestTradingTest {
 protected:
  RestPortfolio() : RestTradingTest(recorded_options()) {
    // 50.05 dollars after the fee of its one trade.
    carol = exchange.run(commands::CreateAccount{{"carol", {{"c-key", KeyScope::Trading}}, false, {usd("50.057631"), usd("0"), usd("0")}}});
  }
  void open_recorded_position() {
    place("b-key", "m1", "ask", "1", "6.3587");
    place("c-key", "t1", "bid", "1", "6.3587", "", kIoc);
    mark("6.3329");
  }
  void mark(std::string_view price) { EXPECT_TRUE(exchange.run(commands::SetReference{market, usd(price)})); }
  AccountId carol{0};
};

TEST_F(RestPortfolio, PositionHasTheRecordedNumbers) {
  EXPECT_EQ(get("c-key", "/margin/positions").text, R"({"positions":[]})");
  open_recorded_position();
  EXPECT_EQ(get("c-key", "/margin/positions").text,
            R"({"positions":[{"subaccount":0,"market_ticker":"KXBTCPERP","position":"1.00","entry_price":"6.3587",)"
            R"("unrealized_pnl":"-0.0258","margin_used":"0.8259","fees":"0.007631","roe":-3.12386487468216,"is_portfolio":false}]})");
  const Answer other = get("b-key", "/margin/positions");
  EXPECT_EQ(other["positions.0.position"], "-1.00");
  EXPECT_EQ(other["positions.0.unrealized_pnl"], "0.0258");
  EXPECT_EQ(other["positions.0.entry_price"], "6.3587");
}

TEST_F(RestPortfolio, PositionsAreFilteredAndGoWhenClosed) {
  open_recorded_position();
  EXPECT_EQ(get("c-key", "/margin/positions?ticker=KXETHPERP").size("positions"), 0U);
  EXPECT_EQ(get("c-key", "/margin/positions?ticker=KXBTCPERP&subaccount=0").size("positions"), 1U);
  EXPECT_EQ(get("c-key", "/margin/positions?subaccount=1").size("positions"), 0U);
  EXPECT_EQ(get("c-key", "/margin/positions?subaccount=x").code(), "400 invalid_parameters");
  place("b-key", "m2", "bid", "1", "6.3000");
  place("c-key", "t2", "ask", "1", "6.3000", "", kIoc);
  EXPECT_EQ(get("c-key", "/margin/positions").size("positions"), 0U);
  place("b-key", "m3", "ask", "1", "6.3000");
  place("c-key", "t3", "bid", "1", "6.3000", "", kIoc);
  EXPECT_EQ(get("c-key", "/margin/positions")["positions.0.fees"], "0.00756") << "restarted at the close";
}

TEST_F(RestPortfolio, BalanceHasTheRecordedNumbersAndThePrimaryLast) {
  open_recorded_position();
  const Answer a = get("c-key", "/margin/balance");
  EXPECT_EQ(a.status, 200);
  EXPECT_EQ(a["settled_funds"], "50.0500");
  ASSERT_EQ(a.size("subaccount_balances"), 3U);
  EXPECT_EQ(a["subaccount_balances.0"],
            R"({"subaccount":1,"position_value":"0.0000","account_equity":"0.0000","maintenance_margin":"0.0000",)"
            R"("initial_margin":"0.0000","resting_orders_margin":"0.0000","available_balance":"0.0000"})");
  EXPECT_EQ(a["subaccount_balances.2"],
            R"({"subaccount":0,"position_value":"6.3329","account_equity":"50.0242","maintenance_margin":"0.8259",)"
            R"("initial_margin":"1.0737","resting_orders_margin":"0.0000","available_balance":"0.0000"})");
}

TEST_F(RestPortfolio, AvailableBalanceIsComputedWhenAsked) {
  open_recorded_position();
  place("c-key", "rests", "bid", "1", "6.3000");
  const Answer a = get("c-key", "/margin/balance?compute_available_balance=true");
  const DollarDecimal resting = usd(a["subaccount_balances.2.resting_orders_margin"]);
  EXPECT_GT(resting, usd("1.0"));
  EXPECT_LT(resting, usd("1.1"));
  EXPECT_EQ(usd(a["subaccount_balances.2.available_balance"]), usd("50.0242") - usd("1.0737") - resting);
  EXPECT_EQ(get("c-key", "/margin/balance?compute_available_balance=false")["subaccount_balances.2.available_balance"], "0.0000");
  EXPECT_EQ(get("c-key", "/margin/balance?compute_available_balance=yes").code(), "400 invalid_parameters");
}

TEST_F(RestPortfolio, ComputingTheAvailableBalanceCostsTenTimesAsMuch) {
  for (const Endpoint<RestDoorContext>& e : account_endpoints()) {
    if (e.path != "/margin/balance") continue;
    EndpointRequest request;
    EXPECT_EQ(e.cost, 5);
    ASSERT_NE(e.cost_of, nullptr);
    EXPECT_EQ(e.cost_of(request), 5);
    request.query["compute_available_balance"] = "true";
    EXPECT_EQ(e.cost_of(request), 50);
    request.query["compute_available_balance"] = "false";
    EXPECT_EQ(e.cost_of(request), 5);
    return;
  }
  FAIL() << "no balance";
}

TEST_F(RestPortfolio, RiskTellsLeverageAndLiquidationPrice) {
  const Answer flat = get("c-key", "/margin/risk");
  EXPECT_EQ(flat.text,
            R"({"account_leverage":null,"total_position_notional":"0.0000","total_maintenance_margin":"0.0000","positions":[]})");
  open_recorded_position();
  const Answer a = get("c-key", "/margin/risk");
  EXPECT_EQ(
      a.text,
      R"({"account_leverage":7.6679,"total_position_notional":"6.3329","total_maintenance_margin":"0.8259","positions":[)"
      R"({"subaccount":0,"market_ticker":"KXBTCPERP","position":"1.00","mark_price":"6.3329","position_notional":"6.3329",)"
      R"("maintenance_margin_required":"0.8259","position_leverage":7.6679,"estimated_liquidation_price":null,"is_portfolio":false}]})")
      << "50 dollars of equity cannot be lost on one contract of 6";
  // The short side has a price at which it is gone: dave has 2 dollars for one contract.
  exchange.run(commands::CreateAccount{{"dave", {{"d-key", KeyScope::Trading}}, false, {usd("2")}}});
  place("a-key", "m2", "bid", "1", "6.3329");
  place("d-key", "t2", "ask", "1", "6.3329", "", kIoc);
  mark("6.3329");
  const DollarDecimal at = usd(get("d-key", "/margin/risk")["positions.0.estimated_liquidation_price"]);
  EXPECT_GT(at, usd("7.3"));  // 2 - (p - 6.3329) = p / 7.668 at 7.37
  EXPECT_LT(at, usd("7.4"));
}

TEST_F(RestPortfolio, NotionalUsageIsTheLargerSideOfEachMarket) {
  const Answer none = get("a-key", "/margin/notional_risk_limit");
  EXPECT_EQ(none["default_notional_value_risk_limit"], "25000000.0000");
  EXPECT_EQ(none["notional_value_risk_limits_by_market_ticker"], "{}");
  EXPECT_EQ(none["total_current_usage"], "0.0000");
  EXPECT_EQ(none["current_usage_by_market_ticker"], "{}");
  EXPECT_EQ(none["member_notional_value_risk_limit"], "-");
  place("b-key", "m1", "ask", "2", "6.0000");
  place("a-key", "t1", "bid", "2", "6.0000", "", kIoc);
  place("a-key", "bid", "bid", "1", "5.9000");
  place("a-key", "ask", "ask", "1", "6.5000", R"(,"subaccount":1)");
  mark("6.1000");
  const Answer a = get("a-key", "/margin/notional_risk_limit");
  EXPECT_EQ(a["current_usage_by_market_ticker.KXBTCPERP"], "18.1000");  // 2 x 6.1 + 5.9
  EXPECT_EQ(a["total_current_usage"], "18.1000");
}

TEST_F(RestPortfolio, FillsShowBothSidesOfATrade) {
  const Answer maker = place("b-key", "m1", "ask", "1", "6.3587");
  exchange.advance(milliseconds(250));
  const Answer taker = place("c-key", "t1", "bid", "1", "6.3587", "", kIoc);
  const Answer mine = get("c-key", "/margin/fills");
  const std::string id = mine["fills.0.fill_id"];
  EXPECT_TRUE(is_uuid(id));
  EXPECT_EQ(mine.text, R"({"fills":[{"fill_id":")" + id + R"(","order_id":")" + taker["order_id"] +
                           R"(","is_taker":true,"side":"bid","count":"1.00","created_time":"2026-11-23T15:00:00.250Z",)"
                           R"("ticker":"KXBTCPERP","price":"6.3587","entry_price":"6.3587","fees":"0.007631","realized_pnl":"0.0000",)"
                           R"("order_source":"user"}],"cursor":""})");
  const Answer theirs = get("b-key", "/margin/fills");
  EXPECT_EQ(theirs["fills.0.is_taker"], "false");
  EXPECT_EQ(theirs["fills.0.order_id"], maker["order_id"]);
  EXPECT_EQ(theirs["fills.0.side"], "ask");
  EXPECT_EQ(theirs["fills.0.fill_id"], id);
  EXPECT_EQ(id, events.trades.back().match_id.view());
}

TEST_F(RestPortfolio, FillsPageAndFilter) {
  for (int i = 0; i < 5; ++i) {
    sell("b-key", "b" + std::to_string(i), 1, "6.0000");
    place("a-key", "t" + std::to_string(i), "bid", "1", "6.0000", i % 2 == 0 ? "" : R"(,"subaccount":1)", kIoc);
    exchange.advance(seconds(10));
  }
  const Answer first = get("a-key", "/margin/fills?limit=2");
  ASSERT_EQ(first.size("fills"), 2U);
  EXPECT_EQ(first["fills.0.created_time"], "2026-11-23T15:00:40Z");
  const Answer second = get("a-key", "/margin/fills?limit=3&cursor=" + first["cursor"]);
  ASSERT_EQ(second.size("fills"), 3U);
  EXPECT_EQ(second["fills.0.created_time"], "2026-11-23T15:00:20Z");
  EXPECT_EQ(second["cursor"], "");
  EXPECT_EQ(get("a-key", "/margin/fills?subaccount=1").size("fills"), 2U);
  const std::string from = std::to_string(to_epoch_seconds(kStart) + 10), to = std::to_string(to_epoch_seconds(kStart) + 30);
  EXPECT_EQ(get("a-key", "/margin/fills?min_ts=" + from + "&max_ts=" + to).size("fills"), 2U);
  for (const char* query : {"?limit=1001", "?limit=0", "?cursor=!!", "?min_ts=x"}) {
    EXPECT_EQ(get("a-key", "/margin/fills" + std::string(query)).code(), "400 invalid_parameters") << query;
  }
  door.read_lag = seconds(15);
  EXPECT_EQ(get("a-key", "/margin/fills").size("fills"), 4U) << "an older copy does not have the youngest";
}

TEST_F(RestPortfolio, FeesAreTheSameEverywhere) {
  const Answer a = get("a-key", "/margin/fee_tiers");
  EXPECT_TRUE(a.text.starts_with(R"({"maker_fee_rates":{"KXBTCPERP":0.0005,"KXETHPERP":0.0005,)")) << a.text;
  EXPECT_TRUE(a.text.ends_with(R"("KXKPEPEPERP":0.0012}})")) << a.text;
  EXPECT_EQ(a.json.at("maker_fee_rates").get_object().size(), views::market_count(exchange.state()));
  EXPECT_EQ(get("a-key", "/margin/fee_tier_rates").text,
            R"({"fee_tier_rates":[{"fee_schedule":"kalshi_prime","tier":0,"maker_fee_rate":0.0005,"taker_fee_rate":0.0012}]})");
  EXPECT_EQ(get("f-key", "/margin/fee_tier_rates")["fee_tier_rates.0.fee_schedule"], "fcm");
}

TEST_F(RestPortfolio, LimitsAreThoseOfTheBuckets) {
  EXPECT_EQ(get("a-key", "/account/limits/perps").text, R"({"usage_tier":"contract","read":{"refill_rate":400,"bucket_capacity":400},)"
                                                        R"("write":{"refill_rate":400,"bucket_capacity":800},"grants":[]})");
}

TEST_F(RestPortfolio, AnAccountThatIsNotEnabledHasNothing) {
  exchange.run(commands::CreateAccount{{"eve", {{"e-key", KeyScope::Trading}}, false, {usd("1000")}, false}});
  EXPECT_EQ(get("a-key", "/margin/enabled").text, R"({"enabled":true})");
  EXPECT_EQ(get("e-key", "/margin/enabled").text, R"({"enabled":false})");
  EXPECT_EQ(get("e-key", "/margin/balance").code(), "403 forbidden");
  EXPECT_EQ(get("e-key", "/margin/risk").code(), "403 forbidden");
  EXPECT_EQ(get("e-key", "/margin/notional_risk_limit").code(), "403 forbidden");
  EXPECT_EQ(get("e-key", "/margin/fee_tier_rates").code(), "403 forbidden");
  EXPECT_EQ(get("e-key", "/margin/positions").text, R"({"positions":[]})");
  EXPECT_EQ(get("e-key", "/margin/fills").text, R"({"fills":[],"cursor":""})");
  EXPECT_EQ(get("e-key", "/margin/fee_tiers").text, R"({"maker_fee_rates":{},"taker_fee_rates":{}})");
  EXPECT_EQ(get("e-key", "/account/limits/perps")["grants"], "[]");
}

TEST_F(RestPortfolio, BalanceAndRiskAreForDirectMembers) {
  EXPECT_EQ(get("f-key", "/margin/balance").status, 200) << "an FCM's own key is a direct member's";
  EXPECT_EQ(get("f-key", "/margin/risk").status, 200);
  EXPECT_EQ(get("f-key", "/margin/notional_risk_limit").status, 200) << "an FCM may read its limits";
}

class RestBasicTier : public RestTradingTest {
 protected:
  static ExchangeOptions with(RateTier tier) {
    ExchangeOptions o = quiet_options();
    o.tier = tier;
    return o;
  }
  RestBasicTier() : RestTradingTest(with(RateTier::Basic)) {}
};

TEST_F(RestBasicTier, LimitsAreTheRecordedOnes) {
  EXPECT_EQ(get("a-key", "/account/limits/perps").text, R"({"usage_tier":"basic","read":{"refill_rate":400,"bucket_capacity":400},)"
                                                        R"("write":{"refill_rate":100,"bucket_capacity":100},"grants":[]})");
}

}  // namespace
}  // namespace marginfix::sim
