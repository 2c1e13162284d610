// A message of a log in its wire form: separators to SOH, the escapes of our own log undone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/fix/log_cut.hpp"

namespace marginfix::fix::detail {

// Bytes that undoing "\x7c" and "\u2028" takes away from `text`.
std::size_t escape_surplus(std::string_view text) noexcept;

// Writes the message into `wire`. A separator that may also stand in a value (58=limit 5|max=3) is one where a field follows, or where
// CheckSum(10) says so.
void to_wire(std::string_view message, const LogCut& cut, std::string& wire);

}  // namespace marginfix::fix::detail
