// New orders: what is checked, in which order, and what becomes of the order.
#include "sim/exchange/rules/submit.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/exec_group.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/rules/match.hpp"
#include "sim/exchange/rules/risk.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

constexpr Ticks kBandTicks = 1'000;

// An order of a key that is bound to a subtrader is the subtrader's without saying so.
std::string_view customer_of(const State& state, const RequestContext& context, std::string_view named) {
  if (!named.empty() || context.from.key >= state.accounts.keys.size()) return named;
  return state.accounts.keys[context.from.key].subtrader;
}

Order draft(State& state, const RequestContext& context, const NewOrder& r) {
  Order o;
  o.no = ++state.last_order;
  o.from = context.from;
  o.account = trading_account(state, context).value_or(0);
  o.house = state.accounts.all[o.account].house;
  o.market = state.find_market(r.symbol).value_or(kNoMarket);
  o.subaccount = r.subaccount;
  o.side = r.side;
  o.tif = r.time_in_force;
  o.stp = r.self_trade_prevention;
  o.post_only = r.post_only;
  o.reduce_only = r.reduce_only;
  o.cancel_on_pause = r.cancel_on_pause;
  o.price = r.price.units() / kMicrosPerTick;
  o.total = r.quantity.units();
  o.created = o.updated = state.clock;
  o.customer = state.emitter.names.number(customer_of(state, context, r.customer_account));
  o.operator_id = state.emitter.names.number(context.operator_id);
  o.cl_ord_id = ShortText(r.cl_ord_id);
  o.open = true;
  return o;
}

Reason validate_shape(const State& state, Order& o, const NewOrder& r) {
  if (o.market == kNoMarket) return Reason::MarketNotFound;
  if (const Reason closed = validate_market(state, o.market); closed != Reason::None) return closed;
  if (!is_quantity(r.quantity)) return Reason::InvalidQuantity;
  if (!is_price(r.price)) return Reason::InvalidPrice;
  const bool immediate = o.tif == TimeInForce::IOC || o.tif == TimeInForce::FOK;
  if (o.reduce_only && !immediate) return Reason::ReduceOnly;
  if (o.post_only && (immediate || o.reduce_only)) return Reason::InvalidCombination;
  if (r.cl_ord_id.empty() || r.cl_ord_id.size() > ShortText::kCapacity) return Reason::InvalidCombination;
  return set_expiry(state, o, o.tif, r.expire_time) ? Reason::None : Reason::InvalidExpiration;
}

Reason validate_identity(const State& state, const Order& o, const NewOrder& r) {
  const Key& key = state.accounts.keys[o.from.key];
  if (key.scope != KeyScope::Trading) return Reason::NotAuthorized;
  if (!state.accounts.has_subaccount(o.account, o.subaccount)) return Reason::UnknownAccount;
  if (!may_touch(state, key, o)) return Reason::NotAuthorized;
  if (!state.accounts.all[o.account].fcm && (o.customer != 0 || o.operator_id != 0)) return Reason::NotAuthorized;
  const OrderIx same = state.orders.find(o.account, r.cl_ord_id);
  if (same != kNil && (state.orders[same].open || r.unique_forever)) return Reason::OrderAlreadyExists;
  return within_band(state, o.market, o.side, o.price) ? Reason::None : Reason::InvalidPrice;
}

Reason validate_group(const State& state, Order& o, const NewOrder& r) {
  if (r.group_id.empty()) return Reason::None;
  const auto no = uuid_number(state.seed, IdKind::Group, r.group_id);
  const auto it = no ? state.groups.find(*no) : state.groups.end();
  if (it == state.groups.end() || it->second.account != o.account || it->second.subaccount != o.subaccount)
    return Reason::OrderGroupNotFound;
  if (it->second.exchange_index != state.markets[o.market].spec.exchange_index) return Reason::InvalidCombination;
  if (it->second.triggered) return Reason::ExceededOrderGroupRiskLimit;
  o.group = it->first;
  return Reason::None;
}

Reason validate_liquidity(const State& state, const Order& o, Qty cap) {
  if (o.post_only && state.markets[o.market].book.crosses(o.side, o.price)) return Reason::PostOnlyCross;
  if (o.tif == TimeInForce::FOK && tradable(state, o, cap) < cap) return Reason::FokInsufficientVolume;
  return Reason::None;
}

