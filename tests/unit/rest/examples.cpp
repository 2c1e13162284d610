#include "unit/rest/examples.hpp"

#include <algorithm>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest::test {

using json::FieldInfo;
using json::Kind;
using json::Presence;
using json::TypeInfo;

const TypeInfo& bare(const TypeInfo& type) { return type.emplace != nullptr ? bare(*type.element) : type; }

std::string Examples::scalar(const TypeInfo& type) {
  const int n = ++next_ % 10;
  const std::string digit = std::to_string(n);
  if (type.word_count != nullptr) return json::quoted(type.word(static_cast<std::size_t>(n) % type.word_count()));
  if (type.name == "boolean") return n % 2 == 0 ? "true" : "false";
  if (type.name == "int32") return "-214748364" + std::to_string(n % 9);
  if (type.name == "double") return "-0.000959355294828" + std::to_string(1 + n % 9);
  if (type.kind == Kind::number) return "922337203685477580" + std::to_string(n % 8);
  if (type.name == "FixedPointDollars") return "\"-9223372036854.77580" + std::to_string(1 + n % 8) + '"';
  if (type.name == "FixedPointCount") return "\"92233720368547758.0" + std::to_string(n % 8) + '"';
  if (type.name == "decimal string") return "\"-0.00000000001234567" + std::to_string(1 + n % 9) + '"';
  if (type.name == "date-time") return "\"2026-06-12T02:47:03.57549" + std::to_string(1 + n % 9) + "Z\"";
  if (type.name == "date") return "\"2026-06-1" + digit + '"';
  if (type.name == "JSON") return R"({"a":[1.10,-1e400,"\"\\",null,true],"n":)" + digit + '}';
  return json::quoted("text \"" + digit + "\" \\ \xc3\xa9\n");
}

std::string Examples::object(const TypeInfo& type, std::string_view member, std::string_view changed) {
  std::string out = "{";
  for (const FieldInfo& field : type.fields) {
    std::string text;
    if (field.name == member) {
      text = changed;
    } else if (members_ == Members::all || field.presence == Presence::required) {
      text = value(*field.type);
    } else if (field.presence == Presence::expected) {
      ++expected_left_out_;
    }
    if (text.empty()) continue;
    out += (out.size() > 1 ? "," : "") + json::quoted(field.name) + ':' + text;
  }
  return out + '}';
}

std::string Examples::value(const TypeInfo& wrapped) {
  const TypeInfo& type = bare(wrapped);
  switch (type.kind) {
    case Kind::array:
      return '[' + value(*type.element) + ',' + value(*type.element) + ']';
    case Kind::map:
      return "{\"A\":" + value(*type.element) + ",\"B\":" + value(*type.element) + '}';
    case Kind::tuple: {
      std::string out = "[";
      for (const FieldInfo& field : type.fields) out += (out.size() > 1 ? "," : "") + value(*field.type);
      return out + ']';
    }
    case Kind::object:
      return object(type, {}, {});
    default:
      return scalar(type);
  }
}

std::string Examples::of(const TypeInfo& type) { return value(type); }
std::string Examples::with(const TypeInfo& type, std::string_view member, std::string_view changed) {
  return object(type, member, changed);
}

namespace {

void collect(const TypeInfo& wrapped, std::vector<const TypeInfo*>& out) {
  const TypeInfo& type = bare(wrapped);
  if (type.kind == Kind::array || type.kind == Kind::map) return collect(*type.element, out);
  if (type.kind != Kind::object || std::ranges::find(out, &type) != out.end()) return;
  out.push_back(&type);
  for (const FieldInfo& field : type.fields) collect(*field.type, out);
}

}  // namespace

std::vector<const TypeInfo*> response_schemas() {
  std::vector<const TypeInfo*> out;
  for (const auto operations : {perps_operations(), klear_operations()}) {
    for (const OperationInfo* info : operations)
      if (info->response != nullptr) collect(*info->response, out);
  }
  collect(json::type_of<ErrorResponse>(), out);
  return out;
}

}  // namespace marginfix::rest::test
