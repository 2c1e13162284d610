// What the plots are drawn from: per account and five minutes, the fills in the ledger and what they came to. A view that is made again at
// each start: it follows the ledger by the number of the fill, a piece at a time, so that a million fills hold up nobody. Realised PnL by
// average cost from the first fill in the ledger on; the ledger's own figure of a day is in `days`. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/web/wide_sum.hpp"

namespace marginfix::reconcile {

struct SeriesPoint {
  Timestamp from{};  // of the slot
  std::int64_t fills{0};
  DollarSum notional, fees, realized_pnl;
  SeriesPoint& operator+=(const SeriesPoint& other);
};

// The position of one account, subaccount and symbol at average cost.
class AverageCost {
 public:
  // What the fill realises: quantity that reduces the position, at its price less the average of what it closes. Rounded to 10^-6 dollars.
  DollarSum book(bool buy, DollarDecimal price, FixedPointCount quantity);

 private:
  Wide net_{0};   // hundredths of a contract, long is positive
  Wide cost_{0};  // of what is open, 10^-8 dollars, signed as net_
};

class Series {
 public:
  static constexpr std::chrono::minutes kSlot{5};

  // Folds up to `most` further fills. False: there was nothing more.
  bool follow(Storage& storage, std::int64_t most);
  bool complete() const noexcept { return complete_; }
  // Slots with a fill in [from, to), ascending; account "" = all of them together.
  std::vector<SeriesPoint> points(const std::string& account, Timestamp from, Timestamp to) const;

 private:
  void take(const FillRow& fill);

  std::map<std::pair<std::string, Timestamp>, SeriesPoint> slots_;
  std::map<std::tuple<std::string, std::int64_t, std::string>, AverageCost> costs_;
  std::int64_t number_{0};  // of the last fill folded
  bool complete_{false};
};

Timestamp slot_of(Timestamp time) noexcept;

}  // namespace marginfix::reconcile
