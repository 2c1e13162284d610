// What one subscription has been told of one market, and the message that tells it the rest: a W of everything, or an X of what makes the
// present book of the told one. So updates that a client had no room for become one, whatever they were. Knows no connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/domain/order_book.hpp"
#include "services/gateway/oms/market_data.hpp"
#include "services/gateway/oms/market_messages.hpp"

namespace marginfix::gateway {

// What the client asked to see.
struct BookWish {
  bool bids{false}, offers{false}, trades{false};  // MDEntryType(269) 0, 1, 2
  std::size_t depth{0};                            // levels a side; 0: all
  bool incremental{false};                         // X for changes; else a W each time
};

enum class Telling : std::uint8_t { nothing, snapshot, update };

// The message that next() fills in; reused, so that it costs no memory.
struct BookMessages {
  MarketSnapshot w;
  MarketUpdate x;
  std::vector<BookLevel> bids, offers;  // what the client sees of the book, best first
};

class BookView {
 public:
  explicit BookView(const BookWish& wish) : wish_(wish) {}

  // Kept for the next message; beyond `most` the oldest go. How many those were.
  std::size_t add(std::span<const MarketTrade> trades, std::size_t most);
  // What was told holds no more: an empty W says so if the book is not back by then, and a whole W follows.
  void lose() noexcept { lost_ = true; }
  // `book`: null while it is stale. The filled-in entries refer to this object until sent(). `symbol`: as the client writes it.
  Telling next(const OrderBook* book, std::string_view symbol, BookMessages& out);
  void sent() noexcept { trades_.clear(); }

 private:
  enum class Stage : std::uint8_t { waiting, live, gone };  // nothing told yet; the book; that there is none
  struct Time {
    std::optional<Date> date;
    std::optional<std::chrono::microseconds> of_day;
  };
  static Time time_of(std::optional<Timestamp> at);
  void see(const OrderBook& book, BookMessages& out) const;
  void fill_snapshot(const OrderBook& book, BookMessages& out) const;
  void fill_update(const OrderBook& book, std::string_view symbol, BookMessages& out) const;

  BookWish wish_;
  Stage stage_{Stage::waiting};
  bool lost_{false};
  std::vector<BookLevel> bids_, offers_;  // told
  std::vector<MarketTrade> trades_;       // not told yet
};

}  // namespace marginfix::gateway
