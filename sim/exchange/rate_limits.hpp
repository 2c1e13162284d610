// Token buckets of the exchange's accounts: one for reads, one for writes, filled by WALL time (the trading clock of a test must not
// refill them), not part of the journal. Source: fix-margin.md "Rate limits"; design.md "Further rules" (the contract's default).
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/exchange/types.hpp"

namespace marginfix::sim {

enum class RateTier : std::uint8_t {
  Contract = 0,  // 800 write tokens and 400 a second, 400 read tokens and 400 a second: what the simulator gives by default
  Basic,
  Advanced,
  Expert,
  Premier,
  Paragon,
  Prime,
  Prestige,
  Unlimited
};
// "basic", "premier", ..., "unlimited", "contract" (also ""); nothing for other names.
std::optional<RateTier> parse_rate_tier(std::string_view name);
std::string_view to_string(RateTier tier) noexcept;  // those names

struct BucketShape {
  std::int64_t capacity{0};
  std::int64_t refill_per_second{0};
};
struct TierShape {
  BucketShape read;
  BucketShape write;
  bool unlimited{false};
};
TierShape shape_of(RateTier tier) noexcept;

enum class BucketKind : std::uint8_t { Read = 0, Write = 1 };
inline constexpr std::int64_t kDefaultCost = 10;

class RateLimits {
 public:
  explicit RateLimits(RateTier tier) : tier_(tier), shape_(shape_of(tier)) {}
  // Takes the tokens if they are all there; false = refuse the message (380=8, HTTP 429). Time is wall time, never going back.
  bool charge(AccountId account, BucketKind kind, std::int64_t cost, Timestamp now);
  // One mass cancel a second and key.
  bool allow_mass_cancel(KeyNo key, Timestamp now);
  std::int64_t available(AccountId account, BucketKind kind, Timestamp now);
  // Whole seconds, at least 1, until so many tokens will be there (Retry-After).
  std::int64_t seconds_until(AccountId account, BucketKind kind, std::int64_t cost, Timestamp now);
  RateTier tier() const noexcept { return tier_; }
  const TierShape& shape() const noexcept { return shape_; }

 private:
  struct Bucket {
    std::int64_t micro_tokens{0};
    Timestamp filled{};
  };
  Bucket& bucket(AccountId account, BucketKind kind, Timestamp now);
  RateTier tier_;
  TierShape shape_;
  std::map<std::pair<AccountId, BucketKind>, Bucket> buckets_;
  std::map<KeyNo, Timestamp> mass_cancels_;
};

}  // namespace marginfix::sim
