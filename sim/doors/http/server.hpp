// HTTP/1.1 over TLS for the doors of the simulated exchange: keep-alive, pipelining, gzip, limits and time-outs. One port a server;
// everything on the io_context's single thread. Answers are made at once by the handler, one connection's answers leave in order, and
// a connection is not read from while its answer is on the way: a slow client holds up nobody but itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/http/message.hpp"

namespace boost::asio {
class io_context;
}

namespace marginfix::sim {

struct HttpHandover;  // a connection that stops being HTTP (handover.hpp: Beast)

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // An exception becomes a 500.
  virtual HttpReply on_request(const HttpRequest& request) = 0;
  // A request with an Upgrade header. A reply answers it as HTTP; nothing means that take_over() is called next.
  virtual std::optional<HttpReply> on_upgrade(const HttpRequest& request) { return on_request(request); }
  virtual void take_over(const HttpRequest& /*request*/, HttpHandover& /*connection*/) {}
};

struct HttpLimits {
  std::size_t header_bytes{std::size_t{64} << 10};  // a hundred tickers of two hundred characters fit: 431 beyond
  std::size_t body_bytes{std::size_t{1} << 20};     // 413 beyond
  std::size_t gzip_from{1024};                      // shorter bodies are not worth it
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds first_request{15'000};  // until its first byte
  std::chrono::milliseconds idle{75'000};           // between requests
  std::chrono::milliseconds request{20'000};        // from the first byte of a request to its last: 408
  std::chrono::milliseconds write{60'000};          // an answer must have left
  std::chrono::milliseconds linger{500};            // for the peer's end
};

struct HttpServerOptions {
  std::string name{"http"};       // in log lines
  std::string host{"127.0.0.1"};  // an address, or localhost
  std::uint16_t port{0};          // 0 = ephemeral
  bool tls{true};                 // false: loopback only
  std::string certificate_file, private_key_file;
  HttpLimits limits;
  std::shared_ptr<ConnectionTable> connections;  // shared with other doors; null: a table of its own
  std::shared_ptr<LogSink> log{null_log_sink()};
};

class HttpServer {
 public:
  // `handler` must outlive the server.
  HttpServer(boost::asio::io_context& io, HttpHandler& handler, HttpServerOptions options);
  ~HttpServer();  // as close()
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Opens the port; gives the port bound. Errors: config (address, certificate), connect (port in use).
  Result<std::uint16_t> open();
  // No more connections; idle ones are closed, answers under way are finished first. `stopped` runs on the I/O thread when the last
  // one is gone, or after the linger time.
  void stop(std::function<void()> stopped);
  // Every socket at once, nothing said.
  void close();
  std::size_t connections() const noexcept;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace marginfix::sim
