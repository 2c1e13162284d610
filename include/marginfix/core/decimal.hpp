// Exact numbers of the exchange. Money never touches a binary float.
//   DollarDecimal    dollars, scale 10^-6 (FIX carries at most 4 decimals, REST and WS up to 6)
//   FixedPointCount  contracts, scale 10^-2
//   MultiplierDecimal  any JSON or FIX number, digits kept as they came (rates, ratios, AvgPx)
// The first two are distinct types: adding dollars to contracts does not compile, neither does building one from a double.
// Source: design decision 4; spec fix-margin.md "Numbers"; schema names of the exchange's OpenAPI file.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "marginfix/core/fast_text.hpp"
#include "marginfix/core/result.hpp"

namespace marginfix {

// How a product or quotient that does not fit the scale is rounded.
enum class Rounding : std::uint8_t { toward_zero, away_from_zero, floor, ceiling, half_even };

namespace detail {
[[noreturn]] void throw_decimal_overflow(std::string_view operation);
Result<std::int64_t> parse_fixed(std::string_view text, int scale, std::string_view type_name);
// The fault of parse_fixed_fast in words, category decode.
Error fixed_text_error(int fault, std::string_view text, int scale, std::string_view type_name);
// Writes `units` / 10^scale with at least `min_decimals` and no further trailing zeros; returns the end. Needs 24 bytes.
char* format_fixed(char* out, std::int64_t units, int scale, int min_decimals) noexcept;
}  // namespace detail

// A signed fixed-point number: `units` x 10^-Scale in 64 bits. Tag makes distinct types; the tag carries name and print width.
template <class Tag>
class FixedDecimal {
 public:
  static constexpr int kScale = Tag::kScale;
  static constexpr std::int64_t kOne = Tag::kOne;

  constexpr FixedDecimal() noexcept = default;
  // Exact text, e.g. "19.5" or "-0.000001" ("5." and ".5" too); refuses empty text, a plus sign, exponents, overflow, and digits
  // below the scale unless they are zeros. Error category decode.
  static Result<FixedDecimal> parse(std::string_view text) {
    std::int64_t units{};
    if (const int fault = detail::parse_fixed_fast(text.data(), text.data() + text.size(), kScale, units)) {
      return detail::fixed_text_error(fault, text, kScale, Tag::kName);
    }
    return FixedDecimal(units);
  }
  static constexpr FixedDecimal from_units(std::int64_t units) noexcept { return FixedDecimal(units); }
  // Whole dollars or contracts. Integers only: a binary float does not compile.
  template <std::integral I>
  static constexpr FixedDecimal whole(I n) {
    std::int64_t units{};
    if (__builtin_mul_overflow(static_cast<std::int64_t>(n), kOne, &units)) detail::throw_decimal_overflow("whole");
    return FixedDecimal(units);
  }

  constexpr std::int64_t units() const noexcept { return units_; }
  constexpr bool is_zero() const noexcept { return units_ == 0; }
  constexpr bool is_negative() const noexcept { return units_ < 0; }
  constexpr bool is_whole() const noexcept { return units_ % kOne == 0; }

  // At least `min_decimals` decimals (default: the exchange's own width, 4 for dollars, 2 for counts), more where the value has them.
  std::string to_string(int min_decimals = Tag::kPrintDecimals) const {
    char buffer[32];
    return std::string(buffer, detail::format_fixed(buffer, units_, kScale, min_decimals));
  }

