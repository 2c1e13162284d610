// The settlement balance, withdrawals, groups and keys of clearing members. Source: klear.md "Balances", "What a server must do".
#include "sim/exchange/clearing/clearing.hpp"
#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/values/archive.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/members.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kMoneyNoon = kStart + hours(2);

class SimSettlementBalance : public ExchangeTest {
 protected:
  const ClearingMember& member(AccountId account) const { return views::clearing(exchange.state()).member(account); }
  const Obligation& last(AccountId account) const { return *views::clearing(exchange.state()).obligations(account).back(); }
  void trade(std::int64_t contracts) {
    buy("a-key", "a1", contracts, "6.2577");
    sell("b-key", "b1", contracts, "6.2577");
  }
};

TEST_F(SimSettlementBalance, BeginsWithADepositAndAContribution) {
  const ClearingMember& a = member(alice);
  EXPECT_EQ(a.available, kOpeningBalance);
  EXPECT_GE(a.available, 10'000 * 10'000LL) << "the contract of a new simulator";
  ASSERT_EQ(a.balance.size(), 1U);
  EXPECT_EQ(a.balance[0].reason, BalanceReason::Deposit);
  EXPECT_EQ(a.guaranty_fund, kGuarantyFund);
  EXPECT_EQ(a.guaranty_fund_updated, kStart);
}

TEST_F(SimSettlementBalance, AnObligationIsActiveUntilItIsPaidFromTheBalance) {
  trade(100);
  exchange.step(kMoneyNoon);
  ASSERT_LT(last(alice).amount(), 0);
  EXPECT_FALSE(last(alice).complete);
  EXPECT_TRUE(last(alice).receives.empty());
  EXPECT_EQ(exchange.next_timer(), kMoneyNoon + kPayAfter);
  exchange.step(kMoneyNoon + kPayAfter);
  const Obligation& o = last(alice);
  EXPECT_TRUE(o.complete);
  EXPECT_EQ(o.updated, kMoneyNoon + kPayAfter);
  ASSERT_EQ(o.receives.size(), 1U);
  EXPECT_FALSE(o.receives[0].wire);
  EXPECT_EQ(o.receives[0].amount, -o.amount());
  EXPECT_EQ(member(alice).available, kOpeningBalance + o.amount());
  EXPECT_EQ(member(alice).balance.back().cause, o.no);
}

TEST_F(SimSettlementBalance, WhatTheMemberIsOwedIsCreditedWithoutAReceive) {
  trade(100);
  exchange.step(kMoneyNoon + minutes(5));
  buy("b-key", "b2", 100, "6.9000");
  sell("a-key", "a2", 100, "6.9000");
  exchange.step(kMoneyNoon + hours(4) + minutes(5));
  const Obligation& o = last(alice);
  EXPECT_GT(o.amount(), 0) << "profit, and the margin comes back";
  EXPECT_TRUE(o.complete);
  EXPECT_TRUE(o.receives.empty());
  EXPECT_EQ(member(alice).balance.back().available, o.amount());
}

