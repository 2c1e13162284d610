// Settlement cycles: what becomes an obligation, and that everything adds up. Source: klear.md "Reports, obligations"; clearing.hpp.
#include <numeric>

#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/members.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// kStart is 10:00 Eastern.
constexpr Timestamp kNoon = kStart + hours(2), kClose = kStart + hours(6);

class SimSettlement : public ExchangeTest {
 protected:
  void at(Timestamp t) { exchange.step(t); }
  // alice buys from bob.
  void trade(std::int64_t contracts, std::string_view price, std::string_view customer = {}) {
    const std::string id = "a" + std::to_string(++orders_);
    NewOrder bid = order(id, Side::Buy, contracts, price);
    bid.customer_account = customer;
    ASSERT_TRUE(exchange.run(commands::Submit{from(customer.empty() ? "a-key" : "f-key"), bid}).accepted);
    sell("b-key", "b" + std::to_string(orders_), contracts, price);
  }
  const Clearing& clearing() const { return views::clearing(exchange.state()); }
  const Obligation& obligation(AccountId account, std::size_t index) const { return *clearing().obligations(account).at(index); }
  std::size_t count(AccountId account) const { return clearing().obligations(account).size(); }

 private:
  int orders_{0};
  std::vector<std::string> ids_;
};

TEST(SimSettlementTimes, AreNoonAndFourEasternEveryDay) {
  EXPECT_EQ(next_cycle_after(kStart), kNoon);
  EXPECT_EQ(next_cycle_after(kNoon), kClose);
  EXPECT_EQ(next_cycle_after(kClose), kNoon + hours(24));
  EXPECT_EQ(next_cycle_after(kNoon - std::chrono::microseconds(1)), kNoon);
  EXPECT_FALSE(closes_day(kNoon));
  EXPECT_TRUE(closes_day(kClose));
  // 2026-03-08 is the day summer time begins: noon is 16:00 UTC then, 17:00 the day before.
  const Timestamp march7 = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 3 / 7));
  EXPECT_EQ(next_cycle_after(march7 + hours(6)), march7 + hours(17));
  EXPECT_EQ(next_cycle_after(march7 + hours(22)), march7 + hours(24 + 16));
}

TEST_F(SimSettlement, NothingHappenedNothingIsOwed) {
  at(kClose + hours(1));
  EXPECT_EQ(count(alice), 0U);
  ASSERT_EQ(clearing().cycles().size(), 2U) << "prices are fixed all the same";
  EXPECT_EQ(clearing().cycles()[0].time, kNoon);
  EXPECT_EQ(clearing().last_price(market), clearing().cycles()[1].prices.at(market).second);
}

