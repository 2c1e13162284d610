// The front door to the exchange's REST API, blocking: every operation of the perps file by family and name.
//
//   auto config = marginfix::PerpsConfig::from_env().value();
//   marginfix::PerpsClient perps(std::move(config));
//   const auto markets = perps.markets().list();              // Result<GetMarginMarketsResponse>
//   const auto placed = perps.orders().create({.body = order});
//   if (!placed && placed.error().may_have_been_sent) ...look the client_order_id up before sending again...
//
// The constructor does no I/O: a bad configuration or key is what the first call (or check()) answers. Thread-safe; how calls behave and
// fail: rest/blocking_caller.hpp. Guide: docs/rest.md.
#pragma once

#include <memory>
#include <utility>

#include "marginfix/core/result.hpp"
#include "marginfix/rest/blocking_caller.hpp"
#include "marginfix/rest/config.hpp"
#include "marginfix/rest/families.hpp"

namespace marginfix {

class PerpsClient {
 public:
  explicit PerpsClient(PerpsConfig config, RestClientOptions options = {})
      : config_(std::move(config)), caller_(std::make_unique<rest::BlockingCaller>(config_, std::move(options))) {}

  rest::ExchangeFamily<rest::BlockingCaller> exchange() noexcept { return rest::ExchangeFamily<rest::BlockingCaller>(*caller_); }
  rest::MarketsFamily<rest::BlockingCaller> markets() noexcept { return rest::MarketsFamily<rest::BlockingCaller>(*caller_); }
  rest::OrdersFamily<rest::BlockingCaller> orders() noexcept { return rest::OrdersFamily<rest::BlockingCaller>(*caller_); }
  rest::OrderGroupsFamily<rest::BlockingCaller> order_groups() noexcept { return rest::OrderGroupsFamily<rest::BlockingCaller>(*caller_); }
  rest::PortfolioFamily<rest::BlockingCaller> portfolio() noexcept { return rest::PortfolioFamily<rest::BlockingCaller>(*caller_); }
  rest::MarginFamily<rest::BlockingCaller> margin() noexcept { return rest::MarginFamily<rest::BlockingCaller>(*caller_); }
  rest::FundingFamily<rest::BlockingCaller> funding() noexcept { return rest::FundingFamily<rest::BlockingCaller>(*caller_); }
  rest::TransfersFamily<rest::BlockingCaller> transfers() noexcept { return rest::TransfersFamily<rest::BlockingCaller>(*caller_); }
  rest::FcmFamily<rest::BlockingCaller> fcm() noexcept { return rest::FcmFamily<rest::BlockingCaller>(*caller_); }
  rest::AccountFamily<rest::BlockingCaller> account() noexcept { return rest::AccountFamily<rest::BlockingCaller>(*caller_); }

  // Any operation by its request struct.
  template <class Op>
  Result<typename Op::Response> call(const Op& operation) {
    return caller_->run(operation);
  }
  // By data: `request` is the request struct of `info`. The answer as it came; rest::decode_response() binds it.
  Result<rest::HttpResponse> call_raw(const rest::OperationInfo& info, const void* request) { return caller_->call_raw(info, request); }

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
  std::unique_ptr<rest::BlockingCaller> caller_;
};

}  // namespace marginfix
