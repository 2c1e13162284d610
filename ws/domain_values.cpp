// See domain_values.hpp.
#include "marginfix/ws/domain_values.hpp"

#include "marginfix/rest/domain_values.hpp"

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

Result<Baseline> to_baseline(const MarginUserOrder& m) {
  const auto side = rest::side_of(m.side);
  if (!side) return side.error();
  Baseline b;
  b.cl_ord_id = m.client_order_id;
  b.order_id = m.order_id;
  b.symbol = m.ticker;
  b.side = *side;
  b.order_qty = m.fill_count + m.remaining_count;
  b.cum_qty = m.fill_count;
  b.leaves_qty = m.remaining_count;
  b.price = m.price;
  b.subaccount = m.subaccount_number.value_or(0);
  b.canceled = m.remaining_count.is_zero() && m.last_update_reason && rest::is_cancel(*m.last_update_reason);
  if (m.last_updated_ts_ms) b.as_of = m.last_updated_ts_ms->time();
  return b;
}

}  // namespace marginfix::ws
