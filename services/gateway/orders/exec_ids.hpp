// ExecID(17) of what the gateway says by itself: unique for good, also over restarts. The exchange's own ids are passed on
// (desk_reports.cpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "marginfix/core/time.hpp"

namespace marginfix::gateway {

class ExecIds {
 public:
  // A process begins: its ids carry this moment, or a later one where the clock was set back since the process before.
  void begin(Timestamp now) {
    begun_ = std::max(begun_ + 1, now.time_since_epoch().count());
    count_ = 0;
  }
  std::string next() { return "G" + std::to_string(begun_) + "-" + std::to_string(++count_); }

 private:
  std::int64_t begun_{0};
  std::uint64_t count_{0};
};

}  // namespace marginfix::gateway
