// What a text may hold that goes from one door of the exchange to another, or out to a terminal. One rule for all of marginfix:
//   identifier  printable ASCII (0x20 to 0x7E): what FIX, JSON and every log can carry unchanged. ClOrdID(11) and client_order_id,
//               symbols, party and company ids, group, transfer and trigger ids, cursors, key ids.
//   text        valid UTF-8 without control characters: names and free texts, Text(58).
//   control     0x00 to 0x1F, DEL (0x7F), U+0080 to U+009F, U+2028, U+2029, and the marks that turn the direction of writing
//               (U+202A to U+202E, U+2066 to U+2069): characters that end fields, lines or frames, or change what a terminal shows.
// The clients check what they send and send nothing that breaks it; what comes in is never refused for it: the library hands texts over
// byte for byte, and visible() is for people. Pure functions; safe from any thread. Clean in C++14 (the QuickFIX wall uses it).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#if __cplusplus >= 201703L
#include <string_view>
#endif

namespace marginfix {

// What is wrong with it, to be put behind the field's name ("contains a control character"); nullptr: nothing. Empty is fine for both.
const char* identifier_fault(const char* data, std::size_t size) noexcept;
const char* text_fault(const char* data, std::size_t size) noexcept;

// The text with each control character as "\x1b" or "\u2028" and each byte that is no UTF-8 as "\xe9"; everything else unchanged.
std::string visible(const char* data, std::size_t size);
inline std::string visible(const std::string& text) { return visible(text.data(), text.size()); }

#if __cplusplus >= 201703L
inline const char* identifier_fault(std::string_view text) noexcept { return identifier_fault(text.data(), text.size()); }
inline const char* text_fault(std::string_view text) noexcept { return text_fault(text.data(), text.size()); }
inline std::string visible(std::string_view text) { return visible(text.data(), text.size()); }
inline std::string visible(const char* text) { return visible(std::string_view(text)); }
#endif

namespace detail {

// One character of UTF-8 at `p` (p < end). size 0: the byte there is none (overlong forms and surrogates included).
struct Character {
  std::size_t size;
  bool control;
};
Character next_character(const char* p, const char* end) noexcept;

// True when every byte is printable ASCII. Inline: the encoder asks for each text it writes.
inline bool printable_ascii(const char* p, std::size_t size) noexcept {
  const char* const end = p + size;
  std::uint64_t bad = 0;
  for (; end - p >= 8; p += 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, p, sizeof bytes);
    // Per byte: 0x80 and above, 0x7F (one more gives 0x80), below 0x20 (the subtraction borrows, and may blame the byte above it too).
    bad |= bytes | (bytes + 0x0101010101010101U) | (bytes - 0x2020202020202020U);
  }
  if ((bad & 0x8080808080808080U) != 0) return false;
  for (; p != end; ++p) {
    if (*p < ' ' || *p > '~') return false;
  }
  return true;
}

}  // namespace detail
}  // namespace marginfix
