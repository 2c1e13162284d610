// The front door to Klear, the clearing members' API, blocking.
//
//   marginfix::KlearClient klear(marginfix::KlearConfig::from_env().value());
//   const auto balance = klear.margin().settlement_balance();  // Result<GetSettlementBalanceResponse>
//
// The constructor does no I/O: a bad configuration is what the first call (or check()) answers. The access token is sent over TLS only and
// appears in no log, error or printed object. Thread-safe; how calls behave and fail: rest/blocking_caller.hpp. Guide: docs/klear.md.
#pragma once

#include <memory>
#include <utility>

#include "marginfix/core/result.hpp"
#include "marginfix/klear/families.hpp"
#include "marginfix/rest/blocking_caller.hpp"
#include "marginfix/rest/config.hpp"

namespace marginfix {

class KlearClient {
 public:
  explicit KlearClient(KlearConfig config, RestClientOptions options = {})
      : config_(std::move(config)), caller_(std::make_unique<rest::BlockingCaller>(config_, std::move(options))) {}

  klear::MarginFamily<rest::BlockingCaller> margin() noexcept { return klear::MarginFamily<rest::BlockingCaller>(*caller_); }

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
  const KlearConfig& config() const noexcept { return config_; }

 private:
  KlearConfig config_;
  std::unique_ptr<rest::BlockingCaller> caller_;
};

}  // namespace marginfix
