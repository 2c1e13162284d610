// Order messages as the gateway's clients write and read them, in FIX.4.2, FIX.4.4 and 5.0 SP2: one struct a message for all three, whose
// fields are those that the gateway uses. What a version does not have is not written (write_report.cpp) and not asked for. Everything else
// that a client sends stays in `unknown`. Tags and values are the versions' stock ones, but for 2964 and 21006, which fix-spec/oms
// declares. Sources: FIX 4.2, FIX 4.4, FIX 5.0 SP2.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "marginfix/fix/define.hpp"

namespace marginfix::gateway {

// ---- from the client --------------------------------------------------------------------------------------------------
struct NewOrder {  // D
  static constexpr std::string_view kMsgType = "D";
  fix::StandardHeader header;
  std::optional<std::string_view> account;                 // 1
  std::string_view cl_ord_id;                              // 11
  std::optional<std::string_view> exec_inst;               // 18: values with blanks between them
  std::optional<char> handl_inst;                          // 21
  std::optional<FixedPointCount> order_qty;                // 38
  std::optional<char> ord_type;                            // 40
  std::optional<DollarDecimal> price;                      // 44
  std::optional<char> side;                                // 54
  std::string_view symbol;                                 // 55
  std::optional<char> time_in_force;                       // 59
  std::optional<Timestamp> transact_time;                  // 60
  std::optional<Timestamp> expire_time;                    // 126
  std::optional<Date> expire_date;                         // 432
  std::optional<std::string_view> secondary_cl_ord_id;     // 526
  std::optional<std::int32_t> self_trade_prevention_type;  // 2964
  std::optional<bool> cancel_order_on_pause;               // 21006
  fix::UnknownFields unknown;
};

struct Replace {  // G
  static constexpr std::string_view kMsgType = "G";
  fix::StandardHeader header;
  std::optional<std::string_view> account;    // 1
  std::string_view cl_ord_id;                 // 11
  std::optional<std::string_view> exec_inst;  // 18
  std::optional<std::string_view> order_id;   // 37
  std::optional<FixedPointCount> order_qty;   // 38 the new total
  std::optional<char> ord_type;               // 40
  std::string_view orig_cl_ord_id;            // 41
  std::optional<DollarDecimal> price;         // 44
  std::optional<char> side;                   // 54
  std::string_view symbol;                    // 55
  std::optional<char> time_in_force;          // 59
  std::optional<Timestamp> transact_time;     // 60
  std::optional<Timestamp> expire_time;       // 126
  std::optional<Date> expire_date;            // 432
  fix::UnknownFields unknown;
};

struct Cancel {  // F
  static constexpr std::string_view kMsgType = "F";
  fix::StandardHeader header;
  std::string_view cl_ord_id;                // 11
  std::optional<std::string_view> order_id;  // 37
  std::string_view orig_cl_ord_id;           // 41
  std::optional<char> side;                  // 54
  std::string_view symbol;                   // 55
  std::optional<Timestamp> transact_time;    // 60
  fix::UnknownFields unknown;
};

struct StatusRequest {  // H
  static constexpr std::string_view kMsgType = "H";
  fix::StandardHeader header;
  std::optional<std::string_view> cl_ord_id;          // 11
  std::optional<std::string_view> order_id;           // 37
  std::optional<char> side;                           // 54
  std::optional<std::string_view> symbol;             // 55
  std::optional<std::string_view> ord_status_req_id;  // 790
  fix::UnknownFields unknown;
};

struct MassStatusRequest {  // AF
  static constexpr std::string_view kMsgType = "AF";
  fix::StandardHeader header;
  std::optional<char> side;                          // 54
  std::optional<std::string_view> symbol;            // 55
  std::string_view mass_status_req_id;               // 584
  std::optional<std::int32_t> mass_status_req_type;  // 585: 1 security, 7 all orders
  fix::UnknownFields unknown;
};

struct MassCancel {  // q
  static constexpr std::string_view kMsgType = "q";
  fix::StandardHeader header;
  std::string_view cl_ord_id;                    // 11
  std::optional<char> side;                      // 54
  std::optional<std::string_view> symbol;        // 55
  std::optional<char> mass_cancel_request_type;  // 530: 1 security, 7 all orders
  std::optional<Timestamp> transact_time;        // 60
  fix::UnknownFields unknown;
};

// ---- to the client ------------------------------------------------------------------------------------------------------
struct FeeEntry {                                 // 136
  DollarDecimal misc_fee_amt;                     // 137
  std::optional<std::string_view> misc_fee_curr;  // 138
  std::optional<char> misc_fee_type;              // 139
  friend bool operator==(const FeeEntry&, const FeeEntry&) = default;
};

struct Report {  // 8
  static constexpr std::string_view kMsgType = "8";
  fix::StandardHeader header;
  std::optional<std::string_view> account;              // 1
  DollarDecimal avg_px;                                 // 6
  std::optional<std::string_view> cl_ord_id;            // 11
  FixedPointCount cum_qty;                              // 14
  std::string_view exec_id;                             // 17
  std::optional<char> exec_trans_type;                  // 20, FIX.4.2
  std::optional<std::string_view> last_mkt;             // 30
  std::optional<DollarDecimal> last_px;                 // 31
  std::optional<FixedPointCount> last_qty;              // 32
  std::string_view order_id;                            // 37
  std::optional<FixedPointCount> order_qty;             // 38
  char ord_status{};                                    // 39
  std::optional<char> ord_type;                         // 40
  std::optional<std::string_view> orig_cl_ord_id;       // 41
  std::optional<DollarDecimal> price;                   // 44
  char side{};                                          // 54
  std::string_view symbol;                              // 55
  std::optional<std::string_view> text;                 // 58
  std::optional<char> time_in_force;                    // 59
  std::optional<Timestamp> transact_time;               // 60
  std::optional<Date> trade_date;                       // 75
  std::optional<std::int32_t> ord_rej_reason;           // 103
  std::optional<Timestamp> expire_time;                 // 126
  fix::Group<FeeEntry, 1> misc_fees;                    // 136
  char exec_type{};                                     // 150
  FixedPointCount leaves_qty;                           // 151
  std::optional<std::int32_t> exec_restatement_reason;  // 378
  std::optional<std::string_view> secondary_cl_ord_id;  // 526
  std::optional<std::string_view> mass_status_req_id;   // 584
  std::optional<std::string_view> ord_status_req_id;    // 790
  std::optional<std::int32_t> last_liquidity_ind;       // 851
  std::optional<std::string_view> trd_match_id;         // 880
  std::optional<std::int32_t> tot_num_reports;          // 911
  std::optional<bool> last_rpt_requested;               // 912
  std::optional<bool> aggressor_indicator;              // 1057
  fix::UnknownFields unknown;
};

struct CancelReject {  // 9
  static constexpr std::string_view kMsgType = "9";
  fix::StandardHeader header;
  std::optional<std::string_view> account;     // 1
  std::string_view cl_ord_id;                  // 11
  std::string_view order_id;                   // 37
  char ord_status{};                           // 39
  std::string_view orig_cl_ord_id;             // 41
  std::optional<std::string_view> text;        // 58
  std::optional<Timestamp> transact_time;      // 60
  std::optional<std::int32_t> cxl_rej_reason;  // 102
  char cxl_rej_response_to{};                  // 434
  fix::UnknownFields unknown;
};

struct MassCancelReport {  // r
  static constexpr std::string_view kMsgType = "r";
  fix::StandardHeader header;
  std::optional<std::string_view> cl_ord_id;              // 11
  std::optional<std::string_view> order_id;               // 37
  std::optional<char> side;                               // 54
  std::optional<std::string_view> symbol;                 // 55
  std::optional<std::string_view> text;                   // 58
  std::optional<Timestamp> transact_time;                 // 60
  char mass_cancel_request_type{};                        // 530
  char mass_cancel_response{};                            // 531
  std::optional<std::int32_t> mass_cancel_reject_reason;  // 532
  std::optional<std::int32_t> total_affected_orders;      // 533
  std::optional<std::string_view> mass_action_report_id;  // 1369, 5.0 SP2
  fix::UnknownFields unknown;
};

struct BusinessReject {  // j
  static constexpr std::string_view kMsgType = "j";
  fix::StandardHeader header;
  std::optional<std::int64_t> ref_seq_num;                 // 45
  std::optional<std::string_view> text;                    // 58
  std::string_view ref_msg_type;                           // 372
  std::optional<std::string_view> business_reject_ref_id;  // 379
  std::int32_t business_reject_reason{};                   // 380
  fix::UnknownFields unknown;
};

}  // namespace marginfix::gateway

