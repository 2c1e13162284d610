// The connection under a WebSocket of ours: TCP, with TLS or without. Internal (Asio, Beast). Thread: the executor's.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <string>

#include "marginfix/core/byte_stream.hpp"

namespace marginfix::ws {

class ClientStream : public ByteStream {
 public:
  static std::unique_ptr<ClientStream> plain(const executor_type& executor);
  static std::unique_ptr<ClientStream> tls(const executor_type& executor, std::shared_ptr<boost::asio::ssl::context> context);

  virtual boost::asio::ip::tcp::socket& socket() = 0;
  executor_type get_executor() override { return socket().get_executor(); }
  // After TCP has connected: shakes hands with `host`, whose certificate must be good for that name. Plain: done at once.
  virtual void handshake(const std::string& host, std::function<void(error_code)> done) = 0;
  virtual std::string certificate_problem() = 0;  // of a failed handshake; "" when it was something else
  virtual void tear_down(boost::beast::role_type role, std::function<void(error_code)> done) = 0;

  // What Beast's WebSocket calls at its end.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, ClientStream& stream, Handler&& handler) {
    stream.tear_down(role, erased(std::forward<Handler>(handler)));
  }
  friend void beast_close_socket(ClientStream& stream) {
    error_code ignored;
    stream.socket().close(ignored);
  }
};

}  // namespace marginfix::ws
