// See json_view.hpp.
#include "apps/rest/json_view.hpp"

#include "marginfix/json/binding.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::apps {

Result<json::UnknownMembers> members_of(std::string_view object) {
  auto read = json::decode<rest::EmptyResponse>(object);  // a schema that knows no member keeps them all
  if (!read) return read.error();
  return std::move(read->unknown);
}

Result<std::vector<RawJson>> items_of(std::string_view array) { return json::decode<std::vector<RawJson>>(array); }

std::string plain_text(std::string_view value) {
  if (!value.starts_with('"')) return value == "null" ? std::string() : std::string(value);
  const auto read = json::decode<std::string>(value);
  return read ? *read : std::string();
}

bool is_json(std::string_view text) {
  RawJson value;
  return json::decode(json::type_of<RawJson>(), &value, text).has_value();
}

}  // namespace marginfix::apps
