// A small JSON reader for small files (endpoints.json): strict, RFC 8259, no numbers but as their text. The layers below REST read nothing
// else of JSON, so that a FIX program links no JSON library; exact JSON by tables is rest/json.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"

namespace marginfix::detail {

struct SmallJson {
  enum class Kind { null, boolean, number, string, array, object };
  Kind kind{Kind::null};
  bool truth{false};
  std::string text{};              // a string's; a number's as it was written
  std::vector<SmallJson> items;    // an array's, an object's members'
  std::vector<std::string> names;  // an object's members', in the order of the text

  // Null: it is no object, or has no such member. Of two with one name the later counts.
  const SmallJson* find(std::string_view name) const noexcept;

  // Error(config): what is wrong, with line and column. At most 32 levels deep.
  static Result<SmallJson> parse(std::string_view text);
};

}  // namespace marginfix::detail
