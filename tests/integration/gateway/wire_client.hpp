// A client's TCP connection to the gateway, on loopback, blocking: bytes out, whole messages in.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marginfix::gateway::script {

class WireClient {
 public:
  // Throws std::runtime_error when nobody listens.
  explicit WireClient(std::uint16_t port);
  ~WireClient();
  WireClient(const WireClient&) = delete;
  WireClient& operator=(const WireClient&) = delete;

  // In pieces of that many bytes, each written by itself; 0: at once.
  void send(std::string_view bytes, std::size_t piece = 0);
  // The next whole message; nothing: none came in time, or the connection has ended (closed()).
  std::optional<std::string> next(std::chrono::milliseconds limit);
  // True once the gateway has ended the connection; waits for it so long.
  bool closed(std::chrono::milliseconds limit);
  // What came and is no whole message.
  const std::string& rest() const noexcept { return stream_; }

 private:
  bool read_some(std::chrono::milliseconds limit);  // false: nothing came in time, or it has ended

  int fd_{-1};
  bool closed_{false};
  std::string stream_;
};

}  // namespace marginfix::gateway::script
