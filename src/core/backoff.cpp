// Full-jitter backoff on a small seeded generator (splitmix64): the same waits on every platform for the same seed.
#include "marginfix/core/backoff.hpp"

#include <algorithm>
#include <random>

namespace marginfix {
namespace {

std::uint64_t seed_from_system() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) ^ device();
}

std::uint64_t next_random(std::uint64_t& state) noexcept {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

}  // namespace

std::chrono::milliseconds Backoff::next() {
  if (state_ == 0) state_ = seed_from_system();
  const std::int64_t cap = std::max<std::int64_t>(options_.cap.count(), 0);
  std::int64_t limit = std::clamp<std::int64_t>(options_.base.count(), 0, cap);
  for (unsigned i = 0; i < attempt_ && limit != 0 && limit < cap; ++i) limit = limit > cap / 2 ? cap : limit * 2;
  if (attempt_ < 1000U) ++attempt_;
  const auto range = static_cast<std::uint64_t>(limit) + 1;
  const auto wait = std::chrono::milliseconds{static_cast<std::int64_t>(next_random(state_) % range)};
  return std::max(wait, options_.least);
}

}  // namespace marginfix
