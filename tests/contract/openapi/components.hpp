// The schemas of an exchange's file (OpenAPI or AsyncAPI) as a comparison sees them: references followed, `allOf` merged, defaults of the
// format filled in. Broken YAML throws YAML::Exception, a reference into nowhere std::runtime_error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace marginfix::openapi {

struct SchemaView {
  std::string name;  // of the component that the place refers to; empty when the schema is written in place
  std::string type;  // string, integer, number, boolean, array, object
  std::string format;
  std::string pattern;
  std::string serializer;  // the exchange's own function that writes it (x-rust-serialize-with): tells decimals from texts
  bool nullable{false};
  bool free_form{false};                                       // an object of anything
  std::vector<std::string> words;                              // enum; a const is an enum of one
  std::map<std::string, std::int64_t, std::less<>> bounds;     // minimum, maximum, minLength, maxLength, minItems, maxItems
  std::vector<std::pair<std::string, YAML::Node>> properties;  // in the order of the file
  std::set<std::string, std::less<>> required;
  std::optional<YAML::Node> items;   // of an array
  std::optional<YAML::Node> values;  // of an object used as a dictionary
  std::vector<std::string> parts;    // every component that went into this view

  const YAML::Node* property(std::string_view property_name) const;  // null when there is none
};

// The text of a scalar member; empty when there is none.
std::string text_of(const YAML::Node& node, const char* key);
bool flag_of(const YAML::Node& node, const char* key);

class Components {
 public:
  // Throws when the file has no map under one of `sections`, or no schemas.
  Components(const std::string& yaml, std::initializer_list<const char*> sections);
  std::vector<std::string> schema_names() const;
  SchemaView view(const YAML::Node& schema) const;
  SchemaView component(const std::string& name) const;

 protected:
  YAML::Node follow(const std::string& reference) const;
  const YAML::Node& root() const { return root_; }

 private:
  void merge(const YAML::Node& schema, SchemaView& into, int depth) const;
  void merge_own(const YAML::Node& schema, SchemaView& into) const;

  YAML::Node root_;
};

}  // namespace marginfix::openapi
