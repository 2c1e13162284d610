// Units to dollars, refused where they do not fit.
#include "marginfix/domain/scalars.hpp"

namespace marginfix::detail {

Result<DollarDecimal> scaled_dollars(std::int64_t value, std::int64_t micros_each, const char* unit) {
  std::int64_t units{};
  if (__builtin_mul_overflow(value, micros_each, &units)) {
    return fail(ErrorCategory::codec, std::to_string(value) + " " + unit + " do not fit a DollarDecimal");
  }
  return DollarDecimal::from_units(units);
}

}  // namespace marginfix::detail
