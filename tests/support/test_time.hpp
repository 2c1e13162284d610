// Clocks that a test moves.
#pragma once

#include <chrono>

#include "marginfix/core/time_source.hpp"

namespace marginfix::test {

// Time that stands still until a test moves it. The two clocks move apart when somebody sets the wall clock.
class ManualTime final : public TimeSource {
 public:
  std::chrono::nanoseconds monotonic() const override { return monotonic_; }
  std::chrono::nanoseconds wall() const override { return wall_; }
  void pass(std::chrono::nanoseconds time) { monotonic_ += time, wall_ += time; }
  void set_wall(std::chrono::seconds by) { wall_ += by; }

 private:
  std::chrono::nanoseconds monotonic_{std::chrono::hours(5)};
  std::chrono::nanoseconds wall_{std::chrono::seconds(1795000000)};
};

// The machine's clocks, ahead by as much as a test says.
class AheadTime final : public TimeSource {
 public:
  std::chrono::nanoseconds monotonic() const override { return monotonic_time() + monotonic_by_; }
  std::chrono::nanoseconds wall() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()) + wall_by_;
  }
  void pass(std::chrono::nanoseconds time) { monotonic_by_ += time, wall_by_ += time; }
  void set_wall(std::chrono::nanoseconds by) { wall_by_ += by; }

 private:
  std::chrono::nanoseconds monotonic_by_{0}, wall_by_{0};
};

}  // namespace marginfix::test
