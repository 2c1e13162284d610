// Members, items and texts out of JSON, by the decoder.
#include "apps/rest/json_view.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "marginfix/core/text.hpp"
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

std::string for_terminal(std::string_view json) {
  if (marginfix::detail::printable_ascii(json.data(), json.size())) return std::string(json);
  std::string out;
  const char* const end = json.data() + json.size();
  for (const char* p = json.data(); p != end;) {
    const auto c = marginfix::detail::next_character(p, end);
    const std::string_view character(p, std::max<std::size_t>(c.size, 1));
    if (*p == '\n' || *p == '\t' || (c.size != 0 && !c.control)) {
      out += character;
    } else if (*p == '\r') {  // white space between values, and nothing else
      out += ' ';
    } else if (c.size == 1) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(*p));
    } else {
      out += c.size == 0 ? '\\' + visible(character) : visible(character);
    }
    p += character.size();
  }
  return out;
}

bool is_json(std::string_view text) {
  RawJson value;
  return json::decode(json::type_of<RawJson>(), &value, text).has_value();
}

}  // namespace marginfix::apps
