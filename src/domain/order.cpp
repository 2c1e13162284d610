// An order of REST or the WebSocket as the beginning of an OrderState.
#include "marginfix/domain/order.hpp"

#include <utility>

namespace marginfix {

Baseline to_baseline(const Order& order, std::vector<std::string> trade_ids) {
  Baseline b;
  b.cl_ord_id = order.cl_ord_id;
  b.order_id = order.order_id;
  b.symbol = order.symbol;
  b.side = order.side;
  b.order_qty = order.cum_qty + order.leaves_qty;
  b.cum_qty = order.cum_qty;
  b.leaves_qty = order.leaves_qty;
  b.price = order.price;
  b.subaccount = order.subaccount.value_or(0);
  b.as_of = order.last_update_time.value_or(Timestamp{});
  b.canceled = order.canceled;
  b.trade_ids = std::move(trade_ids);
  return b;
}

}  // namespace marginfix
