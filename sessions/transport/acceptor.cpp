// Accept loop. Running out of file descriptors must not end it: it waits a moment and goes on.
#include "sessions/transport/acceptor.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "sessions/transport/stream.hpp"

namespace marginfix::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kPauseAfterError{50};
constexpr int kMostAcceptedATurn = 8;

class AcceptLoop : public std::enable_shared_from_this<AcceptLoop> {
 public:
  AcceptLoop(const asio::any_io_executor& executor, ListenOptions options, std::shared_ptr<ServerTls> tls, OnAccept on_accept)
      : acceptor_(executor), pause_(executor), options_(std::move(options)), tls_(std::move(tls)), on_accept_(std::move(on_accept)) {}

  error_code open(const tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor_.non_blocking(true, error);
    if (!error) port_ = acceptor_.local_endpoint(error).port();
    return error;
  }

  // Waits for somebody first. Linux says EMFILE before it looks whether anybody is there, and an accept without a wait would have somebody
  // sent away for nobody's sake.
  void accept() {
    if (options_.connections && !options_.connections->ready()) return accept_after(options_.connections->wait());
    acceptor_.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const error_code& stopped) {
      if (!stopped && !self->closed_) self->accept_crowd();
    });
  }

  void close() {
    error_code ignored;
    closed_ = true;
    pause_.cancel();
    acceptor_.close(ignored);
    on_accept_ = nullptr;
  }

  std::uint16_t port() const noexcept { return port_; }

 private:
  // Several a turn, so that a crowd in front of the door does not make everybody behind it wait a turn for each.
  void accept_crowd() {
    for (int taken = 0; taken < kMostAcceptedATurn; ++taken) {
      tcp::socket socket(acceptor_.get_executor());
      error_code error;
      acceptor_.accept(socket, error);
      if (error == asio::error::would_block || error == asio::error::try_again) break;
      if (error && taken == 0) return pause(error);
      if (error) break;  // whoever still waits is met by the next wait
      failures_ = 0;
      take(std::move(socket));
      if (closed_) return;
      if (options_.connections && !options_.connections->ready()) break;
    }
    accept();
  }

  void take(tcp::socket socket) {
    auto stream = std::make_shared<Stream>(std::move(socket), options_.limits, nullptr);
    ConnectionEvents* events = on_accept_(stream);
    if (events != nullptr) {
      stream->set_events(events);
      stream->start(tls_ ? tls_->open() : nullptr, options_.handshake_timeout);
    }
  }

  void pause(const error_code& error) {
    if (options_.log && options_.log->enabled(LogLevel::warning))
      options_.log->log(LogLevel::warning, "listener", fmt::format("port {}: cannot accept: {}; trying on", port_, error.message()));
    ++failures_;
    accept_after(options_.connections ? options_.connections->accept_failed(error.value(), failures_) : kPauseAfterError);
  }

  void accept_after(std::chrono::milliseconds wait) {
    pause_.expires_after(wait);
    pause_.async_wait([self = shared_from_this()](const error_code& stopped) {
      if (!stopped && !self->closed_) self->accept();
    });
  }

  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  ListenOptions options_;
  std::shared_ptr<ServerTls> tls_;
  OnAccept on_accept_;
  std::uint16_t port_{0};
  int failures_{0};  // to accept, in a row
  bool closed_{false};
};

class AsioAcceptor final : public Acceptor {
 public:
  explicit AsioAcceptor(std::shared_ptr<AcceptLoop> loop) : loop_(std::move(loop)) {}
  ~AsioAcceptor() override { loop_->close(); }
  AsioAcceptor(const AsioAcceptor&) = delete;
  AsioAcceptor& operator=(const AsioAcceptor&) = delete;
  std::uint16_t port() const override { return loop_->port(); }
  void close() override { loop_->close(); }

 private:
  std::shared_ptr<AcceptLoop> loop_;
};

Result<tcp::endpoint> listen_endpoint(const ListenOptions& options) {
  error_code error;
  const std::string host = options.host.empty() ? "0.0.0.0" : options.host == "localhost" ? "127.0.0.1" : options.host;
  const auto address = asio::ip::make_address(host, error);
  if (error) return fail(ErrorCategory::config, fmt::format("cannot listen on '{}': give an IP address of this machine", options.host));
  if (!options.tls && !address.is_loopback())
    return fail(ErrorCategory::config, fmt::format("cannot listen on {} without TLS: plain TCP is for loopback addresses only", host));
  return tcp::endpoint(address, options.port);
}

}  // namespace

Result<std::unique_ptr<Acceptor>> listen(const asio::any_io_executor& executor, const ListenOptions& options, OnAccept on_accept) {
  auto endpoint = listen_endpoint(options);
  if (!endpoint) return endpoint.error();
  std::shared_ptr<ServerTls> tls;
  if (options.tls) {
    auto made = ServerTls::create(options.certificate_file, options.private_key_file, options.client_ca_file);
    if (!made) return made.error();
    tls = made.value();
  }
  auto loop = std::make_shared<AcceptLoop>(executor, options, std::move(tls), std::move(on_accept));
  if (const error_code error = loop->open(endpoint.value()); error)
    return fail(ErrorCategory::connect, fmt::format("cannot listen on {}: {}; is another program using the port?",
                                                    endpoint_text(endpoint.value()), error.message()));
  loop->accept();
  return std::unique_ptr<Acceptor>(std::make_unique<AsioAcceptor>(std::move(loop)));
}

}  // namespace marginfix::transport
