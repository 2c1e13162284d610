// An order book for people: as a ladder of lines, and as a part of a terminal's screen.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "apps/styled.hpp"
#include "marginfix/domain/order_book.hpp"

namespace marginfix::apps {

// What is shown of a book: a copy, which may be drawn later and in any size.
struct BookPicture {
  std::string symbol;
  StaleReason stale{StaleReason::none};  // else: nothing to show, and why
  std::vector<BookLevel> bids, asks;     // best first
  std::optional<DollarDecimal> spread;
};
BookPicture picture_of(const std::string& symbol, const OrderBook& book, std::size_t depth);

// `depth` levels a side, bids left, offers right, best on top; every line without its newline. Bars of sizes fill what `width` leaves.
std::vector<std::string> ladder(const std::string& symbol, const OrderBook& book, std::size_t depth, std::size_t width = 75);

// The columns that both sides need beside each other, without bars.
std::size_t least_width(const BookPicture& book);
// A title and at most `levels` lines, each `width` columns or fewer: both sides beside each other, or, where `width` is too little for
// that, offers above bids with the best of both in the middle (twice the lines).
std::vector<StyledLine> book_lines(const BookPicture& book, std::size_t levels, std::size_t width);

// What redraws a terminal in place: control characters made visible, lines cut to its width, as many as it has rows.
std::string screen_of(const std::vector<StyledLine>& lines, ScreenSize size, bool colours);

}  // namespace marginfix::apps
