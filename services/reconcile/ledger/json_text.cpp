#include "services/reconcile/ledger/json_text.hpp"

#include "marginfix/core/text.hpp"

namespace marginfix::reconcile {

namespace {

bool is_utf8(std::string_view text) {
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p != end;) {
    const auto character = marginfix::detail::next_character(p, end);
    if (character.size == 0) return false;
    p += character.size;
  }
  return true;
}

void append_escaped(std::string& out, char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
  } else if (c == '\n') {
    out += "\\n";
  } else if (byte < 0x20 || byte == 0x7F) {
    out += "\\u00";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  } else {
    out += c;
  }
}

}  // namespace

std::string readable(std::string_view text) { return is_utf8(text) ? std::string(text) : visible(text); }

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  if (marginfix::detail::printable_ascii(text.data(), text.size()) && text.find_first_of("\"\\") == std::string_view::npos) {
    out += text;
  } else {
    for (const char c : readable(text)) append_escaped(out, c);
  }
  out += '"';
}

}  // namespace marginfix::reconcile
