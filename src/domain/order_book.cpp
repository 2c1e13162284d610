// OrderBook: sorted levels, best last.
#include "marginfix/domain/order_book.hpp"

#include <algorithm>

namespace marginfix {
namespace {

// Worst first: ascending bids, descending asks.
bool worse(BookSide side, DollarDecimal a, DollarDecimal b) noexcept { return side == BookSide::bid ? a < b : a > b; }

void assign_side(BookSide side, std::span<const BookLevel> in, std::vector<BookLevel>& out) {
  out.assign(in.begin(), in.end());
  std::ranges::stable_sort(out, [side](const BookLevel& a, const BookLevel& b) { return worse(side, a.price, b.price); });
  // Of equal prices the later one counts: keep the last of each run.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i + 1 < out.size() && out[i + 1].price == out[i].price) continue;
    if (out[i].size > FixedPointCount{}) out[kept++] = out[i];
  }
  out.resize(kept);
}

}  // namespace

std::string_view to_string(StaleReason reason) noexcept {
  switch (reason) {
    case StaleReason::none:
      return "current";
    case StaleReason::no_snapshot:
      return "no snapshot yet";
    case StaleReason::disconnected:
      return "disconnected";
    case StaleReason::gap:
      return "sequence gap";
    case StaleReason::negative_level:
      return "a level went below zero";
    case StaleReason::unreadable:
      return "an update could not be read";
    case StaleReason::unsubscribed:
      return "unsubscribed";
  }
  return "stale";
}

void OrderBook::apply_snapshot(std::span<const BookLevel> bids, std::span<const BookLevel> asks, Timestamp at) {
  const auto negative = [](const BookLevel& level) { return level.size.is_negative(); };
  if (std::ranges::any_of(bids, negative) || std::ranges::any_of(asks, negative)) {
    touch(at);
    return mark_stale(StaleReason::negative_level, at);
  }
  assign_side(BookSide::bid, bids, bids_);
  assign_side(BookSide::ask, asks, asks_);
  stale_reason_ = StaleReason::none;
  stale_since_ = {};
  exchange_time_.reset();
  touch(at);
}

OrderBook::Levels::iterator OrderBook::find(BookSide side, DollarDecimal price) noexcept {
  Levels& all = levels(side);
  // Updates happen near the top: look at the best few before searching.
  auto it = all.end();
  for (int i = 0; i < 4 && it != all.begin(); ++i) {
    if (worse(side, std::prev(it)->price, price)) return it;
    --it;
  }
  if (it == all.begin() || worse(side, std::prev(it)->price, price)) return it;
  return std::lower_bound(all.begin(), it, price, [side](const BookLevel& level, DollarDecimal p) { return worse(side, level.price, p); });
}

LevelChange OrderBook::put(BookSide side, DollarDecimal price, FixedPointCount size) {
  Levels& all = levels(side);
  const auto it = find(side, price);
  const bool there = it != all.end() && it->price == price;
  if (size.is_zero()) {
    if (!there) return LevelChange::missing;
    all.erase(it);
    return LevelChange::removed;
  }
  if (!there) {
    all.insert(it, {price, size});
    return LevelChange::inserted;
  }
  if (it->size == size) return LevelChange::none;
  it->size = size;
  return LevelChange::changed;
}

LevelChange OrderBook::set_level(BookSide side, DollarDecimal price, FixedPointCount size, Timestamp at) {
  touch(at);
  if (size.is_negative()) {
    mark_stale(StaleReason::negative_level, at);
    return LevelChange::negative;
  }
  return put(side, price, size);
}

LevelChange OrderBook::add_delta(BookSide side, DollarDecimal price, FixedPointCount delta, Timestamp at) {
  touch(at);
  const auto before = size_at(side, price);
  std::int64_t units{};
  if (__builtin_add_overflow(before.units(), delta.units(), &units) || units < 0) {
    mark_stale(StaleReason::negative_level, at);
    return LevelChange::negative;
  }
  if (delta.is_zero()) return LevelChange::none;
  return put(side, price, FixedPointCount::from_units(units));
}

void OrderBook::mark_stale(StaleReason reason, Timestamp since) {
  bids_.clear();
  asks_.clear();
  if (stale() && stale_reason_ != StaleReason::no_snapshot) return;
  stale_reason_ = reason;
  stale_since_ = since;
}

std::optional<BookLevel> OrderBook::best(BookSide side) const noexcept { return level(side, 0); }

std::optional<BookLevel> OrderBook::level(BookSide side, std::size_t i) const noexcept {
  const Levels& all = levels(side);
  if (i >= all.size()) return std::nullopt;
  return all[all.size() - 1 - i];
}

FixedPointCount OrderBook::size_at(BookSide side, DollarDecimal price) const noexcept {
  const Levels& all = levels(side);
  const auto it = const_cast<OrderBook*>(this)->find(side, price);
  return it != all.end() && it->price == price ? it->size : FixedPointCount{};
}

std::vector<BookLevel> OrderBook::depth(BookSide side, std::size_t n) const {
  const Levels& all = levels(side);
  n = std::min(n, all.size());
  return {all.rbegin(), all.rbegin() + static_cast<std::ptrdiff_t>(n)};
}

FixedPointCount OrderBook::total_size(BookSide side, std::size_t n) const {
  FixedPointCount total;
  for (std::size_t i = 0; i < std::min(n, level_count(side)); ++i) total += level(side, i)->size;
  return total;
}

std::optional<DollarDecimal> OrderBook::mid() const noexcept {
  if (bids_.empty() || asks_.empty()) return std::nullopt;
  const std::int64_t bid = bids_.back().price.units();
  const std::int64_t ask = asks_.back().price.units();
  return DollarDecimal::from_units(bid / 2 + ask / 2 + (bid % 2 + ask % 2) / 2);
}

std::optional<DollarDecimal> OrderBook::spread() const noexcept {
  if (bids_.empty() || asks_.empty()) return std::nullopt;
  std::int64_t units{};
  if (__builtin_sub_overflow(asks_.back().price.units(), bids_.back().price.units(), &units)) return std::nullopt;
  return DollarDecimal::from_units(units);
}

bool OrderBook::crossed() const noexcept { return !bids_.empty() && !asks_.empty() && bids_.back().price > asks_.back().price; }
bool OrderBook::locked() const noexcept { return !bids_.empty() && !asks_.empty() && bids_.back().price == asks_.back().price; }

}  // namespace marginfix
