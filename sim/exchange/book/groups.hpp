// Order groups: a contracts limit over a rolling window of 15 seconds of the trading clock. Counting only; the engine cancels.
// Source: fix-margin.md "Order groups".
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <utility>

#include "sim/exchange/book/orders.hpp"

namespace marginfix::sim {

inline constexpr std::chrono::seconds kGroupWindow{15};
inline constexpr std::int64_t kMaxGroupLimit = 1'000'000;

struct OrderGroup {
  AccountId account{0};
  std::int32_t subaccount{0};
  std::int64_t limit{0};  // contracts
  bool triggered{false};
  int exchange_index{0};
  Timestamp created{};
  Timestamp updated{};                           // limit, trigger, reset
  std::deque<std::pair<Timestamp, Qty>> window;  // matched lots, oldest first
  Qty matched{0};                                // their sum

  // Forgets what is 15 s old or older; returns what is left.
  Qty count(Timestamp now);
  void add(Timestamp now, Qty quantity);
  void reset();
  bool over_limit(Timestamp now) { return count(now) > limit * FixedPointCount::kOne; }
};

template <class Ar>
void fields(Ar& ar, OrderGroup& g) {
  ar(g.account, g.subaccount, g.limit, g.triggered, g.exchange_index, g.created, g.updated, g.window, g.matched);
}

using Groups = std::map<GroupNo, OrderGroup>;

}  // namespace marginfix::sim