TEST_F(SimSettlement, ProfitIsMarkedAgainstTheSettlementPrice) {
  trade(10, "6.2577");
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.3000")}));
  at(kNoon + seconds(1));
  const Ticks price = clearing().cycle_at(kNoon)->prices.at(market).second;
  const Obligation& a = obligation(alice, 0);
  EXPECT_EQ(a.asset_class, "Crypto");
  EXPECT_EQ(a.execution, kNoon);
  EXPECT_EQ(a.pnl, 10 * (price - 62'577));
  EXPECT_EQ(obligation(bob, 0).pnl, -a.pnl);
  // Fees: 62.577 x 0.0005 (maker) = 0.0312885 dollars, rounded up to the micro-dollar, cut to the centicent.
  EXPECT_EQ(a.fees, 312);
  EXPECT_EQ(obligation(bob, 0).fees, 750);
  ASSERT_EQ(a.details.size(), 1U);
  EXPECT_EQ(a.details[0].position, lots(10).units());
  EXPECT_EQ(a.details[0].total(), a.pnl - a.fees);
  ASSERT_EQ(a.margins.size(), 1U);
  EXPECT_EQ(a.margins[0].margin, a.margin);
  EXPECT_EQ(a.margin_delta, a.margin) << "the first settlement asks for all of it";
  EXPECT_GT(a.margin, 0);
  EXPECT_EQ(a.amount(), a.pnl - a.fees - a.margin);
}

TEST_F(SimSettlement, TheNextCycleTakesOnlyWhatIsNew) {
  trade(10, "6.2577");
  at(kNoon + seconds(1));
  const Ticks noon = clearing().last_price(market).value();
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.1000")}));
  trade(5, "6.1000");
  at(kClose + seconds(1));
  const Ticks close = clearing().last_price(market).value();
  ASSERT_NE(noon, close);
  const Obligation& a = obligation(alice, 1);
  EXPECT_EQ(a.pnl, 10 * (close - noon) + 5 * (close - 61'000));
  EXPECT_EQ(a.margin_delta, a.margin - obligation(alice, 0).margin);
}

TEST_F(SimSettlement, ProfitTakenWithinASessionIsSettledTooAndMarginComesBack) {
  trade(10, "6.2500");
  at(kNoon + seconds(1));
  buy("b-key", "bb", 10, "6.3000");
  sell("a-key", "aa", 10, "6.3000");
  at(kClose + seconds(1));
  const Obligation& a = obligation(alice, 1);
  EXPECT_EQ(a.details[0].position, 0);
  EXPECT_EQ(obligation(alice, 0).pnl + a.pnl, 10 * (63'000 - 62'500)) << "over both cycles: what the trades brought";
  EXPECT_EQ(a.margin, 0);
  EXPECT_EQ(a.margin_delta, -obligation(alice, 0).margin);
  EXPECT_TRUE(views::positions(exchange.state(), alice)[0].realized_pnl == usd("0.5"));
  at(kClose + hours(24));
  EXPECT_EQ(count(alice), 2U) << "flat and settled: nothing more";
}

TEST_F(SimSettlement, EachSubtraderHasItsRowsAndItsMargin) {
  trade(10, "6.2577", "cust-1");
  trade(4, "6.2577", "cust-2");
  trade(1, "6.2577");
  const NewOrder away = [&] {
    NewOrder o = order("fs", Side::Sell, 3, "6.2577");
    o.customer_account = "cust-2";
    return o;
  }();
  exchange.run(commands::Submit{from("f-key"), away});
  buy("b-key", "bx", 3, "6.2577");
  at(kNoon + seconds(1));
  const Obligation& o = obligation(fcm, 0);
  ASSERT_EQ(o.details.size(), 2U);
  std::map<std::string, Qty> held;
  for (const auto& row : o.details) held[clearing().subtrader_id(fcm, row.subtrader)] = row.position;
  EXPECT_EQ(held, (std::map<std::string, Qty>{{"cust-1", lots(10).units()}, {"cust-2", lots(1).units()}}));
  EXPECT_EQ(o.margins.size(), 2U);
  EXPECT_EQ(obligation(alice, 0).details.at(0).subtrader, 0U) << "a member's own business";
  EXPECT_EQ(clearing().subtrader_id(alice, 0), clearing().user_id(alice));
}

TEST_F(SimSettlement, AGroupIsMarginedAsOnePortfolio) {
  trade(10, "6.2577", "cust-1");
  NewOrder o = order("fs", Side::Sell, 8, "6.2577");
  o.customer_account = "cust-2";
  exchange.run(commands::Submit{from("f-key"), o});
  buy("b-key", "bx", 8, "6.2577");
  at(kNoon + seconds(1));
  const Centicents apart = obligation(fcm, 0).margin;
  const auto made = exchange.run(commands::CreateSubtraderGroup{fcm, {"cust-1", "cust-2"}});
  ASSERT_EQ(made.fault, SubtraderGroupFault::None);
  at(kClose + seconds(1));
  const Obligation& together = obligation(fcm, 1);
  EXPECT_LT(together.margin * 5, apart) << "2 net instead of 18 gross";
  Centicents group = 0, left = 0;
  for (const MarginRow& row : together.margins) {
    if (row.group == made.group) {
      group += row.margin;
      EXPECT_EQ(row.delta, row.margin) << "the group is new";
    } else {
      left += row.margin;
      EXPECT_LT(row.delta, 0) << "what a subtrader had by itself comes back";
    }
  }
  EXPECT_EQ(group, together.margin);
  EXPECT_EQ(left, 0);
  exchange.run(commands::DeleteSubtraderGroup{fcm, made.group});
  at(kNoon + hours(24) + seconds(1));
  EXPECT_GT(obligation(fcm, 2).margin, group * 5);
}

TEST_F(SimSettlement, FundingIsPartOfTheProfitAndHasItsRows) {
  trade(1'000, "6.2577");
  // A premium: the book stands well above the reference for hours.
  buy("a-key", "bid", 1, "6.2900");
  sell("b-key", "ask", 1, "6.3000");
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.2500")}));
  at(kStart + hours(5) + seconds(1));  // funding at 20:00 UTC
  const ClearingMember& a = clearing().member(alice);
  ASSERT_FALSE(a.funding.empty());
  const FundingRow& row = a.funding[0];
  EXPECT_EQ(row.time, kStart + hours(5));
  EXPECT_EQ(row.position, lots(1'000).units());
  EXPECT_EQ(row.obligation, 0U) << "there before the settlement that carries it";
  EXPECT_LT(row.amount, 0) << "the book above the reference: longs pay";
  EXPECT_EQ(row.amount, -clearing().member(bob).funding.at(0).amount);
  const auto paid = views::funding_history(exchange.state(), alice, market, kStart, kStart + hours(6)).at(0).amount;
  EXPECT_EQ(row.amount, paid.units() / 100);
  at(kClose + seconds(1));
  const Obligation& o = obligation(alice, 1);
  EXPECT_EQ(clearing().member(alice).funding[0].obligation, o.no);
  const Ticks noon = clearing().cycle_at(kNoon)->prices.at(market).second;
  const Ticks close = clearing().cycle_at(kClose)->prices.at(market).second;
  EXPECT_EQ(o.pnl, 1'000 * (close - noon) + row.amount);
}

TEST_F(SimSettlement, ASplitMovesNoMoney) {
  trade(10, "6.2000");
  at(kNoon + seconds(1));
  CorporateAction split;
  split.market = market;
  split.type = CorporateActionType::StockSplit;
  split.execution_time = kNoon + hours(1);
  split.ratio_old = 1;
  split.ratio_new = 4;
  ASSERT_TRUE(exchange.run(commands::ScheduleAction{split}));
  at(kClose + seconds(1));
  const Obligation& o = obligation(alice, 1);
  EXPECT_EQ(o.details.at(0).position, lots(40).units());
  const CorporateRow& row = clearing().member(alice).corporate.at(0);
  EXPECT_EQ(row.type, "stock_split");
  EXPECT_EQ(row.before, lots(10).units());
  EXPECT_EQ(row.after, lots(40).units());
  EXPECT_EQ(row.amount, 0) << "nothing was left over";
  EXPECT_FALSE(row.payment_time);
  EXPECT_EQ(row.obligation, o.no);
  // 40 contracts at a quarter of the price are worth the same but for the rounding of the price (4 decimals).
  EXPECT_LE(std::abs(o.pnl), 40);
  EXPECT_EQ(obligation(bob, 1).pnl, -o.pnl);
}

TEST_F(SimSettlement, FractionsOfASplitAreSettledAsCashAndSubtradersGetTheirs) {
  trade(5, "6.2000", "cust-1");
  trade(3, "6.2000", "cust-2");
  at(kNoon + seconds(1));
  CorporateAction split;
  split.market = market;
  split.type = CorporateActionType::StockSplit;
  split.execution_time = kNoon + hours(1);
  split.ratio_old = 2;
  split.ratio_new = 1;
  ASSERT_TRUE(exchange.run(commands::ScheduleAction{split}));
  at(kNoon + hours(2));
  expect_all_well();
  Centicents cash = 0;
  Qty held = 0;
  for (const CorporateRow& row : clearing().member(fcm).corporate) {
    EXPECT_EQ(row.after % FixedPointCount::kOne, 0) << "whole contracts";
    cash += row.amount;
    held += row.after;
  }
  EXPECT_EQ(held, lots(4).units()) << "8 shared by 2";
  at(kClose + seconds(1));
  Centicents total = 0;
  for (const AccountId member : {alice, bob, fcm}) {
    for (const Obligation* o : clearing().obligations(member)) total += o->pnl;
  }
  total += clearing().cycles()[0].house_pnl + clearing().cycles()[1].house_pnl;
  EXPECT_EQ(total, 0);
}

TEST_F(SimSettlement, ADividendIsExplainedAndAlreadyInTheProfit) {
  trade(10, "6.2577");
  at(kNoon + seconds(1));
  CorporateAction dividend;
  dividend.market = market;
  dividend.execution_time = kNoon + hours(1);
  dividend.cash_per_contract = usd("0.0123");
  ASSERT_TRUE(exchange.run(commands::ScheduleAction{dividend}));
  at(kClose + seconds(1));
  const CorporateRow& row = clearing().member(alice).corporate.at(0);
  EXPECT_EQ(row.amount, 1'230);
  EXPECT_EQ(row.before, row.after);
  EXPECT_EQ(row.payment_time, kNoon + hours(1));
  const Obligation& o = obligation(alice, 1);
  EXPECT_EQ(row.obligation, o.no);
  const Ticks noon = clearing().cycle_at(kNoon)->prices.at(market).second;
  const Ticks close = clearing().cycle_at(kClose)->prices.at(market).second;
  EXPECT_EQ(o.pnl, 10 * (close - noon) + 1'230);
  EXPECT_EQ(clearing().member(bob).corporate.at(0).amount, -1'230);
}

TEST_F(SimSettlement, AFinalSettlementEndsThePositions) {
  trade(10, "6.2577");
  at(kNoon + seconds(1));
  CorporateAction end;
  end.market = market;
  end.type = CorporateActionType::FinalSettlement;
  end.execution_time = kNoon + hours(1);
  end.reason = "delisting";
  end.settlement_price_per_contract = usd("5.0000");
  ASSERT_TRUE(exchange.run(commands::ScheduleAction{end}));
  at(kClose + seconds(1));
  const Obligation& o = obligation(alice, 1);
  EXPECT_EQ(obligation(alice, 0).pnl + o.pnl, 10 * (50'000 - 62'577));
  EXPECT_EQ(o.margin, 0);
}

TEST_F(SimSettlement, TheEstimateIsWhatTheCycleThenSettles) {
  trade(10, "6.2577", "cust-1");
  trade(7, "6.2577");
  ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.3100")}));
  at(kNoon - std::chrono::microseconds(1));
  const auto before = clearing().estimate(fcm);
  const auto own = clearing().estimate(alice);
  ASSERT_EQ(before.size(), 1U);
  EXPECT_EQ(before[0].asset_class, "Crypto");
  at(kNoon);
  EXPECT_EQ(before[0].portfolios.at(0).amount(), obligation(fcm, 0).amount());
  EXPECT_EQ(own[0].portfolios.at(0).amount(), obligation(alice, 0).amount());
  const auto after = clearing().estimate(fcm);
  ASSERT_EQ(after.size(), 1U) << "the position is still held";
  EXPECT_EQ(after[0].portfolios.at(0).amount(), 0);
}

TEST_F(SimSettlement, TheSessionStartsAtTheSettlementPrice) {
  trade(10, "6.2577");
  const auto cost = [&] { return clearing().estimate(alice).at(0).portfolios.at(0).markets.at(0).session_cost; };
  EXPECT_EQ(cost(), 10 * usd("6.2577").units());
  at(kNoon);
  const Ticks noon = clearing().last_price(market).value();
  EXPECT_EQ(cost(), 10 * noon * 100);
  trade(10, "6.3000");
  EXPECT_EQ(cost(), 10 * noon * 100 + 10 * usd("6.3000").units());
  buy("b-key", "bb", 5, "6.4000");
  sell("a-key", "aa", 5, "6.4000");
  EXPECT_EQ(cost(), (10 * noon * 100 + 10 * usd("6.3000").units()) * 3 / 4) << "a sale takes its share of the average";
}

TEST_F(SimSettlement, ClosedDaysRememberWhatWasHeld) {
  trade(10, "6.2577");
  at(kClose + seconds(1));
  const auto& days = clearing().member(alice).days;
  ASSERT_EQ(days.size(), 1U);
  EXPECT_EQ(days[0].first, kClose);
  ASSERT_EQ(days[0].second.size(), 1U);
  EXPECT_EQ(days[0].second[0].net, lots(10).units());
}

TEST(SimSettlementHouse, ProfitsOfAllMembersSumToZeroInEveryCycle) {
  ExchangeOptions options;
  options.past = false;
  Exchange exchange(options);
  exchange.open(kNoon - minutes(2)).value();
  const AccountId alice = exchange.run(commands::CreateAccount{{"alice", {{"a-key", KeyScope::Trading}}, true, {usd("1000000")}}});
  int n = 0;
  for (int i = 0; i < 40; ++i) {
    exchange.step(i < 20 ? kNoon - minutes(2) + seconds(i) : kNoon + seconds(i));
    NewOrder o;
    const std::string id = "o" + std::to_string(++n);
    o.cl_ord_id = id;
    o.symbol = n % 3 == 0 ? "KXETHPERP" : kMarket;
    const auto best =
        views::depth(exchange.state(), views::find_market(exchange.state(), o.symbol).value(), n % 2 == 0 ? Side::Buy : Side::Sell, 1);
    ASSERT_FALSE(best.empty());
    o.side = n % 2 == 0 ? Side::Sell : Side::Buy;
    o.price = best[0].price;
    o.quantity = lots(3 + n % 7);
    o.customer_account = n % 5 == 0 ? "cust-1" : "";
    exchange.run(commands::Submit{{{views::find_key(exchange.state(), "a-key")->key, Door::Rest}, {}, 0}, o});
  }
  exchange.advance(kClose - exchange.now());
  EXPECT_EQ(views::check(exchange.state()), std::vector<std::string>{});
  ASSERT_EQ(views::clearing(exchange.state()).cycles().size(), 2U);
  EXPECT_EQ(views::clearing(exchange.state()).obligations(alice).size(), 2U);
  for (const SettlementCycle& c : views::clearing(exchange.state()).cycles()) {
    EXPECT_LE(std::abs(c.members_pnl + c.house_pnl), static_cast<Centicents>(3 * c.lines)) << "fractions of centicents";
    EXPECT_NE(c.members_pnl, 0);
  }
}

}  // namespace
}  // namespace marginfix::sim
