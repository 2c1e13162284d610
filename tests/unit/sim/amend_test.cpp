// Amends: quantity, price, place in the queue, expiry, refusals. Source: fix-margin.md "OrderCancelReplaceRequest (G)".
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimAmend : public ExchangeTest {
 protected:
  // Who is first in the queue at 6.0000: sells one contract there and looks whose order got it.
  std::string first_in_queue() {
    events.clear();
    sell("b-key", "probe", 1, "6.0000", TimeInForce::IOC);
    for (const auto& r : events.reports) {
      if (r.event.kind == ReportKind::Trade && !r.event.fill->taker) return r.cl_ord_id;
    }
    return "";
  }
};

TEST_F(SimAmend, LessQuantityKeepsThePlace) {
  buy("a-key", "a1", 10, "6.0000");
  buy("a-key", "a2", 10, "6.0000");
  EXPECT_TRUE(amend("a-key", amendment("a1b", "a1", 4)).accepted);
  EXPECT_EQ(best(Side::Buy), "6.0000 x 14.00");
  EXPECT_EQ(first_in_queue(), "a1b");
}

TEST_F(SimAmend, MoreQuantityLosesThePlace) {
  buy("a-key", "a1", 10, "6.0000");
  buy("a-key", "a2", 10, "6.0000");
  EXPECT_TRUE(amend("a-key", amendment("a1b", "a1", 11)).accepted);
  EXPECT_EQ(first_in_queue(), "a2");
}

TEST_F(SimAmend, AnotherPriceLosesThePlace) {
  buy("a-key", "a1", 10, "6.0000");
  buy("a-key", "a2", 10, "6.0000");
  AmendOrder a = amendment("a1b", "a1", 10);
  a.price = usd("6.0100");
  amend("a-key", a);
  AmendOrder back = amendment("a1c", "a1b", 10);
  back.price = usd("6.0000");
  amend("a-key", back);
  EXPECT_EQ(first_in_queue(), "a2");
}

TEST_F(SimAmend, ExpiryOnlyChangeKeepsThePlace) {
  buy("a-key", "a1", 10, "6.0000");
  buy("a-key", "a2", 10, "6.0000");
  AmendOrder a = amendment("a1b", "a1", 10);
  a.price = usd("6.0000");
  a.time_in_force = TimeInForce::GTD;
  a.expire_time = kStart + std::chrono::hours(1);
  EXPECT_TRUE(amend("a-key", a).accepted);
  EXPECT_EQ(first_in_queue(), "a1b");
}

TEST_F(SimAmend, ReportsPendingThenReplacedWithBothIds) {
  buy("a-key", "a1", 10, "6.0000");
  events.clear();
  AmendOrder a = amendment("a2", "a1", 12);
  a.side = Side::Buy;
  a.symbol = kMarket;
  amend("a-key", a);
  ASSERT_EQ(events.reports.size(), 2U);
  EXPECT_EQ(events.reports[0].event.kind, ReportKind::PendingReplace);
  EXPECT_EQ(events.reports[0].event.status, OrdStatus::PendingReplace);
  EXPECT_EQ(events.reports[0].event.exec_id, ExecId{});
  const auto& r = events.reports[1];
  EXPECT_EQ(r.event.kind, ReportKind::Replaced);
  EXPECT_EQ(r.event.status, OrdStatus::Replaced);
  EXPECT_EQ(r.cl_ord_id, "a2");
  EXPECT_EQ(r.orig_cl_ord_id, "a1");
  EXPECT_EQ(r.event.original_qty, lots(12));
  EXPECT_EQ(r.event.leaves_qty, lots(12));
  EXPECT_EQ(views::find_order(exchange.state(), alice, "a2")->order_id.view(),
            views::open_orders(exchange.state(), alice)[0].order_id.view());
  EXPECT_FALSE(views::find_order(exchange.state(), alice, "a1"));
}

TEST_F(SimAmend, QuantityIsTheTotalIncludingWhatIsFilled) {
  buy("a-key", "a1", 10, "6.0000");
  sell("b-key", "b1", 4, "6.0000");
  EXPECT_TRUE(amend("a-key", amendment("a2", "a1", 6)).accepted);
  const auto o = *views::find_order(exchange.state(), alice, "a2");
  EXPECT_EQ(o.leaves_qty, lots(2));
  EXPECT_EQ(o.cum_qty, lots(4));
  EXPECT_EQ(events.last().event.status, OrdStatus::PartiallyFilled);
}

