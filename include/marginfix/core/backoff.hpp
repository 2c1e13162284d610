// Full-jitter exponential backoff: the n-th wait is uniform in [0, min(cap, base * 2^n)], never under `least`.
#pragma once

#include <chrono>
#include <cstdint>

namespace marginfix {

struct BackoffOptions {
  std::chrono::milliseconds base{500};
  std::chrono::milliseconds cap{30'000};
  std::chrono::milliseconds least{100};
};

// Not thread-safe: one per connection. Seeded, so tests are deterministic.
class Backoff {
 public:
  // Seed 0: from the operating system, which is asked (a slow matter) with the first wait only: a REST call makes one and rarely waits.
  explicit Backoff(BackoffOptions options = {}, std::uint64_t seed = 0) noexcept : options_(options), state_(seed) {}
  std::chrono::milliseconds next();
  // After success: the next failure starts at `base` again.
  void reset() noexcept { attempt_ = 0; }
  unsigned attempt() const noexcept { return attempt_; }

 private:
  BackoffOptions options_;
  unsigned attempt_{0};
  std::uint64_t state_;
};

}  // namespace marginfix
