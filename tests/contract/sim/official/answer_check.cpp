#include "contract/sim/official/answer_check.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <regex>

#include "contract/sim/official/text_forms.hpp"

namespace marginfix::openapi {
namespace {

namespace json = boost::json;

bool is_success(int status) { return status >= 200 && status < 300; }

std::int64_t bound(const SchemaView& schema, const char* name, std::int64_t fallback) {
  const auto found = schema.bounds.find(name);
  return found == schema.bounds.end() ? fallback : found->second;
}

bool has_part(const SchemaView& schema, std::string_view component) {
  return std::ranges::find(schema.parts, component) != schema.parts.end();
}

std::string shown(const json::value& value) { return json::serialize(value).substr(0, 80); }

// Members of a schema are known by its component, wherever that is used; those of a schema written in place by the place.
std::string name_of(const SchemaView& schema, const std::string& place) { return schema.name.empty() ? place : schema.name; }

std::vector<std::string> names_without(const std::vector<OperationView>& all, const std::set<std::string>& seen) {
  std::vector<std::string> out;
  for (const OperationView& op : all) {
    if (!seen.contains(op.id)) out.push_back(op.id);
  }
  return out;
}

}  // namespace

AnswerCheck::AnswerCheck(const std::string& yaml, std::string error_schema, std::vector<Excuse> excuses)
    : file_(yaml), error_schema_(std::move(error_schema)), excuses_(std::move(excuses)), operations_(file_.operations()) {}

void AnswerCheck::add_legacy(std::string id, std::string method, std::string path, const std::string& response) {
  OperationView op;
  op.id = std::move(id);
  op.method = std::move(method);
  op.path = std::move(path);
  YAML::Node schema;
  schema["$ref"] = "#/components/schemas/" + response;
  op.responses = {{200, schema}, {400, std::nullopt}, {401, std::nullopt}, {403, std::nullopt}};
  op.security = {"kalshiAccessKey"};
  operations_.push_back(std::move(op));
}

void AnswerCheck::answer(const OperationView& operation, int status, std::string_view body) {
  const auto documented = operation.responses.find(status);
  if (documented == operation.responses.end()) note(operation.id, "status " + std::to_string(status) + " is not documented");
  json::value parsed;
  if (!body.empty()) {
    boost::system::error_code broken;
    parsed = json::parse(body, broken);
    if (broken) return note(operation.id, "the answer is not JSON");
  }
  if (!is_success(status)) {
    refused_.insert(operation.id);
    return error(operation, status, parsed);
  }
  succeeded_.insert(operation.id);
  if (documented == operation.responses.end()) return;
  if (body.empty() != !documented->second)
    return note(operation.id, body.empty() ? "no body, the file has one" : "a body, the file has none");
  if (documented->second) value(operation.id, view(operation.id + " " + std::to_string(status), *documented->second), parsed);
}

void AnswerCheck::error(const OperationView& operation, int status, const json::value& body) {
  if (!body.is_object()) return note(operation.id, "an error (" + std::to_string(status) + ") without an object");
  const json::object* members = &body.get_object();
  // observed.md: the bare shape has one member of its own, the nested one carries the schema's members inside.
  if (members->size() == 1 && members->contains("msg") && members->begin()->value().is_string()) return;
  if (const json::value* inner = members->if_contains("error"); members->size() == 1 && inner != nullptr && inner->is_object()) {
    members = &inner->get_object();
  }
  const std::string place = "error " + error_schema_;
  auto& schema = views_[place];
  if (!schema) schema = std::make_unique<SchemaView>(file_.component(error_schema_));
  for (const char* name : {"code", "message"}) {
    if (!members->contains(name)) note(operation.id, "an error without " + std::string(name));
  }
  object(*schema, place, *members);
}

const SchemaView& AnswerCheck::view(const std::string& place, const YAML::Node& schema) {
  auto& known = views_[place];
  if (!known) known = std::make_unique<SchemaView>(file_.view(schema));
  return *known;
}

void AnswerCheck::value(const std::string& place, const SchemaView& schema, const json::value& value) {
  ++values_;
  if (value.is_null()) {
    if (!schema.nullable) note(place, "is null, which the file does not allow");
    return;
  }
  const auto wrong = [&] { note(place, "is " + std::string(json::to_string(value.kind())) + ", the file has " + schema.type); };
  if (schema.type == "string") return value.is_string() ? text(place, schema, std::string(value.get_string())) : wrong();
  if (schema.type == "boolean") return value.is_bool() ? void() : wrong();
  if (schema.type == "number") return value.is_number() ? void() : wrong();
  if (schema.type == "integer") return value.is_int64() || value.is_uint64() ? integer(place, schema, value) : wrong();
  if (schema.type == "array") return value.is_array() ? array(place, schema, value.get_array()) : wrong();
  return value.is_object() ? object(schema, place, value.get_object()) : wrong();
}

void AnswerCheck::object(const SchemaView& schema, const std::string& place, const json::object& object) {
  const std::string name = name_of(schema, place);
  auto& known = known_[name];
  for (const auto& [property, type] : schema.properties) {
    known.insert(property);
    const json::value* member = object.if_contains(property);
    if (member == nullptr) continue;
    written_[name].insert(property);
    value(name + '.' + property, view(name + '.' + property, type), *member);
  }
  for (const std::string& required : schema.required) {
    if (!object.contains(required)) note(name + '.' + required, "is required and not there");
  }
  for (const auto& member : object) {
    if (known.contains(std::string(member.key())) || schema.free_form) continue;
    if (!schema.values) {
      note(name + '.' + std::string(member.key()), "is not documented");
    } else {
      value(place + "{}", view(place + "{}", *schema.values), member.value());
    }
  }
}

void AnswerCheck::array(const std::string& place, const SchemaView& schema, const json::array& array) {
  const auto size = static_cast<std::int64_t>(array.size());
  if (size < bound(schema, "minItems", 0) || size > bound(schema, "maxItems", INT64_MAX))
    note(place, "has " + std::to_string(size) + " items");
  if (!schema.items) return;
  const SchemaView& item = view(place + "[]", *schema.items);
  for (const json::value& each : array) value(place + "[]", item, each);
}

void AnswerCheck::text(const std::string& place, const SchemaView& schema, const std::string& text) {
  const auto wrong = [&](const std::string& form) { note(place, "\"" + text.substr(0, 80) + "\" is no " + form); };
  if (!schema.words.empty() && std::ranges::find(schema.words, text) == schema.words.end()) wrong("documented word");
  const auto length = static_cast<std::int64_t>(text.size());
  if (length < bound(schema, "minLength", 0) || length > bound(schema, "maxLength", INT64_MAX)) wrong("text of a documented length");
  if (!schema.pattern.empty() && !std::regex_match(text, std::regex(schema.pattern))) wrong("match of " + schema.pattern);
  if (has_part(schema, "FixedPointDollars") && !is_dollars(text)) wrong("decimal of dollars");
  if (has_part(schema, "FixedPointCount") && !is_count(text)) wrong("decimal of contracts");
  if (schema.format == "date-time" && !is_date_time(text)) wrong("date-time");
  if (schema.format == "date" && !is_date(text)) wrong("date");
  if (schema.format == "uuid" && !is_uuid_text(text)) wrong("uuid");
}

void AnswerCheck::integer(const std::string& place, const SchemaView& schema, const json::value& value) {
  const auto wrong = [&](const std::string& form) { note(place, shown(value) + " is " + form); };
  if (value.is_uint64()) return wrong("beyond 64 bits");
  const std::int64_t number = value.get_int64();
  if (number < bound(schema, "minimum", INT64_MIN) || number > bound(schema, "maximum", INT64_MAX)) wrong("out of the documented range");
  if (schema.format == "int32" && (number < INT32_MIN || number > INT32_MAX)) wrong("beyond int32");
  if (!schema.words.empty() && std::ranges::find(schema.words, std::to_string(number)) == schema.words.end()) wrong("no documented word");
  if (!is_in_unit_of_its_name(place, number)) wrong("no time in the unit that its name says");
}

void AnswerCheck::note(const std::string& place, const std::string& text) {
  for (std::size_t i = 0; i < excuses_.size(); ++i) {
    if (excuses_[i].place != place || (excuses_[i].text != text && excuses_[i].text != "*")) continue;
    used_.insert(i);
    return;
  }
  findings_.insert(place + ": " + text);
}

std::vector<std::string> AnswerCheck::findings() const {
  std::vector<std::string> out(findings_.begin(), findings_.end());
  for (std::size_t i = 0; i < excuses_.size(); ++i) {
    if (!used_.contains(i)) out.push_back(excuses_[i].place + ": excuse no longer needed: " + excuses_[i].text);
  }
  return out;
}

std::vector<std::string> AnswerCheck::never_succeeded() const { return names_without(operations_, succeeded_); }
std::vector<std::string> AnswerCheck::never_refused() const { return names_without(operations_, refused_); }

std::vector<std::string> AnswerCheck::never_written() const {
  std::vector<std::string> out;
  for (const auto& [schema, properties] : known_) {
    const auto found = written_.find(schema);
    for (const std::string& property : properties) {
      if (found == written_.end() || !found->second.contains(property)) out.push_back(schema + '.' + property);
    }
  }
  return out;
}

}  // namespace marginfix::openapi
