// Merging the seeded past with what the engine matched, and forgetting.
#include "sim/exchange/market/tape.hpp"

#include <algorithm>
#include <iterator>

namespace marginfix::sim {
namespace {

void add_trade(std::optional<TradeTape::Minute>& minute, const PublicTrade& trade) {
  if (!minute) minute.emplace().price = QuoteRange::at(trade.price);
  minute->price.move(trade.price);
  minute->totals.quantity += trade.quantity;
  minute->totals.notional += trade.price * trade.quantity;
}

void add_minute(std::optional<TradeTape::Minute>& minute, const TradeTape::Minute& later) {
  if (!minute) {
    minute = later;
    return;
  }
  minute->price.append(later.price);
  minute->totals.quantity += later.totals.quantity;
  minute->totals.notional += later.totals.notional;
}

Timestamp begin_after(std::int64_t second) { return Timestamp(std::chrono::seconds(second)) + std::chrono::microseconds(1); }

}  // namespace

void TradeTape::push(const PublicTrade& trade) {
  Totals sum = totals();
  sum.quantity += trade.quantity;
  sum.notional += trade.price * trade.quantity;
  trades_.push_back(trade);
  sums_.push_back(sum);
  while (trades_.size() > kMaxTrades || trades_.front().time < trade.time - kTradesKept) forget_oldest(trade.time);
}

void TradeTape::forget_oldest(Timestamp now) {
  const PublicTrade& oldest = trades_.front();
  auto& minutes = forgotten_.minutes;
  while (!minutes.empty() && minutes.front().end * std::chrono::seconds(1) < (now - kTradesKept).time_since_epoch()) minutes.pop_front();
  if (oldest.time >= now - kTradesKept) {
    std::optional<Minute> minute;
    const std::int64_t end = period_end(oldest.time, kMinute);
    if (!minutes.empty() && minutes.back().end == end) {
      minute = minutes.back();
      minutes.pop_back();
    }
    add_trade(minute, oldest);
    minute->end = end;
    minutes.push_back(*minute);
  }
  const bool seeded = trades_.front().no <= kPastNumbers;
  ++(seeded ? forgotten_.seeded : forgotten_.matched);
  seeded_ -= seeded ? 1 : 0;
  forgotten_.totals = sums_.front();
  forgotten_.newest = trades_.front();
  trades_.pop_front();
  sums_.pop_front();
}

void TradeTape::merge_seeded(const std::vector<PublicTrade>& seeded) {
  const auto first = seeded.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(forgotten_.seeded, seeded.size()));
  std::deque<PublicTrade> merged;
  std::ranges::merge(first, seeded.end(), trades_.begin(), trades_.end(), std::back_inserter(merged), {}, &PublicTrade::time,
                     &PublicTrade::time);
  trades_ = std::move(merged);
  seeded_ += static_cast<std::size_t>(seeded.end() - first);
  sum_again();
}

void TradeTape::sum_again() {
  sums_.clear();
  Totals sum = forgotten_.totals;
  for (const PublicTrade& trade : trades_) {
    sum.quantity += trade.quantity;
    sum.notional += trade.price * trade.quantity;
    sums_.push_back(sum);
  }
}

bool TradeTape::put_before(std::deque<PublicTrade> older) {
  const std::uint64_t wanted = kept_on_disk();
  if (older.size() < wanted) return false;
  older.erase(older.begin(), older.end() - static_cast<std::ptrdiff_t>(wanted));
  std::ranges::copy(trades_, std::back_inserter(older));
  trades_ = std::move(older);
  sum_again();
  return true;
}

std::size_t TradeTape::index_of(Timestamp at) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(trades_, at, {}, &PublicTrade::time) - trades_.begin());
}

TradeTape::Totals TradeTape::forgotten_before(Timestamp at) const {
  Totals sum = forgotten_.totals;
  for (auto minute = forgotten_.minutes.rbegin(); minute != forgotten_.minutes.rend(); ++minute) {
    if (Timestamp(std::chrono::seconds(minute->end - kMinute)) < at) break;
    sum.quantity -= minute->totals.quantity;
    sum.notional -= minute->totals.notional;
  }
  return sum;
}

TradeTape::Totals TradeTape::totals(Timestamp from, Timestamp to) const {
  const auto before = [this](Timestamp at) {
    const std::size_t index = index_of(at);
    return index == 0 ? forgotten_before(at) : sums_[index - 1];
  };
  const Totals low = before(from), high = before(to);
  return {high.quantity - low.quantity, high.notional - low.notional};
}

std::optional<TradeTape::Minute> TradeTape::span(std::int64_t first, std::int64_t last) const {
  std::optional<Minute> all;
  for (auto minute = std::ranges::lower_bound(forgotten_.minutes, first, {}, &Minute::end);
       minute != forgotten_.minutes.end() && minute->end <= last; ++minute) {
    add_minute(all, *minute);
  }
  const std::size_t to = index_of(begin_after(last));
  for (std::size_t i = index_of(begin_after(first - kMinute)); i < to; ++i) add_trade(all, trades_[i]);
  if (all) all->end = last;
  return all;
}

std::optional<Ticks> TradeTape::price_before(Timestamp at) const {
  if (const std::size_t index = index_of(at); index > 0) return trades_[index - 1].price;
  if (forgotten_.any() && forgotten_.newest.time < at) return forgotten_.newest.price;
  const auto later = std::ranges::upper_bound(forgotten_.minutes, at, {}, [](const Minute& m) { return begin_after(m.end); });
  return later == forgotten_.minutes.begin() ? std::nullopt : std::optional(std::prev(later)->price.close);
}

std::optional<std::int64_t> TradeTape::first_end() const {
  if (!forgotten_.minutes.empty()) return forgotten_.minutes.front().end;
  return trades_.empty() ? std::nullopt : std::optional(period_end(trades_.front().time, kMinute));
}

}  // namespace marginfix::sim
