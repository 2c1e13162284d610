// Messages and logs for the tests of log reading.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "golden/golden.hpp"
#include "marginfix/fix/log_scan.hpp"

namespace marginfix_tests {

// "8=FIX.4.4|35=D|...|" in wire form: 9 put in, 10 put behind, both right.
inline std::string framed(const std::string& pipes) {
  const std::string open = to_soh(pipes);
  const std::size_t body = open.find('\x01') + 1;
  const std::string head = open.substr(0, body) + "9=" + std::to_string(open.size() - body) + '\x01' + open.substr(body);
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  char digits[4];
  std::snprintf(digits, sizeof digits, "%03u", sum % 256);
  return head + "10=" + digits + '\x01';
}

// The message with another BodyLength(9) and the CheckSum(10) that goes with it.
inline std::string with_body_length(std::string wire, const std::string& length) {
  const std::size_t nine = wire.find('\x01') + 3;
  wire.replace(nine, wire.find('\x01', nine) - nine, length);
  const std::size_t sum = wire.size() - 4;
  return wire.replace(sum, 3, golden_detail::check_sum(wire).substr(0, 3));
}

// SOH spelled otherwise.
inline std::string spelled(const std::string& wire, std::string_view separator) {
  std::string out;
  for (const char c : wire) c == '\x01' ? out += separator : out += c;
  return out;
}

struct ReadLog {
  std::vector<std::string> messages;
  std::vector<std::string> prefixes;
  std::vector<std::size_t> lines;
  std::vector<std::size_t> offsets;
  std::vector<bool> check_sums;
  std::vector<std::string> not_read;
  bool operator==(const ReadLog&) const = default;
};

// Feeds `log` in pieces of `piece` bytes.
inline ReadLog read_log(std::string_view log, std::size_t piece = std::string_view::npos) {
  ReadLog read;
  marginfix::fix::LogScanner scanner(
      [&](const marginfix::fix::LogMessage& found) {
        read.messages.emplace_back(found.message);
        read.prefixes.emplace_back(found.prefix);
        read.lines.push_back(found.line);
        read.offsets.push_back(found.offset);
        read.check_sums.push_back(found.check_sum);
      },
      [&](const marginfix::fix::LogNotRead& gap) { read.not_read.push_back(to_string(gap)); });
  for (std::size_t at = 0; at < log.size(); at += std::min(piece, log.size() - at)) scanner.feed(log.substr(at, piece));
  scanner.finish();
  return read;
}

}  // namespace marginfix_tests
