#include "src/core/escapes.hpp"

#include <array>
#include <charconv>
#include <system_error>

#include "marginfix/core/text.hpp"

namespace marginfix::detail {

void append_escaped(std::string& out, char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  ((out += "\\x") += kHex[value >> 4U]) += kHex[value & 0xFU];
}

void append_pipe_form(std::string& out, std::string_view bytes) {
  for (std::size_t begin = 0;;) {
    const std::size_t end = bytes.find_first_of("\x01\t|\\", begin);
    out += visible(bytes.substr(begin, end - begin));
    if (end == std::string_view::npos) return;
    if (bytes[end] == '\x01') {
      out += '|';
    } else if (bytes[end] == '\t') {
      out += '\t';
    } else {
      append_escaped(out, bytes[end]);
    }
    begin = end + 1;
  }
}

Escape escape_at(std::string_view text) noexcept {
  if (text.size() < 4 || text[0] != '\\' || (text[1] != 'x' && text[1] != 'u')) return {};
  const std::size_t digits = text[1] == 'x' ? 2 : 4;
  if (text.size() < 2 + digits) return {};
  Escape found{2 + digits, 0};
  const char* const last = text.data() + found.size;
  const auto [end, error] = std::from_chars(text.data() + 2, last, found.code, 16);
  return error == std::errc{} && end == last ? found : Escape{};
}

std::size_t meant_size(const Escape& escape) noexcept { return escape.size == 4 || escape.code < 0x80 ? 1 : escape.code < 0x800 ? 2 : 3; }

void meant_bytes(const Escape& escape, char* to) noexcept {
  const auto put = [&to](std::uint32_t value) { *to++ = static_cast<char>(value); };
  switch (meant_size(escape)) {
    case 1:
      return put(escape.code);
    case 2:
      put(0xC0U | escape.code >> 6U);
      return put(0x80U | (escape.code & 0x3FU));
    default:
      put(0xE0U | escape.code >> 12U);
      put(0x80U | (escape.code >> 6U & 0x3FU));
      return put(0x80U | (escape.code & 0x3FU));
  }
}

void append_meant(std::string& out, const Escape& escape) {
  std::array<char, 3> bytes{};
  meant_bytes(escape, bytes.data());
  out.append(bytes.data(), meant_size(escape));
}

}  // namespace marginfix::detail
