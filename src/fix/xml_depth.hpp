// The XML parser recurses into elements: how deep a text would lead it is found out first, without recursion.
#pragma once

#include <cstddef>
#include <string_view>

namespace marginfix::fix::detail {

// 1-based line where elements nest deeper than `limit`, 0 if they never do. Reads tags as the parser does, up to its first error.
std::size_t line_nested_deeper_than(std::string_view xml, std::size_t limit) noexcept;

}  // namespace marginfix::fix::detail
