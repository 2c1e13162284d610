// See writer.hpp.
#include "marginfix/json/writer.hpp"

#include <charconv>
#include <cstring>

namespace marginfix::json {
namespace {

// What must be escaped: control characters, the quote and the backslash. Everything else, UTF-8 included, goes through.
bool plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

// True when none of eight bytes needs an escape; may say no without need (then they are looked at one by one).
bool eight_plain(const char* p) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  std::uint64_t bytes{};
  std::memcpy(&bytes, p, sizeof bytes);
  const std::uint64_t quote = bytes ^ (kOnes * '"');
  const std::uint64_t backslash = bytes ^ (kOnes * '\\');
  const std::uint64_t special =
      ((bytes - kOnes * 0x20) & ~bytes) | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash);  // < 0x20, == 0, == 0
  return (special & kHigh) == 0;
}

void append_escaped(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 0xF];
  }
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (i + 8 <= text.size() && eight_plain(text.data() + i)) i += 8;
    if (i == text.size()) break;
    if (plain(text[i])) continue;
    out.append(text, begin, i - begin);
    append_escaped(out, text[i]);
    begin = i + 1;
  }
  out.append(text, begin);
  out += '"';
}

}  // namespace

void Writer::separate() {
  if (comma_) *out_ += ',';
  comma_ = true;
}

Writer& Writer::open(char bracket) {
  separate();
  *out_ += bracket;
  comma_ = false;
  return *this;
}

Writer& Writer::close(char bracket) {
  *out_ += bracket;
  comma_ = true;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  separate();
  append_string(*out_, name);
  *out_ += ':';
  comma_ = false;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  separate();
  append_string(*out_, text);
  return *this;
}

Writer& Writer::raw(std::string_view json) {
  separate();
  *out_ += json;
  return *this;
}

Writer& Writer::number(std::string_view digits) { return raw(digits); }

Writer& Writer::integer(std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return raw({digits, static_cast<std::size_t>(end - digits)});
}

Writer& Writer::boolean(bool value) { return raw(value ? "true" : "false"); }

Writer& Writer::null() { return raw("null"); }

std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

}  // namespace marginfix::json
