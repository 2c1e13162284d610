// The promises: whatever the bytes, no crash and no half-read value; an Error has a reason; what decodes encodes to a text that decodes to
// the same; reading over an old value leaves nothing of it; unknown members are kept to the digit; a frame is never lost, its text neither.
#include "fuzz/json_target.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>

#include "fuzz/promise.hpp"
#include "marginfix/rest/operation.hpp"
#include "marginfix/ws/frame_reader.hpp"
#include "rest/client/error_body.hpp"
#include "unit/rest/examples.hpp"

namespace marginfix_tests {
namespace {

using namespace marginfix;
using json::TypeInfo;

constexpr std::string_view kFrames = "ws";

// Answers and bodies of every operation, each type once.
const std::vector<const TypeInfo*>& types() {
  static const std::vector<const TypeInfo*> all = [] {
    std::vector<const TypeInfo*> list;
    for (const auto& operations : {rest::perps_operations(), rest::klear_operations()}) {
      for (const rest::OperationInfo* info : operations) {
        for (const TypeInfo* type : {info->response, info->body})
          if (type != nullptr && std::ranges::find(list, type) == list.end()) list.push_back(type);
      }
    }
    return list;
  }();
  return all;
}

// Null: a frame of the WebSocket.
const TypeInfo* type_named(std::string_view name) {
  if (name == kFrames) return nullptr;
  const auto found = std::ranges::find_if(types(), [&](const TypeInfo* t) { return t->name == name; });
  return found != types().end() ? *found : types()[std::hash<std::string_view>{}(name) % types().size()];
}

std::string text_of(const TypeInfo& type, const json::AnyValue& value) {
  std::string out;
  json::Writer writer(out);
  json::encode(type, value.get(), writer);
  return out;
}

void round_trip(const TypeInfo& type, std::string_view text, json::AnyValue& value) {
  const std::string once = text_of(type, value);
  json::AnyValue again(type);
  promise(json::decode(type, again.get(), once).has_value(), "what was encoded decodes");
  promise(text_of(type, again) == once, "and encodes to the same text");
  promise(json::decode(type, value.get(), text).has_value(), "the same text decodes again");
  promise(text_of(type, value) == once, "over an old value, of which nothing is left");
}

void unknown_members(const TypeInfo& type, std::string_view text) {
  if (type.unknown == nullptr) return;
  const auto brace = text.find('{');
  const auto first = text.find_first_not_of(" \t\r\n", brace + 1);
  const std::string more = R"("zz":[-0.10,1e400,"\u00e9"])";
  const std::string longer = '{' + more + (text[first] == '}' ? "" : ",") + std::string(text.substr(first));
  json::AnyValue value(type);
  json::DecodeReport report;
  promise(json::decode(type, value.get(), longer, {}, &report).has_value(), "an unknown member does no harm");
  const std::string* const kept = type.unknown(value.get())->find("zz");
  promise(kept != nullptr && kept->find("-0.10") != std::string::npos && report.unknown_members > 0, "it is kept to the digit");
}

int read_value(const TypeInfo& type, std::string_view text) {
  json::AnyValue value(type);
  const auto done = json::decode(type, value.get(), text);
  if (!done) {
    promise(!done.error().message.empty(), "an error has a reason");
    return 0;
  }
  round_trip(type, text, value);
  if (type.kind == json::Kind::object) unknown_members(type, text);
  return 1;
}

int read_frame(std::string_view text) {
  ws::FrameReader reader;
  ws::Frame frame = reader.read(text);
  promise(text.starts_with(frame.raw), "the text is kept");
  promise(text.find_first_not_of("\r\n", frame.raw.size()) == std::string_view::npos, "all of it");
  const auto kind = frame.payload.index();
  reader.read(text, frame);
  promise(frame.payload.index() == kind, "read again, it is the same kind");
  const auto* const unknown = frame.as<ws::UnknownFrame>();
  promise(unknown == nullptr || !unknown->problem.empty() || !frame.type.empty(), "what is not typed says why, or what it is");
  (void)ws::market_of(frame);
  return unknown == nullptr ? 1 : 0;
}

std::string seed(std::string_view name, std::string_view text) { return std::string(name) + '\n' + std::string(text); }

void frame_seeds(std::vector<std::string>& seeds) {
  using json::type_of;
  const std::pair<const char*, const TypeInfo*> kinds[] = {{"orderbook_snapshot", &type_of<ws::MarginOrderbookSnapshot>()},
                                                           {"orderbook_delta", &type_of<ws::MarginOrderbookDelta>()},
                                                           {"ticker", &type_of<ws::MarginTicker>()},
                                                           {"trade", &type_of<ws::MarginTrade>()},
                                                           {"fill", &type_of<ws::MarginFill>()},
                                                           {"user_order", &type_of<ws::MarginUserOrder>()},
                                                           {"order_group_updates", &type_of<ws::OrderGroupUpdates>()},
                                                           {"corporate_actions_delta", &type_of<ws::MarginCorporateActionsDelta>()},
                                                           {"subscribed", &type_of<ws::Subscribed>()},
                                                           {"ok", &type_of<ws::Updated>()},
                                                           {"ok", &type_of<std::vector<ws::Subscribed>>()},
                                                           {"error", &type_of<ws::ErrorMessage>()}};
  rest::test::Examples examples(rest::test::Members::all);
  for (const auto& [type, msg] : kinds) {
    seeds.push_back(seed(kFrames, std::string(R"({"type":")") + type + R"(","id":4,"sid":1,"seq":7,"msg":)" + examples.of(*msg) +
                                      R"(,"sending_ts_ms":1790000000125})"));
  }
  seeds.push_back(seed(kFrames, R"({"type":"unsubscribed","id":3,"sid":2,"seq":9})"));
}

}  // namespace

std::vector<std::string> json_seeds() {
  std::vector<std::string> seeds;
  for (const auto members : {rest::test::Members::all, rest::test::Members::least}) {
    rest::test::Examples examples(members);
    for (const TypeInfo* type : types()) seeds.push_back(seed(type->name, examples.of(*type)));
  }
  frame_seeds(seeds);
  return seeds;
}

int fuzz_json(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = std::min(input.find('\n'), size);
  const TypeInfo* const type = type_named(input.substr(0, line));
  input.remove_prefix(std::min(line + 1, size));
  // An exact-size block: one byte too far is a sanitizer report.
  const std::unique_ptr<char[]> exact(new char[input.size()]);
  std::ranges::copy(input, exact.get());
  const std::string_view text(exact.get(), input.size());
  (void)rest::read_error_body(text);
  return type == nullptr ? read_frame(text) : read_value(*type, text);
}

}  // namespace marginfix_tests
