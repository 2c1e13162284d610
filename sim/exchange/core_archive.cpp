// Lists for REST: orders in every state, fills, groups. Read-only.
#include <algorithm>

#include "sim/exchange/core_internal.hpp"

namespace marginfix::sim {
namespace {

OrderState state_of(const Order& o) {
  if (o.open) return OrderState::Resting;
  return o.status == OrdStatus::Filled ? OrderState::Executed : OrderState::Canceled;
}

}  // namespace

const Order* Core::find_order_id(AccountId account, std::string_view order_id) const {
  const auto no = uuid_number(seed_, IdKind::Order, order_id);
  const OrderIx ix = no ? orders_.find(*no) : kNil;
  return ix == kNil || orders_[ix].account != account ? nullptr : &orders_[ix];
}

bool Core::matches(const Order& o, const OrderFilter& f) const {
  return (!f.market || *f.market == o.market) && (!f.subaccount || *f.subaccount == o.subaccount) &&
         (!f.state || *f.state == state_of(o)) && o.created >= f.from && o.created < f.to && o.updated <= f.unchanged_since &&
         (!f.customer_account || *f.customer_account == emitter_.names.text(o.customer));
}

OrderPage Core::list_orders(AccountId account, const OrderFilter& filter, std::uint64_t before, std::size_t limit) const {
  OrderPage page;
  const std::vector<OrderNo>& archive = accounts_.all[account].archive;
  auto it = before == 0 ? archive.end() : std::ranges::lower_bound(archive, before);
  while (it != archive.begin()) {
    const OrderIx ix = orders_.find(*--it);
    if (ix == kNil || !matches(orders_[ix], filter)) continue;
    if (page.orders.size() == limit) {
      page.next = page.orders.back().order_no;
      break;
    }
    page.orders.push_back(view(orders_[ix]));
  }
  return page;
}

FillView Core::view(const FillRecord& f, bool of_share) const {
  FillView v;
  v.fill_id = make_uuid(seed_, f.second ? IdKind::Trade : IdKind::Match, f.match_no);
  v.order_id = make_uuid(seed_, IdKind::Order, f.order);
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

FillPage Core::list_fills(AccountId account, const FillFilter& filter, std::uint64_t before, std::size_t limit) const {
  FillPage page;
  std::uint64_t last = 0;
  fills_.visit(account, before, [&](const FillRecord& f) {
    if (f.time < filter.from) return false;  // older ones follow only
    if (filter.customer_account && *filter.customer_account != emitter_.names.text(f.customer)) return true;
    if ((filter.subaccount && *filter.subaccount != f.subaccount) || f.time >= filter.to || f.time > filter.unchanged_since) return true;
    if (page.fills.size() == limit) {
      page.next = last;
      return false;
    }
    last = f.no;
    page.fills.push_back(view(f, filter.customer_account.has_value()));
    return true;
  });
  return page;
}

GroupView Core::view(GroupNo no, const OrderGroup& g) const {
  return {make_uuid(seed_, IdKind::Group, no), g.subaccount, g.limit, g.triggered, g.exchange_index, g.created, g.updated};
}

std::vector<GroupView> Core::list_groups(AccountId account, std::optional<int> subaccount) const {
  std::vector<GroupView> out;
  for (const auto& [no, g] : groups_) {
    if (g.account == account && (!subaccount || *subaccount == g.subaccount)) out.push_back(view(no, g));
  }
  return out;
}

std::optional<GroupView> Core::find_group(AccountId account, std::string_view group_id) const {
  const auto no = uuid_number(seed_, IdKind::Group, group_id);
  const auto it = no ? groups_.find(*no) : groups_.end();
  if (it == groups_.end() || it->second.account != account) return std::nullopt;
  return view(it->first, it->second);
}

std::vector<OrderView> Core::group_orders(AccountId account, std::string_view group_id) const {
  std::vector<OrderView> out;
  const auto no = uuid_number(seed_, IdKind::Group, group_id);
  if (!no) return out;
  for (OrderIx ix = accounts_.all[account].open.head; ix != kNil; ix = orders_[ix].account_link.next) {
    if (orders_[ix].group == *no) out.push_back(view(orders_[ix]));
  }
  return out;
}

}  // namespace marginfix::sim
