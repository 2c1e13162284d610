#include "services/gateway/orders/open_sums.hpp"

#include <algorithm>

#include "services/gateway/orders/teller.hpp"

namespace marginfix::gateway {
namespace {

std::size_t side_index(Side side) { return side == Side::Sell ? 1 : 0; }

}  // namespace

WideUnits OpenOrders::units(std::string_view symbol, Side side) const {
  const auto found = by_symbol_.find(symbol);
  return found == by_symbol_.end() ? 0 : found->second[side_index(side)];
}

WideUnits OpenSums::units_of(const ClientOrder& order) {
  FixedPointCount most = order.order_qty;
  for (const OrderRequest& each : order.requests) {
    if (each.kind == OrderRequest::Kind::replace && !each.answered) most = std::max(most, each.order_qty);
  }
  return WideUnits{OrderTeller::leaves_of(order).units()} + (WideUnits{most.units()} - order.order_qty.units());
}

OpenPlace OpenSums::place_of(const ClientOrder& order) {
  OpenOrders& client = by_client_[order.client];
  OpenOrders& account = by_account_[order.account];
  return {0, &client, &account, &client.by_symbol_[order.symbol][side_index(order.side)],
          &account.by_symbol_[order.symbol][side_index(order.side)]};
}

void OpenSums::update(ClientOrder& order) {
  if (!order.open()) return remove(order);
  OpenPlace& counted = order.counted;
  if (counted.client == nullptr) {
    counted = place_of(order);
    ++counted.client->count_;
    ++counted.account->count_;
  }
  const WideUnits units = units_of(order);
  *counted.of_client += units - counted.units;
  *counted.of_account += units - counted.units;
  counted.units = units;
}

void OpenSums::remove(ClientOrder& order) {
  OpenPlace& counted = order.counted;
  if (counted.client == nullptr) return;
  *counted.of_client -= counted.units;
  *counted.of_account -= counted.units;
  --counted.client->count_;
  --counted.account->count_;
  counted = {};
}

const OpenOrders& OpenSums::find(const Owners& owners, std::string_view name) {
  static const OpenOrders kNone;
  const auto found = owners.find(name);
  return found == owners.end() ? kNone : found->second;
}

}  // namespace marginfix::gateway
