// An OpenAPI file of the exchange as the comparison sees it: its operations, and its schemas as components.hpp reads them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "contract/openapi/components.hpp"

namespace marginfix::openapi {

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

class Document : public Components {
 public:
  explicit Document(const std::string& yaml) : Components(yaml, {"paths"}) {}
  std::vector<OperationView> operations() const;

 private:
  ParameterView parameter(const YAML::Node& node) const;
  OperationView operation(const std::string& path, const std::string& method, const YAML::Node& node, const YAML::Node& shared) const;
};

}  // namespace marginfix::openapi
