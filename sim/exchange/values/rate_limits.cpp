// Token buckets in integers (micro-tokens), filled by wall time.
#include "sim/exchange/values/rate_limits.hpp"

#include <algorithm>

namespace marginfix::sim {
namespace {
constexpr std::int64_t kMicro = 1'000'000;
// Above Basic a write bucket holds three seconds' worth; a read bucket of perps holds one.
constexpr TierShape above_basic(std::int64_t read, std::int64_t write) { return {{read, read}, {3 * write, write}, false}; }

struct NamedTier {
  std::string_view name;
  RateTier tier;
  TierShape shape;
};
constexpr NamedTier kTiers[] = {
    {"contract", RateTier::Contract, {{400, 400}, {800, 400}, false}},
    {"basic", RateTier::Basic, {{400, 400}, {100, 100}, false}},  // as seen on perps (observed.md)
    {"advanced", RateTier::Advanced, above_basic(300, 300)},
    {"expert", RateTier::Expert, above_basic(600, 600)},
    {"premier", RateTier::Premier, above_basic(1'200, 1'200)},
    {"paragon", RateTier::Paragon, above_basic(2'400, 2'400)},
    {"prime", RateTier::Prime, above_basic(4'800, 4'800)},
    {"prestige", RateTier::Prestige, above_basic(12'000, 9'600)},
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

RateLimits::Bucket& RateLimits::bucket(AccountId account, BucketKind kind, int shard, Timestamp given) {
  const Timestamp now = time(given);
  const BucketShape& s = kind == BucketKind::Read ? shape_.read : shape_.write;
  auto [it, fresh] = buckets_.try_emplace({account, kind, kind == BucketKind::Write ? shard : 0});
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

bool RateLimits::charge(AccountId account, const Spend& spend, Timestamp now) {
  if (shape_.unlimited) return true;
  Bucket& b = bucket(account, spend.kind, spend.shard, now);
  if (b.micro_tokens < spend.cost * kMicro) return false;
  b.micro_tokens -= spend.cost * kMicro;
  return true;
}

std::int64_t RateLimits::available(AccountId account, BucketKind kind, Timestamp now, int shard) {
  return shape_.unlimited ? INT64_MAX : bucket(account, kind, shard, now).micro_tokens / kMicro;
}

bool RateLimits::allow_mass_cancel(KeyNo key, Timestamp given) {
  const Timestamp now = time(given);
  auto [it, fresh] = mass_cancels_.try_emplace(key, now);
  if (fresh) return true;
  if (now - it->second < std::chrono::seconds(1)) return false;
  it->second = now;
  return true;
}

}  // namespace marginfix::sim
