// Splitting and nesting of a message by a dictionary, as QuickFIX does it.
#include "src/fix/dictionary_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "marginfix/fix/detail/data_fields.hpp"
#include "marginfix/fix/detail/scan.hpp"

namespace marginfix::fix::detail {

namespace {

constexpr std::array<std::int32_t, 29> kHeaderTags{8,   9,   35,  49, 56, 115, 128, 90,  91,  34,  50,  142, 57,   143, 116,
                                                   144, 129, 145, 43, 97, 52,  122, 212, 213, 347, 369, 370, 1128, 1129};
constexpr std::array<std::int32_t, 3> kTrailerTags{93, 89, 10};
constexpr std::int32_t kNoHops = 627;

bool is_data(std::int32_t tag, const DictionaryPair& dictionaries) {
  if (is_data_tag(tag)) return true;
  const auto data_in = [tag](const Dictionary& dictionary) {
    const DictionaryField* field = dictionary.field(tag);
    return field != nullptr && (field->type == "DATA" || field->type == "XMLDATA");
  };
  return data_in(dictionaries.session) || data_in(dictionaries.application);
}

// End of the value that starts at `start`: its SOH, or npos.
std::size_t value_end(std::string_view message, std::size_t start, std::int32_t tag, const std::vector<SplitField>& before,
                      const DictionaryPair& dictionaries) {
  const std::size_t soh = message.find(kSoh, start);
  if (!is_data(tag, dictionaries)) return soh;
  const std::int32_t length_tag = length_tag_of(tag);
  const auto at = std::find_if(before.rbegin(), before.rend(), [length_tag](const SplitField& f) { return f.tag == length_tag; });
  if (at == before.rend()) return soh;
  const std::size_t length = field_number(at->value);
  if (length > message.size() || message.size() - length <= start || message[start + length] != kSoh) return soh;
  return start + length;
}

std::int32_t tag_number(std::string_view text) {
  std::int32_t tag = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tag);
  return error == std::errc{} && end == text.data() + text.size() && tag > 0 ? tag : 0;
}

}  // namespace

std::size_t field_number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : std::string_view::npos;
}

SplitMessage split_fields(std::string_view message, const DictionaryPair& dictionaries) {
  SplitMessage out;
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t equals = message.find('=', at);
    const std::int32_t tag = equals == std::string_view::npos ? 0 : tag_number(message.substr(at, equals - at));
    if (tag == 0) {
      out.problem = fmt::format("no tag number and '=' at byte {}", at);
      return out;
    }
    const std::size_t end = value_end(message, equals + 1, tag, out.fields, dictionaries);
    if (end == std::string_view::npos) {
      out.problem = fmt::format("no separator after tag {} at byte {}", tag, at);
      return out;
    }
    out.fields.push_back({tag, message.substr(equals + 1, end - equals - 1), at});
    at = end + 1;
  }
  if (out.fields.empty()) out.problem = "no bytes";
  return out;
}

Part part_of(std::int32_t tag, const Dictionary& session) noexcept {
  if (tag == kNoHops || std::ranges::find(kHeaderTags, tag) != kHeaderTags.end()) return Part::header;
  if (std::ranges::find(kTrailerTags, tag) != kTrailerTags.end()) return Part::trailer;
  if (find_member(session.header(), tag) != nullptr) return Part::header;
  if (find_member(session.trailer(), tag) != nullptr) return Part::trailer;
  return Part::body;
}

namespace {

// Where members of the group go on behind strays at `at`; npos: something that belongs elsewhere comes first.
std::size_t group_goes_on(const std::vector<SplitField>& fields, std::size_t at, const DictionaryMember& group,
                          const std::function<bool(std::int32_t)>& belongs_elsewhere) {
  for (; at < fields.size() && !belongs_elsewhere(fields[at].tag); ++at)
    if (find_member(group.members, fields[at].tag) != nullptr) return at;
  return std::string_view::npos;
}

}  // namespace

std::vector<Level> read_entries(const std::vector<SplitField>& fields, std::size_t& at, const DictionaryMember& group,
                                const std::function<bool(std::int32_t)>& belongs_elsewhere) {
  std::vector<Level> entries;
  const bool begins_right = at < fields.size() && fields[at].tag == group.members.front().tag;
  const bool begins_otherwise = belongs_elsewhere && !begins_right && at < fields.size();
  const std::int32_t delimiter = begins_otherwise ? fields[at].tag : group.members.front().tag;
  const auto in_group = [&](std::int32_t tag) { return find_member(group.members, tag) != nullptr || belongs_elsewhere(tag); };
  while (at < fields.size()) {
    const SplitField& field = fields[at];
    const DictionaryMember* member = find_member(group.members, field.tag);
    if (member == nullptr) {
      const std::size_t next =
          belongs_elsewhere && !entries.empty() ? group_goes_on(fields, at, group, belongs_elsewhere) : std::string_view::npos;
      if (next == std::string_view::npos) return entries;
      for (; at < next; ++at) entries.back().push_back({fields[at], false, true, {}});
      continue;
    }
    const auto same = [&field](const LevelField& other) { return other.field.tag == field.tag; };
    if (field.tag == delimiter || entries.empty() || std::ranges::any_of(entries.back(), same)) entries.emplace_back();
    LevelField next{field, member->is_group, false, {}};
    ++at;
    if (member->is_group)
      next.entries = read_entries(fields, at, *member, belongs_elsewhere ? std::function<bool(std::int32_t)>(in_group) : belongs_elsewhere);
    entries.back().push_back(std::move(next));
  }
  return entries;
}

}  // namespace marginfix::fix::detail
