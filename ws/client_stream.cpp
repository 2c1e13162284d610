// ByteStream over TCP, and over TLS with chain and host name checked.
#include "ws/client_stream.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace marginfix::ws {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

class PlainStream final : public ClientStream {
 public:
  explicit PlainStream(const executor_type& executor) : socket_(executor) {}
  tcp::socket& socket() override { return socket_; }
  void handshake(const std::string&, std::function<void(error_code)> done) override { done({}); }
  std::string certificate_problem() override { return {}; }
  void tear_down(boost::beast::role_type role, std::function<void(error_code)> done) override {
    websocket::async_teardown(role, socket_, std::move(done));
  }

  void read_some(const ReadBuffers& into, Done done) override { socket_.async_read_some(into, std::move(done)); }
  void write_some(const WriteBuffers& what, Done done) override { socket_.async_write_some(what, std::move(done)); }

 private:
  tcp::socket socket_;
};

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

class TlsStream final : public ClientStream {
 public:
  TlsStream(const executor_type& executor, std::shared_ptr<asio::ssl::context> context)
      : context_(std::move(context)), stream_(executor, *context_) {}
  tcp::socket& socket() override { return stream_.next_layer(); }
  void handshake(const std::string& host, std::function<void(error_code)> done) override {
    if (!is_address(host)) SSL_set_tlsext_host_name(stream_.native_handle(), host.c_str());
    stream_.set_verify_callback(asio::ssl::host_name_verification(host));
    stream_.async_handshake(asio::ssl::stream_base::client, std::move(done));
  }
  std::string certificate_problem() override {
    const long verdict = SSL_get_verify_result(stream_.native_handle());
    return verdict == X509_V_OK ? std::string() : X509_verify_cert_error_string(verdict);
  }
  void tear_down(boost::beast::role_type role, std::function<void(error_code)> done) override {
    async_teardown(role, stream_, std::move(done));
  }

  void read_some(const ReadBuffers& into, Done done) override { stream_.async_read_some(into, std::move(done)); }
  void write_some(const WriteBuffers& what, Done done) override { stream_.async_write_some(what, std::move(done)); }

 private:
  const std::shared_ptr<asio::ssl::context> context_;
  boost::beast::ssl_stream<tcp::socket> stream_;  // puts a frame's header and payload into one TLS record
};

}  // namespace

std::unique_ptr<ClientStream> ClientStream::plain(const executor_type& executor) { return std::make_unique<PlainStream>(executor); }

std::unique_ptr<ClientStream> ClientStream::tls(const executor_type& executor, std::shared_ptr<asio::ssl::context> context) {
  return std::make_unique<TlsStream>(executor, std::move(context));
}

}  // namespace marginfix::ws
