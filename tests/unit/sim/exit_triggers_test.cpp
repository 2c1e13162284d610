// Exit triggers: what fires, what ends them, how anchored ones follow their order. Source: rest-perps.md "Exit triggers"; readings at the
// top of exit_triggers.hpp.
#include "sim/exchange/members/exit_triggers.hpp"

#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::seconds;

class SimTriggers : public ExchangeTest {
 protected:
  void open_long(std::int64_t contracts = 100) {
    sell("b-key", "b-open", contracts, "6.2577");
    ASSERT_EQ(buy("a-key", "a-open", contracts, "6.2577").filled, lots(contracts));
  }
  void open_short(std::int64_t contracts = 100) {
    buy("b-key", "b-open", contracts, "6.2577");
    ASSERT_EQ(sell("a-key", "a-open", contracts, "6.2577").filled, lots(contracts));
  }
  // Somebody to trade with on both sides, so far apart that the middle of the book does not move the mark.
  void liquidity(std::string_view bid, std::string_view ask, std::int64_t contracts = 1000) {
    buy("f-key", "f-bid", contracts, bid);
    sell("f-key", "f-ask", contracts, ask);
  }
  SetExitTrigger bracket(std::string_view stop, std::string_view profit = "") const {
    SetExitTrigger t;
    t.position.market = market;
    if (!stop.empty()) t.stop_loss = usd(stop);
    if (!profit.empty()) t.take_profit = usd(profit);
    return t;
  }
  SetExitTrigger partial(std::string_view key, std::int64_t contracts, std::string_view stop) const {
    SetExitTrigger t = bracket(stop);
    t.count = lots(contracts);
    t.client_trigger_id = key;
    return t;
  }
  SetExitTrigger anchored(std::string_view key, const OrderOutcome& anchor, std::string_view stop) {
    anchor_ids_.push_back(std::string(anchor.order_id.view()));
    SetExitTrigger t = bracket(stop);
    t.anchor_order_id = anchor_ids_.back();
    t.client_trigger_id = key;
    return t;
  }
  SetExitTrigger trailing(std::string_view amount, int bps = 0) const {
    SetExitTrigger t = bracket("");
    t.kind = TriggerKind::Trailing;
    if (!amount.empty()) t.trail_amount = usd(amount);
    if (bps != 0) t.trail_bps = bps;
    return t;
  }
  TriggerOutcome set(const SetExitTrigger& t) { return exchange.run(commands::SetExitTrigger{from("a-key", Door::Rest), t}); }
  ExitTriggerView placed(const SetExitTrigger& t) {
    const TriggerOutcome out = set(t);
    EXPECT_EQ(out.refusal, TriggerRefusal::None);
    return out.trigger.value();
  }
  ExitTriggerView now(const ExitTriggerView& t) const { return views::find_exit_trigger(exchange.state(), alice, t.id.view()).value(); }
  std::vector<ExitTriggerView> live() const {
    return views::exit_triggers(exchange.state(), from("a-key", Door::Rest), {market, 0}, std::nullopt);
  }
  void mark(std::string_view price) {
    exchange.run(commands::SetReference{market, usd(price)}).value();
    exchange.advance(seconds(1));
  }
  std::deque<std::string> anchor_ids_;
};

TEST_F(SimTriggers, StopLossClosesALong) {
  open_long();
  liquidity("6.1500", "6.9000");
  const auto t = placed(bracket("6.2000", "7.0000"));
  EXPECT_EQ(t.status, TriggerStatus::Active);
  EXPECT_TRUE(t.count.is_zero()) << "0 is the whole position";
  mark("6.2050");
  EXPECT_EQ(position(alice), lots(100));
  mark("6.2000");
  EXPECT_TRUE(position(alice).is_zero());
  const auto done = now(t);
  EXPECT_EQ(done.status, TriggerStatus::Filled);
  EXPECT_EQ(done.leg, TriggerLeg::StopLoss);
  EXPECT_EQ(done.filled, lots(100));
  EXPECT_TRUE(live().empty());
  const auto& last = events.reports.back();
  ASSERT_TRUE(done.fired_order);
  const auto order = views::find_order_id(exchange.state(), alice, done.fired_order->view());
  ASSERT_TRUE(order);
  EXPECT_EQ(order->system, SystemOrder::TakeProfitStopLoss);
  EXPECT_EQ(order->cum_qty, lots(100));
  EXPECT_EQ(last.event.requested_by.door, Door::System);
}

TEST_F(SimTriggers, TakeProfitClosesALong) {
  open_long();
  liquidity("6.4900", "6.6000");
  const auto t = placed(bracket("6.0000", "6.5000"));
  mark("6.5000");
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(now(t).leg, TriggerLeg::TakeProfit);
}

