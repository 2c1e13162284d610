// A position of one subaccount in one symbol, as the exchange states it: to_position() of REST's MarginPosition (rest/domain_values.hpp).
// FIX states a position with each trade (704, 705), the WebSocket with each fill: Fill::post_position. A plain value. Positions from
// trades: PositionLedger (position_ledger.hpp), which begins at one of these by set_baseline(p.key(), p.net).
// Source: rest-perps.md `MarginPosition`.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "marginfix/core/decimal.hpp"

namespace marginfix {

struct PositionKey {
  std::int32_t subaccount{0};
  std::string symbol;
  friend auto operator<=>(const PositionKey&, const PositionKey&) = default;
};

struct Position {
  std::int32_t subaccount{0};
  std::string symbol;
  FixedPointCount net;        // contracts, long is positive
  DollarDecimal entry_price;  // dollars a contract, weighted average
  DollarDecimal unrealized_pnl;
  std::optional<DollarDecimal> margin_used{};  // maintenance margin; absent when margined jointly with others
  std::optional<DollarDecimal> fees{};         // since the position was opened
  std::optional<MultiplierDecimal> roe{};      // percent of margin_used; absent when that is 0 or absent
  std::optional<bool> is_portfolio{};          // hedged in a portfolio: margin_used and roe are not stated
  PositionKey key() const { return {subaccount, symbol}; }
  friend bool operator==(const Position&, const Position&) = default;
};

}  // namespace marginfix
