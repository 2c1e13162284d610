// A client of which only reading is left: an operation that is no GET, or would spend write tokens, is refused before anything leaves.
// The feeds of REST and Klear have nothing else to send by.
#pragma once

#include <string>
#include <utility>

#include "marginfix/core/result.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/rest/http_response.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::reconcile {

template <class Client>
class ReadOnly {
 public:
  template <class ClientConfig>
  ReadOnly(ClientConfig config, RestClientOptions options) : client_(std::move(config), std::move(options)) {}

  // The answer as it came. Error(internal) for what is no read; else those of the client.
  Result<rest::HttpResponse> get(const rest::OperationInfo& info, const void* request) {
    if (!info.is_read() || info.kind() != RequestKind::read)
      return fail(ErrorCategory::internal, "the reconciliation service only reads, and " + std::string(info.operation_id) + " writes");
    return client_.call_raw(info, request);
  }
  template <class Op>
  Result<rest::HttpResponse> get(const Op& operation) {
    return get(rest::Operation<Op>::info, &operation);
  }

 private:
  Client client_;
};

}  // namespace marginfix::reconcile
