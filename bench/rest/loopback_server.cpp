#include "bench/rest/loopback_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace marginfix::bench {
namespace {

// Takes whole requests (without bodies) off `in`; how many there were.
int take_requests(std::string& in) {
  int requests = 0;
  for (auto end = in.find("\r\n\r\n"); end != std::string::npos; end = in.find("\r\n\r\n")) {
    in.erase(0, end + 4);
    ++requests;
  }
  return requests;
}

std::shared_ptr<SSL_CTX> make_context(const LoopbackTls& tls) {
  if (tls.certificate_file.empty()) return nullptr;
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr || SSL_CTX_use_certificate_chain_file(context.get(), tls.certificate_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), tls.private_key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    give_up("the certificate cannot be used");
  }
  return context;
}

}  // namespace

void give_up(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

LoopbackServer::LoopbackServer(std::string answer, const LoopbackTls& tls) : answer_(std::move(answer)), context_(make_context(tls)) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener, 128) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    give_up("cannot listen");
  }
  origin_ = (context_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(ntohs(address.sin_port));
  std::thread([this, listener] {
    for (int socket = 0; (socket = ::accept(listener, nullptr, nullptr)) >= 0;) std::thread([this, socket] { serve(socket); }).detach();
  }).detach();
}

void LoopbackServer::serve(int socket) const {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (context_) {
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context_.get()), &SSL_free);
    serve_tls(socket, ssl.get());
  } else {
    serve_plain(socket);
  }
  ::close(socket);
}

void LoopbackServer::serve_plain(int socket) const {
  std::string in;
  std::array<char, 8192> buffer{};
  for (ssize_t got = 0; (got = ::recv(socket, buffer.data(), buffer.size(), 0)) > 0;) {
    in.append(buffer.data(), static_cast<std::size_t>(got));
    for (int n = take_requests(in); n > 0; --n)
      if (::send(socket, answer_.data(), answer_.size(), MSG_NOSIGNAL) < 0) return;
  }
}

void LoopbackServer::serve_tls(int socket, SSL* ssl) const {
  if (ssl == nullptr || SSL_set_fd(ssl, socket) != 1 || SSL_accept(ssl) != 1) return;
  std::string in;
  std::array<char, 8192> buffer{};
  for (int got = 0; (got = SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
    in.append(buffer.data(), static_cast<std::size_t>(got));
    for (int n = take_requests(in); n > 0; --n)
      if (SSL_write(ssl, answer_.data(), static_cast<int>(answer_.size())) <= 0) return;
  }
}

}  // namespace marginfix::bench
