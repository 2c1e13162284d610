// The promises: messages come in order, do not overlap, lie inside the log and on the line they say; what is told does not hang on how the
// log is cut into pieces; a good message on a line of its own is found whatever stands before it, or something was told as not read; the
// quick judge of the lint finds what the thorough one finds; printing never fails.
#include "fuzz/log_target.hpp"

#include <algorithm>
#include <string_view>

#include "fuzz/promise.hpp"
#include "golden/golden.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "marginfix/fix/lint.hpp"
#include "marginfix/fix/log_scan.hpp"
#include "marginfix/fix/printer.hpp"

namespace marginfix_tests {
namespace {

using namespace marginfix;

const fix::DictionaryPair& dictionaries() {
  static const fix::Dictionary session = *fix::Dictionary::parse(fix::embedded_session_dictionary(), "session");
  static const fix::Dictionary application = *fix::Dictionary::parse(fix::embedded_application_dictionary(), "application");
  static const fix::DictionaryPair pair{session, application};
  return pair;
}

struct Told {
  std::size_t line, offset;
  std::string text;  // the message, or why it was not read
  bool message, check_sum;
  bool operator==(const Told&) const = default;
};

// `piece_at(n)`: the size of the n-th piece.
template <class PieceAt>
std::vector<Told> scan(std::string_view log, PieceAt piece_at) {
  std::vector<Told> told;
  fix::LogScanner scanner(
      [&](const fix::LogMessage& found) {
        told.push_back({found.line, found.offset, std::string(found.message), true, found.check_sum});
        promise(found.prefix.size() <= 80, "a prefix is short");
      },
      [&](const fix::LogNotRead& gap) {
        told.push_back({gap.line, gap.offset, std::string(gap.reason), false, false});
      });
  for (std::size_t n = 0, at = 0; at < log.size(); ++n) {
    const std::size_t size = std::min(log.size() - at, piece_at(n));
    scanner.feed(log.substr(at, size));
    at += size;
  }
  scanner.finish();
  promise(scanner.messages() + scanner.not_read() == told.size(), "the counts are what was told");
  return told;
}

void judge_places(std::string_view log, const std::vector<Told>& told) {
  std::size_t least = 0;
  for (const Told& one : told) {
    promise(one.offset < log.size(), "what is told lies inside the log");
    promise(one.offset >= least, "in order, without overlap");
    least = one.offset + 1;
    const auto lines = std::count(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(one.offset), '\n');
    promise(one.line == static_cast<std::size_t>(lines) + 1, "the line is counted right");
    promise(one.message ? one.text.starts_with("8=") && one.text.ends_with('\x01') : !one.text.empty(), "SOH form, or a reason");
  }
}

void judge_messages(const std::vector<Told>& told) {
  for (const Told& one : told) {
    if (!one.message) continue;
    (void)fix::print_block(one.text);
    (void)fix::print_line(one.text, &dictionaries());
    (void)fix::to_json(one.text, &dictionaries());
    for (const auto& finding : fix::validate_logged({one.line, one.offset, {}, one.text, one.check_sum}, dictionaries()))
      promise(!to_string(finding).empty(), "a finding has words");
  }
}

void judge_lint(std::string_view log, const std::vector<Told>& told) {
  const auto lint = fix::lint_log(log, dictionaries());
  std::size_t messages = 0, refused = 0;
  for (const Told& one : told) {
    if (!one.message) continue;
    ++messages;
    if (!fix::validate_logged({one.line, one.offset, {}, one.text, one.check_sum}, dictionaries()).empty()) ++refused;
  }
  promise(lint.messages == messages && lint.not_read == told.size() - messages, "lint sees what the scanner sees");
  promise(lint.refused == refused, "the quick judge agrees with the thorough one");
}

void judge_last_line(std::string_view log) {
  static const std::string good = load_goldens().front().wire;
  const std::string followed = std::string(log) + "\n" + good + "\n";
  const auto told = scan(followed, [](std::size_t) { return std::size_t{1} << 20; });
  const bool found = !told.empty() && told.back().message && told.back().text.find(good) != std::string::npos;
  const bool gap = std::any_of(told.begin(), told.end(), [](const Told& one) { return !one.message; });
  promise(found || gap, "a good message on its own line is found, or a gap is told");
}

}  // namespace

int fuzz_log(const std::uint8_t* data, std::size_t size) {
  std::string log(size, '\0');
  for (std::size_t i = 0; i < size; ++i) log[i] = static_cast<char>(data[i]);
  const auto whole = scan(log, [&](std::size_t) { return log.size(); });
  promise(scan(log, [](std::size_t) { return std::size_t{1}; }) == whole, "byte by byte it is the same");
  promise(scan(log, [&](std::size_t n) { return std::size_t{1} + static_cast<std::uint8_t>(log[n % log.size()]); }) == whole,
          "in pieces of any size it is the same");
  judge_places(log, whole);
  judge_messages(whole);
  judge_lint(log, whole);
  judge_last_line(log);
  return static_cast<int>(std::count_if(whole.begin(), whole.end(), [](const Told& one) { return one.message; }));
}

std::vector<std::string> log_seeds() {
  std::vector<std::string> seeds;
  const auto goldens = load_goldens();
  const auto written = [](std::string_view wire, std::string_view separator) {
    std::string text;
    for (const char c : wire) c == '\x01' ? text += separator : text += c;
    return text;
  };
  for (const std::string_view separator : {"\x01", "|", " | ", ";", "^A", "<SOH>", "\\x01", "\\u0001", "\t"}) {
    std::string log, one_line;
    for (const auto& golden : goldens) {
      if (golden.wire.size() > 400) continue;
      const std::string text = written(golden.wire, separator);
      if (log.size() < 3'000) log += "20261001-14:30:00.123 : " + text + "\n";
      if (one_line.size() < 2'000) one_line += text;
      if (separator == "\x01") seeds.push_back("I: " + text + "\n");
    }
    seeds.push_back(log);
    seeds.push_back(one_line);
    seeds.push_back(log + one_line);
  }
  return seeds;
}

}  // namespace marginfix_tests
