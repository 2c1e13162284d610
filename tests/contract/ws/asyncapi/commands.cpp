#include "contract/ws/asyncapi/commands.hpp"

#include <algorithm>
#include <stdexcept>

namespace marginfix::asyncapi {

using openapi::SchemaView;

namespace {

// A JSON text in YAML's eyes: what has quotation marks carries this tag.
bool quoted(const YAML::Node& node) { return node.Tag() == "!"; }

bool is_integer(const YAML::Node& node) {
  std::int64_t value = 0;
  return !quoted(node) && YAML::convert<std::int64_t>::decode(node, value);
}
bool is_boolean(const YAML::Node& node) { return !quoted(node) && (node.Scalar() == "true" || node.Scalar() == "false"); }

}  // namespace

Commands::Commands(const Document& file, const Expectation& ours, openapi::Schemas& schemas, openapi::Comparison& out)
    : file_(file), schemas_(schemas), out_(out) {
  for (const std::string& text : ours.commands) {
    const YAML::Node command = YAML::Load(text);
    if (!command.IsMap()) throw std::runtime_error("not a command: " + text);
    texts_[openapi::text_of(command, "cmd")].push_back(command);
  }
}

void Commands::note(const std::string& place, std::string_view kind, std::string text) {
  if (noted_.insert(place + ' ' + std::string(kind) + ' ' + text).second) out_.note(place, kind, std::move(text));
}

void Commands::take(const MessageView& message) {
  const SchemaView payload = file_.view(message.payload);
  schemas_.met(payload);
  const YAML::Node* const cmd = payload.property("cmd");
  if (cmd == nullptr || file_.view(*cmd).words.size() != 1) throw std::runtime_error("a command without a name: " + message.key);
  const std::string name = file_.view(*cmd).words[0];
  if (!done_.insert(name).second) return;
  const auto found = texts_.find(name);
  if (found == texts_.end()) return note(name, "added upstream", "a command");
  ++out_.operations;
  for (const YAML::Node& text : found->second) fits(name, payload, text);
  unused(name, payload);
}

void Commands::finish() {
  for (const auto& [name, texts] : texts_)
    if (!done_.contains(name)) note(name, "gone upstream", "a command");
}

void Commands::fits(const std::string& place, const SchemaView& schema, const YAML::Node& sent) {
  if (schema.type == "object") return fits_object(place, schema, sent);
  if (schema.type == "array") return fits_array(place, schema, sent);
  fits_scalar(place, schema, sent);
}

void Commands::fits_object(const std::string& place, const SchemaView& schema, const YAML::Node& sent) {
  if (!sent.IsMap()) return note(place, "type", "the file has an object, we send something else");
  for (const auto& member : sent) {
    const auto name = member.first.as<std::string>();
    used_[place].insert(name);
    const YAML::Node* const property = schema.property(name);
    if (property == nullptr) {
      note(place + '.' + name, "gone upstream", "a property that we send");
    } else {
      fits(place + '.' + name, file_.view(*property), member.second);
    }
  }
  for (const std::string& name : schema.required)
    if (!sent[name].IsDefined()) note(place + '.' + name, "required", "the file requires it, we left it out");
}

void Commands::fits_array(const std::string& place, const SchemaView& schema, const YAML::Node& sent) {
  if (!sent.IsSequence()) return note(place, "type", "the file has an array, we send something else");
  const auto items = static_cast<std::int64_t>(sent.size());
  for (const auto& [name, bound] : schema.bounds) {
    const bool kept = name == "minItems" ? items >= bound : name != "maxItems" || items <= bound;
    if (!kept) note(place, "range", "the file says " + name + ' ' + std::to_string(bound) + ", we sent " + std::to_string(items));
  }
  for (const auto& item : sent) fits(place + "[]", file_.view(schema.items.value()), item);
}

void Commands::fits_scalar(const std::string& place, const SchemaView& schema, const YAML::Node& sent) {
  const bool good = sent.IsScalar() && (schema.type == "string"    ? quoted(sent)
                                        : schema.type == "integer" ? is_integer(sent)
                                        : schema.type == "boolean" ? is_boolean(sent)
                                                                   : false);
  if (!good) return note(place, "type", "the file has a " + schema.type + ", we send something else");
  const auto least = schema.bounds.find("minimum");
  if (schema.type == "integer" && least != schema.bounds.end() && sent.as<std::int64_t>() < least->second) {
    note(place, "range", "the file says minimum " + std::to_string(least->second));
  }
  if (schema.words.empty()) return;
  used_[place].insert(sent.Scalar());
  if (std::ranges::find(schema.words, sent.Scalar()) == schema.words.end()) note(place, "words", "gone upstream: \"" + sent.Scalar() + '"');
}

void Commands::unused(const std::string& place, const SchemaView& schema) {
  schemas_.met(schema);
  out_.parameters += schema.properties.size();
  for (const auto& [name, property] : schema.properties) {
    const SchemaView inside = file_.view(property);
    if (used_[place].contains(name)) {
      unused(place + '.' + name, inside);
    } else {
      schemas_.met(inside);
      note(place + '.' + name, "added upstream", "a property that we never send");
    }
  }
  if (schema.items) unused(place + "[]", file_.view(*schema.items));
  for (const std::string& word : schema.words)
    if (!used_[place].contains(word)) note(place, "words", "added upstream: \"" + word + '"');
}

}  // namespace marginfix::asyncapi
