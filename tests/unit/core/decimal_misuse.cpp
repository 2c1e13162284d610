// Builds as it stands; each MISUSE_ macro switches on one line that must not (CMakeLists.txt runs the compiler on every case).
#include <string>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/secret.hpp"

using namespace marginfix;

int main() {
  const auto dollars = DollarDecimal::whole(1);
  const auto count = FixedPointCount::whole(2);
  const SecretString secret("x");
  static_cast<void>(dollars + dollars);
  static_cast<void>(count * 3);
  static_cast<void>(dollars * count);
  static_cast<void>(dollars < dollars);
  const std::string masked = to_string(secret);
#if defined(MISUSE_DOLLARS_PLUS_COUNT)
  static_cast<void>(dollars + count);
#elif defined(MISUSE_DOLLARS_FROM_DOUBLE)
  static_cast<void>(DollarDecimal(1.5));
#elif defined(MISUSE_WHOLE_FROM_DOUBLE)
  static_cast<void>(DollarDecimal::whole(1.5));
#elif defined(MISUSE_DOLLARS_TIMES_DOUBLE)
  static_cast<void>(dollars * 1.5);
#elif defined(MISUSE_DOLLARS_TIMES_DOLLARS)
  static_cast<void>(dollars * dollars);
#elif defined(MISUSE_COMPARE_MIXED)
  static_cast<void>(dollars < count);
#elif defined(MISUSE_COUNT_FROM_DOLLARS)
  const FixedPointCount wrong = dollars;
  static_cast<void>(wrong);
#elif defined(MISUSE_SECRET_TO_STRING)
  const std::string leak = secret;
#endif
  return masked.empty() ? 1 : 0;
}
