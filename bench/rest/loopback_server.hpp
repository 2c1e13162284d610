// The quickest honest HTTP server: answers every request on loopback with the same bytes, a thread a connection, plain or over TLS.
// For benchmarks: what is left of a call's time is the client's.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace marginfix::bench {

struct LoopbackTls {
  std::string certificate_file, private_key_file;  // PEM; empty: plain TCP
};

// Ends the program when it cannot listen. Runs until the program ends.
class LoopbackServer {
 public:
  LoopbackServer(std::string answer, const LoopbackTls& tls);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  // "http://127.0.0.1:port" or "https://..."
  const std::string& origin() const noexcept { return origin_; }

 private:
  void serve(int socket) const;
  void serve_plain(int socket) const;
  void serve_tls(int socket, SSL* ssl) const;

  const std::string answer_;
  std::string origin_;
  std::shared_ptr<SSL_CTX> context_;  // null: plain
};

[[noreturn]] void give_up(const std::string& what);

}  // namespace marginfix::bench
