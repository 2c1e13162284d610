// REST answers as the values of the domain model that FIX and the WebSocket give too (fix/domain_reports.hpp, ws/domain_values.hpp): one
// trade is one Trade, one fill one Fill, one order one Order. Error(decode): a side that is neither bid nor ask.
#pragma once

#include "marginfix/core/result.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/order.hpp"
#include "marginfix/domain/position.hpp"
#include "marginfix/domain/trade.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/portfolio.hpp"

namespace marginfix::rest {

Result<Side> side_of(const Open<BookSide>& side);
Result<Trade> to_trade(const MarginTrade& trade);
Result<Fill> to_fill(const MarginFill& fill);
// True for a last_update_reason by which an order that has nothing left was canceled; a decrease to nothing is one.
bool is_cancel(const Open<LastUpdateReason>& reason);
// REST does not say an order's subaccount: it is the caller's, where it asked for one.
Result<Order> to_order(const MarginOrder& order, std::optional<std::int32_t> subaccount = {});
// to_order() and marginfix::to_baseline() in one.
Result<Baseline> to_baseline(const MarginOrder& order, std::int32_t subaccount = 0);
// Subaccount 0 where the answer names none.
Position to_position(const MarginPosition& position);

}  // namespace marginfix::rest
