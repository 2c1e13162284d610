// The account: positions, fills, balance, risk, limits, fees. Source: rest-perps.md "Portfolio, balance, risk, fees".
#include <algorithm>

#include "integration/rest/fixture.hpp"

namespace marginfix::test {
namespace {

class RestAccount : public RestTest {};

TEST_F(RestAccount, positionsAndRiskFollowATrade) {
  trade(10, "6.0000");
  const auto positions = ask(rest::GetMarginPositions{.ticker = kQuiet}).positions;
  ASSERT_EQ(positions.size(), 1U);
  EXPECT_EQ(positions[0].position, contracts(10));
  EXPECT_EQ(positions[0].entry_price, dollars("6"));
  EXPECT_EQ(ask(bob(), rest::GetMarginPositions{}).positions.at(0).position, FixedPointCount::parse("-10.00").value());
  const auto risk = ask(rest::GetMarginRisk{});
  ASSERT_EQ(risk.positions.size(), 1U);
  EXPECT_EQ(risk.positions[0].market_ticker, kQuiet);
  EXPECT_GT(risk.positions[0].position_notional, DollarDecimal{});
}

TEST_F(RestAccount, fillsPage) {
  for (int i = 0; i < 4; ++i) trade(1, "6.0000");
  const auto page = ask(rest::GetMarginFills{.limit = 3});
  ASSERT_EQ(page.fills.size(), 3U);
  EXPECT_EQ(page.fills[0].side, BookSide::bid);
  EXPECT_TRUE(page.fills[0].is_taker);
  EXPECT_EQ(page.fills[0].price, dollars("6"));
  EXPECT_EQ(alice().portfolio().fills_all({.limit = 3}).collect()->size(), 4U);
}

TEST_F(RestAccount, balanceWithAndWithoutWhatIsAvailable) {
  ask(order("resting", BookSide::bid, 5, "5.0000"));
  const auto plain = ask(rest::GetMarginBalance{}).subaccount_balances;
  ASSERT_GE(plain.size(), 1U);
  for (const auto& balance : plain) EXPECT_EQ(balance.available_balance, DollarDecimal{});
  const auto whole = ask(rest::GetMarginBalance{.compute_available_balance = true}).subaccount_balances;
  const auto primary = std::ranges::find(whole, 0, &rest::MarginSubaccountBalance::subaccount);  // in no particular order
  ASSERT_NE(primary, whole.end());
  EXPECT_GT(primary->resting_orders_margin, DollarDecimal{});
  EXPECT_GT(primary->available_balance, DollarDecimal{});
}

TEST_F(RestAccount, limitsAndFees) {
  EXPECT_TRUE(ask(rest::GetMarginEnabled{}).enabled);
  ask(rest::GetMarginNotionalRiskLimit{});
  const auto fees = ask(rest::GetMarginFeeTiers{});
  EXPECT_EQ(fees.maker_fee_rates.at(kQuiet).to_string(), "0.0005");
  EXPECT_EQ(fees.taker_fee_rates.at(kQuiet).to_string(), "0.0012");
  EXPECT_FALSE(ask(rest::GetMarginFeeTierRates{}).fee_tier_rates.empty());
}

TEST_F(RestAccount, theBucketsOfTheClientFollowTheExchange) {
  const auto limits = ask(rest::GetPerpsAccountApiLimits{});
  EXPECT_EQ(limits.write.bucket_capacity, 800);
  ASSERT_TRUE(alice().margin().api_limits());
  EXPECT_EQ(alice().limits()->write().options().capacity, 800);
  EXPECT_EQ(alice().limits()->write().options().refill_per_second, 400);
  EXPECT_EQ(alice().limits()->read().options().capacity, limits.read.bucket_capacity);
}

TEST_F(RestAccount, theCostsOfTheClientFollowTheExchange) {
  const auto told = ask(rest::GetAccountEndpointCosts{});
  EXPECT_EQ(told.default_cost, 10);
  const auto cost_of = [&](std::string_view method, std::string_view path) {
    const auto found =
        std::ranges::find_if(told.endpoint_costs, [&](const rest::EndpointTokenCost& e) { return e.method == method && e.path == path; });
    return found == told.endpoint_costs.end() ? -1 : found->cost;
  };
  EXPECT_EQ(cost_of("DELETE", "/trade-api/v2/margin/orders/{order_id}"), 1);
  EXPECT_EQ(cost_of("DELETE", "/trade-api/v2/margin/orders"), 1);
  EXPECT_EQ(cost_of("POST", "/trade-api/v2/margin/orders/{order_id}/decrease"), 1);
  EXPECT_EQ(cost_of("GET", "/trade-api/v2/margin/balance"), 5);
  EXPECT_EQ(cost_of("POST", "/trade-api/v2/margin/orders"), -1) << "what costs the default is left out";
  const auto& limits = *alice().limits();
  alice().limits()->set_costs({20, 7});
  ASSERT_TRUE(alice().account().endpoint_costs());
  EXPECT_EQ(limits.cost(RequestKind::order), 10);
  EXPECT_EQ(limits.cost(RequestKind::cancel), 1);
}

TEST_F(RestAccount, costsThatAreNotToldStayAsTheyAre) {
  alice().limits()->set_costs({20, 7});
  for (const char* how : {R"("status":404)", R"("status":403)"}) {
    const std::string fault = R"({"method":"GET","path":"/account/endpoint_costs",)" + std::string(how) + "}";
    ASSERT_EQ(sim::test::control(sim(), "POST", "/fault", fault).first, 200);
    EXPECT_FALSE(alice().account().endpoint_costs()) << how;
    EXPECT_EQ(alice().limits()->cost(RequestKind::order), 20);
    EXPECT_EQ(alice().limits()->cost(RequestKind::cancel), 7);
  }
}

}  // namespace
}  // namespace marginfix::test
