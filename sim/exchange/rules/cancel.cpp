// Cancels of every kind, refusals of cancels and amends, and what happens when an order ends.
#include "sim/exchange/rules/cancel.hpp"

#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/match.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

void unlist(State& state, OrderIx ix) {
  const Order& o = state.orders[ix];
  state.orders.unlink<&Order::account_link>(state.accounts.all[o.account].open, ix);
}

FoundOrder locate(const State& state, AccountId account, std::string_view cl_ord_id, std::string_view order_id) {
  OrderIx ix = kNil;
  if (!cl_ord_id.empty()) ix = state.orders.find(account, cl_ord_id);
  if (!order_id.empty()) {
    const auto no = uuid_number(state.seed, IdKind::Order, order_id);
    const OrderIx by_id = no ? state.orders.find(*no) : kNil;
    if (by_id == kNil || state.orders[by_id].account != account || (!cl_ord_id.empty() && by_id != ix)) return {kNil, Reason::UnknownOrder};
    ix = by_id;
  }
  if (ix == kNil) return {kNil, Reason::UnknownOrder};
  const Order& o = state.orders[ix];
  if (o.open) return {ix, Reason::None};
  return {ix, o.status == OrdStatus::Filled ? Reason::TooLateToCancel : Reason::UnknownOrder};
}

}  // namespace

bool may_touch(const State& state, const Key& key, const Order& o) {
  if (key.subaccount && *key.subaccount != o.subaccount) return false;
  return key.subtrader.empty() || state.emitter.names.text(o.customer) == key.subtrader;
}

// Another subaccount's order, or another subtrader's, does not exist for a key that is locked or bound.
FoundOrder locate(const State& state, const RequestContext& context, std::string_view cl_ord_id, std::string_view order_id) {
  const Key& key = state.accounts.keys[context.from.key];
  const FoundOrder found = locate(state, key.account, cl_ord_id, order_id);
  return found.ix == kNil || may_touch(state, key, state.orders[found.ix]) ? found : FoundOrder{kNil, Reason::UnknownOrder};
}

bool agrees(const State& state, const Order& o, std::optional<Side> side, std::string_view symbol_given, std::optional<int> subaccount) {
  return (!side || *side == o.side) && (symbol_given.empty() || symbol_given == state.symbol(o.market)) &&
         (!subaccount || *subaccount == o.subaccount);
}

OrderOutcome refuse_change(State& state, const ChangeRefusal& r, OrderIx ix) {
  CancelRejectEvent e;
  e.requested_by = state.emitter.requester();
  if (e.requested_by.key < state.accounts.keys.size()) e.account = state.accounts.keys[e.requested_by.key].account;
  e.response_to = r.to;
  e.cl_ord_id = r.cl_ord_id;
  e.orig_cl_ord_id = r.orig_cl_ord_id;
  e.order_id = "NONE";
  Uuid id{};
  if (ix != kNil) {
    id = make_uuid(state.seed, IdKind::Order, state.orders[ix].no);
    e.order_id = id.view();
    e.status = state.orders[ix].status;
  }
  e.reason = r.reason;
  state.emitter.other(e, &EventSink::on_cancel_reject);
  OrderOutcome out;
  out.reason = r.reason;
  return out;
}

OrderOutcome cancel(State& state, const RequestContext& context, const CancelOrder& r) {
  const ExecGroup exec_group(state, context.from);
  ChangeRefusal refusal{CxlRejResponseTo::OrderCancelRequest, r.cl_ord_id, r.orig_cl_ord_id, r.order_id, Reason::NotAuthorized};
  const auto account = trading_account(state, context);
  if (!account || state.accounts.keys[context.from.key].scope != KeyScope::Trading) return refuse_change(state, refusal, kNil);
  const FoundOrder found = locate(state, context, r.orig_cl_ord_id, r.order_id);
  refusal.reason = found.reason;
  if (found.reason == Reason::None && !agrees(state, state.orders[found.ix], r.side, r.symbol, r.subaccount))
    refusal.reason = Reason::OrderMismatch;
  if (refusal.reason != Reason::None) return refuse_change(state, refusal, found.ix);
  const Order& o = state.orders[found.ix];
  if (is_fix(context.from.door)) {
    ExecutionEvent e = state.emitter.report(o, ReportKind::PendingCancel, state.symbol(o.market));
    e.cl_ord_id = r.cl_ord_id;
    e.orig_cl_ord_id = o.cl_ord_id.view();
    e.status = OrdStatus::PendingCancel;
    state.emitter.send(o, e);
  }
  const Qty left = o.leaves();
  cancel_order(state, found.ix, {Reason::UserCanceled, UpdateReason::UserCancel, r.cl_ord_id, context.operator_id, false});
  OrderOutcome out = outcome(state, found.ix, {});
  out.reduced_by = to_count(left);
  return out;
}