OrderOutcome refuse(State& state, const Order& order, std::string_view symbol_asked, Reason reason) {
  Order refused = order;
  refused.open = false;
  ExecutionEvent e = state.emitter.report(refused, ReportKind::Rejected, symbol_asked);
  e.order_no = 0;
  e.status = OrdStatus::Rejected;
  e.reason = reason;
  state.emitter.send(refused, e);
  OrderOutcome out;
  out.reason = reason;
  return out;
}

void finish_remainder(State& state, OrderIx ix, Qty cap, const Tally& tally) {
  const Order& o = state.orders[ix];
  if (o.tif != TimeInForce::IOC && o.tif != TimeInForce::FOK) {
    rest(state, ix);
    return;
  }
  CancelText text{Reason::ImmediateOrCancelled, UpdateReason::None, {}, {}, tally.filled > 0};
  if (o.reduce_only && tally.filled >= cap) {
    text.reason = Reason::ReduceOnly;
    text.update = UpdateReason::ReduceOnlyCancel;
  }
  cancel_order(state, ix, text);
}

}  // namespace

OrderOutcome submit(State& state, const RequestContext& context, const NewOrder& request) {
  const ExecGroup exec_group(state, context.from);
  if (!trading_account(state, context)) return {false, Reason::NotAuthorized, 0, {}, {}, {}, {}, {}, {}};
  Order order = draft(state, context, request);
  if (is_fix(context.from.door)) {
    ExecutionEvent pending = state.emitter.report(order, ReportKind::PendingNew, request.symbol);
    pending.status = OrdStatus::PendingNew;
    state.emitter.send(order, pending);
  }
  Reason reason = validate_shape(state, order, request);
  if (reason == Reason::None) reason = validate_identity(state, order, request);
  if (reason == Reason::None) reason = validate_group(state, order, request);
  Qty cap = order.total;
  if (reason == Reason::None && order.reduce_only) {
    cap = std::min(cap, reducible(state, order));
    if (cap == 0) reason = Reason::ReduceOnly;
  }
  if (reason == Reason::None) reason = validate_liquidity(state, order, cap);
  if (reason == Reason::None) reason = validate_margin(state, order, order.price * cap);
  return reason == Reason::None ? place(state, order, cap) : refuse(state, order, request.symbol, reason);
}

Reason validate_market(const State& state, MarketNo market) {
  const Market& m = state.markets[market];
  if (state.paused) return Reason::ExchangePaused;
  if (m.stopped()) return Reason::TradingPaused;
  if (m.status == MarketStatus::Closed) return Reason::MarketAlreadyClosed;
  return m.status == MarketStatus::Inactive ? Reason::MarketInactive : Reason::None;
}

bool set_expiry(const State& state, Order& o, TimeInForce tif, std::optional<Timestamp> expire) {
  if (expire.has_value() != (tif == TimeInForce::GTD)) return false;
  if (expire && *expire <= state.clock) return false;
  o.tif = tif;
  o.expire = tif == TimeInForce::Day ? std::optional(end_of_eastern_day(state.clock)) : expire;
  return true;
}

bool within_band(const State& state, MarketNo market, Side side, Ticks price) {
  const Book& book = state.markets[market].book;
  if (book.empty(side)) return true;
  const Ticks best = book.best(side);
  if (side == Side::Buy) return price * 5 >= best * 4 || price >= best - kBandTicks;
  return price * 5 <= best * 6 || price <= best + kBandTicks;
}

Qty reducible(const State& state, const Order& o) {
  const Qty net = position_share(state, o.account, o.subaccount, o.customer, o.market);
  return std::max<Qty>(0, o.side == Side::Sell ? net : -net);
}

OrderOutcome place(State& state, Order& order, Qty cap) {
  const OrderIx ix = state.orders.add(order);
  list(state, ix);
  Order& o = state.orders[ix];
  if (!o.house) state.accounts.all[o.account].archive.push_back(o.no);
  ExecutionEvent e = state.emitter.report(o, ReportKind::New, state.symbol(o.market));
  e.trades_at_once = next_meeting(state, o) == Meets::Somebody;
  state.emitter.send(o, e);
  Tally tally;
  match(state, ix, cap, tally);
  if (o.open && o.leaves() > 0) finish_remainder(state, ix, cap, tally);
  return outcome(state, ix, tally);
}

OrderOutcome house_submit(State& state, KeyNo key, const NewOrder& request) {
  Order order = draft(state, {{key, Door::House}, {}, 0}, request);
  if (!set_expiry(state, order, request.time_in_force, request.expire_time) || !within_band(state, order.market, order.side, order.price))
    return {};
  return place(state, order, order.total);
}

}  // namespace marginfix::sim
