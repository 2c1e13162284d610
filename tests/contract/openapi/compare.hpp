// An OpenAPI file of the exchange against our operation tables, both ways: operations, methods, paths, authentication, parameters, bodies,
// answers, and every property of every schema with its type, presence, null, words and ranges. Serves the perps file and Klear's.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contract/openapi/difference.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::openapi {

struct Expectation : Rules {
  std::span<const rest::OperationInfo* const> operations;
  std::vector<const json::TypeInfo*> more_schemas;  // of answers that no operation table names (error bodies)
  std::vector<std::string_view> beyond;             // operations that the exchange has and this file does not
};

// Throws on a file that cannot be read (components.hpp).
Comparison compare(const std::string& yaml, const Expectation& ours);

}  // namespace marginfix::openapi
