// Market data, security lists and positions as the gateway's clients ask for them and are answered, in FIX.4.2, FIX.4.4 and 5.0 SP2: one
// struct a message for all three, with the fields that the gateway uses. What a client sends beside them stays in `unknown`. Tags, values
// and the order of fields in groups are those that the stock dictionaries of QuickFIX C++, QuickFIX/J and quickfix-go have in common.
// Sources: FIX 4.2, FIX 4.4, FIX 5.0 SP2; the dictionaries of these engines.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "marginfix/fix/define.hpp"
#include "services/gateway/oms/client_line.hpp"
#include "services/gateway/oms/refusal.hpp"

namespace marginfix::gateway {

// ---- market data --------------------------------------------------------------------------------------------------------
struct WantedEntryType {  // 267
  char md_entry_type{};   // 269
  friend bool operator==(const WantedEntryType&, const WantedEntryType&) = default;
};
struct WantedSymbol {                           // 146
  std::string_view symbol;                      // 55
  std::optional<std::string_view> security_id;  // 48, which an entry may begin with; not looked at
  friend bool operator==(const WantedSymbol&, const WantedSymbol&) = default;
};
struct MarketRequest {  // V
  static constexpr std::string_view kMsgType = "V";
  fix::StandardHeader header;
  fix::Group<WantedSymbol, 4> related_sym;     // 146; with 263=2 neither this nor 264 and 267 are looked at
  std::string_view md_req_id;                  // 262
  char subscription_request_type{};            // 263
  std::optional<std::int32_t> market_depth;    // 264
  std::optional<std::int32_t> md_update_type;  // 265
  std::optional<bool> aggregated_book;         // 266
  fix::Group<WantedEntryType, 4> entry_types;  // 267
  std::optional<bool> md_implicit_delete;      // 547
  fix::UnknownFields unknown;
};

struct SnapshotEntry {                                     // 268 of W
  char md_entry_type{};                                    // 269
  DollarDecimal md_entry_px;                               // 270
  FixedPointCount md_entry_size;                           // 271
  std::optional<Date> md_entry_date;                       // 272
  std::optional<std::chrono::microseconds> md_entry_time;  // 273
  friend bool operator==(const SnapshotEntry&, const SnapshotEntry&) = default;
};
struct MarketSnapshot {  // W
  static constexpr std::string_view kMsgType = "W";
  fix::StandardHeader header;
  std::string_view symbol;                   // 55
  std::string_view md_req_id;                // 262
  fix::Group<SnapshotEntry, 32> md_entries;  // 268
  fix::UnknownFields unknown;
};

struct UpdateEntry {                                       // 268 of X
  char md_update_action{};                                 // 279
  char md_entry_type{};                                    // 269
  std::optional<std::string_view> md_entry_id;             // 278 of a trade: the exchange's trade id
  std::string_view symbol;                                 // 55
  DollarDecimal md_entry_px;                               // 270
  std::optional<FixedPointCount> md_entry_size;            // 271 absolute; none with 279=2
  std::optional<Date> md_entry_date;                       // 272
  std::optional<std::chrono::microseconds> md_entry_time;  // 273
  friend bool operator==(const UpdateEntry&, const UpdateEntry&) = default;
};
struct MarketUpdate {  // X
  static constexpr std::string_view kMsgType = "X";
  fix::StandardHeader header;
  std::string_view md_req_id;             // 262
  fix::Group<UpdateEntry, 8> md_entries;  // 268
  fix::UnknownFields unknown;
};

struct MarketReject {  // Y
  static constexpr std::string_view kMsgType = "Y";
  fix::StandardHeader header;
  std::optional<std::string_view> text;   // 58
  std::string_view md_req_id;             // 262
  std::optional<char> md_req_rej_reason;  // 281
  fix::UnknownFields unknown;
};

// ---- security lists -------------------------------------------------------------------------------------------------------
struct ListRequest {  // x: 4.4, 5.0 SP2
  static constexpr std::string_view kMsgType = "x";
  fix::StandardHeader header;
  std::optional<std::string_view> symbol;         // 55
  std::optional<std::string_view> security_type;  // 167
  std::string_view security_req_id;               // 320
  std::int32_t security_list_request_type{};      // 559
  fix::UnknownFields unknown;
};

struct ListedSecurity {                              // 146 of y
  std::string_view symbol;                           // 55
  std::optional<std::string_view> security_type;     // 167
  std::optional<DollarDecimal> min_price_increment;  // 969, 5.0 SP2
  std::optional<std::string_view> security_desc;     // 107, 4.4: in 5.0 SP2 the engines disagree on which of 107 and 969 comes first
  std::optional<std::string_view> currency;          // 15
  std::optional<std::string_view> text;              // 58
  friend bool operator==(const ListedSecurity&, const ListedSecurity&) = default;
};
struct ListAnswer {  // y
  static constexpr std::string_view kMsgType = "y";
  fix::StandardHeader header;
  fix::Group<ListedSecurity, 8> related_sym;  // 146
  std::string_view security_req_id;           // 320
  std::string_view security_response_id;      // 322
  std::int32_t tot_no_related_sym{};          // 393: of all its messages
  std::int32_t security_request_result{};     // 560
  bool last_fragment{true};                   // 893
  fix::UnknownFields unknown;
};

struct DefinitionRequest {  // c: 4.2
  static constexpr std::string_view kMsgType = "c";
  fix::StandardHeader header;
  std::optional<std::string_view> symbol;  // 55
  std::string_view security_req_id;        // 320
  std::int32_t security_request_type{};    // 321
  fix::UnknownFields unknown;
};
struct Definition {  // d
  static constexpr std::string_view kMsgType = "d";
  fix::StandardHeader header;
  std::optional<std::string_view> currency;       // 15
  std::optional<std::string_view> symbol;         // 55
  std::optional<std::string_view> text;           // 58
  std::optional<std::string_view> security_desc;  // 107
  std::optional<std::string_view> security_type;  // 167
  std::string_view security_req_id;               // 320
  std::string_view security_response_id;          // 322
  std::int32_t security_response_type{};          // 323
  std::int32_t total_num_securities{};            // 393
  fix::UnknownFields unknown;
};

// ---- positions: 4.4, 5.0 SP2 ------------------------------------------------------------------------------------------------
struct PositionsRequest {  // AN
  static constexpr std::string_view kMsgType = "AN";
  fix::StandardHeader header;
  std::optional<std::string_view> account;        // 1
  std::optional<std::string_view> symbol;         // 55
  std::optional<char> subscription_request_type;  // 263
  std::optional<std::int32_t> account_type;       // 581
  std::string_view pos_req_id;                    // 710
  std::int32_t pos_req_type{};                    // 724
  fix::UnknownFields unknown;
};

struct PositionsAck {  // AO
  static constexpr std::string_view kMsgType = "AO";
  fix::StandardHeader header;
  std::string_view account;              // 1
  std::optional<std::string_view> text;  // 58
  std::int32_t account_type{};           // 581
  std::string_view pos_req_id;           // 710
  std::string_view pos_maint_rpt_id;     // 721
  std::int32_t total_num_pos_reports{};  // 727
  std::int32_t pos_req_result{};         // 728
  std::int32_t pos_req_status{};         // 729
  fix::UnknownFields unknown;
};

struct PositionQty {          // 702
  std::string_view pos_type;  // 703
  FixedPointCount long_qty;   // 704
  FixedPointCount short_qty;  // 705
  friend bool operator==(const PositionQty&, const PositionQty&) = default;
};
struct PositionAmount {           // 753
  std::string_view pos_amt_type;  // 707
  DollarDecimal pos_amt;          // 708
  friend bool operator==(const PositionAmount&, const PositionAmount&) = default;
};
struct PositionReport {  // AP
  static constexpr std::string_view kMsgType = "AP";
  fix::StandardHeader header;
  std::string_view account;               // 1
  std::string_view currency;              // 15
  std::string_view symbol;                // 55
  std::int32_t account_type{};            // 581
  fix::Group<PositionQty, 1> positions;   // 702
  std::string_view pos_req_id;            // 710
  Date clearing_business_date{};          // 715
  std::string_view pos_maint_rpt_id;      // 721
  std::int32_t pos_req_type{};            // 724
  std::int32_t total_num_pos_reports{};   // 727
  std::int32_t pos_req_result{};          // 728
  DollarDecimal settl_price;              // 730
  std::int32_t settl_price_type{};        // 731
  DollarDecimal prior_settl_price;        // 734
  fix::Group<PositionAmount, 1> amounts;  // 753
  fix::UnknownFields unknown;
};

}  // namespace marginfix::gateway

