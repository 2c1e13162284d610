#include "integration/ws/raw_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "marginfix/core/credentials.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::ws::test {

namespace asio = boost::asio;
namespace beast = boost::beast;

struct RawClient::Stream {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  beast::websocket::stream<beast::ssl_stream<beast::tcp_stream>> ws{io, tls};
};

RawClient::RawClient(const PerpsWebSocketConfig& config) : stream_(std::make_unique<Stream>()) {
  const auto url = boost::urls::parse_uri(config.url).value();
  const std::string host = url.host_address(), port(url.port()), path(url.encoded_path());
  auto& ws = stream_->ws;
  stream_->tls.load_verify_file(config.ca_file);
  ws.next_layer().set_verify_mode(asio::ssl::verify_peer);
  asio::ip::tcp::resolver resolver(stream_->io);
  beast::get_lowest_layer(ws).connect(resolver.resolve(host, port));
  beast::get_lowest_layer(ws).socket().set_option(asio::ip::tcp::no_delay(true));  // else a command behind a pong waits for its ACK
  ws.next_layer().handshake(asio::ssl::stream_base::client);
  const std::string now = std::to_string(to_epoch_ms(system_clock().now()));
  const auto signer = load_signer(config.credentials, nullptr).value();
  const std::string signature = signer->sign(now + "GET" + path).value();
  ws.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::request_type& request) {
    request.set("KALSHI-ACCESS-KEY", config.credentials.key_id);
    request.set("KALSHI-ACCESS-TIMESTAMP", now);
    request.set("KALSHI-ACCESS-SIGNATURE", signature);
  }));
  ws.handshake(host + ':' + port, path);
  ws.text(true);
}

RawClient::~RawClient() = default;

void RawClient::send(const std::string& text) { stream_->ws.write(asio::buffer(text)); }

void RawClient::send_part(const std::string& text) { stream_->ws.write_some(false, asio::buffer(text)); }

void RawClient::finish(const std::string& text) { stream_->ws.write_some(true, asio::buffer(text)); }

std::string RawClient::read_close() {
  beast::flat_buffer buffer;
  boost::system::error_code error;
  while (!error) {
    buffer.clear();
    stream_->ws.read(buffer, error);
  }
  if (error != beast::websocket::error::closed) return "cut";
  const auto& why = stream_->ws.reason();
  return std::to_string(why.code) + ' ' + std::string(why.reason.data(), why.reason.size());
}

std::string RawClient::read() {
  beast::flat_buffer buffer;
  stream_->ws.read(buffer);
  return beast::buffers_to_string(buffer.data());
}

}  // namespace marginfix::ws::test
