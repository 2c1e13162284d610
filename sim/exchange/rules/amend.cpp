// OrderCancelReplaceRequest(G): new total quantity, price, expiry. Less quantity or only another expiry keeps the place in the queue;
// more quantity or another price goes to the back and may trade. Over FIX a total that equals what is filled cancels
// the order; no page says so of REST, where it is refused.
// Source: fix-margin.md "OrderCancelReplaceRequest (G)"; changes-2026-11.md D8.
#include "sim/exchange/rules/amend.hpp"

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/match.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/rules/submit.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

Reason plan_amend(const State& state, const Order& before, Order& after, const AmendOrder& r) {
  if (!is_quantity(r.quantity) || r.quantity.units() <= before.cum) return Reason::InvalidAmendQty;
  after.total = r.quantity.units();
  if (r.price) {
    if (!is_price(*r.price)) return Reason::InvalidPrice;
    after.price = r.price->units() / kMicrosPerTick;
  }
  if (r.time_in_force || r.expire_time) {
    const bool known = r.time_in_force == TimeInForce::Day || r.time_in_force == TimeInForce::GTC || r.time_in_force == TimeInForce::GTD;
    if (!known || !set_expiry(state, after, *r.time_in_force, r.expire_time)) return Reason::InvalidExpiration;
  }
  if (r.cl_ord_id.empty()) return Reason::None;
  if (r.cl_ord_id.size() > ShortText::kCapacity) return Reason::InvalidCombination;
  const OrderIx same = state.orders.find(before.account, r.cl_ord_id);
  if (same != kNil && (state.orders[same].open || (r.unique_forever && state.orders[same].no != before.no)))
    return Reason::OrderAlreadyExists;
  after.cl_ord_id = ShortText(r.cl_ord_id);
  return Reason::None;
}

Reason validate_amend(const State& state, const Order& before, const Order& after) {
  if (const Reason closed = validate_market(state, before.market); closed != Reason::None) return closed;
  if (after.price == before.price && after.total <= before.total) return Reason::None;
  if (!within_band(state, after.market, after.side, after.price)) return Reason::InvalidPrice;
  if (state.markets[after.market].book.crosses(after.side, after.price)) {
    if (after.post_only) return Reason::PostOnlyCross;
    if (meets_itself_within(state, after, after.leaves())) return Reason::SelfCrossAttempt;
  }
  return validate_margin(state, after, after.price * after.leaves() - before.price * before.leaves());
}

void apply_amend(State& state, OrderIx ix, const Order& after, Tally& tally, std::string_view operator_id) {
  Order& o = state.orders[ix];
  const ShortText orig = o.cl_ord_id;
  const bool keeps_place = after.price == o.price && after.total <= o.total;
  if (keeps_place) {
    shrink_in_place(state, ix, after.total, UpdateReason::Amend);
  } else {
    leave_book(state, ix, UpdateReason::Amend);
  }
  unexpire(state, ix);
  o.total = after.total;
  o.price = after.price;
  o.tif = after.tif;
  o.expire = after.expire;
  o.updated = state.clock;
  o.last_update = UpdateReason::Amend;
  if (after.cl_ord_id.view() != orig.view()) state.orders.rename(ix, after.cl_ord_id.view());
  if (keeps_place && o.expire) state.orders.push_back<&Order::expiry_link>(state.expiries[*o.expire], ix);
  send_replaced(state, ix, orig, operator_id);
  if (keeps_place) return;
  match(state, ix, o.leaves(), tally);
  if (o.open && o.leaves() > 0) rest(state, ix);
}

}  // namespace

OrderOutcome amend(State& state, const RequestContext& context, const AmendOrder& r) {
  const ExecGroup exec_group(state, context.from);
  ChangeRefusal refusal{CxlRejResponseTo::OrderCancelReplaceRequest, r.cl_ord_id, r.orig_cl_ord_id, r.order_id, Reason::NotAuthorized};
  const auto account = trading_account(state, context);
  if (!account || state.accounts.keys[context.from.key].scope != KeyScope::Trading) return refuse_change(state, refusal, kNil);
  const FoundOrder found = locate(state, context, r.orig_cl_ord_id, r.order_id);
  refusal.reason = found.reason == Reason::TooLateToCancel ? Reason::CannotUpdateFilledOrder : found.reason;
  if (refusal.reason != Reason::None) return refuse_change(state, refusal, found.ix);
  const Order& before = state.orders[found.ix];
  refusal.reason = agrees(state, before, r.side, r.symbol, r.subaccount) ? Reason::None : Reason::OrderMismatch;
  if (refusal.reason != Reason::None) return refuse_change(state, refusal, found.ix);
  if (is_fix(context.from.door)) {
    ExecutionEvent e = state.emitter.report(before, ReportKind::PendingReplace, state.symbol(before.market));
    e.cl_ord_id = r.cl_ord_id;
    e.orig_cl_ord_id = before.cl_ord_id.view();
    e.status = OrdStatus::PendingReplace;
    state.emitter.send(before, e);
  }
  if (is_fix(context.from.door) && r.cancel_at_filled && before.cum > 0 && r.quantity.units() == before.cum) {
    const Qty left = before.leaves();
    cancel_order(state, found.ix, {Reason::UserCanceled, UpdateReason::UserCancel, r.cl_ord_id, context.operator_id, false});
    OrderOutcome out = outcome(state, found.ix, {});
    out.reduced_by = to_count(left);
    return out;
  }
  Order after = before;
  refusal.reason = plan_amend(state, before, after, r);
  if (refusal.reason == Reason::None) refusal.reason = validate_amend(state, before, after);
  if (refusal.reason != Reason::None) return refuse_change(state, refusal, found.ix);
  Tally tally;
  apply_amend(state, found.ix, after, tally, context.operator_id);
  return outcome(state, found.ix, tally);
}

void shrink_in_place(State& state, OrderIx ix, Qty total, UpdateReason reason) {
  const Order& o = state.orders[ix];
  const Qty less = o.total - total;
  if (less == 0) return;
  state.accounts.rest(o, -less);
  level_event(state, o, state.markets[o.market].book.reduce(state.orders, ix, less), reason);
}

void send_replaced(State& state, OrderIx ix, const ShortText& orig, std::string_view operator_id) {
  const Order& o = state.orders[ix];
  ExecutionEvent e = state.emitter.report(o, ReportKind::Replaced, state.symbol(o.market));
  e.orig_cl_ord_id = orig.view();
  if (o.cum == 0) e.status = OrdStatus::Replaced;
  e.trades_at_once = !o.in_book && next_meeting(state, o) == Meets::Somebody;
  if (!operator_id.empty()) e.operator_id = operator_id;
  state.emitter.send(o, e);
}

}  // namespace marginfix::sim
