// PositionLedger.
#include "marginfix/domain/position_ledger.hpp"

namespace marginfix {

bool PositionLedger::book(const Fill& fill) {
  const bool trade = !fill.exec_id.empty() && fill.quantity > FixedPointCount{} && (fill.side == Side::Buy || fill.side == Side::Sell);
  if (!trade || booked_.contains(fill.key())) return false;
  FixedPointCount& net = net_[{fill.subaccount, fill.symbol}];
  net = fill.side == Side::Buy ? net + fill.quantity : net - fill.quantity;
  booked_.insert(fill.key());
  return true;
}

bool PositionLedger::book(const OrderReport& r) {
  const auto fill = to_fill(r);
  return fill && book(*fill);
}

FixedPointCount PositionLedger::net(std::int32_t subaccount, std::string_view symbol) const {
  const auto found = net_.find(PositionKey{subaccount, std::string(symbol)});
  return found == net_.end() ? FixedPointCount{} : found->second;
}

}  // namespace marginfix
