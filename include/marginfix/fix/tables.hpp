// The message tables: every message of fix-margin.md, field by field. See field_table.hpp for what a line means.
// Where a field's presence is "required" here and missing in a message from the exchange, the message is delivered with a finding.
#pragma once

#include <variant>

#include "marginfix/fix/field_table.hpp"

// clang-format off
namespace marginfix::fix {

template <> struct MessageTable<Header> {
  using M = Header;
  static constexpr std::tuple kFields{
    required(35, "MsgType", &M::msg_type),
    required(34, "MsgSeqNum", &M::msg_seq_num).as(FieldType::seq_num).range(1, std::numeric_limits<std::int64_t>::max()),
    optional(43, "PossDupFlag", &M::poss_dup_flag),
    required(49, "SenderCompID", &M::sender_comp_id),
    optional(50, "SenderSubID", &M::sender_sub_id).max_length(16),
    required(52, "SendingTime", &M::sending_time),
    required(56, "TargetCompID", &M::target_comp_id),
    optional(57, "TargetSubID", &M::target_sub_id),
    optional(97, "PossResend", &M::poss_resend),
    optional(122, "OrigSendingTime", &M::orig_sending_time),
    optional(1128, "ApplVerID", &M::appl_ver_id)};
};

// ---- groups -----------------------------------------------------------------------------------------------------------
template <> struct MessageTable<Party> {
  using M = Party;
  static constexpr std::tuple kFields{
    required(448, "PartyID", &M::party_id),
    optional(447, "PartyIDSource", &M::party_id_source),
    required(452, "PartyRole", &M::party_role)};
};
template <> struct MessageTable<MiscFee> {
  using M = MiscFee;
  static constexpr std::tuple kFields{
    required(137, "MiscFeeAmt", &M::misc_fee_amt).as(FieldType::amt),
    optional(138, "MiscFeeCurr", &M::misc_fee_curr).as(FieldType::currency),
    optional(139, "MiscFeeType", &M::misc_fee_type).as(FieldType::character),
    optional(891, "MiscFeeBasis", &M::misc_fee_basis)};
};
template <> struct MessageTable<CollateralAmountChange> {
  using M = CollateralAmountChange;
  static constexpr std::tuple kFields{
    required(1704, "CollateralAmountChange", &M::collateral_amount_change).as(FieldType::amt),
    optional(1705, "CollateralAmountType", &M::collateral_amount_type)};
};
template <> struct MessageTable<RelatedSym> {
  static constexpr std::tuple kFields{required(55, "Symbol", &RelatedSym::symbol)};
};
template <> struct MessageTable<MDFullEntry> {
  using M = MDFullEntry;
  static constexpr std::tuple kFields{
    required(269, "MDEntryType", &M::md_entry_type),
    optional(270, "MDEntryPx", &M::md_entry_px),
    optional(271, "MDEntrySize", &M::md_entry_size),
    optional(272, "MDEntryDate", &M::md_entry_date).as(FieldType::utc_date_only),
    optional(273, "MDEntryTime", &M::md_entry_time)};
};
template <> struct MessageTable<MDIncEntry> {
  using M = MDIncEntry;
  static constexpr std::tuple kFields{
    required(279, "MDUpdateAction", &M::md_update_action),
    required(55, "Symbol", &M::symbol),
    required(269, "MDEntryType", &M::md_entry_type),
    optional(270, "MDEntryPx", &M::md_entry_px),
    optional(271, "MDEntrySize", &M::md_entry_size),
    optional(272, "MDEntryDate", &M::md_entry_date).as(FieldType::utc_date_only),
    optional(273, "MDEntryTime", &M::md_entry_time),
    conditional(2446, "AggressorSide", &M::aggressor_side),
    conditional(828, "TrdType", &M::trd_type),
    conditional(1003, "TradeID", &M::trade_id),
    conditional(11, "ClOrdID", &M::cl_ord_id),
    conditional(79, "AllocAccount", &M::alloc_account)};
};

// ---- session messages -------------------------------------------------------------------------------------------------
template <> struct MessageTable<Heartbeat> {
  using M = Heartbeat;
  static constexpr std::string_view kName = "Heartbeat";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = true;
  static constexpr std::tuple kFields{conditional(112, "TestReqID", &M::test_req_id)};
};
template <> struct MessageTable<TestRequest> {
  using M = TestRequest;
  static constexpr std::string_view kName = "TestRequest";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = true;
  static constexpr std::tuple kFields{required(112, "TestReqID", &M::test_req_id)};
};
template <> struct MessageTable<ResendRequest> {
  using M = ResendRequest;
  static constexpr std::string_view kName = "ResendRequest";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = true;
  static constexpr std::tuple kFields{
    required(7, "BeginSeqNo", &M::begin_seq_no).as(FieldType::seq_num),
    required(16, "EndSeqNo", &M::end_seq_no).as(FieldType::seq_num)};
};
template <> struct MessageTable<Reject> {
  using M = Reject;
  static constexpr std::string_view kName = "Reject";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = true;
  static constexpr std::tuple kFields{
    required(45, "RefSeqNum", &M::ref_seq_num).as(FieldType::seq_num),
    optional(58, "Text", &M::text),
    optional(371, "RefTagID", &M::ref_tag_id),
    optional(372, "RefMsgType", &M::ref_msg_type),
    optional(373, "SessionRejectReason", &M::session_reject_reason)};
};
template <> struct MessageTable<SequenceReset> {
  using M = SequenceReset;
  static constexpr std::string_view kName = "SequenceReset";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = true;
  static constexpr std::tuple kFields{
    required(36, "NewSeqNo", &M::new_seq_no).as(FieldType::seq_num).range(1, std::numeric_limits<std::int64_t>::max()),
    optional(123, "GapFillFlag", &M::gap_fill_flag)};
};
template <> struct MessageTable<Logout> {
  using M = Logout;
  static constexpr std::string_view kName = "Logout";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = true;
  static constexpr std::tuple kFields{optional(58, "Text", &M::text)};
};
template <> struct MessageTable<Logon> {
  using M = Logon;
  static constexpr std::string_view kName = "Logon";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = true;
  static constexpr std::tuple kFields{
    optional(58, "Text", &M::text),
    conditional(95, "RawDataLength", &M::raw_data_length).as(FieldType::length),
    conditional(96, "RawData", &M::raw_data).as(FieldType::data),
    required(98, "EncryptMethod", &M::encrypt_method),
    required(108, "HeartBtInt", &M::heart_bt_int).range(3, 3600),
    optional(141, "ResetSeqNumFlag", &M::reset_seq_num_flag),
    required(1137, "DefaultApplVerID", &M::default_appl_ver_id),
    optional(8013, "CancelOrdersOnDisconnect", &M::cancel_orders_on_disconnect),
    optional(20126, "ListenerSession", &M::listener_session),
    optional(20127, "ReceiveSettlementReports", &M::receive_settlement_reports),
    optional(20200, "MessageRetentionPeriod", &M::message_retention_period).range(1, 72),
    optional(21005, "UseDollars", &M::use_dollars),
    optional(21007, "EnableIocCancelReport", &M::enable_ioc_cancel_report),
    optional(21008, "PreserveOriginalOrderQty", &M::preserve_original_order_qty),
    optional(21011, "SkipPendingExecReports", &M::skip_pending_exec_reports),
    optional(21012, "UseExpiredOrdStatus", &M::use_expired_ord_status),
    optional(21026, "AlwaysEmitNewBeforeTrade", &M::always_emit_new_before_trade)};
};

// ---- order entry, to the exchange -------------------------------------------------------------------------------------
template <> struct MessageTable<NewOrderSingle> {
  using M = NewOrderSingle;
  static constexpr std::string_view kName = "NewOrderSingle";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(11, "ClOrdID", &M::cl_ord_id).max_length(64),
    optional(18, "ExecInst", &M::exec_inst).as(FieldType::multiple_value),
    required(38, "OrderQty", &M::order_qty).whole(),
    required(40, "OrdType", &M::ord_type),
    required(44, "Price", &M::price),
    required(54, "Side", &M::side),
    required(55, "Symbol", &M::symbol),
    optional(59, "TimeInForce", &M::time_in_force),
    optional(60, "TransactTime", &M::transact_time),
    optional(79, "AllocAccount", &M::alloc_account).range(0, 63),
    conditional(126, "ExpireTime", &M::expire_time),
    optional(453, "NoPartyIDs", &M::parties),
    optional(526, "SecondaryClOrdID", &M::secondary_cl_ord_id),
    optional(2964, "SelfTradePreventionType", &M::self_trade_prevention_type),
    optional(21006, "CancelOrderOnPause", &M::cancel_order_on_pause)};
};
template <> struct MessageTable<OrderCancelReplaceRequest> {
  using M = OrderCancelReplaceRequest;
  static constexpr std::string_view kName = "OrderCancelReplaceRequest";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(11, "ClOrdID", &M::cl_ord_id).max_length(64),
    optional(37, "OrderID", &M::order_id),
    required(38, "OrderQty", &M::order_qty).whole(),
    required(40, "OrdType", &M::ord_type),
    required(41, "OrigClOrdID", &M::orig_cl_ord_id).max_length(64),
    optional(44, "Price", &M::price),
    required(54, "Side", &M::side),
    required(55, "Symbol", &M::symbol),
    optional(59, "TimeInForce", &M::time_in_force),
    optional(60, "TransactTime", &M::transact_time),
    optional(79, "AllocAccount", &M::alloc_account).range(0, 63),
    conditional(126, "ExpireTime", &M::expire_time),
    optional(453, "NoPartyIDs", &M::parties)};
};
template <> struct MessageTable<OrderCancelRequest> {
  using M = OrderCancelRequest;
  static constexpr std::string_view kName = "OrderCancelRequest";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(11, "ClOrdID", &M::cl_ord_id).max_length(64),
    optional(37, "OrderID", &M::order_id),
    required(41, "OrigClOrdID", &M::orig_cl_ord_id).max_length(64),
    required(54, "Side", &M::side),
    required(55, "Symbol", &M::symbol),
    optional(60, "TransactTime", &M::transact_time),
    optional(79, "AllocAccount", &M::alloc_account).range(0, 63),
    optional(453, "NoPartyIDs", &M::parties)};
};
template <> struct MessageTable<OrderMassCancelRequest> {
  using M = OrderMassCancelRequest;
  static constexpr std::string_view kName = "OrderMassCancelRequest";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(11, "ClOrdID", &M::cl_ord_id).max_length(64),
    optional(60, "TransactTime", &M::transact_time),
    required(530, "MassCancelRequestType", &M::mass_cancel_request_type)};
};
template <> struct MessageTable<OrderGroupRequest> {
  using M = OrderGroupRequest;
  static constexpr std::string_view kName = "OrderGroupRequest";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    optional(79, "AllocAccount", &M::alloc_account).range(0, 63),
    conditional(20130, "OrderGroupID", &M::order_group_id),
    required(20131, "OrderGroupAction", &M::order_group_action),
    conditional(20132, "OrderGroupContractsLimit", &M::order_group_contracts_limit).range(1, 1'000'000)};
};

