// Inline number and time readers of the codec's hot path: no allocation, no Result, a small fault code instead.
// Everything else uses FixedDecimal::parse, MultiplierDecimal::parse and parse_fix_utc, which are built on these and put the
// fault into words. Pure functions of their arguments; safe from any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace marginfix::detail {

// Why a text is not the value it claims to be. Zero is success, so `if (int fault = ...)` reads naturally.
enum TextFault : int {
  kTextOk = 0,
  kTextEmpty,         // no digits at all
  kTextBadCharacter,  // something that is no part of the form
  kTextExcessDigits,  // a non-zero digit below the scale
  kTextOverflow,      // does not fit 64 bits
  kTextBadForm,       // wrong length or a separator in the wrong place
  kTextOutOfRange     // month 13, second 61, 30 February
};

// clang-format off
inline constexpr std::int64_t kPowersOfTen[19] = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000, 10'000'000'000, 100'000'000'000,
    1'000'000'000'000, 10'000'000'000'000, 100'000'000'000'000, 1'000'000'000'000'000, 10'000'000'000'000'000,
    100'000'000'000'000'000, 1'000'000'000'000'000'000};
// clang-format on

constexpr unsigned digit_of(char c) noexcept { return static_cast<unsigned>(static_cast<unsigned char>(c)) - unsigned{'0'}; }

// The checked form behind parse_fixed_fast: any length, every fault told apart.
int parse_fixed_slow(const char* b, const char* e, int scale, std::int64_t& units) noexcept;

// "[-]digits[.digits]" as units of 10^-scale; "5." and ".5" are taken, zeros below the scale too, nothing is rounded.
// Texts of up to 18 characters cannot overflow before the scale is applied, and prices are never longer.
inline int parse_fixed_fast(const char* b, const char* e, int scale, std::int64_t& units) noexcept {
  const char* p = b;
  const bool negative = p != e && *p == '-';
  if (negative) ++p;
  if (e - p > 18 || p == e) return parse_fixed_slow(b, e, scale, units);
  std::int64_t value = 0;
  while (p != e && digit_of(*p) <= 9) value = value * 10 + static_cast<std::int64_t>(digit_of(*p++));
  int missing = scale;
  if (p != e) {
    if (*p != '.' || e - b - (negative ? 1 : 0) < 2) return parse_fixed_slow(b, e, scale, units);
    for (++p; p != e && digit_of(*p) <= 9 && missing > 0; ++p, --missing) value = value * 10 + static_cast<std::int64_t>(digit_of(*p));
    if (p != e) return parse_fixed_slow(b, e, scale, units);
  }
  std::int64_t scaled{};
  if (__builtin_mul_overflow(value, kPowersOfTen[missing], &scaled)) return parse_fixed_slow(b, e, scale, units);
  units = negative ? -scaled : scaled;
  return kTextOk;
}

// Digits-and-point numbers of up to 18 digits whose coefficient and exponent give the text back ("6.2577", "-0.0009593552948286", "0").
// Anything else (exponents, leading zeros, a bare point, -0, more digits) returns a fault: take MultiplierDecimal::parse then.
inline int parse_plain_number(const char* b, const char* e, std::int64_t& coefficient, std::int32_t& exponent) noexcept {
  const char* p = b;
  const bool negative = p != e && *p == '-';
  if (negative) ++p;
  const char* first = p;
  if (p == e || e - p > 19) return kTextBadForm;
  std::uint64_t value = 0;  // 19 digits fit unsigned
  while (p != e && digit_of(*p) <= 9) value = value * 10 + std::uint64_t{digit_of(*p++)};
  const auto whole_digits = p - first;
  if (whole_digits == 0 || whole_digits > 18 || (whole_digits > 1 && *first == '0')) return kTextBadForm;
  std::int32_t decimals = 0;
  if (p != e) {
    if (*p++ != '.' || p == e) return kTextBadForm;
    for (; p != e && digit_of(*p) <= 9; ++p, ++decimals) value = value * 10 + std::uint64_t{digit_of(*p)};
    if (p != e) return kTextBadCharacter;
  }
  if (negative && value == 0) return kTextBadForm;
  coefficient = negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
  exponent = -decimals;
  return kTextOk;
}

