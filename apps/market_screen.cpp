// Divides rows and columns.
#include "apps/market_screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/text.hpp"

namespace marginfix::apps {
namespace {

constexpr std::size_t kBetweenBooks = 2;

// Books in a grid: so many beside each other, and so many levels of each.
struct BookGrid {
  std::size_t across{1}, levels{0}, shown{0};
  bool above{false};  // the sides of a book above each other: the terminal is too narrow

  std::size_t cell(std::size_t columns) const { return (columns - std::min(columns, kBetweenBooks * (across - 1))) / across; }
};

std::size_t levels_in(std::size_t rows, bool above) {
  const std::size_t room = rows > 2 ? rows - 2 : rows > 1 ? 1 : 0;  // a title, and a blank row where there is one to spare
  return above ? room / 2 : room;
}

BookGrid grid_of(const std::vector<BookPicture>& books, std::size_t rows, std::size_t columns) {
  std::size_t least = 0, wanted = 1;
  for (const BookPicture& book : books) {
    least = std::max({least, least_width(book), book.symbol.size() + 16});
    wanted = std::max({wanted, book.bids.size(), book.asks.size()});
  }
  BookGrid best;
  best.above = std::ranges::any_of(books, [&](const BookPicture& b) { return least_width(b) > columns; });
  const std::size_t most = best.above ? 1 : std::clamp<std::size_t>((columns + kBetweenBooks) / (least + kBetweenBooks), 1, books.size());
  for (std::size_t across = 1; across <= most; ++across) {
    const std::size_t down = (books.size() + across - 1) / across;
    const std::size_t levels = std::min(levels_in(rows / down, best.above), wanted);
    if (levels > best.levels) best = {across, levels, books.size(), best.above};
  }
  if (best.levels > 0) return best;
  // Not all of them: a title and a level of as many as there is room for.
  const std::size_t each = best.above ? 3 : 2;
  best = {most, rows >= each ? 1U : 0U, std::min(books.size(), most * std::max<std::size_t>(rows / each, 1)), best.above};
  return best;
}

std::size_t width_of_line(const StyledLine& line) {
  std::size_t width = 0;
  for (const StyledText& part : line) {
    const std::string shown = visible(part.text);
    width += static_cast<std::size_t>(std::ranges::count_if(shown, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  }
  return width;
}

// One row of books, side by side.
void add_books(std::vector<StyledLine>& lines, const std::vector<BookPicture>& books, std::size_t from, const BookGrid& grid,
               std::size_t columns) {
  const std::size_t cell = grid.cell(columns), to = std::min(from + grid.across, grid.shown), first = lines.size();
  for (std::size_t i = from; i < to; ++i) {
    const auto block = book_lines(books[i], grid.levels, cell);
    const std::size_t left = (i - from) * (cell + kBetweenBooks);
    for (std::size_t row = 0; row < block.size(); ++row) {
      if (first + row == lines.size()) lines.emplace_back();
      StyledLine& line = lines[first + row];
      const std::size_t used = width_of_line(line);
      if (left > used) line.push_back({std::string(left - used, ' ')});
      line.insert(line.end(), block[row].begin(), block[row].end());
    }
  }
}

// Rows that trades and news are sure of.
std::size_t tape_of(std::size_t rows) { return rows >= 20 ? 4 : rows >= 12 ? 2 : 0; }

}  // namespace

std::vector<StyledLine> market_screen(const MarketPicture& picture, ScreenSize size) {
  constexpr std::size_t kLongestTape = 8;
  std::vector<StyledLine> lines;
  const std::size_t rows = std::max<std::size_t>(size.rows, 1) - 1;
  std::size_t missing = 0;
  if (!picture.books.empty() && rows > 0) {
    const std::size_t tape = std::min(tape_of(size.rows), picture.tape.size());
    const BookGrid grid = grid_of(picture.books, rows - tape, size.columns);
    for (std::size_t from = 0; from < grid.shown; from += grid.across) {
      const std::size_t begin = lines.size();
      add_books(lines, picture.books, from, grid, size.columns);
      const std::size_t below = (grid.shown - from + grid.across - 1) / grid.across;
      if (lines.size() + (lines.size() - begin + 1) * (below - 1) < rows - tape) lines.emplace_back();
    }
    missing = picture.books.size() - grid.shown;
  }
  if (lines.size() > rows) lines.resize(rows);
  for (std::size_t i = 0; i < picture.tape.size() && i < kLongestTape && lines.size() < rows; ++i) lines.push_back({{picture.tape[i]}});
  while (lines.size() < rows) lines.emplace_back();
  const std::string more = missing == 0 ? "" : fmt::format("  {} more do not fit", missing);
  lines.push_back({{picture.status, picture.trouble ? Style::red : Style::dim}, {more, Style::red}, {"  q ends", Style::dim}});
  return lines;
}

}  // namespace marginfix::apps
