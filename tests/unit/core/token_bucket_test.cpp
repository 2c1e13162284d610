// Token bucket on virtual time.
#include "marginfix/core/token_bucket.hpp"
#include "marginfix/core/account_limits.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

#include "marginfix/core/account_limits.hpp"

namespace marginfix {
namespace {

using namespace std::chrono_literals;

const Timestamp kStart = from_epoch_seconds(1'795'372'321);

TEST(TokenBucket, startsFullAndRefillsAtItsRate) {
  TokenBucket bucket({200, 100, 0}, kStart);
  EXPECT_EQ(bucket.available(kStart), 200);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(bucket.try_take(10, kStart));
  EXPECT_FALSE(bucket.try_take(10, kStart));
  EXPECT_EQ(bucket.time_until(10, kStart), 100ms);
  EXPECT_FALSE(bucket.try_take(10, kStart + 99'999us));
  EXPECT_TRUE(bucket.try_take(10, kStart + 100ms));
  EXPECT_EQ(bucket.available(kStart + 100ms), 0);
  EXPECT_EQ(bucket.available(kStart + 1h), 200) << "never above its capacity";
}

TEST(TokenBucket, takesExactlyItsRateOverALongTime) {
  TokenBucket bucket({10, 333, 0}, kStart);
  std::int64_t taken = 0;
  for (Timestamp now = kStart; now < kStart + 100s; now += 777us) {
    while (bucket.try_take(1, now)) ++taken;
  }
  EXPECT_GE(taken, 10 + 33'299);
  EXPECT_LE(taken, 10 + 33'300);
}

TEST(TokenBucket, cancelsMayOverdrawTheReserveAndTheDebtIsPaidBack) {
  TokenBucket bucket({100, 100, 30}, kStart);
  EXPECT_TRUE(bucket.try_take(100, kStart));
  EXPECT_FALSE(bucket.try_take(10, kStart));
  EXPECT_TRUE(bucket.try_take(10, kStart, true));
  EXPECT_TRUE(bucket.try_take(20, kStart, true));
  EXPECT_FALSE(bucket.try_take(1, kStart, true));
  EXPECT_EQ(bucket.available(kStart), -30);
  EXPECT_EQ(bucket.time_until(10, kStart), 400ms);
  EXPECT_EQ(bucket.time_until(10, kStart, true), 100ms);
  EXPECT_FALSE(bucket.try_take(10, kStart + 399ms));
  EXPECT_TRUE(bucket.try_take(10, kStart + 400ms));
}

TEST(TokenBucket, unlimitedNeverSaysNo) {
  TokenBucket bucket({0, 0, 0}, kStart);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(bucket.try_take(1'000'000, kStart));
  EXPECT_EQ(bucket.time_until(1'000'000, kStart), 0us);
  EXPECT_EQ(bucket.available(kStart), std::numeric_limits<std::int64_t>::max());
}

TEST(TokenBucket, aCostAboveCapacityIsNeverReached) {
  TokenBucket bucket({100, 100, 20}, kStart);
  EXPECT_EQ(bucket.time_until(101, kStart), std::chrono::microseconds::max());
  EXPECT_EQ(bucket.time_until(120, kStart, true), 0us);
  EXPECT_EQ(bucket.time_until(121, kStart, true), std::chrono::microseconds::max());
  TokenBucket dry({5, 0, 0}, kStart);
  EXPECT_TRUE(dry.try_take(5, kStart));
  EXPECT_EQ(dry.time_until(1, kStart + 24h), std::chrono::microseconds::max());
}

TEST(TokenBucket, waitingAsLongAsToldIsEnoughAndOneMicrosecondLessIsNot) {
  for (const std::int64_t rate : {1, 3, 7, 100, 333, 4000, 999'983}) {
    TokenBucket bucket({1000, rate, 0}, kStart);
    ASSERT_TRUE(bucket.try_take(1000, kStart));
    const auto wait = bucket.time_until(10, kStart);
    EXPECT_FALSE(bucket.try_take(10, kStart + wait - 1us)) << rate;
    EXPECT_TRUE(bucket.try_take(10, kStart + wait)) << rate;
  }
}

TEST(TokenBucket, followsWhatTheExchangeReports) {
  TokenBucket bucket({200, 100, 0}, kStart);
  bucket.set_available(0, kStart);
  EXPECT_FALSE(bucket.try_take(1, kStart));
  EXPECT_EQ(bucket.available(kStart + 1s), 100);
  bucket.set_available(10'000, kStart + 1s);
  EXPECT_EQ(bucket.available(kStart + 1s), 200);
  bucket.set_available(-50, kStart + 1s);
  EXPECT_EQ(bucket.available(kStart + 1s), -50);
}

TEST(TokenBucket, reconfigurationKeepsTheLevelWithinTheNewCapacity) {
  TokenBucket bucket({200, 100, 0}, kStart);
  ASSERT_TRUE(bucket.try_take(150, kStart));
  bucket.reconfigure({1000, 500, 0}, kStart);
  EXPECT_EQ(bucket.available(kStart), 50);
  EXPECT_EQ(bucket.available(kStart + 1s), 550);
  bucket.reconfigure({20, 10, 0}, kStart + 1s);
  EXPECT_EQ(bucket.available(kStart + 1s), 20);
  bucket.reconfigure({0, 0, 0}, kStart + 1s);
  EXPECT_TRUE(bucket.try_take(1'000'000, kStart + 1s));
  bucket.reconfigure({30, 10, 5}, kStart + 1s);
  EXPECT_EQ(bucket.available(kStart + 1s), 30);
  EXPECT_EQ(bucket.options().reserve, 5);
}

TEST(TokenBucket, aLittleOldTimeEarnsNothingAndAClockSetBackDoesNotStopTheRefill) {
  TokenBucket bucket({100, 100, 0}, kStart);
  ASSERT_TRUE(bucket.try_take(100, kStart));
  EXPECT_EQ(bucket.available(kStart - 10ms), 0);
  EXPECT_EQ(bucket.available(kStart), 0) << "the 10 ms are not counted twice";
  EXPECT_EQ(bucket.available(kStart - 1h), 0);
  EXPECT_EQ(bucket.available(kStart - 1h + 500ms), 50);
}

TEST(TokenBucket, survivesExtremeNumbers) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  TokenBucket bucket({kMost, kMost, kMost}, kStart);
  EXPECT_TRUE(bucket.try_take(1'000'000, kStart));
  EXPECT_TRUE(bucket.try_take(1, Timestamp::max()));
  EXPECT_TRUE(bucket.try_take(0, kStart));
  EXPECT_TRUE(bucket.try_take(-5, kStart));
}

TEST(TokenBucket, threadsNeverTakeMoreThanThereIs) {
  TokenBucket bucket({10'000, 1, 0}, kStart);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) taken += bucket.try_take(1, kStart) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 10'000);
}

TEST(AccountLimits, CostsAreByKindAndFollowWhatTheExchangeSays) {
  AccountLimits limits(RateLimitOptions{}, kStart);
  EXPECT_EQ(limits.cost(RequestKind::cancel), 1);
  EXPECT_EQ(limits.cost(RequestKind::order), 10);
  EXPECT_EQ(limits.cost(RequestKind::read), 10);
  limits.set_costs({12, 2});
  EXPECT_EQ(limits.cost(RequestKind::cancel), 2);
  EXPECT_EQ(limits.cost(RequestKind::write), 12);
  limits.set_costs({0, -1});
  EXPECT_EQ(limits.cost(RequestKind::cancel), 2) << "no cost is ignored";
}

TEST(AccountLimits, OrdersOfAShardSpendItsBucketAndEverythingElseTheDefault) {
  RateLimitOptions options;
  options.write = {100, 10, 0};
  AccountLimits limits(options, kStart);
  limits.set_shard("ZERO", 0, kStart);
  EXPECT_FALSE(limits.sharded());
  limits.set_shard("ONE", 1, kStart);
  limits.set_shard("AWAY", -1, kStart);
  limits.set_shard("AWAY", 5'000, kStart);
  TokenBucket& one = limits.bucket(RequestKind::order, "ONE");
  EXPECT_NE(&one, &limits.write());
  for (const char* ticker : {"ZERO", "AWAY", "", "UNKNOWN"})
    EXPECT_EQ(&limits.bucket(RequestKind::order, ticker), &limits.write()) << ticker;
  EXPECT_EQ(&limits.bucket(RequestKind::cancel, "ONE"), &limits.write());
  EXPECT_EQ(&limits.bucket(RequestKind::write, "ONE"), &limits.write());
  EXPECT_EQ(&limits.bucket(RequestKind::read, "ONE"), &limits.read());
  limits.follow({40, 40, 0}, {300, 100, 0}, kStart);
  EXPECT_EQ(one.options().capacity, 300) << "each shard has the whole budget of the tier";
  EXPECT_EQ(limits.write().options().refill_per_second, 100);
  EXPECT_EQ(limits.read().options().capacity, 40);
  limits.follow({0, 0, 0}, {-1, 5, 0}, kStart);
  EXPECT_EQ(limits.write().options().capacity, 300) << "no number is no news";
  limits.set_shard("ONE", 0, kStart);
  EXPECT_EQ(&limits.bucket(RequestKind::order, "ONE"), &limits.write()) << "a market may move";
}

}  // namespace
}  // namespace marginfix
