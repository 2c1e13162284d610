// Runs operations without blocking: what AsyncPerpsClient and AsyncKlearClient are made of. The same path as BlockingCaller (checks,
// tokens, signature, retries, errors), driven by the executor it is given: sockets and timers wait on the executor's context, there is no
// thread of ours. (libcurl looks names up on a short-lived thread of its own; addresses need none.)
//
// Coroutines and GCC: through version 12 it destroys an aggregate made inside a co_await expression twice. Name the request first:
//
//   const rest::CancelMarginOrder cancel{.order_id = id};
//   const auto done = co_await perps.orders().cancel(cancel, boost::asio::use_awaitable);
//
// Any Asio completion token: a callback, boost::asio::use_future, use_awaitable, deferred ... The signature is void(Result<Response>):
// errors are values, never exceptions. Handlers run on their associated executor, by default the caller's; never inside the initiating
// function. Calls may be started from any thread; the context may run on several threads. Cancellation: through the handler's slot
// (terminal, partial and total; total leaves a write alone that may be under way) or cancel_all(); a cancelled call gives Error(closed)
// whose may_have_been_sent says whether the request may have gone out. The destructor cancels what is open; the context must be alive then,
// and its handlers may run after the object is gone. Errors: blocking_caller.hpp. Source: design decisions 5 and 8.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <memory>
#include <utility>

#include "marginfix/core/account_limits.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/rest/async_pages.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/rest/http_response.hpp"
#include "marginfix/rest/operation.hpp"
#include "marginfix/rest/statistics.hpp"

namespace marginfix::rest {

namespace detail {

class AsyncCore;

// The handler's side of a call, its type forgotten. Answered once, on the core's strand.
class PendingCall {
 public:
  virtual ~PendingCall() = default;
  // Where a typed answer goes: null for calls that want the text.
  virtual void* response() noexcept { return nullptr; }
  virtual void complete(Result<HttpResponse> answer) = 0;
};

using CallId = std::uint64_t;
CallId next_call_id(AsyncCore& core) noexcept;
void start_call(const std::shared_ptr<AsyncCore>& core, CallId id, const OperationInfo& info, const void* request,
                std::unique_ptr<PendingCall> call);
void cancel_call(const std::shared_ptr<AsyncCore>& core, CallId id, boost::asio::cancellation_type type);

template <class Handler>
class HandlerCall : public PendingCall {
 public:
  HandlerCall(Handler handler, const boost::asio::any_io_executor& otherwise)
      : work_(boost::asio::get_associated_executor(handler, otherwise)), handler_(std::move(handler)) {}

 protected:
  template <class Value>
  void finish(Value value) {
    boost::asio::post(work_.get_executor(), [handler = std::move(handler_), value = std::move(value)]() mutable {
      if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected()) slot.clear();
      std::move(handler)(std::move(value));
    });
    work_.reset();
  }

 private:
  boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>> work_;
  Handler handler_;
};

template <class Handler>
class RawCall final : public HandlerCall<Handler> {
 public:
  using HandlerCall<Handler>::HandlerCall;
  void complete(Result<HttpResponse> answer) override { this->finish(std::move(answer)); }
};

template <class Handler, class Response>
class TypedCall final : public HandlerCall<Handler> {
 public:
  using HandlerCall<Handler>::HandlerCall;
  void* response() noexcept override { return &response_; }
  void complete(Result<HttpResponse> answer) override {
    this->finish(answer ? Result<Response>(std::move(response_)) : Result<Response>(std::move(answer).error()));
  }

 private:
  Response response_{};
};

// Connects the handler's cancellation slot and starts. `Call` is one of the two above.
template <class Call, class Handler>
void launch(const std::shared_ptr<AsyncCore>& core, const boost::asio::any_io_executor& executor, const OperationInfo& info,
            const void* request, Handler& handler) {
  const CallId id = next_call_id(*core);
  if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected()) {
    slot.assign([weak = std::weak_ptr<AsyncCore>(core), id](boost::asio::cancellation_type type) {
      if (const auto strong = weak.lock()) cancel_call(strong, id, type);
    });
  }
  start_call(core, id, info, request, std::make_unique<Call>(std::move(handler), executor));
}

}  // namespace detail

class AsyncCaller {
 public:
  AsyncCaller(boost::asio::any_io_executor executor, const PerpsConfig& config, RestClientOptions options);
  AsyncCaller(boost::asio::any_io_executor executor, const KlearConfig& config, RestClientOptions options);
  ~AsyncCaller();
  AsyncCaller(AsyncCaller&&) noexcept;
  AsyncCaller& operator=(AsyncCaller&&) noexcept;

  // `operation` is copied where the token starts late (deferred, use_awaitable).
  template <class Op, class Token>
  auto run(const Op& operation, Token&& token) {
    return boost::asio::async_initiate<Token, void(Result<typename Op::Response>)>(
        [](auto handler, const std::shared_ptr<detail::AsyncCore>& core, const boost::asio::any_io_executor& executor, const Op& op) {
          using Call = detail::TypedCall<decltype(handler), typename Op::Response>;
          detail::launch<Call>(core, executor, Operation<Op>::info, &op, handler);
        },
        token, core_, executor_, operation);
  }
  // `request` is the request struct of `info`; it must live until the token starts the call (at once, but for deferred and use_awaitable).
  template <class Token>
  auto run_raw(const OperationInfo& info, const void* request, Token&& token) {
    return boost::asio::async_initiate<Token, void(Result<HttpResponse>)>(
        [](auto handler, const std::shared_ptr<detail::AsyncCore>& core, const boost::asio::any_io_executor& executor,
           const OperationInfo* of,
           const void* data) { detail::launch<detail::RawCall<decltype(handler)>>(core, executor, *of, data, handler); },
        token, core_, executor_, &info, request);
  }
  // What the families' *_all give.
  template <class Op, auto Items>
  using PagesOf = AsyncPages<AsyncCaller, Op, Items>;

  // Everything under way ends with Error(closed). From any thread.
  void cancel_all();
  // Validates the configuration and reads the key, as the first call would. Error(config), Error(credentials).
  Result<void> check();
  boost::asio::any_io_executor get_executor() const noexcept { return executor_; }
  std::shared_ptr<AccountLimits> limits() const noexcept;
  RestStatistics statistics() const;  // any thread

 private:
  boost::asio::any_io_executor executor_;
  std::shared_ptr<detail::AsyncCore> core_;
};

}  // namespace marginfix::rest
