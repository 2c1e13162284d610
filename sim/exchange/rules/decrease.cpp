// Decreases and the cancel of everything: what REST can ask for and FIX cannot. Source: rest-perps.md "Orders".
#include "sim/exchange/rules/decrease.hpp"

#include "sim/exchange/rules/amend.hpp"
#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/match.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

// The remainder after the decrease; nothing when the request does not say one that can be.
std::optional<Qty> remainder(const DecreaseOrder& r, Qty left) {
  if (r.reduce_by.has_value() == r.reduce_to.has_value()) return std::nullopt;
  const FixedPointCount asked = r.reduce_by ? *r.reduce_by : *r.reduce_to;
  if (!asked.is_whole() || asked.is_negative() || asked.units() > left || (r.reduce_by && asked.is_zero())) return std::nullopt;
  return r.reduce_by ? left - asked.units() : asked.units();
}

}  // namespace

OrderOutcome decrease(State& state, const RequestContext& context, const DecreaseOrder& r) {
  const ExecGroup exec_group(state, context.from);
  ChangeRefusal refusal{CxlRejResponseTo::OrderCancelReplaceRequest, {}, {}, r.order_id, Reason::NotAuthorized};
  const auto account = trading_account(state, context);
  if (!account || state.accounts.keys[context.from.key].scope != KeyScope::Trading) return refuse_change(state, refusal, kNil);
  const FoundOrder found = locate(state, context, {}, r.order_id);
  refusal.reason = found.reason;
  if (found.reason == Reason::None && !agrees(state, state.orders[found.ix], {}, {}, r.subaccount)) refusal.reason = Reason::OrderMismatch;
  if (refusal.reason != Reason::None) return refuse_change(state, refusal, found.ix);
  Order& o = state.orders[found.ix];
  const Qty left = o.leaves();
  const auto remaining = remainder(r, left);
  refusal.reason = remaining ? Reason::None : Reason::InvalidQuantity;
  if (refusal.reason != Reason::None) return refuse_change(state, refusal, found.ix);
  if (*remaining == 0) {
    cancel_order(state, found.ix, {Reason::UserCanceled, UpdateReason::Decrease, {}, context.operator_id, false});
  } else if (*remaining < left) {
    shrink_in_place(state, found.ix, o.cum + *remaining, UpdateReason::Decrease);
    o.total = o.cum + *remaining;
    o.updated = state.clock;
    o.last_update = UpdateReason::Decrease;
    send_replaced(state, found.ix, o.cl_ord_id, context.operator_id);
  }
  OrderOutcome out = outcome(state, found.ix, {});
  out.reduced_by = to_count(left - *remaining);
  return out;
}

std::size_t cancel_all(State& state, const RequestContext& context, const CancelAll& request) {
  const ExecGroup exec_group(state, context.from);
  const auto account = trading_account(state, context);
  if (!account || state.accounts.keys[context.from.key].scope != KeyScope::Trading) return 0;
  const Key& key = state.accounts.keys[context.from.key];
  const auto wanted = [&](const Order& o) {
    return (!request.subaccount || *request.subaccount == o.subaccount) && may_touch(state, key, o);
  };
  return cancel_where(state, *account, {Reason::MassCancel, UpdateReason::UserCancel, {}, context.operator_id, false}, wanted);
}

}  // namespace marginfix::sim
