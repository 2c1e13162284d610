// One call from its first byte to its verdict, without I/O: says what to do next and is told what came of it. Blocking and asynchronous
// clients drive the same machine; time comes in as a value. A read is tried again as RetryPolicy has it, anything else is sent once.
//
//   next = call.start(now)
//   send: do it, next = call.answered(answer, now)    wait: do it, next = call.waited(now)    done: take result()
#pragma once

#include <chrono>
#include <optional>

#include "marginfix/core/backoff.hpp"
#include "marginfix/rest/http_response.hpp"
#include "rest/client/client_core.hpp"
#include "rest/client/verdict.hpp"
#include "rest/transport/http.hpp"

namespace marginfix::rest::detail {

class Call {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Do : std::uint8_t { send, wait, done };
  struct Next {
    Do what{Do::done};
    std::chrono::milliseconds wait{0};  // Do::wait
  };

  // `core` outlives the call. `seed` of the waits' jitter; 0: from the system.
  Call(ClientCore& core, const OperationInfo& info, std::uint64_t seed = 0)
      : core_(&core), info_(&info), backoff_(core.http().retry.backoff, seed) {}

  // Checks the request and the configuration; nothing was sent when this fails.
  Next start(const void* request, Time now);
  Next answered(HttpAnswer answer, Time now);
  Next waited(Time now);
  // Ended from outside; `sent` as far as is known. For calls that wait between tries.
  void cancel(std::string why);

  HttpRequest take_request() { return std::move(*request_); }         // Do::send, once
  Result<HttpResponse> take_result() { return std::move(*result_); }  // Do::done, once
  bool is_write() const noexcept { return !info_->is_read(); }
  bool under_way() const noexcept { return sending_; }
  const OperationInfo& info() const noexcept { return *info_; }

 private:
  Next try_to_send(Time now);
  std::optional<Next> take_tokens(Time now);
  Next try_again(const Verdict& verdict, Time now);
  Next finish(Result<HttpResponse> result);
  std::chrono::milliseconds left(Time now) const;
  std::string where() const;
  void note(const HttpAnswer& answer, Time now);

  ClientCore* core_;
  const OperationInfo* info_;
  Backoff backoff_;
  PreparedRequest prepared_;
  std::optional<HttpRequest> request_;
  std::optional<Result<HttpResponse>> result_;
  std::optional<Error> last_error_;  // of the try before this one
  Time deadline_{}, sent_at_{};
  std::chrono::milliseconds waited_for_tokens_{0};
  unsigned tries_{0};
  bool has_tokens_{false}, sending_{false};
};

}  // namespace marginfix::rest::detail