// ---- order entry, from the exchange -----------------------------------------------------------------------------------
template <> struct MessageTable<ExecutionReport> {
  using M = ExecutionReport;
  static constexpr std::string_view kName = "ExecutionReport";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(6, "AvgPx", &M::avg_px),
    required(11, "ClOrdID", &M::cl_ord_id),
    required(14, "CumQty", &M::cum_qty),
    required(17, "ExecID", &M::exec_id),
    optional(30, "LastMkt", &M::last_mkt),
    conditional(31, "LastPx", &M::last_px),
    conditional(32, "LastQty", &M::last_qty),
    required(37, "OrderID", &M::order_id),
    required(38, "OrderQty", &M::order_qty),
    required(39, "OrdStatus", &M::ord_status),
    optional(40, "OrdType", &M::ord_type),
    conditional(41, "OrigClOrdID", &M::orig_cl_ord_id),
    optional(44, "Price", &M::price),
    required(54, "Side", &M::side),
    required(55, "Symbol", &M::symbol),
    optional(58, "Text", &M::text),
    conditional(59, "TimeInForce", &M::time_in_force),
    required(60, "TransactTime", &M::transact_time),
    optional(79, "AllocAccount", &M::alloc_account),
    conditional(103, "OrdRejReason", &M::ord_rej_reason),
    optional(126, "ExpireTime", &M::expire_time),
    conditional(136, "NoMiscFees", &M::misc_fees),
    required(150, "ExecType", &M::exec_type),
    required(151, "LeavesQty", &M::leaves_qty),
    optional(453, "NoPartyIDs", &M::parties),
    optional(526, "SecondaryClOrdID", &M::secondary_cl_ord_id),
    conditional(704, "LongQty", &M::long_qty),
    conditional(705, "ShortQty", &M::short_qty),
    conditional(715, "ClearingBusinessDate", &M::clearing_business_date),
    conditional(880, "TrdMatchID", &M::trd_match_id),
    conditional(1057, "AggressorIndicator", &M::aggressor_indicator),
    conditional(1703, "NoCollateralAmountChanges", &M::collateral_amount_changes)};
};
template <> struct MessageTable<OrderCancelReject> {
  using M = OrderCancelReject;
  static constexpr std::string_view kName = "OrderCancelReject";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(11, "ClOrdID", &M::cl_ord_id),
    optional(37, "OrderID", &M::order_id),
    required(39, "OrdStatus", &M::ord_status),
    optional(41, "OrigClOrdID", &M::orig_cl_ord_id),
    optional(58, "Text", &M::text),
    optional(60, "TransactTime", &M::transact_time),
    optional(102, "CxlRejReason", &M::cxl_rej_reason),
    required(434, "CxlRejResponseTo", &M::cxl_rej_response_to),
    optional(453, "NoPartyIDs", &M::parties)};
};
template <> struct MessageTable<OrderMassCancelReport> {
  using M = OrderMassCancelReport;
  static constexpr std::string_view kName = "OrderMassCancelReport";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    optional(11, "ClOrdID", &M::cl_ord_id),
    required(37, "OrderID", &M::order_id),
    optional(58, "Text", &M::text),
    optional(530, "MassCancelRequestType", &M::mass_cancel_request_type),
    required(531, "MassCancelResponse", &M::mass_cancel_response),
    conditional(532, "MassCancelRejectReason", &M::mass_cancel_reject_reason)};
};
template <> struct MessageTable<OrderGroupResponse> {
  using M = OrderGroupResponse;
  static constexpr std::string_view kName = "OrderGroupResponse";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    optional(79, "AllocAccount", &M::alloc_account),
    required(20130, "OrderGroupID", &M::order_group_id),
    optional(20132, "OrderGroupContractsLimit", &M::order_group_contracts_limit)};
};
template <> struct MessageTable<BusinessMessageReject> {
  using M = BusinessMessageReject;
  static constexpr std::string_view kName = "BusinessMessageReject";
  static constexpr Direction kDirection = Direction::both;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    optional(45, "RefSeqNum", &M::ref_seq_num).as(FieldType::seq_num),
    optional(58, "Text", &M::text),
    required(372, "RefMsgType", &M::ref_msg_type),
    optional(379, "BusinessRejectRefID", &M::business_reject_ref_id),
    required(380, "BusinessRejectReason", &M::business_reject_reason)};
};

