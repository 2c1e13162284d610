#include "apps/check/check_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/help/command_help.hpp"
#include "apps/output.hpp"
#include "apps/report_line.hpp"

namespace marginfix::apps {

namespace {
// What stands between blanks, '=', ';' and '|' of a monitor's line must be none of them.
std::string for_monitor(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c == '|' || c == '\n') c = ' ';
  }
  return out;
}
std::string label_of(std::string_view door, std::string_view what) {
  std::string label = fmt::format("{}_{}", door, what);
  for (char& c : label) {
    if (c == ' ' || c == '=' || c == '\'' || c == '|') c = '_';
  }
  return label;
}
}  // namespace

void CheckReport::bad(std::string_view door, std::string_view what, std::string_view text) {
  healthy_ = false;
  if (monitoring()) faults_.push_back(for_monitor(fmt::format("{} {}: {}", door, what, text)));
  line("FAIL", door, what, text);
}

void CheckReport::figure(std::string_view door, std::string_view what, std::chrono::milliseconds value, bool limited) {
  const auto limit = [&](std::chrono::milliseconds ms) { return limited && ms.count() > 0 ? std::to_string(ms.count()) : std::string(); };
  std::string text = fmt::format("{}={}ms;{};{}", label_of(door, what), value.count(), limit(limits_.warning), limit(limits_.critical));
  text.erase(text.find_last_not_of(';') + 1);
  figures_.push_back(std::move(text));
}

void CheckReport::took(std::string_view door, std::chrono::milliseconds time) {
  if (!monitoring()) return;
  figure(door, "answer", time, true);
  const bool critical = limits_.critical.count() > 0 && time >= limits_.critical;
  if (!critical && (limits_.warning.count() == 0 || time < limits_.warning)) return;
  very_slow_ = very_slow_ || critical;
  slow_.push_back(fmt::format("{} took {} ms", door, time.count()));
}

MonitorState CheckReport::monitor_state() const {
  if (!faults_.empty() || very_slow_) return MonitorState::critical;
  return slow_.empty() ? MonitorState::ok : MonitorState::warning;
}

std::string CheckReport::monitor_line() const {
  static constexpr std::string_view kWords[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  std::vector<std::string> said = faults_;
  said.insert(said.end(), slow_.begin(), slow_.end());
  if (said.empty()) said.push_back(fmt::format("{} checks passed", good_));
  const std::string figures = figures_.empty() ? "" : fmt::format(" | {}", fmt::join(figures_, " "));
  return fmt::format("MARGINFIX {} - {}{}", kWords[static_cast<std::size_t>(monitor_state())], fmt::join(said, "; "), figures);
}

void CheckReport::line(std::string_view verdict, std::string_view door, std::string_view what, std::string_view text) {
  if (verdict == "ok") ++good_;
  if (monitoring()) return;
  if (shown_ == Shown::json) {
    print_line(fmt::format(R"({{"verdict":{},"session":{},"check":{},"text":{}}})", json_string(verdict), json_string(door),
                           json_string(what), json_string(text)));
    return;
  }
  const Style style = verdict == "FAIL" ? Style::red : verdict == "ok" ? Style::green : Style::dim;
  constexpr std::size_t kColumn = 34, kNarrowest = 20;
  const std::size_t width = std::max(terminal_size().columns, kColumn + kNarrowest) - kColumn;
  const std::string lines = stdout_is_terminal() ? wrapped(text, width, kColumn) : std::string(text);
  const auto first = std::min(lines.find('\n'), lines.size());
  print_pieces({{fmt::format("{:<4}", verdict), style}, {fmt::format("  {:<18} {:<8} {}", door, what, lines.substr(0, first))}});
  if (first < lines.size()) print_lines(std::string_view(lines).substr(first + 1));
}

// Half of what is allowed is too near to it: clocks drift.
void CheckReport::clock(std::string_view door, std::chrono::milliseconds difference, std::chrono::milliseconds allowed) {
  const auto ms = difference.count();
  if (monitoring()) figure(door, "clock", difference, false);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(allowed).count();
  if (difference < allowed / 2 && difference > -allowed / 2) {
    return good(door, "clock", fmt::format("{} ms from the exchange's ({} s are allowed)", ms, seconds));
  }
  bad(door, "clock", fmt::format("{} ms from the exchange's: set the clock (chrony, ntpd) before it passes {} s", ms, seconds));
}

}  // namespace marginfix::apps
