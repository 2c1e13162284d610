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
  std::optional<Timestamp> transact_time{};    // 60, absent when the report has none that can be read
  std::optional<FixedPointCount> long_qty;     // 704 net position after the trade
  std::optional<FixedPointCount> short_qty;    // 705
  std::optional<bool> aggressor;               // 1057 Y = taker
  std::string trade_id{};                      // 880 TrdMatchID, "" when absent
  std::optional<DollarDecimal> fee{};          // 137 summed over 136, dollars, positive = charged
};

// One's own part in a trade, whatever brought it: to_fill() of an ExecutionReport(8), of REST's MarginFill, of a WebSocket `fill` frame.
// What a source does not say is empty. Prices and fees in dollars, quantities in contracts.
struct Fill {
  ExecId exec_id;              // FIX only
  std::string last_mkt;        // FIX only
  std::string cl_ord_id;       // not from REST
  std::string order_id;        // 37
  std::string symbol;          // 55, market_ticker, ticker
  std::int32_t subaccount{0};  // 0 from REST, which does not say
  Side side{};
  DollarDecimal price;
  FixedPointCount quantity;
  std::optional<Timestamp> transact_time{};        // 60; milliseconds from the WebSocket; absent: not readable
  std::string trade_id{};                          // TrdMatchID(880), `trade_id`, REST's `fill_id`; one for both sides of a trade
  std::optional<bool> is_taker{};                  // 1057
  std::optional<DollarDecimal> fee{};              // of this fill, positive = charged
  std::optional<FixedPointCount> post_position{};  // net after it, signed; not from REST
  // Identity over sessions of FIX, within which each trade counts once: ExecID within one LastMkt(30). Over other doors see agree().
  std::string key() const { return last_mkt + '|' + exec_id.text(); }
  friend bool operator==(const Fill&, const Fill&) = default;
};

// The trade of a report; nothing when it is none (150 other than F, no LastQty).
std::optional<Fill> to_fill(const OrderReport& report);
// The same fill, told by two sources: everything that both say is equal, times to the millisecond (the WebSocket says no more).
bool agree(const Fill& a, const Fill& b);

}  // namespace marginfix
