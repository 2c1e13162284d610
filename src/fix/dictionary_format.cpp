// Format checks as QuickFIX 1.15.1 makes them (FieldConvertors), as tried; LOCALMKTDATE and UTCDATEONLY as QuickFIX/J does.
#include "src/fix/dictionary_format.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "marginfix/core/fast_text.hpp"

namespace marginfix::fix::detail {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) noexcept { return !text.empty() && std::ranges::all_of(text, is_digit); }

bool is_integer(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  return all_digits(text);
}

// -digits[.digits]; no plus sign, no exponent; "10." passes, "." does not.
bool is_decimal(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == text.size() ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() && fraction.empty()) return false;
  return std::ranges::all_of(whole, is_digit) && std::ranges::all_of(fraction, is_digit);
}

int two(std::string_view text, std::size_t at) noexcept { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

bool is_date(std::string_view text) noexcept {
  if (text.size() != 8 || !all_digits(text)) return false;
  return two(text, 4) >= 1 && two(text, 4) <= 12 && two(text, 6) >= 1 && two(text, 6) <= 31;
}

// HH:MM:SS with an optional fraction of up to 9 digits.
bool is_time(std::string_view text) noexcept {
  if (text.size() < 8 || text.size() > 18 || text[2] != ':' || text[5] != ':') return false;
  if (!all_digits(text.substr(0, 2)) || !all_digits(text.substr(3, 2)) || !all_digits(text.substr(6, 2))) return false;
  if (two(text, 0) > 23 || two(text, 3) > 59 || two(text, 6) > 60) return false;
  return text.size() == 8 || (text[8] == '.' && std::ranges::all_of(text.substr(9), is_digit));
}

// What an engine takes and the codec can read: the codec's judge (parse_fix_utc_fast) has the last word about the instant.
bool is_timestamp(std::string_view text) noexcept {
  if (text.size() < 17 || text[8] != '-' || !is_date(text.substr(0, 8)) || !is_time(text.substr(9))) return false;
  std::chrono::sys_time<std::chrono::microseconds> read{};
  return marginfix::detail::parse_fix_utc_fast(text.data(), text.data() + text.size(), read) == marginfix::detail::kTextOk;
}

template <std::size_t N>
bool one_of(std::string_view type, const std::array<std::string_view, N>& types) noexcept {
  return std::ranges::find(types, type) != types.end();
}

constexpr std::array<std::string_view, 4> kIntegers{"INT", "SEQNUM", "LENGTH", "NUMINGROUP"};
constexpr std::array<std::string_view, 6> kDecimals{"PRICE", "QTY", "AMT", "FLOAT", "PRICEOFFSET", "PERCENTAGE"};

}  // namespace

bool text_fits_type(std::string_view text, std::string_view type) noexcept {
  if (one_of(type, kIntegers)) return is_integer(text);
  if (one_of(type, kDecimals)) return is_decimal(text);
  if (type == "CHAR") return text.size() == 1;
  if (type == "BOOLEAN") return text == "Y" || text == "N";
  if (type == "UTCTIMESTAMP" || type == "TIME") return is_timestamp(text);
  if (type == "UTCTIMEONLY") return is_time(text);
  if (type == "LOCALMKTDATE" || type == "UTCDATEONLY" || type == "UTCDATE") return is_date(text);
  return true;
}

}  // namespace marginfix::fix::detail
