// What a comparison of an exchange's file with our tables finds, and what it is told beforehand. Shared by OpenAPI and AsyncAPI.
// What we do differently on purpose stands in a list of deviations with the reason; one that no longer applies is a difference too.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marginfix::openapi {

// `place` is "Schema.property" ("[]" for a list's items, "{}" for a dictionary's values), "OperationId" or "OperationId.parameter",
// of a WebSocket "type.property", "cmd" or "cmd.params.property".
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

// The file knows integers (and plain strings), we know units: one whose name ends so must be bound to that TypeInfo. First match wins.
struct Unit {
  std::string_view name_ends;
  std::string_view type;
};

// The words that our code knows at a place where its type is no enumeration ("error.code").
struct WordSet {
  std::string place;
  std::vector<std::string> words;
};

// What the schemas of a file do not say by themselves.
struct Rules {
  std::vector<Unit> units{};
  std::vector<WordSet> words{};
  std::vector<Deviation> deviations{};
};

struct Comparison {
  std::vector<Difference> differences;
  std::size_t operations{0};  // of a WebSocket: commands
  std::size_t parameters{0};
  std::size_t messages{0};  // of a WebSocket: frames the exchange sends
  std::size_t schemas{0};   // of the file's components, bound by us
  std::size_t properties{0};

  void note(std::string_view place, std::string_view kind, std::string text) {
    differences.push_back({std::string(place), std::string(kind), std::move(text)});
  }
};

// Takes out what is meant; adds what is no longer needed.
void apply(const std::vector<Deviation>& deviations, std::vector<Difference>& differences);

}  // namespace marginfix::openapi
