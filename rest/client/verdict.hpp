// Judges what came back for a request: the answer, or the error it is; and whether a read may be tried again.
// Source: rest-perps.md "Errors, retries, rate limits"; observed.md "Error bodies".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/time.hpp"
#include "marginfix/rest/http_response.hpp"
#include "rest/transport/http.hpp"

namespace marginfix::rest {

struct Verdict {
  Result<HttpResponse> result;
  bool transient{false};  // worth another try, where the operation may be tried again
  bool at_once{false};    // the next try need not wait: only a connection was stale
  std::optional<std::chrono::milliseconds> retry_after;
};

// `where` is "POST https://host/path" for messages.
Verdict judge(const OperationInfo& info, HttpAnswer answer, std::string_view where, Timestamp now);

// The wait a Retry-After header asks for (seconds, or an HTTP date); nothing when it is neither. Never negative.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, Timestamp now);

// True when a member of the schema, at any depth, is a secret.
bool holds_secret(const json::TypeInfo& type);

}  // namespace marginfix::rest
