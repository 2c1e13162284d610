// Takes JSON text apart without losing a digit: members and items as the text they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/json/type_info.hpp"

namespace marginfix::apps {

// In the order of the text. Error(decode) when it is no object.
Result<json::UnknownMembers> members_of(std::string_view object);
Result<std::vector<RawJson>> items_of(std::string_view array);
// A string's characters; other values as they are written. Nothing for null and nothing for "".
std::string plain_text(std::string_view value);
// The type under std::optional and its like; null stays null.
inline const json::TypeInfo* bare_type(const json::TypeInfo* type) {
  while (type != nullptr && type->emplace != nullptr) type = type->element;
  return type;
}
// The same JSON with every control character (marginfix/core/text.hpp) as an escape: what the exchange wrote raw moves no terminal. Line
// ends between the values stay.
std::string for_terminal(std::string_view json);
// Whether `text` is one JSON value and nothing else.
bool is_json(std::string_view text);

}  // namespace marginfix::apps
