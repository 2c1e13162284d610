// New orders: what is checked, in which order, and what becomes of the order.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {
namespace {
constexpr Ticks kBandTicks = 1'000;
}  // namespace

Order Core::draft(const RequestContext& context, const NewOrder& r) {
  Order o;
  o.no = ++last_order_;
  o.from = context.from;
  o.account = trading_account(context).value_or(0);
  o.house = accounts_.all[o.account].house;
  o.market = find_market(r.symbol).value_or(kNoMarket);
  o.subaccount = r.subaccount;
  o.side = r.side;
  o.tif = r.time_in_force;
  o.stp = r.self_trade_prevention;
  o.post_only = r.post_only;
  o.reduce_only = r.reduce_only;
  o.cancel_on_pause = r.cancel_on_pause;
  o.price = r.price.units() / kMicrosPerTick;
  o.total = r.quantity.units();
  o.created = o.updated = clock_;
  o.customer = emitter_.names.number(customer_of(context, r.customer_account));
  o.operator_id = emitter_.names.number(context.operator_id);
  o.cl_ord_id = ShortText(r.cl_ord_id);
  o.open = true;
  return o;
}

// An order of a key that is bound to a subtrader is the subtrader's without saying so.
std::string_view Core::customer_of(const RequestContext& context, std::string_view named) const {
  if (!named.empty() || context.from.key >= accounts_.keys.size()) return named;
  return accounts_.keys[context.from.key].subtrader;
}

OrderOutcome Core::submit(const RequestContext& context, const NewOrder& request) {
  Command command(*this, context.from);
  if (!trading_account(context)) return {false, Reason::NotAuthorized, 0, {}, {}, {}, {}, {}, {}};
  Order order = draft(context, request);
  if (is_fix(context.from.door)) {
    ExecutionEvent pending = emitter_.report(order, ReportKind::PendingNew, request.symbol);
    pending.status = OrdStatus::PendingNew;
    emitter_.send(order, pending);
  }
  Reason reason = validate_shape(order, request);
  if (reason == Reason::None) reason = validate_identity(order, request);
  if (reason == Reason::None) reason = validate_group(order, request);
  Qty cap = order.total;
  if (reason == Reason::None && order.reduce_only) {
    cap = std::min(cap, reducible(order));
    if (cap == 0) reason = Reason::ReduceOnly;
  }
  if (reason == Reason::None) reason = validate_liquidity(order, cap);
  if (reason == Reason::None) reason = validate_margin(order, order.price * cap);
  return reason == Reason::None ? place(order, cap) : refuse(order, request.symbol, reason);
}

Reason Core::validate_market(MarketNo market) const {
  const Market& m = markets_[market];
  if (paused_) return Reason::ExchangePaused;
  if (m.stopped()) return Reason::TradingPaused;
  if (m.status == MarketStatus::Closed) return Reason::MarketAlreadyClosed;
  return m.status == MarketStatus::Inactive ? Reason::MarketInactive : Reason::None;
}

Reason Core::validate_shape(Order& o, const NewOrder& r) const {
  if (o.market == kNoMarket) return Reason::MarketNotFound;
  if (const Reason closed = validate_market(o.market); closed != Reason::None) return closed;
  if (!is_quantity(r.quantity)) return Reason::InvalidQuantity;
  if (!is_price(r.price)) return Reason::InvalidPrice;
  const bool immediate = o.tif == TimeInForce::IOC || o.tif == TimeInForce::FOK;
  if (o.reduce_only && !immediate) return Reason::ReduceOnly;
  if (o.post_only && (immediate || o.reduce_only)) return Reason::InvalidCombination;
  if (r.cl_ord_id.empty() || r.cl_ord_id.size() > ShortText::kCapacity) return Reason::InvalidCombination;
  return set_expiry(o, o.tif, r.expire_time) ? Reason::None : Reason::InvalidExpiration;
}

bool Core::set_expiry(Order& o, TimeInForce tif, std::optional<Timestamp> expire) const {
  if (expire.has_value() != (tif == TimeInForce::GTD)) return false;
  if (expire && *expire <= clock_) return false;
  o.tif = tif;
  o.expire = tif == TimeInForce::Day ? std::optional(end_of_eastern_day(clock_)) : expire;
  return true;
}

