#include "apps/book_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/text.hpp"

namespace marginfix::apps {

namespace {
// Length of a bar for `size` where `largest` fills the width.
std::size_t bar_length(FixedPointCount size, FixedPointCount largest, std::size_t width) {
  if (largest.units() <= 0) return 0;
  const auto unit = std::max<std::int64_t>(1, largest.units() / static_cast<std::int64_t>(width));
  return std::clamp<std::size_t>(static_cast<std::size_t>(size.units() / unit), 1, width);
}

FixedPointCount largest_of(const std::vector<BookLevel>& bids, const std::vector<BookLevel>& asks) {
  FixedPointCount largest;
  for (const auto* side : {&bids, &asks}) {
    for (const BookLevel& level : *side) largest = std::max(largest, level.size);
  }
  return largest;
}
}  // namespace

std::vector<std::string> ladder(const std::string& symbol, const OrderBook& book, std::size_t depth) {
  constexpr std::size_t kBar = 12;  // 75 columns in all
  if (book.stale()) return {fmt::format("{}  stale: {}", symbol, to_string(book.stale_reason()))};
  const auto bids = book.depth(BookSide::bid, depth);
  const auto asks = book.depth(BookSide::ask, depth);
  const auto largest = largest_of(bids, asks);
  std::vector<std::string> lines;
  const auto spread = book.spread();
  lines.push_back(fmt::format("{}  {}", symbol, spread ? "spread " + spread->to_string() : std::string("one side empty")));
  for (std::size_t i = 0; i < std::max(bids.size(), asks.size()); ++i) {
    std::string left(kBar + 24, ' '), right;
    if (i < bids.size()) {
      const std::string bar(bar_length(bids[i].size, largest, kBar), '#');
      left = fmt::format("{:>{}} {:>12} {:>10}", bar, kBar, bids[i].size.to_string(), bids[i].price.to_string());
    }
    if (i < asks.size()) {
      const std::string bar(bar_length(asks[i].size, largest, kBar), '#');
      right = fmt::format("{:<10} {:<12} {}", asks[i].price.to_string(), asks[i].size.to_string(), bar);
    }
    lines.push_back(fmt::format("{} | {}", left, right));
  }
  return lines;
}

namespace {
// The first characters of it; a character of UTF-8 is not cut in two.
std::string cut_to(std::string text, std::size_t columns) {
  std::size_t at = 0;
  for (const char* const end = text.data() + text.size(); at < text.size() && columns > 0; --columns)
    at += std::max<std::size_t>(marginfix::detail::next_character(text.data() + at, end).size, 1);
  text.resize(at);
  return text;
}
}  // namespace

std::string screen_of(const std::vector<std::string_view>& lines, ScreenSize size) {
  std::string screen = "\033[H";
  for (std::size_t i = 0; i < lines.size() && i < size.rows; ++i) {
    screen += i == 0 ? "" : "\r\n";
    screen.append(cut_to(visible(lines[i]), size.columns)).append("\033[K");
  }
  return screen += "\033[J";
}

}  // namespace marginfix::apps
