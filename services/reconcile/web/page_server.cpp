#include "services/reconcile/web/page_server.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "marginfix/json/writer.hpp"
#include "services/http/assets.hpp"
#include "services/http/http_server.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/api.hpp"
#include "services/reconcile/web/assets.hpp"
#include "services/reconcile/web/metrics.hpp"

namespace marginfix::reconcile {

using services::http_error;
using services::HttpReply;
using services::HttpRequest;
using services::HttpServer;
using services::text_reply;

namespace {

// The series follow the ledger for so long at a time, so many fills between two looks at the clock: a request waits no longer than that.
constexpr std::chrono::milliseconds kFollowFor{10};
constexpr std::int64_t kFillsALook = 100;
constexpr std::string_view kOneBreak = "/api/breaks/";
constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kScript = "text/javascript; charset=utf-8", kStyle = "text/css; charset=utf-8";

struct PageAsset {
  std::string_view path, content_type;
  std::string_view (*text)() noexcept;
};
constexpr std::array kPageAssets{PageAsset{"/", "text/html; charset=utf-8", page_html},
                                 PageAsset{"/base.js", kScript, services::base_js},
                                 PageAsset{"/page.js", kScript, page_js},
                                 PageAsset{"/base.css", kStyle, services::base_css},
                                 PageAsset{"/page.css", kStyle, page_css},
                                 PageAsset{"/icon.svg", "image/svg+xml", page_icon}};

// What a person is told whose decision was not taken.
HttpReply undecided(const Error& error) {
  return http_error(error.category == ErrorCategory::store && error.code.empty() ? 500 : 409, error.code.empty() ? "failed" : error.code,
                    error.message);
}

std::string event_of(std::int64_t position) {
  const std::string id = std::to_string(position);
  return "id: " + id + "\nevent: moved\ndata: {\"position\":\"" + id + "\"}\n\n";
}

class LedgerPage final : public PageServer, private services::HttpHandler {
 public:
  LedgerPage(PageOptions options, PageHooks hooks)
      : options_(std::move(options)), hooks_(std::move(hooks)), audit_(options_.dir + "/audit.jsonl") {}
  ~LedgerPage() override { stop(); }
  LedgerPage(const LedgerPage&) = delete;
  LedgerPage& operator=(const LedgerPage&) = delete;

  Result<void> start() {
    if (auto opened = open(); !opened) return opened.error();
    services::HttpServerOptions http;
    http.listen = options_.listen, http.allow_remote = options_.allow_remote;
    http.host_names = options_.host_names, http.log = options_.log;
    http.remote_setting = "`remote = true` under [page]", http.names_setting = "`names` under [page]";
    auto server = HttpServer::start(std::move(http), *this);
    if (!server) return server.error();
    server_ = std::move(*server);
    server_->wake();
    return {};
  }

  std::string url() const override { return "http://" + server_->address() + "/"; }
  std::string metrics_url() const override { return url() + "metrics"; }
  void changed() override { server_->wake(); }
  void stop() override {
    if (server_) server_->stop();
  }

 private:
  Result<void> open() {
    if (options_.open) {
      auto storage = options_.open();
      if (!storage) return storage.error();
      storage_ = std::move(*storage);
      return {};
    }
    auto storage = SqliteStorage::open_for_reading(options_.dir + "/ledger.db");
    if (!storage) return storage.error();
    storage_ = std::move(*storage);
    return {};
  }

  // The ledger; opened again after a fault. Throws where it cannot be.
  Storage& ledger() {
    if (!storage_) open().value();
    return *storage_;
  }

  HttpReply on_request(const HttpRequest& request) override {
    try {
      return route(request);
    } catch (const Exception& e) {
      if (e.error().category == ErrorCategory::store) storage_.reset();
      throw;
    }
  }

  HttpReply route(const HttpRequest& request) {
    const bool one_break = request.path.starts_with(kOneBreak);
    if (request.method == "POST" && one_break) return decide(request);
    if (request.method != "GET") {
      HttpReply no = http_error(405, "method_not_allowed", request.method + " is nothing that this address knows");
      no.allow = one_break ? "GET, HEAD, POST" : "GET, HEAD";
      return no;
    }
    for (const PageAsset& asset : kPageAssets) {
      if (asset.path == request.path) return text_reply(asset.content_type, std::string(asset.text()));
    }
    if (request.path == "/healthz") return text_reply(kPlainText, "alive\n");
    if (request.path == "/readyz") return ready();
    if (request.path == "/metrics") return metrics();
    if (request.path == "/api/stream") return stream(request);
    return api_reply({ledger(), audit_, series_, options_.clock->now()}, request);
  }

