// What a client is made of, whichever way it waits: where to, whose key, which buckets. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/config.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/operation.hpp"
#include "rest/client/call_counters.hpp"
#include "rest/config/base_url.hpp"
#include "rest/transport/easy.hpp"

namespace marginfix::rest::detail {

class ClientCore {
 public:
  ClientCore(const PerpsConfig& config, RestClientOptions options);
  ClientCore(const KlearConfig& config, RestClientOptions options);
  ~ClientCore();

  // The configuration holds and the key is read; the same answer every time.
  Result<void> ready();
  // Whether this client may run the operation at all. Error(config), Error(credentials).
  Result<void> allows(const OperationInfo& info) const;
  // The request's header lines, signed now where there is a key. ready() has succeeded.
  Result<std::vector<std::string>> headers(const PreparedRequest& request) const;
  std::string url(const PreparedRequest& request) const;

  const HttpOptions& http() const noexcept { return http_; }
  TransportOptions transport_options() const { return {http_, base_.loopback, base_.tls}; }
  const BaseUrl& base() const noexcept { return base_; }
  Timestamp now() const { return clock_->now(); }
  Timestamp interval_now() const { return interval_clock_->now(); }  // for buckets
  LogSink& log() const noexcept { return *log_; }

  const RestRateLimit& rate_limit() const noexcept { return rate_limit_; }
  TokenBucket& bucket(const PreparedRequest& request) const noexcept { return limits_->bucket(request.kind, request.ticker); }
  // Tokens. What costs as much as its kind follows the account's numbers, which may have been told by the user or the exchange.
  std::int64_t cost(const PreparedRequest& request) const noexcept {
    return request.cost == RequestCosts{}.of(request.kind) ? limits_->cost(request.kind) : request.cost;
  }
  std::shared_ptr<AccountLimits> limits() const noexcept { return limits_; }
  CallCounters& counters() noexcept { return counters_; }
  // An answer has been decoded: api_limits() sets the buckets, endpoint_costs() the costs, markets say on which shard they are.
  void learn(const OperationInfo& info, const void* response) const;

  // The text without the Klear token, wherever it may have come from.
  std::string without_token(std::string text) const;

 private:
  void finish_set_up(const std::string& base_url, RestClientOptions options);
  Result<void> read_key();

  Api api_;
  Result<void> state_;  // of the configuration
  HttpOptions http_;
  RestRateLimit rate_limit_;
  BaseUrl base_;
  Credentials credentials_;    // perps
  std::string admin_user_id_;  // Klear
  std::string token_file_;
  SecretString access_token_;             // Klear
  std::shared_ptr<const Signer> signer_;  // perps, once the key is read
  std::shared_ptr<LogSink> log_;
  std::shared_ptr<AccountLimits> limits_;
  const Clock* clock_{nullptr};
  const Clock* interval_clock_{nullptr};
  std::once_flag key_read_;
  CallCounters counters_;
};

}  // namespace marginfix::rest::detail
