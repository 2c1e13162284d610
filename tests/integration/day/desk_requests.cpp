// What a desk sends, over FIX and REST.
#include "integration/day/desk.hpp"
#include "marginfix/core/uuid.hpp"

namespace marginfix::day {
namespace {

BookSide book_side(Side side) { return side == Side::Buy ? BookSide::bid : BookSide::ask; }
// 0 is what an order entry without subaccount means.
std::optional<std::int32_t> subaccount_or_none(int subaccount) {
  return subaccount == 0 ? std::nullopt : std::optional<std::int32_t>(subaccount);
}

}  // namespace

// Sends by FIX and waits for the first answer: the exchange has handled the whole request then. Gives the order's id, "" = refused.
template <class Sent>
std::string Desk::answered(const std::string& id, const Sent& sent) {
  ++tally_.fix;
  sent.value();
  if (!heard_.wait([&](const Notes& n) { return n.answers.contains(id); })) throw std::runtime_error("no answer over FIX to " + id);
  return heard_.answer(id);
}

void Desk::create_fix(Draft d) {
  fix::NewOrderSingle o;
  o.cl_ord_id = d.order.cl_ord_id;
  o.symbol = d.order.ticker;
  o.side = d.order.side;
  o.order_qty = FixedPointCount::whole(d.contracts);
  o.price = d.price;
  o.time_in_force = d.tif;
  o.expire_time = d.expire;
  if (d.post_only) o.exec_inst = ExecInst::PostOnly;
  if (d.reduce_only) o.exec_inst = ExecInst::ReduceOnly;
  o.self_trade_prevention_type = d.stp;
  o.alloc_account = subaccount_or_none(d.order.subaccount);
  if (!d.group.empty()) o.secondary_cl_ord_id = d.group;
  if (!d.order.customer.empty()) o.parties.push_back({d.order.customer, {}, PartyRole::CustomerAccount});
  d.order.order_id = answered(d.order.cl_ord_id, entry_->new_order(o));
  if (d.order.order_id.empty()) return;
  d.order.by_fix = true;
  by_fix_.push_back(d.order.order_id);
  placed_.push_back(std::move(d.order));
}

void Desk::create_rest(PerpsClient& client, Draft d) {
  rest::CreateMarginOrderRequest body;
  body.ticker = d.order.ticker;
  body.client_order_id = d.order.cl_ord_id;
  body.side = book_side(d.order.side);
  body.count = FixedPointCount::whole(d.contracts);
  body.price = d.price;
  body.time_in_force = d.tif == TimeInForce::IOC   ? rest::OrderTimeInForce::immediate_or_cancel
                       : d.tif == TimeInForce::FOK ? rest::OrderTimeInForce::fill_or_kill
                                                   : rest::OrderTimeInForce::good_till_canceled;
  if (d.expire) body.expiration_time = EpochSeconds::of(*d.expire);
  if (d.post_only) body.post_only = true;
  if (d.reduce_only) body.reduce_only = true;
  body.self_trade_prevention_type = d.stp;
  body.subaccount = subaccount_or_none(d.order.subaccount);
  if (!d.group.empty()) body.order_group_id = d.group;
  const auto done = client.orders().create({.body = body});
  if (!count(done)) return;
  d.order.order_id = done->order_id;
  placed_.push_back(std::move(d.order));
}

void Desk::amend(sim::Random& random, const Prices& prices) {
  Placed* order = recent(random);
  if (order == nullptr) return;
  ++tally_.amends;
  const std::string id = next_id("a");
  const auto quantity = FixedPointCount::whole(random.between(1, setup_.most_contracts));
  const DollarDecimal price = near(random, prices, order->ticker, 6);
  if (random.below(2) == 0 && order->by_fix) {
    fix::OrderCancelReplaceRequest a;
    a.cl_ord_id = id;
    a.orig_cl_ord_id = order->cl_ord_id;
    a.order_qty = quantity;
    a.price = price;
    a.side = order->side;
    a.symbol = order->ticker;
    a.alloc_account = subaccount_or_none(order->subaccount);
    if (!answered(id, entry_->amend(a)).empty()) order->cl_ord_id = id;
    return;
  }
  rest::AmendMarginOrder a{.order_id = order->order_id, .subaccount = subaccount_or_none(order->subaccount)};
  a.body.ticker = order->ticker;
  a.body.side = book_side(order->side);
  a.body.price = price;
  a.body.count = quantity;
  if (random.below(2) == 0) a.body.updated_client_order_id = id;
  if (count(client_of(*order).orders().amend(a)) && a.body.updated_client_order_id) order->cl_ord_id = id;
}

void Desk::cancel(sim::Random& random) {
  const Placed* order = recent(random);
  if (order == nullptr) return;
  ++tally_.cancels;
  if (random.below(2) == 0 && order->by_fix) {
    const std::string id = next_id("c");
    fix::OrderCancelRequest c;
    c.cl_ord_id = id;
    c.orig_cl_ord_id = order->cl_ord_id;
    c.side = order->side;
    c.symbol = order->ticker;
    c.alloc_account = subaccount_or_none(order->subaccount);
    answered(id, entry_->cancel(c));
    return;
  }
  count(client_of(*order).orders().cancel({.order_id = order->order_id, .subaccount = subaccount_or_none(order->subaccount)}));
}

void Desk::decrease(sim::Random& random) {
  const Placed* order = recent(random);
  if (order == nullptr) return;
  ++tally_.decreases;
  rest::DecreaseMarginOrder d{.order_id = order->order_id, .subaccount = subaccount_or_none(order->subaccount)};
  (random.below(2) == 0 ? d.body.reduce_by : d.body.reduce_to) = FixedPointCount::whole(random.between(1, 15));
  count(client_of(*order).orders().decrease(d));
}

void Desk::sweep(sim::Random& random) {
  ++tally_.cancels;
  count(rest_->orders().cancel_all(random.below(2) == 0 ? rest::CancelAllMarginOrders{} : rest::CancelAllMarginOrders{.subaccount = 0}));
}

void Desk::group(sim::Random& random) {
  ++tally_.groups;
  if (groups_.size() < 3) {
    rest::CreateMarginOrderGroup create;
    create.body.contracts_limit = random.between(20, 300);
    const auto made = rest_->order_groups().create(create);
    if (count(made)) groups_.push_back(made->order_group_id);
    return;
  }
  const std::size_t which = random.below(groups_.size());
  const auto dice = random.below(4);
  if (dice == 0) {
    count(rest_->order_groups().trigger({.order_group_id = groups_[which]}));
  } else if (dice == 1) {
    count(rest_->order_groups().remove({.order_group_id = groups_[which]}));
    groups_.erase(groups_.begin() + static_cast<std::ptrdiff_t>(which));
  } else {
    count(rest_->order_groups().reset({.order_group_id = groups_[which]}));
  }
}

void Desk::trade(const std::string& ticker, Side side, std::int64_t contracts, DollarDecimal price) {
  ++tally_.orders;
  Draft d;
  d.order.ticker = ticker;
  d.order.side = side;
  d.order.cl_ord_id = next_id("o");
  d.contracts = contracts;
  d.price = price;
  create_rest(*rest_, std::move(d));
}

void Desk::protect(const std::string& ticker, int subaccount, DollarDecimal stop, bool below) {
  ++tally_.triggers;
  rest::SetCrossMarginExitTrigger set{.ticker = ticker, .subaccount = subaccount_or_none(subaccount)};
  (below ? set.body.stop_loss_price : set.body.take_profit_price) = stop;
  count(rest_->portfolio().set_cross_exit_trigger(set));
}

// On whatever position there is; what it is on nobody has to know for it.
void Desk::trigger(sim::Random& random, const Prices& prices) {
  const std::string& ticker = prices.tickers[random.below(prices.tickers.size())];
  const auto dice = random.below(4);
  if (dice == 0) {
    ++tally_.triggers;
    count(rest_->portfolio().cancel_cross_exit_triggers({.ticker = ticker}));
  } else if (dice == 1) {
    ++tally_.triggers;
    rest::SetCrossMarginExitTrigger set{.ticker = ticker};
    set.body.kind = rest::ExitTriggerKind::trailing;
    set.body.trail_bps = static_cast<std::int32_t>(random.between(20, 300));
    count(rest_->portfolio().set_cross_exit_trigger(set));
  } else {
    protect(ticker, 0, near(random, prices, ticker, 15), dice == 2);
  }
}

void Desk::transfer(sim::Random& random) {
  ++tally_.transfers;
  const std::int64_t cents = random.between(1, 5'000);
  if (setup_.deposits.size() > 1 && random.below(2) == 0) {
    rest::ApplyMarginSubaccountTransfer move;
    move.body.client_transfer_id = random_uuid();
    const bool out = random.below(2) == 0;
    move.body.from_subaccount = out ? 0 : 1;
    move.body.to_subaccount = out ? 1 : 0;
    move.body.amount_cents = {cents};
    if (!count(rest_->transfers().transfer_subaccount(move))) return;
    const Amount amount = cents * 10'000;
    between.push_back({now, move.body.from_subaccount, -amount});
    between.push_back({now, move.body.to_subaccount, amount});
    return;
  }
  move_outside(random.below(2) == 0, {cents * 100 + 7});
}

void Desk::move_in(Centicents amount) { move_outside(true, amount); }

void Desk::move_outside(bool in, Centicents amount) {
  rest::IntraExchangeInstanceTransfer move;
  move.body.source = in ? rest::ExchangeInstance::event_contract : rest::ExchangeInstance::margined;
  move.body.destination = in ? rest::ExchangeInstance::margined : rest::ExchangeInstance::event_contract;
  move.body.amount = amount;
  const auto done = rest_->transfers().transfer_instance(move);
  if (count(done)) outside.push_back({done->transfer_id, (in ? 1 : -1) * amount.value * 100});
}

}  // namespace marginfix::day