void cancel_order(State& state, OrderIx ix, const CancelText& text) {
  Order& o = state.orders[ix];
  const Qty left = o.leaves();
  if (o.in_book) leave_book(state, ix, text.update);
  close_order(state, ix, OrdStatus::Canceled, text.update);
  if (o.house) return;
  ExecutionEvent e = state.emitter.report(o, ReportKind::Canceled, state.symbol(o.market));
  e.last_total_qty = to_count(o.cum + left);
  e.reason = text.reason;
  e.expiry_style = text.reason == Reason::Expired;
  e.after_trade = text.after_trade;
  if (!text.cl_ord_id.empty()) {
    e.cl_ord_id = text.cl_ord_id;
    e.orig_cl_ord_id = o.cl_ord_id.view();
  }
  if (!text.operator_id.empty()) e.operator_id = text.operator_id;
  state.emitter.send(o, e);
}

void leave_book(State& state, OrderIx ix, UpdateReason reason) {
  const Order& o = state.orders[ix];
  state.accounts.rest(o, -o.leaves());
  level_event(state, o, state.markets[o.market].book.remove(state.orders, ix), reason);
}

void list(State& state, OrderIx ix) { state.orders.push_back<&Order::account_link>(state.accounts.all[state.orders[ix].account].open, ix); }

void unexpire(State& state, OrderIx ix) {
  const Order& o = state.orders[ix];
  if (!o.expire) return;
  const auto it = state.expiries.find(*o.expire);
  if (it == state.expiries.end()) return;
  // An order that never rested is on no list: neither linked nor the only one.
  if (o.expiry_link.prev == kNil && it->second.head != ix) return;
  state.orders.unlink<&Order::expiry_link>(it->second, ix);
  if (it->second.empty()) state.expiries.erase(it);
}

void close_order(State& state, OrderIx ix, OrdStatus status, UpdateReason update) {
  Order& o = state.orders[ix];
  unexpire(state, ix);
  unlist(state, ix);
  o.open = false;
  o.status = status;
  o.last_update = update;
  o.updated = state.clock;
  if (o.house) {
    state.graveyard.push_back(ix);
  } else {
    state.triggers.order_ended(state, o.no);
    state.closed.push_back(o.no);
  }
}

std::size_t mass_cancel(State& state, const RequestContext& context, const MassCancel& request) {
  const ExecGroup exec_group(state, context.from);
  MassCancelEvent e;
  e.requested_by = context.from;
  e.cl_ord_id = request.cl_ord_id;
  e.operation_id = make_uuid(state.seed, IdKind::Operation, ++state.last_operation);
  const auto account = trading_account(state, context);
  const auto mine = [&](const Order& o) { return o.from.key == context.from.key; };
  if (!account || state.accounts.keys[context.from.key].scope != KeyScope::Trading) {
    e.reason = Reason::NotAuthorized;
    state.emitter.other(e, &EventSink::on_mass_cancel);
    return 0;
  }
  for (OrderIx ix = state.accounts.all[*account].open.head; ix != kNil; ix = state.orders[ix].account_link.next)
    e.orders += mine(state.orders[ix]) ? 1 : 0;
  state.emitter.other(e, &EventSink::on_mass_cancel);
  return cancel_where(state, *account, {Reason::MassCancel, UpdateReason::UserCancel, {}, context.operator_id, false}, mine);
}

std::size_t cancel_on_disconnect(State& state, Route session) {
  const ExecGroup exec_group(state, kSystem);
  if (session.key >= state.accounts.keys.size()) return 0;
  return cancel_where(state, state.accounts.keys[session.key].account,
                      {Reason::CancelOnDisconnect, UpdateReason::UserCancel, {}, {}, false},
                      [&](const Order& o) { return o.from == session; });
}

}  // namespace marginfix::sim
