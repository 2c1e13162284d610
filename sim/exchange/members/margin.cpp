#include "sim/exchange/members/margin.hpp"

#include <algorithm>

namespace marginfix::sim {
namespace {

Micros rounded_up(Wide numerator, Wide divisor) {
  const Wide steps = (numerator + divisor * kMarginStep - 1) / (divisor * kMarginStep);
  return static_cast<Micros>(steps) * kMarginStep;
}

}  // namespace

Micros maintenance_margin(const MarketSpec& spec, Micros notional) {
  const std::int64_t leverage = std::max<std::int64_t>(10'000, leverage_tenthousandths(spec, to_dollars(notional)));
  return rounded_up(static_cast<Wide>(notional) * 10'000, leverage);
}

Micros initial_margin(const MarketSpec& spec, Micros maintenance) {
  return rounded_up(static_cast<Wide>(maintenance) * spec.initial_margin_percent, 100);
}

}  // namespace marginfix::sim
