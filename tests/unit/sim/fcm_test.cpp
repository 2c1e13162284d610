// Subtraders, caps on their initial margin, notional limits, keys that are bound or locked. Source: rest-perps.md "FCM",
// "Authentication"; fcm.hpp.
#include "sim/exchange/members/fcm.hpp"

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/commands/members.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/members.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/risk.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimFcm : public ExchangeTest {
 protected:
  SimFcm() {
    id = make("one");
    exchange.run(commands::AddKey{fcm, {"bound-key", KeyScope::Trading, std::nullopt, id}});
  }
  std::string make(std::string_view suffix, bool category = false) {
    std::string made;
    EXPECT_EQ(create_subtrader(exchange, fcm, suffix, category, made), FcmRefusal::None);
    return made;
  }
  NewOrder of(std::string_view customer, std::string_view cl, Side side, std::int64_t contracts, std::string_view price) const {
    NewOrder o = order(cl, side, contracts, price);
    o.customer_account = customer;
    return o;
  }
  FcmRefusal cap(CapScope scope, std::string_view dollars) { return exchange.run(commands::SetImCap{fcm, id, scope, usd(dollars)}); }
  std::optional<CustomerPositionView> share(std::string_view customer, MarketNo of_market) const {
    for (const auto& p : views::customer_positions(exchange.state(), fcm)) {
      if (p.customer == customer && p.market == of_market) return p;
    }
    return std::nullopt;
  }
  std::string id;
};

TEST_F(SimFcm, SubtradersAreNamedAfterTheMember) {
  EXPECT_EQ(id, std::string(views::user_id(exchange.state(), fcm).view()) + "_one");
  std::string again;
  EXPECT_EQ(create_subtrader(exchange, fcm, "one", true, again), FcmRefusal::Exists);
  EXPECT_EQ(create_subtrader(exchange, bob, "one", true, again), FcmRefusal::NotAnFcm);
  make("Two");
  EXPECT_EQ(views::subtraders(exchange.state(), fcm).size(), 2U);
  EXPECT_TRUE(views::subtraders(exchange.state(), bob).empty());
  EXPECT_FALSE(views::find_subtrader(exchange.state(), bob, id));
}

TEST_F(SimFcm, PositionsAreKeptByCustomer) {
  sell("b-key", "b1", 30, "6.0000");
  send("f-key", of(id, "f1", Side::Buy, 20, "6.0000"));
  send("f-key", of("", "f2", Side::Buy, 10, "6.0000"));
  buy("b-key", "b2", 50, "6.5000");
  send("f-key", of("other", "f3", Side::Sell, 50, "6.5000"));
  EXPECT_EQ(position(fcm), lots(-20));
  ASSERT_TRUE(share(id, market));
  EXPECT_EQ(share(id, market)->net, lots(20));
  EXPECT_EQ(share(id, market)->entry_price, usd("6"));
  EXPECT_EQ(share(id, market)->fees, usd("0.144"));
  EXPECT_EQ(share("", market)->net, lots(10));
  EXPECT_EQ(share("other", market)->net, lots(-50)) << "opened at 6.5, though the account closed a long with it";
  EXPECT_TRUE(share("other", market)->realized_pnl.is_zero());
  buy("b-key", "b3", 20, "7.0000");
  NewOrder close = of(id, "f4", Side::Sell, 99, "7.0000");
  close.reduce_only = true;
  close.time_in_force = TimeInForce::IOC;
  EXPECT_EQ(send("f-key", close).filled, lots(20)) << "reduce-only is about the customer's share";
  EXPECT_EQ(share(id, market)->realized_pnl, usd("20"));
}