// clang-format off
namespace marginfix::fix {

template <> struct MessageTable<gateway::WantedEntryType> {
  using M = gateway::WantedEntryType;
  static constexpr std::tuple kFields{required(269, "MDEntryType", &M::md_entry_type)};
};
template <> struct MessageTable<gateway::WantedSymbol> {
  using M = gateway::WantedSymbol;
  static constexpr std::tuple kFields{required(55, "Symbol", &M::symbol), optional(48, "SecurityID", &M::security_id)};
};
template <> struct MessageTable<gateway::MarketRequest> {
  using M = gateway::MarketRequest;
  static constexpr std::string_view kName = "MarketDataRequest";
  static constexpr std::tuple kFields{
      optional(146, "NoRelatedSym", &M::related_sym),
      required(262, "MDReqID", &M::md_req_id),
      required(263, "SubscriptionRequestType", &M::subscription_request_type),
      optional(264, "MarketDepth", &M::market_depth),
      optional(265, "MDUpdateType", &M::md_update_type),
      optional(266, "AggregatedBook", &M::aggregated_book),
      optional(267, "NoMDEntryTypes", &M::entry_types),
      optional(547, "MDImplicitDelete", &M::md_implicit_delete)};
};
template <> struct MessageTable<gateway::SnapshotEntry> {
  using M = gateway::SnapshotEntry;
  static constexpr std::tuple kFields{
      required(269, "MDEntryType", &M::md_entry_type),
      required(270, "MDEntryPx", &M::md_entry_px).decimals(6),
      required(271, "MDEntrySize", &M::md_entry_size),
      optional(272, "MDEntryDate", &M::md_entry_date).as(FieldType::utc_date_only),
      optional(273, "MDEntryTime", &M::md_entry_time)};
};
template <> struct MessageTable<gateway::MarketSnapshot> {
  using M = gateway::MarketSnapshot;
  static constexpr std::string_view kName = "MarketDataSnapshotFullRefresh";
  static constexpr std::tuple kFields{
      required(55, "Symbol", &M::symbol).free_text(),
      required(262, "MDReqID", &M::md_req_id).free_text(),
      required(268, "NoMDEntries", &M::md_entries).write_empty()};  // the counter alone: there is nothing to rely on
};
template <> struct MessageTable<gateway::UpdateEntry> {
  using M = gateway::UpdateEntry;
  static constexpr std::tuple kFields{
      required(279, "MDUpdateAction", &M::md_update_action),
      required(269, "MDEntryType", &M::md_entry_type),
      optional(278, "MDEntryID", &M::md_entry_id),
      required(55, "Symbol", &M::symbol).free_text(),
      required(270, "MDEntryPx", &M::md_entry_px).decimals(6),
      optional(271, "MDEntrySize", &M::md_entry_size),
      optional(272, "MDEntryDate", &M::md_entry_date).as(FieldType::utc_date_only),
      optional(273, "MDEntryTime", &M::md_entry_time)};
};
template <> struct MessageTable<gateway::MarketUpdate> {
  using M = gateway::MarketUpdate;
  static constexpr std::string_view kName = "MarketDataIncrementalRefresh";
  static constexpr std::tuple kFields{
      required(262, "MDReqID", &M::md_req_id).free_text(),
      required(268, "NoMDEntries", &M::md_entries)};
};
template <> struct MessageTable<gateway::MarketReject> {
  using M = gateway::MarketReject;
  static constexpr std::string_view kName = "MarketDataRequestReject";
  static constexpr std::tuple kFields{
      optional(58, "Text", &M::text).free_text(),
      required(262, "MDReqID", &M::md_req_id).free_text(),
      optional(281, "MDReqRejReason", &M::md_req_rej_reason)};
};
template <> struct MessageTable<gateway::ListRequest> {
  using M = gateway::ListRequest;
  static constexpr std::string_view kName = "SecurityListRequest";
  static constexpr std::tuple kFields{
      optional(55, "Symbol", &M::symbol),
      optional(167, "SecurityType", &M::security_type),
      required(320, "SecurityReqID", &M::security_req_id),
      required(559, "SecurityListRequestType", &M::security_list_request_type)};
};
template <> struct MessageTable<gateway::ListedSecurity> {
  using M = gateway::ListedSecurity;
  static constexpr std::tuple kFields{
      required(55, "Symbol", &M::symbol).free_text(),
      optional(167, "SecurityType", &M::security_type),
      optional(969, "MinPriceIncrement", &M::min_price_increment).decimals(6),
      optional(107, "SecurityDesc", &M::security_desc).free_text(),
      optional(15, "Currency", &M::currency).as(FieldType::currency),
      optional(58, "Text", &M::text).free_text()};
};
template <> struct MessageTable<gateway::ListAnswer> {
  using M = gateway::ListAnswer;
  static constexpr std::string_view kName = "SecurityList";
  static constexpr std::tuple kFields{
      optional(146, "NoRelatedSym", &M::related_sym),
      required(320, "SecurityReqID", &M::security_req_id).free_text(),
      required(322, "SecurityResponseID", &M::security_response_id),
      required(393, "TotNoRelatedSym", &M::tot_no_related_sym),
      required(560, "SecurityRequestResult", &M::security_request_result),
      required(893, "LastFragment", &M::last_fragment)};
};
template <> struct MessageTable<gateway::DefinitionRequest> {
  using M = gateway::DefinitionRequest;
  static constexpr std::string_view kName = "SecurityDefinitionRequest";
  static constexpr std::tuple kFields{
      optional(55, "Symbol", &M::symbol),
      required(320, "SecurityReqID", &M::security_req_id),
      required(321, "SecurityRequestType", &M::security_request_type)};
};
template <> struct MessageTable<gateway::Definition> {
  using M = gateway::Definition;
  static constexpr std::string_view kName = "SecurityDefinition";
  static constexpr std::tuple kFields{
      optional(15, "Currency", &M::currency).as(FieldType::currency),
      optional(55, "Symbol", &M::symbol).free_text(),
      optional(58, "Text", &M::text).free_text(),
      optional(107, "SecurityDesc", &M::security_desc).free_text(),
      optional(167, "SecurityType", &M::security_type),
      required(320, "SecurityReqID", &M::security_req_id).free_text(),
      required(322, "SecurityResponseID", &M::security_response_id),
      required(323, "SecurityResponseType", &M::security_response_type),
      required(393, "TotalNumSecurities", &M::total_num_securities)};
};
template <> struct MessageTable<gateway::PositionsRequest> {
  using M = gateway::PositionsRequest;
  static constexpr std::string_view kName = "RequestForPositions";
  static constexpr std::tuple kFields{
      optional(1, "Account", &M::account),
      optional(55, "Symbol", &M::symbol),
      optional(263, "SubscriptionRequestType", &M::subscription_request_type),
      optional(581, "AccountType", &M::account_type),
      required(710, "PosReqID", &M::pos_req_id),
      required(724, "PosReqType", &M::pos_req_type)};
};
template <> struct MessageTable<gateway::PositionsAck> {
  using M = gateway::PositionsAck;
  static constexpr std::string_view kName = "RequestForPositionsAck";
  static constexpr std::tuple kFields{
      required(1, "Account", &M::account).free_text(),
      optional(58, "Text", &M::text).free_text(),
      required(581, "AccountType", &M::account_type),
      required(710, "PosReqID", &M::pos_req_id).free_text(),
      required(721, "PosMaintRptID", &M::pos_maint_rpt_id),
      required(727, "TotalNumPosReports", &M::total_num_pos_reports),
      required(728, "PosReqResult", &M::pos_req_result),
      required(729, "PosReqStatus", &M::pos_req_status)};
};
template <> struct MessageTable<gateway::PositionQty> {
  using M = gateway::PositionQty;
  static constexpr std::tuple kFields{
      required(703, "PosType", &M::pos_type),
      required(704, "LongQty", &M::long_qty),
      required(705, "ShortQty", &M::short_qty)};
};
template <> struct MessageTable<gateway::PositionAmount> {
  using M = gateway::PositionAmount;
  static constexpr std::tuple kFields{
      required(707, "PosAmtType", &M::pos_amt_type),
      required(708, "PosAmt", &M::pos_amt).as(FieldType::amt).decimals(6)};
};
template <> struct MessageTable<gateway::PositionReport> {
  using M = gateway::PositionReport;
  static constexpr std::string_view kName = "PositionReport";
  static constexpr std::tuple kFields{
      required(1, "Account", &M::account).free_text(),
      required(15, "Currency", &M::currency).as(FieldType::currency),
      required(55, "Symbol", &M::symbol).free_text(),
      required(581, "AccountType", &M::account_type),
      optional(702, "NoPositions", &M::positions),
      required(710, "PosReqID", &M::pos_req_id).free_text(),
      required(715, "ClearingBusinessDate", &M::clearing_business_date),
      required(721, "PosMaintRptID", &M::pos_maint_rpt_id),
      required(724, "PosReqType", &M::pos_req_type),
      required(727, "TotalNumPosReports", &M::total_num_pos_reports),
      required(728, "PosReqResult", &M::pos_req_result),
      required(730, "SettlPrice", &M::settl_price).decimals(6),
      required(731, "SettlPriceType", &M::settl_price_type),
      required(734, "PriorSettlPrice", &M::prior_settl_price).decimals(6),
      optional(753, "NoPosAmt", &M::amounts)};
};

}  // namespace marginfix::fix
// clang-format on
