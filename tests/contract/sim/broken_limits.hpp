// Values that break the limits of a parameter, one for each limit the client's tables know.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/rest/operation.hpp"

namespace marginfix::sim::limits {

inline const json::TypeInfo& bare(const json::TypeInfo& type) { return type.bare != nullptr ? bare(*type.bare) : type; }

// One value for each limit of the field that it breaks, in JSON. Lists of a body are JSON too, those of a query have commas.
inline std::vector<std::string> bad_values(const json::FieldInfo& f, bool in_body = false) {
  const json::Limits& l = f.limits;
  const json::Limits none;
  const bool decimal = bare(*f.type).name.find("FixedPoint") != std::string_view::npos;
  const std::string quote = decimal ? "\"" : "";
  std::vector<std::string> out;
  if (l.least != none.least) out.push_back(std::to_string(l.least - 1));
  if (l.most != none.most) out.push_back(std::to_string(l.most + 1));
  if (l.positive) out.push_back(quote + "0" + quote);
  if (l.positive || l.non_negative) out.push_back(quote + "-1" + quote);
  if (l.max_decimals >= 0) out.push_back("\"1." + std::string(static_cast<std::size_t>(l.max_decimals), '0') + "1\"");
  if (l.pattern != nullptr) out.push_back("\"-\"");
  if (bare(*f.type).kind == json::Kind::array && in_body) {
    if (l.min_length > 0) out.emplace_back("[]");
    return out;
  }
  if (bare(*f.type).kind == json::Kind::array) {
    if (l.max_length != none.max_length) {
      std::string list;
      for (std::size_t i = 0; i <= l.max_length; ++i) list += (i == 0 ? "" : ",") + std::string("KXBTCPERP");
      out.push_back('"' + list + '"');
    }
    return out;
  }
  if (l.min_length > 0) out.push_back("\"\"");
  if (l.max_length != none.max_length) out.push_back('"' + std::string(l.max_length + 1, '7') + '"');
  return out;
}

// The query with this parameter, in place of the one it may have; JSON's quotes off.
inline std::string with(const std::string& query, std::string_view name, const std::string& value) {
  const std::string text = value.front() == '"' ? value.substr(1, value.size() - 2) : value;
  std::string out = std::string(name) + "=" + text;
  for (std::size_t at = 0; at < query.size();) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    if (query.compare(at, name.size() + 1, std::string(name) + "=") != 0) out += "&" + query.substr(at, end - at);
    at = end + 1;
  }
  return out;
}

}  // namespace marginfix::sim::limits
