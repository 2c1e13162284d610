// What an engine that works by a pair of dictionaries would refuse in one message: the checks of QuickFIX's DataDictionary::validate,
// all of them instead of the first.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/dictionary.hpp"
#include "src/fix/dictionary_format.hpp"
#include "src/fix/dictionary_message.hpp"

namespace marginfix::fix {

namespace {

using detail::Level;
using detail::LevelField;
using detail::Part;
using detail::SplitField;

constexpr std::int32_t kUserDefinedFrom = 5000;  // FIX::FIELD::UserMin
constexpr std::size_t kMaxShownValue = 64;

std::string shown(std::int32_t tag, std::string_view value) {
  if (detail::is_secret_tag(tag)) return "(redacted)";
  std::string text(value.substr(0, kMaxShownValue));
  std::ranges::replace(text, '\x01', '|');
  return value.size() > kMaxShownValue ? text + "..." : text;
}

class Validator {
 public:
  Validator(const DictionaryPair& dictionaries, const ValidationOptions& options) : pair_(dictionaries), options_(options) {}

  std::vector<DictionaryFinding> run(std::string_view message) {
    const detail::SplitMessage split = detail::split_fields(message, pair_);
    if (!split.problem.empty()) {
      add(DictionaryRule::malformed, 0, {}, split.problem);
      return std::move(findings_);
    }
    fields_ = &split.fields;
    name_message();
    if (options_.check_frame && !frame(message)) return std::move(findings_);
    version();
    check_data();
    arrange();
    const DictionaryMessage* listed = body().message(msg_type_);
    if (listed == nullptr) {
      add(DictionaryRule::unknown_message_type, 35, msg_type_, fmt::format("message type '{}' is not in the dictionary", msg_type_));
      return std::move(findings_);
    }
    check_required(header_, pair_.session.header());
    check_required(trailer_, pair_.session.trailer());
    check_required(body_, listed->members);
    check_level(header_, pair_.session, nullptr);
    check_level(trailer_, pair_.session, nullptr);
    check_level(body_, body(), &listed->members);
    return std::move(findings_);
  }

 private:
  const Dictionary& body() const { return body_dictionary(pair_, msg_type_); }

  const SplitField* first(std::int32_t tag) const {
    const auto at = std::ranges::find(*fields_, tag, &SplitField::tag);
    return at == fields_->end() ? nullptr : &*at;
  }

  void name_message() {
    if (const SplitField* type = first(35); type != nullptr) msg_type_ = type->value;
    if (const DictionaryMessage* message = body().message(msg_type_); message != nullptr) message_name_ = message->name;
  }

  // False when the engine would drop the bytes before looking at any field.
  bool frame(std::string_view message) {
    const auto& f = *fields_;
    if (f.size() < 4 || f[0].tag != 8 || f[1].tag != 9 || f[2].tag != 35) {
      add(DictionaryRule::malformed, 0, {}, "does not start with 8, 9, 35");
      return false;
    }
    if (f.back().tag != 10) {
      add(DictionaryRule::malformed, 10, {}, "does not end with CheckSum(10)");
      return false;
    }
    const std::size_t length = f.back().offset - f[2].offset;
    if (f[1].value != std::to_string(length))
      add(DictionaryRule::malformed, 9, f[1].value, fmt::format("BodyLength(9) says {}, the body has {} bytes", f[1].value, length));
    unsigned sum = 0;
    for (const char c : message.substr(0, f.back().offset)) sum += static_cast<unsigned char>(c);
    const std::string right = fmt::format("{:03}", sum % 256U);
    if (f.back().value != right)
      add(DictionaryRule::malformed, 10, f.back().value,
          fmt::format("CheckSum(10) says {}, the bytes sum up to {}", f.back().value, right));
    return findings_.empty();
  }

  void version() {
    const SplitField* begin = first(8);
    const std::string_view is = begin == nullptr ? std::string_view{} : begin->value;
    if (is == pair_.session.version()) return;
    add(DictionaryRule::wrong_version, 8, is,
        fmt::format("BeginString(8) is '{}', the session dictionary is for {}", is, pair_.session.version()));
  }

  // A data field whose length field is missing, misplaced or wrong: engines cut the value wrongly and drop the message without an answer.
  void check_data() {
    for (std::size_t at = 0; at < fields_->size(); ++at) {
      const SplitField& field = (*fields_)[at];
      if (!detail::is_data_tag(field.tag) || is_masked(field.value)) continue;
      const std::int32_t length_tag = detail::length_tag_of(field.tag);
      const SplitField* before = at == 0 ? nullptr : &(*fields_)[at - 1];
      if (before != nullptr && before->tag == length_tag)
        check_data_length(field, *before);
      else
        no_length_before(field, length_tag);
    }
  }

