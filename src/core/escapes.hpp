// How our logs write the bytes of a FIX message on a line, and how that is undone: '|' for SOH, "\x7c" for a '|' and "\x5c" for a '\' of
// the message's own, "\x0a" and "\u2028" for what would end the line or move a terminal. Lossless. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace marginfix::detail {

// The bytes of a message, or of one value.
void append_pipe_form(std::string& out, std::string_view bytes);
// "\x7c" for '|': one byte.
void append_escaped(std::string& out, char byte);

inline constexpr std::size_t kMaxEscape = 6;  // characters
// "\x7c" or "\u2028" at the start of a text: what it stands for. size 0: none there.
struct Escape {
  std::size_t size{0};
  std::uint32_t code{0};
};
Escape escape_at(std::string_view text) noexcept;
// A "\x.." is a byte, a "\u...." a character of one to three bytes of UTF-8.
std::size_t meant_size(const Escape& escape) noexcept;
// Writes meant_size() bytes.
void meant_bytes(const Escape& escape, char* to) noexcept;
void append_meant(std::string& out, const Escape& escape);

}  // namespace marginfix::detail
