// Bars of the best quotes.
#include "sim/exchange/market/quotes.hpp"

#include <algorithm>

namespace marginfix::sim {

std::int64_t period_end(Timestamp at, std::int64_t seconds) {
  const std::int64_t second = std::chrono::ceil<std::chrono::seconds>(at).time_since_epoch().count();
  return (second + seconds - 1) / seconds * seconds;
}

void QuoteRange::move(Ticks price) {
  close = price;
  low = std::min(low, price);
  high = std::max(high, price);
}

void QuoteRange::append(const QuoteRange& later) {
  low = std::min(low, later.low);
  high = std::max(high, later.high);
  close = later.close;
}

void QuoteBars::change(Timestamp now, Ticks bid, Ticks ask, Qty open_interest) {
  const std::int64_t end = period_end(now, kMinute);
  if (ask == 0) ask = kNoAsk;
  if (!bars_.empty()) {
    const Bar& last = bars_.back();
    if (last.bid.close == bid && last.ask.close == ask && last.open_interest == open_interest) return;
  }
  if (bars_.empty()) {
    bars_.emplace_back().end = end;
  } else if (bars_.back().end != end) {
    const Bar& last = bars_.back();
    bars_.push_back({end, QuoteRange::at(last.bid.close), QuoteRange::at(last.ask.close), 0});
    forget(end);
  }
  Bar& bar = bars_.back();
  bar.bid.move(bid);
  bar.ask.move(ask);
  bar.open_interest = open_interest;
}

// A day more than is shown: the first candlestick of a day is the whole day's. What was in force before it stays.
void QuoteBars::forget(std::int64_t end) {
  constexpr std::int64_t kKept = std::chrono::seconds(kCandlesKept + std::chrono::days(1)).count();
  while (bars_.size() > 1 && bars_[1].end <= end - kKept) bars_.pop_front();
}

QuoteBars::Bar QuoteBars::span(std::int64_t first, std::int64_t last) const {
  Bar out;
  out.end = last;
  auto bar = std::ranges::lower_bound(bars_, first, {}, &Bar::end);
  if (bar != bars_.begin()) {
    const Bar& before = *std::prev(bar);
    out.bid = QuoteRange::at(before.bid.close);
    out.ask = QuoteRange::at(before.ask.close);
    out.open_interest = before.open_interest;
  }
  for (; bar != bars_.end() && bar->end <= last; ++bar) {
    out.bid.append(bar->bid);
    out.ask.append(bar->ask);
    out.open_interest = bar->open_interest;
  }
  return out;
}

}  // namespace marginfix::sim
