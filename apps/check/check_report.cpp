#include "apps/check/check_report.hpp"

#include <fmt/format.h>

#include "apps/output.hpp"
#include "apps/report_line.hpp"

namespace marginfix::apps {

void CheckReport::line(std::string_view verdict, std::string_view door, std::string_view what, std::string_view text) const {
  if (json_) {
    print_line(fmt::format(R"({{"verdict":{},"session":{},"check":{},"text":{}}})", json_string(verdict), json_string(door),
                           json_string(what), json_string(text)));
    return;
  }
  const Style style = verdict == "FAIL" ? Style::red : verdict == "ok" ? Style::green : Style::dim;
  const std::string rest = fmt::format("  {:<18} {:<8} {}", door, what, text);
  print_pieces({{fmt::format("{:<4}", verdict), style}, {rest}});
}

// Half of what is allowed is too near to it: clocks drift.
void CheckReport::clock(std::string_view door, std::chrono::milliseconds difference, std::chrono::milliseconds allowed) {
  const auto ms = difference.count();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(allowed).count();
  if (difference < allowed / 2 && difference > -allowed / 2) {
    return good(door, "clock", fmt::format("{} ms from the exchange's ({} s are allowed)", ms, seconds));
  }
  bad(door, "clock", fmt::format("{} ms from the exchange's: set the clock (chrony, ntpd) before it passes {} s", ms, seconds));
}

}  // namespace marginfix::apps
