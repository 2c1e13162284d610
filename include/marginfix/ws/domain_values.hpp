// WebSocket frames as the values of the domain model that FIX gives too (fix/domain_reports.hpp): one trade is one Trade, one fill one
// Fill; an order is the Order that REST gives (rest/domain_values.hpp). Error(decode): a side that is neither bid nor ask.
#pragma once

#include "marginfix/core/result.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/order.hpp"
#include "marginfix/domain/trade.hpp"
#include "marginfix/ws/frames.hpp"

namespace marginfix::ws {

Result<Trade> to_trade(const MarginTrade& trade);
Result<Fill> to_fill(const MarginFill& fill);
// A frame of `user_orders`.
Result<Order> to_order(const MarginUserOrder& order);
// to_order() and marginfix::to_baseline() in one.
Result<Baseline> to_baseline(const MarginUserOrder& order);

}  // namespace marginfix::ws
