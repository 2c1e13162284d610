// All public trades of one market, oldest first: those made from the seed (never stored, made again after a restart) and those the
// engine matched, with running totals so that a volume over any span costs two searches.
#pragma once

#include <deque>
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

  // Grows without ever moving what is there, which would be a pause.
  const std::deque<PublicTrade>& all() const noexcept { return trades_; }
  std::size_t seeded() const noexcept { return seeded_; }
  // How many of those the engine matched, the oldest first, stand in files (on_disk.hpp).
  std::uint64_t on_disk() const noexcept { return on_disk_; }
  void set_on_disk(std::uint64_t count) noexcept { on_disk_ = count; }
  // Those read from a file, before those that a snapshot held; of a tape without seeded ones.
  void put_before(std::deque<PublicTrade> older);
  Totals totals() const noexcept { return sums_.empty() ? Totals{} : sums_.back(); }
  // Of the trades with from <= time < to.
  Totals totals(Timestamp from, Timestamp to) const;
  // Index of the first trade at or after `at`.
  std::size_t index_of(Timestamp at) const;

 private:
  template <class Ar>
  friend void fields(Ar& ar, TradeTape& tape);
  void sum_again();

  std::deque<PublicTrade> trades_;
  std::deque<Totals> sums_;  // sums_[i] = of trades_[0..i]
  std::size_t seeded_{0};
  std::uint64_t on_disk_{0};
};

template <class Ar>
void fields(Ar& ar, TradeTape& tape) {
  std::uint64_t live = tape.trades_.size() - tape.seeded_ - tape.on_disk_;
  ar(live);
  if constexpr (Ar::kLoading) {
    tape.trades_.clear();
    tape.seeded_ = 0;
    for (std::uint64_t i = 0; i < live && ar.ok(); ++i) ar(tape.trades_.emplace_back());
    tape.sum_again();
  } else {
    std::uint64_t elsewhere = tape.on_disk_;
    for (PublicTrade& trade : tape.trades_) {
      if (trade.no <= kPastNumbers) continue;
      elsewhere > 0 ? void(--elsewhere) : ar(trade);
    }
  }
}

}  // namespace marginfix::sim
