// What the exchange reports about an order, as a value that owns its texts; made from ExecutionReport(8) or any other source.
// Fields carry their FIX meaning (fix-margin.md, ExecutionReport). No I/O, no time of its own; a plain value.
#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enums.hpp"
#include "marginfix/domain/ids.hpp"

namespace marginfix {

// One report about one order, whole: every field of ExecutionReport(8) is here, those that no table lists in `other_fields`. The order's
// state (order_state.hpp) depends on the first part alone. An enum value that is not listed is kept as it came (enums.hpp).
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
  std::optional<DollarDecimal> fee{};          // 137 summed over 136, dollars, positive = charged; `misc_fees` has them one by one

  // ---- beside the state: terms, money, whose it is -----------------------------------------------------------------------
  struct Party {                            // NoPartyIDs(453)
    std::string party_id;                   // 448
    std::optional<char> party_id_source{};  // 447
    PartyRole party_role{};                 // 452
    friend bool operator==(const Party&, const Party&) = default;
  };
  struct MiscFee {                                 // NoMiscFees(136)
    DollarDecimal misc_fee_amt;                    // 137 dollars
    std::string misc_fee_curr{};                   // 138 USD, "" when absent
    std::optional<MiscFeeType> misc_fee_type{};    // 139
    std::optional<MiscFeeBasis> misc_fee_basis{};  // 891
    friend bool operator==(const MiscFee&, const MiscFee&) = default;
  };
  struct CollateralAmountChange {            // NoCollateralAmountChanges(1703)
    DollarDecimal collateral_amount_change;  // 1704 delta in dollars
    std::string collateral_amount_type{};    // 1705 BALANCE or PAYOUT, "" when absent
    friend bool operator==(const CollateralAmountChange&, const CollateralAmountChange&) = default;
  };
  // A field that the table of ExecutionReport(8) does not list (378, 2964, ...), or one whose value its type cannot hold, as it came.
  struct OtherField {
    std::int32_t tag{0};
    std::string value;
    std::int32_t group{0};  // counter of the repeating group it stood in, 453 for example; 0 outside groups
    std::int32_t entry{0};  // number of the entry in that group, from 1; 0 outside groups
    friend bool operator==(const OtherField&, const OtherField&) = default;
  };
  template <class T>
  using Few = boost::container::small_vector<T, 1>;  // what trades carry: one stands in the report itself

  MultiplierDecimal avg_px{};                               // 6 dollars; its own digits, an average may have many
  std::optional<OrdType> ord_type{};                        // 40
  std::optional<TimeInForce> time_in_force{};               // 59 on Replaced: 6 with 126 when there is an expiry, else 1
  std::optional<Timestamp> expire_time{};                   // 126
  std::string secondary_cl_ord_id{};                        // 526 order group id, "" when absent
  std::optional<Date> clearing_business_date{};             // 715 of trades
  std::vector<Party> parties{};                             // 453 customer account (24) first, then operator (12)
  Few<MiscFee> misc_fees{};                                 // 136
  Few<CollateralAmountChange> collateral_amount_changes{};  // 1703
  std::vector<OtherField> other_fields{};                   // in wire order

  // The value of the first field of this tag among other_fields that stands in no group; nothing when there is none. Lives as long as the
  // report.
  std::optional<std::string_view> other_field(std::int32_t tag) const;
  friend bool operator==(const OrderReport&, const OrderReport&) = default;
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
