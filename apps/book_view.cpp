#include "apps/book_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "marginfix/core/text.hpp"

namespace marginfix::apps {

namespace {
constexpr std::size_t kWidestBar = 24, kShortestBar = 3;
constexpr std::string_view kBetween = " | ";

// Length of a bar for `size` where `largest` fills the width.
std::size_t bar_length(FixedPointCount size, FixedPointCount largest, std::size_t width) {
  if (largest.units() <= 0 || width == 0) return 0;
  const auto unit = std::max<std::int64_t>(1, largest.units() / static_cast<std::int64_t>(width));
  return std::clamp<std::size_t>(static_cast<std::size_t>(size.units() / unit), 1, width);
}

// How wide the numbers of a book are, and its largest size.
struct BookLayout {
  std::size_t price{0}, size{0};
  FixedPointCount largest;
  explicit BookLayout(const BookPicture& book) {
    for (const auto* side : {&book.bids, &book.asks}) {
      for (const BookLevel& level : *side) {
        price = std::max(price, level.price.to_string().size());
        size = std::max(size, level.size.to_string().size());
        largest = std::max(largest, level.size);
      }
    }
  }
  std::size_t both_sides() const { return 2 * (size + 1 + price) + kBetween.size(); }
};

StyledLine title_of(const BookPicture& book) {
  if (book.stale != StaleReason::none) return {{book.symbol, Style::bold}, {fmt::format("  stale: {}", to_string(book.stale)), Style::red}};
  return {{book.symbol, Style::bold}, {book.spread ? "  spread " + book.spread->to_string() : "  one side empty", Style::dim}};
}

StyledLine both_sides(const BookPicture& book, const BookLayout& layout, std::size_t row, std::size_t bar) {
  const std::size_t half = layout.size + 1 + layout.price + (bar == 0 ? 0 : bar + 1);
  StyledLine line;
  if (row < book.bids.size()) {
    const BookLevel& bid = book.bids[row];
    std::string text = fmt::format("{:>{}} {:>{}}", bid.size.to_string(), layout.size, bid.price.to_string(), layout.price);
    if (bar > 0) text = fmt::format("{:>{}} {}", std::string(bar_length(bid.size, layout.largest, bar), '#'), bar, text);
    line.push_back({std::move(text), Style::green});
  } else {
    line.push_back({std::string(half, ' ')});
  }
  line.push_back({std::string(kBetween), Style::dim});
  if (row >= book.asks.size()) return line;
  const BookLevel& ask = book.asks[row];
  std::string text = fmt::format("{:<{}} {:<{}}", ask.price.to_string(), layout.price, ask.size.to_string(), layout.size);
  if (bar > 0) text += " " + std::string(bar_length(ask.size, layout.largest, bar), '#');
  line.push_back({std::move(text), Style::red});
  return line;
}

void add_above_each_other(std::vector<StyledLine>& lines, const BookPicture& book, const BookLayout& layout, std::size_t levels) {
  const auto add = [&](const BookLevel& level, Style style) {
    lines.push_back({{fmt::format("{:>{}} {:>{}}", level.price.to_string(), layout.price, level.size.to_string(), layout.size), style}});
  };
  for (std::size_t i = std::min(levels, book.asks.size()); i > 0; --i) add(book.asks[i - 1], Style::red);
  for (std::size_t i = 0; i < std::min(levels, book.bids.size()); ++i) add(book.bids[i], Style::green);
}

// The first characters of it; a character of UTF-8 is not cut in two. `columns` becomes what is left.
std::string cut_to(std::string text, std::size_t& columns) {
  std::size_t at = 0;
  for (const char* const end = text.data() + text.size(); at < text.size() && columns > 0; --columns)
    at += std::max<std::size_t>(marginfix::detail::next_character(text.data() + at, end).size, 1);
  text.resize(at);
  return text;
}
}  // namespace

BookPicture picture_of(const std::string& symbol, const OrderBook& book, std::size_t depth) {
  BookPicture picture{symbol, book.stale_reason(), {}, {}, {}};
  if (book.stale()) return picture;
  picture.bids = book.depth(BookSide::bid, depth);
  picture.asks = book.depth(BookSide::ask, depth);
  picture.spread = book.spread();
  return picture;
}

std::size_t least_width(const BookPicture& book) { return BookLayout(book).both_sides(); }

std::vector<StyledLine> book_lines(const BookPicture& book, std::size_t levels, std::size_t width) {
  std::vector<StyledLine> lines{title_of(book)};
  const BookLayout layout(book);
  const std::size_t least = layout.both_sides();
  if (width < least) {
    add_above_each_other(lines, book, layout, levels);
    return lines;
  }
  std::size_t bar = std::min((width - least) / 2, kWidestBar + 1);
  bar = bar > kShortestBar ? bar - 1 : 0;  // a blank stands before it
  const std::size_t rows = std::min(levels, std::max(book.bids.size(), book.asks.size()));
  for (std::size_t row = 0; row < rows; ++row) lines.push_back(both_sides(book, layout, row, bar));
  return lines;
}

std::vector<std::string> ladder(const std::string& symbol, const OrderBook& book, std::size_t depth, std::size_t width) {
  std::vector<std::string> lines;
  for (const StyledLine& styled : book_lines(picture_of(symbol, book, depth), depth, width)) {
    std::string& line = lines.emplace_back();
    for (const StyledText& part : styled) line += part.text;
    line.erase(line.find_last_not_of(' ') + 1);
  }
  return lines;
}

std::string screen_of(const std::vector<StyledLine>& lines, ScreenSize size, bool colours) {
  std::string screen = "\033[H";
  for (std::size_t i = 0; i < lines.size() && i < size.rows; ++i) {
    screen += i == 0 ? "" : "\r\n";
    std::size_t left = size.columns;
    for (const StyledText& part : lines[i]) {
      const std::string_view on = colours ? code_of(part.style) : std::string_view();
      const std::string text = cut_to(visible(part.text), left);
      if (!text.empty()) screen.append(on).append(text).append(on.empty() ? "" : "\033[0m");
    }
    screen += "\033[K";
  }
  return screen += "\033[J";
}

}  // namespace marginfix::apps
