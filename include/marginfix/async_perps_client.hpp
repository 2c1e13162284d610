// The front door to the exchange's REST API for programs that run an Asio loop: every operation of the perps file by family and name, with
// a completion token.
//
//   marginfix::AsyncPerpsClient perps(io.get_executor(), marginfix::PerpsConfig::from_env().value());
//   perps.markets().list({}, [](marginfix::Result<marginfix::rest::GetMarginMarketsResponse> markets) { ... });
//   const marginfix::rest::GetMarginOrder which{.order_id = id};  // named: see rest/async_caller.hpp, "Coroutines and GCC"
//   const auto order = co_await perps.orders().get(which, boost::asio::use_awaitable);
//
// The constructor does no I/O: a bad configuration or key is what the first call (or check()) answers. Threads, handlers, cancellation:
// rest/async_caller.hpp. Guide: docs/rest.md.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <utility>

#include "marginfix/core/result.hpp"
#include "marginfix/rest/async_caller.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/rest/families.hpp"

namespace marginfix {

class AsyncPerpsClient {
 public:
  AsyncPerpsClient(boost::asio::any_io_executor executor, PerpsConfig config, RestClientOptions options = {})
      : config_(std::move(config)), caller_(std::make_unique<rest::AsyncCaller>(std::move(executor), config_, std::move(options))) {}

  rest::ExchangeFamily<rest::AsyncCaller> exchange() noexcept { return rest::ExchangeFamily<rest::AsyncCaller>(*caller_); }
  rest::MarketsFamily<rest::AsyncCaller> markets() noexcept { return rest::MarketsFamily<rest::AsyncCaller>(*caller_); }
  rest::OrdersFamily<rest::AsyncCaller> orders() noexcept { return rest::OrdersFamily<rest::AsyncCaller>(*caller_); }
  rest::OrderGroupsFamily<rest::AsyncCaller> order_groups() noexcept { return rest::OrderGroupsFamily<rest::AsyncCaller>(*caller_); }
  rest::PortfolioFamily<rest::AsyncCaller> portfolio() noexcept { return rest::PortfolioFamily<rest::AsyncCaller>(*caller_); }
  rest::MarginFamily<rest::AsyncCaller> margin() noexcept { return rest::MarginFamily<rest::AsyncCaller>(*caller_); }
  rest::FundingFamily<rest::AsyncCaller> funding() noexcept { return rest::FundingFamily<rest::AsyncCaller>(*caller_); }
  rest::TransfersFamily<rest::AsyncCaller> transfers() noexcept { return rest::TransfersFamily<rest::AsyncCaller>(*caller_); }
  rest::FcmFamily<rest::AsyncCaller> fcm() noexcept { return rest::FcmFamily<rest::AsyncCaller>(*caller_); }
  rest::AccountFamily<rest::AsyncCaller> account() noexcept { return rest::AccountFamily<rest::AsyncCaller>(*caller_); }

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
  const PerpsConfig& config() const noexcept { return config_; }
  bool authenticated() const noexcept { return config_.authenticated(); }
  // The account's token buckets as this client knows them, to be shared with its other clients (MarginFixClientOptions).
  std::shared_ptr<AccountLimits> limits() const noexcept { return caller_->limits(); }

 private:
  PerpsConfig config_;
  std::unique_ptr<rest::AsyncCaller> caller_;
};

}  // namespace marginfix
