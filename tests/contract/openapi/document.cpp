#include "contract/openapi/document.hpp"

#include <stdexcept>

namespace marginfix::openapi {
namespace {

std::optional<YAML::Node> json_schema(const YAML::Node& message) {
  const YAML::Node content = message["content"];
  if (!content.IsDefined()) return std::nullopt;
  const YAML::Node schema = content["application/json"]["schema"];
  if (!schema.IsDefined()) throw std::runtime_error("content without a JSON schema");
  return schema;
}

void take_schemes(const YAML::Node& security, std::set<std::string>& schemes) {
  if (!security.IsDefined()) return;
  for (const auto& alternative : security)
    for (const auto& scheme : alternative) schemes.insert(scheme.first.as<std::string>());
}

}  // namespace

ParameterView Document::parameter(const YAML::Node& node) const {
  if (const auto reference = text_of(node, "$ref"); !reference.empty()) return parameter(follow(reference));
  return {text_of(node, "name"), text_of(node, "in"), flag_of(node, "required"), node["schema"]};
}

OperationView Document::operation(const std::string& path, const std::string& method, const YAML::Node& node,
                                  const YAML::Node& shared) const {
  OperationView op;
  op.id = text_of(node, "operationId");
  op.path = path;
  op.method = method;
  for (char& c : op.method) c = static_cast<char>(c - ('a' <= c && c <= 'z' ? 'a' - 'A' : 0));
  take_schemes(node["security"].IsDefined() ? node["security"] : root()["security"], op.security);
  for (const auto& p : shared) op.parameters.push_back(parameter(p));
  for (const auto& p : node["parameters"]) op.parameters.push_back(parameter(p));
  if (const YAML::Node body = node["requestBody"]; body.IsDefined()) {
    op.body = json_schema(body);
    op.body_required = flag_of(body, "required");
  }
  for (const auto& answer : node["responses"]) {
    const auto reference = text_of(answer.second, "$ref");
    op.responses[answer.first.as<int>()] = json_schema(reference.empty() ? answer.second : follow(reference));
  }
  return op;
}

std::vector<OperationView> Document::operations() const {
  std::vector<OperationView> all;
  for (const auto& path : root()["paths"]) {
    const YAML::Node methods = path.second;
    for (const auto& method : methods) {
      const auto name = method.first.as<std::string>();
      if (name == "parameters") continue;
      all.push_back(operation(path.first.as<std::string>(), name, method.second, methods["parameters"]));
    }
  }
  return all;
}

}  // namespace marginfix::openapi
