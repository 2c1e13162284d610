// Fixed-point and free decimals: exact text both ways, rounding in 128 bits, comparison by value.
#include "marginfix/core/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

namespace marginfix {
namespace {

__extension__ using Int128 = __int128;

constexpr std::int64_t kMax64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMin64 = std::numeric_limits<std::int64_t>::min();
constexpr int kMaxDigits = 18;         // significant digits a coefficient carries
constexpr int kMaxPlainDecimals = 40;  // more decimals than this are written with an exponent

std::uint64_t magnitude(std::int64_t value) noexcept {
  return value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

Int128 power_of_ten_128(int n) noexcept {
  Int128 result = 1;
  for (int i = 0; i < n; ++i) result *= 10;
  return result;
}

// Adds what rounding demands to a quotient cut toward zero; `half` compares |remainder| with half of the divisor.
Int128 rounded(Int128 quotient, bool negative, bool exact, std::strong_ordering half, Rounding rounding) noexcept {
  if (exact) return quotient;
  bool away = false;
  switch (rounding) {
    case Rounding::toward_zero:
      break;
    case Rounding::away_from_zero:
      away = true;
      break;
    case Rounding::floor:
      away = negative;
      break;
    case Rounding::ceiling:
      away = !negative;
      break;
    case Rounding::half_even:
      away = std::is_gt(half) || (std::is_eq(half) && quotient % 2 != 0);
      break;
  }
  if (!away) return quotient;
  return negative ? quotient - 1 : quotient + 1;
}

Int128 divide(Int128 value, Int128 divisor, Rounding rounding) noexcept {
  const Int128 quotient = value / divisor;
  const Int128 remainder = value % divisor;
  const Int128 size = remainder < 0 ? -remainder : remainder;
  const Int128 rest = divisor - size;  // size against rest = remainder against half, without doubling
  const auto half = size == rest ? std::strong_ordering::equal : (size > rest ? std::strong_ordering::greater : std::strong_ordering::less);
  return rounded(quotient, value < 0, remainder == 0, half, rounding);
}

bool fits_64(Int128 value) noexcept { return value >= kMin64 && value <= kMax64; }

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 48;
  std::string out = "'";
  out += text.substr(0, kShown);
  out += text.size() > kShown ? "...'" : "'";
  return out;
}

// What a number's text says, split: sign, digits before and after the point, exponent.
struct NumberText {
  bool negative{false};
  std::string_view whole;
  std::string_view fraction;
  bool has_point{false};
  bool has_exponent{false};
  std::int64_t exponent{0};
};

std::string_view take_digits(std::string_view& rest) noexcept {
  std::size_t n = 0;
  while (n < rest.size() && detail::digit_of(rest[n]) <= 9) ++n;
  const auto digits = rest.substr(0, n);
  rest.remove_prefix(n);
  return digits;
}

// Nullopt with the reason in `why` when it is no JSON number (leading zeros and a bare trailing point aside).
std::optional<NumberText> split_number(std::string_view text, const char*& why) noexcept {
  NumberText n;
  if (!text.empty() && text.front() == '-') {
    n.negative = true;
    text.remove_prefix(1);
  }
  n.whole = take_digits(text);
  if (n.whole.empty()) return why = "no digits before the point", std::nullopt;
  if (!text.empty() && text.front() == '.') {
    n.has_point = true;
    text.remove_prefix(1);
    n.fraction = take_digits(text);
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    if (n.has_point && n.fraction.empty()) return why = "no digits after the point", std::nullopt;
    n.has_exponent = true;
    text.remove_prefix(1);
    const bool minus = !text.empty() && text.front() == '-';
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    auto digits = take_digits(text);
    if (digits.empty()) return why = "no digits in the exponent", std::nullopt;
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.size() > 9) return why = "an exponent of more than 9 digits", std::nullopt;
    for (const char c : digits) n.exponent = n.exponent * 10 + static_cast<std::int64_t>(detail::digit_of(c));
    if (minus) n.exponent = -n.exponent;
  }
  if (!text.empty()) return why = "a character that is not part of a number", std::nullopt;
  return n;
}

// The value as 0.d1d2d3... x 10^point with d1 and the last digit not zero; empty digits are zero.
struct Normal {
  bool negative{false};
  std::string digits;
  std::int64_t point{0};
};

Normal normalise(bool negative, const std::string& digits, std::int64_t exponent) {
  const auto first = digits.find_first_not_of('0');
  if (first == std::string::npos) return {};
  Normal n{negative, digits.substr(first), 0};
  n.point = static_cast<std::int64_t>(n.digits.size()) + exponent;
  n.digits.erase(n.digits.find_last_not_of('0') + 1);
  return n;
}

Normal normal_of(const MultiplierDecimal& d) {
  if (d.fits()) return normalise(d.coefficient() < 0, std::to_string(magnitude(d.coefficient())), d.exponent());
  const char* why = nullptr;
  const std::string text = d.to_string();
  const auto n = split_number(text, why);
  if (!n) return {};  // cannot be: parse() accepted it
  std::string digits(n->whole);
  digits += n->fraction;
  return normalise(n->negative, digits, n->exponent - static_cast<std::int64_t>(n->fraction.size()));
}

std::strong_ordering compare(const Normal& a, const Normal& b) {
  const int sign_a = a.digits.empty() ? 0 : (a.negative ? -1 : 1);
  const int sign_b = b.digits.empty() ? 0 : (b.negative ? -1 : 1);
  if (sign_a != sign_b) return sign_a <=> sign_b;
  // Of two negative numbers the larger in size is the smaller.
  const Normal& low = sign_a < 0 ? b : a;
  const Normal& high = sign_a < 0 ? a : b;
  return low.point != high.point ? low.point <=> high.point : low.digits.compare(high.digits) <=> 0;
}

std::string plain_text(std::int64_t coefficient, std::int32_t exponent) {
  std::string digits = std::to_string(magnitude(coefficient));
  if (exponent > 0 || exponent < -kMaxPlainDecimals) {
    digits += 'e' + std::to_string(exponent);
  } else if (exponent < 0) {
    const auto decimals = static_cast<std::size_t>(-exponent);
    if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
    digits.insert(digits.size() - decimals, 1, '.');
  }
  return coefficient < 0 ? '-' + digits : digits;
}

std::int64_t to_coefficient(std::string_view digits, bool negative) noexcept {
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::int64_t>(detail::digit_of(c));
  return negative ? -value : value;
}

}  // namespace

