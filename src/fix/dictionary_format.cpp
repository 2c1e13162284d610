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

// The form HH:MM:SS with an optional fraction of up to 9 digits.
bool is_time(std::string_view text) noexcept {
  if (text.size() < 8 || text.size() > 18 || text[2] != ':' || text[5] != ':') return false;
  if (!all_digits(text.substr(0, 2)) || !all_digits(text.substr(3, 2)) || !all_digits(text.substr(6, 2))) return false;
  return text.size() == 8 || (text[8] == '.' && std::ranges::all_of(text.substr(9), is_digit));
}

// The codec has the last word about the instant: one judge of times for what we read and what we lint.
bool codec_reads(std::string_view timestamp) noexcept {
  std::chrono::sys_time<std::chrono::microseconds> read{};
  return marginfix::detail::parse_fix_utc_fast(timestamp.data(), timestamp.data() + timestamp.size(), read) == marginfix::detail::kTextOk;
}

bool is_time_of_day(std::string_view text) noexcept {
  if (!is_time(text)) return false;
  std::array<char, 32> timestamp{'1', '9', '7', '0', '0', '1', '0', '1', '-'};
  std::ranges::copy(text, timestamp.begin() + 9);
  return codec_reads({timestamp.data(), 9 + text.size()});
}

bool is_timestamp(std::string_view text) noexcept {
  return text.size() >= 17 && text[8] == '-' && is_date(text.substr(0, 8)) && is_time(text.substr(9)) && codec_reads(text);
}

template <std::size_t N>
bool one_of(std::string_view type, const std::array<std::string_view, N>& types) noexcept {
  return std::ranges::find(types, type) != types.end();
}

constexpr std::array<std::string_view, 4> kIntegers{"INT", "SEQNUM", "LENGTH", "NUMINGROUP"};
constexpr std::array<std::string_view, 6> kDecimals{"PRICE", "QTY", "AMT", "FLOAT", "PRICEOFFSET", "PERCENTAGE"};

}  // namespace

TextForm form_of_type(std::string_view type) noexcept {
  if (one_of(type, kIntegers)) return TextForm::integer;
  if (one_of(type, kDecimals)) return TextForm::decimal;
  if (type == "CHAR") return TextForm::character;
  if (type == "BOOLEAN") return TextForm::boolean;
  if (type == "UTCTIMESTAMP" || type == "TIME") return TextForm::timestamp;
  if (type == "UTCTIMEONLY") return TextForm::time_of_day;
  if (type == "LOCALMKTDATE" || type == "UTCDATEONLY" || type == "UTCDATE") return TextForm::date;
  return TextForm::any;
}

bool text_fits(std::string_view text, TextForm form) noexcept {
  switch (form) {
    case TextForm::any:
      return true;
    case TextForm::integer:
      return is_integer(text);
    case TextForm::decimal:
      return is_decimal(text);
    case TextForm::character:
      return text.size() == 1;
    case TextForm::boolean:
      return text == "Y" || text == "N";
    case TextForm::timestamp:
      return is_timestamp(text);
    case TextForm::time_of_day:
      return is_time_of_day(text);
    case TextForm::date:
      return is_date(text);
  }
  return true;
}

bool text_fits_type(std::string_view text, std::string_view type) noexcept { return text_fits(text, form_of_type(type)); }

}  // namespace marginfix::fix::detail
