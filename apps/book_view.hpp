// An order book as a ladder for people.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "marginfix/domain/order_book.hpp"

namespace marginfix::apps {

// `depth` levels a side, bids left, offers right, best on top; every line without its newline.
std::vector<std::string> ladder(const std::string& symbol, const OrderBook& book, std::size_t depth);

}  // namespace marginfix::apps
