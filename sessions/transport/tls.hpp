// TLS without sockets: contexts (who is trusted, which key is ours) and a channel that turns plain bytes into records and back.
// Internal: includes OpenSSL, never included by public headers. Key material and session secrets are never logged.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "marginfix/sessions/peer_certificate.hpp"
#include "marginfix/sessions/tls_options.hpp"

namespace marginfix::transport {

struct SslFree {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
};

// One TLS connection, sans-IO: ciphertext in through feed(), ciphertext out through outgoing(). Not thread-safe.
class TlsChannel {
 public:
  enum class Step { done, more, failed };

  // Takes over `ssl` (its state already connect or accept); `context` keeps what it was made from alive.
  TlsChannel(std::shared_ptr<const void> context, BIO_METHOD* method, SSL* ssl);
  ~TlsChannel();
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;

  Step handshake();                                   // call first, and after each feed() until done or failed
  void feed(const char* data, std::size_t size);      // `data` must stay until read() has returned 0
  std::size_t read(char* out, std::size_t capacity);  // plain bytes; 0 = everything fed is used up, or closed() or failed()
  bool write(const char* data, std::size_t size);
  void shutdown();  // queues close_notify
  std::vector<char>& outgoing() noexcept { return outgoing_; }

  bool closed() const noexcept { return closed_; }  // the peer said close_notify
  bool failed() const noexcept { return failed_; }
  bool resumed() const;
  std::string version() const;
  // What the peer has shown, after the handshake; null: nothing.
  std::unique_ptr<PeerCertificate> peer_certificate() const;
  // After a failed handshake: why, and what to do. certificate_refused() tells the two kinds apart.
  const std::string& problem() const noexcept { return problem_; }
  bool certificate_refused() const noexcept { return certificate_refused_; }

  // What the verification callback needs to explain a refusal.
  std::string wanted_name, ca_file;
  bool serving{false};  // the certificate in question is a client's

 private:
  friend struct TlsCallbacks;
  Step fail_handshake();
  bool has_more() const;

  std::shared_ptr<const void> context_;
  std::unique_ptr<SSL, SslFree> ssl_;
  const char* window_{nullptr};
  std::size_t window_size_{0};
  std::vector<char> outgoing_;
  std::string problem_;
  bool closed_{false}, failed_{false}, certificate_refused_{false};
};

// The client side of one target: trusted roots, and the session to resume at the next connect.
class ClientTls : public std::enable_shared_from_this<ClientTls> {
 public:
  // Error(tls): the CA file cannot be read or holds no certificate.
  static Result<std::shared_ptr<ClientTls>> create(const TlsOptions& options);
  // A channel that verifies `host` (or TlsOptions::server_name), ready for handshake(). Error(tls) when the name is no valid name.
  Result<std::unique_ptr<TlsChannel>> open(const std::string& host);

 private:
  friend struct TlsCallbacks;
  explicit ClientTls(TlsOptions options) : options_(std::move(options)) {}

  TlsOptions options_;
  std::unique_ptr<BIO_METHOD, SslFree> method_;
  std::unique_ptr<SSL_CTX, SslFree> context_;
  std::unique_ptr<SSL_SESSION, SslFree> session_;  // newest ticket of the server, used once
};

class ServerTls : public std::enable_shared_from_this<ServerTls> {
 public:
  // PEM files: certificate (chain) and unencrypted private key; with `client_ca_file`, clients must show a certificate that one of its
  // roots vouches for. Error(config) names the file.
  static Result<std::shared_ptr<ServerTls>> create(const std::string& certificate_file, const std::string& private_key_file,
                                                   const std::string& client_ca_file = {});
  std::unique_ptr<TlsChannel> open();

 private:
  ServerTls() = default;
  std::string client_ca_file_;
  std::unique_ptr<BIO_METHOD, SslFree> method_;
  std::unique_ptr<SSL_CTX, SslFree> context_;
};

}  // namespace marginfix::transport
