// How far a market's book stands from its reference price, second by second, and what follows from it: the mean of a funding period, and
// the smoothed premium that the marks take up. Kept as the changes only: a value holds from its whole second until the next change, so
// seconds without news cost nothing and need no timer. A sample of second s is the value after everything up to and including s.
// Source: rest-perps.md "Funding"; observed.md ("Premium is averaged over the window").
#pragma once

#include <chrono>
#include <deque>
#include <optional>

#include "sim/exchange/book/orders.hpp"

namespace marginfix::sim {

// 10^-8 of the reference price, e.g. 12345 = 0.00012345.
using Premium = std::int32_t;
inline constexpr std::int64_t kPremiumOne = 100'000'000;
inline constexpr std::chrono::hours kPremiumKept{72};

// (bid + ask) / 2 against the reference, rounded to 10^-8, at most +-1.
Premium premium_of(Ticks bid, Ticks ask, Ticks reference);

class PremiumIndex {
 public:
  struct Bar {
    std::int64_t second{0};
    Premium value{0};
    bool measured{false};
  };
  // Samples of a span: how many, how many of them measured, and the sum of those.
  struct Mean {
    std::int64_t seconds{0};
    std::int64_t measured{0};
    std::int64_t sum{0};
  };

  // What is in force from the first whole second at or after `now`; nothing = no premium can be measured.
  void change(Timestamp now, std::optional<Premium> value);
  // Samples with period start <= s < now; the period starts at the first sample, later at each next_period().
  Mean period(Timestamp now) const;
  void next_period(Timestamp start);
  // The last sample before `now`, when it is of the running period: its second, and the premium if one was measured.
  std::optional<Bar> last_sample(Timestamp now) const;
  // One sample a second for from <= s < to, as far as they are known (and kept).
  std::vector<Bar> samples(std::int64_t from, std::int64_t to, Timestamp now) const;

  // Exponentially smoothed over the samples before the second of `now`, in 10^-12; a second without a premium counts as 0.
  struct Smoothed {
    std::int64_t fast{0};  // mean age 30 s: the liquidation mark
    std::int64_t slow{0};  // mean age 600 s: the settlement mark
  };
  Smoothed smoothed(Timestamp now) const;

 private:
  template <class Ar>
  friend void fields(Ar& ar, PremiumIndex& index);
  struct Smoothing {
    std::int64_t next{0};  // the first second that is not in yet
    Smoothed value;
  };
  Mean closed_until(std::int64_t end) const;  // with the last bar up to `end`
  void smooth_until(std::int64_t second) const;

  std::deque<Bar> bars_;
  std::int64_t period_start_{0};
  Mean closed_;  // of the running period, without the last bar
  // Moved on when somebody looks: a function of the changes and of the time alone, however often it is asked.
  mutable Smoothing smoothing_;
};

template <class Ar>
void fields(Ar& ar, PremiumIndex::Bar& bar) {
  ar(bar.second, bar.value, bar.measured);
}
template <class Ar>
void fields(Ar& ar, PremiumIndex& index) {
  ar(index.period_start_, index.closed_.seconds, index.closed_.measured, index.closed_.sum);
  ar(index.smoothing_.next, index.smoothing_.value.fast, index.smoothing_.value.slow);
  // Differences: most bars then take three or four bytes.
  std::uint64_t count = index.bars_.size();
  ar(count);
  PremiumIndex::Bar before;
  for (std::uint64_t i = 0; i < count; ++i) {
    PremiumIndex::Bar step;
    if constexpr (Ar::kLoading) {
      if (!ar.ok()) return;
      ar(step);
      before = {before.second + step.second, before.value + step.value, step.measured};
      index.bars_.push_back(before);
    } else {
      const PremiumIndex::Bar& bar = index.bars_[i];
      step = {bar.second - before.second, bar.value - before.value, bar.measured};
      ar(step);
      before = bar;
    }
  }
}

}  // namespace marginfix::sim
