// A connection that the HTTP server gives away after a request with an Upgrade header (WebSocket). Heavy: Asio SSL and Beast; only the
// server's and the taker's .cpp include it.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>

#include "marginfix/sessions/connection_table.hpp"
#include "sim/doors/http/stream.hpp"

namespace marginfix::sim {

// Nothing is pending on the stream. The request has been read whole, nothing behind it.
struct HttpHandover {
  boost::beast::http::request<boost::beast::http::string_body> request;
  std::unique_ptr<HttpStream> stream;
  ConnectionPlace place;
};

}  // namespace marginfix::sim