  void check_data_length(const SplitField& field, const SplitField& length) {
    if (detail::field_number(length.value) == field.value.size()) return;
    explained_.insert(length.tag);
    add(DictionaryRule::malformed, length.tag, length.value,
        fmt::format("{} says {}, {} has {} bytes: engines drop the message without an answer", label(length.tag),
                    shown(length.tag, length.value), label(field.tag), field.value.size()));
  }

  void no_length_before(const SplitField& field, std::int32_t length_tag) {
    explained_.insert(length_tag);
    const bool elsewhere = first(length_tag) != nullptr;
    add(DictionaryRule::malformed, length_tag, {},
        fmt::format("{} {}: {} has {} bytes, and engines need its length right before it", label(length_tag),
                    elsewhere ? "stands elsewhere" : "is missing", label(field.tag), field.value.size()));
  }

  // Logs hide secrets behind other characters, and a length does not say what was there.
  static bool is_masked(std::string_view value) {
    constexpr std::string_view kMasks = "*.xX-#";
    const bool one_mark = !value.empty() && value.find_first_not_of(value.front()) == std::string_view::npos;
    return (one_mark && kMasks.find(value.front()) != std::string_view::npos) || value.find("***") != std::string_view::npos ||
           value.find("edacted") != std::string_view::npos || value.find("EDACTED") != std::string_view::npos;
  }

  // Header, body and trailer with their groups; a field in the wrong part of the message is out of order.
  void arrange() {
    const DictionaryMessage* listed = body().message(msg_type_);
    Part reached = Part::header;
    for (std::size_t at = 0; at < fields_->size();) {
      const SplitField& field = (*fields_)[at++];
      const Part part = detail::part_of(field.tag, pair_.session);
      if (part < reached)
        add(DictionaryRule::tag_out_of_order, field.tag, field.value, fmt::format("{} stands too late in the message", label(field.tag)));
      reached = std::max(reached, part);
      LevelField next{field, false, false, {}};
      if (const DictionaryMember* member = group_member(part, field.tag, listed); member != nullptr) {
        next.is_group = true;
        next.entries = detail::read_entries(*fields_, at, *member, elsewhere(listed));
      }
      level_of(part).push_back(std::move(next));
    }
  }

  // Tags that end a group of the body. QuickFIX C++ ends one at any tag that is no member, and blames what follows.
  std::function<bool(std::int32_t)> elsewhere(const DictionaryMessage* listed) const {
    if (!options_.look_inside_groups) return {};
    return [this, listed](std::int32_t tag) {
      return detail::part_of(tag, pair_.session) != Part::body || (listed != nullptr && find_member(listed->members, tag) != nullptr);
    };
  }

  const DictionaryMember* group_member(Part part, std::int32_t tag, const DictionaryMessage* listed) const {
    const DictionaryMember* member = nullptr;
    if (part == Part::header)
      member = find_member(pair_.session.header(), tag);
    else if (part == Part::trailer)
      member = find_member(pair_.session.trailer(), tag);
    else if (listed != nullptr)
      member = find_member(listed->members, tag);
    return member != nullptr && member->is_group ? member : nullptr;
  }

  Level& level_of(Part part) { return part == Part::header ? header_ : part == Part::trailer ? trailer_ : body_; }

  void check_required(const Level& level, const std::vector<DictionaryMember>& members) {
    for (const DictionaryMember& member : members) {
      const auto at = std::ranges::find(level, member.tag, [](const LevelField& f) { return f.field.tag; });
      if (at == level.end()) {
        if (member.required && !explained_.contains(member.tag))
          add(DictionaryRule::required_missing, member.tag, {}, fmt::format("{} is required and missing", label(member.tag)));
        continue;
      }
      if (!member.is_group) continue;
      const bool outer = std::exchange(in_group_, true);
      for (const Level& entry : at->entries) check_required(entry, member.members);
      in_group_ = outer;
    }
  }

  // `listed` null: header and trailer fields belong to every message.
  void check_level(const Level& level, const Dictionary& dictionary, const std::vector<DictionaryMember>* listed) {
    std::unordered_set<std::int32_t> seen;
    for (const LevelField& at : level) {
      if (!seen.insert(at.field.tag).second)
        add(DictionaryRule::tag_repeated, at.field.tag, at.field.value, fmt::format("{} stands more than once", label(at.field.tag)));
      check_value(at.field, dictionary);
      check_known(at, dictionary, listed);
      if (at.is_group && listed != nullptr) check_group(at, dictionary, *listed);
      if (at.is_group && options_.look_inside_groups) check_entries(at, dictionary);
    }
  }

  void check_value(const SplitField& field, const Dictionary& dictionary) {
    if (field.value.empty()) {
      add(DictionaryRule::empty_value, field.tag, {}, fmt::format("{} has no value", label(field.tag)));
      return;
    }
    const DictionaryField* known = dictionary.field(field.tag);
    if (known == nullptr) return;
    if (!detail::text_fits_type(field.value, known->type))
      add(DictionaryRule::bad_format, field.tag, field.value,
          fmt::format("{}={} is no {}", label(field.tag), shown(field.tag, field.value), known->type));
    else if (!known->values.empty() && !all_listed(*known, field.value))
      add(DictionaryRule::value_not_listed, field.tag, field.value,
          fmt::format("{}={} is not among the values the dictionary lists", label(field.tag), shown(field.tag, field.value)));
  }

