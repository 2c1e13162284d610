// The format checks QuickFIX makes on a field's text, by dictionary type.
#pragma once

#include <string_view>

namespace marginfix::fix::detail {

// True when an engine takes `text` for a value of the dictionary type; unknown types take anything.
bool text_fits_type(std::string_view text, std::string_view type) noexcept;

}  // namespace marginfix::fix::detail
