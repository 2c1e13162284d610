// Cancels of every kind, refusals of cancels and amends, and what happens when an order ends.
#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

Core::Found Core::locate(AccountId account, std::string_view cl_ord_id, std::string_view order_id) const {
  OrderIx ix = kNil;
  if (!cl_ord_id.empty()) ix = orders_.find(account, cl_ord_id);
  if (!order_id.empty()) {
    const auto no = uuid_number(seed_, IdKind::Order, order_id);
    const OrderIx by_id = no ? orders_.find(*no) : kNil;
    if (by_id == kNil || orders_[by_id].account != account || (!cl_ord_id.empty() && by_id != ix)) return {kNil, Reason::UnknownOrder};
    ix = by_id;
  }
  if (ix == kNil) return {kNil, Reason::UnknownOrder};
  const Order& o = orders_[ix];
  if (o.open) return {ix, Reason::None};
  return {ix, o.status == OrdStatus::Filled ? Reason::TooLateToCancel : Reason::UnknownOrder};
}

bool Core::may_touch(const Key& key, const Order& o) const {
  if (key.subaccount && *key.subaccount != o.subaccount) return false;
  return key.subtrader.empty() || emitter_.names.text(o.customer) == key.subtrader;
}

// Another subaccount's order, or another subtrader's, does not exist for a key that is locked or bound.
Core::Found Core::locate(const RequestContext& context, std::string_view cl_ord_id, std::string_view order_id) const {
  const Key& key = accounts_.keys[context.from.key];
  const Found found = locate(key.account, cl_ord_id, order_id);
  return found.ix == kNil || may_touch(key, orders_[found.ix]) ? found : Found{kNil, Reason::UnknownOrder};
}

bool Core::agrees(const Order& o, std::optional<Side> side, std::string_view symbol_given, std::optional<int> subaccount) const {
  return (!side || *side == o.side) && (symbol_given.empty() || symbol_given == symbol(o.market)) &&
         (!subaccount || *subaccount == o.subaccount);
}

OrderOutcome Core::refuse_change(const Refusal& r, OrderIx ix) {
  CancelRejectEvent e;
  e.requested_by = emitter_.requester();
  if (e.requested_by.key < accounts_.keys.size()) e.account = accounts_.keys[e.requested_by.key].account;
  e.response_to = r.to;
  e.cl_ord_id = r.cl_ord_id;
  e.orig_cl_ord_id = r.orig_cl_ord_id;
  e.order_id = "NONE";
  Uuid id{};
  if (ix != kNil) {
    id = make_uuid(seed_, IdKind::Order, orders_[ix].no);
    e.order_id = id.view();
    e.status = orders_[ix].status;
  }
  e.reason = r.reason;
  emitter_.other(e, &Listener::on_cancel_reject);
  OrderOutcome out;
  out.reason = r.reason;
  return out;
}

OrderOutcome Core::cancel(const RequestContext& context, const CancelOrder& r) {
  Command command(*this, context.from);
  Refusal refusal{CxlRejResponseTo::OrderCancelRequest, r.cl_ord_id, r.orig_cl_ord_id, r.order_id, Reason::NotAuthorized};
  const auto account = trading_account(context);
  if (!account || accounts_.keys[context.from.key].scope != KeyScope::Trading) return refuse_change(refusal, kNil);
  const Found found = locate(context, r.orig_cl_ord_id, r.order_id);
  refusal.reason = found.reason;
  if (found.reason == Reason::None && !agrees(orders_[found.ix], r.side, r.symbol, r.subaccount)) refusal.reason = Reason::OrderMismatch;
  if (refusal.reason != Reason::None) return refuse_change(refusal, found.ix);
  const Order& o = orders_[found.ix];
  if (is_fix(context.from.door)) {
    ExecutionEvent e = emitter_.report(o, ReportKind::PendingCancel, symbol(o.market));
    e.cl_ord_id = r.cl_ord_id;
    e.orig_cl_ord_id = o.cl_ord_id.view();
    e.status = OrdStatus::PendingCancel;
    emitter_.send(o, e);
  }
  const Qty left = o.leaves();
  cancel_order(found.ix, {Reason::UserCanceled, UpdateReason::UserCancel, r.cl_ord_id, context.operator_id, false});
  OrderOutcome out = outcome(found.ix, {});
  out.reduced_by = to_count(left);
  return out;
}

