// Price-time matching, self-trade prevention.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

// Whom the order would trade with next: nobody (the book does not cross), itself (taker-at-cross stops it), or somebody.
Core::Meets Core::next_meeting(const Order& taker) const {
  const Book& book = markets_[taker.market].book;
  if (!book.crosses(taker.side, taker.price)) return Meets::Nobody;
  const Side other = opposite(taker.side);
  for (const auto& [key, level] : book.side(other)) {
    const Ticks price = Book::price(other, key);
    if (taker.side == Side::Buy ? price > taker.price : price < taker.price) return Meets::Nobody;
    for (OrderIx ix = level.queue.head; ix != kNil; ix = orders_[ix].level_link.next) {
      if (!same_owner(orders_[ix], taker)) return Meets::Somebody;
      if (taker.stp == SelfTradePreventionType::TakerAtCross) return Meets::Itself;
    }
  }
  return Meets::Nobody;
}

Qty Core::tradable(const Order& order, Qty enough) const {
  const Book& book = markets_[order.market].book;
  const Side other = opposite(order.side);
  Qty sum = 0;
  for (const auto& [key, level] : book.side(other)) {
    const Ticks price = Book::price(other, key);
    if (order.side == Side::Buy ? price > order.price : price < order.price) return sum;
    for (OrderIx ix = level.queue.head; ix != kNil && sum < enough; ix = orders_[ix].level_link.next) {
      const bool own = same_owner(orders_[ix], order);
      if (own && order.stp == SelfTradePreventionType::TakerAtCross) return sum;
      if (!own) sum += orders_[ix].leaves();
    }
    if (sum >= enough) break;
  }
  return sum;
}

// An amend may not run into the account's own orders, whatever its self-trade prevention says.
bool Core::meets_itself_within(const Order& order, Qty quantity) const {
  Order strict = order;
  strict.stp = SelfTradePreventionType::TakerAtCross;
  if (tradable(strict, quantity) >= quantity) return false;
  const Book& book = markets_[order.market].book;
  const Side other = opposite(order.side);
  for (const auto& [key, level] : book.side(other)) {
    const Ticks price = Book::price(other, key);
    if (order.side == Side::Buy ? price > order.price : price < order.price) return false;
    for (OrderIx ix = level.queue.head; ix != kNil; ix = orders_[ix].level_link.next) {
      if (same_owner(orders_[ix], order)) return true;
    }
  }
  return false;
}

void Core::match(OrderIx taker, Qty cap, Tally& tally) {
  Order& t = orders_[taker];
  Book& book = markets_[t.market].book;
  while (t.open && t.leaves() > 0 && tally.filled < cap && book.crosses(t.side, t.price)) {
    const OrderIx maker = book.front(opposite(t.side));
    if (same_owner(t, orders_[maker])) {
      if (t.stp == SelfTradePreventionType::TakerAtCross) {
        cancel_order(taker, {Reason::TakerSelfTrade, UpdateReason::SelfTradeCancel, {}, {}, false});
        return;
      }
      cancel_order(maker, {Reason::MakerSelfTrade, UpdateReason::SelfTradeCancel, {}, {}, false});
      continue;
    }
    trade(taker, maker, std::min({t.leaves(), orders_[maker].leaves(), cap - tally.filled}), cap, tally);
  }
}

