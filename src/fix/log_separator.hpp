// What stands between the fields of a message in a log, found out from its beginning.
#pragma once

#include <cstddef>
#include <string_view>

namespace marginfix::fix::detail {

// What a place that says "8=FIX" is.
enum class Beginning {
  message,            // BeginString(8), a separator, a field
  none,               // prose that mentions a version
  need_more,          // the text ends too early to tell
  unknown_separator,  // BodyLength(9) follows, behind something that is no separator we know
  cut_off             // line or text end inside the first two fields
};
struct MessageBeginning {
  Beginning kind{Beginning::none};
  std::string_view separator;  // static or a part of the text
  std::size_t fields{0};       // where the field behind BeginString(8) starts
};
// `text` starts with "8=FIX". With `is_end`, nothing comes after it.
MessageBeginning read_beginning(std::string_view text, bool is_end) noexcept;

// The digits of "44=" at the start of `text`, 0 when there is no tag number and '='.
std::size_t tag_size(std::string_view text) noexcept;

}  // namespace marginfix::fix::detail
