// Messages of your own, of any FIX version: a struct and its table, and decode(), encode(), encode_body() and Kept work for them as for the
// messages of this library. Include it in the files that decode or encode them; it is the codec itself, so not in headers that many see.
//
//   enum class HandlInst : char { Private = '1', Public = '2', Manual = '3' };  // an EnumValues<> of marginfix names them; or say char
//   struct NewOrder44 {
//     static constexpr std::string_view kMsgType = "D";
//     fix::StandardHeader header;
//     std::string_view cl_ord_id;                  // 11
//     std::optional<std::string_view> account;     // 1
//     fix::Group<PartyEntry, 2> parties;           // 453; groups within groups too
//     std::optional<std::int32_t> encoded_text_len;    // 354, in front of the data field it measures
//     std::optional<std::string_view> encoded_text;    // 355, may hold any byte
//     fix::UnknownFields unknown;                  // what the table does not know
//   };
//   template <> struct marginfix::fix::MessageTable<NewOrder44> {
//     using M = NewOrder44;
//     static constexpr std::string_view kName = "NewOrderSingle";
//     static constexpr std::tuple kFields{
//       optional(1, "Account", &M::account),
//       required(11, "ClOrdID", &M::cl_ord_id).max_length(20),
//       optional(354, "EncodedTextLen", &M::encoded_text_len).as(FieldType::length),
//       optional(355, "EncodedText", &M::encoded_text).as(FieldType::data),
//       optional(453, "NoPartyIDs", &M::parties)};
//     static std::optional<FieldFault> check(const M&);   // may be left out: a rule that spans fields, asked before encoding
//   };
//
// A member's type is its field's: std::string_view, char, bool, std::int32_t, std::int64_t, DollarDecimal, FixedPointCount,
// MultiplierDecimal (any plain number), Timestamp, Date, std::chrono::microseconds (a time of day), an enumeration with EnumValues, a Group
// of a struct with a table, and std::optional of any but groups. Fields stand in the table in the order they are written; decode takes
// them in any order and is fastest in that one. Give members of group entries their initialisers: entries are not cleared.
// Tables have at most 64 fields: name those you use. Everything else is kept in `unknown` with the entry it came in, and is a finding.
// Entries of groups within groups are numbered through the whole message. The exact rules are those of reader.hpp and writer.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "marginfix/fix/detail/built_in.hpp"
#include "marginfix/fix/detail/decode_impl.hpp"
#include "marginfix/fix/detail/encode_impl.hpp"
#include "marginfix/fix/detail/table_info.hpp"
#include "marginfix/fix/field_table.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"

