#include "contract/openapi/components.hpp"

#include <algorithm>
#include <stdexcept>

namespace marginfix::openapi {
namespace {

constexpr int kMostDepth = 16;  // of references inside references

std::string last_part(const std::string& reference) { return reference.substr(reference.rfind('/') + 1); }

// OpenAPI says `type: integer, nullable: true`, AsyncAPI `type: [integer, "null"]`.
void merge_type(const YAML::Node& schema, SchemaView& into) {
  const YAML::Node type = schema["type"];
  if (!type.IsDefined()) return;
  if (type.IsScalar()) {
    into.type = type.as<std::string>();
    return;
  }
  for (const auto& one : type) {
    const auto name = one.as<std::string>();
    if (name == "null") {
      into.nullable = true;
    } else {
      into.type = name;
    }
  }
}

}  // namespace

const YAML::Node* SchemaView::property(std::string_view property_name) const {
  const auto found = std::ranges::find_if(properties, [&](const auto& p) { return p.first == property_name; });
  return found == properties.end() ? nullptr : &found->second;
}

std::string text_of(const YAML::Node& node, const char* key) {
  const YAML::Node value = node[key];
  return value.IsDefined() && value.IsScalar() ? value.as<std::string>() : std::string();
}

bool flag_of(const YAML::Node& node, const char* key) {
  const YAML::Node value = node[key];
  return value.IsDefined() && value.as<bool>();
}

Components::Components(const std::string& yaml, std::initializer_list<const char*> sections) : root_(YAML::Load(yaml)) {
  if (!root_.IsMap() || !root_["components"]["schemas"].IsMap()) throw std::runtime_error("no schemas in the file");
  for (const char* section : sections) {
    if (!root_[section].IsMap()) throw std::runtime_error(std::string("no ") + section + " in the file");
  }
}

YAML::Node Components::follow(const std::string& reference) const {
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

void Components::merge_own(const YAML::Node& schema, SchemaView& into) const {
  merge_type(schema, into);
  if (const auto format = text_of(schema, "format"); !format.empty()) into.format = format;
  if (const auto pattern = text_of(schema, "pattern"); !pattern.empty()) into.pattern = pattern;
  if (const auto serializer = text_of(schema, "x-rust-serialize-with"); !serializer.empty()) into.serializer = serializer;
  into.nullable = into.nullable || flag_of(schema, "nullable");
  for (const char* bound : {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"}) {
    if (schema[bound].IsDefined()) into.bounds[bound] = schema[bound].as<std::int64_t>();
  }
  for (const auto& word : schema["enum"]) into.words.push_back(word.as<std::string>());
  if (schema["const"].IsDefined()) into.words.push_back(schema["const"].as<std::string>());
  for (const auto& name : schema["required"]) into.required.insert(name.as<std::string>());
  for (const auto& property : schema["properties"]) into.properties.emplace_back(property.first.as<std::string>(), property.second);
  if (schema["items"].IsDefined()) into.items.emplace(schema["items"]);
  const YAML::Node more = schema["additionalProperties"];
  if (more.IsDefined() && more.IsMap()) into.values.emplace(more);
  if (more.IsDefined() && more.IsScalar()) into.free_form = more.as<bool>();
}

void Components::merge(const YAML::Node& schema, SchemaView& into, int depth) const {
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

SchemaView Components::view(const YAML::Node& schema) const {
  SchemaView v;
  merge(schema, v, 0);
  return v;
}

SchemaView Components::component(const std::string& name) const {
  SchemaView v;
  v.name = name;
  v.parts.push_back(name);
  merge(follow("#/components/schemas/" + name), v, 0);
  return v;
}

std::vector<std::string> Components::schema_names() const {
  std::vector<std::string> names;
  for (const auto& schema : root_["components"]["schemas"]) names.push_back(schema.first.as<std::string>());
  return names;
}

}  // namespace marginfix::openapi