TEST_F(SimTriggers, ShortsFireTheOtherWayRound) {
  open_short();
  liquidity("5.9000", "6.1000");
  const auto t = placed(bracket("6.5000", "6.1000"));
  mark("6.3000");
  EXPECT_EQ(position(alice), lots(-100));
  mark("6.1000");
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(now(t).leg, TriggerLeg::TakeProfit);
}

TEST_F(SimTriggers, ShortStop) {
  open_short();
  liquidity("6.4000", "6.5500");
  const auto t = placed(bracket("6.5000"));
  mark("6.5000");
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(now(t).leg, TriggerLeg::StopLoss);
}

TEST_F(SimTriggers, TrailingStopFollowsThePeak) {
  open_long();
  liquidity("6.3000", "7.0000");
  const auto t = placed(trailing("0.1000"));
  EXPECT_EQ(t.watermark, usd("6.2577"));
  EXPECT_EQ(t.effective_stop_price, usd("6.1577"));
  mark("6.5000");
  EXPECT_EQ(now(t).watermark, usd("6.5"));
  EXPECT_EQ(now(t).effective_stop_price, usd("6.4"));
  mark("6.4500");
  EXPECT_EQ(now(t).watermark, usd("6.5")) << "never back";
  EXPECT_EQ(position(alice), lots(100));
  mark("6.4000");
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(now(t).status, TriggerStatus::Filled);
  EXPECT_EQ(now(t).leg, TriggerLeg::None) << "legs are of brackets";
}

TEST_F(SimTriggers, TrailInBasisPointsIsOfTheWatermark) {
  open_short();
  liquidity("6.0000", "6.0900");
  const auto t = placed(trailing("", 100));
  EXPECT_EQ(t.effective_stop_price, usd("6.320277"));  // 6.2577 x 1.01
  mark("6.0000");
  EXPECT_EQ(now(t).effective_stop_price, usd("6.06"));
  mark("6.0600");
  EXPECT_TRUE(position(alice).is_zero());
}

TEST_F(SimTriggers, PartialBracketsCloseTheirCountOnly) {
  open_long();
  liquidity("6.1500", "6.9000");
  const auto first = placed(partial("k1", 30, "6.2000"));
  const auto second = placed(partial("k2", 70, "6.1000"));
  EXPECT_EQ(set(partial("k3", 1, "6.0000")).refusal, TriggerRefusal::DoesNotFit);
  EXPECT_EQ(set(bracket("6.0000")).refusal, TriggerRefusal::Covered);
  mark("6.2000");
  EXPECT_EQ(position(alice), lots(70));
  EXPECT_EQ(now(first).status, TriggerStatus::Filled);
  EXPECT_EQ(now(first).filled, lots(30));
  EXPECT_EQ(now(second).status, TriggerStatus::Active);
}

TEST_F(SimTriggers, ReplacingKeepsTheIdAndClearsWhatIsLeftOut) {
  open_long();
  const auto first = placed(bracket("6.0000", "7.0000"));
  const auto again = placed(bracket("", "7.5000"));
  EXPECT_EQ(again.id.view(), first.id.view());
  EXPECT_FALSE(again.stop_loss);
  EXPECT_EQ(again.take_profit, usd("7.5"));
  const auto stop = placed(trailing("0.5000"));
  EXPECT_EQ(live().size(), 2U) << "one bracket and one trailing stop";
  EXPECT_EQ(placed(trailing("", 50)).id.view(), stop.id.view());
  EXPECT_EQ(live().size(), 2U);
  EXPECT_EQ(set(partial("k", 1, "6.0000")).refusal, TriggerRefusal::Covered) << "the whole position has a bracket";
}

TEST_F(SimTriggers, AKeyGivesBackWhatItMadeWhateverBecameOfIt) {
  open_long();
  const auto t = placed(partial("once", 10, "6.0000"));
  SetExitTrigger other = partial("once", 99, "5.0000");
  EXPECT_EQ(placed(other).id.view(), t.id.view());
  EXPECT_EQ(placed(other).count, lots(10));
  EXPECT_EQ(exchange.run(commands::CancelExitTrigger{from("a-key"), {market, 0}, t.id.view()}), TriggerRefusal::None);
  EXPECT_EQ(placed(other).status, TriggerStatus::Canceled);
  EXPECT_EQ(placed(other).end, TriggerEnd::UserCanceled);
  other.position.subaccount = 1;
  EXPECT_EQ(set(other).refusal, TriggerRefusal::KeyUsed);
  EXPECT_TRUE(live().empty());
}

