#include "services/reconcile/web/series.hpp"

#include <algorithm>

#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

DollarSum sum_of_units(Wide units) {
  // From its parts, since a sum may be more than one decimal holds.
  DollarSum sum;
  constexpr Wide kMost = 9'000'000'000'000'000'000;
  while (units != 0) {
    const Wide part = std::clamp(units, -kMost, kMost);
    sum += DollarDecimal::from_units(static_cast<std::int64_t>(part));
    units -= part;
  }
  return sum;
}

}  // namespace

SeriesPoint& SeriesPoint::operator+=(const SeriesPoint& other) {
  fills += other.fills;
  notional += other.notional, fees += other.fees, realized_pnl += other.realized_pnl;
  return *this;
}

DollarSum AverageCost::book(bool buy, DollarDecimal price, FixedPointCount quantity) {
  Wide more = buy ? Wide(quantity.units()) : -Wide(quantity.units());
  Wide realized = 0;  // 10^-8 dollars
  if (net_ != 0 && (net_ < 0) != (more < 0)) {
    const Wide size = net_ < 0 ? -net_ : net_;
    const Wide closed = std::min(size, more < 0 ? -more : more);
    const Wide cost = cost_ * closed / size;
    const Wide sign = net_ < 0 ? -1 : 1;
    realized = sign * closed * price.units() - cost;
    net_ -= sign * closed, cost_ -= cost, more += sign * closed;
  }
  net_ += more, cost_ += more * price.units();
  return sum_of_units(realized / 100);
}

Timestamp slot_of(Timestamp time) noexcept { return Timestamp(time.time_since_epoch() - time.time_since_epoch() % Series::kSlot); }

void Series::take(const FillRow& fill) {
  const Timestamp from = slot_of(fill.transact_time.value_or(fill.first_seen));
  SeriesPoint& slot = slots_[{fill.account, from}];
  slot.from = from;
  ++slot.fills;
  slot.notional += sum_of_units(Wide(fill.price.units()) * fill.quantity.units() / 100);
  slot.fees += fill.fee.value_or(DollarDecimal());
  slot.realized_pnl += costs_[{fill.account, fill.subaccount, fill.symbol}].book(fill.side == "1", fill.price, fill.quantity);
}

bool Series::follow(Storage& storage, std::int64_t most) {
  std::int64_t folded = 0;
  each<FillRow>(
      storage, "WHERE number > $1 ORDER BY number LIMIT $2",
      [&](const FillRow& fill) {
        take(fill);
        number_ = fill.number;
        ++folded;
      },
      number_, most);
  complete_ = folded < most;
  return !complete_;
}

std::vector<SeriesPoint> Series::points(const std::string& account, Timestamp from, Timestamp to) const {
  std::map<Timestamp, SeriesPoint> found;
  const auto add = [&](const SeriesPoint& point) {
    SeriesPoint& slot = found[point.from];
    slot.from = point.from;
    slot += point;
  };
  if (!account.empty()) {
    for (auto it = slots_.lower_bound({account, from}); it != slots_.end() && it->first < std::pair(account, to); ++it) add(it->second);
  } else {
    for (const auto& [key, point] : slots_) {
      if (key.second >= from && key.second < to) add(point);
    }
  }
  std::vector<SeriesPoint> points;
  points.reserve(found.size());
  for (const auto& [slot, point] : found) points.push_back(point);
  return points;
}

}  // namespace marginfix::reconcile
