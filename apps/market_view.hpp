// What `marginfix md` shows, whatever brought it: books and trades, on the whole of a terminal, as plain lines otherwise, as JSON lines
// with
// --json. Any thread. A terminal is drawn at most every 100 ms: what came in between shows with the next event or refresh().
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/day_clock.hpp"
#include "apps/market_screen.hpp"
#include "apps/output.hpp"
#include "apps/state_lines.hpp"
#include "apps/terminal_screen.hpp"
#include "marginfix/domain/order_book.hpp"
#include "marginfix/domain/trade.hpp"

namespace marginfix::apps {

enum class BookNews : std::uint8_t { snapshot, update, stale };

class MarketView {
 public:
  // `depth` levels a side; `line_depth` of them where lines are printed.
  MarketView(std::size_t depth, std::size_t line_depth, bool json);
  ~MarketView();

  // `seq`: of the message that brought it, where it has one.
  void book(const std::string& symbol, const OrderBook& book, BookNews news, std::optional<std::int64_t> seq);
  void trade(const Trade& trade, std::optional<std::int64_t> seq);
  // What the feed says beside levels and trades: a line for people, a JSON object for machines.
  void other(const std::string& line, const std::string& json);
  // Every change for machines; for people `news`, where there are any.
  void state(std::string_view state, const std::string& text, const std::optional<std::string>& news, bool trouble);
  void note(const std::string& line);
  // Draws what the pace held back, and anew where the terminal has another size now; call it now and then.
  void refresh();
  // The terminal is again what it was, with a line for each book and what was reported meanwhile. Nothing is shown any more.
  void close();

 private:
  void open_screen();                                 // under mutex_
  bool take(const std::string& line, LineKind kind);  // what others print while the screen is open
  void say(const std::string& line);                  // under mutex_
  void draw();                                        // under mutex_
  std::string now_text();

  const std::size_t depth_, line_depth_;
  const bool json_;
  const bool redraw_;
  MarketPicture picture_;
  std::map<std::string, std::string> printed_;  // what the last line of a book said
  std::set<std::string> empty_;                 // snapshots without a level, each told once
  std::vector<std::string> reported_;           // for standard error, when the screen is closed
  std::unique_ptr<TerminalScreen> screen_;
  std::unique_ptr<OutputTaker> taker_;
  DayClock clock_;
  bool held_back_{false};
  bool closed_{false};
  std::chrono::steady_clock::time_point drawn_{};
  std::mutex mutex_;
};

}  // namespace marginfix::apps
