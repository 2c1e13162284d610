// REST answers as the values of the domain model that FIX gives too (fix/domain_reports.hpp): one trade is one Trade, one fill one Fill.
// Error(decode): a side that is neither bid nor ask.
#pragma once

#include "marginfix/core/result.hpp"
#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/trade.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/portfolio.hpp"

namespace marginfix::rest {

Result<Side> side_of(const Open<BookSide>& side);
Result<Trade> to_trade(const MarginTrade& trade);
Result<Fill> to_fill(const MarginFill& fill);

}  // namespace marginfix::rest
