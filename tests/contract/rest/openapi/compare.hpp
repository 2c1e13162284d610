// An OpenAPI file of the exchange against our operation tables, both ways: operations, methods, paths, authentication, parameters, bodies,
// answers, and every property of every schema with its type, presence, null, words and ranges. Serves the perps file and Klear's.
// What we do differently on purpose stands in a list of deviations with the reason; one that no longer applies is a difference too.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/rest/operation.hpp"

namespace marginfix::openapi {

// `place` is "Schema.property" ("[]" for a list's items, "{}" for a dictionary's values) or "OperationId", "OperationId.parameter".
struct Difference {
  std::string place;
  std::string kind;  // added upstream, gone upstream, type, required, nullable, words, range, form, method, path, auth, body, status, ...
  std::string text;  // what the file says and what we have
};
std::string to_string(const Difference& difference);

// Takes out the difference whose three texts are exactly these, so that a further change at the same place is seen.
struct Deviation {
  std::string place;
  std::string kind;
  std::string text;
  std::string_view reason;
};

// The file knows integers, we know units: an integer whose name ends so must be bound to that TypeInfo. First match wins.
struct Unit {
  std::string_view name_ends;
  std::string_view type;
};

struct Expectation {
  std::span<const rest::OperationInfo* const> operations;
  std::vector<const json::TypeInfo*> more_schemas;  // of answers that no operation table names (error bodies)
  std::vector<Unit> units;
  std::vector<Deviation> deviations;
};

struct Comparison {
  std::vector<Difference> differences;
  std::size_t operations{0};
  std::size_t parameters{0};
  std::size_t schemas{0};  // of the file's components, bound by us
  std::size_t properties{0};
};

// Throws on a file that cannot be read (document.hpp).
Comparison compare(const std::string& yaml, const Expectation& ours);

}  // namespace marginfix::openapi
