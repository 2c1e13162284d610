// What REST and a WebSocket frame say of a trade, a fill or an order in the same words; each adds what only it says, or in words of its
// own.
#pragma once

#include <optional>

#include "marginfix/rest/domain_values.hpp"

namespace marginfix::rest {

template <class T>
std::optional<T> optional_of(const std::optional<T>& value) {
  return value;
}
template <class T>
std::optional<T> optional_of(const Nullable<T>& value) {
  return value.has_value() ? std::optional<T>(*value) : std::nullopt;
}

template <class Told>
Result<Trade> common_trade(const Told& m) {
  const auto aggressor = side_of(m.taker_side);
  if (!aggressor) return aggressor.error();
  Trade t;
  t.trade_id = m.trade_id;
  t.price = m.price;
  t.quantity = m.count;
  t.aggressor = *aggressor;
  return t;
}

template <class Told>
Result<Fill> common_fill(const Told& m) {
  const auto side = side_of(m.side);
  if (!side) return side.error();
  Fill f;
  f.order_id = m.order_id;
  f.side = *side;
  f.price = m.price;
  f.quantity = m.count;
  f.is_taker = m.is_taker;
  return f;
}

template <class Told>
Result<Order> common_order(const Told& m) {
  const auto side = side_of(m.side);
  if (!side) return side.error();
  Order o;
  o.order_id = m.order_id;
  o.cl_ord_id = m.client_order_id;
  o.symbol = m.ticker;
  o.side = *side;
  o.price = m.price;
  o.cum_qty = m.fill_count;
  o.leaves_qty = m.remaining_count;
  o.canceled = m.remaining_count.is_zero() && m.last_update_reason && is_cancel(*m.last_update_reason);
  o.secondary_cl_ord_id = m.order_group_id.value_or("");
  o.self_trade_prevention_type = optional_of(m.self_trade_prevention_type);
  if (m.last_update_reason) o.last_update_reason = m.last_update_reason->text();
  if (m.order_source) o.order_source = m.order_source->text();
  o.user_id = m.user_id.value_or("");
  return o;
}

}  // namespace marginfix::rest
