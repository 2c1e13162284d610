// One accepted connection, plain or TLS, as the HTTP server and whoever takes it over (WebSocket) read and write it. Heavy: Asio's TLS;
// only their .cpp include it. Thread: the io_context's.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>

#include "marginfix/core/byte_stream.hpp"

namespace marginfix::sim {

class HttpStream : public ByteStream {
 public:
  static std::unique_ptr<HttpStream> plain(boost::asio::ip::tcp::socket socket);
  static std::unique_ptr<HttpStream> tls(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context);

  virtual boost::asio::ip::tcp::socket& socket() = 0;
  executor_type get_executor() override { return socket().get_executor(); }
  virtual bool shakes_hands() const = 0;
  virtual void handshake(std::function<void(error_code)> done) = 0;  // where it shakes hands
  virtual void say_goodbye(std::function<void()> done) = 0;          // close_notify; plain: done at once
  virtual void tear_down(boost::beast::role_type role, std::function<void(error_code)> done) = 0;

  // What Beast's WebSocket calls at its end.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, HttpStream& stream, Handler&& handler) {
    stream.tear_down(role, erased(std::forward<Handler>(handler)));
  }
  friend void beast_close_socket(HttpStream& stream) {
    error_code ignored;
    stream.socket().close(ignored);
  }
};

}  // namespace marginfix::sim
