#include "sim/doors/http/stream.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace marginfix::sim {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

class PlainStream final : public HttpStream {
 public:
  explicit PlainStream(tcp::socket socket) : socket_(std::move(socket)) {}
  tcp::socket& socket() override { return socket_; }
  bool shakes_hands() const override { return false; }
  void handshake(std::function<void(error_code)> done) override { done({}); }
  void say_goodbye(std::function<void()> done) override { done(); }
  void tear_down(boost::beast::role_type role, std::function<void(error_code)> done) override {
    websocket::async_teardown(role, socket_, std::move(done));
  }
  void read_some(const ReadBuffers& into, Done done) override { socket_.async_read_some(into, std::move(done)); }
  void write_some(const WriteBuffers& what, Done done) override { socket_.async_write_some(what, std::move(done)); }

 private:
  tcp::socket socket_;
};

class TlsStream final : public HttpStream {
 public:
  TlsStream(tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}
  tcp::socket& socket() override { return stream_.next_layer(); }
  bool shakes_hands() const override { return true; }
  void handshake(std::function<void(error_code)> done) override {
    stream_.async_handshake(asio::ssl::stream_base::server, std::move(done));
  }
  void say_goodbye(std::function<void()> done) override {
    stream_.async_shutdown([done = std::move(done)](error_code) { done(); });
  }
  void tear_down(boost::beast::role_type role, std::function<void(error_code)> done) override {
    async_teardown(role, stream_, std::move(done));
  }
  void read_some(const ReadBuffers& into, Done done) override { stream_.async_read_some(into, std::move(done)); }
  void write_some(const WriteBuffers& what, Done done) override { stream_.async_write_some(what, std::move(done)); }

 private:
  asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

std::unique_ptr<HttpStream> HttpStream::plain(tcp::socket socket) { return std::make_unique<PlainStream>(std::move(socket)); }

std::unique_ptr<HttpStream> HttpStream::tls(tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsStream>(std::move(socket), context);
}

}  // namespace marginfix::sim
