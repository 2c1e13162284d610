// A public trade, whatever brought it: to_trade() of an entry of MarketDataIncrementalRefresh(X), of REST's MarginTrade, of a WebSocket
// `trade` frame. A plain value. Source: fix-margin.md "Market data"; rest-perps.md `MarginTrade`; websocket.md `marginTradePayload`.
#pragma once

#include <optional>
#include <string>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enums.hpp"

namespace marginfix {

struct Trade {
  std::string trade_id;  // the same text through every door, whatever its form; "" when the feed leaves it out (TradeID 1003)
  std::string symbol;
  DollarDecimal price;       // dollars a contract
  FixedPointCount quantity;  // contracts, one side counted
  std::optional<Side> aggressor{};
  std::optional<Timestamp> time{};  // of the match; milliseconds from FIX and the WebSocket; absent when the feed leaves it out (272, 273)
  bool block{false};                // a block trade, by FIX's TrdType(828); REST and the WebSocket do not tell
  friend bool operator==(const Trade&, const Trade&) = default;
};

// The same trade, told by two sources: everything that both say is equal, times to the millisecond.
bool agree(const Trade& a, const Trade& b);

}  // namespace marginfix
