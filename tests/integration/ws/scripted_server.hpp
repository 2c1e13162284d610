// An exchange that a test plays byte by byte: TLS and the upgrade are real (Boost.Beast), what follows is what the test writes, so that
// frames can come in fragments, out of order or wrong. One client at a time; every call blocks on the test's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/certificates.hpp"

namespace marginfix::ws::test {

// RFC 6455, 5.2: a frame of a server, which is not masked.
enum class Opcode : std::uint8_t { continuation = 0, text = 1, close = 8, ping = 9, pong = 10 };
inline std::string frame_bytes(Opcode opcode, bool last, std::string_view payload) {
  std::string out{static_cast<char>((last ? 0x80 : 0) | static_cast<int>(opcode))};
  const std::size_t n = payload.size();
  if (n < 126) {
    out += static_cast<char>(n);
  } else {
    out += static_cast<char>(n < 65'536 ? 126 : 127);
    for (int shift = n < 65'536 ? 8 : 56; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift & 0xff);
  }
  return out.append(payload);
}

class ScriptedServer {
  using Tcp = boost::asio::ip::tcp;

 public:
  using Stream = boost::beast::websocket::stream<boost::beast::ssl_stream<boost::beast::tcp_stream>>;

  explicit ScriptedServer(const marginfix::test::LeafFiles& leaf)
      : tls_(boost::asio::ssl::context::tls_server), listener_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
    tls_.use_certificate_chain_file(leaf.certificate);
    tls_.use_private_key_file(leaf.private_key, boost::asio::ssl::context::pem);
  }
  std::string url() const { return "wss://127.0.0.1:" + std::to_string(listener_.local_endpoint().port()) + "/trade-api/ws/v2/margin"; }

  // The next client, through TLS and the upgrade.
  void accept() {
    Tcp::socket socket(io_);
    listener_.accept(socket);
    stream_.emplace(std::move(socket), tls_);
    stream_->next_layer().handshake(boost::asio::ssl::stream_base::server);
    boost::beast::websocket::permessage_deflate deflate;
    deflate.server_enable = true;
    stream_->set_option(deflate);
    stream_->control_callback([this](boost::beast::websocket::frame_type kind, boost::beast::string_view payload) {
      if (kind == boost::beast::websocket::frame_type::pong) pongs.emplace_back(payload.data(), payload.size());
    });
    stream_->accept();
  }
  // The next command of the client.
  std::string command() {
    boost::beast::flat_buffer buffer;
    stream_->read(buffer);
    return boost::beast::buffers_to_string(buffer.data());
  }
  void bytes(std::string_view raw) { boost::asio::write(stream_->next_layer(), boost::asio::buffer(raw)); }
  void text(std::string_view payload) { bytes(frame_bytes(Opcode::text, true, payload)); }
  void cut() { boost::beast::get_lowest_layer(*stream_).socket().close(); }
  // Reads until the client has closed its side; what it said as its close code, 0 for none. The code is there too when the client was gone
  // before our answer to it, and reading ends with that write's error instead of error::closed.
  std::uint16_t closed_with() {
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    while (!error) stream_->read(buffer, error);
    return static_cast<std::uint16_t>(stream_->reason().code);
  }
  Stream& stream() { return *stream_; }

  std::vector<std::string> pongs;  // bodies, as they came while command() or closed_with() read

 private:
  boost::asio::io_context io_;
  boost::asio::ssl::context tls_;
  Tcp::acceptor listener_;
  std::optional<Stream> stream_;
};

}  // namespace marginfix::ws::test
