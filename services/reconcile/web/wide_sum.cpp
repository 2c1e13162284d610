#include "services/reconcile/web/wide_sum.hpp"

#include <algorithm>

namespace marginfix::reconcile {

std::string fixed_text(Wide units, int scale, int min_decimals) {
  std::string digits;  // from the last to the first
  const bool negative = units < 0;
  for (int i = 0; units != 0 || i <= scale; ++i, units /= 10) {
    const int digit = static_cast<int>(units % 10);
    if (i == scale && scale > 0) digits += '.';
    digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (negative) digits += '-';
  std::ranges::reverse(digits);
  const std::size_t point = digits.find('.');
  while (point != std::string::npos && digits.size() > point + 1 + static_cast<std::size_t>(min_decimals) && digits.back() == '0') {
    digits.pop_back();
  }
  return digits;
}

}  // namespace marginfix::reconcile
