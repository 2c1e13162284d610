// Transfers, subaccounts, exit triggers and what an FCM does for its customers. Source: rest-perps.md "Transfers", "Exit triggers", "FCM".
#include "integration/rest/fixture.hpp"
#include "marginfix/core/uuid.hpp"

namespace marginfix::test {
namespace {

class RestMembers : public RestTest {};

TEST_F(RestMembers, subaccountsAndTheMoneyBetweenThem) {
  const auto number = ask(rest::CreateMarginSubaccount{}).subaccount_number;
  EXPECT_EQ(number, 2);  // the simulator gives every account subaccount 1
  rest::ApplyMarginSubaccountTransfer transfer;
  transfer.body.client_transfer_id = random_uuid();
  transfer.body.to_subaccount = number;
  transfer.body.amount_cents = {12'345};
  ask(transfer);
  const auto again = refused(alice(), transfer);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code, "transfer_already_applied");
  bool there = false;
  for (const auto& balance : ask(rest::GetMarginBalance{}).subaccount_balances)
    there = there || (balance.subaccount == number && balance.account_equity == dollars("123.45"));
  EXPECT_TRUE(there);
}

TEST_F(RestMembers, anInstanceTransferIsAcceptedOnce) {
  rest::IntraExchangeInstanceTransfer transfer;
  transfer.body.client_transfer_id = random_uuid();
  transfer.body.source = rest::ExchangeInstance::margined;
  transfer.body.destination = rest::ExchangeInstance::event_contract;
  transfer.body.amount = {10'000};
  EXPECT_FALSE(ask(transfer).transfer_id.empty());
  EXPECT_EQ(refused(alice(), transfer).status, 409);
}

TEST_F(RestMembers, crossExitTriggers) {
  trade(10, "6.0000");
  rest::SetCrossMarginExitTrigger whole{.ticker = kQuiet};
  whole.body.stop_loss_price = dollars("4.0000");
  whole.body.take_profit_price = dollars("9.0000");
  const auto bracket = ask(whole);
  EXPECT_EQ(bracket.ticker, kQuiet);
  EXPECT_EQ(bracket.stop_loss_price, dollars("4"));
  rest::UpdateCrossMarginExitTrigger update{.ticker = kQuiet, .trigger_id = bracket.id};
  update.body.stop_loss_price = dollars("4.5000");
  EXPECT_EQ(ask(update).stop_loss_price, dollars("4.5"));
  EXPECT_EQ(ask(rest::GetCrossMarginExitTriggers{.ticker = kQuiet}).exit_triggers.size(), 1U);
  ask(rest::DeleteCrossMarginExitTriggerById{.ticker = kQuiet, .trigger_id = bracket.id});
  EXPECT_TRUE(ask(rest::GetCrossMarginExitTriggers{.ticker = kQuiet}).exit_triggers.empty());
  rest::SetCrossMarginExitTrigger trailing{.ticker = kQuiet};
  trailing.body.kind = rest::ExitTriggerKind::trailing;
  trailing.body.trail_bps = 500;
  EXPECT_EQ(ask(trailing).trail_bps, 500);
  ask(rest::DeleteCrossMarginExitTrigger{.ticker = kQuiet});
  EXPECT_TRUE(ask(rest::GetCrossMarginExitTriggers{.ticker = kQuiet}).exit_triggers.empty());
}

TEST_F(RestMembers, isolatedExitTriggersWantAnIsolatedPosition) {
  EXPECT_TRUE(ask(rest::GetIsolatedMarginExitTriggers{.ticker = kQuiet}).exit_triggers.empty());
  rest::SetIsolatedMarginExitTrigger set{.ticker = kQuiet};
  set.body.stop_loss_price = dollars("4.0000");
  EXPECT_THAT(refused(alice(), set).status, testing::AnyOf(400, 404, 409)) << "there is no position";
  ask(rest::DeleteIsolatedMarginExitTrigger{.ticker = kQuiet});
}

TEST_F(RestMembers, anFcmsCustomersAndTheirCaps) {
  rest::CreateMarginFCMSubtrader create;
  create.body.subtrader_suffix = "desk";
  const auto made = ask(create);
  ASSERT_FALSE(made.subtrader_id.empty());
  EXPECT_EQ(refused(alice(), create).status, 409);
  rest::UpdateFCMSubtraderRiskControls cap;
  cap.body.subtrader_id = made.subtrader_id;
  cap.body.im_cap = dollars("5000.00");
  ask(cap);
  const auto controls = ask(rest::GetFCMSubtraderRiskControls{.subtrader_id = made.subtrader_id}).risk_controls;
  ASSERT_EQ(controls.size(), 1U);
  EXPECT_EQ(controls[0].im_cap, dollars("5000"));
  ask(rest::DeleteFCMSubtraderRiskControls{.subtrader_id = made.subtrader_id});
  EXPECT_TRUE(ask(rest::GetFCMSubtraderRiskControls{.subtrader_id = made.subtrader_id}).risk_controls.empty());
  rest::UpdateFCMNotionalRiskLimit limit;
  limit.body.notional_value_risk_limit = dollars("10000.0000");
  ask(limit);
  EXPECT_EQ(ask(rest::GetMarginNotionalRiskLimit{}).member_notional_value_risk_limit, dollars("10000"));
  ask(rest::DeleteFCMNotionalRiskLimit{});
}

}  // namespace
}  // namespace marginfix::test
