// Values to text, into a buffer that has room. Each returns the new end.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/fix/detail/scan.hpp"

namespace marginfix::fix::detail {

inline constexpr std::size_t kLongestNumber = 48;

inline constexpr char kDigitPairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566"
    "676869"
    "707172737475767778798081828384858687888990919293949596979899";

inline char* put_two(char* out, unsigned value) noexcept {
  std::memcpy(out, kDigitPairs + value * 2, 2);
  return out + 2;
}
inline char* put_unsigned(char* out, std::uint64_t value) noexcept {
  if (value < 10) return *out = static_cast<char>('0' + value), out + 1;
  if (value < 100) return put_two(out, static_cast<unsigned>(value));
  return std::to_chars(out, out + 20, value).ptr;
}
inline char* put_integer(char* out, std::int64_t value) noexcept {
  if (value >= 0) return put_unsigned(out, static_cast<std::uint64_t>(value));
  *out = '-';
  return put_unsigned(out + 1, std::uint64_t{0} - static_cast<std::uint64_t>(value));
}

// 4 decimals, 6 where the value has them.
inline char* put_dollars(char* out, std::int64_t units) noexcept {
  std::uint64_t magnitude = static_cast<std::uint64_t>(units);
  if (units < 0) {
    *out++ = '-';
    magnitude = std::uint64_t{0} - magnitude;
  }
  out = put_unsigned(out, magnitude / 1'000'000);
  const auto fraction = static_cast<unsigned>(magnitude % 1'000'000);
  *out++ = '.';
  out = put_two(out, fraction / 10'000);
  out = put_two(out, fraction / 100 % 100);
  const unsigned rest = fraction % 100;
  if (rest == 0) return out;
  *out++ = static_cast<char>('0' + rest / 10);
  if (rest % 10 != 0) *out++ = static_cast<char>('0' + rest % 10);
  return out;
}
inline char* put_count(char* out, std::int64_t units) noexcept {
  std::uint64_t magnitude = static_cast<std::uint64_t>(units);
  if (units < 0) {
    *out++ = '-';
    magnitude = std::uint64_t{0} - magnitude;
  }
  out = put_unsigned(out, magnitude / 100);
  *out++ = '.';
  return put_two(out, static_cast<unsigned>(magnitude % 100));
}
// "18:32:01.123", 6 fraction digits where the value has them.
inline char* put_clock(char* out, std::chrono::microseconds since_midnight) noexcept {
  const auto micros = static_cast<unsigned>(since_midnight.count() % 1'000'000);
  const auto seconds = static_cast<unsigned>(since_midnight.count() / 1'000'000);
  out = put_two(out, seconds / 3600);
  *out++ = ':';
  out = put_two(out, seconds / 60 % 60);
  *out++ = ':';
  out = put_two(out, seconds % 60);
  *out++ = '.';
  *out++ = static_cast<char>('0' + micros / 100'000);
  out = put_two(out, micros / 1000 % 100);
  if (micros % 1000 == 0) return out;
  *out++ = static_cast<char>('0' + micros / 100 % 10);
  return put_two(out, micros % 100);
}
inline char* put_time(char* out, Timestamp t) noexcept { return format_fix_utc(out, t, t.time_since_epoch().count() % 1000 == 0 ? 3 : 6); }

// "44=": writes 8 bytes, the caller has room.
inline char* put_key(char* out, TagKey key) noexcept {
  std::memcpy(out, &key.word, 8);
  return out + key.size;
}
inline char* put_text(char* out, std::string_view text) noexcept {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}
inline char* put_checksum(char* out, unsigned sum) noexcept {
  std::memcpy(out, "10=", 3);  // NOLINT(bugprone-not-null-terminated-result): bytes of a frame, no C string
  out[3] = static_cast<char>('0' + sum / 100);
  out[4] = static_cast<char>('0' + sum / 10 % 10);
  out[5] = static_cast<char>('0' + sum % 10);
  out[6] = kSoh;
  return out + kTrailerSize;
}

}  // namespace marginfix::fix::detail
