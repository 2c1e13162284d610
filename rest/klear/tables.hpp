// What the tables of Klear's operations are written with. Internal to rest/klear.
#pragma once

#include <string_view>

#include "marginfix/klear/common.hpp"
#include "rest/operations/patterns.hpp"

namespace marginfix::klear {

using json::field;
using json::FieldInfo;
using rest::body_of;
using rest::broken;
using rest::Method;
using rest::OperationInfo;

// One operation. All take the bearer token; no token cost is documented for any.
template <class Request>
constexpr OperationInfo klear_operation(std::string_view id, std::string_view name, Method method, std::string_view path, int success,
                                        std::string_view summary) {
  OperationInfo info;
  info.operation_id = id;
  info.api = rest::Api::klear;
  info.name = name;
  info.method = method;
  info.path = path;
  info.auth = rest::Auth::klear_token;
  info.success = success;
  info.cost = 0;
  info.summary = summary;
  info.request = &json::Schema<Request>::type;
  using Response = typename Request::Response;
  if constexpr (!std::is_same_v<Response, rest::NoContent>) info.response = &json::Schema<Response>::type;
  if constexpr (requires(Request & request) { request.body; }) {
    info.body = &json::Schema<decltype(Request::body)>::type;
    info.body_at = body_of<Request>;
    info.body_required = true;
  }
  return info;
}
template <class Request>
constexpr OperationInfo klear_read(std::string_view id, std::string_view name, std::string_view path, std::string_view summary) {
  return klear_operation<Request>(id, name, Method::get, path, 200, summary);
}
template <class Request>
constexpr OperationInfo klear_pages(std::string_view id, std::string_view name, std::string_view path, std::string_view summary,
                                    std::string_view items) {
  OperationInfo info = klear_read<Request>(id, name, path, summary);
  info.page_items = items;
  return info;
}
constexpr OperationInfo with_check(OperationInfo info, Result<void> (*check)(const void* request)) {
  info.check = check;
  return info;
}

constexpr json::Limits kUuid{.pattern = rest::is_uuid, .pattern_text = "a UUID"};
constexpr json::Limits page_size(std::int64_t most) { return {.least = 1, .most = most}; }

}  // namespace marginfix::klear

// The definition behind MARGINFIX_SCHEMA(marginfix::klear::T), at global scope; the rows are klear::kT.
#define MARGINFIX_KLEAR_TABLE(T)                                                                 \
  constinit const marginfix::json::TypeInfo marginfix::json::Schema<marginfix::klear::T>::type = \
      marginfix::json::object_type<marginfix::klear::T>(#T, marginfix::klear::k##T)
#define MARGINFIX_KLEAR_EMPTY(T)                                                                 \
  constinit const marginfix::json::TypeInfo marginfix::json::Schema<marginfix::klear::T>::type = \
      marginfix::json::object_type<marginfix::klear::T>(#T, {})
