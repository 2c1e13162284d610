// SendingTime(52) as text for whoever writes frames, and back. Clean in C++14 and C++20. For everything else there is core/time.hpp.
#pragma once

#include <chrono>
#include <cstdint>

#include "marginfix/fix/slice.hpp"

namespace marginfix {
namespace fix {

// A moment as a UTCTimestamp; the part up to the second is kept between calls. One thread.
class TimeText {
 public:
  explicit TimeText(int digits) : digits_(digits) {}  // of the fraction: 0, 3 or 6
  Slice at(std::chrono::nanoseconds since_epoch);     // valid until the next call

 private:
  int digits_;
  std::int64_t second_ = -1;
  char text_[32] = {};
};

// Seconds since the epoch of a UTCTimestamp; false when it is none.
bool parse_utc_seconds(const Slice& text, std::int64_t* seconds);

}  // namespace fix
}  // namespace marginfix