TEST_F(SimFcm, ACapOverAllMarkets) {
  ASSERT_EQ(cap({}, "20"), FcmRefusal::None);
  EXPECT_TRUE(send("f-key", of(id, "f1", Side::Buy, 10, "6.0000")).accepted);  // 60 / 5.89 x 1.3 = 13.2429
  EXPECT_EQ(send("f-key", of(id, "f2", Side::Buy, 10, "6.0000")).reason, Reason::InitialMarginCapExceeded);
  NewOrder elsewhere = of(id, "f3", Side::Buy, 20, "1.0000");
  elsewhere.symbol = "KXXRPPERP";
  EXPECT_EQ(send("f-key", elsewhere).reason, Reason::InitialMarginCapExceeded) << "all markets together";
  EXPECT_TRUE(send("f-key", of(id, "f4", Side::Sell, 10, "6.5000")).accepted) << "the smaller side";
  EXPECT_TRUE(send("f-key", of("other", "f5", Side::Buy, 100, "6.0000")).accepted) << "somebody else";
  EXPECT_TRUE(send("f-key", of("", "f6", Side::Buy, 100, "6.0000")).accepted) << "the FCM itself";
  const auto view = views::find_subtrader(exchange.state(), fcm, id).value();
  ASSERT_EQ(view.caps.size(), 1U);
  EXPECT_EQ(view.caps[0].cap, usd("20"));
  EXPECT_EQ(view.caps[0].current, usd("14.3465")) << "65 of asks / 5.89 = 11.0357, x 1.3";
  AmendOrder more = amendment("f1b", "f1", 20);
  EXPECT_EQ(exchange.run(commands::Amend{from("f-key"), more}).reason, Reason::InitialMarginCapExceeded);
  EXPECT_EQ(exchange.run(commands::DeleteImCap{fcm, id, {}}), FcmRefusal::None);
  EXPECT_EQ(exchange.run(commands::DeleteImCap{fcm, id, {}}), FcmRefusal::NoCap);
  EXPECT_TRUE(send("f-key", of(id, "f7", Side::Buy, 10, "6.0000")).accepted);
}

TEST_F(SimFcm, CapsOfMarketsAndClassesAreEachEnforced) {
  ASSERT_EQ(cap({market, {}}, "15"), FcmRefusal::None);
  ASSERT_EQ(cap({{}, "Crypto"}, "30"), FcmRefusal::None);
  EXPECT_EQ(exchange.run(commands::SetImCap{fcm, "nobody", {}, usd("1")}), FcmRefusal::NoSubtrader);
  EXPECT_EQ(send("f-key", of(id, "f1", Side::Buy, 20, "6.0000")).reason, Reason::InitialMarginCapExceeded) << "the market's";
  EXPECT_TRUE(send("f-key", of(id, "f2", Side::Buy, 10, "6.0000")).accepted);
  NewOrder elsewhere = of(id, "f3", Side::Buy, 40, "1.1000");
  elsewhere.symbol = "KXXRPPERP";
  EXPECT_EQ(send("f-key", elsewhere).reason, Reason::InitialMarginCapExceeded) << "the class's: 13.2 + 20.5";
  elsewhere.cl_ord_id = "f4";
  elsewhere.quantity = lots(20);
  EXPECT_TRUE(send("f-key", elsewhere).accepted);
  const auto view = views::find_subtrader(exchange.state(), fcm, id).value();
  ASSERT_EQ(view.caps.size(), 2U);
  EXPECT_EQ(view.caps[0].scope.market, market);
  EXPECT_EQ(view.caps[1].scope.asset_class, "Crypto");
  EXPECT_GT(view.caps[1].current, view.caps[0].current);
}

TEST_F(SimFcm, ASubtraderMayNeedACategoryCap) {
  id = make("careful", true);
  EXPECT_EQ(send("f-key", of(id, "f1", Side::Buy, 1, "6.0000")).reason, Reason::CategoryCapRequired);
  cap({}, "100");
  cap({market, {}}, "100");
  EXPECT_EQ(send("f-key", of(id, "f2", Side::Buy, 1, "6.0000")).reason, Reason::CategoryCapRequired) << "those do not count";
  cap({{}, "Metals"}, "100");
  EXPECT_EQ(send("f-key", of(id, "f3", Side::Buy, 1, "6.0000")).reason, Reason::CategoryCapRequired);
  cap({{}, "Crypto"}, "100");
  EXPECT_TRUE(send("f-key", of(id, "f4", Side::Buy, 1, "6.0000")).accepted);
}