namespace marginfix::fix {

// The standard header of FIX 4.2, 4.4 and FIXT.1.1, without the fields of encryption and hops, which are kept in `unknown`. Any struct with
// a begin_string and a table of its own may stand in its place; with a member sending_time_text it keeps 52 byte for byte.
struct StandardHeader {
  std::string_view begin_string;                           // 8: "FIX.4.2", "FIX.4.4", "FIXT.1.1"; to be set before encode()
  std::string_view msg_type;                               // 35
  std::int64_t msg_seq_num{0};                             // 34
  std::optional<bool> poss_dup_flag;                       // 43
  std::string_view sender_comp_id;                         // 49
  std::optional<std::string_view> sender_sub_id;           // 50
  std::optional<Timestamp> sending_time;                   // 52
  std::string_view sending_time_text;                      // 52 byte for byte
  std::string_view target_comp_id;                         // 56
  std::optional<std::string_view> target_sub_id;           // 57
  std::optional<bool> poss_resend;                         // 97
  std::optional<std::string_view> on_behalf_of_comp_id;    // 115
  std::optional<std::string_view> on_behalf_of_sub_id;     // 116
  std::optional<Timestamp> orig_sending_time;              // 122
  std::optional<std::string_view> deliver_to_comp_id;      // 128
  std::optional<std::string_view> deliver_to_sub_id;       // 129
  std::optional<std::string_view> sender_location_id;      // 142
  std::optional<std::string_view> target_location_id;      // 143
  std::optional<std::string_view> message_encoding;        // 347
  std::optional<std::int64_t> last_msg_seq_num_processed;  // 369
  std::optional<std::string_view> appl_ver_id;             // 1128, FIXT.1.1 only
};
template <>
struct MessageTable<StandardHeader> {
  using M = StandardHeader;
  static constexpr std::tuple kFields{
      required(35, "MsgType", &M::msg_type),
      required(34, "MsgSeqNum", &M::msg_seq_num).as(FieldType::seq_num).range(1, std::numeric_limits<std::int64_t>::max()),
      optional(43, "PossDupFlag", &M::poss_dup_flag),
      required(49, "SenderCompID", &M::sender_comp_id),
      optional(50, "SenderSubID", &M::sender_sub_id),
      required(52, "SendingTime", &M::sending_time),
      required(56, "TargetCompID", &M::target_comp_id),
      optional(57, "TargetSubID", &M::target_sub_id),
      optional(97, "PossResend", &M::poss_resend),
      optional(115, "OnBehalfOfCompID", &M::on_behalf_of_comp_id),
      optional(116, "OnBehalfOfSubID", &M::on_behalf_of_sub_id),
      optional(122, "OrigSendingTime", &M::orig_sending_time),
      optional(128, "DeliverToCompID", &M::deliver_to_comp_id),
      optional(129, "DeliverToSubID", &M::deliver_to_sub_id),
      optional(142, "SenderLocationID", &M::sender_location_id),
      optional(143, "TargetLocationID", &M::target_location_id),
      optional(347, "MessageEncoding", &M::message_encoding),
      optional(369, "LastMsgSeqNumProcessed", &M::last_msg_seq_num_processed),
      optional(1128, "ApplVerID", &M::appl_ver_id)};
};

// The run-time view of a message's table: field names, types, presence, listed values.
template <Message M>
const MessageInfo& message_info() noexcept {
  static constexpr MessageInfo kInfo = detail::info_of_message<M>();
  return kInfo;
}

// As describe(finding), with the names of M's table.
template <Message M>
std::string describe_in(const Finding& finding) {
  std::string_view name = detail::name_in<M>(finding.tag);
  if (name.empty()) name = detail::name_in<HeaderOf<M>>(finding.tag);
  return describe(finding, name);
}

// One of your messages, by MsgType(35); UnknownMessage for all others. One list a FIX version: 4.2 and 4.4 give the same letters to
// different messages. An `out` that already holds that alternative is reused.
template <Message... Ms>
using AnyOf = std::variant<UnknownMessage, Ms...>;

namespace detail {
template <class... Ms>
Result<void> decode_one_of(const Envelope& envelope, std::variant<UnknownMessage, Ms...>& out, Findings& findings) {
  std::optional<Result<void>> done;
  const auto attempt = [&]<class M>() {
    if (done || (envelope.msg_type != M::kMsgType && !std::is_same_v<M, UnknownMessage>)) return;
    auto* same = std::get_if<M>(&out);
    done.emplace(decode_message(envelope, same != nullptr ? *same : out.template emplace<M>(), findings));
  };
  (attempt.template operator()<Ms>(), ...);
  attempt.template operator()<UnknownMessage>();
  return std::move(*done);
}
}  // namespace detail

template <Message... Ms>
Result<void> decode_any(std::string_view message, std::variant<UnknownMessage, Ms...>& out, Findings& findings) {
  detail::Envelope envelope;
  if (!detail::open_envelope(message, envelope)) return detail::envelope_error(message);
  return detail::decode_one_of(envelope, out, findings);
}
template <Message... Ms>
Result<void> decode_any(const Frame& frame, std::variant<UnknownMessage, Ms...>& out, Findings& findings) {
  if (!frame.checked) return decode_any(std::string_view(frame.bytes), out, findings);
  return detail::decode_one_of(detail::envelope_of(frame), out, findings);
}

}  // namespace marginfix::fix
