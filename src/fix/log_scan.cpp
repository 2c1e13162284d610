#include "marginfix/fix/log_scan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace marginfix::fix {

namespace {

constexpr std::array<std::string_view, 4> kSeparators{"\x01", "|", "^A", "<SOH>"};

// The separator after "8=FIX..."; empty when none follows a version.
std::string_view separator_at(std::string_view text) {
  constexpr std::string_view kVersionChars = "FIXT.0123456789SP";
  const std::size_t end = text.find_first_not_of(kVersionChars, 2);
  if (end == std::string_view::npos) return {};
  for (const std::string_view separator : kSeparators)
    if (text.substr(end).starts_with(separator)) return separator;
  return {};
}

// Length of the message at the start of `text`: up to the separator after CheckSum(10), else to the end of the line.
std::size_t message_length(std::string_view text, std::string_view separator) {
  const std::string check_sum = fmt::format("{}10=", separator);
  const std::size_t next = std::min(text.find("8=FIX", 2), text.size());
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::size_t at = text.find(check_sum);
  if (at == std::string_view::npos || at >= next || (separator != "\x01" && at >= line)) return std::min(next, line);
  const std::size_t digits = at + check_sum.size();
  const std::size_t end = std::min(text.find_first_not_of("0123456789", digits), text.size());
  return text.substr(end).starts_with(separator) ? end + separator.size() : end;
}

std::string to_wire(std::string_view message, std::string_view separator) {
  while (!message.empty() && (message.back() == '\r' || message.back() == '\n')) message.remove_suffix(1);
  std::string wire;
  for (std::size_t at = 0; at < message.size();) {
    const bool here = message.substr(at).starts_with(separator);
    wire += here ? '\x01' : message[at];
    at += here ? separator.size() : 1;
  }
  if (!wire.ends_with('\x01')) wire += '\x01';
  return wire;
}

std::string_view line_prefix(std::string_view text, std::size_t at) {
  const std::size_t newline = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  std::string_view prefix = text.substr(start, at - start);
  while (!prefix.empty() && (prefix.back() == ' ' || prefix.back() == ':')) prefix.remove_suffix(1);
  return prefix.substr(0, std::min<std::size_t>(prefix.size(), 80));
}

}  // namespace

void for_each_log_message(std::string_view text, const std::function<void(const LogMessage&)>& visit) {
  std::size_t line = 1;
  std::size_t counted = 0;
  for (std::size_t at = text.find("8=FIX"); at != std::string_view::npos; at = text.find("8=FIX", at)) {
    const std::string_view separator = separator_at(text.substr(at));
    if (separator.empty()) {
      at += 2;
      continue;
    }
    line += static_cast<std::size_t>(
        std::count(text.begin() + static_cast<std::ptrdiff_t>(counted), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    counted = at;
    const std::size_t length = message_length(text.substr(at), separator);
    const std::string wire = to_wire(text.substr(at, length), separator);
    visit({line, line_prefix(text, at), wire});
    at += length;
  }
}

}  // namespace marginfix::fix
