// JSON text: brackets, commas, and strings with their escapes, eight plain characters at a time.
#include "marginfix/json/writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "marginfix/core/text.hpp"

namespace marginfix::json {
namespace {

// Printable ASCII without the quote and the backslash.
bool plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

// True when none of eight bytes needs an escape; may say no without need (then they are looked at one by one).
bool eight_plain(const char* p) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = 0x8080808080808080U;
  std::uint64_t bytes{};
  std::memcpy(&bytes, p, sizeof bytes);
  const std::uint64_t quote = bytes ^ (kOnes * '"');
  const std::uint64_t backslash = bytes ^ (kOnes * '\\');
  const std::uint64_t special = bytes | (bytes + kOnes) | (bytes - kOnes * 0x20) |                // >= 0x80, 0x7F, < 0x20
                                ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash);  // == 0, == 0
  return (special & kHigh) == 0;
}

void append_unicode(std::string& out, const char* p, std::size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::uint32_t code = static_cast<unsigned char>(*p);
  if (size > 1) code &= 0x7FU >> size;
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (static_cast<unsigned char>(p[i]) & 0x3FU);
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(code >> shift) & 0xFU];
}

// A character that is not plain: the rest of UTF-8 goes through, control characters (all of text.hpp's, so that no JSON of ours moves a
// terminal) are escaped, a byte that is no UTF-8 is written as visible() shows it. Returns the bytes used.
std::size_t append_special(std::string& out, const char* p, const char* end) {
  const marginfix::detail::Character c = marginfix::detail::next_character(p, end);
  if (c.size == 0) {
    out += '\\';
    out += visible(p, 1);
  } else if (*p == '"' || *p == '\\') {
    out += '\\';
    out += *p;
  } else if (*p == '\n') {
    out += "\\n";
  } else if (*p == '\r') {
    out += "\\r";
  } else if (*p == '\t') {
    out += "\\t";
  } else if (c.control) {
    append_unicode(out, p, c.size);
  } else {
    out.append(p, c.size);
  }
  return std::max<std::size_t>(c.size, 1);
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  const char* const end = text.data() + text.size();
  const char* begin = text.data();  // of what is plain and not yet written
  for (const char* p = begin; p != end;) {
    while (end - p >= 8 && eight_plain(p)) p += 8;
    if (p == end) break;
    if (plain(*p)) {
      ++p;
      continue;
    }
    out.append(begin, p);
    p += append_special(out, p, end);
    begin = p;
  }
  out.append(begin, end);
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