void Core::cancel_order(OrderIx ix, const CancelText& text) {
  Order& o = orders_[ix];
  const Qty left = o.leaves();
  if (o.in_book) leave_book(ix, text.update);
  close(ix, OrdStatus::Canceled, text.update);
  if (o.house) return;
  ExecutionEvent e = emitter_.report(o, ReportKind::Canceled, symbol(o.market));
  e.last_total_qty = to_count(o.cum + left);
  e.reason = text.reason;
  e.expiry_style = text.reason == Reason::Expired;
  e.after_trade = text.after_trade;
  if (!text.cl_ord_id.empty()) {
    e.cl_ord_id = text.cl_ord_id;
    e.orig_cl_ord_id = o.cl_ord_id.view();
  }
  if (!text.operator_id.empty()) e.operator_id = text.operator_id;
  emitter_.send(o, e);
}

void Core::leave_book(OrderIx ix, UpdateReason reason) {
  const Order& o = orders_[ix];
  accounts_.rest(o, -o.leaves());
  level_event(o, markets_[o.market].book.remove(orders_, ix), reason);
}

void Core::list(OrderIx ix) { orders_.push_back<&Order::account_link>(accounts_.all[orders_[ix].account].open, ix); }

void Core::unlist(OrderIx ix) {
  const Order& o = orders_[ix];
  orders_.unlink<&Order::account_link>(accounts_.all[o.account].open, ix);
}

void Core::unexpire(OrderIx ix) {
  const Order& o = orders_[ix];
  if (!o.expire) return;
  const auto it = expiries_.find(*o.expire);
  if (it == expiries_.end()) return;
  // An order that never rested is on no list: neither linked nor the only one.
  if (o.expiry_link.prev == kNil && it->second.head != ix) return;
  orders_.unlink<&Order::expiry_link>(it->second, ix);
  if (it->second.empty()) expiries_.erase(it);
}

void Core::close(OrderIx ix, OrdStatus status, UpdateReason update) {
  Order& o = orders_[ix];
  unexpire(ix);
  unlist(ix);
  o.open = false;
  o.status = status;
  o.last_update = update;
  o.updated = clock_;
  if (o.house) {
    graveyard_.push_back(ix);
  } else {
    triggers_.order_ended(*this, o.no);
    closed_.push_back(o.no);
  }
}

std::size_t Core::mass_cancel(const RequestContext& context, const MassCancel& request) {
  Command command(*this, context.from);
  MassCancelEvent e;
  e.requested_by = context.from;
  e.cl_ord_id = request.cl_ord_id;
  e.operation_id = make_uuid(seed_, IdKind::Operation, ++last_operation_);
  const auto account = trading_account(context);
  const auto mine = [&](const Order& o) { return o.from.key == context.from.key; };
  if (!account || accounts_.keys[context.from.key].scope != KeyScope::Trading) {
    e.reason = Reason::NotAuthorized;
    emitter_.other(e, &Listener::on_mass_cancel);
    return 0;
  }
  for (OrderIx ix = accounts_.all[*account].open.head; ix != kNil; ix = orders_[ix].account_link.next)
    e.orders += mine(orders_[ix]) ? 1 : 0;
  emitter_.other(e, &Listener::on_mass_cancel);
  return cancel_where(*account, {Reason::MassCancel, UpdateReason::UserCancel, {}, context.operator_id, false}, mine);
}

std::size_t Core::cancel_on_disconnect(Route session) {
  Command command(*this, kSystem);
  if (session.key >= accounts_.keys.size()) return 0;
  return cancel_where(accounts_.keys[session.key].account, {Reason::CancelOnDisconnect, UpdateReason::UserCancel, {}, {}, false},
                      [&](const Order& o) { return o.from == session; });
}

}  // namespace marginfix::sim
