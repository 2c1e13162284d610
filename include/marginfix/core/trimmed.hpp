// Text without blanks at either end. Pure, any thread.
#pragma once

#include <string_view>

namespace marginfix {

inline constexpr std::string_view kWhiteSpace = " \t\r\n\f\v";

// The part of `text` between what of `blanks` stands at its ends; a view of the same memory.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = kWhiteSpace) noexcept {
  const auto begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace marginfix
