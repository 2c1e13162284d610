// How a frame begins and ends: BeginString(8), BodyLength(9), CheckSum(10). Shared by the frame codec and the decoder, inline for both.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "marginfix/core/fast_text.hpp"
#include "marginfix/fix/detail/scan.hpp"
#include "marginfix/fix/frame.hpp"

namespace marginfix::fix::detail {

inline constexpr std::size_t kMostLengthDigits = 9;

struct Prefix {
  std::string_view begin_string;
  std::size_t body{0};         // offset of the byte after BodyLength's SOH
  std::size_t body_length{0};  // value of BodyLength(9)
  bool complete{false};        // false and not broken: more bytes are needed
  std::int32_t broken_tag{0};  // 8 or 9: not there, or no number
};

// Digits from `at` on into body_length, up to their SOH.
inline void read_body_length(std::string_view bytes, std::size_t at, Prefix& prefix) noexcept {
  const std::size_t digits = at;
  for (; at < bytes.size() && at - digits < kMostLengthDigits && marginfix::detail::digit_of(bytes[at]) <= 9; ++at)
    prefix.body_length = prefix.body_length * 10 + marginfix::detail::digit_of(bytes[at]);
  if (at >= bytes.size()) return;
  if (bytes[at] != kSoh || at == digits) {
    prefix.broken_tag = 9;
    return;
  }
  prefix.body = at + 1;
  prefix.complete = true;
}

// BeginString(8) of any version, and BodyLength(9).
Prefix read_any_prefix(std::string_view bytes) noexcept;

inline Prefix read_prefix(std::string_view bytes) noexcept {
  // "8=FIXT.1.1|9=", what every message of the exchange begins with.
  constexpr std::string_view kUsualStart = "8=FIXT.1.1\0019=";
  if (bytes.size() <= kUsualStart.size() || std::memcmp(bytes.data(), kUsualStart.data(), kUsualStart.size()) != 0)
    return read_any_prefix(bytes);
  Prefix prefix;
  prefix.begin_string = bytes.substr(2, kUsualStart.size() - 5);
  read_body_length(bytes, kUsualStart.size(), prefix);
  return prefix;
}

// "10=ddd|" and nothing else.
inline bool is_trailer(const char* t) noexcept {
  return t[0] == '1' && t[1] == '0' && t[2] == '=' && t[6] == kSoh && marginfix::detail::digit_of(t[3]) <= 9 &&
         marginfix::detail::digit_of(t[4]) <= 9 && marginfix::detail::digit_of(t[5]) <= 9;
}
// Whether what stands at message + trailer is a CheckSum(10) with the sum of everything before it.
inline bool sum_is_right(const char* message, std::size_t trailer) noexcept {
  const char* t = message + trailer;
  if (!is_trailer(t)) return false;
  const unsigned said =
      marginfix::detail::digit_of(t[3]) * 100 + marginfix::detail::digit_of(t[4]) * 10 + marginfix::detail::digit_of(t[5]);
  return said == byte_sum(message, trailer);
}

// The frame's parts as decode() needs them. `header` is the frame whose header decode() may take over, or null: it walks the header itself.
struct Envelope {
  std::string_view message;
  std::string_view begin_string;
  std::string_view msg_type;
  const char* fields{nullptr};  // the first byte after BodyLength's SOH: MsgType(35)
  const char* trailer{nullptr};
  const Frame* header{nullptr};
};

// False when the frame is broken: 8, 9, 35, 10 missing, BodyLength or CheckSum wrong. envelope_error() finds out how, off the hot path.
bool open_envelope(std::string_view message, Envelope& envelope) noexcept;

// Of a checked frame.
inline Envelope envelope_of(const Frame& frame) noexcept {
  return {frame.bytes,
          frame.begin_string,
          frame.msg_type,
          frame.msg_type.data - 3,  // behind "35="
          frame.bytes.data + frame.bytes.size - kTrailerSize,
          frame.regular ? &frame : nullptr};
}

// A frame's header fields, a bit each in Frame::header_tags: those of MessageTable<Header>.
enum HeaderBit : std::uint32_t {
  kHas35 = 1U << 0,
  kHas34 = 1U << 1,
  kHas43 = 1U << 2,
  kHas49 = 1U << 3,
  kHas50 = 1U << 4,
  kHas52 = 1U << 5,
  kHas56 = 1U << 6,
  kHas57 = 1U << 7,
  kHas97 = 1U << 8,
  kHas122 = 1U << 9,
  kHas1128 = 1U << 10
};

}  // namespace marginfix::fix::detail
