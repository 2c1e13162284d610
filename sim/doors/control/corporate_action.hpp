// What POST /corporate_action says: {"ticker", "type", and "execution_time" (RFC 3339) or "in_ms" (from now on the trading clock,
// default 0)} and the terms of its kind under REST's names: "cash_per_share", "cash_per_contract", "ex_date", "ratio_old", "ratio_new",
// "reason", "settlement_price_per_share", "settlement_price_per_contract", "old_ticker", "new_ticker", "new_market_ticker". Answered by
// {"id"}. {"cancel": ID} takes one back.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "marginfix/core/result.hpp"
#include "sim/exchange/exchange.hpp"

namespace marginfix::sim {

struct CorporateActionRequest {
  std::string ticker;
  std::string cancel;                           // an action's id; nothing else counts then
  std::optional<std::chrono::milliseconds> in;  // instead of action.execution_time
  CorporateAction action;                       // without its market
};
// Error(decode) says what is wrong.
Result<CorporateActionRequest> read_corporate_action(const boost::json::object& body);

}  // namespace marginfix::sim
