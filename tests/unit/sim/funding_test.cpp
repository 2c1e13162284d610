// Marks and funding: what the prices follow, rates with deadband and cap, payments that make and lose no micro-dollar.
#include "sim/exchange/market/funding.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/values/random.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class SimFunding : public ExchangeTest {
 protected:
  void trade(const char* buyer, const char* seller, std::int64_t contracts, std::string_view price) {
    const std::string id = std::to_string(++trades_);
    buy(buyer, "m" + id, contracts, price);
    sell(seller, "t" + id, contracts, price, TimeInForce::IOC);
  }
  DollarDecimal liquidation_mark() const { return views::market(exchange.state(), market).liquidation_mark; }
  DollarDecimal settlement_mark() const { return views::market(exchange.state(), market).settlement_mark; }
  int trades_{0};
};

TEST_F(SimFunding, TimesAreFourTwelveAndTwentyUtc) {
  EXPECT_EQ(next_funding_after(kStart), kStart + hours(5));
  EXPECT_EQ(next_funding_after(kStart + hours(5)), kStart + hours(13)) << "strictly later";
  EXPECT_EQ(next_funding_after(kStart + hours(5) - milliseconds(1)), kStart + hours(5));
  EXPECT_EQ(views::funding_estimate(exchange.state(), market).next_funding_time, kStart + hours(5));
}

