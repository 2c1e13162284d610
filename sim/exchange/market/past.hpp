// The public trades of the three days before the exchange began, by seed: made again after every restart instead of being stored.
#pragma once

#include <vector>

#include "sim/exchange/book/orders.hpp"

namespace marginfix::sim {

struct PublicTrade {
  Timestamp time{};
  std::uint64_t no{0};
  Ticks price{0};
  Qty quantity{0};
  Side aggressor{Side::Buy};
};
template <class Ar>
void fields(Ar& ar, PublicTrade& t) {
  ar(t.time, t.no, t.price, t.quantity, t.aggressor);
}

inline constexpr std::chrono::hours kPast{72};
// Trades before `start` that end near `reference`: a bounded random walk run backwards, about one trade in ten seconds. Numbers from
// `first_no` up; oldest first.
std::vector<PublicTrade> make_past(std::uint64_t seed, MarketNo market, Ticks reference, Timestamp start, std::uint64_t first_no);
// The numbers from 1 to this belong to the seeded past (all markets together).
inline constexpr std::uint64_t kPastNumbers = 10'000'000;

}  // namespace marginfix::sim
