// A small blocking WebSocket client: OpenSSL and Beast only, nothing of our client but the signer. Texts in, texts out.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <string>

#include "marginfix/core/credentials.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/ws/config.hpp"

namespace marginfix::ws::test {

class RawClient {
 public:
  // Connects, checks the certificate, signs the upgrade with the key of `config`.
  explicit RawClient(const PerpsWebSocketConfig& config) : stream_(io_, trusted(tls_, config.ca_file)) {
    const auto url = boost::urls::parse_uri(config.url).value();
    const std::string host = url.host_address(), port(url.port()), path(url.encoded_path());
    boost::asio::ip::tcp::resolver resolver(io_);
    boost::beast::get_lowest_layer(stream_).connect(resolver.resolve(host, port));
    stream_.next_layer().handshake(boost::asio::ssl::stream_base::client);
    const std::string now = std::to_string(to_epoch_ms(system_clock().now()));
    const auto signer = load_signer(config.credentials, nullptr).value();
    const std::string signature = signer->sign(now + "GET" + path).value();
    stream_.set_option(boost::beast::websocket::stream_base::decorator([&](boost::beast::websocket::request_type& request) {
      request.set("KALSHI-ACCESS-KEY", config.credentials.key_id);
      request.set("KALSHI-ACCESS-TIMESTAMP", now);
      request.set("KALSHI-ACCESS-SIGNATURE", signature);
    }));
    stream_.handshake(host + ':' + port, path);
    stream_.text(true);
  }
  void send(const std::string& text) { stream_.write(boost::asio::buffer(text)); }
  std::string read() {
    boost::beast::flat_buffer buffer;
    stream_.read(buffer);
    return boost::beast::buffers_to_string(buffer.data());
  }

 private:
  static boost::asio::ssl::context& trusted(boost::asio::ssl::context& tls, const std::string& ca_file) {
    tls.load_verify_file(ca_file);
    tls.set_verify_mode(boost::asio::ssl::verify_peer);
    return tls;
  }
  boost::asio::io_context io_;
  boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
  boost::beast::websocket::stream<boost::beast::ssl_stream<boost::beast::tcp_stream>> stream_;
};

}  // namespace marginfix::ws::test
