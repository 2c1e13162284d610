// Runs operations and waits for their answers: what PerpsClient and KlearClient are made of. The one path of every call: check the
// request, take tokens, sign, send, check the answer, decode; GET is tried again where RetryPolicy says so, writes are sent once.
//
// Thread-safe: any number of threads may call at the same time, each on a connection of its own; connections are kept alive and TLS
// sessions resumed. A call blocks for HttpOptions::total_timeout at most. Errors: category config, credentials, codec (the request breaks a
// rule: nothing was sent), rate_limit, connect, tls, timeout, closed (the connection ended before the answer did), http (with status, code
// and request_id), decode. Error::may_have_been_sent tells whether the exchange may have acted on the request; a refusal (4xx other than
// 408) is an answer and leaves it false. Source: design decisions 5 and 8; rest-perps.md "Errors, retries, rate limits".
#pragma once

#include <memory>

#include "marginfix/core/account_limits.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/rest/http_response.hpp"
#include "marginfix/rest/operation.hpp"
#include "marginfix/rest/pages.hpp"
#include "marginfix/rest/statistics.hpp"

namespace marginfix::rest {

namespace detail {
class ClientCore;
class BlockingTransport;
}  // namespace detail

class BlockingCaller {
 public:
  BlockingCaller(const PerpsConfig& config, RestClientOptions options);
  BlockingCaller(const KlearConfig& config, RestClientOptions options);
  ~BlockingCaller();
  BlockingCaller(BlockingCaller&&) noexcept;
  BlockingCaller& operator=(BlockingCaller&&) noexcept;

  // `request` is the request struct of `info`.
  Result<HttpResponse> call_raw(const OperationInfo& info, const void* request);
  // `response` is of info.response's type and receives the answer; null where the operation has none.
  Result<void> call(const OperationInfo& info, const void* request, void* response);

  template <class Op>
  Result<typename Op::Response> run(const Op& operation) {
    typename Op::Response response{};
    if (auto done = call(Operation<Op>::info, &operation, &response); !done) return done.error();
    return response;
  }

  // What the families' *_all give.
  template <class Op, auto Items>
  using PagesOf = Pages<BlockingCaller, Op, Items>;

  // Validates the configuration and reads the key, as the first call would. Error(config), Error(credentials).
  Result<void> check();
  std::shared_ptr<AccountLimits> limits() const noexcept;
  RestStatistics statistics() const;  // any thread

 private:
  std::unique_ptr<detail::ClientCore> core_;
  std::unique_ptr<detail::BlockingTransport> transport_;
};

}  // namespace marginfix::rest
