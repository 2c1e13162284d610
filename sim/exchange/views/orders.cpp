#include "sim/exchange/views/orders.hpp"

#include <algorithm>

#include "sim/exchange/state.hpp"

namespace marginfix::sim::views {
namespace {

// Of orders that a page of few may leave out: the doors wait meanwhile. Behind it the next page goes on, from its cursor.
constexpr std::size_t kMostLookedAt = 50'000;

OrderState state_of(const Order& o) {
  if (o.open) return OrderState::Resting;
  return o.status == OrdStatus::Filled ? OrderState::Executed : OrderState::Canceled;
}

bool matches(const State& state, const Order& o, const OrderFilter& f) {
  return (!f.market || *f.market == o.market) && (!f.subaccount || *f.subaccount == o.subaccount) &&
         (!f.state || *f.state == state_of(o)) && o.created >= f.from && o.created < f.to && o.updated <= f.unchanged_since &&
         (!f.customer_account || *f.customer_account == state.emitter.names.text(o.customer));
}

FillView fill(const State& state, const FillRecord& f, bool of_share) {
  FillView v;
  v.fill_id = make_uuid(state.seed, f.second ? IdKind::Trade : IdKind::Match, f.match_no);
  v.order_id = make_uuid(state.seed, IdKind::Order, f.order);
  v.time = f.time;
  v.market = f.market;
  v.subaccount = f.subaccount;
  v.side = f.side;
  v.taker = f.taker;
  v.system = f.system;
  v.price = to_price(f.price);
  v.quantity = to_count(f.quantity);
  v.entry_price = of_share ? f.share_entry_price : f.entry_price;
  v.fee = to_dollars(f.fee);
  v.realized_pnl = to_dollars(of_share ? f.share_realized : f.realized);
  return v;
}

GroupView group(const State& state, GroupNo no, const OrderGroup& g) {
  return {make_uuid(state.seed, IdKind::Group, no), g.subaccount, g.limit, g.triggered, g.exchange_index, g.created, g.updated};
}

}  // namespace

OrderView order(const State& state, const Order& o) {
  OrderView v;
  v.order_no = o.no;
  v.order_id = make_uuid(state.seed, IdKind::Order, o.no);
  v.cl_ord_id = o.cl_ord_id.view();
  v.account = o.account;
  v.entered_by = o.from;
  v.market = o.market;
  v.side = o.side;
  v.price = to_price(o.price);
  v.original_qty = to_count(o.total);
  v.cum_qty = to_count(o.cum);
  v.leaves_qty = to_count(o.leaves());
  v.status = o.status;
  v.last_update = o.last_update;
  v.subaccount = o.subaccount;
  v.created = o.created;
  v.updated = o.updated;
  v.changed = !o.open || o.cum > 0 || o.last_update != UpdateReason::None;
  v.expire_time = o.expire;
  v.self_trade_prevention = o.stp;
  v.cancel_on_pause = o.cancel_on_pause;
  if (o.group != 0) v.group_id = make_uuid(state.seed, IdKind::Group, o.group);
  v.system = o.system;
  v.customer_account = state.emitter.names.text(o.customer);
  return v;
}

std::optional<OrderView> find_order(const State& state, AccountId account, std::string_view cl_ord_id) {
  const OrderIx ix = state.orders.find(account, cl_ord_id);
  return ix == kNil ? std::nullopt : std::optional(order(state, state.orders[ix]));
}

std::optional<OrderView> find_order_id(const State& state, AccountId account, std::string_view order_id) {
  const auto no = uuid_number(state.seed, IdKind::Order, order_id);
  const OrderIx ix = no ? state.orders.find(*no) : kNil;
  return ix == kNil || state.orders[ix].account != account ? std::nullopt : std::optional(order(state, state.orders[ix]));
}

std::vector<OrderView> open_orders(const State& state, AccountId account) {
  std::vector<OrderView> out;
  for (OrderIx ix = state.accounts.all[account].open.head; ix != kNil; ix = state.orders[ix].account_link.next)
    out.push_back(order(state, state.orders[ix]));
  return out;
}

OrderPage list_orders(const State& state, AccountId account, const OrderFilter& filter, std::uint64_t before, std::size_t limit) {
  OrderPage page;
  std::size_t looked_at = 0;
  // False: the page is done.
  const auto take = [&](const Order& o) {
    if (o.created < filter.from) return false;  // older ones follow only
    if (matches(state, o, filter)) {
      if (page.orders.size() == limit) {
        page.next = page.orders.back().order_no;
        return false;
      }
      page.orders.push_back(order(state, o));
    }
    if (++looked_at < kMostLookedAt) return true;
    page.next = o.no;
    return false;
  };
  if (filter.state == OrderState::Resting) {
    for (OrderIx ix = state.accounts.all[account].open.tail; ix != kNil; ix = state.orders[ix].account_link.prev) {
      const Order& o = state.orders[ix];
      if ((before == 0 || o.no < before) && !take(o)) break;
    }
    return page;
  }
  state.accounts.all[account].archive.visit_down(before, [&](OrderNo no) { return take(state.orders[state.orders.find(no)]); });
  return page;
}

FillPage list_fills(const State& state, AccountId account, const FillFilter& filter, std::uint64_t before, std::size_t limit) {
  FillPage page;
  std::uint64_t last = 0;
  state.fills.visit(account, before, [&](const FillRecord& f) {
    if (f.time < filter.from) return false;  // older ones follow only
    if (filter.customer_account && *filter.customer_account != state.emitter.names.text(f.customer)) return true;
    if ((filter.subaccount && *filter.subaccount != f.subaccount) || f.time >= filter.to || f.time > filter.unchanged_since) return true;
    if (page.fills.size() == limit) {
      page.next = last;
      return false;
    }
    last = f.no;
    page.fills.push_back(fill(state, f, filter.customer_account.has_value()));
    return true;
  });
  return page;
}

std::vector<GroupView> list_groups(const State& state, AccountId account, std::optional<int> subaccount) {
  std::vector<GroupView> out;
  for (const auto& [no, g] : state.groups) {
    if (g.account == account && (!subaccount || *subaccount == g.subaccount)) out.push_back(group(state, no, g));
  }
  return out;
}

std::optional<GroupView> find_group(const State& state, AccountId account, std::string_view group_id) {
  const auto no = uuid_number(state.seed, IdKind::Group, group_id);
  const auto it = no ? state.groups.find(*no) : state.groups.end();
  if (it == state.groups.end() || it->second.account != account) return std::nullopt;
  return group(state, it->first, it->second);
}

std::vector<OrderView> group_orders(const State& state, AccountId account, std::string_view group_id) {
  std::vector<OrderView> out;
  const auto no = uuid_number(state.seed, IdKind::Group, group_id);
  if (!no) return out;
  for (OrderIx ix = state.accounts.all[account].open.head; ix != kNil; ix = state.orders[ix].account_link.next) {
    if (state.orders[ix].group == *no) out.push_back(order(state, state.orders[ix]));
  }
  return out;
}

HistoryStatus history(const State& state, AccountId account, ExecId begin, std::optional<ExecId> end,
                      const std::function<bool(const ExecutionEvent&)>& visit) {
  // An end that the exchange has not reached yet. Within the newest command every second part counts as reached.
  if (end && end->a > state.emitter.exec().a) return HistoryStatus::EndTooLarge;
  const auto complete = [&state](ExecutionEvent& e) {
    e.order_id = make_uuid(state.seed, IdKind::Order, e.order_no);
    e.symbol = state.symbol(e.market);
    if (e.fill) {
      e.fill->match_id = make_uuid(state.seed, IdKind::Match, e.fill->match_no);
      e.fill->business_date = clearing_business_date(e.time);
    }
  };
  return state.emitter.history.visit(account, begin, end, state.clock, complete, visit);
}

std::optional<ExecId> last_exec_id(const State& state, AccountId account) { return state.emitter.history.last(account); }
EventNo last_event(const State& state) noexcept { return state.emitter.event_no; }

}  // namespace marginfix::sim::views
