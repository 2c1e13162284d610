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

}  // namespace marginfix::rest
