#include "integration/ws/scripted_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <optional>

namespace marginfix::ws::test {

namespace asio = boost::asio;
namespace beast = boost::beast;

std::string frame_bytes(Opcode opcode, bool last, std::string_view payload) {
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

struct ScriptedServer::Sockets {
  asio::io_context io;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  asio::ip::tcp::acceptor listener{io, {asio::ip::address_v4::loopback(), 0}};
  std::optional<beast::websocket::stream<beast::ssl_stream<beast::tcp_stream>>> ws;
};

ScriptedServer::ScriptedServer(const marginfix::test::LeafFiles& leaf) : sockets_(std::make_unique<Sockets>()) {
  sockets_->tls.use_certificate_chain_file(leaf.certificate);
  sockets_->tls.use_private_key_file(leaf.private_key, asio::ssl::context::pem);
}

ScriptedServer::~ScriptedServer() = default;

std::string ScriptedServer::url() const {
  return "wss://127.0.0.1:" + std::to_string(sockets_->listener.local_endpoint().port()) + "/trade-api/ws/v2/margin";
}

void ScriptedServer::accept() {
  asio::ip::tcp::socket socket(sockets_->io);
  sockets_->listener.accept(socket);
  auto& ws = sockets_->ws.emplace(std::move(socket), sockets_->tls);
  ws.next_layer().handshake(asio::ssl::stream_base::server);
  beast::websocket::permessage_deflate deflate;
  deflate.server_enable = true;
  ws.set_option(deflate);
  ws.control_callback([this](beast::websocket::frame_type kind, beast::string_view payload) {
    if (kind == beast::websocket::frame_type::pong) pongs.emplace_back(payload.data(), payload.size());
  });
  ws.accept();
}

std::string ScriptedServer::command() {
  beast::flat_buffer buffer;
  sockets_->ws->read(buffer);
  return beast::buffers_to_string(buffer.data());
}

void ScriptedServer::bytes(std::string_view raw) { asio::write(sockets_->ws->next_layer(), asio::buffer(raw)); }

void ScriptedServer::cut() { beast::get_lowest_layer(*sockets_->ws).socket().close(); }

std::uint16_t ScriptedServer::closed_with() {
  beast::flat_buffer buffer;
  boost::system::error_code error;
  while (!error) sockets_->ws->read(buffer, error);
  return static_cast<std::uint16_t>(sockets_->ws->reason().code);
}

void ScriptedServer::piece(std::string_view payload, bool last) {
  sockets_->ws->text(true);
  sockets_->ws->write_some(last, asio::buffer(payload.data(), payload.size()));
}

void ScriptedServer::ping() { sockets_->ws->ping("heartbeat"); }

}  // namespace marginfix::ws::test
