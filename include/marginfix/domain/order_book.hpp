// The book of one market: price levels with absolute sizes (FIX 271) or signed deltas (WebSocket). Knows whether it can be trusted:
// a book without a snapshot of the present connection is stale, with the reason and since when.
// An OrderBook belongs to one thread (its session's). SharedOrderBook below is the way to read a consistent book from other threads.
// Prices are dollars a contract, sizes contracts. Source: fix-margin.md "Market data"; websocket.md orderbook_delta.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix {

enum class BookSide : std::uint8_t { bid, ask };

struct BookLevel {
  DollarDecimal price;
  FixedPointCount size;
  friend bool operator==(const BookLevel&, const BookLevel&) = default;
};

// Why a book says nothing about the market at present.
enum class StaleReason : std::uint8_t {
  none,            // current
  no_snapshot,     // nothing has come yet
  disconnected,    // the connection ended; books do not survive it
  gap,             // a sequence number was skipped
  negative_level,  // a delta took more away than there was, or a size was negative: an update was missed or is wrong
  unreadable,      // an update came that could not be read or was not whole
  unsubscribed
};
std::string_view to_string(StaleReason reason) noexcept;

// What an update did. `missing`: a delete of a level that was not there (changes nothing). `negative`: the level is gone and the book
// stale.
enum class LevelChange : std::uint8_t { none, inserted, changed, removed, missing, negative };

class OrderBook {
 public:
  explicit OrderBook(std::string symbol = {}) : symbol_(std::move(symbol)) {}
  const std::string& symbol() const noexcept { return symbol_; }

  // ---- updates; `at` is the time of the message ----
  // Replaces everything, in any order; equal prices are merged by the later one; sizes of 0 are left out. Ends staleness; with a negative
  // size among the levels it is no book: empty and stale.
  void apply_snapshot(std::span<const BookLevel> bids, std::span<const BookLevel> asks, Timestamp at);
  // The level's size from now on; 0 deletes it. On a stale book updates are applied and it stays stale.
  LevelChange set_level(BookSide side, DollarDecimal price, FixedPointCount size, Timestamp at);
  LevelChange delete_level(BookSide side, DollarDecimal price, Timestamp at) { return set_level(side, price, FixedPointCount{}, at); }
  LevelChange add_delta(BookSide side, DollarDecimal price, FixedPointCount delta, Timestamp at);
  // Empties the book. The first reason and time stand until the next snapshot.
  void mark_stale(StaleReason reason, Timestamp since);
  // When the exchange says that the update just applied happened (FIX 272 and 273, the WebSocket's ts_ms); nothing: it does not say.
  void set_exchange_time(std::optional<Timestamp> time) noexcept { exchange_time_ = time; }

  // ---- what it says ----
  bool stale() const noexcept { return stale_reason_ != StaleReason::none; }
  StaleReason stale_reason() const noexcept { return stale_reason_; }
  Timestamp stale_since() const noexcept { return stale_since_; }
  Timestamp updated_at() const noexcept { return updated_at_; }  // time of the message that brought the last update
  // The exchange's own time of the last update: of the snapshot, or of the event that changed a level. Nothing when it does not tell.
  std::optional<Timestamp> exchange_time() const noexcept { return exchange_time_; }
  std::uint64_t updates() const noexcept { return updates_; }  // snapshots and level changes so far

  bool empty() const noexcept { return bids_.empty() && asks_.empty(); }
  std::size_t level_count(BookSide side) const noexcept { return levels(side).size(); }
  std::optional<BookLevel> best(BookSide side) const noexcept;
  std::optional<BookLevel> best_bid() const noexcept { return best(BookSide::bid); }
  std::optional<BookLevel> best_ask() const noexcept { return best(BookSide::ask); }
  // Level `i` counted from the best (0).
  std::optional<BookLevel> level(BookSide side, std::size_t i) const noexcept;
  FixedPointCount size_at(BookSide side, DollarDecimal price) const noexcept;  // 0 when there is no such level
  // Up to `n` levels, best first.
  std::vector<BookLevel> depth(BookSide side, std::size_t n) const;
  // Contracts on the best `n` levels; throws Exception on overflow.
  FixedPointCount total_size(BookSide side, std::size_t n) const;
  // Half way between the best prices, rounded to 10^-6 toward zero; nothing when a side is empty.
  std::optional<DollarDecimal> mid() const noexcept;
  std::optional<DollarDecimal> spread() const noexcept;
  // Best bid above (crossed) or at (locked) the best ask: never true between two messages of a healthy feed.
  bool crossed() const noexcept;
  bool locked() const noexcept;
  // Same levels on both sides, whatever the history.
  bool same_levels(const OrderBook& other) const noexcept { return bids_ == other.bids_ && asks_ == other.asks_; }

 private:
  using Levels = std::vector<BookLevel>;  // worst first, best last: changes near the top move few elements
  const Levels& levels(BookSide side) const noexcept { return side == BookSide::bid ? bids_ : asks_; }
  Levels& levels(BookSide side) noexcept { return side == BookSide::bid ? bids_ : asks_; }
  Levels::iterator find(BookSide side, DollarDecimal price) noexcept;
  LevelChange put(BookSide side, DollarDecimal price, FixedPointCount size);
  void touch(Timestamp at) noexcept { updated_at_ = at, ++updates_; }

  std::string symbol_;
  Levels bids_;
  Levels asks_;
  StaleReason stale_reason_{StaleReason::no_snapshot};
  Timestamp stale_since_{};
  Timestamp updated_at_{};
  std::optional<Timestamp> exchange_time_;
  std::uint64_t updates_{0};
};

// A book that one thread writes and any thread reads. Readers get a copy of a state between two updates, never of half an update;
// the lock is held for one update or one copy, no callback runs under it but the writer's own.
class SharedOrderBook {
 public:
  explicit SharedOrderBook(std::string symbol = {}) : book_(std::move(symbol)) {}

  // update(OrderBook&): all levels of one message in one call.
  template <class Update>
  void write(Update&& update) {
    const std::lock_guard lock(mutex_);
    std::forward<Update>(update)(book_);
  }
  OrderBook copy() const {
    const std::lock_guard lock(mutex_);
    return book_;
  }

 private:
  mutable std::mutex mutex_;
  OrderBook book_;
};

}  // namespace marginfix
