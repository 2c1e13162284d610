// See marginfix/ws/config.hpp.
#include "marginfix/ws/config.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace marginfix {
namespace {

constexpr std::string_view kProductionHost = "external-api-margin-ws.kalshi.com";
constexpr std::string_view kDemoHost = "external-api-margin-ws.demo.kalshi.co";
constexpr std::string_view kPath = "/trade-api/ws/v2/margin";

// Which environment a host of the exchange belongs to; nothing for hosts that are not the exchange's.
std::optional<Environment> environment_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return std::nullopt;
  const std::string host(parsed->encoded_host());
  if (host.ends_with(".kalshi.co")) return Environment::demo;
  if (host.ends_with(".kalshi.com")) return Environment::production;
  return std::nullopt;
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return host == "localhost" || (!error && address.is_loopback());
}

PerpsWebSocketConfig of(std::string_view host) {
  PerpsWebSocketConfig config;
  config.url = "wss://" + std::string(host) + std::string(kPath);
  return config;
}

}  // namespace

PerpsWebSocketConfig PerpsWebSocketConfig::production() { return of(kProductionHost); }
PerpsWebSocketConfig PerpsWebSocketConfig::demo() { return of(kDemoHost); }

Result<PerpsWebSocketConfig> PerpsWebSocketConfig::from_env(const VariableLookup& lookup) {
  const auto environment = parse_environment(lookup("KALSHI_PERPS_ENVIRONMENT").value_or("demo"));
  if (!environment) return fail(ErrorCategory::config, "KALSHI_PERPS_ENVIRONMENT: " + environment.error().message);
  PerpsWebSocketConfig config = *environment == Environment::production ? production() : demo();
  if (auto url = lookup("KALSHI_PERPS_WS_BASE_URL")) config.url = *std::move(url);
  config.rest_url = lookup("KALSHI_PERPS_API_BASE_URL").value_or("");
  config.key_id = lookup("KALSHI_PERPS_KEY_ID").value_or("");
  config.private_key = SecretString(lookup("KALSHI_PERPS_PRIVATE_KEY").value_or(""));
  config.private_key_path = lookup("KALSHI_PERPS_PRIVATE_KEY_PATH").value_or("");
  config.passphrase = SecretString(lookup("KALSHI_PERPS_PRIVATE_KEY_PASSPHRASE").value_or(""));
  if (auto good = config.validate(); !good) return good.error();
  return config;
}

Result<void> PerpsWebSocketConfig::validate() const {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "wss" && parsed->scheme() != "ws")) {
    return fail(ErrorCategory::config, "the WebSocket URL must be wss://HOST/PATH, not \"" + url + "\" (KALSHI_PERPS_WS_BASE_URL)");
  }
  if (parsed->has_userinfo()) return fail(ErrorCategory::config, "the WebSocket URL must not carry credentials");
  const std::string host(parsed->encoded_host_name().empty() ? parsed->encoded_host() : parsed->encoded_host_name());
  if (parsed->scheme() == "ws" && !is_loopback(parsed->host_address())) {
    return fail(ErrorCategory::config, "ws:// is for loopback only, not for " + host + ": use wss://");
  }
  if (key_id.empty()) {
    return fail(ErrorCategory::credentials,
                "the WebSocket has no anonymous connection: set key_id (KALSHI_PERPS_KEY_ID) and a private key");
  }
  if (!signer && private_key.empty() && private_key_path.empty()) {
    return fail(ErrorCategory::credentials, "a private key is missing (KALSHI_PERPS_PRIVATE_KEY or KALSHI_PERPS_PRIVATE_KEY_PATH)");
  }
  const auto mine = environment_of(url), other = environment_of(rest_url);
  if (!allow_mixed_environments && mine && other && *mine != *other) {
    return fail(ErrorCategory::config, "the WebSocket is the " + std::string(to_string(*mine)) + " exchange's and the REST API the " +
                                           std::string(to_string(*other)) +
                                           " exchange's: take both from one (or allow_mixed_environments)");
  }
  return {};
}

std::string to_string(const PerpsWebSocketConfig& config) {
  const auto parsed = boost::urls::parse_uri(config.url);
  const std::string where = parsed ? std::string(parsed->scheme()) + "://" + std::string(parsed->encoded_host_and_port()) : "(no URL)";
  return where + " key " + config.key_id;
}

}  // namespace marginfix
