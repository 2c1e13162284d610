// What the exchange reports about an order, as a value that owns its texts; made from ExecutionReport(8) or any other source.
// Fields carry their FIX meaning (fix-margin.md, ExecutionReport). No I/O, no time of its own; a plain value.
#pragma once

#include <optional>
#include <string>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enums.hpp"
#include "marginfix/domain/ids.hpp"

namespace marginfix {

// One report about one order, reduced to what the order's state depends on.
struct OrderReport {
  ExecType exec_type{};                        // 150
  OrdStatus ord_status{};                      // 39
  std::string cl_ord_id;                       // 11
  std::optional<std::string> orig_cl_ord_id;   // 41
  std::string order_id;                        // 37
  ExecId exec_id;                              // 17
  std::string last_mkt;                        // 30, "" when absent
  std::optional<DollarDecimal> last_px;        // 31
  std::optional<FixedPointCount> last_qty;     // 32
  FixedPointCount cum_qty;                     // 14
  FixedPointCount leaves_qty;                  // 151
  FixedPointCount order_qty;                   // 38
  std::optional<DollarDecimal> price;          // 44
  std::string symbol;                          // 55
  Side side{};                                 // 54
  std::optional<std::int32_t> alloc_account;   // 79
  std::optional<OrdRejReason> ord_rej_reason;  // 103
  std::string text;                            // 58
  Timestamp transact_time{};                   // 60
  std::optional<FixedPointCount> long_qty;     // 704 net position after the trade
  std::optional<FixedPointCount> short_qty;    // 705
  std::optional<bool> aggressor;               // 1057 Y = taker
};

// A trade to be booked: once, whatever number of times it is reported.
struct Fill {
  ExecId exec_id;
  std::string last_mkt;
  std::string cl_ord_id;
  std::string order_id;
  std::string symbol;
  std::int32_t subaccount{0};
  Side side{};
  DollarDecimal price;
  FixedPointCount quantity;
  Timestamp transact_time{};
  // Identity over sessions and sources: ExecID within one LastMkt(30).
  std::string key() const { return last_mkt + '|' + exec_id.text(); }
};

}  // namespace marginfix
