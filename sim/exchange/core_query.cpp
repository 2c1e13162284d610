// Read-only views of the engine.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {

std::vector<LevelView> Core::depth(MarketNo market, Side side, std::size_t max_levels) const {
  std::vector<LevelView> out;
  for (const auto& [key, level] : markets_[market].book.side(side)) {
    if (max_levels != 0 && out.size() == max_levels) break;
    out.push_back({to_price(Book::price(side, key)), to_count(level.size)});
  }
  return out;
}

OrderView Core::view(const Order& o) const {
  OrderView v;
  v.order_no = o.no;
  v.order_id = make_uuid(seed_, IdKind::Order, o.no);
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
  if (o.group != 0) v.group_id = make_uuid(seed_, IdKind::Group, o.group);
  v.system = o.system;
  v.customer_account = emitter_.names.text(o.customer);
  return v;
}

std::vector<OrderView> Core::open_orders(AccountId account) const {
  std::vector<OrderView> out;
  for (OrderIx ix = accounts_.all[account].open.head; ix != kNil; ix = orders_[ix].account_link.next) out.push_back(view(orders_[ix]));
  return out;
}

std::vector<PositionView> Core::positions(AccountId account) const {
  std::vector<PositionView> out;
  const auto& subs = accounts_.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    for (MarketNo m = 0; m < markets_.size(); ++m) {
      const Position& p = subs[s].positions[m];
      if (p.net == 0 && p.realized == 0 && p.fees == 0) continue;
      out.push_back({static_cast<int>(s), m, to_count(p.net), entry_price(p.net, p.cost), to_dollars(p.realized), to_dollars(p.fees),
                     to_dollars(p.open_fees), to_dollars(p.cost)});
    }
  }
  return out;
}

std::vector<BalanceView> Core::balances(AccountId account) const {
  std::vector<BalanceView> out;
  const auto& subs = accounts_.all[account].subaccounts;
  for (std::size_t s = 0; s < subs.size(); ++s) {
    const Micros worth = equity(subs[s]);
    const Micros margin = total_margin(subs[s]);
    out.push_back({static_cast<int>(s), to_dollars(subs[s].cash), to_dollars(worth), to_dollars(margin),
                   to_dollars(std::max<Micros>(0, worth - margin))});
  }
  return out;
}

std::vector<TradeView> Core::trades(MarketNo market, Timestamp from, Timestamp to, std::size_t limit) const {
  std::vector<TradeView> out;
  const auto& all = markets_[market].tape.all();
  for (std::size_t i = markets_[market].tape.index_of(from); i < all.size() && all[i].time < to && out.size() < limit; ++i) {
    out.push_back(view(market, all[i]));
  }
  return out;
}

HistoryStatus Core::history(AccountId account, ExecId begin, std::optional<ExecId> end,
                            const std::function<bool(const ExecutionEvent&)>& visit) const {
  // An end that the exchange has not reached yet. Within the newest command every second part counts as reached.
  if (end && end->a > emitter_.exec().a) return HistoryStatus::EndTooLarge;
  const auto complete = [this](ExecutionEvent& e) {
    e.order_id = make_uuid(seed_, IdKind::Order, e.order_no);
    e.symbol = symbol(e.market);
    if (e.fill) {
      e.fill->match_id = make_uuid(seed_, IdKind::Match, e.fill->match_no);
      e.fill->business_date = clearing_business_date(e.time);
    }
  };
  return emitter_.history.visit(account, begin, end, clock_, complete, visit);
}

}  // namespace marginfix::sim
