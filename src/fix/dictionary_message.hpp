// One message as an engine sees it through a dictionary: fields split, sorted into header, body and trailer, groups nested.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/fix/dictionary.hpp"

namespace marginfix::fix::detail {

struct SplitField {
  std::int32_t tag{0};
  std::string_view value;
  std::size_t offset{0};
};

struct SplitMessage {
  std::vector<SplitField> fields;
  std::string problem;  // why the bytes are no message; empty = fine
};
// Data fields (types DATA and XMLDATA) take as many bytes as the length field before them says, if a separator follows there.
SplitMessage split_fields(std::string_view message, const DictionaryPair& dictionaries);

enum class Part : std::uint8_t { header, body, trailer };
// The standard header and trailer tags are known to every engine; a session dictionary can add to them.
Part part_of(std::int32_t tag, const Dictionary& session) noexcept;

// Fields on one level; a group's entries hang at its counter.
struct LevelField {
  SplitField field;
  bool is_group{false};
  bool stray{false};  // stands within a group entry and belongs nowhere: one fault, not one for each field behind it
  std::vector<std::vector<LevelField>> entries;
};
using Level = std::vector<LevelField>;

// Reads fields from `at` on as QuickFIX's Message::setGroup does: an entry starts with the delimiter, or where a field comes again. When
// the first field is not the delimiter, all entries are taken to start with it. `belongs_elsewhere` tells tags that end the group; any
// other tag with members of the group behind it is a stray. Without it each tag that is no member ends the group, as in QuickFIX C++.
std::vector<Level> read_entries(const std::vector<SplitField>& fields, std::size_t& at, const DictionaryMember& group,
                                const std::function<bool(std::int32_t)>& belongs_elsewhere);

// A number of FIX: digits only, leading zeros allowed. npos: none.
std::size_t field_number(std::string_view text);

}  // namespace marginfix::fix::detail
