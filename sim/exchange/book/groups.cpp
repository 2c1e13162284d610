// The rolling window of an order group.
#include "sim/exchange/book/groups.hpp"

namespace marginfix::sim {

Qty OrderGroup::count(Timestamp now) {
  while (!window.empty() && now - window.front().first >= kGroupWindow) {
    matched -= window.front().second;
    window.pop_front();
  }
  return matched;
}

void OrderGroup::add(Timestamp now, Qty quantity) {
  if (!window.empty() && window.back().first == now) {
    window.back().second += quantity;
  } else {
    window.emplace_back(now, quantity);
  }
  matched += quantity;
}

void OrderGroup::reset() {
  triggered = false;
  window.clear();
  matched = 0;
}

}  // namespace marginfix::sim
