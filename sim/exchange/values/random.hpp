// The simulator's random numbers: SplitMix64, whose whole state is one integer that a snapshot can hold. Integers only.
#pragma once

#include <cstdint>

namespace marginfix::sim {

constexpr std::uint64_t mix64(std::uint64_t z) noexcept {
  z += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed = 0) noexcept : state_(seed) {}
  constexpr std::uint64_t next() noexcept {
    const std::uint64_t out = mix64(state_);
    state_ += 0x9E3779B97F4A7C15ULL;
    return out;
  }
  // Uniform enough in [0, n); n > 0.
  constexpr std::uint64_t below(std::uint64_t n) noexcept { return next() % n; }
  // In [low, high], both inclusive.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  constexpr std::uint64_t& state() noexcept { return state_; }

 private:
  std::uint64_t state_;
};

}  // namespace marginfix::sim
