// See compare.hpp. Frames here, commands in commands.cpp.
#include "contract/ws/asyncapi/compare.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "contract/openapi/schemas.hpp"
#include "contract/ws/asyncapi/commands.hpp"
#include "contract/ws/asyncapi/document.hpp"

namespace marginfix::asyncapi {
namespace {

using openapi::Comparison;
using openapi::Schemas;
using openapi::SchemaView;

template <class List>
bool has(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// Both ways between two sets of words.
void same_words(Comparison& out, std::string_view place, const std::vector<std::string>& theirs, const std::vector<std::string>& mine) {
  for (const std::string& word : theirs)
    if (!has(mine, word)) out.note(place, "added upstream", '"' + word + '"');
  for (const std::string& word : mine)
    if (!has(theirs, word)) out.note(place, "gone upstream", '"' + word + '"');
}

std::string type_of(const Document& file, const SchemaView& payload) {
  const YAML::Node* const type = payload.property("type");
  if (type == nullptr || file.view(*type).words.size() != 1) throw std::runtime_error("a frame without a type: " + payload.name);
  return file.view(*type).words[0];
}

class Frames {
 public:
  Frames(const Document& file, const Expectation& ours, Schemas& schemas, Comparison& out)
      : file_(file), ours_(ours), schemas_(schemas), out_(out) {}

  void take(const MessageView& message) {
    const SchemaView payload = file_.view(message.payload);
    schemas_.met(payload);
    const std::string type = type_of(file_, payload);
    const YAML::Node* const msg = payload.property("msg");
    const FrameKind* const kind = ours(type, msg);
    if (kind == nullptr) {
      out_.note(type, "added upstream", "a frame of channel \"" + message.channel + "\" (" + message.key + ")");
      return;
    }
    seen_.insert(kind);
    ++out_.messages;
    if (kind->channel != message.channel) {
      out_.note(type, "channel", "the file says \"" + message.channel + "\", we have \"" + std::string(kind->channel) + '"');
    }
    envelope(type, payload);
    if ((msg != nullptr) != (kind->msg != nullptr)) {
      out_.note(type, "msg", msg != nullptr ? "the file has one, we have none" : "the file has none, we have one");
    } else if (msg != nullptr) {
      schemas_.receive_value(type, file_.view(*msg), *kind->msg);
    }
  }
  void finish() {
    for (const FrameKind& kind : ours_.frames)
      if (!seen_.contains(&kind)) out_.note(kind.type, "gone upstream", "a frame");
    for (const std::string& member : ours_.envelope)
      if (!members_.contains(member)) out_.note(member, "gone upstream", "of the envelope of every frame");
  }

 private:
  const FrameKind* ours(std::string_view type, const YAML::Node* msg) const {
    const bool list = msg != nullptr && file_.view(*msg).type == "array";
    for (const FrameKind& kind : ours_.frames)
      if (kind.type == type && (kind.msg != nullptr && kind.msg->kind == json::Kind::array) == list) return &kind;
    return nullptr;
  }
  void envelope(const std::string& type, const SchemaView& payload) {
    for (const auto& [name, schema] : payload.properties) {
      if (name != "msg") schemas_.met(file_.view(schema));
      members_.insert(name);
      if (!has(ours_.envelope, name)) out_.note(type + '.' + name, "added upstream", "of the envelope");
    }
  }

  const Document& file_;
  const Expectation& ours_;
  Schemas& schemas_;
  Comparison& out_;
  std::set<const FrameKind*> seen_;
  std::set<std::string, std::less<>> members_;
};

// A value of the schema, as JSON. Decimals and other texts alike can be "1.00"; what has words gets the first one.
std::string example(const Document& file, const SchemaView& schema, bool whole) {
  if (!schema.words.empty()) return schema.type == "integer" ? schema.words[0] : '"' + schema.words[0] + '"';
  if (schema.type == "string") return R"("1.00")";
  if (schema.type == "integer") return "1";
  if (schema.type == "number") return "-0.0009593552948286";
  if (schema.type == "boolean") return "true";
  std::string out;
  if (schema.type == "array") {
    const auto least = schema.bounds.find("minItems");
    const auto items = std::max<std::int64_t>(whole ? 1 : 0, least == schema.bounds.end() ? 0 : least->second);
    for (std::int64_t i = 0; i < items; ++i) out += (i == 0 ? "" : ",") + example(file, file.view(schema.items.value()), whole);
    return '[' + out + ']';
  }
  if (schema.type != "object") throw std::runtime_error("no example of a " + schema.type);
  for (const auto& [name, node] : schema.properties) {
    if (!whole && !schema.required.contains(name)) continue;
    out += (out.empty() ? "\"" : ",\"") + name + "\":" + example(file, file.view(node), whole);
  }
  return '{' + out + '}';
}

}  // namespace

Comparison compare(const std::string& yaml, const Expectation& ours) {
  const Document file(yaml);
  Comparison out;
  Schemas schemas(file, ours, out);
  Frames frames(file, ours, schemas, out);
  Commands commands(file, ours, schemas, out);
  for (const MessageView& message : file.messages()) {
    if (message.operation.empty()) {
      out.note(message.key, "direction", "no operation of the file sends or receives it");
    } else if (!message.is_json) {
      continue;
    } else if (message.to_us) {
      frames.take(message);
    } else {
      commands.take(message);
    }
  }
  frames.finish();
  commands.finish();
  same_words(out, "channels", file.channels(), ours.channels);
  schemas.finish();
  apply(ours.deviations, out.differences);
  return out;
}

std::vector<Example> examples(const std::string& yaml) {
  const Document file(yaml);
  std::vector<Example> all;
  for (const MessageView& message : file.messages()) {
    if (!message.is_json || !message.to_us) continue;
    const SchemaView payload = file.view(message.payload);
    for (const bool whole : {true, false}) all.push_back({type_of(file, payload), example(file, payload, whole), whole});
  }
  return all;
}

}  // namespace marginfix::asyncapi
