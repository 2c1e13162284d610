// The control port's HTTP, over Boost.Beast.
#include "sim/doors/control/control.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <optional>

namespace marginfix::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

class ControlPort::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(asio::ip::tcp::socket socket, ControlTarget& target) : stream_(std::move(socket)), target_(target) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(kMostBody);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->answer();
    });
  }

 private:
  static constexpr std::uint64_t kMostBody = 1 << 20;

  void answer() {
    const auto& request = parser_->get();
    const std::string_view method(request.method_string().data(), request.method_string().size());
    const std::string_view path(request.target().data(), request.target().size());
    ControlAnswer answer = answer_control(target_, method, path, request.body());
    response_ = {static_cast<http::status>(answer.status), request.version()};
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request.keep_alive());
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      if (self->response_.keep_alive()) return self->read();
      error_code ignored;
      self->stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    });
  }

  beast::tcp_stream stream_;
  ControlTarget& target_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
};

ControlPort::ControlPort(asio::io_context& io, ControlTarget& target) : target_(target), acceptor_(io) {}

ControlPort::~ControlPort() { close(); }

Result<std::uint16_t> ControlPort::open(std::uint16_t port) {
  const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), port);
  error_code error;
  acceptor_.open(where.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(where, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(ErrorCategory::connect, "cannot open the control port " + std::to_string(port) + ": " + error.message());
  accept();
  return acceptor_.local_endpoint().port();
}

void ControlPort::close() {
  error_code ignored;
  acceptor_.close(ignored);
}

void ControlPort::accept() {
  acceptor_.async_accept([this](error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
    if (!error) std::make_shared<Connection>(std::move(socket), target_)->read();
    accept();
  });
}

}  // namespace marginfix::sim
