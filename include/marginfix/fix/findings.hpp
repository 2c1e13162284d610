// What decode noticed in a message it delivers all the same. Nothing the exchange sends is refused because of a finding:
// the text stays in `unknown` or in the field, the finding says where and why. Views point into the decoded bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "marginfix/fix/messages.hpp"

namespace marginfix::fix {

enum class FindingKind : std::uint8_t {
  unknown_tag,       // not in this message's table: kept in `unknown`
  unparsable,        // a known field whose text its type cannot hold: kept in `unknown`, the member has no value
  empty_value,       // "58=": a tag without a value, kept in `unknown`
  unlisted_value,    // an enum value the specification does not name: the member holds it
  missing_required,  // a field the specification says is always there; `value` is empty, offset is where its scope starts
  duplicate_tag,     // second occurrence: the first one counts, this one is kept in `unknown`
  outside_group,     // a group's field without its counter before it: kept in `unknown`
  group_count,       // the counter says another number than entries follow; `value` is the counter's text
  misplaced_header   // a header field after the body began; the member holds it
};
std::string_view to_string(FindingKind kind) noexcept;

struct Finding {
  FindingKind kind{FindingKind::unknown_tag};
  std::int32_t tag{0};
  std::size_t offset{0};  // of the field's first byte in the message
  std::string_view value;
  friend bool operator==(const Finding&, const Finding&) = default;
};
// "Price(44) at byte 120: 'abc' is no value of its type", for logs; secrets (core/secret.hpp) redacted.
std::string describe(const Finding& finding);
// The same with the field's name given, for messages of one's own (see describe_in in define.hpp); empty: the library's.
std::string describe(const Finding& finding, std::string_view name);

using Findings = Group<Finding, 4>;

}  // namespace marginfix::fix
