// Instance and subaccount transfers. Source: rest-perps.md "Transfers and subaccounts"; transfers.hpp.
#include "sim/exchange/members/transfers.hpp"

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/members.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kId = "a023e290-7ada-40d0-817a-189a24e944e2";

class SimTransfers : public ExchangeTest {
 protected:
  InstanceTransfer move(Instance source, Instance destination, std::string_view amount, std::string_view id = "") const {
    InstanceTransfer t;
    t.account = bob;
    t.source = source;
    t.destination = destination;
    t.amount = usd(amount);
    t.client_transfer_id = id;
    return t;
  }
  InstanceTransfer in(std::string_view amount, std::string_view id = "") const {
    return move(Instance::EventContract, Instance::Margined, amount, id);
  }
  InstanceTransfer out(std::string_view amount, std::string_view id = "") const {
    return move(Instance::Margined, Instance::EventContract, amount, id);
  }
  DollarDecimal cash(AccountId account, std::size_t subaccount = 0) const {
    return views::balances(exchange.state(), account).at(subaccount).cash;
  }
};

TEST_F(SimTransfers, ArriveAMomentLater) {
  const auto done = exchange.run(commands::InstanceTransfer{in("250.50")});
  EXPECT_EQ(done.refusal, TransferRefusal::None);
  EXPECT_EQ(cash(bob), usd("100000"));
  EXPECT_EQ(views::purse(exchange.state(), bob), usd("999749.50")) << "it has left the purse";
  EXPECT_EQ(views::transfers(exchange.state(), bob).at(0).status, TransferStatus::Accepted);
  exchange.advance(milliseconds(249));
  EXPECT_EQ(cash(bob), usd("100000"));
  exchange.advance(milliseconds(1));
  EXPECT_EQ(cash(bob), usd("100250.50"));
  EXPECT_EQ(views::transfers(exchange.state(), bob).at(0).status, TransferStatus::Applied);
  EXPECT_EQ(views::transfers(exchange.state(), bob).at(0).transfer_id.view(), done.transfer_id.view());
}

TEST_F(SimTransfers, CannotPromiseTheSameMoneyTwice) {
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{out("60000")}).refusal, TransferRefusal::None);
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{out("60000")}).refusal, TransferRefusal::InsufficientFunds);
  EXPECT_FALSE(exchange.run(commands::Transfer{bob, 0, 1, usd("60000")})) << "there is no subaccount 1";
  exchange.run(commands::CreateSubaccount{bob});
  EXPECT_FALSE(exchange.run(commands::Transfer{bob, 0, 1, usd("60000")}));
  EXPECT_TRUE(exchange.run(commands::Transfer{bob, 0, 1, usd("40000")}));
  exchange.advance(milliseconds(250));
  EXPECT_TRUE(cash(bob).is_zero());
  EXPECT_EQ(views::purse(exchange.state(), bob), usd("1060000"));
}

TEST_F(SimTransfers, FailWhenTheMoneyIsNeededAsMarginMeanwhile) {
  exchange.run(commands::InstanceTransfer{out("99999")});
  buy("b-key", "b1", 1000, "6.0000");  // 1,324 of margin
  exchange.advance(milliseconds(250));
  EXPECT_EQ(views::transfers(exchange.state(), bob).at(0).status, TransferStatus::Failed);
  EXPECT_EQ(cash(bob), usd("100000"));
  EXPECT_EQ(views::purse(exchange.state(), bob), usd("1000000"));
}

TEST_F(SimTransfers, AnIdIsGoodOnceForEachSource) {
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{in("1", kId)}).refusal, TransferRefusal::None);
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{in("2", kId)}).refusal, TransferRefusal::AlreadyApplied);
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{out("1", kId)}).refusal, TransferRefusal::None) << "the other source";
  InstanceTransfer others = in("1", kId);
  others.account = alice;
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{others}).refusal, TransferRefusal::None);
  exchange.advance(milliseconds(250));
  EXPECT_EQ(cash(bob), usd("100000"));
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{in("1")}).refusal, TransferRefusal::None);
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{in("1")}).refusal, TransferRefusal::None) << "without an id each is a new one";
}

TEST_F(SimTransfers, ThePurseHasAnEnd) {
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{in("1000000.0001")}).refusal, TransferRefusal::InsufficientFunds);
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{in("1000000")}).refusal, TransferRefusal::None);
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{in("0.0001")}).refusal, TransferRefusal::InsufficientFunds);
}

TEST_F(SimTransfers, EventContractSubaccountsAreOutside) {
  InstanceTransfer t = move(Instance::EventContract, Instance::EventContract, "10");
  t.destination_subaccount = 3;
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{t}).refusal, TransferRefusal::None);
  exchange.advance(milliseconds(250));
  EXPECT_EQ(views::purse(exchange.state(), bob), usd("999990"));
  EXPECT_EQ(cash(bob), usd("100000"));
  t.source_subaccount = 3;
  t.destination_subaccount = 0;
  t.amount = usd("10.0001");
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{t}).refusal, TransferRefusal::InsufficientFunds);
  t.amount = usd("10");
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{t}).refusal, TransferRefusal::None);
}

TEST_F(SimTransfers, BetweenSubaccountsAtOnceAndOnce) {
  const auto go = [&](int from, int to, std::string_view amount, std::string_view id) {
    return exchange.run(commands::SubaccountTransfer{alice, from, to, usd(amount), id}).refusal;
  };
  EXPECT_EQ(go(0, 1, "999999", kId), TransferRefusal::InsufficientFunds);
  EXPECT_EQ(go(0, 7, "1", kId), TransferRefusal::NoSubaccount);
  EXPECT_EQ(go(0, 1, "25", kId), TransferRefusal::None) << "what was refused did not use the id up";
  EXPECT_EQ(go(0, 1, "25", kId), TransferRefusal::AlreadyApplied);
  EXPECT_EQ(cash(alice, 1), usd("50025"));
}

TEST_F(SimTransfers, ProfitOnPaperCannotLeave) {
  sell("a-key", "a1", 100, "6.2577");
  buy("b-key", "b1", 100, "6.2577");
  exchange.run(commands::SetReference{market, usd("60")}).value();
  EXPECT_EQ(exchange.run(commands::InstanceTransfer{out("100000")}).refusal, TransferRefusal::InsufficientFunds) << "cash is what leaves";
}

}  // namespace
}  // namespace marginfix::sim
