// Sums of money and quantities for people: 128 bits, so that no number of rows of the ledger can overflow one.
#pragma once

#include <string>

#include "marginfix/core/decimal.hpp"
#include "services/reconcile/wide.hpp"

namespace marginfix::reconcile {

// `units` x 10^-scale with at least `min_decimals` decimals, as FixedDecimal writes them.
std::string fixed_text(Wide units, int scale, int min_decimals);

template <class Tag>
class WideSum {
 public:
  WideSum& operator+=(FixedDecimal<Tag> value) {
    units_ += value.units();
    return *this;
  }
  WideSum& operator-=(FixedDecimal<Tag> value) {
    units_ -= value.units();
    return *this;
  }
  WideSum& operator+=(WideSum other) {
    units_ += other.units_;
    return *this;
  }
  WideSum& operator-=(WideSum other) {
    units_ -= other.units_;
    return *this;
  }
  Wide units() const noexcept { return units_; }
  std::string to_string() const { return fixed_text(units_, Tag::kScale, Tag::kPrintDecimals); }
  friend bool operator==(WideSum, WideSum) = default;

 private:
  Wide units_{0};
};
using DollarSum = WideSum<DollarTag>;
using CountSum = WideSum<CountTag>;

}  // namespace marginfix::reconcile
