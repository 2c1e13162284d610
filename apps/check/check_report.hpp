// The findings of `marginfix check`: one line each, in columns for people or as JSON, or all of them as the one line that Nagios and its
// like read; and whether anything is to be mended.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marginfix::apps {

// Plugins of monitoring: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
enum class MonitorState : std::uint8_t { ok, warning, critical, unknown };

// From when on an answer is slow; 0: never.
struct MonitorLimits {
  std::chrono::milliseconds warning{0}, critical{0};
};

class CheckReport {
 public:
  enum class Shown : std::uint8_t { lines, json, monitor };
  explicit CheckReport(Shown shown, MonitorLimits limits = {}) : shown_(shown), limits_(limits) {}

  void good(std::string_view door, std::string_view what, std::string_view text) { line("ok", door, what, text); }
  void note(std::string_view door, std::string_view what, std::string_view text) { line("note", door, what, text); }
  // Something to fix: the text says how.
  void bad(std::string_view door, std::string_view what, std::string_view text);
  // Theirs minus ours; `allowed` is how far apart the exchange lets the clocks be.
  void clock(std::string_view door, std::chrono::milliseconds difference, std::chrono::milliseconds allowed);
  // How long a door took to answer: for monitoring alone.
  void took(std::string_view door, std::chrono::milliseconds time);
  bool healthy() const noexcept { return healthy_; }

  // "MARGINFIX CRITICAL - KalshiNR logon: ... | KalshiNR_logon=12ms;200;1000 ..."
  MonitorState monitor_state() const;
  std::string monitor_line() const;
  bool monitoring() const noexcept { return shown_ == Shown::monitor; }

 private:
  void line(std::string_view verdict, std::string_view door, std::string_view what, std::string_view text);
  void figure(std::string_view door, std::string_view what, std::chrono::milliseconds value, bool limited);
  Shown shown_;
  MonitorLimits limits_;
  bool healthy_{true};
  std::size_t good_{0};
  std::vector<std::string> faults_, slow_, figures_;
  bool very_slow_{false};
};

}  // namespace marginfix::apps