  static bool all_listed(const DictionaryField& field, std::string_view value) {
    if (!field.is_multiple_value()) return field.find_value(value) != nullptr;
    while (true) {
      const std::size_t space = value.find(' ');
      if (field.find_value(value.substr(0, space)) == nullptr) return false;
      if (space == std::string_view::npos) return true;
      value.remove_prefix(space + 1);
    }
  }

  bool tag_is_checked(std::int32_t tag) const {
    if (options_.allow_unknown_message_fields && tag < kUserDefinedFrom) return false;
    return options_.validate_user_defined_fields || tag < kUserDefinedFrom;
  }

  void check_known(const LevelField& at, const Dictionary& dictionary, const std::vector<DictionaryMember>* listed) {
    const std::int32_t tag = at.field.tag;
    if (!tag_is_checked(tag)) return;
    if (dictionary.field(tag) == nullptr) {
      add(DictionaryRule::tag_not_declared, tag, at.field.value, fmt::format("{} is not declared in the dictionary", label(tag)));
      return;
    }
    if (listed == nullptr) return;
    if (find_member(*listed, tag) == nullptr)
      add(DictionaryRule::tag_not_in_message, tag, at.field.value,
          fmt::format("{} is declared but not listed for this message", label(tag)));
  }

  // The counter is a number ("02" is 2); one that is none has its finding already.
  void check_group(const LevelField& at, const Dictionary& dictionary, const std::vector<DictionaryMember>& listed) {
    const std::int32_t tag = at.field.tag;
    if (!tag_is_checked(tag) || dictionary.field(tag) == nullptr) return;
    const std::size_t count = detail::field_number(at.field.value);
    const bool counts = count != std::string_view::npos || detail::text_fits_type(at.field.value, dictionary.field(tag)->type);
    if (counts && count != at.entries.size())
      return add(DictionaryRule::group_count, tag, at.field.value,
                 fmt::format("{}={}, but {} entries follow", label(tag), shown(tag, at.field.value), at.entries.size()));
    const DictionaryMember* member = options_.look_inside_groups ? find_member(listed, tag) : nullptr;
    if (member == nullptr || at.entries.empty() || at.entries.front().front().field.tag == member->members.front().tag) return;
    add(DictionaryRule::group_count, tag, at.field.value,
        fmt::format("entries of {} start with {}, the dictionary wants {}", label(tag), label(at.entries.front().front().field.tag),
                    label(member->members.front().tag)));
  }

  void check_entries(const LevelField& group, const Dictionary& dictionary) {
    const bool outer = std::exchange(in_group_, true);
    for (const Level& entry : group.entries) {
      for (const LevelField& inner : entry) {
        check_value(inner.field, dictionary);
        if (inner.stray) stray(inner.field, dictionary);
        if (inner.is_group) check_entries(inner, dictionary);
      }
    }
    in_group_ = outer;
  }

  void stray(const SplitField& field, const Dictionary& dictionary) {
    if (!tag_is_checked(field.tag)) return;
    const bool declared = dictionary.field(field.tag) != nullptr;
    add(declared ? DictionaryRule::tag_not_in_message : DictionaryRule::tag_not_declared, field.tag, field.value,
        fmt::format("{} is {}", label(field.tag), declared ? "declared but not listed for this group" : "not declared in the dictionary"));
  }

  std::string label(std::int32_t tag) const {
    const DictionaryField* field = find_field(tag);
    return field == nullptr ? fmt::format("tag {}", tag) : fmt::format("{}({})", field->name, tag);
  }

  const DictionaryField* find_field(std::int32_t tag) const {
    const DictionaryField* field = body().field(tag);
    return field != nullptr ? field : pair_.session.field(tag);
  }

  void add(DictionaryRule rule, std::int32_t tag, std::string_view value, std::string text) {
    const DictionaryField* field = find_field(tag);
    findings_.push_back({rule, std::string(msg_type_), message_name_, tag, field == nullptr ? "" : field->name, shown(tag, value),
                         in_group_, std::move(text)});
  }

  const DictionaryPair& pair_;
  const ValidationOptions& options_;
  const std::vector<SplitField>* fields_{nullptr};
  std::string_view msg_type_;
  std::string message_name_;
  std::unordered_set<std::int32_t> explained_;  // length fields a finding names already
  Level header_;
  Level body_;
  Level trailer_;
  bool in_group_{false};
  std::vector<DictionaryFinding> findings_;
};

}  // namespace

std::vector<DictionaryFinding> validate(std::string_view message, const DictionaryPair& dictionaries, const ValidationOptions& options) {
  return Validator(dictionaries, options).run(message);
}

}  // namespace marginfix::fix
