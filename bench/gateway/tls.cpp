#include "bench/gateway/tls.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace marginfix::bench {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

SSL* session_on(SSL_CTX& context, int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  SSL* ssl = SSL_new(&context);
  if (ssl == nullptr || SSL_set_fd(ssl, descriptor) != 1) give_up("no TLS session");
  SSL_set_read_ahead(ssl, 1);  // a record is one read, not two
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return ssl;
}

}  // namespace

void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

std::shared_ptr<SSL_CTX> server_context(const std::string& certificate_file, const std::string& private_key_file) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr || SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), private_key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    give_up("the certificate cannot be used");
  return context;
}

std::shared_ptr<SSL_CTX> client_context(const std::string& ca_file) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (context == nullptr || SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) give_up("no roots in " + ca_file);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

// ---- TlsSocket ------------------------------------------------------------------------------------------------------------

TlsSocket TlsSocket::connect(SSL_CTX& context, std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) give_up("cannot connect");
  SSL* ssl = session_on(context, descriptor);
  if (SSL_connect(ssl) != 1) give_up("no TLS handshake as a client");
  return {descriptor, ssl};
}

TlsSocket TlsSocket::accept(SSL_CTX& context, int accepted) {
  SSL* ssl = session_on(context, accepted);
  if (SSL_accept(ssl) != 1) give_up("no TLS handshake as a server");
  return {accepted, ssl};
}

TlsSocket::TlsSocket(TlsSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), ssl_(std::exchange(other.ssl_, nullptr)) {}
TlsSocket::~TlsSocket() {
  SSL_free(ssl_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

void TlsSocket::block(bool on) const {
  const int flags = ::fcntl(descriptor_, F_GETFL);
  ::fcntl(descriptor_, F_SETFL, on ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

bool TlsSocket::read(std::string& to) const {
  std::array<char, 16'384> bytes;
  const int got = SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  if (got > 0) {
    to.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
  }
  const int why = SSL_get_error(ssl_, got);
  ERR_clear_error();
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

std::size_t TlsSocket::write(std::string_view bytes) const {
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    std::size_t written = 0;
    if (SSL_write_ex(ssl_, bytes.data() + taken, bytes.size() - taken, &written) != 1) {
      ERR_clear_error();
      break;
    }
    taken += written;
  }
  return taken;
}

void TlsSocket::close_both_ways() const { ::shutdown(descriptor_, SHUT_RDWR); }

// ---- Listener -------------------------------------------------------------------------------------------------------------

Listener::Listener() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(descriptor_, 128) != 0 ||
      ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    give_up("cannot listen");
  port_ = ntohs(address.sin_port);
}
Listener::~Listener() { ::close(descriptor_); }
int Listener::accept() const { return ::accept(descriptor_, nullptr, nullptr); }
void Listener::close() const noexcept { ::shutdown(descriptor_, SHUT_RDWR); }

}  // namespace marginfix::bench
