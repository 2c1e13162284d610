// Writes the request line, the headers and the body, or the same as JSON.
#include "apps/rest/dry_run.hpp"

#include <fmt/format.h>

#include <vector>

namespace marginfix::apps {
namespace {

constexpr std::string_view kHidden = "***";

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string shown(const std::string& base_url, const rest::PreparedRequest& request, Headers headers, bool json) {
  const std::string url = base_url + request.path + (request.query.empty() ? "" : '?' + request.query);
  headers.emplace_back("Accept", "application/json");
  if (!request.body.empty()) headers.emplace_back("Content-Type", "application/json");
  std::string out;
  if (json) {
    json::Writer w(out);
    w.begin_object().member("method", to_string(request.method)).member("url", url).key("headers").begin_object();
    for (const auto& [name, value] : headers) w.member(name, value);
    w.end_object();
    if (!request.body.empty()) w.key("body").raw(request.body);
    w.end_object();
    return out + '\n';
  }
  out = std::string(to_string(request.method)) + ' ' + url + '\n';
  for (const auto& [name, value] : headers) out += fmt::format("{}: {}\n", name, value);
  if (!request.body.empty()) out += '\n' + request.body + '\n';
  return out;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

std::string dry_run(const PerpsConfig& config, const rest::OperationInfo& info, const void* request, bool json) {
  Headers headers;
  if (config.authenticated()) {
    headers = {{"KALSHI-ACCESS-KEY", config.credentials.key_id},
               {"KALSHI-ACCESS-TIMESTAMP", "(milliseconds at sending)"},
               {"KALSHI-ACCESS-SIGNATURE", std::string(kHidden)}};
  } else if (!info.is_public()) {
    headers = {{"KALSHI-ACCESS-KEY", "(none configured: the call would be refused)"}};
  }
  return shown(without_slash(config.base_url), rest::prepare(info, request).value(), std::move(headers), json);
}

std::string dry_run(const KlearConfig& config, const rest::OperationInfo& info, const void* request, bool json) {
  const Headers headers = {{"Authorization", "Bearer " + config.admin_user_id + ':' + std::string(kHidden)}};
  return shown(without_slash(config.base_url), rest::prepare(info, request).value(), headers, json);
}

}  // namespace marginfix::apps