TEST_F(SimTriggers, NeedAPosition) {
  EXPECT_EQ(set(bracket("6.0000")).refusal, TriggerRefusal::NoPosition);
  EXPECT_EQ(set(trailing("0.1000")).refusal, TriggerRefusal::NoPosition);
  EXPECT_EQ(set(partial("k", 1, "6.0000")).refusal, TriggerRefusal::NoPosition);
  open_long();
  SetExitTrigger elsewhere = bracket("6.0000");
  elsewhere.position.subaccount = 1;
  EXPECT_EQ(set(elsewhere).refusal, TriggerRefusal::NoPosition);
  elsewhere.position.subaccount = 9;
  EXPECT_EQ(set(elsewhere).refusal, TriggerRefusal::NotAuthorized);
  EXPECT_EQ(exchange.run(commands::SetExitTrigger{from("a-listen", Door::Rest), bracket("6.0000")}).refusal, TriggerRefusal::NotAuthorized);
  SetExitTrigger off_tick = bracket("6.0000");
  off_tick.stop_loss = usd("6.00005");
  EXPECT_EQ(set(off_tick).refusal, TriggerRefusal::BadPrice);
}

TEST_F(SimTriggers, AtMostTwentyBrackets) {
  open_long();
  std::deque<std::string> keys;
  for (int i = 0; i < 20; ++i) {
    keys.push_back("k" + std::to_string(i));
    placed(partial(keys.back(), 1, "6.0000"));
  }
  EXPECT_EQ(set(partial("k20", 1, "6.0000")).refusal, TriggerRefusal::TooMany);
  EXPECT_EQ(set(trailing("0.1000")).refusal, TriggerRefusal::None);
  EXPECT_EQ(live().size(), 21U);
  EXPECT_EQ(exchange.run(commands::CancelExitTriggers{from("a-key"), {market, 0}, TriggerKind::Trailing}), 1U);
  EXPECT_EQ(exchange.run(commands::CancelExitTriggers{from("a-key"), {market, 0}, std::nullopt}), 20U);
  EXPECT_EQ(exchange.run(commands::CancelExitTriggers{from("a-key"), {market, 0}, std::nullopt}), 0U);
}

TEST_F(SimTriggers, EndWithTheirPosition) {
  open_long();
  const auto t = placed(bracket("6.0000"));
  const auto stop = placed(trailing("0.5000"));
  buy("b-key", "b-close", 100, "6.2577");
  sell("a-key", "a-close", 100, "6.2577");
  EXPECT_EQ(now(t).status, TriggerStatus::Canceled);
  EXPECT_EQ(now(t).end, TriggerEnd::PositionClosed);
  EXPECT_EQ(now(stop).end, TriggerEnd::PositionClosed);
  EXPECT_TRUE(live().empty());
}

TEST_F(SimTriggers, EndWhenThePositionTurns) {
  open_long();
  const auto t = placed(bracket("6.0000"));
  buy("b-key", "b-turn", 150, "6.2577");
  sell("a-key", "a-turn", 150, "6.2577");
  EXPECT_EQ(position(alice), lots(-50));
  EXPECT_EQ(now(t).status, TriggerStatus::Canceled);
  EXPECT_EQ(now(t).end, TriggerEnd::PositionFlipped);
}

TEST_F(SimTriggers, FiringOneEndsTheOthersWithThePosition) {
  open_long();
  liquidity("6.1500", "6.9000");
  const auto t = placed(bracket("6.2000"));
  const auto stop = placed(trailing("0.5000"));
  mark("6.2000");
  EXPECT_EQ(now(t).status, TriggerStatus::Filled);
  EXPECT_EQ(now(stop).status, TriggerStatus::Canceled);
  EXPECT_EQ(now(stop).end, TriggerEnd::PositionClosed);
}

TEST_F(SimTriggers, GoesOnUntilAllIsClosed) {
  open_long();
  buy("f-key", "f-bid", 40, "6.1500");
  const auto t = placed(bracket("6.2000"));
  mark("6.2000");
  EXPECT_EQ(now(t).status, TriggerStatus::Active);
  EXPECT_EQ(now(t).filled, lots(40));
  mark("6.2500");  // the leg has fired: no way back
  buy("f-key", "f-bid2", 100, "6.2000");
  exchange.advance(seconds(1));
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(now(t).filled, lots(100));
}

