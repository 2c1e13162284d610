// WebSocket frames as the values of the domain model that FIX gives too (fix/domain_reports.hpp): one trade is one Trade, one fill one
// Fill. Error(decode): a side that is neither bid nor ask.
#pragma once

#include "marginfix/core/result.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/order_state.hpp"
#include "marginfix/domain/trade.hpp"
#include "marginfix/ws/frames.hpp"

namespace marginfix::ws {

Result<Trade> to_trade(const MarginTrade& trade);
Result<Fill> to_fill(const MarginFill& fill);
// A frame of `user_orders` for apply() of order_state.hpp; order_qty is what is filled and what remains.
Result<Baseline> to_baseline(const MarginUserOrder& order);

}  // namespace marginfix::ws
