// HTTP/1.1 without TLS, for loopback: keep-alive, limits, time-outs, HEAD, and streams of events. One thread of its own for everything; the
// handler's functions run on it, one at a time. http_server.cpp is the only file of the services that sees Beast.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "services/http/http.hpp"

namespace marginfix::services {

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // GET (also for HEAD, whose body is then left out) and POST. An exception becomes a 500.
  virtual HttpReply on_request(const HttpRequest& request) = 0;
  // Some time after wake(): what to write to all streams; "" = nothing.
  virtual std::string on_wake() = 0;
};

struct HttpLimits {
  std::size_t header_bytes{std::size_t{16} << 10};  // 431 beyond
  std::size_t body_bytes{std::size_t{64} << 10};    // 413 beyond
  std::size_t connections{128};                     // beyond, the one that has been idle for longest goes, else the new one
  std::size_t streams{32};                          // beyond, the oldest goes (and comes back)
  std::chrono::milliseconds request{15'000};        // from its first byte to its last: 408
  std::chrono::milliseconds idle{60'000};           // between requests
  std::chrono::milliseconds write{30'000};          // an answer, or a piece of a stream, must have left
  std::chrono::milliseconds wake{50};               // on_wake() runs once in this time at most
  std::chrono::milliseconds heartbeat{15'000};      // a comment on each stream, so that a dead one is noticed
};

struct HttpServerOptions {
  std::string listen{"127.0.0.1:0"};
  bool allow_remote{false};
  std::vector<std::string> host_names;
  // What a person is told to set in the service's configuration: "`remote = true` under [page]", "`names` under [page]"; may be empty.
  std::string remote_setting, names_setting;
  HttpLimits limits;
  std::shared_ptr<LogSink> log{null_log_sink()};
};

class HttpServer {
 public:
  // `handler` must outlive the server. Errors: config (address; not loopback), connect (port in use).
  static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, HttpHandler& handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string address() const;  // "127.0.0.1:40000"
  void wake();                  // any thread, never blocks
  void stop();                  // closes everything, joins the thread; not from the handler

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix::services
