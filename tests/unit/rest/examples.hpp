// JSON examples made from the tables, so that no schema is forgotten: all members, or only those without which the object means nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "marginfix/rest/operation.hpp"

namespace marginfix::rest::test {

enum class Members { all, least };

// In the exact text that encoding gives back; numbers differ from member to member and use every digit of their type.
class Examples {
 public:
  explicit Examples(Members members) : members_(members) {}
  std::string of(const json::TypeInfo& type);
  // `changed` instead of the member's own value; an empty text leaves the member out.
  std::string with(const json::TypeInfo& object, std::string_view member, std::string_view changed);
  // Members of Presence::expected that were left out so far.
  std::size_t expected_left_out() const noexcept { return expected_left_out_; }

 private:
  std::string value(const json::TypeInfo& type);
  std::string scalar(const json::TypeInfo& type);
  std::string object(const json::TypeInfo& type, std::string_view member, std::string_view changed);
  Members members_;
  int next_{0};
  std::size_t expected_left_out_{0};
};

// Every object schema that answers of these operations bring, inner ones included; each once.
std::vector<const json::TypeInfo*> response_schemas();

// The type behind optional and nullable.
const json::TypeInfo& bare(const json::TypeInfo& type);

}  // namespace marginfix::rest::test
