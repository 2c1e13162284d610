// The separators known, and the one that stands behind BeginString(8).
#include "src/fix/log_separator.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace marginfix::fix::detail {

namespace {

// Spellings of SOH by loggers, escapers of JSON, C and XML, and terminals; the longest that fits is tried first.
constexpr std::array<std::string_view, 14> kSpelledSoh{"\\u0001", "&#x01;", "<SOH>", "[SOH]", "{SOH}", "&#x1;",        "&#01;",
                                                       "\\x01",   "\\001",  "&#1;",  "%01",   "^A",    "\xE2\x90\x81", "\x01"};
constexpr std::size_t kMaxTagDigits = 7;
constexpr std::size_t kLookAhead = 24;  // separator, tag and '=' fit into it

bool is_number(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_letter(char c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// "FIX.4.2", "FIXT.1.1", "FIX.5.0SP2" behind "8=": its length, 0 when it is no version.
std::size_t version_size(std::string_view text) noexcept {
  std::size_t at = text.starts_with("FIXT.") ? 5 : text.starts_with("FIX.") ? 4 : 0;
  if (at == 0 || text.size() < at + 3 || !is_number(text[at]) || text[at + 1] != '.' || !is_number(text[at + 2])) return 0;
  at += 3;
  return text.size() >= at + 3 && text.substr(at, 2) == "SP" && is_number(text[at + 2]) ? at + 3 : at;
}

// One mark with at most one blank on either side, a blank, or a tab.
std::size_t mark_size(std::string_view text) noexcept {
  std::size_t at = text.starts_with(' ') ? 1 : 0;
  if (at == text.size()) return at;
  const char mark = text[at];
  if (is_number(mark) && at == 1) return 1;
  if (is_number(mark) || is_letter(mark) || mark == ' ' || mark == '=' || mark == '\n' || mark == '\r') return 0;
  ++at;
  return text.substr(at).starts_with(' ') ? at + 1 : at;
}

std::size_t separator_size(std::string_view text) noexcept {
  if (text.starts_with('\x01')) return 1;
  for (const std::string_view spelled : kSpelledSoh)
    if (text.starts_with(spelled)) return spelled.size();
  return mark_size(text);
}

// No field after the separator: is it prose, a message whose end was cut off, or one with a separator of its own?
Beginning without_field(std::string_view rest, std::size_t separator) noexcept {
  std::string_view line = rest.substr(0, kLookAhead);
  line = line.substr(0, line.find_first_of("\r\n"));
  const std::size_t digits = std::min(line.find_first_not_of("0123456789", separator), line.size());
  const bool known =
      separator != 0 && (rest.front() == '|' || std::ranges::find(kSpelledSoh, line.substr(0, separator)) != kSpelledSoh.end());
  if (known && digits == line.size() && digits <= separator + kMaxTagDigits) return Beginning::cut_off;
  const std::size_t nine = line.find("9=");
  if (nine != std::string_view::npos && nine + 2 < line.size() && is_number(line[nine + 2])) return Beginning::unknown_separator;
  return Beginning::none;
}

}  // namespace

std::size_t tag_size(std::string_view text) noexcept {
  std::size_t digits = 0;
  while (digits < text.size() && digits <= kMaxTagDigits && is_number(text[digits])) ++digits;
  return digits > 0 && digits <= kMaxTagDigits && digits < text.size() && text[digits] == '=' ? digits : 0;
}

MessageBeginning read_beginning(std::string_view text, bool is_end) noexcept {
  MessageBeginning found;
  const std::size_t version = version_size(text.substr(2));
  if (version == 0) return {!is_end && text.size() < 2 + 10 ? Beginning::need_more : Beginning::none, {}, 0};
  const std::string_view rest = text.substr(2 + version);
  if (!is_end && rest.size() < kLookAhead && rest.find('\n') == std::string_view::npos) {
    found.kind = Beginning::need_more;
    return found;
  }
  if (rest.empty()) return found;
  const std::size_t size = separator_size(rest);
  found.separator = rest.substr(0, size);
  found.fields = 2 + version + size;
  found.kind = size != 0 && tag_size(rest.substr(size)) != 0 ? Beginning::message : without_field(rest, size);
  return found;
}

}  // namespace marginfix::fix::detail
