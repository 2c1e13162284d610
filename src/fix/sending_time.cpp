// SendingTime(52) by the time functions of the core.
#include "marginfix/fix/sending_time.hpp"

#include "marginfix/core/fast_text.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::fix {

Slice TimeText::at(std::chrono::nanoseconds since_epoch) {
  constexpr std::size_t kWhole = 17;  // "20261122-18:32:01"
  const auto micros = std::chrono::floor<std::chrono::microseconds>(since_epoch);
  const auto second = std::chrono::floor<std::chrono::seconds>(micros);
  if (second.count() != second_) {
    second_ = second.count();
    format_fix_utc(text_, Timestamp(second), 0);
    text_[kWhole] = '.';
  }
  if (digits_ <= 0) return {text_, kWhole};
  auto fraction = (micros - second).count();
  if (digits_ == 3) fraction /= 1000;
  for (int i = digits_; i > 0; --i, fraction /= 10) text_[kWhole + static_cast<std::size_t>(i)] = static_cast<char>('0' + fraction % 10);
  return {text_, kWhole + 1 + static_cast<std::size_t>(digits_)};
}

bool parse_utc_seconds(const Slice& text, std::int64_t* seconds) {
  Timestamp t{};
  if (marginfix::detail::parse_fix_utc_fast(text.data, text.data + text.size, t) != marginfix::detail::kTextOk) return false;
  *seconds = to_epoch_seconds(t);
  return true;
}

}  // namespace marginfix::fix
