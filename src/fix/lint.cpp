// Holds a pair of data dictionaries against the documentation: the codec's message tables.
#include "marginfix/fix/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "marginfix/fix/field_table.hpp"
#include "src/fix/dictionary_format.hpp"

namespace marginfix::fix {

namespace {

// A text the exchange could send in a field of that type.
std::string_view sample_of(FieldType type) {
  switch (type) {
    case FieldType::boolean:
      return "Y";
    case FieldType::character:
    case FieldType::integer:
    case FieldType::length:
    case FieldType::seq_num:
    case FieldType::num_in_group:
      return "1";
    case FieldType::price:
    case FieldType::amt:
      return "-6.257733333333333";
    case FieldType::qty:
      return "10.00";
    case FieldType::utc_timestamp:
      return "20261001-14:30:00.123456";
    case FieldType::utc_date_only:
    case FieldType::local_mkt_date:
      return "20261001";
    case FieldType::utc_time_only:
      return "14:30:00.123";
    case FieldType::currency:
      return "USD";
    case FieldType::string:
    case FieldType::multiple_value:
    case FieldType::data:
      return "text-1";
  }
  return "1";
}

class Linter {
 public:
  explicit Linter(const DictionaryPair& pair) : pair_(pair) {}

  std::vector<DictionaryFinding> run() {
    take_oddities();
    check_version();
    compare(header_fields(), pair_.session.header(), pair_.session);
    for (const MessageInfo& message : all_messages()) check_message(message);
    return std::move(findings_);
  }

 private:
  void take_oddities() {
    findings_ = pair_.session.oddities();
    if (&pair_.session == &pair_.application) return;
    const auto& more = pair_.application.oddities();
    findings_.insert(findings_.end(), more.begin(), more.end());
  }

  void check_version() {
    if (pair_.session.version() == "FIXT.1.1") return;
    add(DictionaryRule::wrong_version, 8, "FIXT.1.1",
        fmt::format("the session dictionary is for {}, the exchange speaks FIXT.1.1: every message is refused", pair_.session.version()));
  }

  void check_message(const MessageInfo& info) {
    const Dictionary& dictionary = body_dictionary(pair_, info.msg_type);
    const DictionaryMessage* message = dictionary.message(info.msg_type);
    msg_type_ = info.msg_type;
    message_name_ = info.name;
    if (message == nullptr) {
      add(DictionaryRule::unknown_message_type, 35, info.msg_type,
          "the message is missing in the dictionary: engines refuse it as a whole");
      return;
    }
    check_type_list();
    compare(info.fields, message->members, dictionary);
    check_demands(info, *message);
  }

  // MsgType(35) may have a value list of its own in the session dictionary.
  void check_type_list() {
    const DictionaryField* type = pair_.session.field(35);
    if (type != nullptr && !type->values.empty() && type->find_value(msg_type_) == nullptr)
      add(DictionaryRule::value_not_listed, 35, msg_type_,
          fmt::format("MsgType(35)={} is not among the values the dictionary lists", msg_type_));
  }

  void compare(std::span<const FieldInfo> documented, const std::vector<DictionaryMember>& listed, const Dictionary& dictionary) {
    for (const FieldInfo& info : documented) {
      const DictionaryField* field = dictionary.field(info.tag);
      const DictionaryMember* member = find_member(listed, info.tag);
      if (field == nullptr)
        add(DictionaryRule::tag_not_declared, info, "is not declared in the dictionary");
      else if (member == nullptr)
        add(DictionaryRule::tag_not_in_message, info,
            in_group_ ? "is not listed in its group" : "is declared but not listed for this message");
      if (field != nullptr) check_values(info, *field);
      if (member != nullptr && !info.children.empty()) check_group(info, *member, dictionary);
    }
  }

  void check_group(const FieldInfo& info, const DictionaryMember& member, const Dictionary& dictionary) {
    if (!member.is_group) {
      add(DictionaryRule::group_lost, info,
          "is a repeating group but listed as a plain field: its entries are flattened and sorted, or refused as repeated tags");
      return;
    }
    const bool outer = std::exchange(in_group_, true);
    const std::int32_t delimiter = info.children.front().tag;
    if (member.members.front().tag != delimiter && find_member(member.members, delimiter) != nullptr)
      add(DictionaryRule::group_count, info,
          fmt::format("has entries that start with tag {}, the dictionary wants them to start with tag {}", delimiter,
                      member.members.front().tag));
    compare(info.children, member.members, dictionary);
    in_group_ = outer;
  }

  void check_values(const FieldInfo& info, const DictionaryField& field) {
    if (info.values.empty()) {
      const std::string_view sample = sample_of(info.type);
      if (!detail::text_fits_type(sample, field.type))
        add(DictionaryRule::bad_format, info, fmt::format("carries values like {}, which are no {}", sample, field.type));
      return;
    }
    for (const EnumValue& value : info.values) {
      if (!detail::text_fits_type(value.wire, field.type))
        add_value(DictionaryRule::bad_format, info, value, fmt::format("is no {}", field.type));
      else if (!field.values.empty() && field.find_value(value.wire) == nullptr)
        add_value(DictionaryRule::value_not_listed, info, value, "is not among the values the dictionary lists");
    }
  }

  // Fields the dictionary insists on and the exchange does not always send.
  void check_demands(const MessageInfo& info, const DictionaryMessage& message) {
    for (const DictionaryMember& member : message.members) {
      if (!member.required) continue;
      const auto at = std::ranges::find(info.fields, member.tag, &FieldInfo::tag);
      if (at != info.fields.end() && at->presence != Presence::conditional) continue;
      const DictionaryField* field = body_dictionary(pair_, msg_type_).field(member.tag);
      add(DictionaryRule::required_missing, member.tag, {},
          fmt::format("{}({}) is required by the dictionary and {}", field == nullptr ? "tag" : field->name, member.tag,
                      at == info.fields.end() ? "not documented for this message" : "documented for some of these messages only"));
    }
  }

  void add_value(DictionaryRule rule, const FieldInfo& info, const EnumValue& value, std::string_view what) {
    add(rule, info.tag, value.wire, fmt::format("{}({})={} ({}) {}", info.name, info.tag, value.wire, value.name, what));
  }
  void add(DictionaryRule rule, const FieldInfo& info, std::string_view what) {
    add(rule, info.tag, {}, fmt::format("{}({}) {}", info.name, info.tag, what));
  }
  void add(DictionaryRule rule, std::int32_t tag, std::string_view value, std::string text) {
    findings_.push_back(
        {rule, msg_type_, message_name_, tag, std::string(field_name(tag)), std::string(value), in_group_, std::move(text)});
  }

  const DictionaryPair& pair_;
  std::string msg_type_;
  std::string message_name_;
  bool in_group_{false};
  std::vector<DictionaryFinding> findings_;
};

}  // namespace

std::vector<DictionaryFinding> lint_dictionary(const DictionaryPair& dictionaries) { return Linter(dictionaries).run(); }

}  // namespace marginfix::fix
