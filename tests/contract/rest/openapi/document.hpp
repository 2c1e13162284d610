// An OpenAPI file of the exchange as the comparison sees it: references followed, `allOf` merged, defaults of the format filled in.
// Broken YAML throws YAML::Exception, a reference into nowhere std::runtime_error.
#pragma once

#include <cstdint>
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
  bool nullable{false};
  bool free_form{false};                                       // an object of anything
  std::vector<std::string> words;                              // enum
  std::map<std::string, std::int64_t, std::less<>> bounds;     // minimum, maximum, minLength, maxLength, minItems, maxItems
  std::vector<std::pair<std::string, YAML::Node>> properties;  // in the order of the file
  std::set<std::string, std::less<>> required;
  std::optional<YAML::Node> items;   // of an array
  std::optional<YAML::Node> values;  // of an object used as a dictionary
  std::vector<std::string> parts;    // every component that went into this view
};

struct ParameterView {
  std::string name;
  std::string in;  // path, query
  bool required{false};
  YAML::Node schema;
};

struct OperationView {
  std::string id;
  std::string method;  // GET, POST, PUT, DELETE
  std::string path;
  std::set<std::string> security;  // names of the schemes, of all alternatives; empty = public
  std::vector<ParameterView> parameters;
  std::optional<YAML::Node> body;
  bool body_required{false};
  std::map<int, std::optional<YAML::Node>> responses;  // by status; no schema = no content
};

class Document {
 public:
  explicit Document(const std::string& yaml);
  std::vector<OperationView> operations() const;
  std::vector<std::string> schema_names() const;
  SchemaView view(const YAML::Node& schema) const;
  SchemaView component(const std::string& name) const;

 private:
  YAML::Node follow(const std::string& reference) const;
  void merge(const YAML::Node& schema, SchemaView& into, int depth) const;
  void merge_own(const YAML::Node& schema, SchemaView& into) const;
  ParameterView parameter(const YAML::Node& node) const;
  OperationView operation(const std::string& path, const std::string& method, const YAML::Node& node, const YAML::Node& shared) const;

  YAML::Node root_;
};

}  // namespace marginfix::openapi
