// What the tables of operations share: forms of texts that requests carry, the error of a rule between fields, where a body lies. Internal
// to the tables.
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

// OperationInfo::body_at of an operation whose request has a `body`.
template <class Request>
void* body_of(void* request) {
  return &static_cast<Request*>(request)->body;
}

}  // namespace marginfix::rest
