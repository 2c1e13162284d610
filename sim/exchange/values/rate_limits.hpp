// Token buckets of the exchange's accounts: one for reads, one for writes, and for creates and amends of markets on a shard above 0 one
// more each. Filled by WALL time (the trading clock of a test must not refill them), not part of the journal.
// Source: changes-2026-11.md D4; design.md "Further rules" (the contract's default).
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <tuple>

#include "sim/exchange/values/types.hpp"

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
inline constexpr std::int64_t kCancelCost = 1;  // cancels, decreases, cancel-all; always from the default write bucket

// What a request takes.
struct Spend {
  BucketKind kind{BucketKind::Read};
  std::int64_t cost{kDefaultCost};
  int shard{0};  // of an order's market; 0 = the default bucket
};

class RateLimits {
 public:
  explicit RateLimits(RateTier tier) : tier_(tier), shape_(shape_of(tier)) {}
  // Intervals are measured by this clock from now on, not by the times the methods are given: those follow whoever sets the wall clock.
  // It outlives the exchange.
  void use_clock(const Clock& clock) noexcept { clock_ = &clock; }
  // Takes the tokens if they are all there; false = refuse the message (380=8, HTTP 429).
  bool charge(AccountId account, const Spend& spend, Timestamp now);
  // One mass cancel a second and key.
  bool allow_mass_cancel(KeyNo key, Timestamp now);
  std::int64_t available(AccountId account, BucketKind kind, Timestamp now, int shard = 0);
  RateTier tier() const noexcept { return tier_; }
  const TierShape& shape() const noexcept { return shape_; }

 private:
  struct Bucket {
    std::int64_t micro_tokens{0};
    Timestamp filled{};
  };
  Bucket& bucket(AccountId account, BucketKind kind, int shard, Timestamp now);
  Timestamp time(Timestamp given) const { return clock_ != nullptr ? clock_->now() : given; }
  const Clock* clock_{nullptr};
  RateTier tier_;
  TierShape shape_;
  std::map<std::tuple<AccountId, BucketKind, int>, Bucket> buckets_;
  std::map<KeyNo, Timestamp> mass_cancels_;
};

}  // namespace marginfix::sim
