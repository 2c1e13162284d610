// Every message of the exchange's margin FIX, as structs. Fields carry FIX names in snake_case and stand in wire order of
// fix-margin.md. Strings are views: after decoding they point into the receive buffer and live as long as it does; Kept<M>
// (kept.hpp) owns its bytes. Before encoding they point to whatever the caller owns until encode() returns.
// Groups are small vectors whose capacity is reused, so decoding into the same struct again allocates nothing.
// Prices are DollarDecimal (at most 4 decimals on FIX out), quantities FixedPointCount (2 decimals). A value the type cannot
// hold (excess digits, overlong enum) is reported as a finding and its text kept in `unknown`. Times are UTC, and optional also where
// the exchange always sends them: a text that names no instant leaves them absent. Source: fix-margin.md.
#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "marginfix/core/decimal.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/domain/enums.hpp"

// The tag column is the table:
// clang-format off
namespace marginfix::fix {

template <class T, std::size_t N>
using Group = boost::container::small_vector<T, N>;

// A tag the table does not know, or a value its field cannot hold: kept as it came, in wire order, with the entry it came in.
struct RawField {
  std::int32_t tag{0};
  std::string_view value;
  std::int32_t group{0};  // counter of the repeating group it stood in, 268 for example; 0 outside groups
  std::int32_t entry{0};  // number of the entry in that group, from 1; 0 outside groups
  friend bool operator==(const RawField&, const RawField&) = default;
};
using UnknownFields = Group<RawField, 4>;
// The kept fields of one group entry (numbered from 1), in wire order: unknown_of(x.unknown, 268, 2). A view into `unknown`.
std::span<const RawField> unknown_of(const UnknownFields& unknown, std::int32_t group, std::int32_t entry) noexcept;

// Standard header(8, 9, 35, 34, 49, 56, 52 ...) of a message; filled by decode, written by encode or by the session.
struct Header {
  std::string_view begin_string{"FIXT.1.1"};            // 8
  std::string_view msg_type;                            // 35
  std::string_view sender_comp_id;                      // 49
  std::string_view target_comp_id;                      // 56
  std::int64_t msg_seq_num{0};                          // 34
  std::optional<std::string_view> sender_sub_id;        // 50 operator (FCM access only; not on Logon)
  std::optional<std::string_view> target_sub_id;        // 57
  std::optional<bool> poss_dup_flag;                    // 43
  std::optional<bool> poss_resend;                      // 97
  std::optional<Timestamp> sending_time;                // 52 absent: not readable as a time (a finding says so)
  std::string_view sending_time_text;                   // 52 byte for byte (the Logon signature covers it)
  std::optional<Timestamp> orig_sending_time;           // 122
  std::optional<std::string_view> appl_ver_id;          // 1128
};

struct Party {                                          // NoPartyIDs(453)
  std::string_view party_id;                            // 448
  std::optional<char> party_id_source;                  // 447
  PartyRole party_role{};                               // 452
  friend bool operator==(const Party&, const Party&) = default;
};
using Parties = Group<Party, 2>;

// ---- session messages -------------------------------------------------------------------------------------------------
struct Heartbeat { static constexpr std::string_view kMsgType = "0"; Header header;
  std::optional<std::string_view> test_req_id;          // 112
  UnknownFields unknown; };
struct TestRequest { static constexpr std::string_view kMsgType = "1"; Header header;
  std::string_view test_req_id;                         // 112
  UnknownFields unknown; };
struct ResendRequest { static constexpr std::string_view kMsgType = "2"; Header header;
  std::int64_t begin_seq_no{0};                         // 7
  std::int64_t end_seq_no{0};                           // 16, 0 = to infinity
  UnknownFields unknown; };
struct Reject { static constexpr std::string_view kMsgType = "3"; Header header;
  std::int64_t ref_seq_num{0};                          // 45
  std::optional<std::int32_t> ref_tag_id;               // 371
  std::optional<std::string_view> ref_msg_type;         // 372
  std::optional<SessionRejectReason> session_reject_reason;  // 373
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };
struct SequenceReset { static constexpr std::string_view kMsgType = "4"; Header header;
  std::optional<bool> gap_fill_flag;                    // 123
  std::int64_t new_seq_no{0};                           // 36
  UnknownFields unknown; };
struct Logout { static constexpr std::string_view kMsgType = "5"; Header header;
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };
struct Logon { static constexpr std::string_view kMsgType = "A"; Header header;
  std::int32_t encrypt_method{0};                       // 98
  std::int32_t heart_bt_int{30};                        // 108 seconds, >= 3
  std::optional<std::int32_t> raw_data_length;          // 95
  std::optional<std::string_view> raw_data;             // 96 the signature, base64; redacted in every log
  std::optional<bool> reset_seq_num_flag;               // 141
  std::optional<bool> cancel_orders_on_disconnect;      // 8013
  std::optional<bool> listener_session;                 // 20126
  std::optional<bool> receive_settlement_reports;       // 20127
  std::optional<std::int32_t> message_retention_period; // 20200 hours
  std::optional<bool> use_dollars;                      // 21005
  std::optional<bool> enable_ioc_cancel_report;         // 21007
  std::optional<bool> preserve_original_order_qty;      // 21008
  std::optional<bool> skip_pending_exec_reports;        // 21011
  std::optional<bool> use_expired_ord_status;           // 21012
  std::optional<bool> always_emit_new_before_trade;     // 21026
  std::string_view default_appl_ver_id{"9"};            // 1137
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };

// ---- order entry, to the exchange -------------------------------------------------------------------------------------
struct NewOrderSingle { static constexpr std::string_view kMsgType = "D"; Header header;
  std::string_view cl_ord_id;                           // 11 unique among open orders, at most 64 characters
  std::optional<ExecInst> exec_inst;                    // 18
  FixedPointCount order_qty;                            // 38 whole contracts only
  OrdType ord_type{OrdType::Limit};                     // 40
  DollarDecimal price;                                  // 44 dollars a contract, at most 4 decimals
  Side side{};                                          // 54
  std::string_view symbol;                              // 55
  std::optional<TimeInForce> time_in_force;             // 59
  std::optional<std::int32_t> alloc_account;            // 79 subaccount 0-63
  std::optional<Timestamp> expire_time;                 // 126 with 59=6
  Parties parties;                                      // 453 FCM only
  std::optional<std::string_view> secondary_cl_ord_id;  // 526 order group id
  std::optional<Timestamp> transact_time;               // 60
  std::optional<SelfTradePreventionType> self_trade_prevention_type;  // 2964
  std::optional<bool> cancel_order_on_pause;            // 21006
  UnknownFields unknown; };
struct OrderCancelReplaceRequest { static constexpr std::string_view kMsgType = "G"; Header header;
  std::string_view cl_ord_id;                           // 11
  std::string_view orig_cl_ord_id;                      // 41
  std::optional<std::string_view> order_id;             // 37
  FixedPointCount order_qty;                            // 38 the new TOTAL quantity
  OrdType ord_type{OrdType::Limit};                     // 40
  std::optional<DollarDecimal> price;                   // 44
  Side side{};                                          // 54 must match the order
  std::string_view symbol;                              // 55 must match the order
  std::optional<TimeInForce> time_in_force;             // 59 absent with 126 absent = keep the expiry
  std::optional<std::int32_t> alloc_account;            // 79
  std::optional<Timestamp> expire_time;                 // 126
  Parties parties;                                      // 453
  std::optional<Timestamp> transact_time;               // 60
  UnknownFields unknown; };
struct OrderCancelRequest { static constexpr std::string_view kMsgType = "F"; Header header;
  std::string_view cl_ord_id;                           // 11
  std::string_view orig_cl_ord_id;                      // 41
  std::optional<std::string_view> order_id;             // 37
  Side side{};                                          // 54
  std::string_view symbol;                              // 55
  std::optional<std::int32_t> alloc_account;            // 79
  Parties parties;                                      // 453
  std::optional<Timestamp> transact_time;               // 60
  UnknownFields unknown; };
struct OrderMassCancelRequest { static constexpr std::string_view kMsgType = "q"; Header header;  // KalshiNR only, 1 a second
  std::string_view cl_ord_id;                           // 11
  MassCancelRequestType mass_cancel_request_type{MassCancelRequestType::CancelForSession};  // 530
  std::optional<Timestamp> transact_time;               // 60
  UnknownFields unknown; };
struct OrderGroupRequest { static constexpr std::string_view kMsgType = "UOG"; Header header;
  OrderGroupAction order_group_action{};                // 20131
  std::optional<std::string_view> order_group_id;       // 20130 never on create, always otherwise
  std::optional<std::int64_t> order_group_contracts_limit;  // 20132 on create and update, 1 to 1,000,000
  std::optional<std::int32_t> alloc_account;            // 79
  UnknownFields unknown; };

// ---- order entry, from the exchange -----------------------------------------------------------------------------------
struct MiscFee {                                        // NoMiscFees(136)
  DollarDecimal misc_fee_amt;                           // 137 dollars
  std::optional<std::string_view> misc_fee_curr;        // 138 USD
  std::optional<MiscFeeType> misc_fee_type;             // 139
  std::optional<MiscFeeBasis> misc_fee_basis;           // 891
  friend bool operator==(const MiscFee&, const MiscFee&) = default;
};
struct CollateralAmountChange {                         // NoCollateralAmountChanges(1703)
  DollarDecimal collateral_amount_change;               // 1704 delta in dollars
  std::optional<std::string_view> collateral_amount_type;  // 1705 BALANCE or PAYOUT
  friend bool operator==(const CollateralAmountChange&, const CollateralAmountChange&) = default;
};
struct ExecutionReport { static constexpr std::string_view kMsgType = "8"; Header header;
  MultiplierDecimal avg_px;                             // 6 dollars; its own digits, an average may have many
  std::string_view cl_ord_id;                           // 11
  FixedPointCount cum_qty;                              // 14
  std::string_view exec_id;                             // 17 "<a>;<b>"; "-1;-1" on rejects and pending reports
  std::optional<std::string_view> last_mkt;             // 30 exchange index
  std::optional<DollarDecimal> last_px;                 // 31
  std::optional<FixedPointCount> last_qty;              // 32
  std::string_view order_id;                            // 37
  FixedPointCount order_qty;                            // 38
  OrdStatus ord_status{};                               // 39
  std::optional<OrdType> ord_type;                      // 40
  std::optional<std::string_view> orig_cl_ord_id;       // 41
  std::optional<DollarDecimal> price;                   // 44
  Side side{};                                          // 54
  std::string_view symbol;                              // 55
  std::optional<std::string_view> text;                 // 58
  std::optional<TimeInForce> time_in_force;             // 59
  std::optional<Timestamp> transact_time;               // 60 absent: missing or not readable as a time (a finding says so)
  std::optional<std::int32_t> alloc_account;            // 79
  std::optional<OrdRejReason> ord_rej_reason;           // 103
  std::optional<Timestamp> expire_time;                 // 126
  Group<MiscFee, 2> misc_fees;                          // 136
  ExecType exec_type{};                                 // 150
  FixedPointCount leaves_qty;                           // 151
  Parties parties;                                      // 453
  std::optional<std::string_view> secondary_cl_ord_id;  // 526
  std::optional<FixedPointCount> long_qty;              // 704 net position after the trade
  std::optional<FixedPointCount> short_qty;             // 705
  std::optional<Date> clearing_business_date;           // 715
  std::optional<std::string_view> trd_match_id;         // 880
  std::optional<bool> aggressor_indicator;              // 1057 Y = taker
  Group<CollateralAmountChange, 2> collateral_amount_changes;  // 1703
  UnknownFields unknown; };
struct OrderCancelReject { static constexpr std::string_view kMsgType = "9"; Header header;
  std::string_view cl_ord_id;                           // 11
  std::optional<std::string_view> order_id;             // 37
  OrdStatus ord_status{};                               // 39
  std::optional<std::string_view> orig_cl_ord_id;       // 41
  CxlRejResponseTo cxl_rej_response_to{};               // 434
  std::optional<CxlRejReason> cxl_rej_reason;           // 102
  std::optional<std::string_view> text;                 // 58
  std::optional<Timestamp> transact_time;               // 60
  Parties parties;                                      // 453
  UnknownFields unknown; };
struct OrderMassCancelReport { static constexpr std::string_view kMsgType = "r"; Header header;
  std::optional<std::string_view> cl_ord_id;            // 11
  std::string_view order_id;                            // 37 operation id
  std::optional<MassCancelRequestType> mass_cancel_request_type;  // 530
  MassCancelResponse mass_cancel_response{};            // 531
  std::optional<MassCancelRejectReason> mass_cancel_reject_reason;  // 532
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };
struct OrderGroupResponse { static constexpr std::string_view kMsgType = "UOH"; Header header;
  std::string_view order_group_id;                      // 20130
  std::optional<std::int64_t> order_group_contracts_limit;  // 20132
  std::optional<std::int32_t> alloc_account;            // 79
  UnknownFields unknown; };
struct BusinessMessageReject { static constexpr std::string_view kMsgType = "j"; Header header;
  std::optional<std::int64_t> ref_seq_num;              // 45
  std::string_view ref_msg_type;                        // 372
  std::optional<std::string_view> business_reject_ref_id;  // 379
  BusinessRejectReason business_reject_reason{};        // 380
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };

// ---- drop copy (KalshiDC) ---------------------------------------------------------------------------------------------
struct EventResendRequest { static constexpr std::string_view kMsgType = "U1"; Header header;
  std::string_view begin_exec_id;                       // 21001
  std::optional<std::string_view> end_exec_id;          // 21002 inclusive; absent = up to the latest
  UnknownFields unknown; };
struct EventResendComplete { static constexpr std::string_view kMsgType = "U2"; Header header;
  std::int64_t ref_seq_num{0};                          // 45
  std::int64_t resent_event_count{0};                   // 21003
  UnknownFields unknown; };
struct EventResendReject { static constexpr std::string_view kMsgType = "U3"; Header header;
  std::int64_t ref_seq_num{0};                          // 45
  EventResendRejectReason event_resend_reject_reason{}; // 21004
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };

// ---- market data (KalshiMD) -------------------------------------------------------------------------------------------
struct RelatedSym {                                     // NoRelatedSym(146)
  std::string_view symbol;                              // 55
  friend bool operator==(const RelatedSym&, const RelatedSym&) = default;
};
struct MarketDataRequest { static constexpr std::string_view kMsgType = "V"; Header header;
  std::optional<std::string_view> md_req_id;            // 262
  SubscriptionRequestType subscription_request_type{};  // 263
  Group<RelatedSym, 8> related_sym;                     // 146; none with 263=2 = stop all
  UnknownFields unknown; };
struct MDFullEntry {                                    // NoMDEntries(268) of W
  MDEntryType md_entry_type{};                          // 269
  std::optional<DollarDecimal> md_entry_px;             // 270
  std::optional<FixedPointCount> md_entry_size;         // 271
  std::optional<Date> md_entry_date;                    // 272 UTC, of the snapshot
  std::optional<std::chrono::microseconds> md_entry_time;  // 273 UTC, since midnight of 272
  friend bool operator==(const MDFullEntry&, const MDFullEntry&) = default;
};
struct MarketDataSnapshotFullRefresh { static constexpr std::string_view kMsgType = "W"; Header header;
  std::optional<std::string_view> md_req_id;            // 262
  std::string_view symbol;                              // 55
  Group<MDFullEntry, 32> md_entries;                    // 268
  UnknownFields unknown; };
struct MDIncEntry {                                     // NoMDEntries(268) of X
  MDUpdateAction md_update_action{};                    // 279
  std::string_view symbol;                              // 55
  MDEntryType md_entry_type{};                          // 269
  std::optional<DollarDecimal> md_entry_px;             // 270
  std::optional<FixedPointCount> md_entry_size;         // 271 ABSOLUTE level size; traded size for 269=2
  std::optional<Date> md_entry_date;                    // 272 UTC, of the exchange's event
  std::optional<std::chrono::microseconds> md_entry_time;  // 273 UTC, since midnight of 272
  std::optional<AggressorSide> aggressor_side;          // 2446 on trades
  std::optional<TrdType> trd_type;                      // 828 on block trades
  std::optional<std::string_view> trade_id;             // 1003 on trades: REST's and the WebSocket's trade_id
  std::optional<std::string_view> cl_ord_id;            // 11 on levels that an order of one's own changed, when it has one
  std::optional<std::int32_t> alloc_account;            // 79 the same, its subaccount
  friend bool operator==(const MDIncEntry&, const MDIncEntry&) = default;
};
struct MarketDataIncrementalRefresh { static constexpr std::string_view kMsgType = "X"; Header header;
  std::optional<std::string_view> md_req_id;            // 262
  Group<MDIncEntry, 8> md_entries;                      // 268
  UnknownFields unknown; };
struct MarketDataRequestReject { static constexpr std::string_view kMsgType = "Y"; Header header;
  std::optional<std::string_view> md_req_id;            // 262
  std::optional<MDReqRejReason> md_req_rej_reason;      // 281
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };
struct SecurityStatusRequest { static constexpr std::string_view kMsgType = "e"; Header header;
  std::optional<std::string_view> security_status_req_id;  // 324
  SubscriptionRequestType subscription_request_type{};  // 263
  std::string_view symbol;                              // 55
  UnknownFields unknown; };
struct SecurityStatus { static constexpr std::string_view kMsgType = "f"; Header header;
  std::optional<std::string_view> security_status_req_id;  // 324
  std::string_view symbol;                              // 55
  std::optional<SecurityTradingStatus> security_trading_status;  // 326
  std::optional<std::string_view> text;                 // 58
  UnknownFields unknown; };

}  // namespace marginfix::fix
