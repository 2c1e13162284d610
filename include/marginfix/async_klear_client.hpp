// The front door to Klear, the clearing members' API, for programs that run an Asio loop.
//
//   marginfix::AsyncKlearClient klear(io.get_executor(), marginfix::KlearConfig::from_env().value());
//   const auto balance = co_await klear.margin().settlement_balance({}, boost::asio::use_awaitable);
//
// The constructor does no I/O: a bad configuration is what the first call (or check()) answers. The access token is sent over TLS only and
// appears in no log, error or printed object. Threads, handlers, cancellation: rest/async_caller.hpp. Guide: docs/klear.md.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <utility>

#include "marginfix/core/result.hpp"
#include "marginfix/klear/families.hpp"
#include "marginfix/rest/async_caller.hpp"
#include "marginfix/rest/config.hpp"

namespace marginfix {

class AsyncKlearClient {
 public:
  AsyncKlearClient(boost::asio::any_io_executor executor, KlearConfig config, RestClientOptions options = {})
      : config_(std::move(config)), caller_(std::make_unique<rest::AsyncCaller>(std::move(executor), config_, std::move(options))) {}

  klear::MarginFamily<rest::AsyncCaller> margin() noexcept { return klear::MarginFamily<rest::AsyncCaller>(*caller_); }

  // Any operation by its request struct; completes with Result<Op::Response>.
  template <class Op, class Token>
  auto async_call(const Op& operation, Token&& token) {
    return caller_->run(operation, std::forward<Token>(token));
  }
  // By data; completes with Result<rest::HttpResponse>. `request` lives until the token starts the call (rest/async_caller.hpp).
  template <class Token>
  auto async_call_raw(const rest::OperationInfo& info, const void* request, Token&& token) {
    return caller_->run_raw(info, request, std::forward<Token>(token));
  }
  // Everything under way ends with Error(closed). From any thread.
  void cancel_all() { caller_->cancel_all(); }

  // Validates the configuration and reads the key, as the first call would. Error(config), Error(credentials).
  Result<void> check() { return caller_->check(); }
  // Calls, tries, errors and waits since the client was made (rest/statistics.hpp). Any thread.
  RestStatistics statistics() const { return caller_->statistics(); }
  const KlearConfig& config() const noexcept { return config_; }

 private:
  KlearConfig config_;
  std::unique_ptr<rest::AsyncCaller> caller_;
};

}  // namespace marginfix
