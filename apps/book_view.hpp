// An order book as a ladder for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/domain/order_book.hpp"

namespace marginfix::apps {

// `depth` levels a side, bids left, offers right, best on top; every line without its newline.
std::vector<std::string> ladder(const std::string& symbol, const OrderBook& book, std::size_t depth);

struct ScreenSize {
  std::size_t rows{24}, columns{80};
};
// What redraws a terminal in place with these lines, visible (core/text.hpp): cut to its width, as many as it has rows.
std::string screen_of(const std::vector<std::string_view>& lines, ScreenSize size);

}  // namespace marginfix::apps
