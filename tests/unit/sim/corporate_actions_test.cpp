// Corporate actions: what they do to orders, positions, money, the market; who is told of it; that a restart knows.
#include <algorithm>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/values/random.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Actions : public EventSink {
 public:
  void on_corporate_action(const CorporateActionEvent& e) override { applied.push_back(e.action); }
  void on_market_status(const MarketStatusEvent& e) override {
    states.emplace_back(std::string(e.symbol) + (e.halted ? " halted" : " open"));
  }
  std::vector<CorporateActionView> applied;
  std::vector<std::string> states;
};

class SimActions : public ExchangeTest {
 protected:
  SimActions() { exchange.add_sink(heard); }
  void trade(std::int64_t contracts, std::string_view price) {
    const std::string id = std::to_string(++trades_);
    buy("a-key", "m" + id, contracts, price);
    sell("b-key", "t" + id, contracts, price, TimeInForce::IOC);
  }
  CorporateAction of(CorporateActionType type) const {
    CorporateAction a;
    a.market = market;
    a.type = type;
    a.execution_time = kStart + hours(1);
    return a;
  }
  CorporateAction split(std::int64_t ratio_old, std::int64_t ratio_new) const {
    CorporateAction a = of(CorporateActionType::StockSplit);
    a.ratio_old = ratio_old;
    a.ratio_new = ratio_new;
    return a;
  }
  Uuid schedule(const CorporateAction& a) { return exchange.run(commands::ScheduleAction{a}).value(); }
  CorporateActionStatus status_of(const Uuid& id) const {
    const auto all = views::corporate_actions(exchange.state(), {}, true);
    return std::ranges::find_if(all, [&](const auto& v) { return v.id.view() == id.view(); })->status;
  }
  PositionView position_of(AccountId account) const { return views::positions(exchange.state(), account).at(0); }
  DollarDecimal equity(AccountId account) const { return views::balances(exchange.state(), account).at(0).equity; }
  Actions heard;
  int trades_{0};
};

TEST_F(SimActions, ASplitKeepsEverybodysMoney) {
  trade(30, "6.0000");
  trade(12, "6.5001");
  buy("a-key", "rests", 5, "5.9000");
  const DollarDecimal before[] = {equity(alice), equity(bob)};
  schedule(split(1, 4));
  exchange.step(kStart + hours(1));
  EXPECT_EQ(position_of(alice).net, lots(168));
  EXPECT_EQ(position_of(bob).net, -lots(168));
  EXPECT_EQ(position_of(alice).entry_price, usd("1.535721")) << "6.142886 / 4";
  EXPECT_EQ(views::market(exchange.state(), market).reference_price, usd("1.5644")) << "6.2577 / 4 = 1.564425";
  EXPECT_EQ(views::market(exchange.state(), market).last_price, usd("1.6250"));
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty()) << "resting orders are canceled";
  EXPECT_EQ(events.last().event.reason, Reason::ExchangePaused);
  const DollarDecimal rounding = usd("0.0001") * lots(168);
  EXPECT_LE(equity(alice) - before[0], rounding) << "but for the tick the new reference is rounded to";
  EXPECT_GE(equity(alice) - before[0], -rounding);
  EXPECT_EQ(equity(alice) + equity(bob), before[0] + before[1]);
  ASSERT_EQ(heard.applied.size(), 1U);
  EXPECT_EQ(heard.applied[0].pre_split_mark, usd("6.2577"));
  EXPECT_EQ(heard.applied[0].post_split_mark, usd("1.5644"));
}

TEST_F(SimActions, ASplitHaltsTheMarketAndItsVersionGoesUpWhenTradingResumes) {
  schedule(split(1, 2));
  exchange.step(kStart + hours(1));
  EXPECT_EQ(heard.states, std::vector<std::string>{"KXBTCPERP halted"});
  EXPECT_TRUE(views::market(exchange.state(), market).halted);
  EXPECT_EQ(views::halt_sources(exchange.state(), market), std::vector<std::string>{"corporate_action"});
  EXPECT_EQ(views::market(exchange.state(), market).version, 1);
  EXPECT_EQ(buy("a-key", "no", 1, "3.0000").reason, Reason::TradingPaused);
  exchange.step(kStart + hours(1) + minutes(1));
  EXPECT_EQ(heard.states.back(), "KXBTCPERP open");
  EXPECT_TRUE(views::halt_sources(exchange.state(), market).empty());
  EXPECT_EQ(views::market(exchange.state(), market).version, 2);
  EXPECT_TRUE(buy("a-key", "yes", 1, "3.0000").accepted);
}

