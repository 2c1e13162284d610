// Look-ups and texts of a loaded data dictionary.
#include "marginfix/fix/dictionary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace marginfix::fix {

std::string_view to_string(DictionaryRule rule) noexcept {
  switch (rule) {
    case DictionaryRule::malformed:
      return "malformed";
    case DictionaryRule::wrong_version:
      return "wrong_version";
    case DictionaryRule::unknown_message_type:
      return "unknown_message_type";
    case DictionaryRule::required_missing:
      return "required_missing";
    case DictionaryRule::tag_not_declared:
      return "tag_not_declared";
    case DictionaryRule::tag_not_in_message:
      return "tag_not_in_message";
    case DictionaryRule::value_not_listed:
      return "value_not_listed";
    case DictionaryRule::empty_value:
      return "empty_value";
    case DictionaryRule::bad_format:
      return "bad_format";
    case DictionaryRule::tag_repeated:
      return "tag_repeated";
    case DictionaryRule::tag_out_of_order:
      return "tag_out_of_order";
    case DictionaryRule::group_count:
      return "group_count";
    case DictionaryRule::group_lost:
      return "group_lost";
    case DictionaryRule::oddity:
      return "oddity";
  }
  return "unknown";
}

std::int32_t session_reject_reason(DictionaryRule rule) noexcept {
  switch (rule) {
    case DictionaryRule::tag_not_declared:
      return 0;
    case DictionaryRule::required_missing:
      return 1;
    case DictionaryRule::tag_not_in_message:
      return 2;
    case DictionaryRule::empty_value:
      return 4;
    case DictionaryRule::value_not_listed:
      return 5;
    case DictionaryRule::bad_format:
      return 6;
    case DictionaryRule::unknown_message_type:
      return 11;
    case DictionaryRule::tag_repeated:
      return 13;
    case DictionaryRule::tag_out_of_order:
      return 14;
    case DictionaryRule::group_count:
      return 16;
    case DictionaryRule::malformed:
    case DictionaryRule::wrong_version:
    case DictionaryRule::group_lost:
    case DictionaryRule::oddity:
      return -1;
  }
  return -1;
}

namespace {

// QuickFIX C++ checks values of a message's own level only; a tag that does not belong into a group breaks the group there too.
bool seen_by_some_engines_only(const DictionaryFinding& finding) noexcept {
  return finding.in_group && (finding.rule == DictionaryRule::value_not_listed || finding.rule == DictionaryRule::bad_format ||
                              finding.rule == DictionaryRule::empty_value);
}

}  // namespace

std::string to_string(const DictionaryFinding& finding) {
  std::string line;
  if (!finding.message_name.empty())
    line = fmt::format("{}({}): ", finding.message_name, finding.msg_type);
  else if (!finding.msg_type.empty())
    line = fmt::format("MsgType(35)={}: ", finding.msg_type);
  line += finding.text;
  if (seen_by_some_engines_only(finding)) line += " (in a group: QuickFIX C++ does not look, QuickFIX/J and quickfix-go do)";
  if (const std::int32_t reason = session_reject_reason(finding.rule); reason >= 0) line += fmt::format(" [373={}]", reason);
  return line;
}

const DictionaryValue* DictionaryField::find_value(std::string_view value) const noexcept {
  const auto at = std::ranges::find(values, value, &DictionaryValue::value);
  return at == values.end() ? nullptr : &*at;
}

bool DictionaryField::is_multiple_value() const noexcept {
  return type == "MULTIPLEVALUESTRING" || type == "MULTIPLESTRINGVALUE" || type == "MULTIPLECHARVALUE";
}

const DictionaryMember* find_member(const std::vector<DictionaryMember>& members, std::int32_t tag) noexcept {
  const auto at = std::ranges::find(members, tag, &DictionaryMember::tag);
  return at == members.end() ? nullptr : &*at;
}

const DictionaryMessage* Dictionary::message(std::string_view msg_type) const noexcept {
  const auto at = messages_.find(msg_type);
  return at == messages_.end() ? nullptr : &at->second;
}

const DictionaryField* Dictionary::field(std::int32_t tag) const noexcept {
  const auto at = fields_.find(tag);
  return at == fields_.end() ? nullptr : &at->second;
}

const DictionaryField* Dictionary::field(std::string_view name) const noexcept {
  const auto at = names_.find(name);
  return at == names_.end() ? nullptr : field(at->second);
}

const Dictionary& body_dictionary(const DictionaryPair& pair, std::string_view msg_type) noexcept {
  static constexpr std::string_view kAdmin = "0A12345";
  return msg_type.size() == 1 && kAdmin.find(msg_type.front()) != std::string_view::npos ? pair.session : pair.application;
}

}  // namespace marginfix::fix
