// The least that can stand between a client and the exchange: bytes from one TLS socket to another, both ways, on one thread. What is more
// expensive than this is the gateway's own.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "bench/gateway/tls.hpp"

namespace marginfix::bench {

class ByteRelay {
 public:
  // Serves one client after the other.
  ByteRelay(std::shared_ptr<SSL_CTX> server, std::shared_ptr<SSL_CTX> client, std::uint16_t to_port);
  ~ByteRelay();
  ByteRelay(const ByteRelay&) = delete;
  ByteRelay& operator=(const ByteRelay&) = delete;
  std::uint16_t port() const noexcept { return listener_.port(); }

 private:
  void serve();

  std::shared_ptr<SSL_CTX> server_, client_;
  std::uint16_t to_port_;
  Listener listener_;
  std::thread thread_;
};

}  // namespace marginfix::bench
