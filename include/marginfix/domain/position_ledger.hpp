// Net positions by subaccount and symbol, from trades. Each trade counts once, whichever door tells it, in whatever order and how often.
// One thread. Long is positive. Source: fix-margin.md, ExecutionReport 704/705; market.md C.
//
// A trade is known again by (LastMkt(30), ExecID(17)), and by its trade id (TrdMatchID(880); REST's fill_id; WebSocket's trade_id) with
// the OrderID(37): both sides of a self-trade have one trade id. A FIX report without 880 and a REST fill cannot be matched: use one door.
// REST fills do not say their subaccount: set Fill::subaccount where the account has several.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "marginfix/domain/execution.hpp"
#include "marginfix/domain/position.hpp"

namespace marginfix {

class PositionLedger {
 public:
  // False: this trade is booked already, the baseline contains it, or it is no trade (no id, no quantity). Throws Exception on overflow.
  bool book(const Fill& fill);
  // 150=F reports; any other report gives false.
  bool book(const OrderReport& report);
  // A position known from elsewhere before any trade of the symbol is booked. Trades that it contains and that may be told again (a drop
  // copy from before it, REST's list of fills) must be named, else they count twice: one by one in `contained`,
  void set_baseline(PositionKey key, FixedPointCount net, const std::vector<Fill>& contained = {});
  // or by the report that stated it: 704/705 of a trade are the position after it, which contains every trade of this subaccount and
  // symbol on its LastMkt(30) up to its ExecID(17). False: no trade, or no ExecID that has an order, or neither 704 nor 705.
  bool set_baseline(const OrderReport& trade);

  FixedPointCount net(std::int32_t subaccount, std::string_view symbol) const;
  const std::map<PositionKey, FixedPointCount>& all() const noexcept { return net_; }
  std::size_t trades() const noexcept { return trades_; }  // booked here
  bool has(const Fill& fill) const;                        // booked, or in the baseline

 private:
  struct Through {
    std::string last_mkt;
    ExecId exec_id;
  };
  void remember(const Fill& fill);

  std::map<PositionKey, FixedPointCount> net_;
  std::map<PositionKey, Through> through_;
  std::unordered_set<std::string> booked_;
  std::size_t trades_{0};
};

}  // namespace marginfix
