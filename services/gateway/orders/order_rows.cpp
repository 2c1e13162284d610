#include "services/gateway/orders/order_rows.hpp"

#include <algorithm>

#include "services/gateway/orders/teller.hpp"

namespace marginfix::gateway {
namespace {

// ClientConfig::name() is "FIX.4.4:OMS44->MARGINFIX".
std::string comp_id_of(const std::string& client) {
  const std::size_t colon = client.find(':'), arrow = client.find("->");
  return arrow == std::string::npos || colon >= arrow ? client : client.substr(colon + 1, arrow - colon - 1);
}

OrderRow row_of(const Desk& desk, const ClientOrder& order) {
  OrderRow row;
  row.client = comp_id_of(order.client);
  row.account = order.account;
  row.cl_ord_id = order.cl_ord_id;
  const OrderState* state = desk.state_of(order);
  row.exchange_cl_ord_id = state == nullptr ? order.exchange_id : state->own_id();
  row.order_id = order.order_id;
  row.symbol = order.client_symbol;
  row.side = to_string(order.side);
  row.order_qty = order.order_qty;
  row.cum_qty = order.told_qty;
  row.leaves_qty = OrderTeller::leaves_of(order);
  row.price = order.price;
  row.ord_status = to_string(static_cast<OrdStatus>(OrderTeller::status_of(order)));
  row.text = order.text;
  row.entered = order.entered;
  row.changed = order.changed;
  row.open = order.open();
  return row;
}

}  // namespace

std::vector<OrderRow> order_rows(const Desk& desk, const std::string& client, bool open_only, std::size_t most) {
  std::vector<OrderRow> rows;
  const auto wanted = [&](const ClientOrder& order) { return client.empty() || comp_id_of(order.client) == client; };
  for (const std::uint64_t number : desk.open_orders()) {
    const ClientOrder* order = desk.find(number);
    if (rows.size() < most && order != nullptr && wanted(*order)) rows.push_back(row_of(desk, *order));
  }
  if (open_only) return rows;
  for (auto at = desk.orders().rbegin(); at != desk.orders().rend() && rows.size() < most; ++at) {
    if (!at->second.open() && wanted(at->second)) rows.push_back(row_of(desk, at->second));
  }
  return rows;
}

}  // namespace marginfix::gateway
