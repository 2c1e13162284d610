// Orders that the exchange places on an account's behalf: liquidation, exit triggers. They come through no door (Route{}: no session gets
// their reports as its own; listeners of the account and the drop copy do), have a UUID as ClOrdID, may trade up to kReach beyond the
// mark and take the account's own resting orders out of their way.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {
namespace {

constexpr Ticks kReach = 20;  // a twentieth of the mark

}  // namespace

Order Core::system_order(const SystemClose& what, Ticks price) {
  Order o;
  o.no = ++last_order_;
  o.from = kSystem;
  o.account = what.account;
  o.market = what.market;
  o.subaccount = what.subaccount;
  o.side = what.side;
  o.tif = TimeInForce::IOC;
  o.stp = SelfTradePreventionType::Maker;
  o.reduce_only = true;
  o.system = what.why;
  o.price = price;
  o.total = what.quantity;
  o.created = o.updated = clock_;
  o.customer = what.customer;
  const Uuid id = make_uuid(seed_, IdKind::Order, o.no);
  o.cl_ord_id = ShortText(id.view());
  o.open = true;
  return o;
}

Core::SystemResult Core::close_by_system(const SystemClose& what) {
  const Ticks now = mark(what.market);
  const Ticks reach = now / kReach;
  Order order = system_order(what, what.side == Side::Sell ? std::max<Ticks>(1, now - reach) : now + reach);
  const OrderOutcome out = place(order, std::min(order.total, reducible(order)));
  return {out.order_no, out.filled.units()};
}

// The house becomes the other side at the mark: a match like any for the account, but no public trade and nothing in the book.
void Core::take_over(const SystemClose& what) {
  if (what.quantity <= 0) return;
  const Ticks price = mark(what.market);
  Order order = system_order(what, price);
  order.total = std::min(order.total, reducible(order));
  if (order.total == 0) return;
  Order other = order;
  other.no = ++last_order_;
  other.account = accounts_.house();
  other.from = {kNoKey, Door::House};
  other.house = true;
  other.subaccount = 0;
  other.customer = 0;
  other.cl_ord_id = ShortText();
  other.side = opposite(order.side);
  other.reduce_only = false;
  other.system = SystemOrder::None;
  const OrderIx ours = orders_.add(order), theirs = orders_.add(other);
  for (const OrderIx ix : {ours, theirs}) list(ix);
  accounts_.all[order.account].archive.push_back(order.no);
  ExecutionEvent e = emitter_.report(orders_[ours], ReportKind::New, symbol(what.market));
  e.trades_at_once = true;
  emitter_.send(orders_[ours], e);
  ++last_match_;
  const BookedSide booked = book_fill(ours, price, order.total, true);
  book_fill(theirs, price, order.total, false);
  report_fill(ours, booked, 0);
  close(ours, OrdStatus::Filled, orders_[ours].last_update);
  close(theirs, OrdStatus::Filled, UpdateReason::Trade);
}

// A flat subaccount that owes money is made whole by the exchange's insurance.
void Core::cover(AccountId account, int subaccount) {
  if (accounts_.all[account].subaccounts[static_cast<std::size_t>(subaccount)].cash < 0) accounts_.insure(account, subaccount, clock_);
}

bool Core::anything_at_risk() const noexcept { return accounts_.member_positions > 0 || accounts_.overdrawn || triggers_.live() > 0; }

}  // namespace marginfix::sim
