// The WebSocket's trades, fills and orders as domain values.
#include "marginfix/ws/domain_values.hpp"

#include "marginfix/rest/domain_values.hpp"
#include "rest/operations/common_values.hpp"

namespace marginfix::ws {

Result<Trade> to_trade(const MarginTrade& m) {
  auto trade = rest::common_trade(m);
  if (!trade) return trade;
  trade->symbol = m.market_ticker;
  trade->time = m.ts_ms.time();
  return trade;
}

Result<Fill> to_fill(const MarginFill& m) {
  auto fill = rest::common_fill(m);
  if (!fill) return fill;
  fill->trade_id = m.trade_id;
  fill->symbol = m.market_ticker;
  fill->transact_time = m.ts_ms.time();
  fill->fee = m.fee_cost;
  fill->cl_ord_id = m.client_order_id.value_or(std::string());
  fill->subaccount = m.subaccount.value_or(0);
  fill->post_position = m.post_position;
  return fill;
}

Result<Order> to_order(const MarginUserOrder& m) {
  auto order = rest::common_order(m);
  if (!order) return order;
  order->subaccount = m.subaccount_number;
  if (m.expiration_ts_ms) order->expire_time = m.expiration_ts_ms->time();
  if (m.created_ts_ms.has_value()) order->created_time = m.created_ts_ms->time();
  if (m.last_updated_ts_ms) order->last_update_time = m.last_updated_ts_ms->time();
  return order;
}

Result<Baseline> to_baseline(const MarginUserOrder& m) {
  const auto order = to_order(m);
  if (!order) return order.error();
  return marginfix::to_baseline(*order);
}

}  // namespace marginfix::ws
