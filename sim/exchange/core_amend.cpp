// OrderCancelReplaceRequest(G): new total quantity, price, expiry. Less quantity or only another expiry keeps the place in the queue;
// more quantity or another price goes to the back and may trade. Over FIX a total that equals what is filled cancels
// the order; no page says so of REST, where it is refused.
// Source: fix-margin.md "OrderCancelReplaceRequest (G)"; changes-2026-11.md D8.
#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

OrderOutcome Core::amend(const RequestContext& context, const AmendOrder& r) {
  Command command(*this, context.from);
  Refusal refusal{CxlRejResponseTo::OrderCancelReplaceRequest, r.cl_ord_id, r.orig_cl_ord_id, r.order_id, Reason::NotAuthorized};
  const auto account = trading_account(context);
  if (!account || accounts_.keys[context.from.key].scope != KeyScope::Trading) return refuse_change(refusal, kNil);
  const Found found = locate(context, r.orig_cl_ord_id, r.order_id);
  refusal.reason = found.reason == Reason::TooLateToCancel ? Reason::CannotUpdateFilledOrder : found.reason;
  if (refusal.reason != Reason::None) return refuse_change(refusal, found.ix);
  const Order& before = orders_[found.ix];
  refusal.reason = agrees(before, r.side, r.symbol, r.subaccount) ? Reason::None : Reason::OrderMismatch;
  if (refusal.reason != Reason::None) return refuse_change(refusal, found.ix);
  if (is_fix(context.from.door)) {
    ExecutionEvent e = emitter_.report(before, ReportKind::PendingReplace, symbol(before.market));
    e.cl_ord_id = r.cl_ord_id;
    e.orig_cl_ord_id = before.cl_ord_id.view();
    e.status = OrdStatus::PendingReplace;
    emitter_.send(before, e);
  }
  if (is_fix(context.from.door) && r.cancel_at_filled && before.cum > 0 && r.quantity.units() == before.cum) {
    const Qty left = before.leaves();
    cancel_order(found.ix, {Reason::UserCanceled, UpdateReason::UserCancel, r.cl_ord_id, context.operator_id, false});
    OrderOutcome out = outcome(found.ix, {});
    out.reduced_by = to_count(left);
    return out;
  }
  Order after = before;
  refusal.reason = plan_amend(before, after, r);
  if (refusal.reason == Reason::None) refusal.reason = validate_amend(before, after);
  if (refusal.reason != Reason::None) return refuse_change(refusal, found.ix);
  Tally tally;
  apply_amend(found.ix, after, tally, context.operator_id);
  return outcome(found.ix, tally);
}

Reason Core::plan_amend(const Order& before, Order& after, const AmendOrder& r) const {
  if (!is_quantity(r.quantity) || r.quantity.units() <= before.cum) return Reason::InvalidAmendQty;
  after.total = r.quantity.units();
  if (r.price) {
    if (!is_price(*r.price)) return Reason::InvalidPrice;
    after.price = r.price->units() / kMicrosPerTick;
  }
  if (r.time_in_force || r.expire_time) {
    const bool known = r.time_in_force == TimeInForce::Day || r.time_in_force == TimeInForce::GTC || r.time_in_force == TimeInForce::GTD;
    if (!known || !set_expiry(after, *r.time_in_force, r.expire_time)) return Reason::InvalidExpiration;
  }
  if (r.cl_ord_id.empty()) return Reason::None;
  if (r.cl_ord_id.size() > ShortText::kCapacity) return Reason::InvalidCombination;
  const OrderIx same = orders_.find(before.account, r.cl_ord_id);
  if (same != kNil && (orders_[same].open || (r.unique_forever && orders_[same].no != before.no))) return Reason::OrderAlreadyExists;
  after.cl_ord_id = ShortText(r.cl_ord_id);
  return Reason::None;
}

Reason Core::validate_amend(const Order& before, const Order& after) const {
  if (const Reason closed = validate_market(before.market); closed != Reason::None) return closed;
  if (after.price == before.price && after.total <= before.total) return Reason::None;
  if (!within_band(after.market, after.side, after.price)) return Reason::InvalidPrice;
  if (markets_[after.market].book.crosses(after.side, after.price)) {
    if (after.post_only) return Reason::PostOnlyCross;
    if (meets_itself_within(after, after.leaves())) return Reason::SelfCrossAttempt;
  }
  return validate_margin(after, after.price * after.leaves() - before.price * before.leaves());
}

void Core::apply_amend(OrderIx ix, const Order& after, Tally& tally, std::string_view operator_id) {
  Order& o = orders_[ix];
  const ShortText orig = o.cl_ord_id;
  const bool keeps_place = after.price == o.price && after.total <= o.total;
  if (keeps_place) {
    shrink_in_place(ix, after.total, UpdateReason::Amend);
  } else {
    leave_book(ix, UpdateReason::Amend);
  }
  unexpire(ix);
  o.total = after.total;
  o.price = after.price;
  o.tif = after.tif;
  o.expire = after.expire;
  o.updated = clock_;
  o.last_update = UpdateReason::Amend;
  if (after.cl_ord_id.view() != orig.view()) orders_.rename(ix, after.cl_ord_id.view());
  if (keeps_place && o.expire) orders_.push_back<&Order::expiry_link>(expiries_[*o.expire], ix);
  send_replaced(ix, orig, operator_id);
  if (keeps_place) return;
  match(ix, o.leaves(), tally);
  if (o.open && o.leaves() > 0) rest(ix);
}

void Core::shrink_in_place(OrderIx ix, Qty total, UpdateReason reason) {
  const Order& o = orders_[ix];
  const Qty less = o.total - total;
  if (less == 0) return;
  accounts_.rest(o, -less);
  level_event(o, markets_[o.market].book.reduce(orders_, ix, less), reason);
}

void Core::send_replaced(OrderIx ix, const ShortText& orig, std::string_view operator_id) {
  const Order& o = orders_[ix];
  ExecutionEvent e = emitter_.report(o, ReportKind::Replaced, symbol(o.market));
  e.orig_cl_ord_id = orig.view();
  if (o.cum == 0) e.status = OrdStatus::Replaced;
  e.trades_at_once = !o.in_book && next_meeting(o) == Meets::Somebody;
  if (!operator_id.empty()) e.operator_id = operator_id;
  emitter_.send(o, e);
}

}  // namespace marginfix::sim
