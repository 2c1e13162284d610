// Merging the seeded past with what the engine matched.
#include "sim/exchange/market/tape.hpp"

#include <algorithm>
#include <iterator>

namespace marginfix::sim {

void TradeTape::push(const PublicTrade& trade) {
  Totals sum = totals();
  sum.quantity += trade.quantity;
  sum.notional += trade.price * trade.quantity;
  trades_.push_back(trade);
  sums_.push_back(sum);
}

void TradeTape::merge_seeded(const std::vector<PublicTrade>& seeded) {
  std::deque<PublicTrade> merged;
  std::ranges::merge(seeded, trades_, std::back_inserter(merged), {}, &PublicTrade::time, &PublicTrade::time);
  trades_ = std::move(merged);
  seeded_ += seeded.size();
  sum_again();
}

void TradeTape::sum_again() {
  sums_.clear();
  Totals sum;
  for (const PublicTrade& trade : trades_) {
    sum.quantity += trade.quantity;
    sum.notional += trade.price * trade.quantity;
    sums_.push_back(sum);
  }
}

void TradeTape::put_before(std::deque<PublicTrade> older) {
  std::ranges::copy(trades_, std::back_inserter(older));
  trades_ = std::move(older);
  sum_again();
}

std::size_t TradeTape::index_of(Timestamp at) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(trades_, at, {}, &PublicTrade::time) - trades_.begin());
}

TradeTape::Totals TradeTape::totals(Timestamp from, Timestamp to) const {
  const auto before = [this](Timestamp at) {
    const std::size_t index = index_of(at);
    return index == 0 ? Totals{} : sums_[index - 1];
  };
  const Totals low = before(from), high = before(to);
  return {high.quantity - low.quantity, high.notional - low.notional};
}

}  // namespace marginfix::sim
