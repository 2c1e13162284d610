// The list of markets and the risk parameters of a simulated exchange. Source: observed.md "Markets, numbers"; changes-2026-11.md D9.
#pragma once

#include <string>
#include <vector>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

// What a second without a measurable premium does to the mean of a funding period: counts as 0, or not at all.
enum class InvalidPremium : std::uint8_t { Dampen = 0, Exclude = 1 };

// When the underlying is quoted, and with it how often the market is funded. Trading goes on around the clock in both.
enum class ReferenceHours : std::uint8_t {
  Always = 0,       // funded every eight hours
  BusinessDays = 1  // an index: quoted Monday to Friday from 13:30 to 20:20 UTC, funded on those days at 20:00 UTC
};

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
  ReferenceHours reference_hours{ReferenceHours::Always};
};

// The latest moment, up to `t`, at which the underlying was quoted: `t` itself, or the end of the last business day's hours.
Timestamp last_quoted(ReferenceHours hours, Timestamp t);
// Whether a market of such hours is funded at a funding time of the exchange (04:00, 12:00, 20:00 UTC).
bool is_funded_at(ReferenceHours hours, Timestamp funding_time);

// Fractions of notional in tenthousandths. Demo's, as recorded; production had 2 and 4 in October 2026 (changes-2026-11.md D9).
struct FeeSchedule {
  std::int32_t maker_tenthousandths{5};
  std::int32_t taker_tenthousandths{12};
  friend bool operator==(const FeeSchedule&, const FeeSchedule&) = default;
};
inline constexpr FeeSchedule kProductionFees{2, 4};

// Maintenance margin / equity: from the first on a position waits for liquidation, from the second on it is liquidated (observed.md).
inline constexpr std::int64_t kQueueEntryRatioPercent = 91;
inline constexpr std::int64_t kLiquidationRatioPercent = 100;

// 1 / margin rate of a position of `notional`: the spec's leverage up to 100,000 dollars, then less and less (the margin rate grows by a
// sixtieth for each further 900,000).
std::int64_t leverage_tenthousandths(const MarketSpec& spec, DollarDecimal notional);

// The production markets (four of them inactive), tick 0.0001 and whole contracts everywhere. New ones come last: an exchange that was
// begun earlier has the markets that there were then.
std::vector<MarketSpec> production_markets();
std::vector<MarketSpec> production_markets_before_november();  // the fourteen of then

}  // namespace marginfix::sim