  // Checked: overflow throws marginfix::Exception (category internal), never wraps.
  friend constexpr FixedDecimal operator+(FixedDecimal a, FixedDecimal b) {
    std::int64_t r{};
    if (__builtin_add_overflow(a.units_, b.units_, &r)) detail::throw_decimal_overflow("add");
    return FixedDecimal(r);
  }
  friend constexpr FixedDecimal operator-(FixedDecimal a, FixedDecimal b) {
    std::int64_t r{};
    if (__builtin_sub_overflow(a.units_, b.units_, &r)) detail::throw_decimal_overflow("subtract");
    return FixedDecimal(r);
  }
  constexpr FixedDecimal operator-() const { return FixedDecimal{} - *this; }
  constexpr FixedDecimal& operator+=(FixedDecimal other) { return *this = *this + other; }
  constexpr FixedDecimal& operator-=(FixedDecimal other) { return *this = *this - other; }
  template <std::integral I>
  friend constexpr FixedDecimal operator*(FixedDecimal a, I n) {
    std::int64_t r{};
    if (__builtin_mul_overflow(a.units_, static_cast<std::int64_t>(n), &r)) detail::throw_decimal_overflow("multiply");
    return FixedDecimal(r);
  }
  friend constexpr auto operator<=>(FixedDecimal, FixedDecimal) noexcept = default;

 private:
  explicit constexpr FixedDecimal(std::int64_t units) noexcept : units_(units) {}
  std::int64_t units_{0};
};

struct DollarTag {
  static constexpr int kScale = 6;
  static constexpr std::int64_t kOne = 1'000'000;
  static constexpr int kPrintDecimals = 4;
  static constexpr std::string_view kName = "DollarDecimal";
};
struct CountTag {
  static constexpr int kScale = 2;
  static constexpr std::int64_t kOne = 100;
  static constexpr int kPrintDecimals = 2;
  static constexpr std::string_view kName = "FixedPointCount";
};

using DollarDecimal = FixedDecimal<DollarTag>;
using FixedPointCount = FixedDecimal<CountTag>;

// price x contracts = dollars. Exact in 128 bits, then rounded to 10^-6 dollars; a price with 4 decimals never needs rounding.
DollarDecimal multiply(DollarDecimal price, FixedPointCount count, Rounding rounding = Rounding::half_even);
inline DollarDecimal operator*(DollarDecimal price, FixedPointCount count) { return multiply(price, count); }
inline DollarDecimal operator*(FixedPointCount count, DollarDecimal price) { return multiply(price, count); }

// A decimal number with its own digits: coefficient x 10^exponent, or the text itself past 18 digits or an unusual form.
// Equality and order are by value; to_string() gives back the text it was parsed from.
class MultiplierDecimal {
 public:
  MultiplierDecimal() = default;  // 0
  // JSON number grammar, leading zeros and a bare trailing point as FIX writers send them; refuses anything else, and exponents of more
  // than 9 digits. Error category decode.
  static Result<MultiplierDecimal> parse(std::string_view text);
  static MultiplierDecimal from_parts(std::int64_t coefficient, int exponent) {
    MultiplierDecimal number;
    number.coefficient_ = coefficient;
    number.exponent_ = exponent;
    return number;
  }
  explicit MultiplierDecimal(DollarDecimal dollars);

  // False when the number has more than 18 significant digits: then only to_string() is exact, and the two parts are 0.
  bool fits() const noexcept { return fits_; }
  // True when coefficient and exponent give the text back: what the codec writes without a string in between.
  bool is_plain() const noexcept { return fits_ && text_.empty(); }
  std::int64_t coefficient() const noexcept { return coefficient_; }
  int exponent() const noexcept { return exponent_; }
  std::string to_string() const;
  // dollars x this, rounded to 10^-6; Error(codec) when fits() is false or the product overflows.
  Result<DollarDecimal> times(DollarDecimal dollars, Rounding rounding) const;
  // This number as dollars; Error(codec) if it has more than 6 decimals.
  Result<DollarDecimal> to_dollars() const;

  friend bool operator==(const MultiplierDecimal& a, const MultiplierDecimal& b);
  friend std::strong_ordering operator<=>(const MultiplierDecimal& a, const MultiplierDecimal& b);

 private:
  std::int64_t coefficient_{0};
  std::int32_t exponent_{0};
  bool fits_{true};
  std::string text_;  // only where coefficient and exponent do not give the parsed text back
};

}  // namespace marginfix

template <class Tag>
struct std::hash<marginfix::FixedDecimal<Tag>> {
  std::size_t operator()(marginfix::FixedDecimal<Tag> d) const noexcept { return std::hash<std::int64_t>{}(d.units()); }
};
