// What `marginfix md` shows, whatever brought it: books and trades, redrawn in place on a terminal, plain lines otherwise, JSON lines with
// --json. Any thread. A terminal is drawn at most every 100 ms: what came in between shows with the next event or refresh().
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <set>
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
  // What the feed says beside levels and trades: a line for people, a JSON object for machines.
  void other(const std::string& line, const std::string& json);
  void state(std::string_view state, const std::string& text);
  void note(const std::string& line);
  // Draws what the pace held back; call it now and then, or the last event before a pause never shows.
  void refresh();
  // The last picture stays on the terminal, and what is printed next begins below it. Nothing is shown any more.
  void close();

 private:
  void say(const std::string& line);  // under mutex_
  void draw();                        // under mutex_

  const std::size_t depth_;
  const bool json_;
  const bool redraw_;
  std::map<std::string, std::vector<std::string>> books_;
  std::set<std::string> empty_;  // snapshots without a level, each told once
  std::deque<std::string> tape_;
  bool held_back_{false};
  bool closed_{false};
  std::chrono::steady_clock::time_point drawn_{};
  std::mutex mutex_;
};

}  // namespace marginfix::apps
