// A listening port: who comes in becomes a Stream.
#include "sessions/transport/acceptor.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <utility>

#include "marginfix/sessions/accept_loop.hpp"
#include "sessions/transport/stream.hpp"

namespace marginfix::transport {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// What is made of newcomers. Shared with the loop: a callback may close the port.
struct Entrance {
  void take(tcp::socket socket) const {
    auto stream = std::make_shared<Stream>(std::move(socket), options.limits, nullptr);
    ConnectionEvents* events = on_accept(stream);
    if (events != nullptr) {
      stream->set_events(events);
      stream->start(tls ? tls->open() : nullptr, options.handshake_timeout);
    }
  }
  void note(const std::string& why) const {
    if (options.log && options.log->enabled(LogLevel::warning))
      options.log->log(LogLevel::warning, "listener", fmt::format("port {}: cannot accept: {}; trying on", port, why));
  }

  ListenOptions options;
  std::shared_ptr<ServerTls> tls;
  OnAccept on_accept;
  std::uint16_t port{0};
};

class AsioAcceptor final : public Acceptor {
 public:
  AsioAcceptor(const asio::any_io_executor& executor, std::shared_ptr<Entrance> entrance)
      : entrance_(std::move(entrance)),
        loop_(executor, entrance_->options.connections,
              {[entrance = entrance_](tcp::socket socket) { entrance->take(std::move(socket)); },
               [entrance = entrance_](const std::string& why) { entrance->note(why); }}) {}

  error_code open(const tcp::endpoint& endpoint) {
    const error_code error = loop_.open(endpoint);
    entrance_->port = loop_.port();
    return error;
  }
  std::uint16_t port() const override { return loop_.port(); }
  void close() override { loop_.close(); }

 private:
  std::shared_ptr<Entrance> entrance_;
  AcceptLoop loop_;
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
  auto acceptor =
      std::make_unique<AsioAcceptor>(executor, std::make_shared<Entrance>(Entrance{options, std::move(tls), std::move(on_accept)}));
  if (const error_code error = acceptor->open(endpoint.value()); error)
    return fail(ErrorCategory::connect, fmt::format("cannot listen on {}: {}; is another program using the port?",
                                                    endpoint_text(endpoint.value()), error.message()));
  return std::unique_ptr<Acceptor>(std::move(acceptor));
}

}  // namespace marginfix::transport
