// What people and tools see of a running gateway: a page, its JSON, /metrics, /healthz, /readyz, and the kill switch. Everything is asked
// of the GatewayView, request by request; nothing is kept. One thread of its own, on which the view's functions are called; every function
// of GatewayPage may be called from any thread but that one.
//   GET  /  /base.js  /page.js  /base.css  /page.css    the page (assets/, built in); it only reads
//   GET  /api/status  /api/orders                       JSON: api.hpp says what
//   GET  /metrics                                       Prometheus: metrics.hpp says what
//   GET  /healthz                                       200: this process answers
//   GET  /readyz                                        200: open, not killed, every key active; else 503 and why
//   POST /kill {"reason": ...}  /arm  /reload           with `Authorization: Bearer TOKEN`; {"done": in words}
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"
#include "services/gateway/status.hpp"
#include "services/http/http_server.hpp"

namespace marginfix::gateway {

struct GatewayPageOptions {
  std::string dir;                    // the gateway's folder
  std::string listen{"127.0.0.1:0"};  // ADDRESS:PORT, [ADDRESS]:PORT; port 0 = ephemeral
  SecretString token;                 // empty: that of DIR/token, which is made where it is not there
  std::shared_ptr<LogSink> log{null_log_sink()};
  std::vector<std::string> host_names;        // further names the page may be asked by, "NAME" or "NAME:PORT"
  bool allow_remote{false};                   // an address that is not loopback is refused without it
  std::string remote_setting, names_setting;  // what the two are called in the configuration, for who is refused; may be empty
};

class GatewayPage final : private services::HttpHandler {
 public:
  // `view` must outlive the page. Errors: config (address, not loopback), connect (port in use), store (the token).
  static Result<std::unique_ptr<GatewayPage>> start(GatewayPageOptions options, GatewayView& view);
  ~GatewayPage() override;  // as stop()
  GatewayPage(const GatewayPage&) = delete;
  GatewayPage& operator=(const GatewayPage&) = delete;

  std::string url() const;          // "http://127.0.0.1:PORT/"
  std::string metrics_url() const;  // "http://127.0.0.1:PORT/metrics"
  void stop();                      // ends connections, joins the thread; waits for a question that the view has not answered yet

 private:
  GatewayPage(SecretString token, GatewayView& view) : token_(std::move(token)), view_(view) {}

  services::HttpReply on_request(const services::HttpRequest& request) override;
  std::string on_wake() override { return {}; }
  services::HttpReply orders(const services::HttpRequest& request);
  services::HttpReply metrics();
  services::HttpReply readiness();
  services::HttpReply command(const services::HttpRequest& request);

  SecretString token_;
  GatewayView& view_;
  std::unique_ptr<services::HttpServer> server_;  // last: its thread uses the others
};

}  // namespace marginfix::gateway
