// Cancels: one order, a session's, all of a key. Source: fix-margin.md "OrderCancelRequest (F)", "OrderMassCancelRequest (q)".
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/orders.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

class SimCancel : public ExchangeTest {};

TEST_F(SimCancel, ReportsPendingThenCanceledWithBothIds) {
  buy("a-key", "a1", 10, "6.0000");
  sell("b-key", "b1", 3, "6.0000");
  events.clear();
  const auto out = cancel("a-key", "c1", "a1");
  EXPECT_EQ(out.reduced_by, lots(7));
  ASSERT_EQ(events.reports.size(), 2U);
  EXPECT_EQ(events.reports[0].event.kind, ReportKind::PendingCancel);
  const auto& r = events.reports[1];
  EXPECT_EQ(r.event.kind, ReportKind::Canceled);
  EXPECT_EQ(r.event.status, OrdStatus::Canceled);
  EXPECT_EQ(r.cl_ord_id, "c1");
  EXPECT_EQ(r.orig_cl_ord_id, "a1");
  EXPECT_TRUE(r.event.leaves_qty.is_zero());
  EXPECT_EQ(r.event.cum_qty, lots(3));
  EXPECT_EQ(r.event.last_total_qty, lots(10));
  EXPECT_EQ(reason_text(r.event.reason), "");
  EXPECT_EQ(best(Side::Buy), "");
}

TEST_F(SimCancel, FilledIsTooLateAndCanceledIsUnknown) {
  buy("a-key", "a1", 1, "6.0000");
  sell("b-key", "b1", 1, "6.0000");
  EXPECT_EQ(cancel("a-key", "c1", "a1").reason, Reason::TooLateToCancel);
  EXPECT_EQ(events.cancel_rejects[0].status, OrdStatus::Filled);
  buy("a-key", "a2", 1, "6.0000");
  cancel("a-key", "c2", "a2");
  EXPECT_EQ(cancel("a-key", "c3", "a2").reason, Reason::UnknownOrder);
  EXPECT_EQ(events.cancel_rejects[1].status, OrdStatus::Canceled);
  EXPECT_EQ(cancel("a-key", "c4", "never").reason, Reason::UnknownOrder);
  EXPECT_EQ(events.cancel_rejects[2].status, OrdStatus::Rejected);
  EXPECT_EQ(events.cancel_rejects[2].response_to, CxlRejResponseTo::OrderCancelRequest);
}

TEST_F(SimCancel, SideSymbolAndOrderIdMustAgree) {
  const auto out = buy("a-key", "a1", 1, "6.0000");
  CancelOrder c;
  c.cl_ord_id = "c1";
  c.orig_cl_ord_id = "a1";
  c.side = Side::Sell;
  EXPECT_EQ(exchange.run(commands::Cancel{from("a-key"), c}).reason, Reason::OrderMismatch);
  c.side = Side::Buy;
  c.symbol = "KXETHPERP";
  EXPECT_EQ(exchange.run(commands::Cancel{from("a-key"), c}).reason, Reason::OrderMismatch);
  c.symbol = kMarket;
  const Uuid other = make_uuid(1, IdKind::Order, 99);
  c.order_id = other.view();
  EXPECT_EQ(exchange.run(commands::Cancel{from("a-key"), c}).reason, Reason::UnknownOrder);
  c.order_id = out.order_id.view();
  EXPECT_TRUE(exchange.run(commands::Cancel{from("a-key"), c}).accepted);
}

TEST_F(SimCancel, AnotherKeyOfTheAccountMayCancelAndTheReportKnowsBoth) {
  buy("a-key", "a1", 1, "6.0000");
  cancel("a-key2", "c1", "a1");
  const auto& e = events.last().event;
  EXPECT_EQ(e.entered_by.key, views::find_key(exchange.state(), "a-key")->key);
  EXPECT_EQ(e.requested_by.key, views::find_key(exchange.state(), "a-key2")->key);
}

TEST_F(SimCancel, MassCancelTakesTheOrdersOfTheKeyOnly) {
  buy("a-key", "a1", 1, "6.0000");
  exchange.run(commands::Submit{from("a-key", Door::Rest), order("a2", Side::Buy, 1, "6.0000")});
  buy("a-key2", "a3", 1, "6.0000");
  buy("b-key", "b1", 1, "6.0000");
  events.take();
  EXPECT_EQ(exchange.run(commands::MassCancel{from("a-key"), {"m1"}}), 2U);
  EXPECT_EQ(events.take(),
            (Lines{"mass 2 ", "canceled a1 cum 0.00 leaves 0.00 MASS_CANCEL", "canceled a2 cum 0.00 leaves 0.00 MASS_CANCEL"}));
  EXPECT_TRUE(is_uuid(events.mass_cancels[0].operation_id.view()));
  EXPECT_EQ(exchange.run(commands::MassCancel{from("a-key"), {"m2"}}), 0U);
  EXPECT_EQ(exchange.run(commands::MassCancel{from("a-listen"), {"m3"}}), 0U);
  EXPECT_EQ(events.mass_cancels[2].reason, Reason::NotAuthorized);
}

TEST_F(SimCancel, DisconnectTakesTheOrdersOfThatSessionOnly) {
  exchange.run(commands::Submit{from("a-key", Door::FixRT), order("a1", Side::Buy, 1, "6.0000")});
  exchange.run(commands::Submit{from("a-key", Door::FixNR), order("a2", Side::Buy, 1, "6.0000")});
  EXPECT_EQ(exchange.run(commands::CancelOnDisconnect{from("a-key", Door::FixRT).from}), 1U);
  EXPECT_EQ(events.last().event.reason, Reason::CancelOnDisconnect);
  EXPECT_EQ(events.last().orig_cl_ord_id, "") << "unsolicited";
  EXPECT_EQ(views::open_orders(exchange.state(), alice).size(), 1U);
}

}  // namespace
}  // namespace marginfix::sim