TEST_F(SimActions, FractionsOfAReverseSplitAreClosedAndNothingIsLost) {
  trade(10, "6.2577");
  trade(3, "6.3000");
  NewOrder o = order("sub", Side::Sell, 5, "6.2577");
  o.subaccount = 1;
  send("a-key", o);
  buy("f-key", "f", 5, "6.2577", TimeInForce::IOC);
  schedule(split(4, 1));  // 13, -5, -13, 5 contracts
  exchange.step(kStart + hours(1));
  EXPECT_EQ(views::market(exchange.state(), market).reference_price, usd("25.0308"));
  const auto positions = views::positions(exchange.state(), alice);
  ASSERT_EQ(positions.size(), 2U);
  EXPECT_EQ(positions[0].net, lots(3)) << "13 / 4";
  EXPECT_EQ(positions[1].net, -lots(1)) << "-5 / 4";
  EXPECT_EQ(position_of(bob).net, -lots(3));
  EXPECT_EQ(position_of(fcm).net, lots(1));
  EXPECT_GT(position_of(bob).realized_pnl + usd("0.0001"), DollarDecimal{}) << "the quarter that bob was short closed near its price";
}

TEST_F(SimActions, WhatFractionsLeaveOverTheHouseTakesUp) {
  trade(7, "6.2577");
  buy("f-key", "f", 2, "6.2577");
  sell("b-key", "b", 2, "6.2577", TimeInForce::IOC);  // 7 and 2 against -9
  schedule(split(2, 1));
  exchange.step(kStart + hours(1));
  EXPECT_EQ(position_of(alice).net, lots(3));
  EXPECT_EQ(position_of(fcm).net, lots(1));
  EXPECT_EQ(position_of(bob).net, -lots(4));
  schedule([&] {
    CorporateAction a = split(3, 1);
    a.execution_time = kStart + hours(2);
    return a;
  }());
  exchange.step(kStart + hours(2));  // 1, 0, -1: nothing over; now an odd one
  EXPECT_EQ(position_of(alice).net, lots(1));
  EXPECT_EQ(position_of(bob).net, -lots(1));
  EXPECT_EQ(position_of(fcm).net, lots(0));
}

TEST_F(SimActions, ADividendCreditsLongsAndDebitsShortsWhileTradingGoesOn) {
  trade(40, "6.2577");
  buy("a-key", "rests", 5, "5.9000");
  CorporateAction a = of(CorporateActionType::CashDividend);
  a.cash_per_contract = usd("0.0125");
  schedule(a);
  const DollarDecimal before[] = {views::balances(exchange.state(), alice)[0].cash, views::balances(exchange.state(), bob)[0].cash};
  exchange.step(kStart + hours(1));
  EXPECT_EQ(views::balances(exchange.state(), alice)[0].cash - before[0], usd("0.5"));
  EXPECT_EQ(views::balances(exchange.state(), bob)[0].cash - before[1], usd("-0.5"));
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 1U);
  EXPECT_FALSE(views::market(exchange.state(), market).halted);
  EXPECT_EQ(views::market(exchange.state(), market).version, 1);
}

TEST_F(SimActions, CashAShareIsTurnedIntoCashAContract) {
  trade(100, "6.2577");
  CorporateAction a = of(CorporateActionType::SpecialDividend);
  a.cash_per_share = usd("120");  // a contract is 0.0001 of it
  schedule(a);
  const DollarDecimal before = views::balances(exchange.state(), alice)[0].cash;
  exchange.step(kStart + hours(1));
  EXPECT_EQ(views::balances(exchange.state(), alice)[0].cash - before, usd("1.2"));
}

