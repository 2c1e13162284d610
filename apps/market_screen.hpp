// How books, trades and news share a terminal of any size. Pure: pictures in, lines out.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "apps/book_view.hpp"

namespace marginfix::apps {

struct MarketPicture {
  std::vector<BookPicture> books;
  std::deque<std::string> tape;  // trades and news, the newest first
  std::string status;            // of the connection
  bool trouble{false};           // it is to be seen
};

// Books beside each other where that shows more of them, above each other else; then the tape, as much as there is room for; the last row
// is the status, which says how many books do not fit. Never more than `size` has rows.
std::vector<StyledLine> market_screen(const MarketPicture& picture, ScreenSize size);

}  // namespace marginfix::apps
