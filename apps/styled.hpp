// Text with its colours beside it: no text of a peer can bring its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marginfix::apps {

enum class Style : std::uint8_t { plain, bold, dim, green, red };

// What switches it on in a terminal; nothing for plain.
constexpr std::string_view code_of(Style style) {
  switch (style) {
    case Style::plain:
      return {};
    case Style::bold:
      return "\033[1m";
    case Style::dim:
      return "\033[2m";
    case Style::green:
      return "\033[32m";
    case Style::red:
      return "\033[31m";
  }
  return {};
}

struct StyledText {
  std::string text;
  Style style{Style::plain};
};
using StyledLine = std::vector<StyledText>;

struct ScreenSize {
  std::size_t rows{24}, columns{80};
  friend bool operator==(const ScreenSize&, const ScreenSize&) = default;
};

}  // namespace marginfix::apps
