// Token bucket in millionths of a token: tokens a second times microseconds is exact, so nothing drifts.
#include "marginfix/core/token_bucket.hpp"

#include <algorithm>
#include <limits>

namespace marginfix {
namespace {

constexpr std::int64_t kMicro = 1'000'000;
// Threads read the clock before they take the lock, so a slightly older time is normal; a larger step back is the wall clock being set.
constexpr std::chrono::microseconds kClockStep{std::chrono::seconds{1}};

std::int64_t micro(std::int64_t tokens) noexcept {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / kMicro / 4;
  return std::clamp(tokens, -kMost, kMost) * kMicro;
}

}  // namespace

TokenBucket::TokenBucket(TokenBucketOptions options, Timestamp now)
    : options_(options), micro_tokens_(micro(options.capacity)), last_(now) {}

void TokenBucket::refill(Timestamp now) const {
  const auto elapsed = now - last_;
  if (elapsed.count() <= 0) {
    if (-elapsed > kClockStep) last_ = now;
    return;
  }
  last_ = now;
  const std::int64_t room = micro(options_.capacity) - micro_tokens_;
  const std::int64_t rate = options_.refill_per_second;
  if (rate <= 0 || room <= 0) return;
  micro_tokens_ += elapsed.count() > room / rate ? room : elapsed.count() * rate;
}

bool TokenBucket::try_take(std::int64_t cost, Timestamp now, bool priority) {
  const std::lock_guard lock(mutex_);
  if (options_.unlimited() || cost <= 0) return true;
  refill(now);
  const std::int64_t floor = priority ? -micro(options_.reserve) : 0;
  if (micro_tokens_ - micro(cost) < floor) return false;
  micro_tokens_ -= micro(cost);
  return true;
}

std::chrono::microseconds TokenBucket::time_until(std::int64_t cost, Timestamp now, bool priority) const {
  const std::lock_guard lock(mutex_);
  if (options_.unlimited() || cost <= 0) return std::chrono::microseconds{0};
  refill(now);
  const std::int64_t floor = priority ? -micro(options_.reserve) : 0;
  const std::int64_t missing = floor + micro(cost) - micro_tokens_;
  if (missing <= 0) return std::chrono::microseconds{0};
  if (options_.refill_per_second <= 0 || floor + micro(cost) > micro(options_.capacity)) return std::chrono::microseconds::max();
  return std::chrono::microseconds{(missing + options_.refill_per_second - 1) / options_.refill_per_second};
}

void TokenBucket::set_available(std::int64_t tokens, Timestamp now) {
  const std::lock_guard lock(mutex_);
  refill(now);
  micro_tokens_ = std::min(micro(tokens), micro(options_.capacity));
}

void TokenBucket::reconfigure(TokenBucketOptions options, Timestamp now) {
  const std::lock_guard lock(mutex_);
  refill(now);
  micro_tokens_ = options_.unlimited() ? micro(options.capacity) : std::min(micro_tokens_, micro(options.capacity));
  options_ = options;
}

std::int64_t TokenBucket::available(Timestamp now) const {
  const std::lock_guard lock(mutex_);
  if (options_.unlimited()) return std::numeric_limits<std::int64_t>::max();
  refill(now);
  return micro_tokens_ >= 0 ? micro_tokens_ / kMicro : -((-micro_tokens_ + kMicro - 1) / kMicro);
}

TokenBucketOptions TokenBucket::options() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

}  // namespace marginfix
