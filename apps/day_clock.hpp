// Times in lines that follow each other: the time of day, with the date in front where it is not today's or another than the line before
// had.
#pragma once

#include <optional>
#include <string>

#include "marginfix/core/time.hpp"

namespace marginfix::apps {

class DayClock {
 public:
  explicit DayClock(Timestamp today) : day_(to_fix_utc(today, 0).substr(0, 8)), today_(day_) {}

  // "18:32:01.123", "2026-12-01 23:59:59.998"
  std::string text(const std::optional<Timestamp>& time) {
    if (!time) return "--:--:--.---";
    const std::string utc = to_fix_utc(*time, 3);
    const std::string day = utc.substr(0, 8);
    const bool dated = day != day_ || day != today_;
    day_ = day;
    std::string text = utc.substr(9);
    return dated ? day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6) + " " + text : text;
  }

 private:
  std::string day_, today_;
};

}  // namespace marginfix::apps
