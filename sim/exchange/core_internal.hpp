// Shared by the core_*.cpp files only.
#pragma once

#include "sim/exchange/core.hpp"

namespace marginfix::sim {

// One command or timer: opens an ExecID group, closes it, frees what closed.
class Core::Command {
 public:
  Command(Core& core, Route requester) : core_(core) { core_.emitter_.begin(core_.clock_, requester); }
  ~Command() {
    core_.bury();
    core_.observe();
    core_.emitter_.end();
  }
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

 private:
  Core& core_;
};

inline bool is_fix(Door door) noexcept { return door == Door::FixNR || door == Door::FixRT; }
inline constexpr Route kSystem{};

// Whole contracts; bounded so that price x quantity, summed over a book, stays far inside 64 bits.
inline bool is_quantity(FixedPointCount q) noexcept {
  return q.units() > 0 && q <= FixedPointCount::from_units(10'000'000 * 100LL) && q.is_whole();
}
// A positive multiple of the tick.
inline bool is_price(DollarDecimal p) noexcept {
  return p.units() > 0 && p <= DollarDecimal::from_units(100'000 * 1'000'000LL) && p.units() % kMicrosPerTick == 0;
}

template <class Predicate>
bool Core::any_order(AccountId account, Predicate predicate) const {
  for (OrderIx ix = accounts_.all[account].open.head; ix != kNil; ix = orders_[ix].account_link.next) {
    if (predicate(orders_[ix])) return true;
  }
  return false;
}

template <class Predicate>
std::size_t Core::cancel_where(AccountId account, const CancelText& text, Predicate predicate) {
  std::size_t n = 0;
  for (OrderIx ix = accounts_.all[account].open.head; ix != kNil;) {
    const OrderIx next = orders_[ix].account_link.next;
    if (predicate(orders_[ix])) {
      cancel_order(ix, text);
      ++n;
    }
    ix = next;
  }
  return n;
}

}  // namespace marginfix::sim