TEST_F(SimTriggers, FailsWhenNobodyTakesTheOtherSide) {
  open_long();
  const auto t = placed(bracket("6.2000"));
  mark("6.2000");
  EXPECT_EQ(now(t).status, TriggerStatus::Active);
  exchange.advance(seconds(10));
  EXPECT_EQ(now(t).status, TriggerStatus::Failed);
  EXPECT_EQ(now(t).end, TriggerEnd::OrderRejected);
  EXPECT_EQ(position(alice), lots(100));
}

TEST_F(SimTriggers, NothingFiresWhileTheMarketIsHalted) {
  open_long();
  liquidity("6.1500", "6.9000");
  const auto t = placed(bracket("6.2000"));
  exchange.run(commands::Halt{market, true});
  mark("6.2000");
  exchange.advance(seconds(20));
  EXPECT_EQ(now(t).status, TriggerStatus::Active);
  exchange.run(commands::Halt{market, false});
  exchange.advance(seconds(1));
  EXPECT_EQ(now(t).status, TriggerStatus::Filled);
}

TEST_F(SimTriggers, OwnRestingOrdersGiveWay) {
  open_long();
  buy("a-key", "a-bid", 5, "6.1900");
  liquidity("6.1500", "6.9000");
  placed(bracket("6.2000"));
  mark("6.2000");
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(views::find_order(exchange.state(), alice, "a-bid")->last_update, UpdateReason::SelfTradeCancel);
}

// ---- anchored ---------------------------------------------------------------------------------------------------------------

TEST_F(SimTriggers, AnchoredFollowsItsOrder) {
  const auto entry = buy("a-key", "entry", 100, "6.2000");
  const auto t = placed(anchored("k", entry, "6.0000"));
  EXPECT_EQ(t.status, TriggerStatus::PendingOnEntry);
  ASSERT_TRUE(t.anchor_order);
  EXPECT_EQ(t.anchor_order->view(), entry.order_id.view());
  sell("b-key", "b1", 40, "6.2000");
  EXPECT_EQ(now(t).status, TriggerStatus::Active);
  EXPECT_EQ(now(t).count, lots(40));
  sell("b-key", "b2", 60, "6.2000");
  EXPECT_EQ(now(t).count, lots(100));
  EXPECT_FALSE(now(t).anchor_order) << "the order is over";
  EXPECT_EQ(now(t).status, TriggerStatus::Active);
  liquidity("5.9500", "6.9000");
  mark("6.0000");
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(now(t).status, TriggerStatus::Filled);
}

TEST_F(SimTriggers, AnchoredGoesBackToWaitingForTheRest) {
  const auto entry = buy("a-key", "entry", 100, "6.2000");
  SetExitTrigger both = anchored("k", entry, "5.0000");
  both.take_profit = usd("6.4000");
  const auto t = placed(both);
  sell("b-key", "b1", 40, "6.2000");
  buy("f-key", "f-bid", 1000, "6.3900");
  mark("6.4000");
  EXPECT_EQ(now(t).status, TriggerStatus::PendingOnEntry);
  EXPECT_EQ(now(t).filled, lots(40));
  EXPECT_EQ(now(t).leg, TriggerLeg::TakeProfit);
  EXPECT_TRUE(now(t).fired_order);
  mark("6.2577");
  cancel("f-key", "c0", "f-bid");
  sell("b-key", "b2", 10, "6.2000");
  EXPECT_EQ(now(t).status, TriggerStatus::Active);
  EXPECT_EQ(now(t).count, lots(50));
  cancel("a-key", "c1", "entry");
  EXPECT_EQ(now(t).status, TriggerStatus::Active);
  buy("f-key", "f-bid2", 1000, "6.3900");
  mark("6.4000");
  EXPECT_EQ(now(t).status, TriggerStatus::Filled);
  EXPECT_EQ(now(t).filled, lots(50));
}

TEST_F(SimTriggers, AnchoredEndsWithAnOrderThatNeverFilled) {
  const auto entry = buy("a-key", "entry", 100, "6.2000");
  const auto t = placed(anchored("k", entry, "6.0000"));
  cancel("a-key", "c1", "entry");
  EXPECT_EQ(now(t).status, TriggerStatus::Canceled);
  EXPECT_EQ(now(t).end, TriggerEnd::EntryNotFilled);
}

TEST_F(SimTriggers, AnchoredReleasesWhatSomebodyElseClosed) {
  const auto entry = buy("a-key", "entry", 100, "6.2000");
  const auto t = placed(anchored("k", entry, "6.0000"));
  sell("b-key", "b1", 40, "6.2000");
  buy("b-key", "b2", 40, "6.3000");
  sell("a-key", "a-close", 40, "6.3000");
  EXPECT_TRUE(position(alice).is_zero());
  EXPECT_EQ(now(t).status, TriggerStatus::PendingOnEntry);
  EXPECT_TRUE(now(t).filled.is_zero());
  cancel("a-key", "c1", "entry");
  EXPECT_EQ(now(t).status, TriggerStatus::Canceled);
  EXPECT_EQ(now(t).end, TriggerEnd::PositionClosed);
}

