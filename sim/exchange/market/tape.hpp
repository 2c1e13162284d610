// The public trades of one market, oldest first: those made from the seed (never stored, made again after a restart) and those the
// engine matched, with running totals so that a volume over any span costs two searches. They are kept as long as somebody may ask for
// them; of those that were forgotten it knows how many there were, what they come to, the newest, and what candlesticks still show.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>
#include <vector>

#include "sim/exchange/book/orders.hpp"
#include "sim/exchange/market/past.hpp"
#include "sim/exchange/market/quotes.hpp"

namespace marginfix::sim {

inline constexpr std::chrono::days kTradesKept = kCandlesKept + std::chrono::days(1);
// The oldest of a market go first beyond this; some 28 MB a market.
inline constexpr std::size_t kMaxTrades = 500'000;

class TradeTape {
 public:
  struct Totals {
    Qty quantity{0};
    Micros notional{0};
    friend bool operator==(const Totals&, const Totals&) = default;
  };

  // The trades of a minute that is named as those of QuoteBars are.
  struct Minute {
    std::int64_t end{0};
    QuoteRange price;
    Totals totals;
  };
  // What is not kept any more: always the oldest.
  struct Forgotten {
    std::uint64_t seeded{0}, matched{0};
    Totals totals;
    PublicTrade newest;
    std::deque<Minute> minutes;  // of those that are not too old, but were too many
    bool any() const noexcept { return seeded + matched > 0; }
  };

  void push(const PublicTrade& trade);  // not older than the newest; forgets those that are too old or too many then
  // All of them, sorted by time; those that were forgotten are left out. Of one moment the seeded go first.
  void merge_seeded(const std::vector<PublicTrade>& seeded);

  // Grows without ever moving what is there, which would be a pause.
  const std::deque<PublicTrade>& all() const noexcept { return trades_; }
  std::size_t seeded() const noexcept { return seeded_; }
  const Forgotten& forgotten() const noexcept { return forgotten_; }
  void set_forgotten(const Forgotten& forgotten) noexcept { forgotten_ = forgotten; }  // read from a file, before put_before()
  // Those that the engine matched: ever, and those of them that are kept.
  std::uint64_t matched() const noexcept { return forgotten_.matched + kept(); }
  std::uint64_t kept() const noexcept { return trades_.size() - seeded_; }
  // How many of those the engine ever matched, the oldest first, stand in files (on_disk.hpp), or did; and how many of those are kept.
  std::uint64_t on_disk() const noexcept { return on_disk_; }
  void set_on_disk(std::uint64_t count) noexcept { on_disk_ = count; }
  std::uint64_t kept_on_disk() const noexcept { return std::max(on_disk_, forgotten_.matched) - forgotten_.matched; }
  // Those read from files, before those that a snapshot held; of a tape without seeded ones. False: they are not what it wants.
  bool put_before(std::deque<PublicTrade> older);
  // Of all there ever were.
  Totals totals() const noexcept { return sums_.empty() ? forgotten_.totals : sums_.back(); }
  // Of the trades with from <= time < to. Where those of `from` are forgotten: from the next whole minute on.
  Totals totals(Timestamp from, Timestamp to) const;
  // Of the minutes with first <= end <= last; nothing where nobody traded. `end` is then `last`.
  std::optional<Minute> span(std::int64_t first, std::int64_t last) const;
  // Of the newest trade before `at`, as far as that is known.
  std::optional<Ticks> price_before(Timestamp at) const;
  // The end of the first minute that span() knows.
  std::optional<std::int64_t> first_end() const;
  // Index of the first trade at or after `at`.
  std::size_t index_of(Timestamp at) const;

 private:
  template <class Ar>
  friend void fields(Ar& ar, TradeTape& tape);
  void sum_again();
  void forget_oldest(Timestamp now);
  Totals forgotten_before(Timestamp at) const;

  std::deque<PublicTrade> trades_;
  std::deque<Totals> sums_;  // sums_[i] = of what was forgotten and trades_[0..i]
  Forgotten forgotten_;
  std::size_t seeded_{0};
  std::uint64_t on_disk_{0};
};

template <class Ar>
void fields(Ar& ar, TradeTape::Minute& m) {
  ar(m.end, m.price, m.totals.quantity, m.totals.notional);
}
template <class Ar>
void fields(Ar& ar, TradeTape::Forgotten& f) {
  ar(f.seeded, f.matched, f.totals.quantity, f.totals.notional, f.newest, f.minutes);
}
// What was forgotten and what stands in files is told of elsewhere (on_disk.cpp).
template <class Ar>
void fields(Ar& ar, TradeTape& tape) {
  std::uint64_t live = tape.kept() - tape.kept_on_disk();
  ar(live);
  if constexpr (Ar::kLoading) {
    tape.trades_.clear();
    tape.seeded_ = 0;
    for (std::uint64_t i = 0; i < live && ar.ok(); ++i) ar(tape.trades_.emplace_back());
    tape.sum_again();
  } else {
    std::uint64_t elsewhere = tape.kept_on_disk();
    for (PublicTrade& trade : tape.trades_) {
      if (trade.no <= kPastNumbers) continue;
      elsewhere > 0 ? void(--elsewhere) : ar(trade);
    }
  }
}

}  // namespace marginfix::sim
