// PerpsWebSocketConfig: environments, variables, endpoints, contradictions.
#include "marginfix/ws/config.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>

#include "marginfix/core/text.hpp"
#include "rest/config/environment_reader.hpp"

namespace marginfix {
namespace {

PerpsWebSocketConfig of(Environment environment) {
  PerpsWebSocketConfig config;
  config.url = websocket_url(environment);
  return config;
}

std::optional<Environment> environment_of(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  return parsed ? environment_of_host(parsed->encoded_host()) : std::nullopt;
}

}  // namespace

PerpsWebSocketConfig PerpsWebSocketConfig::production() { return of(Environment::production); }
PerpsWebSocketConfig PerpsWebSocketConfig::demo() { return of(Environment::demo); }

Result<PerpsWebSocketConfig> PerpsWebSocketConfig::from_env(const VariableLookup& lookup) {
  const rest::EnvironmentReader reader(lookup, "KALSHI_PERPS_");
  const auto environment = reader.environment();
  if (!environment) return environment.error();
  const auto rest_url = reader.base_url();
  if (!rest_url) return rest_url.error();
  PerpsWebSocketConfig config = of(environment->value_or(Environment::demo));
  if (auto url = reader.text("WS_BASE_URL")) config.url = *std::move(url);
  config.rest_url = rest_url->value_or("");
  config.credentials = credentials_from_env(lookup, "KALSHI_PERPS_");
  if (auto good = config.validate(); !good) return good.error();
  return config;
}

Result<PerpsWebSocketConfig> PerpsWebSocketConfig::from_endpoints(const Endpoints& endpoints, std::string_view account) {
  if (endpoints.ws.empty()) return fail(ErrorCategory::config, "the endpoints file names no WebSocket door (\"ws\")");
  const auto chosen = endpoints.account(account);
  if (!chosen) return chosen.error();
  PerpsWebSocketConfig config;
  config.url = endpoints.ws;
  config.rest_url = endpoints.rest;
  config.credentials.key_id = chosen->key_id;
  config.credentials.private_key_path = chosen->private_key_path;
  config.ca_file = endpoints.ca_file;
  if (auto good = config.validate(); !good) return good.error();
  return config;
}

Result<void> PerpsWebSocketConfig::validate() const {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "wss" && parsed->scheme() != "ws")) {
    return fail(ErrorCategory::config, "the WebSocket URL must be wss://HOST/PATH, not \"" + url + "\" (KALSHI_PERPS_WS_BASE_URL)");
  }
  if (parsed->has_userinfo()) return fail(ErrorCategory::config, "the WebSocket URL must not carry credentials");
  const std::string host(parsed->encoded_host());
  if (parsed->scheme() == "ws" && !is_loopback_host(host)) {
    return fail(ErrorCategory::config, "ws:// is for loopback only, not for " + host + ": use wss://");
  }
  if (credentials.key_id.empty()) {
    return fail(ErrorCategory::credentials,
                "the WebSocket has no anonymous connection: set a key id (KALSHI_PERPS_KEY_ID) and a private key");
  }
  if (const char* fault = identifier_fault(credentials.key_id)) {
    return fail(ErrorCategory::credentials, std::string("credentials.key_id ") + fault + " (KALSHI_PERPS_KEY_ID)");
  }
  if (!credentials.signer && credentials.private_key.empty() && credentials.private_key_path.empty()) {
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
  return where + " key " + config.credentials.key_id;
}

}  // namespace marginfix
