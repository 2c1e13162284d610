#include "services/gateway/web/page.hpp"

#include <algorithm>
#include <array>

#include "marginfix/json/writer.hpp"
#include "services/gateway/web/api.hpp"
#include "services/gateway/web/assets.hpp"
#include "services/gateway/web/metrics.hpp"
#include "services/gateway/web/token.hpp"
#include "services/http/assets.hpp"

namespace marginfix::gateway {

using services::http_error;
using services::HttpReply;
using services::HttpRequest;
using services::text_reply;

namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kScript = "text/javascript; charset=utf-8", kStyle = "text/css; charset=utf-8";

struct GatewayAsset {
  std::string_view path, content_type;
  std::string_view (*text)() noexcept;
};
constexpr std::array kGatewayAssets{GatewayAsset{"/", "text/html; charset=utf-8", gateway_html},
                                    GatewayAsset{"/base.js", kScript, services::base_js},
                                    GatewayAsset{"/page.js", kScript, gateway_js},
                                    GatewayAsset{"/base.css", kStyle, services::base_css},
                                    GatewayAsset{"/page.css", kStyle, gateway_css},
                                    GatewayAsset{"/icon.svg", "image/svg+xml", gateway_icon}};

constexpr std::string_view kKill = "/kill", kArm = "/arm", kReload = "/reload";

bool is_command(std::string_view path) { return path == kKill || path == kArm || path == kReload; }

HttpReply wrong_method(const HttpRequest& request) {
  HttpReply no = http_error(405, "method_not_allowed", request.method + " is nothing that this address knows");
  no.allow = is_command(request.path) ? "POST" : "GET, HEAD";
  return no;
}

HttpReply json_reply(std::string body) {
  HttpReply reply;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

Result<std::unique_ptr<GatewayPage>> GatewayPage::start(GatewayPageOptions options, GatewayView& view) {
  if (options.token.empty()) {
    auto kept = keep_token(options.dir);
    if (!kept) return kept.error();
    options.token = *std::move(kept);
  }
  std::unique_ptr<GatewayPage> page(new GatewayPage(std::move(options.token), view));
  services::HttpServerOptions http;
  http.listen = std::move(options.listen), http.allow_remote = options.allow_remote;
  http.host_names = std::move(options.host_names), http.log = std::move(options.log);
  http.remote_setting = std::move(options.remote_setting), http.names_setting = std::move(options.names_setting);
  auto server = services::HttpServer::start(std::move(http), *page);
  if (!server) return server.error();
  page->server_ = *std::move(server);
  return page;
}

GatewayPage::~GatewayPage() { stop(); }

std::string GatewayPage::url() const { return "http://" + server_->address() + "/"; }
std::string GatewayPage::metrics_url() const { return url() + "metrics"; }
void GatewayPage::stop() {
  if (server_) server_->stop();
}

HttpReply GatewayPage::on_request(const HttpRequest& request) {
  if (is_command(request.path)) return request.method == "POST" ? command(request) : wrong_method(request);
  if (request.method != "GET") return wrong_method(request);
  const auto* const asset = std::ranges::find(kGatewayAssets, request.path, &GatewayAsset::path);
  if (asset != kGatewayAssets.end()) return text_reply(asset->content_type, std::string(asset->text()));
  if (request.path == "/healthz") return text_reply(kPlainText, "alive\n");
  if (request.path == "/readyz") return readiness();
  if (request.path == "/metrics") return metrics();
  if (request.path == "/api/status") return json_reply(status_json(view_.status()));
  if (request.path == "/api/orders") return orders(request);
  return http_error(404, "not_found", "there is nothing at this address");
}

HttpReply GatewayPage::orders(const HttpRequest& request) {
  const auto query = orders_query(request);
  if (!query) return http_error(400, "bad_parameter", query.error().message);
  // One more than is shown, which tells that there are more.
  auto rows = view_.orders(query->client, query->open_only, query->most + 1);
  const bool more = rows.size() > query->most;
  if (more) rows.resize(query->most);
  return json_reply(orders_json(rows, more));
}

HttpReply GatewayPage::metrics() {
  HttpReply reply = text_reply("text/plain; version=0.0.4", {});
  services::MetricsWriter out(reply.body, kMetricsPrefix);
  write_gateway_metrics(out, view_.status());
  return reply;
}

HttpReply GatewayPage::readiness() {
  const std::string why = not_ready(view_.status());
  return why.empty() ? text_reply(kPlainText, "ready\n") : text_reply(kPlainText, why, 503);
}

HttpReply GatewayPage::command(const HttpRequest& request) {
  if (!has_token(request, token_)) return http_error(401, "no_token", "this needs the token that is in the gateway's `token` file");
  if (!request.body.empty() && !services::is_json(request.header("Content-Type"))) {
    return http_error(415, "not_json", "the body is JSON: Content-Type application/json is needed");
  }
  const auto asked = command_of(request.body);
  if (!asked) return http_error(400, "bad_command", asked.error().message);
  const auto done = request.path == kKill  ? view_.kill(asked->by, asked->reason)
                    : request.path == kArm ? view_.arm(asked->by)
                                           : view_.reload();
  if (!done) return http_error(409, done.error().code.empty() ? "failed" : done.error().code, done.error().message);
  HttpReply reply;
  json::Writer(reply.body).begin_object().member("done", *done).end_object();
  return reply;
}

}  // namespace marginfix::gateway
