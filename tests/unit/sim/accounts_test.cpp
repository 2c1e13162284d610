// Money: fees, realized profit, margin, subaccounts, transfers, conservation. Source: fix-margin.md (136, 704, 1703), observed.md.
#include "sim/exchange/members/accounts.hpp"

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimAccounts : public ExchangeTest {
 protected:
  const Fill& last_fill(std::string_view id) const {
    for (auto it = events.reports.rbegin(); it != events.reports.rend(); ++it) {
      if (it->cl_ord_id == id && it->event.fill) return *it->event.fill;
    }
    throw std::runtime_error("no fill");
  }
  BalanceView balance(AccountId account, int subaccount = 0) const {
    return views::balances(exchange.state(), account).at(static_cast<std::size_t>(subaccount));
  }
};

TEST(SimFees, AreRoundedUpToTheMicroDollar) {
  EXPECT_EQ(fee_of(6'255'600, 12), 7'507);  // 6.2556 x 0.0012 = 0.00750672
  EXPECT_EQ(fee_of(10'000, 5), 5);
  EXPECT_EQ(fee_of(10'001, 5), 6);
  EXPECT_EQ(fee_of(0, 12), 0);
  EXPECT_EQ(fee_of(4'000'000'000'000'000, 12), 4'800'000'000'000);
}

TEST(SimAverages, RoundHalfToEven) {
  EXPECT_EQ(average_price(usd("10"), lots(3)), usd("3.333333"));
  EXPECT_EQ(average_price(usd("0.000001"), lots(2)), usd("0"));
  EXPECT_EQ(average_price(usd("0.000003"), lots(2)), usd("0.000002"));
  EXPECT_EQ(average_price(usd("5"), FixedPointCount{}), usd("0"));
  EXPECT_EQ(entry_price(-200, -12'000'000), usd("6"));
  EXPECT_EQ(entry_price(0, 0), usd("0"));
}

TEST_F(SimAccounts, TakerAndMakerPayTheirFee) {
  sell("a-key", "a1", 10, "6.0000");
  buy("b-key", "b1", 10, "6.0000");
  EXPECT_TRUE(last_fill("b1").taker);
  EXPECT_EQ(last_fill("b1").fee, usd("0.072"));  // 60 x 0.0012
  EXPECT_EQ(last_fill("a1").fee, usd("0.03"));   // 60 x 0.0005
  EXPECT_EQ(last_fill("a1").balance_change, usd("-0.03"));
  EXPECT_TRUE(last_fill("a1").payout_change.is_zero());
  EXPECT_EQ(balance(bob).cash, usd("99999.928"));
}

TEST_F(SimAccounts, PositionAverageEntryAndRealizedProfit) {
  sell("b-key", "b1", 10, "6.0000");
  buy("a-key", "a1", 10, "6.0000");
  sell("b-key", "b2", 10, "7.0000");
  buy("a-key", "a2", 10, "7.0000");
  EXPECT_EQ(last_fill("a2").position, lots(20));
  EXPECT_EQ(last_fill("a2").entry_price, usd("6.5"));
  buy("b-key", "b3", 5, "7.5000");
  sell("a-key", "a3", 5, "7.5000");
  EXPECT_EQ(last_fill("a3").realized_pnl, usd("5"));
  EXPECT_EQ(last_fill("a3").payout_change, usd("5"));
  EXPECT_EQ(last_fill("a3").entry_price, usd("6.5"));
  EXPECT_EQ(last_fill("b3").realized_pnl, usd("-5")) << "the short was entered at 6.5 on average";
  EXPECT_EQ(last_fill("b3").position, lots(-15));
}

TEST_F(SimAccounts, TurningThePositionRealizesTheOldAndEntersTheNew) {
  sell("b-key", "b1", 10, "6.0000");
  buy("a-key", "a1", 10, "6.0000");
  buy("b-key", "b2", 25, "6.4000");
  sell("a-key", "a2", 25, "6.4000");
  const Fill& f = last_fill("a2");
  EXPECT_EQ(f.realized_pnl, usd("4"));
  EXPECT_EQ(f.position, lots(-15));
  EXPECT_EQ(f.entry_price, usd("6.4"));
}

TEST_F(SimAccounts, FlatAccountsHoldAllCashButFees) {
  sell("b-key", "b1", 7, "6.0001");
  buy("a-key", "a1", 7, "6.0001");
  buy("b-key", "b2", 3, "6.4003");
  sell("a-key", "a2", 3, "6.4003");
  buy("b-key", "b3", 4, "5.7777");
  sell("a-key", "a3", 4, "5.7777");
  EXPECT_TRUE(position(alice).is_zero());
  DollarDecimal fees;
  for (const auto& r : events.reports) {
    if (r.event.fill) fees += r.event.fill->fee;
  }
  EXPECT_EQ(balance(alice).cash + balance(alice, 1).cash + balance(bob).cash + fees, usd("250000"));
}

TEST_F(SimAccounts, MarginIsNotionalOverLeverageTimesOnePointThree) {
  buy("a-key", "a1", 1000, "6.0000");
  // 6000 / 5.89 = 1018.675721..., 1018.6758 x 1.3 = 1324.27854; both rounded up to 0.0001
  EXPECT_EQ(balance(alice).initial_margin, usd("1324.2786"));
  EXPECT_EQ(balance(alice).available, usd("98675.7214"));
  cancel("a-key", "c1", "a1");
  EXPECT_TRUE(balance(alice).initial_margin.is_zero());
}

TEST_F(SimAccounts, OrdersThatReduceAreNeverShortOfMargin) {
  sell("b-key", "b1", 60'000, "6.2577");
  EXPECT_TRUE(buy("a-key", "a1", 60'000, "6.2577").accepted);
  EXPECT_TRUE(buy("a-key", "a2", 5'000, "6.2577").accepted) << "within the balance";
  EXPECT_EQ(buy("a-key", "a3", 600'000, "6.2577").reason, Reason::InsufficientBalance);
  cancel("a-key", "c2", "a2");
  EXPECT_TRUE(sell("a-key", "a4", 60'000, "6.5000").accepted) << "closes what is held";
}

TEST_F(SimAccounts, SubaccountsHaveTheirOwnMoneyAndPositions) {
  NewOrder o = order("a1", Side::Buy, 10, "6.0000");
  o.subaccount = 1;
  send("a-key", o);
  sell("b-key", "b1", 10, "6.0000");
  const auto positions = views::positions(exchange.state(), alice);
  ASSERT_EQ(positions.size(), 1U);
  EXPECT_EQ(positions[0].subaccount, 1);
  EXPECT_EQ(events.reports.back().event.subaccount, 1);
  EXPECT_EQ(balance(alice, 0).cash, usd("100000"));
  EXPECT_EQ(balance(alice, 1).cash, usd("49999.97"));
}

TEST_F(SimAccounts, TransfersMoveOnlyFreeCash) {
  EXPECT_TRUE(exchange.run(commands::Transfer{alice, 0, 1, usd("1000")}));
  EXPECT_EQ(balance(alice, 1).cash, usd("51000"));
  EXPECT_FALSE(exchange.run(commands::Transfer{alice, 0, 1, usd("1000000")}));
  EXPECT_FALSE(exchange.run(commands::Transfer{alice, 0, 9, usd("1")}));
  EXPECT_FALSE(exchange.run(commands::Transfer{alice, 0, 0, usd("1")}));
  EXPECT_FALSE(exchange.run(commands::Transfer{alice, 0, 1, usd("-1")}));
  buy("a-key", "a1", 1000, "6.0000");
  EXPECT_FALSE(exchange.run(commands::Transfer{alice, 0, 1, usd("98999")})) << "margin stays";
}

TEST_F(SimAccounts, SubaccountsEndAtSixtyThree) {
  for (int expected = 1; expected <= 63; ++expected) EXPECT_EQ(exchange.run(commands::CreateSubaccount{bob}), expected);
  EXPECT_EQ(exchange.run(commands::CreateSubaccount{bob}), std::nullopt);
  exchange.run(commands::Deposit{bob, 63, usd("5")}).value();
  EXPECT_EQ(balance(bob, 63).cash, usd("5"));
  EXPECT_THROW(exchange.run(commands::Deposit{alice, 7, usd("5")}).value(), Exception);
}

TEST_F(SimAccounts, OperatorAndCustomerOfFcmOrdersStandInReports) {
  NewOrder o = order("f1", Side::Buy, 10, "6.0000");
  o.customer_account = "cust-7";
  RequestContext context = from("f-key");
  context.operator_id = "op-new";
  exchange.run(commands::Submit{context, o});
  EXPECT_EQ(events.last().customer, "cust-7");
  EXPECT_EQ(events.last().operator_id, "op-new");
  sell("b-key", "b1", 1, "6.0000");
  const auto& fill = events.reports[events.reports.size() - 1];
  EXPECT_EQ(fill.cl_ord_id, "f1");
  EXPECT_EQ(fill.operator_id, "op-new") << "sticks to the order";
  context.operator_id = "op-amend";
  AmendOrder a = amendment("f2", "f1", 9);
  exchange.run(commands::Amend{context, a});
  EXPECT_EQ(events.last().operator_id, "op-amend") << "of that G";
  sell("b-key", "b2", 1, "6.0000");
  EXPECT_EQ(events.last().operator_id, "op-new");
  cancel("f-key", "c1", "f2");
  EXPECT_EQ(events.last().operator_id, "op-new") << "an F without operator shows the order's";
}

TEST_F(SimAccounts, CustomersOfOneFcmMayTradeWithEachOther) {
  NewOrder s = order("f1", Side::Sell, 5, "6.0000");
  s.customer_account = "cust-1";
  send("f-key", s);
  NewOrder b = order("f2", Side::Buy, 5, "6.0000");
  b.customer_account = "cust-2";
  EXPECT_EQ(send("f-key", b).filled, lots(5));
  EXPECT_TRUE(position(fcm).is_zero());
}

TEST_F(SimAccounts, KeysKnowTheirAccountAndScope) {
  const auto key = views::find_key(exchange.state(), "a-listen").value();
  EXPECT_EQ(key.account, alice);
  EXPECT_EQ(key.scope, KeyScope::Listener);
  EXPECT_EQ(key.account_name, "alice");
  EXPECT_FALSE(views::find_key(exchange.state(), "nobody"));
  EXPECT_EQ(views::find_account(exchange.state(), "bob"), bob);
  const KeyNo added = exchange.run(commands::AddKey{bob, {"b-drop", KeyScope::DropCopy}});
  EXPECT_EQ(views::find_key(exchange.state(), "b-drop")->key, added);
}

}  // namespace
}  // namespace marginfix::sim
