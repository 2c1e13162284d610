// See ratio.hpp. Long division; what is left over decides the rounding.
#include "sim/doors/rest/ratio.hpp"

namespace marginfix::sim {
namespace {

__extension__ typedef unsigned __int128 Wide;
constexpr int kMostDecimals = 30;

struct Division {
  Division(std::int64_t numerator, std::int64_t denominator) : negative(numerator < 0), divisor(static_cast<std::uint64_t>(denominator)) {
    const std::uint64_t size = negative ? 0 - static_cast<std::uint64_t>(numerator) : static_cast<std::uint64_t>(numerator);
    whole = size / divisor;
    rest = size % divisor;
  }
  void next_digit() {
    const Wide tenfold = Wide{rest} * 10;
    whole = whole * 10 + static_cast<std::uint64_t>(tenfold / divisor);
    rest = static_cast<std::uint64_t>(tenfold % divisor);
    ++decimals;
  }
  MultiplierDecimal finish() {
    const Wide twice = Wide{rest} * 2;
    if (twice > divisor || (twice == divisor && whole % 2 != 0)) ++whole;
    while (decimals > 0 && whole % 10 == 0) {
      whole /= 10;
      --decimals;
    }
    const std::uint64_t magnitude = negative ? 0 - whole : whole;  // unsigned: the smallest number has no positive twin
    return MultiplierDecimal::from_parts(static_cast<std::int64_t>(magnitude), -decimals);
  }

  bool negative;
  std::uint64_t divisor;
  std::uint64_t whole{0}, rest{0};
  int decimals{0};
};

int digits_of(std::uint64_t number) {
  int digits = 0;
  for (; number != 0; number /= 10) ++digits;
  return digits;
}

}  // namespace

MultiplierDecimal quotient(std::int64_t numerator, std::int64_t denominator, int significant_digits) {
  Division d(numerator, denominator);
  while (d.rest != 0 && digits_of(d.whole) < significant_digits && d.decimals < kMostDecimals) d.next_digit();
  return d.finish();
}

MultiplierDecimal quotient_to(std::int64_t numerator, std::int64_t denominator, int decimals) {
  Division d(numerator, denominator);
  while (d.rest != 0 && d.decimals < decimals) d.next_digit();
  return d.finish();
}

}  // namespace marginfix::sim