TEST_F(SimActions, FinalSettlementClosesPositionsAtItsPriceAndTheMarketForGood) {
  trade(50, "6.0000");
  buy("a-key", "rests", 5, "5.9000");
  CorporateAction a = of(CorporateActionType::FinalSettlement);
  a.reason = "delisting";
  a.settlement_price_per_contract = usd("6.4");
  const Uuid id = schedule(a);
  CorporateAction late = split(1, 2);
  late.execution_time = kStart + hours(2);
  const Uuid lapses = schedule(late);
  const DollarDecimal before = views::balances(exchange.state(), alice)[0].cash;
  exchange.step(kStart + hours(1));
  EXPECT_EQ(views::balances(exchange.state(), alice)[0].cash - before, usd("20"));
  EXPECT_EQ(position_of(alice).net, lots(0));
  EXPECT_EQ(position_of(alice).realized_pnl, usd("20"));
  EXPECT_EQ(position_of(bob).realized_pnl, usd("-20"));
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty());
  EXPECT_EQ(views::market(exchange.state(), market).status, MarketStatus::Closed);
  EXPECT_EQ(buy("a-key", "no", 1, "6.0000").reason, Reason::MarketAlreadyClosed);
  EXPECT_EQ(status_of(id), CorporateActionStatus::Applied);
  exchange.step(kStart + hours(3));
  EXPECT_EQ(status_of(lapses), CorporateActionStatus::Lapsed);
  EXPECT_EQ(heard.applied.size(), 1U);
}

TEST_F(SimActions, ATickerChangeKeepsTheMarketItself) {
  trade(5, "6.2577");
  buy("a-key", "rests", 5, "5.9000");
  CorporateAction a = of(CorporateActionType::TickerChange);
  a.old_ticker = "BTC";
  a.new_ticker = "XBT";
  a.new_market_ticker = "KXXBTPERP";
  schedule(a);
  const std::string id(views::market(exchange.state(), market).market_id.view());
  exchange.step(kStart + hours(1) + minutes(1));
  EXPECT_EQ(views::find_market(exchange.state(), "KXXBTPERP"), market);
  EXPECT_FALSE(views::find_market(exchange.state(), "KXBTCPERP"));
  EXPECT_EQ(views::find_market_id(exchange.state(), id), market);
  EXPECT_EQ(views::market(exchange.state(), market).version, 2);
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 1U) << "orders stay";
  EXPECT_EQ(position_of(alice).net, lots(5));
  NewOrder o = order("new-name", Side::Buy, 1, "5.9000");
  o.symbol = "KXXBTPERP";
  EXPECT_TRUE(send("a-key", o).accepted);
  EXPECT_EQ(events.last().symbol, "KXXBTPERP");
  ASSERT_EQ(heard.applied.size(), 1U);
  EXPECT_EQ(heard.applied[0].old_market_ticker, "KXBTCPERP");
  EXPECT_EQ(heard.applied[0].market_ticker, "KXXBTPERP");
}

TEST_F(SimActions, ACancelledOneNeverHappens) {
  trade(10, "6.2577");
  const Uuid id = schedule(split(1, 2));
  EXPECT_TRUE(cancel_corporate_action(exchange, id.view()));
  EXPECT_FALSE(cancel_corporate_action(exchange, id.view())) << "only once";
  EXPECT_FALSE(cancel_corporate_action(exchange, "00000000-0000-4000-8000-000000000000"));
  exchange.step(kStart + hours(2));
  EXPECT_EQ(status_of(id), CorporateActionStatus::Cancelled);
  EXPECT_EQ(position_of(alice).net, lots(10));
  EXPECT_TRUE(heard.applied.empty());
}