FillRecord Core::fill_record(const Order& o, const Fill& fill, Ticks price, Qty quantity, const FillEffect& effect) const {
  FillRecord r;
  r.time = clock_;
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

Core::BookedSide Core::book_fill(OrderIx ix, Ticks price, Qty quantity, bool taker) {
  Order& o = orders_[ix];
  const Micros notional = price * quantity;
  const Micros fee = fee_of(notional, taker ? fees_.taker_tenthousandths : fees_.maker_tenthousandths);
  BookedSide side;
  if (!o.house) side.exec = emitter_.next_exec_id();
  const FillEffect effect = accounts_.fill(o, price, quantity, fee, clock_, side.exec);
  clearing_.fill(o, price, quantity, fee);
  if (o.in_book) accounts_.rest(o, -quantity);
  if (!o.house) triggers_.order_filled(*this, o, quantity);
  o.cum += quantity;
  o.notional += notional;
  o.fees += fee;
  o.updated = clock_;
  if (!taker) o.last_update = UpdateReason::Trade;  // what is filled by the request itself is no later change (observed.md)
  o.status = o.cum == o.total ? OrdStatus::Filled : OrdStatus::PartiallyFilled;
  Fill& f = side.fill;
  f.price = to_price(price);
  f.quantity = to_count(quantity);
  f.taker = taker;
  f.match_no = last_match_;
  f.fee = to_dollars(fee);
  f.position = to_count(effect.net);
  f.entry_price = entry_price(effect.net, effect.cost);
  f.realized_pnl = f.payout_change = to_dollars(effect.realized);
  f.balance_change = to_dollars(-fee);
  if (!o.house) fills_.append(o.account, fill_record(o, side.fill, price, quantity, effect));
  return side;
}

void Core::report_fill(OrderIx ix, const BookedSide& side, Qty ioc_remainder) {
  const Order& o = orders_[ix];
  if (o.house) return;
  ExecutionEvent e = emitter_.report(o, ReportKind::Trade, symbol(o.market));
  e.exec_id = side.exec;
  e.fill = side.fill;
  e.fill->match_id = make_uuid(seed_, IdKind::Match, side.fill.match_no);
  e.fill->business_date = clearing_business_date(clock_);
  e.ioc_remainder = to_count(ioc_remainder);
  emitter_.send(o, e);
}

void Core::trade(OrderIx taker, OrderIx maker, Qty quantity, Qty cap, Tally& tally) {
  Order& t = orders_[taker];
  Order& m = orders_[maker];
  const Ticks price = m.price;
  ++last_match_;
  const Book::Change change = markets_[m.market].book.reduce(orders_, maker, quantity);
  const Micros fees_before = t.fees;
  const BookedSide taken = book_fill(taker, price, quantity, true);
  const BookedSide made = book_fill(maker, price, quantity, false);
  tally.filled += quantity;
  tally.notional += price * quantity;
  tally.fees += t.fees - fees_before;
  if (m.leaves() == 0) markets_[m.market].book.remove(orders_, maker);
  markets_[t.market].last = price;
  markets_[t.market].tape.push({clock_, last_match_, price, quantity, t.side});
  touch(t.market);
  count_for_group(t, quantity);
  count_for_group(m, quantity);

  const bool immediate = t.tif == TimeInForce::IOC || t.tif == TimeInForce::FOK;
  const bool ends = immediate && t.leaves() > 0 && (tally.filled >= cap || next_meeting(t) == Meets::Nobody) && !would_trigger(t);
  report_fill(taker, taken, ends ? t.leaves() : 0);
  report_fill(maker, made, 0);
  emitter_.level(m, symbol(m.market), change.before, change.after, UpdateReason::Trade);
  emitter_.trade(t.market, symbol(t.market), price, quantity, t.side, last_match_);
  const GroupNo groups[2] = {t.group, m.group};
  if (m.leaves() == 0) close(maker, OrdStatus::Filled, UpdateReason::Trade);
  if (t.leaves() == 0) close(taker, OrdStatus::Filled, t.last_update);
  for (const GroupNo group : groups) trigger_if_over(group);
}

void Core::rest(OrderIx ix) {
  const Order& o = orders_[ix];
  accounts_.rest(o, o.leaves());
  level_event(o, markets_[o.market].book.add(orders_, ix), o.last_update);
  if (o.expire) orders_.push_back<&Order::expiry_link>(expiries_[*o.expire], ix);
}

}  // namespace marginfix::sim
