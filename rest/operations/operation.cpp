// From a request struct and its operation to method, path, query and body.
#include "marginfix/rest/operation.hpp"

namespace marginfix::rest {
namespace {

constexpr bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
}

void append_query(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  query += name;
  query += '=';
  // Commas separate the items of a list in one parameter; they are legal in a query.
  for (std::size_t begin = 0;;) {
    const auto comma = value.find(',', begin);
    query += percent_encode(value.substr(begin, comma - begin));
    if (comma == std::string_view::npos) return;
    query += ',';
    begin = comma + 1;
  }
}

// Puts `value` where "{name}" stands; false when the path has no such place.
bool fill_path(std::string& path, std::string_view name, std::string_view value) {
  const std::string place = '{' + std::string(name) + '}';
  const auto at = path.find(place);
  if (at == std::string::npos) return false;
  path.replace(at, place.size(), percent_encode(value));
  return true;
}

bool in_path(const OperationInfo& info, std::string_view name) {
  return info.path.find('{' + std::string(name) + '}') != std::string_view::npos;
}

Result<void> put_parameter(const OperationInfo& info, const json::FieldInfo& field, const void* request, PreparedRequest& out) {
  const auto text = json::write_text(*field.type, field.at(const_cast<void*>(request)));
  if (!in_path(info, field.name)) {
    if (text && !(text->empty() && !field.required)) append_query(out.query, field.name, *text);
    return {};
  }
  if (!text || text->empty()) return fail(ErrorCategory::codec, std::string(field.name) + ": is required");
  // "." and ".." would name another path.
  if (*text == "." || *text == "..")
    return fail(ErrorCategory::codec, std::string(field.name) + ": \"" + *text + "\" is not an identifier");
  fill_path(out.path, field.name, *text);
  return {};
}

}  // namespace

std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::del:
      return "DELETE";
  }
  return {};
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    out += '%';
    out += kHex[static_cast<unsigned char>(c) >> 4];
    out += kHex[static_cast<unsigned char>(c) & 0xF];
  }
  return out;
}

Result<PreparedRequest> prepare(const OperationInfo& info, const void* request) {
  PreparedRequest out;
  out.method = info.method;
  out.path = info.path;
  out.cost = info.cost_of != nullptr ? info.cost_of(request) : info.cost;
  out.kind = info.kind();
  if (info.ticker_of != nullptr) out.ticker = info.ticker_of(request);
  if (auto good = json::check_limits(*info.request, request); !good) return good.error();
  const void* body = info.body != nullptr ? info.body_at(const_cast<void*>(request)) : nullptr;
  if (body != nullptr) {
    if (auto good = json::check_limits(*info.body, body); !good) return good.error();
  }
  if (info.check != nullptr) {
    if (auto good = info.check(request); !good) return good.error();
  }
  for (const json::FieldInfo& field : info.request->fields) {
    if (auto good = put_parameter(info, field, request, out); !good) return good.error();
  }
  if (body != nullptr) {
    json::Writer writer(out.body);
    json::encode(*info.body, body, writer);
  }
  return out;
}

}  // namespace marginfix::rest

constinit const marginfix::json::TypeInfo marginfix::json::Schema<marginfix::rest::EmptyResponse>::type =
    marginfix::json::object_type<marginfix::rest::EmptyResponse>("EmptyResponse", {});
