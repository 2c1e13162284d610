// Messages of OMS clients in three FIX versions, defined as a user of the library would: with fix/define.hpp and nothing else.
#pragma once

#include "marginfix/fix/define.hpp"

namespace oms {

using marginfix::DollarDecimal;
using marginfix::FixedPointCount;
using marginfix::MultiplierDecimal;
using marginfix::Timestamp;
namespace fix = marginfix::fix;

enum class HandlInst : char { Private = '1', Public = '2', Manual = '3' };

// FIX.4.2: no parties, an account and a rule of its own.
struct Order42 {
  static constexpr std::string_view kMsgType = "D";
  fix::StandardHeader header;
  std::optional<std::string_view> account;
  std::string_view cl_ord_id;
  HandlInst handl_inst{};
  std::string_view symbol;
  char side{};
  std::optional<Timestamp> transact_time;
  FixedPointCount order_qty;
  char ord_type{};
  std::optional<DollarDecimal> price;
  std::optional<std::string_view> text;
  fix::UnknownFields unknown;
};

// FIX.4.4: parties with sub ids, a group within a group; a data field.
struct PartySubId {
  std::string_view party_sub_id;
  std::int32_t party_sub_id_type{0};
};
struct PartyEntry {
  std::string_view party_id;
  std::optional<char> party_id_source;
  std::optional<std::int32_t> party_role;
  fix::Group<PartySubId, 2> sub_ids;
};
struct Order44 {
  static constexpr std::string_view kMsgType = "D";
  fix::StandardHeader header;
  std::string_view cl_ord_id;
  fix::Group<PartyEntry, 2> parties;
  FixedPointCount order_qty;
  DollarDecimal price;
  std::string_view symbol;
  std::optional<std::string_view> note;
  std::optional<std::int32_t> encoded_text_len;
  std::optional<std::string_view> encoded_text;
  fix::UnknownFields unknown;
};

// FIX50SP2 over FIXT.1.1.
struct Report50 {
  static constexpr std::string_view kMsgType = "8";
  fix::StandardHeader header;
  std::string_view exec_id;
  std::string_view order_id;
  char exec_type{};
  char ord_status{};
  MultiplierDecimal avg_px;
  std::optional<bool> last_rpt_requested;
  fix::UnknownFields unknown;
};

}  // namespace oms

template <>
struct marginfix::EnumValues<oms::HandlInst> {
  static constexpr EnumValue kValues[] = {{'1', "1", "Private"}, {'2', "2", "Public"}, {'3', "3", "Manual"}};
};

template <>
struct marginfix::fix::MessageTable<oms::Order42> {
  using M = oms::Order42;
  static constexpr std::string_view kName = "NewOrderSingle";
  static constexpr std::tuple kFields{optional(1, "Account", &M::account),
                                      required(11, "ClOrdID", &M::cl_ord_id).max_length(20),
                                      required(21, "HandlInst", &M::handl_inst),
                                      required(38, "OrderQty", &M::order_qty).whole(),
                                      required(40, "OrdType", &M::ord_type),
                                      optional(44, "Price", &M::price).decimals(2),
                                      required(54, "Side", &M::side),
                                      required(55, "Symbol", &M::symbol),
                                      optional(58, "Text", &M::text),
                                      required(60, "TransactTime", &M::transact_time)};
  static constexpr std::optional<FieldFault> check(const M& m) {
    if (m.ord_type == '2' && !m.price) return FieldFault{44, "is missing: OrdType(40)=2 needs it"};
    return std::nullopt;
  }
};
template <>
struct marginfix::fix::MessageTable<oms::PartySubId> {
  using M = oms::PartySubId;
  static constexpr std::tuple kFields{required(523, "PartySubID", &M::party_sub_id),
                                      required(803, "PartySubIDType", &M::party_sub_id_type)};
};
template <>
struct marginfix::fix::MessageTable<oms::PartyEntry> {
  using M = oms::PartyEntry;
  static constexpr std::tuple kFields{required(448, "PartyID", &M::party_id), optional(447, "PartyIDSource", &M::party_id_source),
                                      optional(452, "PartyRole", &M::party_role), optional(802, "NoPartySubIDs", &M::sub_ids)};
};
template <>
struct marginfix::fix::MessageTable<oms::Order44> {
  using M = oms::Order44;
  static constexpr std::string_view kName = "NewOrderSingle";
  static constexpr std::tuple kFields{required(11, "ClOrdID", &M::cl_ord_id),
                                      required(38, "OrderQty", &M::order_qty),
                                      required(44, "Price", &M::price).decimals(6),
                                      required(55, "Symbol", &M::symbol),
                                      optional(354, "EncodedTextLen", &M::encoded_text_len).as(FieldType::length),
                                      optional(355, "EncodedText", &M::encoded_text).as(FieldType::data),
                                      optional(453, "NoPartyIDs", &M::parties),
                                      optional(5001, "DeskNote", &M::note).free_text()};
};
template <>
struct marginfix::fix::MessageTable<oms::Report50> {
  using M = oms::Report50;
  static constexpr std::string_view kName = "ExecutionReport";
  static constexpr Direction kDirection = Direction::from_exchange;
  static constexpr std::tuple kFields{required(6, "AvgPx", &M::avg_px),         required(17, "ExecID", &M::exec_id),
                                      required(37, "OrderID", &M::order_id),    required(39, "OrdStatus", &M::ord_status),
                                      required(150, "ExecType", &M::exec_type), optional(912, "LastRptRequested", &M::last_rpt_requested)};
};