namespace detail {

void throw_decimal_overflow(std::string_view operation) {
  throw Exception(fail(ErrorCategory::internal, "decimal overflow in " + std::string(operation) + ": the result does not fit 64 bits"));
}

int parse_fixed_slow(const char* b, const char* e, int scale, std::int64_t& units) noexcept {
  const char* p = b;
  const bool negative = p != e && *p == '-';
  if (negative) ++p;
  Int128 value = 0;  // kept under 10^25 by the limit below, so it cannot overflow
  constexpr Int128 kLimit = Int128{kMax64} + 1;
  bool point = false;
  bool any = false;
  bool excess = false;
  bool overflow = false;
  int missing = scale;
  for (; p != e; ++p) {
    if (*p == '.' && !point) {
      point = true;
      continue;
    }
    const unsigned digit = digit_of(*p);
    if (digit > 9) return kTextBadCharacter;
    any = true;
    if (point && missing == 0) {
      excess = excess || digit != 0;
      continue;
    }
    if (point) --missing;
    if (!overflow) value = value * 10 + static_cast<int>(digit);
    overflow = overflow || value > kLimit;
  }
  if (!any) return kTextEmpty;
  if (excess) return kTextExcessDigits;
  if (!overflow) value *= kPowersOfTen[missing];
  if (negative) value = -value;
  if (overflow || !fits_64(value)) return kTextOverflow;
  units = static_cast<std::int64_t>(value);
  return kTextOk;
}

Error fixed_text_error(int fault, std::string_view text, int scale, std::string_view type_name) {
  std::string message = in_quotes(text) + " is no " + std::string(type_name) + ": ";
  switch (fault) {
    case kTextEmpty:
      message += "it has no digits";
      break;
    case kTextExcessDigits:
      message += "more than " + std::to_string(scale) + " decimals";
      break;
    case kTextOverflow:
      message += "too large for 64 bits";
      break;
    default:
      message += "only digits, one point and a leading minus are allowed";
      break;
  }
  return fail(ErrorCategory::decode, std::move(message));
}

Result<std::int64_t> parse_fixed(std::string_view text, int scale, std::string_view type_name) {
  std::int64_t units{};
  if (const int fault = parse_fixed_fast(text.data(), text.data() + text.size(), scale, units)) {
    return fixed_text_error(fault, text, scale, type_name);
  }
  return units;
}

char* format_fixed(char* out, std::int64_t units, int scale, int min_decimals) noexcept {
  std::uint64_t value = magnitude(units);
  if (units < 0) *out++ = '-';
  std::uint64_t whole{};
  // The two scales in use get a division by a constant.
  if (scale == 6) {
    whole = value / 1'000'000U;
    value -= whole * 1'000'000U;
  } else if (scale == 2) {
    whole = value / 100U;
    value -= whole * 100U;
  } else {
    const auto one = static_cast<std::uint64_t>(kPowersOfTen[scale]);
    whole = value / one;
    value -= whole * one;
  }
  out = std::to_chars(out, out + 20, whole).ptr;
  int decimals = scale;
  while (decimals > min_decimals && decimals > 0 && value % 10 == 0) {
    value /= 10;
    --decimals;
  }
  if (decimals == 0) return out;
  *out = '.';
  for (int i = decimals; i > 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + decimals + 1;
}

}  // namespace detail

DollarDecimal multiply(DollarDecimal price, FixedPointCount count, Rounding rounding) {
  const Int128 result = divide(Int128{price.units()} * count.units(), FixedPointCount::kOne, rounding);
  if (!fits_64(result)) detail::throw_decimal_overflow("multiply");
  return DollarDecimal::from_units(static_cast<std::int64_t>(result));
}

MultiplierDecimal::MultiplierDecimal(DollarDecimal dollars) : coefficient_(dollars.units()), exponent_(-DollarDecimal::kScale) {}

Result<MultiplierDecimal> MultiplierDecimal::parse(std::string_view text) {
  MultiplierDecimal number;
  if (detail::parse_plain_number(text.data(), text.data() + text.size(), number.coefficient_, number.exponent_) == detail::kTextOk) {
    return number;
  }
  const char* why = "";
  const auto parts = split_number(text, why);
  if (!parts) return fail(ErrorCategory::decode, in_quotes(text) + " is no number: " + why);
  std::string digits(parts->whole);
  digits += parts->fraction;
  std::int64_t exponent = parts->exponent - static_cast<std::int64_t>(parts->fraction.size());
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (digits.size() > kMaxDigits && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  constexpr std::int64_t kMaxExponent = std::numeric_limits<std::int32_t>::max();
  number.fits_ = digits.size() <= kMaxDigits && exponent <= kMaxExponent && exponent >= -kMaxExponent;
  number.coefficient_ = number.fits_ ? to_coefficient(digits, parts->negative) : 0;
  number.exponent_ = number.fits_ ? static_cast<std::int32_t>(exponent) : 0;
  if (!number.fits_ || plain_text(number.coefficient_, number.exponent_) != text) number.text_ = text;
  return number;
}

std::string MultiplierDecimal::to_string() const { return text_.empty() ? plain_text(coefficient_, exponent_) : text_; }

Result<DollarDecimal> MultiplierDecimal::times(DollarDecimal dollars, Rounding rounding) const {
  if (!fits_) return fail(ErrorCategory::codec, in_quotes(text_) + " has more than 18 significant digits: cannot multiply exactly");
  Int128 result = Int128{dollars.units()} * coefficient_;
  if (exponent_ < -38) {  // |product| < 10^38: the quotient is under a tenth, however far the exponent goes
    result = rounded(0, result < 0, result == 0, std::strong_ordering::less, rounding);
  } else if (exponent_ < 0) {
    result = divide(result, power_of_ten_128(-exponent_), rounding);
  }
  for (std::int32_t i = 0; i < exponent_ && result != 0 && fits_64(result); ++i) result *= 10;
  if (!fits_64(result)) {
    return fail(ErrorCategory::codec, dollars.to_string() + " x " + in_quotes(to_string()) + " does not fit a DollarDecimal");
  }
  return DollarDecimal::from_units(static_cast<std::int64_t>(result));
}

Result<DollarDecimal> MultiplierDecimal::to_dollars() const {
  if (!fits_) {  // 19 digits may still fit
    std::int64_t units{};
    if (detail::parse_fixed_slow(text_.data(), text_.data() + text_.size(), DollarDecimal::kScale, units) == detail::kTextOk) {
      return DollarDecimal::from_units(units);
    }
    return fail(ErrorCategory::codec, in_quotes(text_) + " does not fit a DollarDecimal (at most 6 decimals, 64 bits)");
  }
  const auto truncated = times(DollarDecimal::whole(1), Rounding::toward_zero);
  if (!truncated) return truncated.error();
  if (MultiplierDecimal(*truncated) != *this) {
    return fail(ErrorCategory::codec, in_quotes(to_string()) + " has more than 6 decimals: it is not an exact DollarDecimal");
  }
  return *truncated;
}

bool operator==(const MultiplierDecimal& a, const MultiplierDecimal& b) { return std::is_eq(a <=> b); }

std::strong_ordering operator<=>(const MultiplierDecimal& a, const MultiplierDecimal& b) {
  if (a.fits_ && b.fits_ && a.exponent_ == b.exponent_) return a.coefficient_ <=> b.coefficient_;
  return compare(normal_of(a), normal_of(b));
}

}  // namespace marginfix
