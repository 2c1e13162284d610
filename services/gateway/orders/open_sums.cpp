#include "services/gateway/orders/open_sums.hpp"

#include <algorithm>

#include "services/gateway/orders/teller.hpp"

namespace marginfix::gateway {
namespace {

std::size_t place(Side side) { return side == Side::Sell ? 1 : 0; }

}  // namespace

WideUnits OpenOrders::units(std::string_view symbol, Side side) const {
  const auto found = by_symbol_.find(symbol);
  return found == by_symbol_.end() ? 0 : found->second[place(side)];
}

WideUnits OpenSums::units_of(const ClientOrder& order) {
  FixedPointCount most = order.order_qty;
  for (const OrderRequest& each : order.requests) {
    if (each.kind == OrderRequest::Kind::replace && !each.answered) most = std::max(most, each.order_qty);
  }
  return WideUnits{OrderTeller::leaves_of(order).units()} + (WideUnits{most.units()} - order.order_qty.units());
}

OpenSums::Counted OpenSums::begin(const ClientOrder& order) {
  OpenOrders& client = by_client_[order.client];
  OpenOrders& account = by_account_[order.account];
  ++client.count_;
  ++account.count_;
  return {0, &client, &account, &client.by_symbol_[order.symbol][place(order.side)], &account.by_symbol_[order.symbol][place(order.side)]};
}

void OpenSums::update(const ClientOrder& order) {
  auto known = counted_.find(order.number);
  if (known == counted_.end()) {
    if (!order.open()) return;
    known = counted_.emplace(order.number, begin(order)).first;
  }
  Counted& counted = known->second;
  const WideUnits units = order.open() ? units_of(order) : 0;
  *counted.of_client += units - counted.units;
  *counted.of_account += units - counted.units;
  counted.units = units;
  if (order.open()) return;
  --counted.client->count_;
  --counted.account->count_;
  counted_.erase(known);
}

const OpenOrders& OpenSums::find(const Owners& owners, std::string_view name) {
  static const OpenOrders kNone;
  const auto found = owners.find(name);
  return found == owners.end() ? kNone : found->second;
}

}  // namespace marginfix::gateway
