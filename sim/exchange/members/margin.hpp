// Margin of one position, or of a position together with its resting orders, as a pure function of its notional.
//   maintenance = notional / leverage, where leverage falls as the notional grows (market_spec.hpp: leverage_tenthousandths), never more
//                 than the notional itself; rounded up to 0.0001 dollars
//   initial     = maintenance x the market's initial_margin_multiplier, rounded up to 0.0001 dollars
// Recorded: 1.00 contract at a mark of 6.3329 and leverage 7.668 needs 0.8259 and 1.0737 (observed.md).
// Every market is margined by itself: the simulator has no portfolio margin, so `is_portfolio` is false everywhere and the margin of an
// asset class is the sum over its markets.
#pragma once

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/values/market_spec.hpp"

namespace marginfix::sim {

inline constexpr Micros kMarginStep = 100;  // 0.0001 dollars

Micros maintenance_margin(const MarketSpec& spec, Micros notional);
Micros initial_margin(const MarketSpec& spec, Micros maintenance);

// What a subaccount is worth against what its positions need. Ratio = maintenance margin / equity: at kQueueEntryRatioPercent it waits for
// liquidation, at kLiquidationRatioPercent it is liquidated. Nothing needed = well, whatever the equity.
struct Health {
  Micros equity{0};
  Micros maintenance{0};
  bool at_ratio(std::int64_t percent) const noexcept {
    return maintenance > 0 && static_cast<Wide>(maintenance) * 100 >= static_cast<Wide>(equity) * percent;
  }
};

}  // namespace marginfix::sim
