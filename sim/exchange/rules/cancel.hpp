// Cancels of every kind, refusals of cancels and amends, and what happens when an order ends.
#pragma once

#include "sim/exchange/state.hpp"

namespace marginfix::sim {

OrderOutcome cancel(State& state, const RequestContext& context, const CancelOrder& request);
std::size_t mass_cancel(State& state, const RequestContext& context, const MassCancel& request);
// Every open order that was entered by this session (key and door).
std::size_t cancel_on_disconnect(State& state, Route session);

struct FoundOrder {
  OrderIx ix{kNil};
  Reason reason{Reason::None};
};
// That the caller's key may touch: another subaccount's order, or another subtrader's, does not exist for a key that is locked or bound.
FoundOrder locate(const State& state, const RequestContext& context, std::string_view cl_ord_id, std::string_view order_id);
bool may_touch(const State& state, const Key& key, const Order& order);
bool agrees(const State& state, const Order& order, std::optional<Side> side, std::string_view symbol, std::optional<int> subaccount);

struct CancelText {
  Reason reason{Reason::UserCanceled};
  UpdateReason update{UpdateReason::UserCancel};
  std::string_view cl_ord_id{};  // of the request, "" = unsolicited
  std::string_view operator_id{};
  bool after_trade{false};
};
void cancel_order(State& state, OrderIx ix, const CancelText& text);
void leave_book(State& state, OrderIx ix, UpdateReason reason);
void close_order(State& state, OrderIx ix, OrdStatus status, UpdateReason update);
void list(State& state, OrderIx ix);  // among its account's open orders
void unexpire(State& state, OrderIx ix);

struct ChangeRefusal {
  CxlRejResponseTo to{CxlRejResponseTo::OrderCancelRequest};
  std::string_view cl_ord_id, orig_cl_ord_id, order_id;
  Reason reason{Reason::None};
};
OrderOutcome refuse_change(State& state, const ChangeRefusal& refusal, OrderIx ix);

template <class Predicate>
bool any_order(const State& state, AccountId account, Predicate predicate) {
  for (OrderIx ix = state.accounts.all[account].open.head; ix != kNil; ix = state.orders[ix].account_link.next) {
    if (predicate(state.orders[ix])) return true;
  }
  return false;
}

// Of the account's open orders those that the predicate wants; how many they were.
template <class Predicate>
std::size_t cancel_where(State& state, AccountId account, const CancelText& text, Predicate predicate) {
  std::size_t n = 0;
  for (OrderIx ix = state.accounts.all[account].open.head; ix != kNil;) {
    const OrderIx next = state.orders[ix].account_link.next;
    if (predicate(state.orders[ix])) {
      cancel_order(state, ix, text);
      ++n;
    }
    ix = next;
  }
  return n;
}

}  // namespace marginfix::sim
