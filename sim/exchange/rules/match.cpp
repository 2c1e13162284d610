// Price-time matching, self-trade prevention.
#include "sim/exchange/rules/match.hpp"

#include <algorithm>

#include "sim/exchange/rules/cancel.hpp"
#include "sim/exchange/rules/groups.hpp"
#include "sim/exchange/rules/marks.hpp"
#include "sim/exchange/state.hpp"

namespace marginfix::sim {
namespace {

bool same_owner(const Order& a, const Order& b) noexcept { return a.account == b.account && a.customer == b.customer; }

FillRecord fill_record(const State& state, const Order& o, const Fill& fill, Ticks price, Qty quantity, const FillEffect& effect) {
  FillRecord r;
  r.time = state.clock;
  r.match_no = fill.match_no;
  r.order = o.no;
  r.market = o.market;
  r.subaccount = o.subaccount;
  r.customer = o.customer;
  r.side = o.side;
  r.taker = fill.taker;
  r.system = o.system;
  r.price = price;
  r.quantity = quantity;
  r.entry_price = effect.measured_against;
  r.fee = fill.fee.units();
  r.realized = effect.realized;
  r.share_entry_price = effect.share_measured_against;
  r.share_realized = effect.share_realized;
  return r;
}

void trade(State& state, OrderIx taker, OrderIx maker, Qty quantity, Qty cap, Tally& tally) {
  Order& t = state.orders[taker];
  Order& m = state.orders[maker];
  const Ticks price = m.price;
  ++state.last_match;
  const Book::Change change = state.markets[m.market].book.reduce(state.orders, maker, quantity);
  const Micros fees_before = t.fees;
  const BookedSide taken = book_fill(state, taker, price, quantity, true);
  const BookedSide made = book_fill(state, maker, price, quantity, false);
  tally.filled += quantity;
  tally.notional += price * quantity;
  tally.fees += t.fees - fees_before;
  if (m.leaves() == 0) state.markets[m.market].book.remove(state.orders, maker);
  state.markets[t.market].last = price;
  state.markets[t.market].tape.push({state.clock, state.last_match, price, quantity, t.side});
  touch(state, t.market);
  count_for_group(state, t, quantity);
  count_for_group(state, m, quantity);

  const bool immediate = t.tif == TimeInForce::IOC || t.tif == TimeInForce::FOK;
  const bool ends =
      immediate && t.leaves() > 0 && (tally.filled >= cap || next_meeting(state, t) == Meets::Nobody) && !would_trigger(state, t);
  report_fill(state, taker, taken, ends ? t.leaves() : 0);
  report_fill(state, maker, made, 0);
  state.emitter.level(m, state.symbol(m.market), change.before, change.after, UpdateReason::Trade);
  state.emitter.trade(t.market, state.symbol(t.market), price, quantity, t.side, state.last_match);
  const GroupNo groups[2] = {t.group, m.group};
  if (m.leaves() == 0) close_order(state, maker, OrdStatus::Filled, UpdateReason::Trade);
  if (t.leaves() == 0) close_order(state, taker, OrdStatus::Filled, t.last_update);
  for (const GroupNo group : groups) trigger_if_over(state, group);
}

}  // namespace

// Whom the order would trade with next: nobody (the book does not cross), itself (taker-at-cross stops it), or somebody.
Meets next_meeting(const State& state, const Order& taker) {
  const Book& book = state.markets[taker.market].book;
  if (!book.crosses(taker.side, taker.price)) return Meets::Nobody;
  const Side other = opposite(taker.side);
  for (const auto& [key, level] : book.side(other)) {
    const Ticks price = Book::price(other, key);
    if (taker.side == Side::Buy ? price > taker.price : price < taker.price) return Meets::Nobody;
    for (OrderIx ix = level.queue.head; ix != kNil; ix = state.orders[ix].level_link.next) {
      if (!same_owner(state.orders[ix], taker)) return Meets::Somebody;
      if (taker.stp == SelfTradePreventionType::TakerAtCross) return Meets::Itself;
    }
  }
  return Meets::Nobody;
}

Qty tradable(const State& state, const Order& order, Qty enough) {
  const Book& book = state.markets[order.market].book;
  const Side other = opposite(order.side);
  Qty sum = 0;
  for (const auto& [key, level] : book.side(other)) {
    const Ticks price = Book::price(other, key);
    if (order.side == Side::Buy ? price > order.price : price < order.price) return sum;
    for (OrderIx ix = level.queue.head; ix != kNil && sum < enough; ix = state.orders[ix].level_link.next) {
      const bool own = same_owner(state.orders[ix], order);
      if (own && order.stp == SelfTradePreventionType::TakerAtCross) return sum;
      if (!own) sum += state.orders[ix].leaves();
    }
    if (sum >= enough) break;
  }
  return sum;
}

// An amend may not run into the account's own orders, whatever its self-trade prevention says.
bool meets_itself_within(const State& state, const Order& order, Qty quantity) {
  Order strict = order;
  strict.stp = SelfTradePreventionType::TakerAtCross;
  if (tradable(state, strict, quantity) >= quantity) return false;
  const Book& book = state.markets[order.market].book;
  const Side other = opposite(order.side);
  for (const auto& [key, level] : book.side(other)) {
    const Ticks price = Book::price(other, key);
    if (order.side == Side::Buy ? price > order.price : price < order.price) return false;
    for (OrderIx ix = level.queue.head; ix != kNil; ix = state.orders[ix].level_link.next) {
      if (same_owner(state.orders[ix], order)) return true;
    }
  }
  return false;
}

void match(State& state, OrderIx taker, Qty cap, Tally& tally) {
  Order& t = state.orders[taker];
  Book& book = state.markets[t.market].book;
  while (t.open && t.leaves() > 0 && tally.filled < cap && book.crosses(t.side, t.price)) {
    const OrderIx maker = book.front(opposite(t.side));
    if (same_owner(t, state.orders[maker])) {
      if (t.stp == SelfTradePreventionType::TakerAtCross) {
        cancel_order(state, taker, {Reason::TakerSelfTrade, UpdateReason::SelfTradeCancel, {}, {}, false});
        return;
      }
      cancel_order(state, maker, {Reason::MakerSelfTrade, UpdateReason::SelfTradeCancel, {}, {}, false});
      continue;
    }
    trade(state, taker, maker, std::min({t.leaves(), state.orders[maker].leaves(), cap - tally.filled}), cap, tally);
  }
}

BookedSide book_fill(State& state, OrderIx ix, Ticks price, Qty quantity, bool taker) {
  Order& o = state.orders[ix];
  const Micros notional = price * quantity;
  const Micros fee = fee_of(notional, taker ? state.fees.taker_tenthousandths : state.fees.maker_tenthousandths);
  BookedSide side;
  if (!o.house) side.exec = state.emitter.next_exec_id();
  const FillEffect effect = state.accounts.fill(o, price, quantity, fee, state.clock, side.exec);
  state.clearing.fill(o, price, quantity, fee);
  if (o.in_book) state.accounts.rest(o, -quantity);
  if (!o.house) state.triggers.order_filled(state, o, quantity);
  o.cum += quantity;
  o.notional += notional;
  o.fees += fee;
  o.updated = state.clock;
  if (!taker) o.last_update = UpdateReason::Trade;  // what is filled by the request itself is no later change (observed.md)
  o.status = o.cum == o.total ? OrdStatus::Filled : OrdStatus::PartiallyFilled;
  Fill& f = side.fill;
  f.price = to_price(price);
  f.quantity = to_count(quantity);
  f.taker = taker;
  f.match_no = state.last_match;
  f.fee = to_dollars(fee);
  f.position = to_count(effect.net);
  f.entry_price = entry_price(effect.net, effect.cost);
  f.realized_pnl = f.payout_change = to_dollars(effect.realized);
  f.balance_change = to_dollars(-fee);
  if (!o.house) state.fills.append(o.account, fill_record(state, o, side.fill, price, quantity, effect));
  return side;
}

void report_fill(State& state, OrderIx ix, const BookedSide& side, Qty ioc_remainder) {
  const Order& o = state.orders[ix];
  if (o.house) return;
  ExecutionEvent e = state.emitter.report(o, ReportKind::Trade, state.symbol(o.market));
  e.exec_id = side.exec;
  e.fill = side.fill;
  e.fill->match_id = make_uuid(state.seed, IdKind::Match, side.fill.match_no);
  e.fill->business_date = clearing_business_date(state.clock);
  e.ioc_remainder = to_count(ioc_remainder);
  state.emitter.send(o, e);
}

void rest(State& state, OrderIx ix) {
  const Order& o = state.orders[ix];
  state.accounts.rest(o, o.leaves());
  level_event(state, o, state.markets[o.market].book.add(state.orders, ix), o.last_update);
  if (o.expire) state.orders.push_back<&Order::expiry_link>(state.expiries[*o.expire], ix);
}

void level_event(State& state, const Order& order, Book::Change change, UpdateReason reason) {
  touch(state, order.market);
  state.emitter.level(order, state.symbol(order.market), change.before, change.after, reason);
}

OrderOutcome outcome(const State& state, OrderIx ix, const Tally& tally) {
  const Order& o = state.orders[ix];
  OrderOutcome out;
  out.accepted = true;
  out.order_no = o.no;
  out.order_id = make_uuid(state.seed, IdKind::Order, o.no);
  out.filled = to_count(tally.filled);
  out.leaves = to_count(o.leaves());
  out.filled_notional = to_dollars(tally.notional);
  out.fees = to_dollars(tally.fees);
  return out;
}

}  // namespace marginfix::sim
