// The parts of a URL, decoded. Source: RFC 3986; rest-perps.md "Authentication" (ids in paths are percent-encoded).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"

namespace marginfix::sim {

// Nothing for a broken escape, for text that is no UTF-8 and for control characters: nothing of this exchange has them.
std::optional<std::string> percent_decode(std::string_view text);

// "a=1&b=2" with '+' as blank. Error(decode): a broken escape, a parameter given twice.
Result<std::map<std::string, std::string, std::less<>>> parse_query(std::string_view query);

// "/a/b" -> "a", "b"; not decoded. A path that does not begin with '/' gives nothing.
std::vector<std::string_view> path_segments(std::string_view path);

}  // namespace marginfix::sim