TEST_F(SimSettlementBalance, WhereItIsShortTheRestComesByWire) {
  ASSERT_TRUE(exchange.run(commands::WithdrawSettlement{alice, kOpeningBalance - 1'000'000}));
  trade(1'000);
  exchange.step(kMoneyNoon + kPayAfter);
  EXPECT_FALSE(last(alice).complete);
  EXPECT_EQ(last(alice).received, 1'000'000);
  EXPECT_EQ(member(alice).available, 0);
  expect_all_well();
  exchange.step(kMoneyNoon + kPayAfter + kWireAfter);
  const Obligation& o = last(alice);
  EXPECT_TRUE(o.complete);
  ASSERT_EQ(o.receives.size(), 2U);
  EXPECT_TRUE(o.receives[1].wire);
  EXPECT_EQ(o.receives[0].amount + o.receives[1].amount, -o.amount());
  EXPECT_EQ(member(alice).available, 0);
}

TEST_F(SimSettlementBalance, AWithdrawalIsLockedThenGone) {
  const auto no = exchange.run(commands::WithdrawSettlement{alice, 5'000'000});
  ASSERT_TRUE(no);
  const auto status = [&] { return member(alice).withdrawals.at(0).status; };
  EXPECT_EQ(status(), WithdrawalStatus::Pending);
  EXPECT_EQ(member(alice).available, kOpeningBalance - 5'000'000);
  EXPECT_EQ(member(alice).locked, 5'000'000);
  exchange.step(kStart + kWithdrawalStarts);
  EXPECT_EQ(status(), WithdrawalStatus::Processing);
  EXPECT_EQ(member(alice).locked, 5'000'000);
  exchange.step(kStart + kWithdrawalEnds);
  EXPECT_EQ(status(), WithdrawalStatus::Processed);
  EXPECT_EQ(member(alice).locked, 0);
  EXPECT_EQ(member(alice).balance.back().cause, *no);
  EXPECT_EQ(exchange.next_timer(), kMoneyNoon);
}

TEST_F(SimSettlementBalance, MoreThanThereIsOrNothingIsRefused) {
  EXPECT_FALSE(exchange.run(commands::WithdrawSettlement{alice, kOpeningBalance + 1}));
  EXPECT_FALSE(exchange.run(commands::WithdrawSettlement{alice, 0}));
  EXPECT_FALSE(exchange.run(commands::WithdrawSettlement{alice, -1}));
  EXPECT_EQ(member(alice).balance.size(), 1U);
  EXPECT_TRUE(exchange.run(commands::WithdrawSettlement{alice, kOpeningBalance}));
  EXPECT_FALSE(exchange.run(commands::WithdrawSettlement{alice, 1}));
}

TEST_F(SimSettlementBalance, TradingCashIsNotTouched) {
  trade(100);
  const auto cash = views::balances(exchange.state(), alice)[0].cash;
  exchange.step(kMoneyNoon + hours(1));
  ASSERT_TRUE(last(alice).complete);
  EXPECT_EQ(views::balances(exchange.state(), alice)[0].cash, cash);
}

TEST_F(SimSettlementBalance, ASubtraderIsInOneGroupAtMost) {
  const auto first = exchange.run(commands::CreateSubtraderGroup{fcm, {"s1", "s2"}});
  ASSERT_EQ(first.fault, SubtraderGroupFault::None);
  EXPECT_EQ(exchange.run(commands::CreateSubtraderGroup{fcm, {"s3", "s2"}}).fault, SubtraderGroupFault::Conflict);
  const auto second = exchange.run(commands::CreateSubtraderGroup{fcm, {"s3"}});
  ASSERT_EQ(second.fault, SubtraderGroupFault::None);
  EXPECT_EQ(exchange.run(commands::UpdateSubtraderGroup{fcm, second.group, {"s3", "s1"}}).fault, SubtraderGroupFault::Conflict);
  EXPECT_EQ(exchange.run(commands::UpdateSubtraderGroup{fcm, first.group, {"s2", "s4"}}).fault, SubtraderGroupFault::None)
      << "its own members are its own";
  EXPECT_EQ(exchange.run(commands::UpdateSubtraderGroup{fcm, second.group, {"s3", "s1"}}).fault, SubtraderGroupFault::None)
      << "s1 is free now";
  EXPECT_EQ(exchange.run(commands::UpdateSubtraderGroup{fcm, 999'999, {"s9"}}).fault, SubtraderGroupFault::NotFound);
  EXPECT_EQ(exchange.run(commands::UpdateSubtraderGroup{alice, first.group, {"s9"}}).fault, SubtraderGroupFault::NotFound)
      << "another member's";
  exchange.run(commands::DeleteSubtraderGroup{fcm, first.group});
  exchange.run(commands::DeleteSubtraderGroup{fcm, first.group});
  ASSERT_EQ(member(fcm).groups.size(), 1U);
  EXPECT_EQ(member(fcm).groups[0].subtraders, (std::vector<std::string>{"s3", "s1"}));
}

TEST_F(SimSettlementBalance, KeysOfSubtradersComeAndGo) {
  const SubtraderKey key{"k-1", "desk", "s1", "PEM"};
  const KeyNo no = exchange.run(commands::AddSubtraderKey{fcm, key});
  ASSERT_TRUE(views::find_key(exchange.state(), "k-1"));
  EXPECT_EQ(views::find_key(exchange.state(), "k-1")->key, no);
  EXPECT_EQ(views::find_key(exchange.state(), "k-1")->account, fcm);
  EXPECT_FALSE(exchange.run(commands::RemoveSubtraderKey{alice, "k-1"})) << "another member's";
  EXPECT_FALSE(exchange.run(commands::RemoveSubtraderKey{fcm, "f-key"})) << "not a key of a subtrader";
  EXPECT_TRUE(exchange.run(commands::RemoveSubtraderKey{fcm, "k-1"}));
  EXPECT_FALSE(views::find_key(exchange.state(), "k-1"));
  EXPECT_FALSE(exchange.run(commands::RemoveSubtraderKey{fcm, "k-1"}));
  EXPECT_EQ(views::key(exchange.state(), no).key_id, "k-1") << "orders that it entered still know it";
}

// Journal and snapshot hold all of it.
TEST(SimClearingPersistence, ARestartGoesOnWhereItWas) {
  for (const bool snapshot : {false, true}) {
    test::TempFolder dir;
    ExchangeOptions options;
    options.dir = dir.path();
    options.house = options.past = false;
    std::string truth, before;
    const auto describe = [](const Exchange& e) {
      std::string text;
      for (AccountId a = 2; a < 4; ++a) {  // the house accounts come first
        const ClearingMember& m = views::clearing(e.state()).member(a);
        ArchiveOut out(text);
        out(m);
        for (const Obligation* o : views::clearing(e.state()).obligations(a)) out(*o);
      }
      return text;
    };
    {
      Exchange e(options);
      e.open(kStart).value();
      const AccountId alice = e.run(commands::CreateAccount{{"alice", {{"a-key", KeyScope::Trading}}, true, {usd("100000")}}});
      const AccountId bob = e.run(commands::CreateAccount{{"bob", {{"b-key", KeyScope::Trading}}, false, {usd("100000")}}});
      ASSERT_EQ(alice, 2U);
      ASSERT_EQ(bob, 3U);
      const auto send = [&](const char* key, const char* id, Side side, std::string_view customer) {
        NewOrder o;
        o.cl_ord_id = id;
        o.symbol = kMarket;
        o.side = side;
        o.quantity = lots(10);
        o.price = usd("6.2577");
        o.customer_account = customer;
        return e.run(commands::Submit{{{views::find_key(e.state(), key)->key, Door::Rest}, {}, 0}, o}).accepted;
      };
      ASSERT_TRUE(send("a-key", "1", Side::Buy, "s1"));
      ASSERT_TRUE(send("b-key", "1", Side::Sell, ""));
      const auto group = e.run(commands::CreateSubtraderGroup{alice, {"s1", "s2"}}).group;
      e.run(commands::UpdateSubtraderGroup{alice, group, {"s1"}});
      const auto gone = e.run(commands::CreateSubtraderGroup{alice, {"s3"}}).group;
      e.run(commands::DeleteSubtraderGroup{alice, gone});
      e.run(commands::AddSubtraderKey{alice, {"k-1", "desk", "s1", "PEM"}});
      e.run(commands::AddSubtraderKey{alice, {"k-2", "desk", "s2", "PEM"}});
      e.run(commands::RemoveSubtraderKey{alice, "k-2"});
      e.step(kMoneyNoon + seconds(1));
      if (snapshot) e.checkpoint();
      e.run(commands::DepositSettlement{bob, 77});
      ASSERT_TRUE(e.run(commands::WithdrawSettlement{alice, 1'234'500}));
      e.step(kMoneyNoon + hours(5));
      before = describe(e);
    }
    Exchange again(options);
    const auto report = again.open(kMoneyNoon + hours(5)).value();
    EXPECT_EQ(report.from_snapshot, snapshot);
    EXPECT_EQ(describe(again), before);
    EXPECT_EQ(views::clearing(again.state()).cycles().size(), 2U);
    EXPECT_TRUE(views::find_key(again.state(), "k-1"));
    EXPECT_FALSE(views::find_key(again.state(), "k-2"));
    EXPECT_EQ(views::check(again.state()), std::vector<std::string>{});
    again.step(kMoneyNoon + hours(24) + minutes(10));
    EXPECT_EQ(views::clearing(again.state()).cycles().size(), 3U);
  }
}

}  // namespace
}  // namespace marginfix::sim
