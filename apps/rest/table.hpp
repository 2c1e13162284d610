// An answer as aligned columns for people: lists of objects become tables, the rest "name  value" lines. Members that we do not know are
// shown like the others; texts keep their JSON escapes, so nothing in an answer can steer the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/json/type_info.hpp"

namespace marginfix::apps {

struct TableChoice {
  std::vector<std::string> columns{};  // these alone, in this order; none: as many as fit
  std::size_t width{0};                // of the terminal; 0: everything fits
};
// `json` has been bound to `type` before; a null `type` = nothing known. Where columns are left out, a last line says so.
// Error(config): no table has a column of that name.
Result<std::string> table_of(const json::TypeInfo* type, std::string_view json, const TableChoice& choice);
std::string table_of(const json::TypeInfo* type, std::string_view json);

// The list of an answer as CSV: a line for the names and one an item, each with '\n'; of an answer without a list one for itself. Nested
// objects have columns of their own ("outer.inner"). `list` says which, where there are several; else the first.
Result<std::string> csv_of(const json::TypeInfo* type, std::string_view json, std::string_view list,
                           const std::vector<std::string>& columns);

}  // namespace marginfix::apps
