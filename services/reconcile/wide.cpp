#include "services/reconcile/wide.hpp"

#include <algorithm>

namespace marginfix::reconcile {

std::string to_text(Wide value) {
  if (value == 0) return "0";
  __extension__ typedef unsigned __int128 Size;
  Size rest = value < 0 ? -static_cast<Size>(value) : static_cast<Size>(value);
  std::string text;
  for (; rest != 0; rest /= 10) text += static_cast<char>('0' + static_cast<int>(rest % 10));
  if (value < 0) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

Wide wide_of(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  Wide value = 0;
  for (const char c : text.substr(negative ? 1 : 0)) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

Wide divide_rounded(Wide value, Wide by) noexcept {
  Wide quotient = value / by;
  const Wide rest = value % by, size = rest < 0 ? -rest : rest;
  if (size * 2 > by || (size * 2 == by && quotient % 2 != 0)) quotient += value < 0 ? -1 : 1;
  return quotient;
}

}  // namespace marginfix::reconcile
