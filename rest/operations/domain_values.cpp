// See domain_values.hpp.
#include "marginfix/rest/domain_values.hpp"

namespace marginfix::rest {

Result<Side> side_of(const Open<BookSide>& side) {
  if (side.known()) return to_side(side.value());
  return fail(ErrorCategory::decode, "the side is neither bid nor ask: " + std::string(side.text()));
}

Result<Trade> to_trade(const MarginTrade& m) {
  const auto aggressor = side_of(m.taker_side);
  if (!aggressor) return aggressor.error();
  Trade t;
  t.trade_id = m.trade_id;
  t.symbol = m.ticker;
  t.price = m.price;
  t.quantity = m.count;
  t.aggressor = *aggressor;
  t.time = m.created_time;
  return t;
}

Result<Fill> to_fill(const MarginFill& m) {
  const auto side = side_of(m.side);
  if (!side) return side.error();
  Fill f;
  f.trade_id = m.fill_id;
  f.order_id = m.order_id;
  f.symbol = m.ticker;
  f.side = *side;
  f.price = m.price;
  f.quantity = m.count;
  f.transact_time = m.created_time;
  f.is_taker = m.is_taker;
  f.fee = m.fees;
  return f;
}

bool is_cancel(const Open<LastUpdateReason>& reason) {
  if (!reason.known()) return reason.text().ends_with("Cancel");
  switch (reason.value()) {
    case LastUpdateReason::none:
    case LastUpdateReason::Amend:
    case LastUpdateReason::Trade:
      return false;
    default:  // a decrease that leaves nothing is a cancel
      return true;
  }
}

Result<Baseline> to_baseline(const MarginOrder& m, std::int32_t subaccount) {
  const auto side = side_of(m.side);
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
  b.subaccount = subaccount;
  b.canceled = m.remaining_count.is_zero() && m.last_update_reason && is_cancel(*m.last_update_reason);
  if (m.last_update_time.has_value()) b.as_of = *m.last_update_time;
  return b;
}

}  // namespace marginfix::rest
