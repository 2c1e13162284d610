#include "sim/doors/http/server.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <vector>

#include "marginfix/sessions/accept_loop.hpp"
#include "sim/doors/http/connection.hpp"

namespace marginfix::sim {

using namespace http_detail;

namespace {

Result<tcp::endpoint> listen_endpoint(const HttpServerOptions& options) {
  error_code error;
  const auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
  if (error) return fail(ErrorCategory::config, "cannot listen on '" + options.host + "': give an IP address of this machine");
  if (!options.tls && !address.is_loopback()) {
    return fail(ErrorCategory::config, "cannot listen on " + options.host + " without TLS: plain HTTP is for loopback addresses only");
  }
  return tcp::endpoint(address, options.port);
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& the_io, HttpHandler& handler, HttpServerOptions options)
      : io(the_io), lingering(the_io), shared(std::make_shared<Shared>(Shared{handler, std::move(options), {}, {}, {}})) {
    if (!shared->options.connections) shared->options.connections = std::make_shared<ConnectionTable>();
  }

  Result<void> use_certificate() {
    const HttpServerOptions& options = shared->options;
    error_code error;
    tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_compression, error);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    if (!error) tls.use_certificate_chain_file(options.certificate_file, error);
    if (error) return fail(ErrorCategory::config, "cannot use the certificate " + options.certificate_file + ": " + error.message());
    tls.use_private_key_file(options.private_key_file, asio::ssl::context::pem, error);
    if (error) return fail(ErrorCategory::config, "cannot use the private key " + options.private_key_file + ": " + error.message());
    return {};
  }

  Result<std::uint16_t> open() {
    const auto where = listen_endpoint(shared->options);
    if (!where) return where.error();
    if (shared->options.tls) {
      if (auto usable = use_certificate(); !usable) return usable.error();
    }
    loop = std::make_unique<AcceptLoop>(io.get_executor(), shared->options.connections, handlers_of_loop());
    if (const error_code error = loop->open(*where); error) {
      return fail(ErrorCategory::connect, "cannot listen on " + shared->options.host + " port " + std::to_string(shared->options.port) +
                                              ": " + error.message() + "; is another program using the port?");
    }
    return loop->port();
  }

  AcceptLoopHandlers handlers_of_loop() {
    return {[weak = weak_from_this()](tcp::socket socket) {
              if (const auto self = weak.lock()) self->take(std::move(socket));
            },
            [shared = shared](const std::string& why) { shared->note(LogLevel::warning, "cannot accept: " + why + "; trying on"); }};
  }

  void take(tcp::socket socket) {
    auto stream = shared->options.tls ? HttpStream::tls(std::move(socket), tls) : HttpStream::plain(std::move(socket));
    std::make_shared<Connection>(io, shared, std::move(stream))->start();
  }

  void no_more() {
    if (loop) loop->close();
    lingering.cancel();
  }

  void close() {
    no_more();
    shared->stopping = true;
    shared->stopped = nullptr;
    while (!shared->connections.empty()) (*shared->connections.begin())->abort();
  }

  void stop(std::function<void()> stopped) {
    no_more();
    shared->stopping = true;
    shared->stopped = std::move(stopped);
    const std::vector<Connection*> all(shared->connections.begin(), shared->connections.end());
    for (Connection* each : all) each->finish_up();
    lingering.expires_after(shared->options.limits.linger * 2);
    lingering.async_wait([shared = shared](error_code error) {
      while (!error && !shared->connections.empty()) (*shared->connections.begin())->abort();
    });
    asio::post(io, [shared = shared] { shared->all_gone_perhaps(); });
  }

  asio::io_context& io;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  std::unique_ptr<AcceptLoop> loop;  // null: not opened
  asio::steady_timer lingering;      // what has not ended by then, when the server stops, is cut
  std::shared_ptr<Shared> shared;
};

HttpServer::HttpServer(asio::io_context& io, HttpHandler& handler, HttpServerOptions options)
    : impl_(std::make_shared<Impl>(io, handler, std::move(options))) {}

HttpServer::~HttpServer() { impl_->close(); }

Result<std::uint16_t> HttpServer::open() { return impl_->open(); }
void HttpServer::stop(std::function<void()> stopped) { impl_->stop(std::move(stopped)); }
void HttpServer::close() { impl_->close(); }
std::size_t HttpServer::connections() const noexcept { return impl_->shared->connections.size(); }

}  // namespace marginfix::sim
