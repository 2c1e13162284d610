// Byte-level helpers of the codec: checksum, SOH positions 64 bytes at a time, little texts as words. Reads never leave [begin, end).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace marginfix::fix::detail {

inline constexpr char kSoh = '\x01';
inline constexpr std::size_t kTrailerSize = 7;  // "10=ddd|"
static_assert(std::endian::native == std::endian::little, "field keys are compared as little-endian words");

// Sum of all bytes modulo 256: CheckSum(10).
inline unsigned byte_sum(const char* p, std::size_t n) noexcept {
  unsigned sum = 0;
#if defined(__SSE2__)
  if (n >= 16) {
    const auto load = [](const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); };
    __m128i total = _mm_setzero_si128();
    for (; n >= 16; p += 16, n -= 16) total = _mm_add_epi64(total, _mm_sad_epu8(load(p), _mm_setzero_si128()));
    // What is left are the last of the 16 bytes before the end; the others have been counted.
    alignas(16) static constexpr unsigned char kLast[32] = {0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
                                                            0,    0,    0,    0,    0,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                                            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    total = _mm_add_epi64(total, _mm_sad_epu8(_mm_and_si128(load(p + n - 16), load(kLast + n)), _mm_setzero_si128()));
    sum = static_cast<unsigned>(_mm_cvtsi128_si64(total)) + static_cast<unsigned>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(total, total)));
    return sum & 255U;
  }
#endif
  for (; n != 0; ++p, --n) sum += static_cast<unsigned char>(*p);
  return sum & 255U;
}

// How often `byte` stands in [p, p + n).
inline std::size_t count_byte(const char* p, std::size_t n, char byte) noexcept {
  std::size_t count = 0;
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(byte);
  for (; n >= 16; p += 16, n -= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted)));
    if (found != 0) count += static_cast<std::size_t>(std::popcount(found));  // rare: line ends
  }
#endif
  for (; n != 0; ++p, --n) count += *p == byte ? 1U : 0U;
  return count;
}

// One bit for every SOH in 64 readable bytes.
inline std::uint64_t soh_mask(const char* p) noexcept {
#if defined(__SSE2__)
  const __m128i soh = _mm_set1_epi8(kSoh);
  const auto part = [&](int i) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p) + i);
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, soh))));
  };
  return part(0) | part(1) << 16U | part(2) << 32U | part(3) << 48U;
#else
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; ++i) mask |= std::uint64_t{p[i] == kSoh} << i;
  return mask;
#endif
}

// Hands out the SOH positions of a message one after the other. The message ends with a SOH, so next() always finds one
// as long as the caller stops at the last.
class SohCursor {
 public:
  SohCursor(const char* begin, const char* end) noexcept : block_(begin), end_(end), mask_(first_mask(begin, end)) {}
  [[gnu::always_inline]] const char* next() noexcept {
    while (mask_ == 0) [[unlikely]] {
        block_ += 64;
        mask_ = next_mask(block_, end_);
      }
    const char* at = block_ + static_cast<unsigned>(std::countr_zero(mask_));
    mask_ &= mask_ - 1;
    return at;
  }

 private:
  // No member functions, so that a cursor that is a local variable can stay in registers. The second is a call on purpose: inlined at
  // every field it made decoding slower by a tenth (GCC 12).
  static std::uint64_t first_mask(const char* block, const char* end) noexcept {
    if (end - block >= 64) return soh_mask(block);
    char padded[64] = {};
    std::memcpy(padded, block, static_cast<std::size_t>(end - block));
    return soh_mask(padded);
  }
  // The last block is not full: its bytes are the last of the 64 before the end, which are all there because a block came before.
  [[gnu::noinline]] static std::uint64_t next_mask(const char* block, const char* end) noexcept {
    const auto left = end - block;
    if (left >= 64) return soh_mask(block);
    return left > 0 ? soh_mask(end - 64) >> (64 - left) : 1;  // past the end: a SOH, so that a wrong caller stops instead of running on
  }

  const char* block_;
  const char* end_;
  std::uint64_t mask_;
};

inline std::uint64_t load_word(const char* p) noexcept {
  std::uint64_t word{};
  std::memcpy(&word, p, sizeof word);
  return word;
}

// "44=" as the low bytes of a word, its length and the mask that covers it.
struct TagKey {
  std::uint64_t word{0};
  std::uint64_t mask{0};
  unsigned size{0};
};
constexpr TagKey tag_key(std::int32_t tag) noexcept {
  char digits[8] = {};
  unsigned n = 0;
  for (std::int32_t rest = tag; rest != 0; rest /= 10) digits[n++] = static_cast<char>('0' + rest % 10);
  TagKey key;
  for (unsigned i = 0; i < n; ++i) key.word |= std::uint64_t{static_cast<unsigned char>(digits[n - 1 - i])} << (8 * i);
  key.word |= std::uint64_t{'='} << (8 * n);
  key.size = n + 1;
  key.mask = (std::uint64_t{1} << (8 * key.size)) - 1;
  return key;
}

// A tag number at p: digits up to '='. 0 when it is none (no '=' before `end`, no digits, a leading zero, more than 7 digits).
inline std::int32_t parse_tag(const char* p, const char* end, const char*& value) noexcept {
  std::int32_t tag = 0;
  const char* const first = p;
  for (; p != end && static_cast<unsigned char>(*p - '0') <= 9 && p - first < 8; ++p) tag = tag * 10 + (*p - '0');
  if (p == end || *p != '=' || p == first || *first == '0' || p - first > 7) return 0;
  value = p + 1;
  return tag;
}

// Digits only, at most 18 of them, else -1.
inline std::int64_t parse_digits(std::string_view text) noexcept {
  if (text.empty() || text.size() > 18) return -1;
  std::int64_t value = 0;
  for (const char c : text) {
    if (static_cast<unsigned char>(c - '0') > 9) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace marginfix::fix::detail