TEST_F(SimFcm, NotionalLimitsOfTheExchange) {
  EXPECT_EQ(exchange.run(commands::SetSubtraderLimit{fcm, id, std::nullopt, usd("100")}), FcmRefusal::None);
  EXPECT_EQ(exchange.run(commands::SetSubtraderLimit{fcm, id, market, usd("60")}), FcmRefusal::None);
  EXPECT_EQ(exchange.run(commands::SetSubtraderLimit{fcm, "nobody", market, usd("60")}), FcmRefusal::NoSubtrader);
  EXPECT_EQ(send("f-key", of(id, "f1", Side::Buy, 11, "6.0000")).reason, Reason::NotionalRiskLimitExceeded);
  EXPECT_TRUE(send("f-key", of(id, "f2", Side::Buy, 10, "6.0000")).accepted);
  NewOrder elsewhere = of(id, "f3", Side::Buy, 50, "1.0000");
  elsewhere.symbol = "KXXRPPERP";
  EXPECT_EQ(send("f-key", elsewhere).reason, Reason::NotionalRiskLimitExceeded);
  const auto view = views::find_subtrader(exchange.state(), fcm, id).value();
  ASSERT_EQ(view.limits.size(), 2U);
  EXPECT_FALSE(view.limits[0].market) << "the whole subtrader first";
  EXPECT_EQ(view.limits[0].current, usd("60"));
  EXPECT_EQ(view.limits[1].limit, usd("60"));
  exchange.run(commands::SetSubtraderLimit{fcm, id, std::nullopt, std::nullopt});
  EXPECT_EQ(views::find_subtrader(exchange.state(), fcm, id)->limits.size(), 1U);
  elsewhere.cl_ord_id = "f4";
  EXPECT_TRUE(send("f-key", elsewhere).accepted);
}

TEST_F(SimFcm, LoweringTheOwnLimitCancelsTheNewestOrders) {
  buy("f-key", "f1", 10, "6.0000");
  sell("f-key", "f2", 1, "9.0000");
  buy("f-key", "f3", 10, "6.0000");
  buy("f-key", "f4", 10, "6.0000");
  EXPECT_EQ(exchange.run(commands::SetMemberLimit{bob, usd("1")}), FcmRefusal::NotAnFcm);
  EXPECT_EQ(exchange.run(commands::SetMemberLimit{fcm, usd("100000000.0001")}), FcmRefusal::AboveExchangeLimit);
  EXPECT_EQ(exchange.run(commands::SetMemberLimit{fcm, usd("100")}), FcmRefusal::None);
  const auto open = views::open_orders(exchange.state(), fcm);
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].cl_ord_id, "f1");
  EXPECT_EQ(open[1].cl_ord_id, "f2") << "canceling it would not help";
  EXPECT_EQ(views::find_order(exchange.state(), fcm, "f4")->last_update, UpdateReason::MarginCancel);
  EXPECT_EQ(buy("f-key", "f5", 10, "6.0000").reason, Reason::NotionalRiskLimitExceeded);
  const auto usage = views::notional_usage(exchange.state(), fcm);
  EXPECT_EQ(usage.member_limit, usd("100"));
  EXPECT_EQ(usage.effective_account_limit(), usd("100"));
  exchange.run(commands::DeleteMemberLimit{fcm});
  EXPECT_EQ(views::open_orders(exchange.state(), fcm).size(), 2U);
  EXPECT_TRUE(buy("f-key", "f6", 10, "6.0000").accepted);
  EXPECT_FALSE(views::notional_usage(exchange.state(), fcm).member_limit);
}

// ---- keys -------------------------------------------------------------------------------------------------------------------

TEST_F(SimFcm, ABoundKeyTradesForItsSubtraderOnly) {
  EXPECT_EQ(views::find_key(exchange.state(), "bound-key")->subtrader, id);
  EXPECT_TRUE(send("bound-key", of("", "k1", Side::Buy, 1, "6.0000")).accepted);
  EXPECT_EQ(views::find_order(exchange.state(), fcm, "k1")->customer_account, id) << "without saying so";
  EXPECT_TRUE(send("bound-key", of(id, "k2", Side::Buy, 1, "6.0000")).accepted);
  EXPECT_EQ(send("bound-key", of("other", "k3", Side::Buy, 1, "6.0000")).reason, Reason::NotAuthorized);
  send("f-key", of("other", "k4", Side::Buy, 1, "6.0000"));
  EXPECT_EQ(cancel("bound-key", "c1", "k4").reason, Reason::UnknownOrder);
  EXPECT_EQ(exchange.run(commands::Amend{from("bound-key"), amendment("k5", "k4", 2)}).reason, Reason::UnknownOrder);
  EXPECT_EQ(exchange.run(commands::CancelAll{from("bound-key", Door::Rest), {}}), 2U);
  EXPECT_EQ(views::open_orders(exchange.state(), fcm).size(), 1U);
}

