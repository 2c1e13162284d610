// What `marginfix md` shows, whatever brought it: books and trades, redrawn in place on a terminal, plain lines otherwise, JSON lines with
// --json. Called on the client's I/O thread; drawing happens there too, at most every 100 ms.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/domain/order_book.hpp"
#include "marginfix/domain/trade.hpp"

namespace marginfix::apps {

enum class BookNews : std::uint8_t { snapshot, update, stale };

class MarketView {
 public:
  MarketView(std::size_t depth, bool json);

  void book(const std::string& symbol, const OrderBook& book, BookNews news);
  void trade(const Trade& trade);
  void state(std::string_view state, const std::string& text);
  void note(const std::string& line);

 private:
  void say(const std::string& line);
  void draw();

  const std::size_t depth_;
  const bool json_;
  const bool redraw_;
  std::map<std::string, std::vector<std::string>> books_;
  std::deque<std::string> tape_;
  std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace marginfix::apps
