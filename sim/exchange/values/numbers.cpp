// See numbers.hpp, and average_price in events.hpp.
#include "sim/exchange/values/numbers.hpp"

#include "sim/exchange/values/events.hpp"

namespace marginfix::sim {

DollarDecimal entry_price(Qty net, Micros cost) {
  if (net == 0) return {};
  const Wide n = net < 0 ? -static_cast<Wide>(net) : net;
  const Wide c = (net < 0 ? -static_cast<Wide>(cost) : cost) * FixedPointCount::kOne;
  return DollarDecimal::from_units(static_cast<std::int64_t>((2 * c + n) / (2 * n)));
}

DollarDecimal average_price(DollarDecimal filled_notional, FixedPointCount cum_qty) {
  const std::int64_t n = cum_qty.units();
  if (n == 0) return {};
  const Wide scaled = static_cast<Wide>(filled_notional.units()) * FixedPointCount::kOne;
  Wide quotient = scaled / n;
  const Wide twice_rest = 2 * (scaled % n);
  if (twice_rest > n || (twice_rest == n && quotient % 2 != 0)) ++quotient;
  return DollarDecimal::from_units(static_cast<std::int64_t>(quotient));
}

}  // namespace marginfix::sim
