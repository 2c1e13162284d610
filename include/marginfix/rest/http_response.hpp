// An answer as it came, for programs that want the text (command lines, recorders) rather than the typed value.
// Source: design decision 8; rest-perps.md "Errors, retries, rate limits".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::rest {

// A plain value. Only successes (2xx) come as a HttpResponse: everything else is an Error. May hold secrets where the operation's answer
// does (a generated private key, presigned URLs): do not log `body`.
struct HttpResponse {
  std::int32_t status{0};
  std::vector<std::pair<std::string, std::string>> headers{};  // names in lower case, in the order they came
  std::string body{};                                          // decompressed; empty for no content
  std::string request_id{};                                    // the exchange's id for the request, for its support; often empty

  // The first header of that name (lower case); null when there is none.
  const std::string* header(std::string_view name) const noexcept;
};

// Binds the answer's body to `value`, which is of the operation's response type (info.response; nothing to do where that is null).
// Error(decode) with status and request id: an empty body where one is promised, another content type, text that is not the schema.
Result<void> decode_response(const OperationInfo& info, const HttpResponse& response, void* value);

}  // namespace marginfix::rest
