// PositionLedger.
#include "marginfix/domain/position_ledger.hpp"

namespace marginfix {
namespace {

// The two names of a trade, "" where a source does not give one. A line feed stands in no id: they cannot be taken for one another.
std::string exec_name(const Fill& fill) { return fill.exec_id.empty() ? std::string() : fill.key(); }
std::string trade_name(const Fill& fill) { return fill.trade_id.empty() ? std::string() : fill.order_id + '\n' + fill.trade_id; }

PositionKey position_of(const Fill& fill) { return {fill.subaccount, fill.symbol}; }

}  // namespace

bool PositionLedger::book(const Fill& fill) {
  const bool named = !fill.exec_id.empty() || !fill.trade_id.empty();
  const bool trade = named && fill.quantity > FixedPointCount{} && (fill.side == Side::Buy || fill.side == Side::Sell);
  if (!trade) return false;
  if (has(fill)) {
    remember(fill);  // the name that the first source did not give
    return false;
  }
  FixedPointCount& net = net_[position_of(fill)];
  net = fill.side == Side::Buy ? net + fill.quantity : net - fill.quantity;
  remember(fill);
  ++trades_;
  return true;
}

bool PositionLedger::book(const OrderReport& r) {
  const auto fill = to_fill(r);
  return fill && book(*fill);
}

void PositionLedger::set_baseline(PositionKey key, FixedPointCount net, const std::vector<Fill>& contained) {
  net_[std::move(key)] = net;
  for (const Fill& fill : contained) remember(fill);
}

bool PositionLedger::set_baseline(const OrderReport& r) {
  const auto fill = to_fill(r);
  if (!fill || !fill->post_position || !fill->exec_id.is_sequenced()) return false;
  set_baseline(position_of(*fill), *fill->post_position, {*fill});
  through_[position_of(*fill)] = {fill->last_mkt, fill->exec_id};
  return true;
}

FixedPointCount PositionLedger::net(std::int32_t subaccount, std::string_view symbol) const {
  const auto found = net_.find(PositionKey{subaccount, std::string(symbol)});
  return found == net_.end() ? FixedPointCount{} : found->second;
}

bool PositionLedger::has(const Fill& fill) const {
  if (booked_.contains(exec_name(fill)) || booked_.contains(trade_name(fill))) return true;
  const auto through = through_.find(position_of(fill));
  return through != through_.end() && fill.exec_id.is_sequenced() && fill.last_mkt == through->second.last_mkt &&
         fill.exec_id <= through->second.exec_id;
}

void PositionLedger::remember(const Fill& fill) {
  if (auto name = exec_name(fill); !name.empty()) booked_.insert(std::move(name));
  if (auto name = trade_name(fill); !name.empty()) booked_.insert(std::move(name));
}

}  // namespace marginfix
