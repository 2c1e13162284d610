// TLS over loopback with OpenSSL and nothing else: what stands around the thing that is measured. Whatever fails ends the program.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace marginfix::bench {

[[noreturn]] void give_up(const std::string& what);

std::shared_ptr<SSL_CTX> server_context(const std::string& certificate_file, const std::string& private_key_file);
std::shared_ptr<SSL_CTX> client_context(const std::string& ca_file);

// A TCP connection with TLS on it; blocking until block(false).
class TlsSocket {
 public:
  static TlsSocket connect(SSL_CTX& context, std::uint16_t port);
  static TlsSocket accept(SSL_CTX& context, int accepted);  // the handshake; takes the descriptor
  ~TlsSocket();
  TlsSocket(TlsSocket&& other) noexcept;
  TlsSocket(const TlsSocket&) = delete;
  TlsSocket& operator=(const TlsSocket&) = delete;

  int descriptor() const noexcept { return descriptor_; }
  void block(bool on) const;
  // Appends what one read gives; false at the end. Not blocking: true and nothing appended where there is nothing.
  bool read(std::string& to) const;
  // Blocking: all of it. Not blocking: gives how much was taken.
  std::size_t write(std::string_view bytes) const;
  void close_both_ways() const;  // wakes a thread that reads

 private:
  TlsSocket(int descriptor, SSL* ssl) : descriptor_(descriptor), ssl_(ssl) {}
  int descriptor_;
  SSL* ssl_;
};

// A listening socket on 127.0.0.1.
class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::uint16_t port() const noexcept { return port_; }
  int accept() const;           // -1 after close()
  void close() const noexcept;  // wakes accept()

 private:
  int descriptor_;
  std::uint16_t port_{0};
};

}  // namespace marginfix::bench
