// The ladder a person sees.
#include "apps/market_screen.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
  EXPECT_THAT(lines[2], testing::StartsWith("############"));
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
  const std::vector<StyledLine> lines{{{"a long line"}}, {{"b"}}, {{"does not fit"}}};
  EXPECT_EQ(screen_of(lines, {2, 6}, true), "\033[Ha long\033[K\r\nb\033[K\033[J");
}

TEST(Screen, has_colours_where_they_are_wanted_and_cuts_text_not_codes) {
  const std::vector<StyledLine> lines{{{"ab", Style::green}, {"cd", Style::red}}};
  EXPECT_EQ(screen_of(lines, {2, 3}, true), "\033[H\033[32mab\033[0m\033[31mc\033[0m\033[K\033[J");
  EXPECT_EQ(screen_of(lines, {2, 3}, false), "\033[Habc\033[K\033[J");
}

std::vector<BookPicture> pictures(std::size_t count, std::size_t levels) {
  std::vector<BookPicture> books;
  for (std::size_t i = 0; i < count; ++i) {
    OrderBook book("KXBTCPERP");
    std::vector<BookLevel> bids, asks;
    for (std::size_t l = 0; l < levels; ++l) {
      bids.push_back({DollarDecimal::parse(fmt::format("6.{:04}", 2000 - l)).value(), FixedPointCount::whole(100 + static_cast<int>(l))});
      asks.push_back({DollarDecimal::parse(fmt::format("6.{:04}", 2001 + l)).value(), FixedPointCount::whole(200 + static_cast<int>(l))});
    }
    book.apply_snapshot(bids, asks, Timestamp{});
    books.push_back(picture_of(fmt::format("KXBOOK{}PERP", i), book, levels));
  }
  return books;
}

std::string text_of(const StyledLine& line) {
  std::string text;
  for (const StyledText& part : line) text += part.text;
  return text;
}

std::size_t lines_with(const std::vector<StyledLine>& lines, std::string_view word) {
  return static_cast<std::size_t>(
      std::ranges::count_if(lines, [&](const StyledLine& line) { return text_of(line).find(word) != std::string::npos; }));
}

TEST(MarketScreen, fits_every_size_and_never_loses_one_side) {
  for (const std::size_t count : {1U, 2U, 3U, 5U}) {
    MarketPicture picture{pictures(count, 10), {"a trade", "another"}, "KalshiMD: active", false};
    for (std::size_t rows = 1; rows <= 60; rows += rows < 12 ? 1 : 7) {
      for (std::size_t columns = 10; columns <= 200; columns += columns < 50 ? 1 : 13) {
        const auto lines = market_screen(picture, {rows, columns});
        ASSERT_LE(lines.size(), rows) << columns;
        // The best bid and the best ask of a book are both there, whole, or neither is.
        std::string shown;
        for (const StyledLine& line : lines) shown += text_of(line).substr(0, columns) + "\n";
        const auto times = [&](std::string_view price) {
          std::size_t n = 0;
          for (auto at = shown.find(price); at != std::string::npos; at = shown.find(price, at + 1)) ++n;
          return n;
        };
        ASSERT_EQ(times("6.2000"), times("6.2001")) << count << " books, " << rows << " x " << columns << "\n" << shown;
      }
    }
  }
}

TEST(MarketScreen, says_how_many_books_do_not_fit) {
  const MarketPicture picture{pictures(5, 10), {}, "KalshiMD: active", false};
  const auto lines = market_screen(picture, {7, 40});
  EXPECT_EQ(lines_with(lines, "PERP"), 3U);
  EXPECT_THAT(text_of(lines.back()), testing::AllOf(testing::HasSubstr("KalshiMD: active"), testing::HasSubstr("2 more do not fit")));
  EXPECT_THAT(text_of(market_screen(picture, {40, 120}).back()), testing::Not(testing::HasSubstr("do not fit")));
}

TEST(MarketScreen, puts_books_beside_each_other_where_that_shows_more) {
  const MarketPicture picture{pictures(2, 10), {}, "", false};
  EXPECT_EQ(lines_with(market_screen(picture, {14, 120}), "KXBOOK0PERP"), 1U);
  EXPECT_THAT(text_of(market_screen(picture, {14, 120})[0]), testing::HasSubstr("KXBOOK1PERP"));
  EXPECT_THAT(text_of(market_screen(picture, {40, 60})[0]), testing::Not(testing::HasSubstr("KXBOOK1PERP")));
}

TEST(MarketScreen, narrow_terminals_have_the_offers_above_the_bids) {
  const MarketPicture picture{pictures(1, 3), {}, "", false};
  const auto lines = market_screen(picture, {20, 20});
  EXPECT_THAT(text_of(lines[3]), testing::StartsWith("6.2001"));
  EXPECT_THAT(text_of(lines[4]), testing::StartsWith("6.2000"));
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
