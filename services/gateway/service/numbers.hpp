// The number that a record of the journal begins with.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace marginfix::gateway {

inline std::int64_t leading_number(std::string_view text) noexcept {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace marginfix::gateway
