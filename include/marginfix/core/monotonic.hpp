// The clock intervals are measured by: it only runs forward, and setting the machine's time does not move it. It counts on while the
// machine sleeps, so that what was sent before is old afterwards. Clean in C++14 and C++20.
#pragma once

#include <time.h>

#include <chrono>

namespace marginfix {

// Since some moment in the past (on Linux: since the machine started).
inline std::chrono::nanoseconds monotonic_time() noexcept {
  timespec ts;
#ifdef CLOCK_BOOTTIME
  clock_gettime(CLOCK_BOOTTIME, &ts);
#else
  clock_gettime(CLOCK_MONOTONIC, &ts);
#endif
  return std::chrono::seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec);
}

class Clock;
// monotonic_time() as a Clock: its Timestamps can be compared with each other, not with those of system_clock().
const Clock& monotonic_clock() noexcept;

}  // namespace marginfix
