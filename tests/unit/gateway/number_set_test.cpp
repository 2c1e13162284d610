#include "services/gateway/orders/number_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace marginfix::gateway {
namespace {

std::vector<std::uint64_t> numbers_of(const NumberSet& set) { return {set.begin(), set.end()}; }

TEST(NumberSet, IsASetInAscendingOrder) {
  std::mt19937 random(7);
  NumberSet set;
  std::set<std::uint64_t> expected;
  for (int step = 0; step < 20'000; ++step) {
    // As orders do: mostly beside the newest, now and then an old one.
    const std::uint64_t number = random() % 10 == 0 ? random() % 1'000'000 : static_cast<std::uint64_t>(step / 3) + random() % 200;
    if (random() % 2 == 0) {
      set.insert(number);
      expected.insert(number);
    } else {
      set.erase(number);
      expected.erase(number);
    }
    ASSERT_EQ(set.size(), expected.size());
    ASSERT_EQ(set.contains(number), expected.contains(number));
  }
  EXPECT_EQ(numbers_of(set), std::vector<std::uint64_t>(expected.begin(), expected.end()));
  for (const std::uint64_t number : expected) set.erase(number);
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set, NumberSet());
}

TEST(NumberSet, NeighboursAcrossAWordAreApart) {
  NumberSet set;
  for (const std::uint64_t number : {63, 64, 0, 127, 128}) set.insert(number);
  EXPECT_EQ(numbers_of(set), (std::vector<std::uint64_t>{0, 63, 64, 127, 128}));
  set.insert(64);
  set.erase(65);
  EXPECT_EQ(set.size(), 5U);
}

}  // namespace
}  // namespace marginfix::gateway