// clang-format off
namespace marginfix::fix {

template <> struct MessageTable<gateway::NewOrder> {
  using M = gateway::NewOrder;
  static constexpr std::string_view kName = "NewOrderSingle";
  static constexpr std::tuple kFields{
      optional(1, "Account", &M::account),
      required(11, "ClOrdID", &M::cl_ord_id),
      optional(18, "ExecInst", &M::exec_inst).as(FieldType::multiple_value),
      optional(21, "HandlInst", &M::handl_inst),
      optional(38, "OrderQty", &M::order_qty),
      optional(40, "OrdType", &M::ord_type),
      optional(44, "Price", &M::price),
      optional(54, "Side", &M::side),
      required(55, "Symbol", &M::symbol),
      optional(59, "TimeInForce", &M::time_in_force),
      optional(60, "TransactTime", &M::transact_time),
      optional(126, "ExpireTime", &M::expire_time),
      optional(432, "ExpireDate", &M::expire_date),
      optional(526, "SecondaryClOrdID", &M::secondary_cl_ord_id),
      optional(2964, "SelfTradePreventionType", &M::self_trade_prevention_type),
      optional(21006, "CancelOrderOnPause", &M::cancel_order_on_pause)};
};
template <> struct MessageTable<gateway::Replace> {
  using M = gateway::Replace;
  static constexpr std::string_view kName = "OrderCancelReplaceRequest";
  static constexpr std::tuple kFields{
      optional(1, "Account", &M::account),
      required(11, "ClOrdID", &M::cl_ord_id),
      optional(18, "ExecInst", &M::exec_inst).as(FieldType::multiple_value),
      optional(37, "OrderID", &M::order_id),
      optional(38, "OrderQty", &M::order_qty),
      optional(40, "OrdType", &M::ord_type),
      required(41, "OrigClOrdID", &M::orig_cl_ord_id),
      optional(44, "Price", &M::price),
      optional(54, "Side", &M::side),
      required(55, "Symbol", &M::symbol),
      optional(59, "TimeInForce", &M::time_in_force),
      optional(60, "TransactTime", &M::transact_time),
      optional(126, "ExpireTime", &M::expire_time),
      optional(432, "ExpireDate", &M::expire_date)};
};
template <> struct MessageTable<gateway::Cancel> {
  using M = gateway::Cancel;
  static constexpr std::string_view kName = "OrderCancelRequest";
  static constexpr std::tuple kFields{
      required(11, "ClOrdID", &M::cl_ord_id),
      optional(37, "OrderID", &M::order_id),
      required(41, "OrigClOrdID", &M::orig_cl_ord_id),
      optional(54, "Side", &M::side),
      required(55, "Symbol", &M::symbol),
      optional(60, "TransactTime", &M::transact_time)};
};
template <> struct MessageTable<gateway::StatusRequest> {
  using M = gateway::StatusRequest;
  static constexpr std::string_view kName = "OrderStatusRequest";
  static constexpr std::tuple kFields{
      optional(11, "ClOrdID", &M::cl_ord_id),
      optional(37, "OrderID", &M::order_id),
      optional(54, "Side", &M::side),
      optional(55, "Symbol", &M::symbol),
      optional(790, "OrdStatusReqID", &M::ord_status_req_id)};
};
template <> struct MessageTable<gateway::MassStatusRequest> {
  using M = gateway::MassStatusRequest;
  static constexpr std::string_view kName = "OrderMassStatusRequest";
  static constexpr std::tuple kFields{
      optional(54, "Side", &M::side),
      optional(55, "Symbol", &M::symbol),
      required(584, "MassStatusReqID", &M::mass_status_req_id),
      optional(585, "MassStatusReqType", &M::mass_status_req_type)};
};
template <> struct MessageTable<gateway::MassCancel> {
  using M = gateway::MassCancel;
  static constexpr std::string_view kName = "OrderMassCancelRequest";
  static constexpr std::tuple kFields{
      required(11, "ClOrdID", &M::cl_ord_id),
      optional(54, "Side", &M::side),
      optional(55, "Symbol", &M::symbol),
      optional(60, "TransactTime", &M::transact_time),
      optional(530, "MassCancelRequestType", &M::mass_cancel_request_type)};
};
template <> struct MessageTable<gateway::FeeEntry> {
  using M = gateway::FeeEntry;
  static constexpr std::tuple kFields{
      required(137, "MiscFeeAmt", &M::misc_fee_amt).as(FieldType::amt).decimals(6),
      optional(138, "MiscFeeCurr", &M::misc_fee_curr).as(FieldType::currency),
      optional(139, "MiscFeeType", &M::misc_fee_type)};
};
template <> struct MessageTable<gateway::Report> {
  using M = gateway::Report;
  static constexpr std::string_view kName = "ExecutionReport";
  static constexpr std::tuple kFields{
      optional(1, "Account", &M::account).free_text(),
      required(6, "AvgPx", &M::avg_px).decimals(6),
      optional(11, "ClOrdID", &M::cl_ord_id).free_text(),
      required(14, "CumQty", &M::cum_qty),
      required(17, "ExecID", &M::exec_id),
      optional(20, "ExecTransType", &M::exec_trans_type),
      optional(30, "LastMkt", &M::last_mkt),
      optional(31, "LastPx", &M::last_px).decimals(6),
      optional(32, "LastQty", &M::last_qty),
      required(37, "OrderID", &M::order_id),
      optional(38, "OrderQty", &M::order_qty),
      required(39, "OrdStatus", &M::ord_status),
      optional(40, "OrdType", &M::ord_type),
      optional(41, "OrigClOrdID", &M::orig_cl_ord_id).free_text(),
      optional(44, "Price", &M::price).decimals(6),
      required(54, "Side", &M::side),
      required(55, "Symbol", &M::symbol).free_text(),
      optional(58, "Text", &M::text).free_text(),
      optional(59, "TimeInForce", &M::time_in_force),
      optional(60, "TransactTime", &M::transact_time),
      optional(75, "TradeDate", &M::trade_date),
      optional(103, "OrdRejReason", &M::ord_rej_reason),
      optional(126, "ExpireTime", &M::expire_time),
      optional(136, "NoMiscFees", &M::misc_fees),
      required(150, "ExecType", &M::exec_type),
      required(151, "LeavesQty", &M::leaves_qty),
      optional(378, "ExecRestatementReason", &M::exec_restatement_reason),
      optional(526, "SecondaryClOrdID", &M::secondary_cl_ord_id).free_text(),
      optional(584, "MassStatusReqID", &M::mass_status_req_id).free_text(),
      optional(790, "OrdStatusReqID", &M::ord_status_req_id).free_text(),
      optional(851, "LastLiquidityInd", &M::last_liquidity_ind),
      optional(880, "TrdMatchID", &M::trd_match_id),
      optional(911, "TotNumReports", &M::tot_num_reports),
      optional(912, "LastRptRequested", &M::last_rpt_requested),
      optional(1057, "AggressorIndicator", &M::aggressor_indicator)};
};
template <> struct MessageTable<gateway::CancelReject> {
  using M = gateway::CancelReject;
  static constexpr std::string_view kName = "OrderCancelReject";
  static constexpr std::tuple kFields{
      optional(1, "Account", &M::account).free_text(),
      required(11, "ClOrdID", &M::cl_ord_id).free_text(),
      required(37, "OrderID", &M::order_id).free_text(),
      required(39, "OrdStatus", &M::ord_status),
      required(41, "OrigClOrdID", &M::orig_cl_ord_id).free_text(),
      optional(58, "Text", &M::text).free_text(),
      optional(60, "TransactTime", &M::transact_time),
      optional(102, "CxlRejReason", &M::cxl_rej_reason),
      required(434, "CxlRejResponseTo", &M::cxl_rej_response_to)};
};
template <> struct MessageTable<gateway::MassCancelReport> {
  using M = gateway::MassCancelReport;
  static constexpr std::string_view kName = "OrderMassCancelReport";
  static constexpr std::tuple kFields{
      optional(11, "ClOrdID", &M::cl_ord_id).free_text(),
      optional(37, "OrderID", &M::order_id),
      optional(54, "Side", &M::side),
      optional(55, "Symbol", &M::symbol).free_text(),
      optional(58, "Text", &M::text).free_text(),
      optional(60, "TransactTime", &M::transact_time),
      required(530, "MassCancelRequestType", &M::mass_cancel_request_type),
      required(531, "MassCancelResponse", &M::mass_cancel_response),
      optional(532, "MassCancelRejectReason", &M::mass_cancel_reject_reason),
      optional(533, "TotalAffectedOrders", &M::total_affected_orders),
      optional(1369, "MassActionReportID", &M::mass_action_report_id)};
};
template <> struct MessageTable<gateway::BusinessReject> {
  using M = gateway::BusinessReject;
  static constexpr std::string_view kName = "BusinessMessageReject";
  static constexpr std::tuple kFields{
      optional(45, "RefSeqNum", &M::ref_seq_num).as(FieldType::seq_num),
      optional(58, "Text", &M::text).free_text(),
      required(372, "RefMsgType", &M::ref_msg_type),
      optional(379, "BusinessRejectRefID", &M::business_reject_ref_id).free_text(),
      required(380, "BusinessRejectReason", &M::business_reject_reason)};
};

}  // namespace marginfix::fix
// clang-format on
