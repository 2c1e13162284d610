// KlearConfig, and the checks both configurations share.
#include <algorithm>

#include "marginfix/core/trimmed.hpp"
#include "marginfix/rest/config.hpp"
#include "rest/config/base_url.hpp"
#include "rest/config/environment_reader.hpp"
#include "rest/config/http_options.hpp"

namespace marginfix {
namespace {

KlearConfig klear_of(Environment environment) {
  KlearConfig config;
  config.environment = environment;
  config.base_url = klear_base_url(environment);
  return config;
}

// Never names the token itself.
Result<void> check_identity(const KlearConfig& config) {
  const std::string_view admin = trimmed(config.admin_user_id), token = trimmed(config.access_token.reveal());
  if (admin.empty())
    return fail(ErrorCategory::credentials, "admin_user_id is empty (KALSHI_KLEAR_ADMIN_USER_ID): Klear has no public operation");
  if (token.empty())
    return fail(ErrorCategory::credentials, "access_token is empty (KALSHI_KLEAR_ACCESS_TOKEN): Klear has no public operation");
  if (!rest::fits_header(admin) || admin.find(':') != std::string_view::npos)
    return fail(ErrorCategory::credentials, "admin_user_id holds a colon or a character that is not printable ASCII");
  if (!rest::fits_header(token)) return fail(ErrorCategory::credentials, "access_token holds a character that is not printable ASCII");
  return {};
}

}  // namespace

KlearConfig KlearConfig::production() { return klear_of(Environment::production); }
KlearConfig KlearConfig::demo() { return klear_of(Environment::demo); }

Result<KlearConfig> KlearConfig::from_env(const VariableLookup& lookup) {
  const rest::EnvironmentReader reader(lookup, "KALSHI_KLEAR_");
  const auto environment = reader.environment();
  if (!environment) return environment.error();
  const auto url = reader.base_url();
  if (!url) return url.error();
  KlearConfig config = klear_of(environment->value_or(Environment::demo));
  if (*url) config.base_url = **url;
  config.admin_user_id = reader.text("ADMIN_USER_ID").value_or("");
  config.access_token = SecretString(reader.text("ACCESS_TOKEN").value_or(""));
  if (auto good = config.validate(); !good) return good.error();
  return config;
}

Result<KlearConfig> KlearConfig::from_endpoints(const Endpoints& endpoints) {
  if (!endpoints.klear || endpoints.klear->url.empty())
    return fail(ErrorCategory::config, "the endpoints have no member \"klear\": this simulator opened no Klear door");
  KlearConfig config;
  config.base_url = endpoints.klear->url;
  config.http.ca_file = endpoints.ca_file;
  config.admin_user_id = endpoints.klear->admin_user_id;
  config.access_token = endpoints.klear->access_token;
  if (auto good = config.validate(); !good) return good.error();
  return config;
}

Result<KlearConfig> KlearConfig::from_endpoints_file(const std::string& path) {
  const auto endpoints = Endpoints::from_file(path);
  if (!endpoints) return endpoints.error();
  auto config = from_endpoints(*endpoints);
  if (config) config->token_file = path;
  return config;
}

Result<void> KlearConfig::validate() const {
  const auto url = rest::parse_base_url(base_url, "base_url");
  if (!url) return url.error();
  if (auto good = rest::check_environment(environment, url->host, "base_url"); !good) return good;
  if (auto good = check_identity(*this); !good) return good;
  return rest::check_http_options(http);
}

std::string to_string(const KlearConfig& config) {
  const auto url = rest::parse_base_url(config.base_url, "base_url");
  return (url ? url->origin + url->path : std::string("(no good base_url)")) + ", admin user " + config.admin_user_id + ", access token " +
         (config.access_token.empty() ? "missing" : "***");
}

namespace rest {

Result<void> check_http_options(const HttpOptions& o) {
  using namespace std::chrono_literals;
  // Longer than a day is a slip klear_of units; libcurl's own clock has an end as well.
  for (const auto timeout : {o.connect_timeout, o.request_timeout, o.total_timeout})
    if (timeout < 1ms || timeout > 24h) return fail(ErrorCategory::config, "http: each time-out must lie between 1 ms and 24 h");
  if (o.retry.more_tries > 10) return fail(ErrorCategory::config, "http.retry.more_tries must be at most 10");
  if (o.retry.longest_retry_after < 0ms || o.retry.backoff.base < 0ms || o.retry.backoff.cap < 0ms)
    return fail(ErrorCategory::config, "http.retry: waits must not be negative");
  if (!fits_header(o.user_agent)) return fail(ErrorCategory::config, "http.user_agent holds control characters");
  if (!fits_header(o.proxy)) return fail(ErrorCategory::config, "http.proxy holds control characters");
  if (o.most_body == 0 || o.connections == 0) return fail(ErrorCategory::config, "http.most_body and http.connections must be at least 1");
  if (o.idle_limit < 1s) return fail(ErrorCategory::config, "http.idle_limit must be at least a second");
  return {};
}

}  // namespace rest
}  // namespace marginfix
