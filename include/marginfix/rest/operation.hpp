// An operation of the REST or Klear API as data: one request struct carries the parameters (and the body, where there is one), one
// OperationInfo says method, path, authentication, paging, cost and what comes back. Synchronous and asynchronous clients, the command
// line, the documentation and the contract test all read the same tables.
//
//   struct GetMarginMarketOrderbook {            // GET /margin/markets/{ticker}/orderbook
//     std::string ticker;                        // path
//     std::optional<std::int32_t> depth;         // query; 0 = all levels
//     using Response = MarginOrderbookResponse;
//   };
//   MARGINFIX_OPERATION(marginfix::rest::GetMarginMarketOrderbook);
//
// Everything here is constant and thread-safe. Source: design decision 8; rest-perps.md "Operations"; klear.md "Operations".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "marginfix/core/rate_limit.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/json/binding.hpp"

namespace marginfix::rest {

// GET may be retried; POST, PUT and DELETE are sent once, whatever happens.
enum class Method : std::uint8_t { get, post, put, del };
std::string_view to_string(Method method) noexcept;  // "GET", "POST", "PUT", "DELETE"

enum class Auth : std::uint8_t {
  none,          // public: signed all the same when the client holds a key
  key,           // signed with an API key
  key_or_oauth,  // an API key; the exchange also takes a user's OAuth token
  klear_token    // Authorization: Bearer <admin_user_id>:<access_token>
};

enum class Api : std::uint8_t { perps, klear };

// When the exchange added it (rest-perps.md "set"); `unlisted`: the exchange has it, but in none of its perps files.
enum class Since : std::uint8_t { original, newer, legacy, unlisted };

// No content (204, or a 200 whose body is documented empty).
struct NoContent {};

// An object without documented members: `{}`.
struct EmptyResponse {
  json::UnknownMembers unknown;
};

struct OperationInfo {
  std::string_view operation_id;  // of the official file: "GetMarginMarketOrderbook"
  Api api{Api::perps};
  std::string_view family;  // of the SDK: "markets"; "" for Klear
  std::string_view name;    // "orderbook"
  Method method{Method::get};
  std::string_view path;  // relative to the base URL, {name} for parameters: "/margin/markets/{ticker}/orderbook"
  Auth auth{Auth::key};
  int success{200};  // 200, 201, 204
  int cost{10};      // tokens; RequestCosts has the numbers, balance one of its own
  // Orders and cancels. Nothing: by the method, a read or a write.
  std::optional<RequestKind> spends{};
  Since since{Since::original};
  // Parameters: the request struct's members but `body`. Those that stand in `path` go there, the others into the query.
  const json::TypeInfo* request{nullptr};
  // The body: schema and address inside the request struct; null where there is none.
  const json::TypeInfo* body{nullptr};
  void* (*body_at)(void* request){nullptr};
  bool body_required{false};  // false with a body: the exchange takes the request without one too
  // What a success brings; null = no content.
  const json::TypeInfo* response{nullptr};
  // Lists that page: the member that holds the page's items; the cursor is `cursor` on both sides. Empty = no paging.
  std::string_view page_items{};
  // Rules between fields that a table cannot say (one of two, not both, at least one). Null = none.
  Result<void> (*check)(const void* request){nullptr};
  // Tokens, where they depend on the request. Null: `cost`.
  int (*cost_of)(const void* request){nullptr};
  // The market whose shard an order spends. Null: the default bucket.
  const std::string& (*ticker_of)(const void* request){nullptr};
  std::string_view summary{};  // one line for --list and the documentation

  bool is_read() const noexcept { return method == Method::get; }
  RequestKind kind() const noexcept { return spends.value_or(is_read() ? RequestKind::read : RequestKind::write); }
  bool is_public() const noexcept { return auth == Auth::none; }
  bool pages() const noexcept { return !page_items.empty(); }
};

// Specialised (MARGINFIX_OPERATION) for every request struct: `static const OperationInfo info`.
template <class Request>
struct Operation;

// Every operation, in the order of the specification's table. Defined by rest/operations and rest/klear.
std::span<const OperationInfo* const> perps_operations();  // 53, the legacy list_fcm and the unlisted endpoint_costs
std::span<const OperationInfo* const> klear_operations();  // 28
// By family and SDK name ("markets", "orderbook"); Klear's family is "". Null when there is none.
const OperationInfo* find_operation(Api api, std::string_view family, std::string_view name) noexcept;

// A checked request as text, ready to be signed and sent.
struct PreparedRequest {
  Method method{Method::get};
  std::string path;   // relative to the base URL, percent-encoded, without the query
  std::string query;  // "a=1&b=x", without '?'; empty when there is none
  std::string body;   // JSON; empty when there is none
  int cost{10};
  RequestKind kind{RequestKind::read};
  std::string ticker;  // whose shard an order spends; "" = not known
};

// Checks the request against the tables and puts it into text. Error(codec) names the field and the rule; nothing was sent.
Result<PreparedRequest> prepare(const OperationInfo& info, const void* request);
template <class Request>
Result<PreparedRequest> prepare(const Request& request) {
  return prepare(Operation<Request>::info, &request);
}

// Unreserved characters stay, everything else becomes %XX in upper case.
std::string percent_encode(std::string_view text);

}  // namespace marginfix::rest

#define MARGINFIX_OPERATION(Request)           \
  template <>                                  \
  struct marginfix::rest::Operation<Request> { \
    static const OperationInfo info;           \
  }

MARGINFIX_SCHEMA(marginfix::rest::EmptyResponse);
