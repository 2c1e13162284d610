// Forms of texts that requests carry, and the error of a rule between fields. Internal to the tables.
#pragma once

#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix::rest {

bool is_uuid(std::string_view text);          // 8-4-4-4-12 hex digits
bool is_alphanumeric(std::string_view text);  // ASCII letters and digits

inline Error broken(std::string_view field, std::string_view rule) {
  return fail(ErrorCategory::codec, std::string(field) + ": " + std::string(rule));
}

}  // namespace marginfix::rest
