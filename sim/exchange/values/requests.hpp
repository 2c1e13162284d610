// What may be asked of the simulated exchange, as structs. Views are read during the call only. A door checks the shape of a
// message (tags, formats) and its own session rules; everything that needs the state of the exchange is checked in here.
#pragma once

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

// Who asks, through which door.
struct RequestContext {
  Route from;
  // SenderSubID(50) of this request: the operator (FCM accounts only; the door refuses it for others).
  std::string_view operator_id{};
  // MsgSeqNum(34) of the message behind this request, 0 = not tracked (REST). Kept per (key, door) in the journal: after a kill -9
  // views::last_ref_seq() tells a KalshiRT door which inbound messages were already executed.
  std::uint64_t ref_seq{0};
};

// NewOrderSingle(D) / POST /margin/orders.
struct NewOrder {
  std::string_view cl_ord_id{};                 // 11, 1-64 characters
  std::string_view symbol{};                    // 55
  Side side{Side::Buy};                         // 54
  FixedPointCount quantity{};                   // 38
  DollarDecimal price{};                        // 44
  TimeInForce time_in_force{TimeInForce::Day};  // 59 (FIX default when absent: Day)
  std::optional<Timestamp> expire_time{};       // 126, with GTD only (REST: expiration_time with GTC is passed as GTD)
  bool post_only{false};                        // 18=6
  bool reduce_only{false};                      // 18=E
  int subaccount{0};                            // 79
  std::string_view group_id{};                  // 526, "" = none
  std::string_view customer_account{};          // party with role 24 (FCM)
  SelfTradePreventionType self_trade_prevention{SelfTradePreventionType::TakerAtCross};  // 2964
  bool cancel_on_pause{false};                                                           // 21006
  // REST's rule: a client_order_id stays used after its order ended. FIX: unique among open orders only.
  bool unique_forever{false};
};

// OrderCancelReplaceRequest(G). The order is named by orig_cl_ord_id, or by order_id alone (REST).
struct AmendOrder {
  std::string_view cl_ord_id{};                // 11: the order's new ClOrdID; "" = keep (REST)
  std::string_view orig_cl_ord_id{};           // 41; "" only when order_id is given
  std::string_view order_id{};                 // 37; must agree when both are given
  std::optional<Side> side{};                  // 54, must match the order
  std::string_view symbol{};                   // 55, must match the order; "" = not checked
  FixedPointCount quantity{};                  // 38: new TOTAL quantity, filled part included
  std::optional<DollarDecimal> price{};        // 44; absent = keep
  std::optional<TimeInForce> time_in_force{};  // 59  } the four documented combinations,
  std::optional<Timestamp> expire_time{};      // 126 } anything else is InvalidExpiration
  std::optional<int> subaccount{};             // 79, must match the order
  // REST's rule for a new ClOrdID, as in NewOrder.
  bool unique_forever{false};
  // Over FIX: a quantity that equals what is filled cancels the order. False in journals of before that rule, where it was refused.
  bool cancel_at_filled{true};
};

// OrderCancelRequest(F).
struct CancelOrder {
  std::string_view cl_ord_id{};       // 11: the request's own id, shown in the Canceled report
  std::string_view orig_cl_ord_id{};  // 41; "" only when order_id is given
  std::string_view order_id{};        // 37
  std::optional<Side> side{};
  std::string_view symbol{};
  std::optional<int> subaccount{};
};

// POST /margin/orders/{order_id}/decrease: less quantity, place in the queue kept. Exactly one of the two is given.
struct DecreaseOrder {
  std::string_view order_id{};
  std::optional<int> subaccount{};             // must match the order
  std::optional<FixedPointCount> reduce_by{};  // more than 0
  std::optional<FixedPointCount> reduce_to{};  // new remainder; 0 = a cancel. Neither may ask for more than what is left.
};

// DELETE /margin/orders: every open order of the account, whatever door it came through.
struct CancelAll {
  std::optional<int> subaccount{};  // absent = all of them
};

// OrderMassCancelRequest(q) with 530=6: every open order entered with the key of `RequestContext::from`.
struct MassCancel {
  std::string_view cl_ord_id{};  // 11
};

// OrderGroupRequest(UOG).
struct GroupRequest {
  OrderGroupAction action{OrderGroupAction::Create};  // 20131
  std::string_view group_id{};                        // 20130; empty on create
  std::int64_t limit{0};                              // 20132 contracts, 1 to 1,000,000, on create and update
  std::optional<int> subaccount{};                    // 79; absent = 0 (create), not checked (others)
  int exchange_index{0};                              // create: the shard whose markets the group is for
};

template <class Ar>
void fields(Ar& ar, RequestContext& c) {
  ar(c.from, c.operator_id, c.ref_seq);
}
template <class Ar>
void fields(Ar& ar, NewOrder& o) {
  ar(o.cl_ord_id, o.symbol, o.side, o.quantity, o.price, o.time_in_force, o.expire_time, o.post_only, o.reduce_only, o.subaccount,
     o.group_id, o.customer_account, o.self_trade_prevention, o.cancel_on_pause, o.unique_forever);
}
template <class Ar>
void fields(Ar& ar, AmendOrder& a) {
  ar(a.cl_ord_id, a.orig_cl_ord_id, a.order_id, a.side, a.symbol, a.quantity, a.price, a.time_in_force, a.expire_time, a.subaccount,
     a.unique_forever);
}
template <class Ar>
void fields(Ar& ar, CancelOrder& c) {
  ar(c.cl_ord_id, c.orig_cl_ord_id, c.order_id, c.side, c.symbol, c.subaccount);
}
template <class Ar>
void fields(Ar& ar, DecreaseOrder& d) {
  ar(d.order_id, d.subaccount, d.reduce_by, d.reduce_to);
}
template <class Ar>
void fields(Ar& ar, CancelAll& c) {
  ar(c.subaccount);
}
template <class Ar>
void fields(Ar& ar, MassCancel& m) {
  ar(m.cl_ord_id);
}
template <class Ar>
void fields(Ar& ar, GroupRequest& g) {
  ar(g.action, g.group_id, g.limit, g.subaccount, g.exchange_index);
}

}  // namespace marginfix::sim
