// The list of markets and the risk parameters of a simulated exchange. Source: observed.md "Markets, numbers".
#pragma once

#include <string>
#include <vector>

#include "sim/exchange/types.hpp"

namespace marginfix::sim {

// What a second without a measurable premium does to the mean of a funding period: counts as 0, or not at all.
enum class InvalidPremium : std::uint8_t { Dampen = 0, Exclude = 1 };

struct MarketSpec {
  std::string symbol;
  std::string title;
  std::string contract_size;                     // decimal text with 6 decimals, as REST writes it
  DollarDecimal reference_price;                 // where the house accounts start, dollars a contract; multiple of the tick 0.0001
  std::int32_t leverage_tenthousandths{30'000};  // 5.9 = 59000; maintenance margin = notional / leverage
  std::int32_t initial_margin_percent{130};      // initial margin = maintenance margin x 1.30
  MarketStatus status{MarketStatus::Active};
  std::string underlying_multiplier{"1"};  // underlying units a contract-size unit
  std::string asset_class{"Crypto"};
  int exchange_index{0};
  // Limits of a funding rate, as fractions in tenthousandths: below the deadband it counts as 0, above the cap as the cap.
  std::int32_t funding_deadband_tenthousandths{1};
  std::int32_t funding_cap_tenthousandths{200};
  InvalidPremium invalid_premium{InvalidPremium::Dampen};
};

// Maintenance margin / equity: from the first on a position waits for liquidation, from the second on it is liquidated (observed.md).
inline constexpr std::int64_t kQueueEntryRatioPercent = 91;
inline constexpr std::int64_t kLiquidationRatioPercent = 100;

// 1 / margin rate of a position of `notional`: the spec's leverage up to 100,000 dollars, then less and less (the margin rate grows by a
// sixtieth for each further 900,000).
std::int64_t leverage_tenthousandths(const MarketSpec& spec, DollarDecimal notional);

// The fourteen production markets (three of them inactive), reference prices of 1 to 9 dollars, tick 0.0001 everywhere.
std::vector<MarketSpec> production_markets();

}  // namespace marginfix::sim
