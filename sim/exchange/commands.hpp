// What the journal holds: every input of the engine, packed. Replaying them in order gives the same state, ids and events.
#pragma once

#include "sim/exchange/archive.hpp"
#include "sim/exchange/exchange.hpp"
#include "sim/exchange/orders.hpp"

namespace marginfix::sim {

// Values are on disk: never renumber.
enum class Op : std::uint8_t {
  Start = 1,
  Step = 2,
  Advance = 3,
  CreateAccount = 4,
  AddKey = 5,
  CreateSubaccount = 6,
  Deposit = 7,
  Transfer = 8,
  Submit = 9,
  Amend = 10,
  Cancel = 11,
  MassCancel = 12,
  Group = 13,
  CancelOnDisconnect = 14,
  SetPaused = 15,
  Halt = 16,
  SetStatus = 17,
  SetHouse = 18,
  ResetRef = 19,
  // prices and corporate actions
  SetReference = 20,
  ScheduleAction = 21,
  CancelAction = 22,
  AmendOrCancel = 23,  // Amend with AmendOrder::cancel_at_filled
  Decrease = 30,
  CancelAll = 31,
  // members: money, exit triggers, FCMs
  InstanceTransfer = 35,
  SubaccountTransfer = 36,
  SetExitTrigger = 37,
  UpdateExitTrigger = 38,
  CancelExitTrigger = 39,
  CancelExitTriggers = 40,
  CreateSubtrader = 41,
  SetImCap = 42,
  DeleteImCap = 43,
  SetSubtraderLimit = 44,
  SetMemberLimit = 45,
  DeleteMemberLimit = 46,
  // clearing
  WithdrawSettlement = 50,
  DepositSettlement = 51,
  CreateSubtraderGroup = 52,
  UpdateSubtraderGroup = 53,
  DeleteSubtraderGroup = 54,
  AddSubtraderKey = 55,
  RemoveSubtraderKey = 56
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
template <class Ar>
void fields(Ar& ar, PositionName& p) {
  ar(p.market, p.subaccount);
}
template <class Ar>
void fields(Ar& ar, SetExitTrigger& t) {
  ar(t.position, t.kind, t.stop_loss, t.take_profit, t.trail_amount, t.trail_bps, t.count, t.anchor_order_id, t.client_trigger_id);
}
template <class Ar>
void fields(Ar& ar, UpdateExitTrigger& t) {
  ar(t.position, t.trigger_id, t.stop_loss, t.take_profit);
}
template <class Ar>
void fields(Ar& ar, InstanceTransfer& t) {
  ar(t.account, t.source, t.destination, t.source_subaccount, t.destination_subaccount, t.amount, t.client_transfer_id);
}
template <class Ar>
void fields(Ar& ar, CapScope& s) {
  ar(s.market, s.asset_class);
}
template <class Ar>
void fields(Ar& ar, KeySpec& k) {
  ar(k.key_id, k.scope, k.subaccount, k.subtrader);
}
template <class Ar>
void fields(Ar& ar, AccountSpec& a) {
  ar(a.name, a.keys, a.fcm, a.deposits, a.margin_enabled);
}

}  // namespace marginfix::sim
