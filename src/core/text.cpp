// The rule of text.hpp, and texts for people.
#include "marginfix/core/text.hpp"

#include <algorithm>

namespace marginfix {
namespace {

bool is_continuation(unsigned char c) noexcept { return (c & 0xC0U) == 0x80U; }

bool is_control(std::uint32_t code) noexcept {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

void append_hex(std::string& out, std::uint32_t value, int digits) {
  static const char kHex[] = "0123456789abcdef";
  while (digits-- > 0) out += kHex[(value >> (4 * digits)) & 0xFU];
}

std::uint32_t code_of(const char* p, std::size_t size) noexcept {
  std::uint32_t code = static_cast<unsigned char>(*p);
  if (size > 1) code &= 0x7FU >> size;
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (static_cast<unsigned char>(p[i]) & 0x3FU);
  return code;
}

}  // namespace

namespace detail {

Character next_character(const char* p, const char* end) noexcept {
  const auto first = static_cast<unsigned char>(*p);
  if (first < 0x80) return {1, is_control(first)};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || static_cast<std::size_t>(end - p) < size) return {0, false};
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(static_cast<unsigned char>(p[i]))) return {0, false};
  }
  const auto second = static_cast<unsigned char>(p[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool outside = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);  // surrogates; above U+10FFFF
  if (overlong || outside) return {0, false};
  return {size, is_control(code_of(p, size))};
}

}  // namespace detail

const char* identifier_fault(const char* data, std::size_t size) noexcept {
  if (detail::printable_ascii(data, size)) return nullptr;
  const bool ascii = std::all_of(data, data + size, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return ascii ? "contains a control character" : "contains a character outside ASCII";
}

const char* text_fault(const char* data, std::size_t size) noexcept {
  const char* const end = data + size;
  for (const char* p = data; p != end;) {
    const detail::Character c = detail::next_character(p, end);
    if (c.size == 0) return "is not valid UTF-8";
    if (c.control) return "contains a control character";
    p += c.size;
  }
  return nullptr;
}

std::string visible(const char* data, std::size_t size) {
  if (detail::printable_ascii(data, size)) return std::string(data, size);
  std::string out;
  out.reserve(size + 8);
  const char* const end = data + size;
  for (const char* p = data; p != end;) {
    const detail::Character c = detail::next_character(p, end);
    if (c.size != 0 && !c.control) {
      out.append(p, c.size);
    } else if (c.size > 1) {
      out += "\\u";
      append_hex(out, code_of(p, c.size), 4);
    } else {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(*p), 2);
    }
    p += std::max<std::size_t>(c.size, 1);
  }
  return out;
}

}  // namespace marginfix
