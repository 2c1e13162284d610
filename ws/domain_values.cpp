// The WebSocket's trades, fills and orders as domain values.
#include "marginfix/ws/domain_values.hpp"

#include "marginfix/rest/domain_values.hpp"
#include "rest/operations/order_values.hpp"

namespace marginfix::ws {

Result<Trade> to_trade(const MarginTrade& m) {
  const auto aggressor = rest::side_of(m.taker_side);
  if (!aggressor) return aggressor.error();
  Trade t;
  t.trade_id = m.trade_id;
  t.symbol = m.market_ticker;
  t.price = m.price;
  t.quantity = m.count;
  t.aggressor = *aggressor;
  t.time = m.ts_ms.time();
  return t;
}

Result<Fill> to_fill(const MarginFill& m) {
  const auto side = rest::side_of(m.side);
  if (!side) return side.error();
  Fill f;
  f.trade_id = m.trade_id;
  f.order_id = m.order_id;
  f.symbol = m.market_ticker;
  f.side = *side;
  f.price = m.price;
  f.quantity = m.count;
  f.transact_time = m.ts_ms.time();
  f.is_taker = m.is_taker;
  f.fee = m.fee_cost;
  f.cl_ord_id = m.client_order_id.value_or(std::string());
  f.subaccount = m.subaccount.value_or(0);
  f.post_position = m.post_position;
  return f;
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
