// A connection that the HTTP server gives away after a request with an Upgrade header (WebSocket). Heavy: Asio SSL and Beast; only the
// server's and the taker's .cpp include it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "marginfix/sessions/connection_table.hpp"

namespace marginfix::sim {

// Exactly one of the two streams is there; nothing is pending on it. The request has been read whole, nothing behind it.
struct HttpHandover {
  using Socket = boost::asio::ip::tcp::socket;
  using TlsStream = boost::asio::ssl::stream<Socket>;
  boost::beast::http::request<boost::beast::http::string_body> request;
  std::optional<Socket> plain;
  std::optional<TlsStream> tls;
  ConnectionPlace place;
};

}  // namespace marginfix::sim