TEST_F(SimTriggers, AnchorsMustBeTheAccountsAndOfThisPosition) {
  const auto theirs = buy("b-key", "b1", 10, "6.0000");
  EXPECT_EQ(set(anchored("k", theirs, "5.0000")).refusal, TriggerRefusal::AnchorUnavailable);
  NewOrder other = order("x1", Side::Buy, 10, "1.0000");
  other.symbol = "KXXRPPERP";
  EXPECT_EQ(set(anchored("k", send("a-key", other), "5.0000")).refusal, TriggerRefusal::AnchorElsewhere);
  const auto canceled = buy("a-key", "a1", 10, "6.0000");
  cancel("a-key", "c1", "a1");
  EXPECT_EQ(set(anchored("k", canceled, "5.0000")).refusal, TriggerRefusal::AnchorUnavailable);
  OrderOutcome unknown;
  unknown.order_id = make_uuid(99, IdKind::Order, 1);
  EXPECT_EQ(set(anchored("k", unknown, "5.0000")).refusal, TriggerRefusal::AnchorUnavailable);
  EXPECT_TRUE(live().empty()) << "nothing was written, the key is free";
  sell("f-key", "f1", 10, "6.2000");
  const auto filled = buy("a-key", "a2", 10, "6.2000");
  const auto t = placed(anchored("k", filled, "5.0000"));
  EXPECT_EQ(t.status, TriggerStatus::Active) << "an order that is filled already";
  EXPECT_EQ(t.count, lots(10));
}

// ---- changes by id ------------------------------------------------------------------------------------------------------------

TEST_F(SimTriggers, UpdatesNameOneBracket) {
  open_long();
  const auto t = placed(partial("k1", 30, "6.0000"));
  const auto stop = placed(trailing("0.5000"));
  const auto change = [&](std::string_view id) {
    UpdateExitTrigger u;
    u.position.market = market;
    u.trigger_id = id;
    u.take_profit = usd("7.0000");
    return exchange.run(commands::UpdateExitTrigger{from("a-key", Door::Rest), u});
  };
  const auto changed = change(t.id.view());
  ASSERT_EQ(changed.refusal, TriggerRefusal::None);
  EXPECT_FALSE(changed.trigger->stop_loss) << "left out = removed";
  EXPECT_EQ(changed.trigger->take_profit, usd("7"));
  EXPECT_EQ(changed.trigger->count, lots(30));
  EXPECT_EQ(change(stop.id.view()).refusal, TriggerRefusal::NotABracket);
  EXPECT_EQ(change("nothing").refusal, TriggerRefusal::NotFound);
  EXPECT_EQ(exchange.run(commands::CancelExitTrigger{from("b-key"), {market, 0}, t.id.view()}), TriggerRefusal::NotFound) << "not bob's";
  EXPECT_EQ(exchange.run(commands::CancelExitTrigger{from("a-key"), {market, 0}, stop.id.view()}), TriggerRefusal::NotABracket);
  EXPECT_EQ(exchange.run(commands::CancelExitTrigger{from("a-key"), {market, 0}, t.id.view()}), TriggerRefusal::None);
  EXPECT_EQ(exchange.run(commands::CancelExitTrigger{from("a-key"), {market, 0}, t.id.view()}), TriggerRefusal::NotFound);
  EXPECT_EQ(change(t.id.view()).refusal, TriggerRefusal::NotFound);
}

TEST_F(SimTriggers, ASplitConvertsPricesAndCounts) {
  open_long();
  const auto t = placed(partial("k1", 30, "6.0000"));
  const auto stop = placed(trailing("0.5000"));
  CorporateAction split;
  split.market = market;
  split.type = CorporateActionType::StockSplit;
  split.execution_time = exchange.now() + seconds(5);
  split.ratio_old = 1;
  split.ratio_new = 2;
  exchange.run(commands::ScheduleAction{split}).value();
  exchange.advance(seconds(6));
  EXPECT_EQ(position(alice), lots(200));
  EXPECT_EQ(now(t).stop_loss, usd("3"));
  EXPECT_EQ(now(t).count, lots(60));
  EXPECT_EQ(now(stop).trail_amount, usd("0.25"));
  EXPECT_EQ(now(stop).watermark, usd("3.1289"));
}

}  // namespace
}  // namespace marginfix::sim
