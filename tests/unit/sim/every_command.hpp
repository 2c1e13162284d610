// A life of an exchange in which every command happens at least once, and the files that the program of before "one command, one struct"
// (76f67b7) wrote of it: tests/unit/sim/data/every-command. They were made by that program with the same calls as these:
//   journal/   journal-1.mfj   EveryCommand::run() on a fresh exchange, and one record of a kind that is read but not written any more
//   snapshot/  snapshot-2.mfs, journal-2.mfj   the same life, then checkpoint(), then after_the_snapshot()
// and beside each, as state.json, what GET /state told.
#pragma once

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {

inline ExchangeOptions every_command_options(const std::filesystem::path& dir) {
  ExchangeOptions o;
  o.dir = dir;
  o.house = false;
  o.past = false;
  o.accounts = {{"alice", {{"a-key", KeyScope::Trading}}, false, {usd("100000"), usd("50000")}}};
  return o;
}

class EveryCommand {
 public:
  explicit EveryCommand(Exchange& e) : exchange_(e) {}

  void run() {
    accounts();
    trading();
    sessions_and_control();
    money_and_triggers();
    fcm_limits();
    clearing();
    markets();
    submit("a-key", "last", Side::Buy, 5, "5.0000", TimeInForce::GTC);
  }
  void after_the_snapshot() {
    submit("b-key", "later", Side::Sell, 3, "5.0000", TimeInForce::IOC);
    exchange_.advance(std::chrono::minutes(1));
    exchange_.run(commands::Deposit{alice_, 0, usd("7")}).value();
  }

 private:
  RequestContext from(const char* key, Door door = Door::FixRT) {
    return {{views::find_key(exchange_.state(), key)->key, door}, {}, ++seq_};
  }
  OrderOutcome submit(const char* key, std::string_view id, Side side, std::int64_t n, const char* price, TimeInForce tif,
                      std::string_view group = {}, std::string_view customer = {}) {
    NewOrder o;
    o.cl_ord_id = id;
    o.symbol = kMarket;
    o.side = side;
    o.quantity = lots(n);
    o.price = usd(price);
    o.time_in_force = tif;
    o.group_id = group;
    o.customer_account = customer;
    return exchange_.run(commands::Submit{from(key), o});
  }

  void accounts() {
    alice_ = views::find_account(exchange_.state(), "alice").value();
    bob_ = exchange_.run(
        commands::CreateAccount{{"bob", {{"b-key", KeyScope::Trading}, {"b-drop", KeyScope::DropCopy}}, false, {usd("100000"), usd("5")}}});
    fcm_ = exchange_.run(commands::CreateAccount{{"fcm", {{"f-key", KeyScope::Trading}}, true, {usd("900000")}}});
    exchange_.run(commands::AddKey{bob_, {"b-locked", KeyScope::Trading, 1, {}}});
    exchange_.run(commands::CreateSubaccount{bob_});
    exchange_.run(commands::Deposit{bob_, 2, usd("77.5")}).value();
    exchange_.run(commands::Transfer{bob_, 0, 1, usd("10")});
    exchange_.step(kStart + std::chrono::seconds(5));
  }

  void trading() {
    submit("a-key", "a1", Side::Buy, 10, "6.0000", TimeInForce::GTC);
    submit("b-key", "b1", Side::Sell, 4, "6.0000", TimeInForce::Day);
    const std::string group(exchange_.run(commands::Group{from("a-key"), {OrderGroupAction::Create, {}, 5, 0}}).group_id->view());
    submit("a-key", "g1", Side::Buy, 9, "6.0100", TimeInForce::Day, group);
    submit("b-key", "b2", Side::Sell, 6, "6.0100", TimeInForce::IOC);
    exchange_.run(commands::Group{from("a-key"), {OrderGroupAction::Reset, group, 0, {}}});
    submit("b-key", "refused", Side::Sell, 0, "6.0100", TimeInForce::IOC);
    AmendOrder a;
    a.cl_ord_id = "a2";
    a.orig_cl_ord_id = "a1";
    a.quantity = lots(20);
    a.time_in_force = TimeInForce::GTD;
    a.expire_time = kStart + std::chrono::hours(1);
    exchange_.run(commands::Amend{from("a-key"), a});
    DecreaseOrder d;
    const OrderView order = views::find_order(exchange_.state(), alice_, "a2").value();
    d.order_id = order.order_id.view();
    d.reduce_by = lots(3);
    exchange_.run(commands::Decrease{from("a-key", Door::Rest), d});
    submit("b-key", "b3", Side::Sell, 6, "6.5000", TimeInForce::GTC);
    CancelOrder c;
    c.cl_ord_id = "c1";
    c.orig_cl_ord_id = "b3";
    exchange_.run(commands::Cancel{from("b-key"), c});
    submit("b-key", "b4", Side::Sell, 1, "6.6000", TimeInForce::Day);
    exchange_.run(commands::MassCancel{from("b-key", Door::FixNR), {"m1"}});
    submit("b-key", "b5", Side::Sell, 1, "6.6000", TimeInForce::Day);
    exchange_.run(commands::CancelAll{from("b-key", Door::Rest), {0}});
    submit("b-key", "b6", Side::Sell, 1, "6.6000", TimeInForce::Day);
  }

  void sessions_and_control() {
    exchange_.run(commands::CancelOnDisconnect{{views::find_key(exchange_.state(), "b-key")->key, Door::FixRT}});
    exchange_.run(commands::ResetRef{{views::find_key(exchange_.state(), "b-key")->key, Door::FixRT}});
    exchange_.run(commands::SetPaused{true});
    exchange_.run(commands::SetPaused{false});
    exchange_.run(commands::Halt{1, true});
    exchange_.run(commands::SetStatus{2, MarketStatus::Closed});
    exchange_.run(commands::SetHouse{true});
    exchange_.step(kStart + std::chrono::seconds(8));
    exchange_.run(commands::SetHouse{false});
  }

  void money_and_triggers() {
    InstanceTransfer in;
    in.account = alice_;
    in.amount = usd("1000");
    in.client_transfer_id = "t-1";
    exchange_.run(commands::InstanceTransfer{in});
    exchange_.run(commands::SubaccountTransfer{alice_, 0, 1, usd("12.34"), "s-1"});
    exchange_.advance(std::chrono::seconds(2));
    const PositionName position{views::find_market(exchange_.state(), kMarket).value(), 0};
    SetExitTrigger set;
    set.position = position;
    set.stop_loss = usd("1.0000");
    set.count = lots(2);
    set.client_trigger_id = "x-1";
    const auto first = exchange_.run(commands::SetExitTrigger{from("a-key", Door::Rest), set});
    UpdateExitTrigger update;
    update.position = position;
    update.trigger_id = first.trigger->id.view();
    update.take_profit = usd("60.0000");
    exchange_.run(commands::UpdateExitTrigger{from("a-key", Door::Rest), update});
    set.client_trigger_id = "x-2";
    const auto second = exchange_.run(commands::SetExitTrigger{from("a-key", Door::Rest), set});
    exchange_.run(commands::CancelExitTrigger{from("a-key", Door::Rest), position, second.trigger->id.view()});
    SetExitTrigger trailing;
    trailing.position = position;
    trailing.kind = TriggerKind::Trailing;
    trailing.trail_bps = 5'000;
    exchange_.run(commands::SetExitTrigger{from("a-key", Door::Rest), trailing});
    exchange_.run(commands::CancelExitTriggers{from("a-key", Door::Rest), position, TriggerKind::Trailing});
  }

  void fcm_limits() {
    std::string first, second;
    create_subtrader(exchange_, fcm_, "one", true, first);
    create_subtrader(exchange_, fcm_, "two", false, second);
    subtrader_ = first;
    exchange_.run(commands::SetImCap{fcm_, first, {{}, "Crypto"}, usd("5000")});
    exchange_.run(commands::SetImCap{fcm_, first, {0, {}}, usd("4000")});
    exchange_.run(commands::DeleteImCap{fcm_, first, {0, {}}});
    exchange_.run(commands::SetSubtraderLimit{fcm_, first, std::nullopt, usd("8000")});
    exchange_.run(commands::SetSubtraderLimit{fcm_, second, 0, usd("7000")});
    exchange_.run(commands::SetSubtraderLimit{fcm_, second, 0, std::nullopt});
    submit("f-key", "f1", Side::Sell, 3, "6.0000", TimeInForce::GTC, {}, first);
    exchange_.run(commands::SetMemberLimit{fcm_, usd("90000")});
    exchange_.run(commands::DeleteMemberLimit{fcm_});
    exchange_.run(commands::SetMemberLimit{fcm_, usd("80000")});
  }

  void clearing() {
    exchange_.run(commands::WithdrawSettlement{alice_, 1'234});
    exchange_.run(commands::DepositSettlement{alice_, 5'678});
    const auto made = exchange_.run(commands::CreateSubtraderGroup{fcm_, {subtrader_, "another"}});
    exchange_.run(commands::UpdateSubtraderGroup{fcm_, made.group, {subtrader_}});
    const auto gone = exchange_.run(commands::CreateSubtraderGroup{fcm_, {"another"}});
    exchange_.run(commands::DeleteSubtraderGroup{fcm_, gone.group});
    exchange_.run(commands::AddSubtraderKey{fcm_, {"s-key", "first key", subtrader_, "pem"}});
    exchange_.run(commands::AddSubtraderKey{fcm_, {"s-key2", "second key", subtrader_, "pem"}});
    exchange_.run(commands::RemoveSubtraderKey{fcm_, "s-key2"});
    exchange_.advance(std::chrono::hours(2));  // a settlement
  }

  void markets() {
    exchange_.run(commands::SetReference{0, usd("6.2000")}).value();
    CorporateAction dividend;
    dividend.market = 0;
    dividend.type = CorporateActionType::CashDividend;
    dividend.execution_time = exchange_.now() + std::chrono::seconds(30);
    dividend.ex_date = Date(std::chrono::year(2026) / 11 / 24);
    dividend.cash_per_contract = usd("0.0100");
    exchange_.run(commands::ScheduleAction{dividend}).value();
    dividend.execution_time += std::chrono::hours(100);
    const Uuid canceled = exchange_.run(commands::ScheduleAction{dividend}).value();
    cancel_corporate_action(exchange_, canceled.view());
    exchange_.advance(std::chrono::minutes(1));
  }

  Exchange& exchange_;
  AccountId alice_{0}, bob_{0}, fcm_{0};
  std::string subtrader_;
  std::uint64_t seq_{0};
};

}  // namespace marginfix::sim
