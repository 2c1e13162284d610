// All public trades of one market, oldest first: those made from the seed (never stored, made again after a restart) and those the
// engine matched, with running totals so that a volume over any span costs two searches.
#pragma once

#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/market/past.hpp"

namespace marginfix::sim {

class TradeTape {
 public:
  struct Totals {
    Qty quantity{0};
    Micros notional{0};
    friend bool operator==(const Totals&, const Totals&) = default;
  };

  void push(const PublicTrade& trade);                        // not older than the newest
  void merge_seeded(const std::vector<PublicTrade>& seeded);  // sorted by time; of one moment the seeded go first

  const std::vector<PublicTrade>& all() const noexcept { return trades_; }
  std::size_t seeded() const noexcept { return seeded_; }
  Totals totals() const noexcept { return sums_.empty() ? Totals{} : sums_.back(); }
  // Of the trades with from <= time < to.
  Totals totals(Timestamp from, Timestamp to) const;
  // Index of the first trade at or after `at`.
  std::size_t index_of(Timestamp at) const;

 private:
  template <class Ar>
  friend void fields(Ar& ar, TradeTape& tape);
  void sum_again();

  std::vector<PublicTrade> trades_;
  std::vector<Totals> sums_;  // sums_[i] = of trades_[0..i]
  std::size_t seeded_{0};
};

template <class Ar>
void fields(Ar& ar, TradeTape& tape) {
  std::uint64_t live = tape.trades_.size() - tape.seeded_;
  ar(live);
  if constexpr (Ar::kLoading) {
    tape.trades_.clear();
    tape.seeded_ = 0;
    for (std::uint64_t i = 0; i < live && ar.ok(); ++i) ar(tape.trades_.emplace_back());
    tape.sum_again();
  } else {
    for (PublicTrade& trade : tape.trades_) {
      if (trade.no > kPastNumbers) ar(trade);
    }
  }
}

}  // namespace marginfix::sim
