// One market's order book: price levels of first-come queues. Knows nothing of accounts or events.
#pragma once

#include <map>

#include "sim/exchange/book/orders.hpp"

namespace marginfix::sim {

struct Level {
  Qty size{0};
  std::uint32_t count{0};
  ListHead queue;
};

inline Side opposite(Side side) noexcept { return side == Side::Buy ? Side::Sell : Side::Buy; }

class Book {
 public:
  // Levels by rank: best first. The key is the price of an ask and the negated price of a bid.
  using Levels = std::map<Ticks, Level>;
  static Ticks key(Side side, Ticks price) noexcept { return side == Side::Buy ? -price : price; }
  static Ticks price(Side side, Ticks key) noexcept { return side == Side::Buy ? -key : key; }

  const Levels& side(Side s) const noexcept { return s == Side::Buy ? bids_ : asks_; }
  bool empty(Side s) const noexcept { return side(s).empty(); }
  Ticks best(Side s) const noexcept { return price(s, side(s).begin()->first); }  // only when not empty
  // Would an order of `taker_side` at `limit` meet the best order of the other side?
  bool crosses(Side taker_side, Ticks limit) const noexcept {
    const Side other = opposite(taker_side);
    return !empty(other) && (taker_side == Side::Buy ? best(other) <= limit : best(other) >= limit);
  }
  OrderIx front(Side s) const noexcept { return side(s).begin()->second.queue.head; }

  // The size of the order's level before and after the change.
  struct Change {
    Qty before{0};
    Qty after{0};
  };
  Change add(OrderStore& orders, OrderIx ix);             // to the end of its level, with its leaves
  Change remove(OrderStore& orders, OrderIx ix);          // with its leaves as they are
  Change reduce(OrderStore& orders, OrderIx ix, Qty by);  // place kept; call before the order itself shrinks

 private:
  Levels& side(Side s) noexcept { return s == Side::Buy ? bids_ : asks_; }
  Levels bids_;
  Levels asks_;
};

}  // namespace marginfix::sim