  HttpReply ready() {
    std::string waiting;
    bool any = false;
    try {
      each<SourceRow>(ledger(), "ORDER BY account, source", [&](const SourceRow& row) {
        any = true;
        if (row.state == SourceState::waiting) waiting += "not yet: " + row.account + " " + std::string(to_string(row.source)) + "\n";
      });
    } catch (const Exception& e) {
      storage_.reset();
      return text_reply(kPlainText, "not yet: " + e.error().message + "\n", 503);
    }
    if (!any) waiting = "not yet: no source\n";
    return waiting.empty() ? text_reply(kPlainText, "ready\n") : text_reply(kPlainText, waiting, 503);
  }

  HttpReply metrics() {
    HttpReply reply = text_reply("text/plain; version=0.0.4", {});
    services::MetricsWriter out(reply.body, kMetricsPrefix);
    write_ledger_metrics(out, ledger(), options_.dir, options_.clock->now());
    if (hooks_.metrics) hooks_.metrics(out);
    return reply;
  }

  // An event at once unless the browser has seen this position: what it missed is in it.
  HttpReply stream(const HttpRequest& request) {
    HttpReply reply = text_reply("text/event-stream", "retry: 3000\n\n");
    reply.stream = true;
    try {
      const std::int64_t position = ledger_position(ledger());
      if (request.header("Last-Event-ID") != std::to_string(position)) reply.body += event_of(position);
    } catch (const Exception&) {
      storage_.reset();  // the stream stays: an error status would end it in the browser for good
    }
    return reply;
  }

  HttpReply decide(const HttpRequest& request) {
    if (!hooks_.decide) return http_error(403, "read_only", "this page only reads");
    if (!has_token(request, options_.token)) {
      return http_error(401, "no_token", "closing a break needs the token that is in the service's `token` file");
    }
    if (!services::is_json(request.header("Content-Type"))) {
      return http_error(415, "not_json", "the body is JSON: Content-Type application/json is needed");
    }
    const auto decision = decision_of(request.path, request.body);
    if (!decision) return http_error(400, "bad_decision", decision.error().message);
    if (!find<BreakRow>(ledger(), decision->break_id)) return http_error(404, "not_found", "there is no such break");
    if (auto done = hooks_.decide(decision->break_id, decision->action, decision->user, decision->reason); !done) {
      return undecided(done.error());
    }
    server_->wake();
    HttpReply reply;
    json::Writer(reply.body)
        .begin_object()
        .member("id", std::to_string(decision->break_id))
        .member("action", decision->action)
        .end_object();
    return reply;
  }

  // True: there is more.
  bool follow() {
    const auto end = std::chrono::steady_clock::now() + kFollowFor;
    while (series_.follow(ledger(), kFillsALook)) {
      if (std::chrono::steady_clock::now() >= end) return true;
    }
    return false;
  }

  std::string on_wake() override {
    try {
      if (follow()) server_->wake();
      const std::int64_t position = ledger_position(ledger());
      if (position == told_) return {};
      told_ = position;
      return event_of(position);
    } catch (const Exception& e) {
      storage_.reset();
      if (options_.log->enabled(LogLevel::warning)) options_.log->log(LogLevel::warning, "page", e.error().message);
      return {};
    }
  }

  PageOptions options_;
  PageHooks hooks_;
  // Of the server's thread.
  std::unique_ptr<Storage> storage_;
  AuditIndex audit_;
  Series series_;
  std::int64_t told_{-1};
  std::unique_ptr<HttpServer> server_;  // last: its thread uses the others
};

}  // namespace

Result<std::unique_ptr<PageServer>> PageServer::start(PageOptions options, PageHooks hooks) {
  auto page = std::make_unique<LedgerPage>(std::move(options), std::move(hooks));
  if (auto started = page->start(); !started) return started.error();
  return std::unique_ptr<PageServer>(std::move(page));
}

}  // namespace marginfix::reconcile
