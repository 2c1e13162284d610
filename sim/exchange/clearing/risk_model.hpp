// Maintenance margin of a hypothetical portfolio, by scenarios made from the seed: what Klear's estimate and its metadata tell. Integers
// only; prices in ticks (0.0001 dollars), returns in millionths, results in centicents (0.0001 dollars).
//
// Matrices, one set an asset class and Eastern day (its first moment):
//   hvar     240 scenarios in pairs of opposite signs, half common to the class and half each market's own; every column is scaled so
//            that its third worst return is -1 / leverage: a small single position needs what the exchange asks for it
//   apc      120 scenarios, the same with 4/5 of the size;  aug  12 stress scenarios, all markets together, 1/2 to 1 of 1 / leverage
//   funding   60 scenarios of funding rates, at most 0.03 %
// A scenario's result is the sum of quantity x price x return. Candidates, rounded up to 0.0001 dollars:
//   tail(matrix, p) = the loss of the element number floor(p x scenarios), counted from the worst, from 0; at least 0
//   hvar = tail(hvar, 1 %),  apc = tail(apc and aug together, 1 %),  base = the larger, for each subgroup; then summed
//   funding = tail(funding, 5 %), for each subgroup; then summed
//   liquidation, each market: notional x (spread_rate + coefficient x volatility x (contracts / forecasted volume) ^ 1/2)
//   minimum of a market margined by itself: 1 % of its notional;  margin = base + funding + liquidation
// Subgroups: an FCM's markets are margined each by itself, a self-clearing member's together.
// Source: klear.md "Margin estimates"; the formulas are readings.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange/clearing/clearing_types.hpp"
#include "sim/exchange/values/market_spec.hpp"

namespace marginfix::sim {

using Return = std::int64_t;  // millionths
struct ReturnMatrix {
  std::vector<std::vector<Return>> rows;  // scenario, column
};
struct LiquidationConfig {
  std::int64_t volatility{0};         // millionths
  std::int64_t coefficient{0};        // thousandths; the exponent is 1/2
  std::int64_t forecasted_volume{0};  // contracts
  std::int64_t spread_rate{0};        // millionths
};

struct RiskModel {
  static constexpr std::int64_t kBasePercent = 1, kFundingPercent = 5;

  struct Column {
    MarketNo market{kNoMarket};
    std::string ticker;
    std::int32_t leverage_tenthousandths{0};
  };
  // `columns` in order of MarketNo.
  RiskModel(std::uint64_t seed, std::string_view asset_class, Date day, std::vector<Column> columns);

  std::vector<Column> columns;
  ReturnMatrix hvar, apc, aug, funding;
  std::vector<LiquidationConfig> liquidation;  // by column
};

struct RiskPosition {
  std::size_t column{0};
  std::int64_t contracts{0};  // signed
  Ticks price{0};
};
struct RiskEstimate {
  Centicents total{0}, base{0}, hvar{0}, apc{0}, funding{0}, liquidation{0};
};
RiskEstimate estimate(const RiskModel& model, const std::vector<RiskPosition>& positions, bool together);

}  // namespace marginfix::sim
