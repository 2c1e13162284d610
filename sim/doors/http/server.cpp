#include "sim/doors/http/server.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <vector>

#include "sim/doors/http/connection.hpp"

namespace marginfix::sim {

using namespace http_detail;

namespace {

constexpr int kMostAcceptedATurn = 8;

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
      : io(the_io), acceptor(the_io), pause(the_io), shared(std::make_shared<Shared>(Shared{handler, std::move(options), {}, {}, {}})) {
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
    error_code error;
    acceptor.open(where->protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(*where, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor.non_blocking(true, error);
    if (error) {
      return fail(ErrorCategory::connect, "cannot listen on " + shared->options.host + " port " + std::to_string(shared->options.port) +
                                              ": " + error.message() + "; is another program using the port?");
    }
    accept();
    return acceptor.local_endpoint().port();
  }

  // Waits for somebody first. Linux says EMFILE before it looks whether anybody is there, and an accept without a wait would have somebody
  // sent away for nobody's sake.
  void accept() {
    if (!shared->options.connections->ready()) return accept_after(shared->options.connections->wait());
    acceptor.async_wait(tcp::acceptor::wait_read, [weak = weak_from_this()](error_code stopped) {
      const auto self = weak.lock();
      if (!stopped && self && self->acceptor.is_open()) self->accept_crowd();
    });
  }

  // Several a turn, so that a crowd in front of the door does not make everybody behind it wait a turn for each.
  void accept_crowd() {
    for (int taken = 0; taken < kMostAcceptedATurn; ++taken) {
      tcp::socket socket(io);
      error_code error;
      acceptor.accept(socket, error);
      if (error == asio::error::would_block || error == asio::error::try_again) break;
      if (error && taken == 0) return accept_failed(error);
      if (error) break;  // whoever still waits is met by the next wait
      failures = 0;
      take(std::move(socket));
      if (!shared->options.connections->ready()) break;
    }
    accept();
  }

  // Running out of file descriptors must not end the loop: it waits a moment and goes on.
  void accept_failed(error_code error) {
    shared->note(LogLevel::warning, "cannot accept: " + error.message() + "; trying on");
    accept_after(shared->options.connections->accept_failed(error.value(), ++failures));
  }

  void accept_after(milliseconds wait) {
    pause.expires_after(wait);
    pause.async_wait([weak = weak_from_this()](error_code stopped) {
      const auto self = weak.lock();
      if (!stopped && self && self->acceptor.is_open()) self->accept();
    });
  }

  void take(tcp::socket socket) {
    auto stream = shared->options.tls ? HttpStream::tls(std::move(socket), tls) : HttpStream::plain(std::move(socket));
    std::make_shared<Connection>(io, shared, std::move(stream))->start();
  }

  void no_more() {
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel(ignored);
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
    pause.expires_after(shared->options.limits.linger * 2);
    pause.async_wait([shared = shared](error_code error) {
      while (!error && !shared->connections.empty()) (*shared->connections.begin())->abort();
    });
    asio::post(io, [shared = shared] { shared->all_gone_perhaps(); });
  }

  asio::io_context& io;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  int failures{0};  // to accept, in a row
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
