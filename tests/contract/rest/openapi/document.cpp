// See document.hpp.
#include "contract/rest/openapi/document.hpp"

#include <algorithm>
#include <stdexcept>

namespace marginfix::openapi {
namespace {

constexpr int kMostDepth = 16;  // of references inside references

std::string text_of(const YAML::Node& node, const char* key) {
  const YAML::Node value = node[key];
  return value.IsDefined() && value.IsScalar() ? value.as<std::string>() : std::string();
}

bool flag_of(const YAML::Node& node, const char* key) {
  const YAML::Node value = node[key];
  return value.IsDefined() && value.as<bool>();
}

std::string last_part(const std::string& reference) { return reference.substr(reference.rfind('/') + 1); }

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

Document::Document(const std::string& yaml) : root_(YAML::Load(yaml)) {
  if (!root_.IsMap() || !root_["paths"].IsMap() || !root_["components"]["schemas"].IsMap()) {
    throw std::runtime_error("not an OpenAPI file: no paths or no schemas");
  }
}

YAML::Node Document::follow(const std::string& reference) const {
  if (!reference.starts_with("#/")) throw std::runtime_error("a reference into another file: " + reference);
  YAML::Node at = YAML::Clone(YAML::Node());
  at.reset(root_);
  for (std::size_t begin = 2; begin <= reference.size();) {
    const auto end = std::min(reference.find('/', begin), reference.size());
    const YAML::Node here = at;
    const YAML::Node next = here[reference.substr(begin, end - begin)];
    if (!next.IsDefined()) throw std::runtime_error("a reference into nowhere: " + reference);
    at.reset(next);
    begin = end + 1;
  }
  return at;
}

void Document::merge_own(const YAML::Node& schema, SchemaView& into) const {
  if (const auto type = text_of(schema, "type"); !type.empty()) into.type = type;
  if (const auto format = text_of(schema, "format"); !format.empty()) into.format = format;
  if (const auto pattern = text_of(schema, "pattern"); !pattern.empty()) into.pattern = pattern;
  into.nullable = into.nullable || flag_of(schema, "nullable");
  for (const char* bound : {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"}) {
    if (schema[bound].IsDefined()) into.bounds[bound] = schema[bound].as<std::int64_t>();
  }
  for (const auto& word : schema["enum"]) into.words.push_back(word.as<std::string>());
  for (const auto& name : schema["required"]) into.required.insert(name.as<std::string>());
  for (const auto& property : schema["properties"]) into.properties.emplace_back(property.first.as<std::string>(), property.second);
  if (schema["items"].IsDefined()) into.items.emplace(schema["items"]);
  const YAML::Node more = schema["additionalProperties"];
  if (more.IsDefined() && more.IsMap()) into.values.emplace(more);
  if (more.IsDefined() && more.IsScalar()) into.free_form = more.as<bool>();
}

void Document::merge(const YAML::Node& schema, SchemaView& into, int depth) const {
  if (depth > kMostDepth) throw std::runtime_error("references in a circle at " + into.name);
  if (const auto reference = text_of(schema, "$ref"); !reference.empty()) {
    const auto name = last_part(reference);
    if (into.name.empty()) into.name = name;
    into.parts.push_back(name);
    merge(follow(reference), into, depth + 1);
  }
  for (const char* unread : {"oneOf", "anyOf", "not"}) {
    if (schema[unread].IsDefined()) throw std::runtime_error(std::string(unread) + " is new: the comparison cannot read it");
  }
  for (const auto& part : schema["allOf"]) merge(part, into, depth + 1);
  merge_own(schema, into);
}

SchemaView Document::view(const YAML::Node& schema) const {
  SchemaView v;
  merge(schema, v, 0);
  return v;
}

SchemaView Document::component(const std::string& name) const {
  SchemaView v;
  v.name = name;
  v.parts.push_back(name);
  merge(follow("#/components/schemas/" + name), v, 0);
  return v;
}

std::vector<std::string> Document::schema_names() const {
  std::vector<std::string> names;
  for (const auto& schema : root_["components"]["schemas"]) names.push_back(schema.first.as<std::string>());
  return names;
}

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
  take_schemes(node["security"].IsDefined() ? node["security"] : root_["security"], op.security);
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
  for (const auto& path : root_["paths"]) {
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