TEST_F(SimActions, WhatMakesNoSenseIsRefused) {
  const auto refused = [&](const CorporateAction& a) {
    const auto result = exchange.run(commands::ScheduleAction{a});
    return !result && result.error().category == ErrorCategory::config && !result.error().message.empty();
  };
  CorporateAction nowhere = split(1, 2);
  nowhere.market = 99;
  EXPECT_TRUE(refused(nowhere));
  EXPECT_TRUE(refused(split(0, 2)));
  EXPECT_TRUE(refused(split(1, -4)));
  EXPECT_TRUE(refused(split(1, 5'000)));
  EXPECT_TRUE(refused(of(CorporateActionType::CashDividend)));
  EXPECT_TRUE(refused(of(CorporateActionType::FinalSettlement)));
  CorporateAction fine = of(CorporateActionType::FinalSettlement);
  fine.settlement_price_per_contract = usd("6.40001");
  EXPECT_TRUE(refused(fine)) << "finer than a tick";
  fine.settlement_price_per_contract = usd("-1");
  EXPECT_TRUE(refused(fine));
  CorporateAction taken = of(CorporateActionType::TickerChange);
  taken.old_ticker = "BTC";
  EXPECT_TRUE(refused(taken));
  taken.new_ticker = "ETH";
  taken.new_market_ticker = "KXETHPERP";
  EXPECT_TRUE(refused(taken)) << "another market's name";
  EXPECT_TRUE(views::corporate_actions(exchange.state(), {}, true).empty());
}

TEST(SimActionsRestart, ScheduledActionsHaltsAndNamesAreKnownAgain) {
  test::TempFolder dir;
  ExchangeOptions options;
  options.dir = dir.path();
  options.house = options.past = false;
  std::string truth;
  for (const bool with_snapshot : {false, true}) {
    Exchange exchange(options);
    exchange.open(kStart).value();
    if (!with_snapshot) {
      CorporateAction rename;
      rename.market = 1;
      rename.type = CorporateActionType::TickerChange;
      rename.execution_time = kStart + seconds(10);
      rename.old_ticker = "ETH";
      rename.new_ticker = "NEWETH";
      exchange.run(commands::ScheduleAction{rename}).value();
      CorporateAction split;
      split.market = 0;
      split.type = CorporateActionType::StockSplit;
      split.execution_time = kStart + hours(1);
      split.ratio_old = 1;
      split.ratio_new = 3;
      exchange.run(commands::ScheduleAction{split}).value();
      exchange.run(commands::SetReference{2, usd("3.3")}).value();
      exchange.step(kStart + seconds(20));
    }
    EXPECT_EQ(views::find_market(exchange.state(), "NEWETH"), MarketNo{1});
    EXPECT_TRUE(views::market(exchange.state(), 1).halted);
    EXPECT_EQ(views::market(exchange.state(), 2).reference_price, usd("3.3"));
    if (with_snapshot) exchange.checkpoint();
  }
  Exchange again(options);
  again.open(kStart + seconds(20)).value();
  EXPECT_EQ(views::find_market(again.state(), "NEWETH"), MarketNo{1});
  EXPECT_TRUE(views::market(again.state(), 1).halted);
  again.step(kStart + hours(2));
  EXPECT_FALSE(views::market(again.state(), 1).halted);
  EXPECT_EQ(views::market(again.state(), 1).version, 2);
  EXPECT_EQ(views::market(again.state(), 0).reference_price, usd("2.0859"));
  EXPECT_TRUE(views::check(again.state()).empty());
}

// Splits of every kind over random positions: check() looks at cash, costs, fees, what is left over, and that positions net to zero.
class SimSplits : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(SimSplits, ConserveMoneyAndPositions) {
  Random random(GetParam());
  ExchangeOptions options;
  options.past = options.house = false;
  options.seed = GetParam();
  Exchange exchange(options);
  exchange.open(kStart).value();
  std::vector<KeyNo> keys;
  for (int i = 0; i < 7; ++i) {
    const std::string name = "acc" + std::to_string(i);
    exchange.run(commands::CreateAccount{{name, {{name, KeyScope::Trading}}, false, {usd("500000")}}});
    keys.push_back(views::find_key(exchange.state(), name)->key);
  }
  int id = 0;
  Timestamp t = kStart;
  for (int round = 0; round < 6; ++round) {
    const auto ticks = views::market(exchange.state(), 0).reference_price.units() / 100;
    for (int i = 0; i < 60; ++i) {
      NewOrder o;
      const std::string name = std::to_string(++id);
      o.cl_ord_id = name;
      o.symbol = kMarket;
      o.side = random.below(2) == 0 ? Side::Buy : Side::Sell;
      o.quantity = lots(random.between(1, 50));
      o.price = DollarDecimal::from_units((ticks + random.between(-ticks / 200, ticks / 200)) * 100);
      o.time_in_force = TimeInForce::GTC;
      exchange.run(commands::Submit{{{keys[random.below(7)], Door::FixNR}, {}, 0}, o});
    }
    CorporateAction a;
    a.market = 0;
    a.type = CorporateActionType::StockSplit;
    a.execution_time = t += minutes(10);
    a.ratio_old = random.between(1, 7);
    a.ratio_new = random.between(1, 7);
    exchange.run(commands::ScheduleAction{a}).value();
    exchange.step(t);
    const auto findings = views::check(exchange.state());
    ASSERT_TRUE(findings.empty()) << a.ratio_new << "-for-" << a.ratio_old << ": " << findings.front();
    exchange.step(t += minutes(2));
  }
  EXPECT_EQ(views::market(exchange.state(), 0).version, 7);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimSplits, ::testing::Range<std::uint64_t>(1, 9));

}  // namespace
}  // namespace marginfix::sim
