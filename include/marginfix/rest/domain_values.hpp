// REST answers as the values of the domain model that FIX gives too (fix/domain_reports.hpp): one trade is one Trade, one fill one Fill.
// Error(decode): a side that is neither bid nor ask.
#pragma once

#include "marginfix/core/result.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/order_state.hpp"
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
// An order as REST has it, for apply() of order_state.hpp: adopts an order after a restart, resolves an unknown outcome. REST says neither
// the total asked for nor the subaccount: order_qty is what is filled and what remains, and `subaccount` is the caller's. Error(decode): a
// side that is neither bid nor ask.
Result<Baseline> to_baseline(const MarginOrder& order, std::int32_t subaccount = 0);

}  // namespace marginfix::rest
