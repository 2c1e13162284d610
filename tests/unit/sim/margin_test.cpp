// Margin: rounding as recorded, leverage that falls with size, subaccounts, liquidation prices, notional limits.
// Source: observed.md "Markets, numbers"; rest-perps.md "Positions, risk, balance, fees".
#include "sim/exchange/members/margin.hpp"

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/risk.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

TEST(SimMargin, RoundsUpAsRecorded) {
  MarketSpec demo;
  demo.leverage_tenthousandths = 76'680;
  const Micros maintenance = maintenance_margin(demo, usd("6.3329").units());
  EXPECT_EQ(to_dollars(maintenance), usd("0.8259"));
  EXPECT_EQ(to_dollars(initial_margin(demo, maintenance)), usd("1.0737"));
  EXPECT_EQ(maintenance_margin(demo, 0), 0);
  EXPECT_EQ(maintenance_margin(demo, 1), kMarginStep) << "the least there is";
}

TEST(SimMargin, TakesMoreOfALargerPositionAndNeverMoreThanAllOfIt) {
  const MarketSpec btc = production_markets().front();
  Micros before = 0;
  for (const std::int64_t dollars : {1'000, 100'000, 200'000, 1'000'000, 25'000'000, 1'000'000'000}) {
    const Micros notional = DollarDecimal::whole(dollars).units();
    const Micros margin = maintenance_margin(btc, notional);
    EXPECT_GT(margin, before);
    EXPECT_LE(margin, notional);
    EXPECT_GE(static_cast<Wide>(margin) * btc.leverage_tenthousandths, static_cast<Wide>(notional) * 10'000) << dollars;
    before = margin;
  }
  const Micros million = DollarDecimal::whole(1'000'000).units();
  EXPECT_GT(maintenance_margin(btc, million), 10 * maintenance_margin(btc, million / 10)) << "two small ones need less";
  EXPECT_EQ(maintenance_margin(btc, 1'000 * million), 1'000 * million) << "leverage ends at 1";
}

TEST(SimMargin, HealthComparesMaintenanceWithEquity) {
  EXPECT_FALSE((Health{100, 90}.at_ratio(91)));
  EXPECT_TRUE((Health{100, 91}.at_ratio(91)));
  EXPECT_FALSE((Health{100, 99}.at_ratio(100)));
  EXPECT_TRUE((Health{100, 100}.at_ratio(100)));
  EXPECT_TRUE((Health{0, 1}.at_ratio(100)));
  EXPECT_TRUE((Health{-5, 1}.at_ratio(100)));
  EXPECT_FALSE((Health{-5, 0}.at_ratio(100))) << "nothing that could be closed";
}

class SimMarginViews : public ExchangeTest {
 protected:
  MarginView margin(AccountId account, std::size_t subaccount = 0) const {
    return views::margins(exchange.state(), account).at(subaccount);
  }
  PositionRiskView risk(AccountId account) const { return views::position_risks(exchange.state(), account).at(0); }
  void trade(std::int64_t contracts, std::string_view price, int subaccount = 0) {
    static int number = 0;
    const std::string id = "m" + std::to_string(++number);
    sell("b-key", id, contracts, price);
    NewOrder o = order(id, Side::Buy, contracts, price);
    o.subaccount = subaccount;
    ASSERT_EQ(send("a-key", o).filled, lots(contracts));
  }
};

TEST_F(SimMarginViews, EquityAndMarginsOfASubaccount) {
  trade(100, "6.2000");
  // mark = reference = 6.2577: both sides of the book are empty
  EXPECT_EQ(risk(alice).mark, usd("6.2577"));
  const MarginView m = margin(alice);
  EXPECT_EQ(m.position_notional, usd("625.77"));
  EXPECT_EQ(m.unrealized_pnl, usd("5.77"));
  EXPECT_EQ(m.cash, usd("100000") - usd("0.744"));  // 620 x 0.0012
  EXPECT_EQ(m.equity, m.cash + usd("5.77"));
  EXPECT_EQ(m.maintenance_margin, usd("106.2428"));  // 625.77 / 5.89 = 106.242784
  EXPECT_EQ(m.initial_margin, usd("138.1157"));      // x 1.3 = 138.11564
  EXPECT_TRUE(m.resting_orders_margin.is_zero());
  EXPECT_EQ(m.available, m.equity - usd("138.1157"));
  EXPECT_EQ(margin(bob).unrealized_pnl, usd("-5.77"));
  EXPECT_EQ(margin(bob).position_notional, usd("625.77"));
  EXPECT_TRUE(margin(alice, 1).maintenance_margin.is_zero()) << "subaccounts stand alone";
}

TEST_F(SimMarginViews, RestingOrdersNeedMarginOnlyForWhatTheyAdd) {
  trade(100, "6.2577");
  buy("a-key", "more", 50, "6.0000");
  // long side 625.77 + 300 = 925.77: 157.1766 x 1.3 = 204.32958
  EXPECT_EQ(margin(alice).resting_orders_margin, usd("204.3296") - margin(alice).initial_margin);
  sell("a-key", "close", 100, "6.9000");
  EXPECT_EQ(margin(alice).resting_orders_margin, usd("204.3296") - margin(alice).initial_margin) << "closing costs nothing";
  EXPECT_EQ(views::balances(exchange.state(), alice)[0].initial_margin, usd("204.3296"));
}

TEST_F(SimMarginViews, LiquidationPriceIsWhereEquityMeetsMaintenance) {
  trade(1000, "6.2577");
  exchange.run(commands::Deposit{bob, 0, usd("-98000")}).value();  // 2000 dollars behind a short of 6257.70
  const auto price = risk(bob).liquidation_price;
  ASSERT_TRUE(price);
  const auto health_at = [&](DollarDecimal mark) {
    exchange.run(commands::SetReference{market, mark}).value();
    const MarginView m = margin(bob);
    return m.equity - m.maintenance_margin;
  };
  EXPECT_LE(health_at(*price).units(), 0);
  EXPECT_GT(health_at(*price - usd("0.0001")).units(), 0) << "one tick before it is still well";
  EXPECT_FALSE(risk(alice).liquidation_price) << "100,000 dollars hold a long of 6,000 down to nothing";
}

TEST_F(SimMarginViews, LiquidationPriceOfALong) {
  trade(1000, "6.2577");
  exchange.run(commands::Deposit{alice, 0, usd("-98000")}).value();
  const auto price = risk(alice).liquidation_price;
  ASSERT_TRUE(price);
  EXPECT_LT(*price, usd("6.2577"));
  exchange.run(commands::SetReference{market, *price}).value();
  EXPECT_LE(margin(alice).equity, margin(alice).maintenance_margin);
  exchange.run(commands::SetReference{market, *price + usd("0.0001")}).value();
  EXPECT_GT(margin(alice).equity, margin(alice).maintenance_margin);
}

TEST_F(SimMarginViews, NotionalUsageCountsBothSidesOverAllSubaccounts) {
  trade(100, "6.2577");
  trade(10, "6.2577", 1);
  buy("a-key", "b1", 10, "6.0000");
  sell("a-key", "s1", 20, "7.0000");
  const NotionalUsageView u = views::notional_usage(exchange.state(), alice);
  ASSERT_EQ(u.markets.size(), 1U);
  EXPECT_EQ(u.markets[0].market, market);
  EXPECT_EQ(u.total, usd("688.347") + usd("60")) << "110 long at the mark and the bids; the asks alone are less";
  EXPECT_EQ(u.per_market_limit, usd("25000000"));
  EXPECT_EQ(u.account_limit, usd("100000000"));
  EXPECT_EQ(u.effective_account_limit(), u.account_limit);
  sell("a-key", "s2", 200, "7.0000");
  EXPECT_EQ(views::notional_usage(exchange.state(), alice).total, usd("1540"));
}

class SimSmallLimits : public ExchangeTest {
 protected:
  static ExchangeOptions options() {
    ExchangeOptions o = quiet_options();
    o.per_market_limit = usd("1000");
    o.account_limit = usd("1500");
    return o;
  }
  SimSmallLimits() : ExchangeTest(options()) {}
};

TEST_F(SimSmallLimits, OrdersStayWithinMarketAndAccount) {
  EXPECT_TRUE(buy("a-key", "a1", 160, "6.0000").accepted);
  EXPECT_EQ(buy("a-key", "a2", 10, "6.0000").reason, Reason::ExceededPerMarketRiskLimit);
  NewOrder other = order("a3", Side::Buy, 500, "1.0000");
  other.symbol = "KXXRPPERP";
  other.subaccount = 1;
  EXPECT_TRUE(send("a-key", other).accepted);
  other.cl_ord_id = "a4";
  other.quantity = lots(50);
  EXPECT_EQ(send("a-key", other).reason, Reason::NotionalRiskLimitExceeded) << "960 + 500 + 50";
  EXPECT_TRUE(sell("a-key", "a5", 160, "6.2000").accepted) << "the smaller side is free";
}

}  // namespace
}  // namespace marginfix::sim
