// An answer as aligned columns for people: lists of objects become tables, the rest "name  value" lines. Members that we do not know are
// shown like the others; texts keep their JSON escapes, so nothing in an answer can steer the terminal.
#pragma once

#include <string>
#include <string_view>

#include "marginfix/json/type_info.hpp"

namespace marginfix::apps {

// `json` has been bound to `type` before; a null `type` = nothing known.
std::string table_of(const json::TypeInfo* type, std::string_view json);

}  // namespace marginfix::apps
