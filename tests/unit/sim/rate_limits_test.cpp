// Token buckets of the exchange's tiers.
#include <gtest/gtest.h>

#include "sim/exchange/rate_limits.hpp"

namespace marginfix::sim {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'800'000'000)};

int burst(RateLimits& limits, BucketKind kind, Timestamp now) {
  int n = 0;
  while (n < 100'000 && limits.charge(0, kind, kDefaultCost, now)) ++n;
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
  for (const Case& c : {Case{"basic", 40, 10}, Case{"advanced", 60, 60}, Case{"expert", 120, 120}, Case{"premier", 200, 200},
                        Case{"paragon", 400, 400}, Case{"prime", 800, 800}, Case{"prestige", 1'200, 1'600}, Case{"contract", 40, 80}}) {
    RateLimits limits(parse_rate_tier(c.name).value());
    EXPECT_EQ(burst(limits, BucketKind::Read, kNow), c.reads) << c.name;
    EXPECT_EQ(burst(limits, BucketKind::Write, kNow), c.writes) << c.name;
  }
  EXPECT_FALSE(parse_rate_tier("gold"));
  EXPECT_EQ(parse_rate_tier(""), RateTier::Contract);
}

TEST(SimRateLimits, SaysHowManySecondsUntilTheTokensAreThere) {
  RateLimits limits(RateTier::Basic);  // 100 write tokens, 100 a second
  burst(limits, BucketKind::Write, kNow);
  EXPECT_EQ(limits.seconds_until(0, BucketKind::Write, 10, kNow), 1);
  EXPECT_EQ(limits.seconds_until(0, BucketKind::Write, 100, kNow), 1);
  EXPECT_EQ(limits.seconds_until(0, BucketKind::Write, 101, kNow), 2);
  EXPECT_FALSE(limits.charge(0, BucketKind::Write, 100, kNow));
  EXPECT_TRUE(limits.charge(0, BucketKind::Write, 100, kNow + std::chrono::seconds(1)));
  EXPECT_EQ(RateLimits(RateTier::Unlimited).seconds_until(0, BucketKind::Read, 10, kNow), 1);
}

TEST(SimRateLimits, UnlimitedNeverRefuses) {
  RateLimits limits(RateTier::Unlimited);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow), 100'000);
}

TEST(SimRateLimits, AccountsAndKindsDoNotShareBuckets) {
  RateLimits limits(RateTier::Basic);
  EXPECT_EQ(burst(limits, BucketKind::Write, kNow), 10);
  EXPECT_TRUE(limits.charge(1, BucketKind::Write, kDefaultCost, kNow));
  EXPECT_TRUE(limits.charge(0, BucketKind::Read, kDefaultCost, kNow));
}

TEST(SimRateLimits, ClockGoingBackRefillsNothing) {
  RateLimits limits(RateTier::Basic);
  burst(limits, BucketKind::Write, kNow);
  EXPECT_FALSE(limits.charge(0, BucketKind::Write, kDefaultCost, kNow - std::chrono::hours(1)));
  EXPECT_EQ(limits.available(0, BucketKind::Write, kNow), 0);
}

TEST(SimRateLimits, OneMassCancelASecondAndKey) {
  RateLimits limits(RateTier::Unlimited);
  EXPECT_TRUE(limits.allow_mass_cancel(1, kNow));
  EXPECT_FALSE(limits.allow_mass_cancel(1, kNow + std::chrono::milliseconds(999)));
  EXPECT_TRUE(limits.allow_mass_cancel(2, kNow));
  EXPECT_TRUE(limits.allow_mass_cancel(1, kNow + std::chrono::seconds(1)));
}

}  // namespace
}  // namespace marginfix::sim