// Days since 1970-01-01 of a proleptic Gregorian date (era arithmetic: no loops, no tables).
constexpr std::int64_t days_from_civil(int y, unsigned m, unsigned d) noexcept {
  y -= m <= 2 ? 1 : 0;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return std::int64_t{era} * 146097 + static_cast<std::int64_t>(doe) - 719468;
}

constexpr unsigned days_in_month(int y, unsigned m) noexcept {
  constexpr unsigned char kDays[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29U : kDays[m];
}

// Two digits as a number, or something above 99.
constexpr unsigned two_digits(const char* p) noexcept {
  const unsigned high = digit_of(p[0]);
  const unsigned low = digit_of(p[1]);
  return high <= 9 && low <= 9 ? high * 10 + low : 1000U;
}

// Exactly 8 characters "YYYYMMDD" as days since the epoch.
inline int parse_fix_date_fast(const char* p, std::int64_t& days) noexcept {
  const unsigned century = two_digits(p);
  const unsigned year = two_digits(p + 2);
  const unsigned month = two_digits(p + 4);
  const unsigned day = two_digits(p + 6);
  if ((century | year | month | day) > 127) return kTextBadCharacter;
  const int y = static_cast<int>(century * 100 + year);
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(y, month)) return kTextOutOfRange;
  days = days_from_civil(y, month, day);
  return kTextOk;
}

// The checked form behind parse_fix_utc_fast: any number of fraction digits (none behind the point too), blanks around the text.
int parse_fix_utc_odd(const char* b, const char* e, std::chrono::sys_time<std::chrono::microseconds>& out) noexcept;

// "YYYYMMDD-HH:MM:SS[.fff|.ffffff|.fffffffff]"; 9 digits are cut to 6; second 60 only where leap seconds are, at 23:59:60. Other forms
// go the long way and are read where the instant is certain.
inline int parse_fix_utc_fast(const char* b, const char* e, std::chrono::sys_time<std::chrono::microseconds>& out) noexcept {
  const auto size = e - b;
  if (size != 21 && size != 24 && size != 17 && size != 27) return size == 0 ? static_cast<int>(kTextEmpty) : parse_fix_utc_odd(b, e, out);
  std::int64_t days{};
  if (parse_fix_date_fast(b, days) != 0) return parse_fix_utc_odd(b, e, out);
  if (b[8] != '-' || b[11] != ':' || b[14] != ':') return kTextBadForm;
  const unsigned hour = two_digits(b + 9);
  const unsigned minute = two_digits(b + 12);
  const unsigned second = two_digits(b + 15);
  if ((hour | minute | second) > 127) return kTextBadCharacter;
  if (hour > 23 || minute > 59 || second > 60 || (second == 60 && (hour != 23 || minute != 59))) return kTextOutOfRange;
  std::int64_t micros = 0;
  if (size != 17) {
    if (b[17] != '.') return parse_fix_utc_odd(b, e, out);
    unsigned bad = 0;
    for (auto i = 18; i < size; ++i) {
      const unsigned digit = digit_of(b[i]);
      bad |= static_cast<unsigned>(digit > 9);
      if (i < 24) micros = micros * 10 + static_cast<std::int64_t>(digit);
    }
    if (bad != 0) return parse_fix_utc_odd(b, e, out);
    if (size == 21) micros *= 1000;
  }
  const std::int64_t seconds = days * 86'400 + static_cast<std::int64_t>(hour * 3600 + minute * 60 + second);
  out = std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{seconds * 1'000'000 + micros}};
  return kTextOk;
}

}  // namespace marginfix::detail
