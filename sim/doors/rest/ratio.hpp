// Quotients as JSON numbers, digit by digit: no binary float in between.
#pragma once

#include "marginfix/core/decimal.hpp"

namespace marginfix::sim {

// numerator / denominator with at most so many significant digits, half to even, no trailing zeros. The denominator is positive.
MultiplierDecimal quotient(std::int64_t numerator, std::int64_t denominator, int significant_digits);
// The same with a fixed number of decimals at most.
MultiplierDecimal quotient_to(std::int64_t numerator, std::int64_t denominator, int decimals);

}  // namespace marginfix::sim