Reason Core::validate_identity(const Order& o, const NewOrder& r) const {
  const Key& key = accounts_.keys[o.from.key];
  if (key.scope != KeyScope::Trading) return Reason::NotAuthorized;
  if (!accounts_.has_subaccount(o.account, o.subaccount)) return Reason::UnknownAccount;
  if (!may_touch(key, o)) return Reason::NotAuthorized;
  if (!accounts_.all[o.account].fcm && (o.customer != 0 || o.operator_id != 0)) return Reason::NotAuthorized;
  const OrderIx same = orders_.find(o.account, r.cl_ord_id);
  if (same != kNil && (orders_[same].open || r.unique_forever)) return Reason::OrderAlreadyExists;
  return within_band(o.market, o.side, o.price) ? Reason::None : Reason::InvalidPrice;
}

Reason Core::validate_group(Order& o, const NewOrder& r) const {
  if (r.group_id.empty()) return Reason::None;
  const auto no = uuid_number(seed_, IdKind::Group, r.group_id);
  const auto it = no ? groups_.find(*no) : groups_.end();
  if (it == groups_.end() || it->second.account != o.account || it->second.subaccount != o.subaccount) return Reason::OrderGroupNotFound;
  if (it->second.exchange_index != markets_[o.market].spec.exchange_index) return Reason::InvalidCombination;
  if (it->second.triggered) return Reason::ExceededOrderGroupRiskLimit;
  o.group = it->first;
  return Reason::None;
}

bool Core::within_band(MarketNo market, Side side, Ticks price) const {
  const Book& book = markets_[market].book;
  if (book.empty(side)) return true;
  const Ticks best = book.best(side);
  if (side == Side::Buy) return price * 5 >= best * 4 || price >= best - kBandTicks;
  return price * 5 <= best * 6 || price <= best + kBandTicks;
}

Qty Core::reducible(const Order& o) const {
  const Qty net = position_share(o.account, o.subaccount, o.customer, o.market);
  return std::max<Qty>(0, o.side == Side::Sell ? net : -net);
}

Reason Core::validate_liquidity(const Order& o, Qty cap) const {
  if (o.post_only && markets_[o.market].book.crosses(o.side, o.price)) return Reason::PostOnlyCross;
  if (o.tif == TimeInForce::FOK && tradable(o, cap) < cap) return Reason::FokInsufficientVolume;
  return Reason::None;
}

OrderOutcome Core::refuse(const Order& order, std::string_view symbol_asked, Reason reason) {
  Order refused = order;
  refused.open = false;
  ExecutionEvent e = emitter_.report(refused, ReportKind::Rejected, symbol_asked);
  e.order_no = 0;
  e.status = OrdStatus::Rejected;
  e.reason = reason;
  emitter_.send(refused, e);
  OrderOutcome out;
  out.reason = reason;
  return out;
}

OrderOutcome Core::place(Order& order, Qty cap) {
  const OrderIx ix = orders_.add(order);
  list(ix);
  Order& o = orders_[ix];
  if (!o.house) accounts_.all[o.account].archive.push_back(o.no);
  ExecutionEvent e = emitter_.report(o, ReportKind::New, symbol(o.market));
  e.trades_at_once = next_meeting(o) == Meets::Somebody;
  emitter_.send(o, e);
  Tally tally;
  match(ix, cap, tally);
  if (o.open && o.leaves() > 0) finish_remainder(ix, cap, tally);
  return outcome(ix, tally);
}

OrderOutcome Core::house_submit(KeyNo key, const NewOrder& request) {
  Order order = draft({{key, Door::House}, {}, 0}, request);
  if (!set_expiry(order, request.time_in_force, request.expire_time) || !within_band(order.market, order.side, order.price)) return {};
  return place(order, order.total);
}

void Core::finish_remainder(OrderIx ix, Qty cap, const Tally& tally) {
  const Order& o = orders_[ix];
  if (o.tif != TimeInForce::IOC && o.tif != TimeInForce::FOK) {
    rest(ix);
    return;
  }
  CancelText text{Reason::ImmediateOrCancelled, UpdateReason::None, {}, {}, tally.filled > 0};
  if (o.reduce_only && tally.filled >= cap) {
    text.reason = Reason::ReduceOnly;
    text.update = UpdateReason::ReduceOnlyCancel;
  }
  cancel_order(ix, text);
}

}  // namespace marginfix::sim
