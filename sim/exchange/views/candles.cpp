// Candlesticks: trades and quotes of clock-aligned periods, for the last 30 days. A period is named by its inclusive end: it covers (end -
// length, end]. Source: rest-perps.md "Exchange, markets", MarginMarketCandlestick.
#include <algorithm>

#include "sim/exchange/state.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim::views {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

Timestamp after(std::int64_t end) { return Timestamp(seconds(end)) + microseconds(1); }

std::int64_t round_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

std::optional<DollarDecimal> quote_of(Ticks price) { return price == kNoAsk ? std::nullopt : std::optional(to_price(price)); }
CandleQuotes quotes_of(const QuoteRange& r) { return {quote_of(r.open), quote_of(r.low), quote_of(r.high), quote_of(r.close)}; }

class Maker {
 public:
  Maker(const Market& market, std::int64_t length) : market_(market), length_(length) {}

  CandleView at(std::int64_t end) const {
    CandleView c;
    c.end_period_ts = end;
    const QuoteBars::Bar quotes = market_.quotes.span(end - length_ + kMinute, end);
    c.bid = quotes_of(quotes.bid);
    c.ask = quotes_of(quotes.ask);
    if (const auto previous = market_.tape.price_before(after(end - length_))) c.previous = to_price(*previous);
    if (const auto traded = market_.tape.span(end - length_ + kMinute, end)) trade_part(c, *traded);
    c.open_interest = to_count(quotes.open_interest);
    const std::optional<Ticks> close = market_.tape.price_before(after(end));
    c.open_interest_notional = to_dollars(quotes.open_interest * close.value_or(market_.reference));
    return c;
  }

  // The end of the first period in which anything is known.
  std::optional<std::int64_t> first() const {
    std::optional<std::int64_t> end = market_.tape.first_end();
    if (!market_.quotes.empty()) end = std::min(market_.quotes.first_end(), end.value_or(market_.quotes.first_end()));
    return end ? std::optional(round_up(*end, length_)) : std::nullopt;
  }

 private:
  static void trade_part(CandleView& c, const TradeTape::Minute& traded) {
    c.price = quotes_of(traded.price);
    c.volume = to_count(traded.totals.quantity);
    c.volume_notional = to_dollars(traded.totals.notional);
    c.mean = average_price(c.volume_notional, c.volume);
  }

  const Market& market_;
  std::int64_t length_;
};

// The latest real candle before the range, moved to `end`: only its close is shown. The file does not allow null in the quotes, so they
// are what stood at that close.
CandleView carried(const CandleView& real, std::int64_t end) {
  CandleView c;
  c.end_period_ts = end;
  c.bid = {real.bid.close, real.bid.close, real.bid.close, real.bid.close};
  c.ask = {real.ask.close, real.ask.close, real.ask.close, real.ask.close};
  c.previous = real.price ? real.price->close : real.previous;
  c.open_interest = real.open_interest;
  c.open_interest_notional = real.open_interest_notional;
  return c;
}

}  // namespace

std::vector<CandleView> candles(const State& state, MarketNo market, std::int64_t start, std::int64_t end, int minutes,
                                bool latest_before) {
  const std::int64_t length = minutes * kMinute;
  const Maker maker(state.markets[market], length);
  std::vector<CandleView> out;
  auto first = maker.first();
  if (!first) return out;
  *first = std::max(*first, period_end(state.clock - kCandlesKept, length));
  const std::int64_t in_range = round_up(start, length), newest = period_end(state.clock, length);
  const std::int64_t from = std::max(in_range, *first), until = std::min(end, newest);
  if (latest_before && *first < in_range) {
    // "The next period interval after start_ts", strictly after; but no two candles have one time: before the first real one.
    const std::int64_t at = from <= until ? from - length : (start / length + 1) * length;
    out.push_back(carried(maker.at(std::min(newest, in_range - length)), at));
  }
  for (std::int64_t at = from; at <= until; at += length) out.push_back(maker.at(at));
  return out;
}

}  // namespace marginfix::sim::views