TEST_F(SimAmend, MayCrossAndTrade) {
  sell("b-key", "b1", 4, "6.1000");
  buy("a-key", "a1", 10, "6.0000");
  events.take();
  AmendOrder a = amendment("a2", "a1", 10);
  a.price = usd("6.1000");
  const auto out = amend("a-key", a);
  EXPECT_EQ(out.filled, lots(4));
  EXPECT_EQ(events.take(), (Lines{"replaced a2 cum 0.00 leaves 10.00", "trade a2 4.00@6.1000 taker cum 4.00 leaves 6.00",
                                  "trade b1 4.00@6.1000 maker cum 4.00 leaves 0.00"}));
  EXPECT_EQ(best(Side::Buy), "6.1000 x 6.00");
}

struct AmendCase {
  const char* what;
  std::function<void(AmendOrder&)> change;
  Reason reason;
};

TEST_F(SimAmend, RefusesWhatTheDocumentRefuses) {
  sell("b-key", "b1", 10, "6.3000");
  sell("a-key2", "own", 1, "6.2000");
  buy("a-key", "other", 1, "5.9900");
  buy("a-key", "a1", 10, "6.0000");
  sell("b-key", "b2", 4, "6.0000");
  const AmendCase cases[] = {
      {"unknown order", [](AmendOrder& a) { a.orig_cl_ord_id = "nope"; }, Reason::UnknownOrder},
      {"less than filled", [](AmendOrder& a) { a.quantity = lots(3); }, Reason::InvalidAmendQty},
      {"a part of a contract", [](AmendOrder& a) { a.quantity = FixedPointCount::from_units(950); }, Reason::InvalidAmendQty},
      {"other side", [](AmendOrder& a) { a.side = Side::Sell; }, Reason::OrderMismatch},
      {"other symbol", [](AmendOrder& a) { a.symbol = "KXETHPERP"; }, Reason::OrderMismatch},
      {"other subaccount", [](AmendOrder& a) { a.subaccount = 1; }, Reason::OrderMismatch},
      {"order id of nobody", [](AmendOrder& a) { a.order_id = "0c3ea0a9-6cc1-4c3f-8e4b-2b9bd7c7a6f0"; }, Reason::UnknownOrder},
      {"id of an open order", [](AmendOrder& a) { a.cl_ord_id = "other"; }, Reason::OrderAlreadyExists},
      {"its own id", [](AmendOrder& a) { a.cl_ord_id = "a1"; }, Reason::OrderAlreadyExists},
      {"into the own ask", [](AmendOrder& a) { a.price = usd("6.2000"); }, Reason::SelfCrossAttempt},
      {"below the band", [](AmendOrder& a) { a.price = usd("4.7000"); }, Reason::InvalidPrice},
      {"between ticks", [](AmendOrder& a) { a.price = usd("6.00001"); }, Reason::InvalidPrice},
      {"126 alone", [](AmendOrder& a) { a.expire_time = kStart + std::chrono::hours(1); }, Reason::InvalidExpiration},
      {"GTD alone", [](AmendOrder& a) { a.time_in_force = TimeInForce::GTD; }, Reason::InvalidExpiration},
      {"GTD in the past",
       [](AmendOrder& a) {
         a.time_in_force = TimeInForce::GTD;
         a.expire_time = kStart - std::chrono::hours(1);
       },
       Reason::InvalidExpiration},
      {"GTC with 126",
       [](AmendOrder& a) {
         a.time_in_force = TimeInForce::GTC;
         a.expire_time = kStart + std::chrono::hours(1);
       },
       Reason::InvalidExpiration},
      {"Day with 126",
       [](AmendOrder& a) {
         a.time_in_force = TimeInForce::Day;
         a.expire_time = kStart + std::chrono::hours(1);
       },
       Reason::InvalidExpiration},
      {"IOC", [](AmendOrder& a) { a.time_in_force = TimeInForce::IOC; }, Reason::InvalidExpiration},
      {"more than the balance carries", [](AmendOrder& a) { a.quantity = lots(200'000); }, Reason::InsufficientBalance},
  };
  for (const AmendCase& c : cases) {
    AmendOrder a = amendment("a2", "a1", 9);
    c.change(a);
    events.clear();
    EXPECT_EQ(amend("a-key", a).reason, c.reason) << c.what;
    ASSERT_EQ(events.cancel_rejects.size(), 1U) << c.what;
    const auto& r = events.cancel_rejects[0];
    EXPECT_EQ(r.response_to, CxlRejResponseTo::OrderCancelReplaceRequest);
    EXPECT_EQ(r.status, c.reason == Reason::UnknownOrder ? OrdStatus::Rejected : OrdStatus::PartiallyFilled) << c.what;
  }
  EXPECT_EQ(views::find_order(exchange.state(), alice, "a1")->leaves_qty, lots(6));
}

TEST_F(SimAmend, AQuantityThatEqualsWhatIsFilledCancelsTheOrderAndLessIsRefused) {
  buy("a-key", "a1", 10, "6.0000");
  sell("b-key", "b1", 4, "6.0000");
  EXPECT_EQ(amend("a-key", amendment("a2", "a1", 3)).reason, Reason::InvalidAmendQty);
  events.clear();
  const auto out = amend("a-key", amendment("a3", "a1", 4));
  EXPECT_TRUE(out.accepted);
  EXPECT_EQ(out.leaves, lots(0));
  EXPECT_EQ(out.reduced_by, lots(6));
  EXPECT_EQ(events.take(true), (Lines{"pending-replace a3 cum 4.00 leaves 6.00", "canceled a3 cum 4.00 leaves 0.00"}));
  EXPECT_EQ(best(Side::Buy), "");
  EXPECT_TRUE(views::open_orders(exchange.state(), alice).empty());
  buy("a-key", "n1", 10, "6.0000");
  EXPECT_EQ(amend("a-key", amendment("n2", "n1", 0)).reason, Reason::InvalidAmendQty) << "nothing is filled: no quantity, no cancel";
}

TEST_F(SimAmend, FilledOrdersCannotBeAmended) {
  buy("a-key", "a1", 4, "6.0000");
  sell("b-key", "b1", 4, "6.0000");
  EXPECT_EQ(amend("a-key", amendment("a2", "a1", 9)).reason, Reason::CannotUpdateFilledOrder);
  EXPECT_EQ(events.cancel_rejects[0].status, OrdStatus::Filled);
}

TEST_F(SimAmend, PostOnlyOrdersMayNotBeAmendedAcross) {
  sell("b-key", "b1", 4, "6.1000");
  NewOrder o = order("a1", Side::Buy, 1, "6.0000");
  o.post_only = true;
  send("a-key", o);
  AmendOrder a = amendment("a2", "a1", 1);
  a.price = usd("6.1000");
  EXPECT_EQ(amend("a-key", a).reason, Reason::PostOnlyCross);
}

TEST_F(SimAmend, CrossingIsAllowedWhenItStopsBeforeTheOwnOrder) {
  sell("b-key", "b1", 4, "6.1000");
  sell("a-key2", "own", 1, "6.2000");
  buy("a-key", "a1", 4, "6.0000");
  AmendOrder a = amendment("a2", "a1", 4);
  a.price = usd("6.2000");
  EXPECT_EQ(amend("a-key", a).filled, lots(4));
}

TEST_F(SimAmend, ExpiryFollowsTheDocumentedCombinations) {
  const auto expiry = [&](std::string_view id) {
    const Recorder::Report& r = events.last();
    EXPECT_EQ(r.cl_ord_id, id);
    return r.event.expire_time;
  };
  NewOrder o = order("a1", Side::Buy, 10, "6.0000", TimeInForce::GTD);
  const Timestamp at = kStart + std::chrono::hours(2);
  o.expire_time = at;
  send("a-key", o);
  amend("a-key", amendment("a2", "a1", 9));
  EXPECT_EQ(expiry("a2"), at) << "neither 59 nor 126 keeps the expiry";
  AmendOrder day = amendment("a3", "a2", 9);
  day.time_in_force = TimeInForce::Day;
  amend("a-key", day);
  EXPECT_EQ(expiry("a3"), end_of_eastern_day(kStart));
  AmendOrder gtd = amendment("a4", "a3", 9);
  gtd.time_in_force = TimeInForce::GTD;
  gtd.expire_time = at;
  amend("a-key", gtd);
  EXPECT_EQ(expiry("a4"), at);
  AmendOrder gtc = amendment("a5", "a4", 9);
  gtc.time_in_force = TimeInForce::GTC;
  amend("a-key", gtc);
  EXPECT_EQ(expiry("a5"), std::nullopt);
  EXPECT_EQ(events.last().event.time_in_force, TimeInForce::GTC);
  exchange.step(kStart + std::chrono::hours(48));
  EXPECT_EQ(views::find_order(exchange.state(), alice, "a5")->leaves_qty, lots(9)) << "no expiry is left behind";
}

TEST_F(SimAmend, OrderIdAloneIsEnoughForRest) {
  const auto out = buy("a-key", "a1", 10, "6.0000");
  AmendOrder a;
  a.order_id = out.order_id.view();
  a.quantity = lots(5);
  EXPECT_TRUE(exchange.run(commands::Amend{from("a-key", Door::Rest), a}).accepted);
  EXPECT_EQ(views::find_order(exchange.state(), alice, "a1")->leaves_qty, lots(5)) << "the ClOrdID stays";
}

TEST_F(SimAmend, ForeignOrdersAreUnknown) {
  const auto out = buy("a-key", "a1", 10, "6.0000");
  EXPECT_EQ(amend("b-key", amendment("b1", "a1", 5)).reason, Reason::UnknownOrder);
  AmendOrder a;
  a.order_id = out.order_id.view();
  a.quantity = lots(5);
  EXPECT_EQ(amend("b-key", a).reason, Reason::UnknownOrder);
}

}  // namespace
}  // namespace marginfix::sim
