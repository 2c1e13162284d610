// Nearly every message needs one character replaced; escapes and long separators take the slow way.
#include "src/fix/log_wire.hpp"

#include <algorithm>
#include <cstdint>

#include "marginfix/fix/detail/scan.hpp"
#include "src/core/escapes.hpp"

namespace marginfix::fix::detail {

namespace {

using marginfix::detail::Escape;
using marginfix::detail::escape_at;
using marginfix::detail::meant_size;

struct WireRules {
  bool every_separator{true};  // also where no field follows
  bool undo_escapes{false};
};

void convert(std::string_view message, std::string_view separator, WireRules rules, std::string& wire) {
  wire.clear();
  if (separator.size() == 1 && rules.every_separator && !rules.undo_escapes) {  // nearly every message: one mark for another
    wire.assign(message);
    std::ranges::replace(wire, separator.front(), kSoh);
    if (!wire.ends_with(kSoh)) wire += kSoh;
    return;
  }
  for (std::size_t at = 0; at < message.size();) {
    const std::string_view rest = message.substr(at);
    if (rest.front() == separator.front() && rest.starts_with(separator)) {
      const std::string_view next = rest.substr(separator.size());
      if (rules.every_separator || next.empty() || tag_size(next) != 0) {
        wire += kSoh;
        at += separator.size();
        continue;
      }
    }
    if (const Escape escape = rules.undo_escapes ? escape_at(rest) : Escape{}; escape.size != 0) {
      marginfix::detail::append_meant(wire, escape);
      at += escape.size;
      continue;
    }
    wire += rest.front();
    ++at;
  }
  if (!wire.ends_with(kSoh)) wire += kSoh;
}

bool check_sum_is_right(std::string_view wire) noexcept {
  const std::size_t at = wire.rfind(
      "\x01"
      "10=");
  if (at == std::string_view::npos) return false;
  return parse_digits(wire.substr(at + 4, wire.size() - at - 5)) == static_cast<std::int64_t>(byte_sum(wire.data(), at + 1));
}

}  // namespace

std::size_t escape_surplus(std::string_view text) noexcept {
  std::size_t surplus = 0;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    const Escape escape = escape_at(text.substr(at));
    surplus += escape.size == 0 ? 0 : escape.size - meant_size(escape);
    at += escape.size == 0 ? 1 : escape.size;
  }
  return surplus;
}

void to_wire(std::string_view message, const LogCut& cut, std::string& wire) {
  while (!message.empty() && (message.back() == '\r' || message.back() == '\n')) message.remove_suffix(1);
  const std::string_view separator = cut.separator;
  const bool spelled =
      separator.front() == kSoh || separator.size() > 3 || separator == "^A" || separator == "%01" || separator == "\xE2\x90\x81";
  // Our own log is the only one with escapes beside pipes; where its BodyLength(9) is of no help, a secret was masked.
  WireRules rules{true, cut.escaped || (separator == "|" && !cut.framed)};
  convert(message, separator, rules, wire);
  if (spelled || check_sum_is_right(wire)) return;
  rules.every_separator = false;
  convert(message, separator, rules, wire);
}

}  // namespace marginfix::fix::detail
