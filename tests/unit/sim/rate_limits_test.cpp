// Token buckets of the exchange's tiers.
#include <gtest/gtest.h>

#include "sim/exchange/values/rate_limits.hpp"

namespace marginfix::sim {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'800'000'000)};

int burst(RateLimits& limits, BucketKind kind, Timestamp now) {
  int n = 0;
  while (n < 100'000 && limits.charge(0, {kind, kDefaultCost}, now)) ++n;
  return n;
}

TEST(SimRateLimits, ContractTierGivesEightyWritesAtOnceAndFortyASecond) {
  RateLimits limits(RateTier::Contract);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow), 80);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow + std::chrono::seconds(1)), 40);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow + std::chrono::hours(1)), 80);
  EXPECT_EQ(burst(limits, BucketKind::Read, kNow), 40);
}

TEST(SimRateLimits, EveryTierHoldsWhatIsDocumented) {
  struct Case {
    const char* name;
    int reads, writes;
  };
  for (const Case& c : {Case{"basic", 40, 10}, Case{"advanced", 30, 90}, Case{"expert", 60, 180}, Case{"premier", 120, 360},
                        Case{"paragon", 240, 720}, Case{"prime", 480, 1'440}, Case{"prestige", 1'200, 2'880}, Case{"contract", 40, 80}}) {
    RateLimits limits(parse_rate_tier(c.name).value());
    EXPECT_EQ(burst(limits, BucketKind::Read, kNow), c.reads) << c.name;
    EXPECT_EQ(burst(limits, BucketKind::Write, kNow), c.writes) << c.name;
  }
  EXPECT_FALSE(parse_rate_tier("gold"));
  EXPECT_EQ(parse_rate_tier(""), RateTier::Contract);
}

TEST(SimRateLimits, ARequestNeedsAllOfItsTokensAndGetsThemWithTime) {
  RateLimits limits(RateTier::Basic);  // 100 write tokens, 100 a second
  burst(limits, BucketKind::Write, kNow);
  EXPECT_FALSE(limits.charge(0, {BucketKind::Write, 100}, kNow + std::chrono::milliseconds(999)));
  EXPECT_TRUE(limits.charge(0, {BucketKind::Write, 100}, kNow + std::chrono::seconds(1)));
}

TEST(SimRateLimits, ACancelCostsOneToken) {
  RateLimits limits(RateTier::Basic);
  int n = 0;
  while (n < 1'000 && limits.charge(0, {BucketKind::Write, kCancelCost}, kNow)) ++n;
  EXPECT_EQ(n, 100);
}

TEST(SimRateLimits, EachShardHasTheWholeBudgetAndShardZeroIsTheDefault) {
  RateLimits limits(RateTier::Basic);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow), 10);
  EXPECT_FALSE(limits.charge(0, {BucketKind::Write, kDefaultCost, 0}, kNow));
  int n = 0;
  while (n < 1'000 && limits.charge(0, {BucketKind::Write, kDefaultCost, 2}, kNow)) ++n;
  EXPECT_EQ(n, 10);
  EXPECT_EQ(limits.available(0, BucketKind::Write, kNow, 1), 100) << "and the next one is full";
  EXPECT_EQ(burst(limits, BucketKind::Read, kNow), 40);
  EXPECT_FALSE(limits.charge(0, {BucketKind::Read, kDefaultCost, 2}, kNow)) << "reads know no shards";
}

TEST(SimRateLimits, UnlimitedNeverRefuses) {
  RateLimits limits(RateTier::Unlimited);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow), 100'000);
}

TEST(SimRateLimits, AccountsAndKindsDoNotShareBuckets) {
  RateLimits limits(RateTier::Basic);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow), 10);
  EXPECT_TRUE(limits.charge(1, {BucketKind::Write, kDefaultCost}, kNow));
  EXPECT_TRUE(limits.charge(0, {BucketKind::Read, kDefaultCost}, kNow));
}

TEST(SimRateLimits, ClockGoingBackRefillsNothing) {
  RateLimits limits(RateTier::Basic);
  burst(limits, BucketKind::Write, kNow);
  EXPECT_FALSE(limits.charge(0, {BucketKind::Write, kDefaultCost}, kNow - std::chrono::hours(1)));
  EXPECT_EQ(limits.available(0, BucketKind::Write, kNow), 0);
}

TEST(SimRateLimits, OneMassCancelASecondAndKey) {
  RateLimits limits(RateTier::Unlimited);
  EXPECT_TRUE(limits.allow_mass_cancel(1, kNow));
  EXPECT_FALSE(limits.allow_mass_cancel(1, kNow + std::chrono::milliseconds(999)));
  EXPECT_TRUE(limits.allow_mass_cancel(2, kNow));
  EXPECT_TRUE(limits.allow_mass_cancel(1, kNow + std::chrono::seconds(1)));
}

// The wall clock may be set while the exchange runs: a step back must not close the exchange for as long as it was.
TEST(SimRateLimits, IntervalsFollowTheClockTheyWereGiven) {
  struct StandingClock final : Clock {
    Timestamp now() const override { return at; }
    Timestamp at{std::chrono::seconds(1000)};
  } clock;
  RateLimits limits(RateTier::Contract);
  limits.use_clock(clock);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow), 80);
  EXPECT_TRUE(limits.allow_mass_cancel(1, kNow));
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow + std::chrono::hours(1)), 0);
  EXPECT_FALSE(limits.allow_mass_cancel(1, kNow + std::chrono::hours(1)));
  clock.at += std::chrono::seconds(1);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow - std::chrono::hours(1)), 40);
  EXPECT_TRUE(limits.allow_mass_cancel(1, kNow - std::chrono::hours(1)));
}

}  // namespace
}  // namespace marginfix::sim