TEST_F(SimFcm, ALockedKeyUsesItsSubaccountOnly) {
  exchange.run(commands::AddKey{alice, {"locked-key", KeyScope::Trading, 1, ""}});
  EXPECT_EQ(views::find_key(exchange.state(), "locked-key")->subaccount, 1);
  NewOrder o = order("l1", Side::Buy, 1, "6.0000");
  EXPECT_EQ(send("locked-key", o).reason, Reason::NotAuthorized);
  o.cl_ord_id = "l2";
  o.subaccount = 1;
  EXPECT_TRUE(send("locked-key", o).accepted);
  buy("a-key", "a1", 1, "6.0000");
  EXPECT_EQ(cancel("locked-key", "c1", "a1").reason, Reason::UnknownOrder);
  EXPECT_EQ(exchange
                .run(commands::Decrease{from("locked-key", Door::Rest),
                                        {views::find_order(exchange.state(), alice, "a1")->order_id.view(), {}, lots(1), {}}})
                .reason,
            Reason::UnknownOrder);
  EXPECT_EQ(exchange.run(commands::Group{from("locked-key"), {OrderGroupAction::Create, {}, 5, 0}}).reason, Reason::NotAuthorized);
  EXPECT_TRUE(exchange.run(commands::Group{from("locked-key"), {OrderGroupAction::Create, {}, 5, {}}}).group_id);
  EXPECT_EQ(change_group("locked-key", OrderGroupAction::Reset, make_group("a-key", 5)), Reason::OrderGroupNotFound);
  EXPECT_EQ(exchange.run(commands::CancelAll{from("locked-key", Door::Rest), {}}), 1U);
}

TEST_F(SimFcm, TriggersOfABoundKeyAreAboutItsShare) {
  sell("b-key", "b1", 30, "6.2577");
  send("bound-key", of("", "k1", Side::Buy, 10, "6.2577"));
  send("f-key", of("other", "k2", Side::Buy, 20, "6.2577"));
  SetExitTrigger t;
  t.position.market = market;
  t.stop_loss = usd("6.2000");
  ASSERT_EQ(exchange.run(commands::SetExitTrigger{from("bound-key", Door::Rest), t}).refusal, TriggerRefusal::None);
  buy("b-key", "b2", 30, "6.1500");
  exchange.run(commands::SetReference{market, usd("6.2000")}).value();
  exchange.advance(std::chrono::seconds(1));
  EXPECT_TRUE(share(id, market)->net.is_zero());
  EXPECT_EQ(share("other", market)->net, lots(20));
  EXPECT_EQ(position(fcm), lots(20));
}

TEST_F(SimFcm, ASplitDoublesEveryShare) {
  sell("b-key", "b1", 3, "6.0000");
  send("f-key", of(id, "f1", Side::Buy, 3, "6.0000"));
  buy("b-key", "b2", 3, "6.2000");
  send("f-key", of("other", "f2", Side::Sell, 3, "6.2000"));
  ASSERT_TRUE(position(fcm).is_zero());
  CorporateAction split;
  split.market = market;
  split.type = CorporateActionType::StockSplit;
  split.execution_time = exchange.now() + std::chrono::seconds(5);
  split.ratio_old = 2;
  split.ratio_new = 3;
  exchange.run(commands::ScheduleAction{split}).value();
  exchange.advance(std::chrono::seconds(6));
  EXPECT_EQ(share(id, market)->net, lots(4)) << "4.5: the half is paid out";
  EXPECT_EQ(share("other", market)->net, lots(-4));
}

}  // namespace
}  // namespace marginfix::sim
