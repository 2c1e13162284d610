// One WebSocket connection, from name look-up to its end: TLS with SNI, chain and host-name check, the signed upgrade, text frames in and
// out, liveness. It never reconnects: its owner does. One thread (the executor's). Boost.Beast stays inside connection.cpp.
// Source: websocket.md "Connection".
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::ws {

struct ConnectionOptions {
  bool tls{true};
  std::string host;
  std::string port;  // a number, or "https"
  std::string target;
  std::string ca_file;  // empty: the system's roots
  std::string user_agent;
  std::vector<std::pair<std::string, std::string>> headers;  // of the upgrade: the signature
  std::chrono::milliseconds connect_timeout{10'000};         // look-up, TCP, TLS and upgrade each
  std::chrono::milliseconds ping_interval{20'000};
  std::chrono::milliseconds liveness_timeout{30'000};  // without any inbound byte
  std::chrono::milliseconds close_timeout{2'000};
  std::size_t most_message{16u << 20};  // bytes of one frame, decompressed
  bool compression{true};               // offer permessage-deflate
};

// How a connection ended.
struct ConnectionEnd {
  Error error;                          // category closed for a close handshake
  std::optional<std::uint16_t> code{};  // the peer's close code
  std::string reason{};                 // its text
  std::int32_t http_status{0};          // of a declined upgrade
  std::chrono::seconds retry_after{0};  // of a declined upgrade
  bool was_open{false};
};

class Connection {
 public:
  struct Callbacks {
    std::function<void()> on_open;
    std::function<void(std::string_view text)> on_text;  // valid during the call only
    std::function<void(ConnectionEnd)> on_end;           // last; once
  };
  virtual ~Connection() = default;
  virtual void start() = 0;
  virtual void send(std::string text) = 0;  // in order; queued while another is being written
  virtual void pause_reading(bool paused) = 0;
  virtual void close(std::string_view reason) = 0;  // close handshake 1000, at most close_timeout
  virtual void abandon() = 0;                       // closes the socket at once; no callback any more

  // Error(tls) when the CA file cannot be read; Error(config) for plain text to a host that is not loopback.
  static Result<std::shared_ptr<Connection>> make(const boost::asio::any_io_executor& executor, ConnectionOptions options,
                                                  Callbacks callbacks);
};

}  // namespace marginfix::ws
