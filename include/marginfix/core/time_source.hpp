// Where a FIX session's time comes from. Clean in C++14 and C++20.
#pragma once

#include <chrono>

#include "marginfix/core/monotonic.hpp"

namespace marginfix {

// Every interval is measured by monotonic(); wall() is what SendingTime(52) says and what a daily reset goes by. Called from the session's
// thread.
class TimeSource {
 public:
  virtual ~TimeSource() = default;
  virtual std::chrono::nanoseconds monotonic() const = 0;  // only runs forward
  virtual std::chrono::nanoseconds wall() const = 0;       // since the epoch; somebody may set it at any moment
};

// monotonic() of `time`, or the machine's where there is none.
inline std::chrono::nanoseconds monotonic_of(const TimeSource* time) { return time != nullptr ? time->monotonic() : monotonic_time(); }

}  // namespace marginfix