TEST_F(SimFunding, RatesAreExactAndKnowDeadbandCapAndEmptySeconds) {
  MarketSpec spec;
  const auto rate = [&](std::int64_t secs, std::int64_t measured, std::int64_t sum) {
    return rate_decimal(funding_rate({secs, measured, sum}, spec)).to_string();
  };
  EXPECT_EQ(rate(3, 3, 100'000), "0.0003333333333333");
  EXPECT_EQ(rate(3, 3, -200'000), "-0.0006666666666667");
  EXPECT_EQ(rate(3, 3, 29'999), "0") << "below 0.0001";
  EXPECT_EQ(rate(3, 3, -29'999), "0");
  EXPECT_EQ(rate(3, 3, 30'000), "0.0001") << "at 0.0001 it counts";
  EXPECT_EQ(rate(1, 1, 5'000'000), "0.02") << "capped";
  EXPECT_EQ(rate(1, 1, -5'000'000), "-0.02");
  EXPECT_EQ(rate(0, 0, 0), "0");
  EXPECT_EQ(rate(100, 50, 2'000'000), "0.0002") << "dampen: empty seconds count as 0";
  spec.invalid_premium = InvalidPremium::Exclude;
  EXPECT_EQ(rate(100, 50, 2'000'000), "0.0004") << "exclude: they do not count";
  EXPECT_EQ(rate(100, 0, 0), "0");
}

TEST_F(SimFunding, AmountsRoundHalfToEven) {
  EXPECT_EQ(funding_amount(100, 62'577, kRateOne / 1'000), -6'258) << "6257.7 micro-dollars";
  EXPECT_EQ(funding_amount(-100, 62'577, kRateOne / 1'000), 6'258);
  EXPECT_EQ(funding_amount(1, 5, kRateOne / 10), 0) << "0.5";
  EXPECT_EQ(funding_amount(-1, 15, kRateOne / 10), 2) << "1.5";
  EXPECT_EQ(funding_amount(1'000'000'000, 1'000'000'000, kRateOne / 50), -20'000'000'000'000'000);
}

TEST_F(SimFunding, MarksAreTheReferenceUntilABookLeadsThemAway) {
  EXPECT_EQ(liquidation_mark(), usd("6.2577"));
  EXPECT_EQ(settlement_mark(), usd("6.2577"));
  buy("a-key", "a", 1, "6.2640");
  sell("b-key", "b", 1, "6.2660");  // middle 6.2650: premium 0.0011666
  EXPECT_EQ(liquidation_mark(), usd("6.2577")) << "not at once";
  exchange.step(kStart + seconds(30));
  EXPECT_GT(liquidation_mark(), usd("6.2610"));
  EXPECT_LT(liquidation_mark(), usd("6.2640"));
  EXPECT_LT(settlement_mark(), usd("6.2590")) << "slower";
  exchange.step(kStart + minutes(10));
  EXPECT_EQ(liquidation_mark(), usd("6.2650"));
  EXPECT_LT(settlement_mark(), usd("6.2640"));
  exchange.step(kStart + hours(3));
  EXPECT_EQ(settlement_mark(), usd("6.2650"));
  cancel("a-key", "c", "a");
  exchange.step(kStart + hours(4));
  EXPECT_EQ(liquidation_mark(), usd("6.2577")) << "no book, no premium";
}

TEST_F(SimFunding, MarksGoNoFurtherThanTheirBounds) {
  buy("a-key", "a", 1, "6.4500");
  sell("b-key", "b", 1, "6.4600");  // 3 % above
  exchange.step(kStart + hours(3));
  EXPECT_EQ(liquidation_mark(), usd("6.2890")) << "0.5 %";
  EXPECT_EQ(settlement_mark(), usd("6.2733")) << "0.25 %";
}

TEST_F(SimFunding, ABookWithSidesFarApartOrAHaltHasNoPremium) {
  buy("a-key", "a", 1, "6.0000");
  sell("b-key", "b", 1, "6.8000");
  exchange.step(kStart + seconds(10));
  EXPECT_FALSE(views::funding_estimate(exchange.state(), market).premium);
  buy("a-key", "a2", 1, "6.6000");
  exchange.step(kStart + seconds(20));
  EXPECT_TRUE(views::funding_estimate(exchange.state(), market).premium);
  exchange.run(commands::Halt{market, true});
  exchange.step(kStart + seconds(30));
  EXPECT_FALSE(views::funding_estimate(exchange.state(), market).premium);
  exchange.run(commands::Halt{market, false});
  exchange.run(commands::SetPaused{true});
  exchange.step(kStart + seconds(40));
  EXPECT_FALSE(views::funding_estimate(exchange.state(), market).premium);
}

TEST_F(SimFunding, ControlPutsTheReferenceAnywhere) {
  EXPECT_FALSE(exchange.run(commands::SetReference{market, usd("0")}));
  EXPECT_FALSE(exchange.run(commands::SetReference{market, usd("6.00005")}));
  EXPECT_FALSE(exchange.run(commands::SetReference{999, usd("6")}));
  exchange.step(kStart + seconds(5));
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("7.5")}));
  EXPECT_EQ(views::market(exchange.state(), market).reference_price, usd("7.5"));
  EXPECT_EQ(liquidation_mark(), usd("7.5"));
  EXPECT_EQ(views::reference_time(exchange.state(), market), kStart + seconds(5));
}

TEST_F(SimFunding, EveryPositionPaysOrGetsItsShareOnce) {
  exchange.run(commands::CreateSubaccount{bob});
  exchange.run(commands::Transfer{bob, 0, 1, usd("5000")});
  trade("a-key", "b-key", 100, "6.2577");
  NewOrder o = order("s1", Side::Sell, 30, "6.2577");
  o.subaccount = 1;
  send("b-key", o);
  buy("f-key", "f1", 30, "6.2577", TimeInForce::IOC);
  buy("a-key", "bid", 1, "6.2640");
  sell("b-key", "ask", 1, "6.2660");
  exchange.step(kStart + hours(5) - seconds(1));
  EXPECT_TRUE(views::funding_history(exchange.state(), alice, {}, kStart, exchange.now() + hours(1)).empty());
  const auto cash = [&](AccountId account, std::size_t subaccount) { return views::balances(exchange.state(), account)[subaccount].cash; };
  const DollarDecimal before[] = {cash(alice, 0), cash(bob, 0), cash(bob, 1), cash(fcm, 0)};
  exchange.step(kStart + hours(5));
  const auto mine = views::funding_history(exchange.state(), alice, {}, kStart, kStart + hours(6));
  ASSERT_EQ(mine.size(), 1U);
  EXPECT_EQ(mine[0].quantity, lots(100));
  EXPECT_EQ(mine[0].mark, settlement_mark());
  EXPECT_EQ(mine[0].funding_time, kStart + hours(5));
  EXPECT_EQ(mine[0].rate.to_string(), "0.00116656");
  EXPECT_EQ(mine[0].amount, DollarDecimal::from_units(-730'850)) << "100 x 6.2650 x 0.00116656, longs pay";
  EXPECT_EQ(cash(alice, 0) - before[0], mine[0].amount);
  const auto theirs = views::funding_history(exchange.state(), bob, market, kStart, kStart + hours(6));
  ASSERT_EQ(theirs.size(), 2U);
  EXPECT_EQ(cash(bob, 0) - before[1], theirs[0].amount);
  EXPECT_EQ(cash(bob, 1) - before[2], theirs[1].amount);
  EXPECT_EQ(theirs[0].amount, DollarDecimal::from_units(730'850));
  EXPECT_EQ(theirs[1].quantity, -lots(30));
  EXPECT_EQ(cash(fcm, 0) - before[3], -theirs[1].amount);
  EXPECT_EQ(views::funding_history(exchange.state(), bob, market, kStart, kStart + hours(6), 1).size(), 1U);
  const auto rates = views::funding_rates(exchange.state(), market, {}, {});
  ASSERT_EQ(rates.size(), 1U);
  EXPECT_EQ(rates[0].rate, mine[0].rate);
  exchange.step(kStart + hours(5) + seconds(1));
  EXPECT_EQ(views::funding_history(exchange.state(), alice, {}, kStart, kStart + hours(9)).size(), 1U) << "once";
}

TEST_F(SimFunding, ARateOfZeroIsARateButNobodysEntry) {
  trade("a-key", "b-key", 100, "6.2577");
  exchange.step(kStart + hours(5));
  const auto rates = views::funding_rates(exchange.state(), market, {}, {});
  ASSERT_EQ(rates.size(), 1U);
  EXPECT_EQ(rates[0].rate.to_string(), "0");
  EXPECT_TRUE(views::funding_history(exchange.state(), alice, {}, kStart, kStart + hours(6)).empty());
}

TEST_F(SimFunding, TheEstimateBecomesTheRate) {
  trade("a-key", "b-key", 10, "6.2577");
  buy("a-key", "bid", 1, "6.2540");
  sell("b-key", "ask", 1, "6.2740");
  exchange.step(kStart + hours(2));
  cancel("a-key", "c", "bid");
  exchange.step(kStart + hours(5) - milliseconds(1));
  const auto estimate = views::funding_estimate(exchange.state(), market);
  EXPECT_EQ(estimate.rate.to_string(), "0.000402704") << "0.00100676 over two of five hours";
  exchange.step(kStart + hours(5));
  EXPECT_EQ(views::funding_rates(exchange.state(), market, {}, {}).front().rate, estimate.rate);
  EXPECT_EQ(views::funding_estimate(exchange.state(), market).rate.to_string(), "0") << "a new period";
}

// A day of random trading over many accounts and subaccounts, with funding three times: no micro-dollar is made or lost.
TEST(SimFundingDay, ConservesTheMoneyOfManyAccounts) {
  ExchangeOptions options;
  options.past = options.house = false;
  Exchange exchange(options);
  exchange.open(kStart).value();
  std::vector<KeyNo> keys;
  for (int i = 0; i < 25; ++i) {
    const std::string name = "acc" + std::to_string(i);
    exchange.run(commands::CreateAccount{{name, {{name, KeyScope::Trading}}, i % 3 == 0, {usd("500000"), usd("500000")}}});
    keys.push_back(views::find_key(exchange.state(), name)->key);
  }
  Random random(11);
  for (int i = 0; i < 1'500; ++i) {
    exchange.advance(seconds(random.between(1, 115)));
    const auto no = static_cast<MarketNo>(random.below(11));
    const auto info = views::market(exchange.state(), no);
    const std::string id = std::to_string(i);
    const auto ticks = info.reference_price.units() / 100;
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = info.symbol;
    o.side = random.below(2) == 0 ? Side::Buy : Side::Sell;
    o.quantity = lots(random.between(1, 90));
    o.price = DollarDecimal::from_units((ticks + random.between(-ticks / 500, ticks / 250)) * 100);  // the books lean upwards
    o.time_in_force = TimeInForce::GTC;
    o.subaccount = static_cast<int>(random.below(2));
    exchange.run(commands::Submit{{{keys[random.below(keys.size())], Door::FixNR}, {}, 0}, o});
    if (i % 50 == 0) {
      const auto findings = views::check(exchange.state());
      ASSERT_TRUE(findings.empty()) << findings.front();
    }
  }
  EXPECT_TRUE(views::check(exchange.state()).empty());
  EXPECT_GE(views::funding_rates(exchange.state(), MarketNo{0}, {}, {}).size(), 3U);
  std::size_t nonzero = 0, payments = 0;
  for (const auto& r : views::funding_rates(exchange.state(), {}, {}, {})) nonzero += r.rate.to_string() != "0" ? 1U : 0U;
  EXPECT_GT(nonzero, 10U);
  for (AccountId a = 0; a < 27; ++a) payments += views::funding_history(exchange.state(), a, {}, kStart, exchange.now()).size();
  EXPECT_GT(payments, 200U);
}

// ---- an index: quoted on business days, funded once a day ------------------------------------------------------------------------

constexpr Timestamp kIndexMonday = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23));

TEST(SimIndexMarket, ItsUnderlyingIsQuotedOnBusinessDays) {
  constexpr auto kIndex = ReferenceHours::BusinessDays;
  EXPECT_EQ(last_quoted(ReferenceHours::Always, kIndexMonday), kIndexMonday);
  EXPECT_EQ(last_quoted(kIndex, kIndexMonday + hours(15)), kIndexMonday + hours(15));
  EXPECT_EQ(last_quoted(kIndex, kIndexMonday + hours(23)), kIndexMonday + hours(20) + minutes(20));
  EXPECT_EQ(last_quoted(kIndex, kIndexMonday + hours(29)), kIndexMonday + hours(20) + minutes(20)) << "05:00 the next day";
  EXPECT_EQ(last_quoted(kIndex, kIndexMonday + hours(1)), kIndexMonday - hours(72) + hours(20) + minutes(20)) << "over the weekend";
  EXPECT_EQ(next_funding_after(kIndexMonday + hours(1), kIndex), kIndexMonday + hours(20));
  EXPECT_EQ(next_funding_after(kIndexMonday + hours(20), kIndex), kIndexMonday + hours(44)) << "strictly later";
  EXPECT_EQ(next_funding_after(kIndexMonday + hours(24 * 4 + 20), kIndex), kIndexMonday + hours(24 * 7 + 20)) << "Friday to Monday";
}

class SimIndexFunding : public ExchangeTest {
 protected:
  MarketNo index() const { return views::find_market(exchange.state(), "KXUS500PERP").value(); }
  OrderOutcome at_index(std::string_view key, std::string_view id, Side side, std::string_view price) {
    NewOrder o = order(id, side, 10, price);
    o.symbol = "KXUS500PERP";
    return send(key, o);
  }
};

TEST_F(SimIndexFunding, ItIsFundedOnceADayAndTheEstimateIsZeroInBetween) {
  const MarketNo us500 = index();
  // A book that stands above the reference: longs pay.
  ASSERT_TRUE(at_index("a-key", "bid", Side::Buy, "13.7000").accepted);
  ASSERT_TRUE(at_index("b-key", "hit", Side::Sell, "13.7000").accepted);
  ASSERT_TRUE(at_index("a-key", "bid2", Side::Buy, "13.7000").accepted);
  ASSERT_TRUE(at_index("b-key", "ask", Side::Sell, "13.7200").accepted);
  exchange.step(kIndexMonday + hours(16));
  const auto day = views::funding_estimate(exchange.state(), us500);
  EXPECT_NE(day.rate.to_string(), "0") << "quoted: an estimate";
  EXPECT_EQ(day.next_funding_time, kIndexMonday + hours(20));
  exchange.step(kIndexMonday + hours(30));  // 06:00: past 20:00 and 04:00
  ASSERT_EQ(views::funding_rates(exchange.state(), us500, std::nullopt, std::nullopt).size(), 1U);
  EXPECT_EQ(views::funding_rates(exchange.state(), us500, std::nullopt, std::nullopt)[0].funding_time, kIndexMonday + hours(20));
  EXPECT_EQ(views::funding_history(exchange.state(), alice, us500, kIndexMonday, kIndexMonday + hours(48)).size(), 1U);
  const auto night = views::funding_estimate(exchange.state(), us500);
  EXPECT_EQ(night.rate.to_string(), "0");
  EXPECT_EQ(night.next_funding_time, kIndexMonday + hours(44));
  EXPECT_EQ(views::funding_estimate(exchange.state(), market).next_funding_time, kIndexMonday + hours(36))
      << "the others every eight hours";
}

TEST_F(SimIndexFunding, ItsReferencePriceIsOldOvernightWhileItsBookMoves) {
  exchange.run(commands::SetHouse{true});
  exchange.step(kIndexMonday + hours(16));
  EXPECT_GT(views::reference_time(exchange.state(), index()), kIndexMonday + hours(15));
  exchange.step(kIndexMonday + hours(30));
  const Timestamp quoted = views::reference_time(exchange.state(), index());
  EXPECT_LE(quoted, kIndexMonday + hours(20) + minutes(20));
  const auto trades = views::trades(exchange.state(), index(), kIndexMonday + hours(21), kIndexMonday + hours(30));
  EXPECT_FALSE(trades.empty()) << "trading goes on";
  EXPECT_GT(views::reference_time(exchange.state(), market), kIndexMonday + hours(29))
      << "the others' underlyings are quoted around the clock";
}

}  // namespace
}  // namespace marginfix::sim
