// Rules as flat tables by a small slot number a tag, made once from the dictionaries; a message is one walk over them.
#include "src/fix/lint_quick.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/scan.hpp"

namespace marginfix::fix::detail {

namespace {

constexpr std::int32_t kMaxQuickTag = 50'000;
constexpr std::size_t kMaxQuickMembers = 64;  // of a group: one bit each
constexpr int kMaxQuickDepth = 8;

}  // namespace

QuickLint::QuickLint(const DictionaryPair& dictionaries) : pair_(dictionaries), slots_(kMaxQuickTag + 1, 0) {
  add_slots(pair_.session);
  add_slots(pair_.application);
  seen_.assign(slot_count_, 0);
  session_rules_ = rules_of(pair_.session);
  application_rules_ = rules_of(pair_.application);
  header_ = members_of(pair_.session.header());
  trailer_ = members_of(pair_.session.trailer());
}

void QuickLint::add_slots(const Dictionary& dictionary) {
  for (const auto& [tag, field] : dictionary.fields()) {
    if (tag > kMaxQuickTag || slots_[static_cast<std::size_t>(tag)] != 0 || slot_count_ > 0xFFFE) continue;
    slots_[static_cast<std::size_t>(tag)] = static_cast<std::uint16_t>(slot_count_++);
  }
}

std::vector<QuickLint::Rule> QuickLint::rules_of(const Dictionary& dictionary) const {
  std::vector<Rule> rules(slot_count_);
  for (std::size_t tag = 0; tag < slots_.size(); ++tag) {
    if (slots_[tag] == 0) continue;
    Rule& rule = rules[slots_[tag]];
    rule.part = part_of(static_cast<std::int32_t>(tag), pair_.session);
    const DictionaryField* field = dictionary.field(static_cast<std::int32_t>(tag));
    if (field == nullptr) continue;
    rule.declared = true;
    rule.quick = !is_data_tag(field->tag) && field->type != "DATA" && field->type != "XMLDATA";
    rule.several = field->is_multiple_value();
    rule.form = form_of_type(field->type);
    rule.lists_values = !field->values.empty();
    for (const DictionaryValue& value : field->values) {
      if (value.value.size() == 1)
        rule.letters.set(static_cast<unsigned char>(value.value.front()));
      else
        rule.others.push_back(value.value);
    }
  }
  return rules;
}

QuickLint::Members QuickLint::members_of(const std::vector<DictionaryMember>& listed) const {
  Members members{true, std::vector<const DictionaryMember*>(slot_count_, nullptr), {}};
  for (const DictionaryMember& member : listed) {
    const std::uint16_t slot = member.tag <= kMaxQuickTag ? slots_[static_cast<std::size_t>(member.tag)] : 0;
    if (slot == 0) members.known = false;
    if (slot != 0 && members.of[slot] == nullptr) members.of[slot] = &member;
    if (member.required) members.required.push_back(slot);
  }
  return members;
}

const QuickLint::Body& QuickLint::body_of(std::string_view msg_type) {
  if (const auto at = bodies_.find(msg_type); at != bodies_.end()) return at->second;
  const Dictionary& dictionary = body_dictionary(pair_, msg_type);
  const DictionaryMessage* message = dictionary.message(msg_type);
  static const Body kUnknown;
  if (message == nullptr) return kUnknown;
  Body body{&dictionary == &pair_.session ? &session_rules_ : &application_rules_, members_of(message->members)};
  return bodies_.emplace(std::string(msg_type), std::move(body)).first->second;
}

bool QuickLint::clean(std::string_view message) {
  if (!header_.known || !trailer_.known) return false;
  at_ = message.data();
  end_ = at_ + message.size();
  if (++number_ == 0) {
    std::ranges::fill(seen_, 0U);
    number_ = 1;
  }
  std::array<Field, 3> first;  // 8, 9, 35
  constexpr std::array<std::int32_t, 3> kTags{8, 9, 35};
  for (std::size_t i = 0; i < first.size(); ++i)
    if (!read(first[i]) || first[i].tag != kTags[i]) return false;
  if (first[0].value != pair_.session.version()) return false;
  const Body& body = body_of(first[2].value);
  if (!body.members.known) return false;
  for (const Field& field : first)
    if (!take(body, field)) return false;
  return walk(body) && all_seen(header_.required) && all_seen(trailer_.required) && all_seen(body.members.required);
}

// The next field; false where there is none, or nothing we know.
bool QuickLint::read(Field& field) {
  const char* value = nullptr;
  field.tag = parse_tag(at_, end_, value);
  if (field.tag == 0 || field.tag > kMaxQuickTag) return false;
  field.slot = slots_[static_cast<std::size_t>(field.tag)];
  const auto* soh = static_cast<const char*>(std::memchr(value, kSoh, static_cast<std::size_t>(end_ - value)));
  if (field.slot == 0 || soh == nullptr || soh == value) return false;
  field.value = {value, static_cast<std::size_t>(soh - value)};
  at_ = soh + 1;
  return true;
}

bool QuickLint::walk(const Body& body) {
  Part reached = Part::header;
  while (at_ != end_) {
    Field field;
    if (!read(field)) return false;
    const Part part = session_rules_[field.slot].part;
    if (part < reached || !take(body, field)) return false;
    reached = part;
  }
  return true;
}

// A field outside of groups, with the group it opens.
bool QuickLint::take(const Body& body, const Field& field) {
  if (seen_[field.slot] == number_) return false;
  seen_[field.slot] = number_;
  const Part part = session_rules_[field.slot].part;
  const Rule& rule = part == Part::body ? (*body.rules)[field.slot] : session_rules_[field.slot];
  if (!fits(rule, field.value)) return false;
  const Members& members = part == Part::body ? body.members : part == Part::header ? header_ : trailer_;
  const DictionaryMember* member = members.of[field.slot];
  if (member == nullptr) return part != Part::body;
  if (!member->is_group) return true;
  return part == Part::body && group(body, *member, field.value, 0);
}

bool QuickLint::fits(const Rule& rule, std::string_view value) {
  if (!rule.declared || !rule.quick || !text_fits(value, rule.form)) return false;
  if (rule.several && value.find(' ') != std::string_view::npos) return false;
  if (!rule.lists_values) return true;
  if (value.size() == 1) return rule.letters.test(static_cast<unsigned char>(value.front()));
  return std::ranges::find(rule.others, value) != rule.others.end();
}

// The entries behind a counter, each beginning with the first member of the group, in any order behind it.
bool QuickLint::group(const Body& body, const DictionaryMember& group, std::string_view count, int depth) {
  const std::vector<DictionaryMember>& members = group.members;
  if (members.size() > kMaxQuickMembers || depth > kMaxQuickDepth) return false;
  std::uint64_t required = 0;
  for (std::size_t i = 0; i < members.size(); ++i) required |= std::uint64_t{members[i].required} << i;
  std::uint64_t entry = 0;  // members seen in it
  std::int64_t entries = 0;
  while (at_ != end_) {
    const char* const before = at_;
    Field field;
    if (!read(field)) return false;
    const auto member = std::ranges::find(members, field.tag, &DictionaryMember::tag);
    if (member == members.end()) {
      if (depth == 0 && !elsewhere(body, field.slot)) return false;  // of an inner group, the outer one decides
      at_ = before;
      break;
    }
    if (!fits((*body.rules)[field.slot], field.value)) return false;
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(member - members.begin());
    if (bit == 1) {
      if (entries != 0 && (entry & required) != required) return false;
      ++entries;
      entry = 0;
    }
    if (entries == 0 || (entry & bit) != 0) return false;
    entry |= bit;
    if (member->is_group && !this->group(body, *member, field.value, depth + 1)) return false;
  }
  return (entries == 0 || (entry & required) == required) && parse_digits(count) == entries;
}

bool QuickLint::elsewhere(const Body& body, std::uint16_t slot) const {
  return session_rules_[slot].part != Part::body || body.members.of[slot] != nullptr;
}

bool QuickLint::all_seen(const std::vector<std::uint16_t>& slots) const {
  return std::ranges::all_of(slots, [this](std::uint16_t slot) { return seen_[slot] == number_; });
}

}  // namespace marginfix::fix::detail
