// The lines of `marginfix check`: one a finding, in columns for people or as JSON, and whether anything is to be mended.
#pragma once

#include <chrono>
#include <string_view>

namespace marginfix::apps {

class CheckReport {
 public:
  explicit CheckReport(bool json) : json_(json) {}

  void good(std::string_view door, std::string_view what, std::string_view text) { line("ok", door, what, text); }
  void note(std::string_view door, std::string_view what, std::string_view text) { line("note", door, what, text); }
  // Something to fix: the text says how.
  void bad(std::string_view door, std::string_view what, std::string_view text) {
    healthy_ = false;
    line("FAIL", door, what, text);
  }
  // Theirs minus ours; `allowed` is how far apart the exchange lets the clocks be.
  void clock(std::string_view door, std::chrono::milliseconds difference, std::chrono::milliseconds allowed);
  bool healthy() const noexcept { return healthy_; }

 private:
  void line(std::string_view verdict, std::string_view door, std::string_view what, std::string_view text) const;
  bool json_;
  bool healthy_{true};
};

}  // namespace marginfix::apps
