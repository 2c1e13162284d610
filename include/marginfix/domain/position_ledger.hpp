// Net positions by subaccount and symbol, from trades: each (LastMkt(30), ExecID(17)) counts once, whichever sessions report it.
// One thread. Long is positive. Source: fix-margin.md, ExecutionReport 704/705; market.md C.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

#include "marginfix/domain/execution.hpp"

namespace marginfix {

struct PositionKey {
  std::int32_t subaccount{0};
  std::string symbol;
  friend auto operator<=>(const PositionKey&, const PositionKey&) = default;
};

class PositionLedger {
 public:
  // False: this trade is booked already, or is no trade (no ExecID, no quantity). Throws Exception on overflow.
  bool book(const Fill& fill);
  // 150=F reports; any other report gives false.
  bool book(const OrderReport& report);
  // A position known from elsewhere (REST, a report's 704/705) before any trade of the symbol is booked.
  void set_baseline(PositionKey key, FixedPointCount net) { net_[std::move(key)] = net; }

  FixedPointCount net(std::int32_t subaccount, std::string_view symbol) const;
  const std::map<PositionKey, FixedPointCount>& all() const noexcept { return net_; }
  std::size_t trades() const noexcept { return booked_.size(); }
  bool has(const Fill& fill) const { return booked_.contains(fill.key()); }

 private:
  std::map<PositionKey, FixedPointCount> net_;
  std::unordered_set<std::string> booked_;
};

}  // namespace marginfix
