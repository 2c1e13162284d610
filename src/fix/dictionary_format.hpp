// The format checks QuickFIX makes on a field's text, by dictionary type.
#pragma once

#include <cstdint>
#include <string_view>

namespace marginfix::fix::detail {

// The form a dictionary type asks of a text; types without one take anything.
enum class TextForm : std::uint8_t { any, integer, decimal, character, boolean, timestamp, time_of_day, date };
TextForm form_of_type(std::string_view type) noexcept;
bool text_fits(std::string_view text, TextForm form) noexcept;

// True when an engine takes `text` for a value of the dictionary type; unknown types take anything.
bool text_fits_type(std::string_view text, std::string_view type) noexcept;

}  // namespace marginfix::fix::detail
