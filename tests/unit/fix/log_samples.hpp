// Messages and logs for the tests of log reading.
#pragma once

#include <algorithm>
#include <random>
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

// A value of everything that logs, separators and escapes are made of.
inline std::string any_text(std::mt19937& random, bool soh) {
  const std::vector<std::string> pieces{"|",
                                        "\\",
                                        "\\x0a",
                                        "\\x5c",
                                        "\\u2028",
                                        "\n",
                                        "\r",
                                        "\t",
                                        "=",
                                        "8=FIX.4.4",
                                        "8=FIX.4.4|9=5|35=0|10=001|",
                                        "10=001",
                                        " ",
                                        "a",
                                        "\xff",
                                        "\xc3\xa9",
                                        "\xe2\x80\xa8",
                                        "\xc2\x85",
                                        "7",
                                        std::string(1, '\0'),
                                        "\x7f"};
  const std::vector<std::string> with_soh{"\x01",
                                          "\x01"
                                          "10=123\x01",
                                          "\x01"
                                          "8=FIX.4.4\x01"
                                          "9=5\x01"
                                          "35=0\x01"
                                          "10=161\x01",
                                          "\x01"
                                          "11=x"};
  std::string text;
  for (std::size_t n = random() % 12; n > 0; --n) {
    const std::size_t at = random() % (pieces.size() + (soh ? with_soh.size() : 0) + 1);
    if (at < pieces.size()) {
      text += pieces[at];
    } else if (at < pieces.size() + with_soh.size() && soh) {
      text += with_soh[at - pieces.size()];
    } else {
      const char byte = static_cast<char>(random() % 256);
      text += byte == '\x01' && !soh ? 'b' : byte;
    }
  }
  return text;
}

// A whole message with such values, one of them a data field.
inline std::string any_message(std::mt19937& random) {
  std::string data = any_text(random, true), body = "35=8|34=7|49=Kalshi|56=key|";
  std::ranges::replace(body, '|', '\x01');
  body += "58=" + any_text(random, false) + "\x01" + "354=" + std::to_string(data.size()) + "\x01" + "355=" + data + "\x01" +
          "11=" + any_text(random, false) + "\x01";
  const std::string open =
      "8=FIXT.1.1\x01"
      "9=" +
      std::to_string(body.size()) + "\x01" + body;
  unsigned sum = 0;
  for (const char c : open) sum += static_cast<unsigned char>(c);
  const std::string digits = std::to_string(1000 + sum % 256).substr(1);
  return open + "10=" + digits + "\x01";
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
