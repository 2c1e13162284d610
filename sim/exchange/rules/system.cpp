// Orders that the exchange places on an account's behalf: liquidation, exit triggers. They come through no door (Route{}: no session gets
// their reports as its own; listeners of the account and the drop copy do), have a UUID as ClOrdID, may trade up to kReach beyond the
// mark and take the account's own resting orders out of their way.
#include "sim/exchange/rules/system.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/match.hpp"
#include "sim/exchange/rules/submit.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

constexpr Ticks kReach = 20;  // a twentieth of the mark

Order system_order(State& state, const SystemClose& what, Ticks price) {
  Order o;
  o.no = ++state.last_order;
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
  o.created = o.updated = state.clock;
  o.customer = what.customer;
  const Uuid id = make_uuid(state.seed, IdKind::Order, o.no);
  o.cl_ord_id = ShortText(id.view());
  o.open = true;
  return o;
}

}  // namespace

SystemResult close_by_system(State& state, const SystemClose& what) {
  const Ticks now = liquidation_mark(state, what.market);
  const Ticks reach = now / kReach;
  Order order = system_order(state, what, what.side == Side::Sell ? std::max<Ticks>(1, now - reach) : now + reach);
  const OrderOutcome out = place(state, order, std::min(order.total, reducible(state, order)));
  return {out.order_no, out.filled.units()};
}

// The house becomes the other side at the mark: a match like any for the account, but no public trade and nothing in the book.
void take_over(State& state, const SystemClose& what) {
  if (what.quantity <= 0) return;
  const Ticks price = liquidation_mark(state, what.market);
  Order order = system_order(state, what, price);
  order.total = std::min(order.total, reducible(state, order));
  if (order.total == 0) return;
  Order other = order;
  other.no = ++state.last_order;
  other.account = state.accounts.house();
  other.from = {kNoKey, Door::House};
  other.house = true;
  other.subaccount = 0;
  other.customer = 0;
  other.cl_ord_id = ShortText();
  other.side = opposite(order.side);
  other.reduce_only = false;
  other.system = SystemOrder::None;
  const OrderIx ours = state.orders.add(order), theirs = state.orders.add(other);
  for (const OrderIx ix : {ours, theirs}) list(state, ix);
  state.accounts.all[order.account].archive.push_back(order.no);
  ExecutionEvent e = state.emitter.report(state.orders[ours], ReportKind::New, state.symbol(what.market));
  e.trades_at_once = true;
  state.emitter.send(state.orders[ours], e);
  ++state.last_match;
  const BookedSide booked = book_fill(state, ours, price, order.total, true);
  book_fill(state, theirs, price, order.total, false);
  report_fill(state, ours, booked, 0);
  close_order(state, ours, OrdStatus::Filled, state.orders[ours].last_update);
  close_order(state, theirs, OrdStatus::Filled, UpdateReason::Trade);
}

// A flat subaccount that owes money is made whole by the exchange's insurance.
void cover(State& state, AccountId account, int subaccount) {
  if (state.accounts.all[account].subaccounts[static_cast<std::size_t>(subaccount)].cash < 0)
    state.accounts.insure(account, subaccount, state.clock);
}

bool anything_at_risk(const State& state) noexcept {
  return state.accounts.member_positions > 0 || state.accounts.overdrawn || state.triggers.live() > 0;
}

}  // namespace marginfix::sim
