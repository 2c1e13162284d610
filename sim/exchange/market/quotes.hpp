// Open, low, high and close of a market's best bid and ask, minute by minute, and its open interest: what candlesticks show beside the
// trades. Only minutes in which something changed are kept, and those for as long as candlesticks show them. A minute is named by its
// inclusive end: it covers (end - 60 s, end].
#pragma once

#include <chrono>
#include <deque>
#include <limits>

#include "sim/exchange/book/orders.hpp"

namespace marginfix::sim {

inline constexpr std::int64_t kMinute = 60;  // seconds
inline constexpr std::chrono::days kCandlesKept{30};

// The inclusive end, in epoch seconds, of the period of `seconds` that `at` falls in.
std::int64_t period_end(Timestamp at, std::int64_t seconds);

// A side without a quote, as the exchange shows it: nobody pays more than nothing, nobody sells for less than the largest number.
inline constexpr Ticks kNoBid = 0, kNoAsk = std::numeric_limits<Ticks>::max();

struct QuoteRange {
  Ticks open{0};
  Ticks low{0};
  Ticks high{0};
  Ticks close{0};

  static QuoteRange at(Ticks price) { return {price, price, price, price}; }
  void move(Ticks price);                // the quote is now here
  void append(const QuoteRange& later);  // a later span
  friend bool operator==(const QuoteRange&, const QuoteRange&) = default;
};

class QuoteBars {
 public:
  struct Bar {
    std::int64_t end{0};
    QuoteRange bid = QuoteRange::at(kNoBid);
    QuoteRange ask = QuoteRange::at(kNoAsk);
    Qty open_interest{0};
  };

  // 0 = there is no quote.
  void change(Timestamp now, Ticks bid, Ticks ask, Qty open_interest);
  // The minutes with first <= end <= last as one bar that ends at `last`; what was in force before is its open.
  Bar span(std::int64_t first, std::int64_t last) const;
  bool empty() const noexcept { return bars_.empty(); }
  std::int64_t first_end() const noexcept { return bars_.front().end; }

 private:
  template <class Ar>
  friend void fields(Ar& ar, QuoteBars& bars);
  void forget(std::int64_t end);

  std::deque<Bar> bars_;
};

template <class Ar>
void fields(Ar& ar, QuoteRange& r) {
  ar(r.open, r.low, r.high, r.close);
}
template <class Ar>
void fields(Ar& ar, QuoteBars::Bar& bar) {
  ar(bar.end, bar.bid, bar.ask, bar.open_interest);
  if constexpr (Ar::kLoading) {
    // Snapshots of before December 2026 say 0 where there was no ask.
    for (Ticks* price : {&bar.ask.open, &bar.ask.low, &bar.ask.high, &bar.ask.close}) {
      if (*price == 0) *price = kNoAsk;
    }
  }
}
template <class Ar>
void fields(Ar& ar, QuoteBars& bars) {
  ar(bars.bars_);
}

}  // namespace marginfix::sim
