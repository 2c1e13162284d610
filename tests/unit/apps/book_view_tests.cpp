// The ladder a person sees.
#include "apps/book_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marginfix::apps {
namespace {

BookLevel level(std::string_view price, int size) { return {DollarDecimal::parse(price).value(), FixedPointCount::whole(size)}; }

TEST(Ladder, best_levels_are_on_top_and_bars_grow_with_size) {
  OrderBook book("A");
  const std::vector<BookLevel> bids{level("1.0000", 10), level("0.9000", 40)}, asks{level("1.1000", 20)};
  book.apply_snapshot(bids, asks, Timestamp{});
  const auto lines = ladder("A", book, 5);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "A  spread 0.1000");
  EXPECT_THAT(lines[1], testing::AllOf(testing::HasSubstr("### "), testing::HasSubstr("1.0000 | 1.1000"), testing::HasSubstr("######")));
  EXPECT_THAT(lines[2], testing::StartsWith("############ "));
}

TEST(Ladder, a_stale_book_shows_no_prices) {
  OrderBook book("A");
  EXPECT_EQ(ladder("A", book, 5), std::vector<std::string>{"A  stale: " + std::string(to_string(StaleReason::no_snapshot))});
}

TEST(Ladder, fits_a_terminal_of_80_columns) {
  OrderBook book("A");
  const std::vector<BookLevel> bids{level("12345.6789", 1'000'000)}, asks{level("12345.6790", 1'000'000)};
  book.apply_snapshot(bids, asks, Timestamp{});
  for (const std::string& line : ladder("A", book, 5)) EXPECT_LE(line.size(), 79U) << line;
}

TEST(Screen, is_redrawn_in_place_without_wrapping_or_scrolling) {
  const std::vector<std::string_view> lines{"a long line", "b", "does not fit"};
  EXPECT_EQ(screen_of(lines, {2, 6}), "\033[Ha long\033[K\r\nb\033[K\033[J");
}

TEST(Ladder, a_book_with_one_side) {
  OrderBook book("A");
  const std::vector<BookLevel> bids{level("1.0000", 10)};
  book.apply_snapshot(bids, {}, Timestamp{});
  const auto lines = ladder("A", book, 5);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "A  one side empty");
}

}  // namespace
}  // namespace marginfix::apps
