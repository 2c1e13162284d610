// A small blocking WebSocket client: OpenSSL and Beast only, nothing of our client but the signer. Texts in, texts out.
#pragma once

#include <memory>
#include <string>

#include "marginfix/ws/config.hpp"

namespace marginfix::ws::test {

class RawClient {
 public:
  // Connects, checks the certificate, signs the upgrade with the key of `config`.
  explicit RawClient(const PerpsWebSocketConfig& config);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(const std::string& text);
  void send_part(const std::string& text);  // a frame of a message that goes on
  void finish(const std::string& text);     // its last frame
  std::string read();
  std::string read_close();  // until the other side ends it: "CODE REASON", or "cut" without a Close frame

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace marginfix::ws::test
