// PerpsConfig: environments, variables, endpoints files, contradictions.
#include <algorithm>

#include "marginfix/rest/config.hpp"
#include "rest/config/base_url.hpp"
#include "rest/config/environment_reader.hpp"
#include "rest/config/http_options.hpp"

namespace marginfix {
namespace {

using rest::EnvironmentReader;

PerpsConfig perps_of(Environment environment) {
  PerpsConfig config;
  config.environment = environment;
  config.base_url = perps_base_url(environment);
  config.ws_base_url = websocket_url(environment);
  return config;
}

Result<void> read_credentials(PerpsConfig& config, const EnvironmentReader& reader, const VariableLookup& lookup) {
  // A private key without a key id is perps_of no use: the client is an unauthenticated one.
  config.credentials.key_id = reader.text("KEY_ID").value_or("");
  if (config.credentials.key_id.empty()) return {};
  std::string key_id = std::move(config.credentials.key_id);
  config.credentials = credentials_from_env(lookup, reader.prefix());
  config.credentials.key_id = std::move(key_id);
  const bool text = !config.credentials.private_key.empty(), path = !config.credentials.private_key_path.empty();
  if (text && path)
    return fail(ErrorCategory::config, reader.prefix() + "PRIVATE_KEY and " + reader.prefix() + "PRIVATE_KEY_PATH are both set: keep one");
  if (!text && !path)
    return fail(ErrorCategory::credentials, reader.prefix() + "KEY_ID is set, but neither " + reader.prefix() + "PRIVATE_KEY nor " +
                                                reader.prefix() + "PRIVATE_KEY_PATH: set one, or take the key id out for public data only");
  return {};
}

Result<void> check_credentials(const Credentials& c) {
  const bool has_key = c.signer || !c.private_key.empty() || !c.private_key_path.empty();
  if (!rest::fits_header(c.key_id) || c.key_id.find(' ') != std::string::npos)
    return fail(ErrorCategory::credentials, "credentials.key_id holds blanks or a character that is not printable ASCII");
  if (c.key_id.empty() && has_key)
    return fail(ErrorCategory::credentials, "there is a private key without a key id: set credentials.key_id, or take the key out");
  if (!c.key_id.empty() && !has_key)
    return fail(ErrorCategory::credentials,
                "key id " + c.key_id + " has no private key: set credentials.private_key_path, private_key or signer");
  return {};
}

// The WebSocket's URL is only looked at: one program, one environment.
Result<void> check_websocket(const PerpsConfig& config, std::string_view rest_host) {
  if (config.ws_base_url.empty()) return {};
  const auto scheme = config.ws_base_url.find("://");
  if (scheme == std::string::npos || (!config.ws_base_url.starts_with("wss://") && !config.ws_base_url.starts_with("ws://")))
    return fail(ErrorCategory::config, "ws_base_url \"" + config.ws_base_url + "\": must begin with wss://");
  const auto url = rest::parse_base_url("http" + config.ws_base_url.substr(2), "ws_base_url");
  if (!url) return url.error();
  if (auto good = rest::check_environment(config.environment, url->host, "ws_base_url"); !good) return good;
  return rest::check_environment(environment_of_host(rest_host), url->host, "ws_base_url beside base_url");
}

}  // namespace

PerpsConfig PerpsConfig::production() { return perps_of(Environment::production); }
PerpsConfig PerpsConfig::demo() { return perps_of(Environment::demo); }

Result<PerpsConfig> PerpsConfig::from_env(const VariableLookup& lookup) {
  const EnvironmentReader reader(lookup, "KALSHI_PERPS_");
  const auto environment = reader.environment();
  if (!environment) return environment.error();
  const auto url = reader.base_url();
  if (!url) return url.error();
  const auto websocket = reader.text("WS_BASE_URL");

  // Demo unless production is named: the same rule as for FIX, so that one key never serves both by an override alone.
  PerpsConfig config = perps_of(environment->value_or(Environment::demo));
  if (*url) config.base_url = **url;
  if (websocket) config.ws_base_url = *websocket;
  // The environment's own WebSocket beside a base URL elsewhere (a simulator) would be a pair that nobody asked for.
  if (*url && !websocket) config.ws_base_url.clear();
  if (auto read = read_credentials(config, reader, lookup); !read) return read.error();
  if (auto good = config.validate(); !good) return good.error();
  return config;
}

Result<PerpsConfig> PerpsConfig::from_endpoints(const Endpoints& endpoints, std::string_view account) {
  if (endpoints.rest.empty())
    return fail(ErrorCategory::config, "the endpoints have no member \"rest\": this simulator opened no REST door");
  const auto who = endpoints.account(account);
  if (!who) return who.error();
  PerpsConfig config;
  config.base_url = endpoints.rest;
  config.ws_base_url = endpoints.ws;
  config.http.ca_file = endpoints.ca_file;
  config.credentials.key_id = who->key_id;
  config.credentials.private_key_path = who->private_key_path;
  if (auto good = config.validate(); !good) return good.error();
  return config;
}

Result<PerpsConfig> PerpsConfig::from_endpoints_file(const std::string& path, std::string_view account) {
  const auto endpoints = Endpoints::from_file(path);
  if (!endpoints) return endpoints.error();
  return from_endpoints(*endpoints, account);
}

Result<void> PerpsConfig::validate() const {
  const auto url = rest::parse_base_url(base_url, "base_url");
  if (!url) return url.error();
  if (auto good = rest::check_environment(environment, url->host, "base_url"); !good) return good;
  if (auto good = check_websocket(*this, url->host); !good) return good;
  if (auto good = check_credentials(credentials); !good) return good;
  if (rate_limit.max_wait.count() < 0) return fail(ErrorCategory::config, "rate_limit.max_wait must not be negative");
  return rest::check_http_options(http);
}

std::string to_string(const PerpsConfig& config) {
  const auto url = rest::parse_base_url(config.base_url, "base_url");
  return (url ? url->origin + url->path : std::string("(no good base_url)")) + ", " +
         (config.authenticated() ? "key " + config.credentials.key_id + ", private key ***" : std::string("without a key"));
}

}  // namespace marginfix
