// Token buckets in integers (micro-tokens), filled by wall time.
#include "sim/exchange/rate_limits.hpp"

#include <algorithm>

namespace marginfix::sim {
namespace {
constexpr std::int64_t kMicro = 1'000'000;
// Above Basic a bucket holds two seconds' worth.
constexpr TierShape two_seconds(std::int64_t read, std::int64_t write) { return {{2 * read, read}, {2 * write, write}, false}; }

struct NamedTier {
  std::string_view name;
  RateTier tier;
  TierShape shape;
};
constexpr NamedTier kTiers[] = {
    {"contract", RateTier::Contract, {{400, 400}, {800, 400}, false}},
    {"basic", RateTier::Basic, {{400, 400}, {100, 100}, false}},  // as seen on perps (observed.md)
    {"advanced", RateTier::Advanced, two_seconds(300, 300)},
    {"expert", RateTier::Expert, two_seconds(600, 600)},
    {"premier", RateTier::Premier, two_seconds(1'000, 1'000)},
    {"paragon", RateTier::Paragon, two_seconds(2'000, 2'000)},
    {"prime", RateTier::Prime, two_seconds(4'000, 4'000)},
    {"prestige", RateTier::Prestige, two_seconds(6'000, 8'000)},
    {"unlimited", RateTier::Unlimited, {{0, 0}, {0, 0}, true}},
};
}  // namespace

std::optional<RateTier> parse_rate_tier(std::string_view name) {
  if (name.empty()) return RateTier::Contract;
  for (const NamedTier& t : kTiers) {
    if (t.name == name) return t.tier;
  }
  return std::nullopt;
}

std::string_view to_string(RateTier tier) noexcept {
  for (const NamedTier& t : kTiers) {
    if (t.tier == tier) return t.name;
  }
  return "";
}

TierShape shape_of(RateTier tier) noexcept {
  for (const NamedTier& t : kTiers) {
    if (t.tier == tier) return t.shape;
  }
  return kTiers[0].shape;
}

RateLimits::Bucket& RateLimits::bucket(AccountId account, BucketKind kind, Timestamp now) {
  const BucketShape& s = kind == BucketKind::Read ? shape_.read : shape_.write;
  auto [it, fresh] = buckets_.try_emplace({account, kind});
  Bucket& b = it->second;
  if (fresh) {
    b = {s.capacity * kMicro, now};
  } else if (now > b.filled) {
    const std::int64_t us = std::min<std::int64_t>((now - b.filled).count(), 3'600 * kMicro);
    b.micro_tokens = std::min(s.capacity * kMicro, b.micro_tokens + us * s.refill_per_second);
    b.filled = now;
  }
  return b;
}

bool RateLimits::charge(AccountId account, BucketKind kind, std::int64_t cost, Timestamp now) {
  if (shape_.unlimited) return true;
  Bucket& b = bucket(account, kind, now);
  if (b.micro_tokens < cost * kMicro) return false;
  b.micro_tokens -= cost * kMicro;
  return true;
}

std::int64_t RateLimits::available(AccountId account, BucketKind kind, Timestamp now) {
  return shape_.unlimited ? INT64_MAX : bucket(account, kind, now).micro_tokens / kMicro;
}

std::int64_t RateLimits::seconds_until(AccountId account, BucketKind kind, std::int64_t cost, Timestamp now) {
  const std::int64_t refill = (kind == BucketKind::Read ? shape_.read : shape_.write).refill_per_second;
  if (shape_.unlimited || refill <= 0) return 1;
  const std::int64_t missing = cost - available(account, kind, now);
  return std::max<std::int64_t>(1, (missing + refill - 1) / refill);
}

bool RateLimits::allow_mass_cancel(KeyNo key, Timestamp now) {
  auto [it, fresh] = mass_cancels_.try_emplace(key, now);
  if (fresh) return true;
  if (now - it->second < std::chrono::seconds(1)) return false;
  it->second = now;
  return true;
}

}  // namespace marginfix::sim
