// The settlement balance, withdrawals, groups and keys of clearing members. Source: klear.md "Balances", "What a server must do".
#include "sim/exchange/archive.hpp"
#include "sim/exchange/clearing.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp kMoneyNoon = kStart + hours(2);

class SimSettlementBalance : public ExchangeTest {
 protected:
  const ClearingMember& member(AccountId account) const { return exchange.clearing().member(account); }
  const Obligation& last(AccountId account) const { return *exchange.clearing().obligations(account).back(); }
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
  ASSERT_TRUE(exchange.withdraw_settlement(alice, kOpeningBalance - 1'000'000));
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
  const auto no = exchange.withdraw_settlement(alice, 5'000'000);
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
  EXPECT_FALSE(exchange.withdraw_settlement(alice, kOpeningBalance + 1));
  EXPECT_FALSE(exchange.withdraw_settlement(alice, 0));
  EXPECT_FALSE(exchange.withdraw_settlement(alice, -1));
  EXPECT_EQ(member(alice).balance.size(), 1U);
  EXPECT_TRUE(exchange.withdraw_settlement(alice, kOpeningBalance));
  EXPECT_FALSE(exchange.withdraw_settlement(alice, 1));
}

TEST_F(SimSettlementBalance, TradingCashIsNotTouched) {
  trade(100);
  const auto cash = exchange.balances(alice)[0].cash;
  exchange.step(kMoneyNoon + hours(1));
  ASSERT_TRUE(last(alice).complete);
  EXPECT_EQ(exchange.balances(alice)[0].cash, cash);
}

TEST_F(SimSettlementBalance, ASubtraderIsInOneGroupAtMost) {
  const auto first = exchange.create_subtrader_group(fcm, {"s1", "s2"});
  ASSERT_EQ(first.fault, SubtraderGroupFault::None);
  EXPECT_EQ(exchange.create_subtrader_group(fcm, {"s3", "s2"}).fault, SubtraderGroupFault::Conflict);
  const auto second = exchange.create_subtrader_group(fcm, {"s3"});
  ASSERT_EQ(second.fault, SubtraderGroupFault::None);
  EXPECT_EQ(exchange.update_subtrader_group(fcm, second.group, {"s3", "s1"}).fault, SubtraderGroupFault::Conflict);
  EXPECT_EQ(exchange.update_subtrader_group(fcm, first.group, {"s2", "s4"}).fault, SubtraderGroupFault::None)
      << "its own members are its own";
  EXPECT_EQ(exchange.update_subtrader_group(fcm, second.group, {"s3", "s1"}).fault, SubtraderGroupFault::None) << "s1 is free now";
  EXPECT_EQ(exchange.update_subtrader_group(fcm, 999'999, {"s9"}).fault, SubtraderGroupFault::NotFound);
  EXPECT_EQ(exchange.update_subtrader_group(alice, first.group, {"s9"}).fault, SubtraderGroupFault::NotFound) << "another member's";
  exchange.delete_subtrader_group(fcm, first.group);
  exchange.delete_subtrader_group(fcm, first.group);
  ASSERT_EQ(member(fcm).groups.size(), 1U);
  EXPECT_EQ(member(fcm).groups[0].subtraders, (std::vector<std::string>{"s3", "s1"}));
}

TEST_F(SimSettlementBalance, KeysOfSubtradersComeAndGo) {
  const SubtraderKey key{"k-1", "desk", "s1", "PEM"};
  const KeyNo no = exchange.add_subtrader_key(fcm, key);
  ASSERT_TRUE(exchange.find_key("k-1"));
  EXPECT_EQ(exchange.find_key("k-1")->key, no);
  EXPECT_EQ(exchange.find_key("k-1")->account, fcm);
  EXPECT_FALSE(exchange.remove_subtrader_key(alice, "k-1")) << "another member's";
  EXPECT_FALSE(exchange.remove_subtrader_key(fcm, "f-key")) << "not a key of a subtrader";
  EXPECT_TRUE(exchange.remove_subtrader_key(fcm, "k-1"));
  EXPECT_FALSE(exchange.find_key("k-1"));
  EXPECT_FALSE(exchange.remove_subtrader_key(fcm, "k-1"));
  EXPECT_EQ(exchange.key(no).key_id, "k-1") << "orders that it entered still know it";
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
        const ClearingMember& m = e.clearing().member(a);
        ArchiveOut out(text);
        out(m);
        for (const Obligation* o : e.clearing().obligations(a)) out(*o);
      }
      return text;
    };
    {
      Exchange e(options);
      e.open(kStart).value();
      const AccountId alice = e.create_account({"alice", {{"a-key", KeyScope::Trading}}, true, {usd("100000")}});
      const AccountId bob = e.create_account({"bob", {{"b-key", KeyScope::Trading}}, false, {usd("100000")}});
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
        return e.submit({{e.find_key(key)->key, Door::Rest}, {}, 0}, o).accepted;
      };
      ASSERT_TRUE(send("a-key", "1", Side::Buy, "s1"));
      ASSERT_TRUE(send("b-key", "1", Side::Sell, ""));
      const auto group = e.create_subtrader_group(alice, {"s1", "s2"}).group;
      e.update_subtrader_group(alice, group, {"s1"});
      const auto gone = e.create_subtrader_group(alice, {"s3"}).group;
      e.delete_subtrader_group(alice, gone);
      e.add_subtrader_key(alice, {"k-1", "desk", "s1", "PEM"});
      e.add_subtrader_key(alice, {"k-2", "desk", "s2", "PEM"});
      e.remove_subtrader_key(alice, "k-2");
      e.step(kMoneyNoon + seconds(1));
      if (snapshot) e.checkpoint();
      e.deposit_settlement(bob, 77);
      ASSERT_TRUE(e.withdraw_settlement(alice, 1'234'500));
      e.step(kMoneyNoon + hours(5));
      before = describe(e);
    }
    Exchange again(options);
    const auto report = again.open(kMoneyNoon + hours(5)).value();
    EXPECT_EQ(report.from_snapshot, snapshot);
    EXPECT_EQ(describe(again), before);
    EXPECT_EQ(again.clearing().cycles().size(), 2U);
    EXPECT_TRUE(again.find_key("k-1"));
    EXPECT_FALSE(again.find_key("k-2"));
    EXPECT_EQ(again.check(), std::vector<std::string>{});
    again.step(kMoneyNoon + hours(24) + minutes(10));
    EXPECT_EQ(again.clearing().cycles().size(), 3U);
  }
}

}  // namespace
}  // namespace marginfix::sim