// ---- drop copy --------------------------------------------------------------------------------------------------------
template <> struct MessageTable<EventResendRequest> {
  using M = EventResendRequest;
  static constexpr std::string_view kName = "EventResendRequest";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(21001, "BeginExecID", &M::begin_exec_id),
    optional(21002, "EndExecID", &M::end_exec_id)};
};
template <> struct MessageTable<EventResendComplete> {
  using M = EventResendComplete;
  static constexpr std::string_view kName = "EventResendComplete";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(45, "RefSeqNum", &M::ref_seq_num).as(FieldType::seq_num),
    required(21003, "ResendEventCount", &M::resent_event_count)};
};
template <> struct MessageTable<EventResendReject> {
  using M = EventResendReject;
  static constexpr std::string_view kName = "EventResendReject";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(45, "RefSeqNum", &M::ref_seq_num).as(FieldType::seq_num),
    optional(58, "Text", &M::text),
    required(21004, "EventResendRejectReason", &M::event_resend_reject_reason)};
};

// ---- market data ------------------------------------------------------------------------------------------------------
template <> struct MessageTable<MarketDataRequest> {
  using M = MarketDataRequest;
  static constexpr std::string_view kName = "MarketDataRequest";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    conditional(146, "NoRelatedSym", &M::related_sym),
    optional(262, "MDReqID", &M::md_req_id),
    required(263, "SubscriptionRequestType", &M::subscription_request_type)};
};
template <> struct MessageTable<MarketDataSnapshotFullRefresh> {
  using M = MarketDataSnapshotFullRefresh;
  static constexpr std::string_view kName = "MarketDataSnapshotFullRefresh";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(55, "Symbol", &M::symbol),
    optional(262, "MDReqID", &M::md_req_id),
    conditional(268, "NoMDEntries", &M::md_entries).write_empty()};  // an unknown symbol's snapshot is empty, with or without a count
};
template <> struct MessageTable<MarketDataIncrementalRefresh> {
  using M = MarketDataIncrementalRefresh;
  static constexpr std::string_view kName = "MarketDataIncrementalRefresh";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    optional(262, "MDReqID", &M::md_req_id),
    required(268, "NoMDEntries", &M::md_entries)};
};
template <> struct MessageTable<MarketDataRequestReject> {
  using M = MarketDataRequestReject;
  static constexpr std::string_view kName = "MarketDataRequestReject";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    optional(58, "Text", &M::text),
    optional(262, "MDReqID", &M::md_req_id),
    optional(281, "MDReqRejReason", &M::md_req_rej_reason)};
};
template <> struct MessageTable<SecurityStatusRequest> {
  using M = SecurityStatusRequest;
  static constexpr std::string_view kName = "SecurityStatusRequest";
  static constexpr Direction kDirection = Direction::to_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(55, "Symbol", &M::symbol),
    required(263, "SubscriptionRequestType", &M::subscription_request_type),
    optional(324, "SecurityStatusReqID", &M::security_status_req_id)};
};
template <> struct MessageTable<SecurityStatus> {
  using M = SecurityStatus;
  static constexpr std::string_view kName = "SecurityStatus";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr bool kAdmin = false;
  static constexpr std::tuple kFields{
    required(55, "Symbol", &M::symbol),
    optional(58, "Text", &M::text),
    optional(324, "SecurityStatusReqID", &M::security_status_req_id),
    optional(326, "SecurityTradingStatus", &M::security_trading_status)};
};
// clang-format on

// Every message struct, in the order of fix-margin.md.
template <template <class...> class List>
using MessageList =
    List<Heartbeat, TestRequest, ResendRequest, Reject, SequenceReset, Logout, Logon, NewOrderSingle, OrderCancelReplaceRequest,
         OrderCancelRequest, OrderMassCancelRequest, OrderGroupRequest, ExecutionReport, OrderCancelReject, OrderMassCancelReport,
         OrderGroupResponse, BusinessMessageReject, EventResendRequest, EventResendComplete, EventResendReject, MarketDataRequest,
         MarketDataSnapshotFullRefresh, MarketDataIncrementalRefresh, MarketDataRequestReject, SecurityStatusRequest, SecurityStatus>;

}  // namespace marginfix::fix
