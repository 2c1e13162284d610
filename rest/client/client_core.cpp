#include "rest/client/client_core.hpp"

#include <algorithm>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/trimmed.hpp"
#include "marginfix/rest/account.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"

#include "rest/config/environment_reader.hpp"

namespace marginfix::rest::detail {
namespace {

RateLimitOptions rate_limit_options(const RestRateLimit& rate_limit) {
  RateLimitOptions options;
  options.read = rate_limit.read;
  options.write = rate_limit.write;
  return options;
}

}  // namespace

ClientCore::ClientCore(const PerpsConfig& config, RestClientOptions options)
    : api_(Api::perps), state_(config.validate()), http_(config.http), rate_limit_(config.rate_limit), credentials_(config.credentials) {
  finish_set_up(config.base_url, std::move(options));
}

ClientCore::ClientCore(const KlearConfig& config, RestClientOptions options)
    : api_(Api::klear),
      state_(config.validate()),
      http_(config.http),
      admin_user_id_(trimmed(config.admin_user_id)),
      token_file_(config.token_file),
      access_token_(std::string(trimmed(config.access_token.reveal()))) {
  finish_set_up(config.base_url, std::move(options));
}

ClientCore::~ClientCore() = default;

void ClientCore::finish_set_up(const std::string& base_url, RestClientOptions options) {
  clock_ = options.clock != nullptr ? options.clock : &system_clock();
  interval_clock_ = options.clock != nullptr ? options.clock : &monotonic_clock();
  log_ = options.log ? std::move(options.log) : null_log_sink();
  // No cost is documented for any operation of Klear, nor that it spends the account's buckets.
  const bool shared = options.limits && api_ == Api::perps;
  limits_ = shared ? std::move(options.limits) : std::make_shared<AccountLimits>(rate_limit_options(rate_limit_), interval_now());
  if (state_) base_ = parse_base_url(base_url, "base_url").value();
}

Result<void> ClientCore::ready() {
  std::call_once(key_read_, [this] {
    if (state_) state_ = read_key();
  });
  return state_;
}

Result<void> ClientCore::read_key() {
  if (const auto warning = token_file_.empty() ? std::nullopt : exposure_warning("the file with the Klear access token,", token_file_))
    log_->log(LogLevel::warning, "klear", *warning);
  if (api_ == Api::klear || credentials_.key_id.empty()) return {};
  auto signer = load_signer(credentials_, log_.get());
  if (!signer) return signer.error();
  signer_ = std::move(*signer);
  return {};
}

Result<void> ClientCore::allows(const OperationInfo& info) const {
  if (info.api != api_) {
    return fail(ErrorCategory::config, std::string(info.operation_id) + " is an operation of " +
                                           (info.api == Api::klear ? "Klear: use a KlearClient" : "the perps API: use a PerpsClient"));
  }
  if (info.is_public() || api_ == Api::klear || !credentials_.key_id.empty()) return {};
  return fail(ErrorCategory::credentials, std::string(info.operation_id) + " (" + std::string(info.path) +
                                              ") needs an API key, and this client has none: set credentials (KALSHI_PERPS_KEY_ID and "
                                              "KALSHI_PERPS_PRIVATE_KEY_PATH)");
}

std::string ClientCore::url(const PreparedRequest& request) const {
  std::string url = base_.origin + base_.path + request.path;
  if (!request.query.empty()) url.append("?").append(request.query);
  return url;
}

Result<std::vector<std::string>> ClientCore::headers(const PreparedRequest& request) const {
  std::vector<std::string> lines{"Accept: application/json"};
  if (request.method == Method::post || request.method == Method::put) lines.emplace_back("Content-Type: application/json");
  if (api_ == Api::klear) {
    lines.push_back("Authorization: Bearer " + admin_user_id_ + ":" + std::string(access_token_.reveal()));
    return lines;
  }
  if (!signer_) return lines;
  const std::string timestamp = std::to_string(to_epoch_ms(now()));
  const auto signature = signer_->sign(timestamp + std::string(to_string(request.method)) + base_.path + request.path);
  if (!signature) return signature.error();
  lines.push_back("KALSHI-ACCESS-KEY: " + credentials_.key_id);
  lines.push_back("KALSHI-ACCESS-TIMESTAMP: " + timestamp);
  lines.push_back("KALSHI-ACCESS-SIGNATURE: " + *signature);
  return lines;
}

void ClientCore::learn(const OperationInfo& info, const void* response) const {
  if (!rate_limit_.follow_exchange) return;
  const auto place = [this](const MarginMarket& market) {
    if (market.exchange_index) limits_->set_shard(market.ticker, *market.exchange_index, interval_now());
  };
  if (&info == &Operation<GetPerpsAccountApiLimits>::info) {
    const auto& told = *static_cast<const GetAccountApiLimitsResponse*>(response);
    const auto options = [](const BucketLimit& limit) { return TokenBucketOptions{limit.bucket_capacity, limit.refill_rate, 0}; };
    limits_->follow(options(told.read), options(told.write), interval_now());
  } else if (&info == &Operation<GetAccountEndpointCosts>::info) {
    limits_->set_costs(request_costs(*static_cast<const GetAccountEndpointCostsResponse*>(response)));
  } else if (&info == &Operation<GetMarginMarkets>::info) {
    std::ranges::for_each(static_cast<const GetMarginMarketsResponse*>(response)->markets, place);
  } else if (&info == &Operation<GetMarginMarket>::info) {
    place(static_cast<const MarginMarketResponse*>(response)->market);
  }
}

std::string ClientCore::without_token(std::string text) const {
  const std::string_view token = access_token_.reveal();
  if (token.empty()) return text;
  for (auto at = text.find(token); at != std::string::npos; at = text.find(token, at + 3)) text.replace(at, token.size(), "***");
  return text;
}

}  // namespace marginfix::rest::detail
