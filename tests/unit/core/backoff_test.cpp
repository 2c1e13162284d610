// Full-jitter backoff: bounds of every wait, seeds, reset.
#include "marginfix/core/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace marginfix {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, nthWaitLiesBetweenLeastAndBaseDoubledNTimes) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Backoff backoff({500ms, 30'000ms, 100ms}, seed);
    std::chrono::milliseconds limit = 500ms;
    for (int n = 0; n < 20; ++n) {
      const auto wait = backoff.next();
      ASSERT_GE(wait, 100ms);
      ASSERT_LE(wait, limit);
      limit = std::min<std::chrono::milliseconds>(limit * 2, 30'000ms);
    }
    EXPECT_EQ(backoff.attempt(), 20U);
  }
}

TEST(Backoff, usesTheWholeRange) {
  std::chrono::milliseconds least = 30'000ms;
  std::chrono::milliseconds most = 0ms;
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    Backoff backoff({500ms, 30'000ms, 0ms}, seed);
    const auto wait = backoff.next();
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_LT(least, 25ms);
  EXPECT_GT(most, 475ms);
}

TEST(Backoff, sameSeedSameWaits) {
  Backoff a({}, 42);
  Backoff b({}, 42);
  Backoff c({}, 43);
  std::vector<std::chrono::milliseconds> of_a, of_b, of_c;
  for (int i = 0; i < 10; ++i) {
    of_a.push_back(a.next());
    of_b.push_back(b.next());
    of_c.push_back(c.next());
  }
  EXPECT_EQ(of_a, of_b);
  EXPECT_NE(of_a, of_c);
}

TEST(Backoff, twoUnseededOnesDiffer) {
  Backoff a({1h, 1h, 0ms});
  Backoff b({1h, 1h, 0ms});
  bool differ = false;
  for (int i = 0; i < 5; ++i) differ = a.next() != b.next() || differ;
  EXPECT_TRUE(differ);
}

TEST(Backoff, successStartsAtTheBaseAgain) {
  Backoff backoff({500ms, 30'000ms, 0ms}, 7);
  for (int i = 0; i < 10; ++i) backoff.next();
  backoff.reset();
  EXPECT_EQ(backoff.attempt(), 0U);
  EXPECT_LE(backoff.next(), 500ms);
}

TEST(Backoff, neverOverflowsNorGoesBelowZero) {
  Backoff huge({std::chrono::milliseconds::max(), std::chrono::milliseconds::max(), 0ms}, 1);
  for (int i = 0; i < 2'000; ++i) ASSERT_GE(huge.next(), 0ms);
  Backoff odd({-5ms, -7ms, 10ms}, 1);
  EXPECT_EQ(odd.next(), 10ms);
  Backoff none({0ms, 1'000ms, 0ms}, 1);
  EXPECT_EQ(none.next(), 0ms);
  EXPECT_EQ(none.next(), 0ms);
}

}  // namespace
}  // namespace marginfix
