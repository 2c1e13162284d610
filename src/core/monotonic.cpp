// monotonic_time() as a Clock.
#include "marginfix/core/monotonic.hpp"

#include "marginfix/core/time.hpp"

namespace marginfix {
namespace {

class MonotonicClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::floor<std::chrono::microseconds>(monotonic_time())); }
};

}  // namespace

const Clock& monotonic_clock() noexcept {
  static const MonotonicClock clock;
  return clock;
}

}  // namespace marginfix
