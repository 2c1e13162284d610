// REST's trades, fills, orders and positions as domain values.
#include "marginfix/rest/domain_values.hpp"

#include "rest/operations/common_values.hpp"

namespace marginfix::rest {

Result<Side> side_of(const Open<BookSide>& side) {
  if (side.known()) return to_side(side.value());
  return fail(ErrorCategory::decode, "the side is neither bid nor ask: " + std::string(side.text()));
}

Result<Trade> to_trade(const MarginTrade& m) {
  auto trade = common_trade(m);
  if (!trade) return trade;
  trade->symbol = m.ticker;
  trade->time = m.created_time;
  return trade;
}

Result<Fill> to_fill(const MarginFill& m) {
  auto fill = common_fill(m);
  if (!fill) return fill;
  fill->trade_id = m.fill_id;
  fill->symbol = m.ticker;
  fill->transact_time = m.created_time;
  fill->fee = m.fees;
  return fill;
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

Result<Order> to_order(const MarginOrder& m, std::optional<std::int32_t> subaccount) {
  auto order = common_order(m);
  if (!order) return order;
  order->subaccount = subaccount;
  order->expire_time = optional_of(m.expiration_time);
  order->created_time = optional_of(m.created_time);
  order->last_update_time = optional_of(m.last_update_time);
  order->cancel_order_on_pause = m.cancel_order_on_pause;
  if (m.order_reason) order->order_reason = m.order_reason->text();
  return order;
}

Result<Baseline> to_baseline(const MarginOrder& m, std::int32_t subaccount) {
  const auto order = to_order(m, subaccount);
  if (!order) return order.error();
  return marginfix::to_baseline(*order);
}

Position to_position(const MarginPosition& m) {
  Position p;
  p.subaccount = m.subaccount.value_or(0);
  p.symbol = m.market_ticker;
  p.net = m.position;
  p.entry_price = m.entry_price;
  p.unrealized_pnl = m.unrealized_pnl;
  p.margin_used = optional_of(m.margin_used);
  p.fees = m.fees;
  p.roe = optional_of(m.roe);
  p.is_portfolio = m.is_portfolio;
  return p;
}

}  // namespace marginfix::rest
