// The run-time view of the message tables.
#include "marginfix/fix/field_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "marginfix/fix/detail/table_info.hpp"
#include "marginfix/fix/tables.hpp"

namespace marginfix::fix {
namespace {

using detail::InfoOf;

template <class... Ms>
struct MessageInfos {
  static constexpr std::array<MessageInfo, sizeof...(Ms)> kAll{detail::info_of_message<Ms>()...};
};
constexpr auto& kAll = MessageList<MessageInfos>::kAll;

struct TagName {
  std::int32_t tag;
  std::string_view name;
};
// Tags without a table line: the frame, and standard header fields this exchange does not use.
constexpr TagName kOtherNames[] = {{8, "BeginString"},
                                   {9, "BodyLength"},
                                   {10, "CheckSum"},
                                   {89, "Signature"},
                                   {93, "SignatureLength"},
                                   {115, "OnBehalfOfCompID"},
                                   {128, "DeliverToCompID"},
                                   {142, "SenderLocationID"},
                                   {143, "TargetLocationID"},
                                   {369, "LastMsgSeqNumProcessed"},
                                   {354, "EncodedTextLen"},
                                   {355, "EncodedText"},
                                   {1130, "RefApplVerID"},
                                   {1409, "SessionStatus"},
                                   {378, "ExecRestatementReason"},
                                   {383, "MaxMessageSize"},
                                   {464, "TestMessageIndicator"},
                                   {553, "Username"},
                                   {554, "Password"},
                                   {789, "NextExpectedMsgSeqNum"},
                                   {893, "LastFragment"},
                                   {1129, "CstmApplVerID"},
                                   {21009, "CashOrderQtyDollars"}};

constexpr std::size_t count_names() noexcept {
  std::size_t n = std::size(kOtherNames) + InfoOf<Header>::kInfos.size();
  for (const MessageInfo& m : kAll) {
    for (const FieldInfo& f : m.fields) n += 1 + f.children.size();
  }
  return n;
}
constexpr auto sorted_names() noexcept {
  std::array<TagName, count_names()> names{};
  std::size_t n = 0;
  for (const TagName& t : kOtherNames) names[n++] = t;
  for (const FieldInfo& f : InfoOf<Header>::kInfos) names[n++] = {f.tag, f.name};
  for (const MessageInfo& m : kAll) {
    for (const FieldInfo& f : m.fields) {
      names[n++] = {f.tag, f.name};
      for (const FieldInfo& child : f.children) names[n++] = {child.tag, child.name};
    }
  }
  std::ranges::sort(names, {}, &TagName::tag);
  return names;
}
constexpr auto kNames = sorted_names();

}  // namespace

std::span<const MessageInfo> all_messages() noexcept { return kAll; }
std::span<const FieldInfo> header_fields() noexcept { return InfoOf<Header>::kInfos; }

const MessageInfo* find_message_info(std::string_view msg_type) noexcept {
  const auto found = std::ranges::find(kAll, msg_type, &MessageInfo::msg_type);
  return found == kAll.end() ? nullptr : &*found;
}

std::string_view field_name(std::int32_t tag) noexcept {
  const auto found = std::ranges::lower_bound(kNames, tag, {}, &TagName::tag);
  return found != kNames.end() && found->tag == tag ? found->name : std::string_view();
}

std::string field_label(std::int32_t tag) {
  const auto name = field_name(tag);
  return fmt::format("{}({})", name.empty() ? "Tag" : name, tag);
}

std::string_view to_string(FieldType type) noexcept {
  switch (type) {
    case FieldType::string:
      return "STRING";
    case FieldType::character:
      return "CHAR";
    case FieldType::multiple_value:
      return "MULTIPLEVALUESTRING";
    case FieldType::integer:
      return "INT";
    case FieldType::length:
      return "LENGTH";
    case FieldType::seq_num:
      return "SEQNUM";
    case FieldType::num_in_group:
      return "NUMINGROUP";
    case FieldType::price:
      return "PRICE";
    case FieldType::qty:
      return "QTY";
    case FieldType::amt:
      return "AMT";
    case FieldType::boolean:
      return "BOOLEAN";
    case FieldType::utc_timestamp:
      return "UTCTIMESTAMP";
    case FieldType::utc_date_only:
      return "UTCDATEONLY";
    case FieldType::utc_time_only:
      return "UTCTIMEONLY";
    case FieldType::local_mkt_date:
      return "LOCALMKTDATE";
    case FieldType::data:
      return "DATA";
    case FieldType::currency:
      return "CURRENCY";
  }
  return "STRING";
}

std::string_view to_string(Presence presence) noexcept {
  switch (presence) {
    case Presence::required:
      return "required";
    case Presence::optional:
      return "optional";
    case Presence::conditional:
      return "conditional";
  }
  return "optional";
}

}  // namespace marginfix::fix
