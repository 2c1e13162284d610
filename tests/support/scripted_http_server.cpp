#include "support/scripted_http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace marginfix::test {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* p) const noexcept { SSL_CTX_free(p); }
};
struct FreeSsl {
  void operator()(SSL* p) const noexcept { SSL_free(p); }
};

int choose_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned int in_size, void* wanted) {
  const auto& name = *static_cast<const std::string*>(wanted);
  const std::string_view offered(reinterpret_cast<const char*>(in), in_size);
  const std::string entry = static_cast<char>(name.size()) + name;
  const auto at = offered.find(entry);
  if (at == std::string_view::npos) return SSL_TLSEXT_ERR_NOACK;
  *out = in + at + 1;
  *size = static_cast<unsigned char>(name.size());
  return SSL_TLSEXT_ERR_OK;
}

// A socket that gives up when the server stops: reads wait for bytes or for the stop pipe.
class Socket final : public ScriptedHttpServer::Stream {
 public:
  Socket(int socket, int stop) : socket_(socket), stop_(stop) {}
  ~Socket() override {
    ssl_.reset();
    ::close(socket_);
  }
  bool accept_tls(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), socket_);
    return SSL_accept(ssl_.get()) == 1;
  }
  bool resumed() const { return ssl_ && SSL_session_reused(ssl_.get()) == 1; }
  std::string read_some() override {
    std::array<char, 16 * 1024> buffer{};
    if ((!ssl_ || SSL_pending(ssl_.get()) == 0) && !wait()) return {};
    const auto got = ssl_ ? SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()))
                          : static_cast<int>(::recv(socket_, buffer.data(), buffer.size(), 0));
    return got <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(got));
  }
  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                             : static_cast<int>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void finish(ScriptedAnswer::After how) {
    if (how == ScriptedAnswer::After::reset) {
      const linger now{1, 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    } else if (ssl_) {
      SSL_shutdown(ssl_.get());
    }
  }

 private:
  bool wait() const {
    std::array<pollfd, 2> both{{{socket_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) {
    }
    return both[1].revents == 0;
  }
  int socket_, stop_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Takes one whole request off `stream`, reading more as needed; false when the other side has closed.
bool read_request(ScriptedHttpServer::Stream& stream, std::string& buffer, SeenRequest& out) {
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    const std::string more = stream.read_some();
    if (more.empty()) return false;
    buffer += more;
  }
  std::size_t at = buffer.find("\r\n");
  const std::string first = buffer.substr(0, at);
  const auto space = first.find(' '), last = first.rfind(' ');
  out.method = first.substr(0, space);
  out.target = first.substr(space + 1, last - space - 1);
  out.version = first.substr(last + 1);
  for (at += 2; at < end;) {
    const auto line_end = buffer.find("\r\n", at);
    const std::string line = buffer.substr(at, line_end - at);
    const auto colon = line.find(':');
    const auto value = line.find_first_not_of(' ', colon + 1);
    out.headers.emplace_back(lower(line.substr(0, colon)), value == std::string::npos ? std::string() : line.substr(value));
    at = line_end + 2;
  }
  const std::string length = out.header("content-length");
  const std::size_t body = length.empty() ? 0 : std::stoul(length);
  while (buffer.size() < end + 4 + body) {
    const std::string more = stream.read_some();
    if (more.empty()) return false;
    buffer += more;
  }
  out.body = buffer.substr(end + 4, body);
  buffer.erase(0, end + 4 + body);
  return true;
}

}  // namespace

std::string SeenRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

ScriptedAnswer http_answer(int status, std::string_view body, std::string_view content_type, std::string_view more) {
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
  if (!content_type.empty()) bytes += "Content-Type: " + std::string(content_type) + "\r\n";
  if (status != 204) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  bytes += std::string(more) + "\r\n" + std::string(body);
  return {std::move(bytes), ScriptedAnswer::After::keep};
}

struct ScriptedHttpServer::Impl {
  Handler handler;
  RawHandler raw;
  Options options;
  std::unique_ptr<SSL_CTX, FreeContext> context;
  int listener{-1};
  std::array<int, 2> stop{-1, -1};
  std::uint16_t port{0};
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  std::vector<SeenRequest> requests;
  int connections{0}, resumed{0}, closed{0};
  std::vector<std::thread> threads;
  std::thread acceptor;

  void open() {
    if (!options.tls.certificate.empty()) {
      context.reset(SSL_CTX_new(TLS_server_method()));
      const unsigned char id[] = "scripted";
      if (SSL_CTX_use_certificate_file(context.get(), options.tls.certificate.c_str(), SSL_FILETYPE_PEM) != 1 ||
          SSL_CTX_use_PrivateKey_file(context.get(), options.tls.private_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
          SSL_CTX_set_session_id_context(context.get(), id, sizeof(id)) != 1)
        throw std::runtime_error("scripted HTTP server: TLS files");
      if (!options.alpn.empty()) SSL_CTX_set_alpn_select_cb(context.get(), choose_alpn, &options.alpn);
    }
    listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (listener < 0 || ::pipe(stop.data()) != 0 || ::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(listener, 128) != 0 || ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("scripted HTTP server: cannot listen");
    port = ntohs(address.sin_port);
    acceptor = std::thread([this] { accept_all(); });
  }

  ~Impl() {
    const char byte = 0;
    (void)!::write(stop[1], &byte, 1);
    acceptor.join();
    for (std::thread& thread : threads) thread.join();
    for (const int fd : {listener, stop[0], stop[1]}) ::close(fd);
  }

  void accept_all() {
    // OpenSSL writes without MSG_NOSIGNAL. Only this server's threads are deaf to it: the client under test must not need that.
    sigset_t broken_pipe;
    ::sigemptyset(&broken_pipe);
    ::sigaddset(&broken_pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    for (;;) {
      std::array<pollfd, 2> both{{{listener, POLLIN, 0}, {stop[0], POLLIN, 0}}};
      if (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) continue;
      if (both[1].revents != 0) return;
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      const std::lock_guard lock(mutex);
      threads.emplace_back([this, socket, number = ++connections] {
        serve(socket, number);
        const std::lock_guard done(mutex);
        ++closed;
        changed.notify_all();
      });
    }
  }

  void serve(int fd, int number) {
    Socket socket(fd, stop[0]);
    if (context && !socket.accept_tls(context.get())) return;
    if (socket.resumed()) {
      const std::lock_guard lock(mutex);
      ++resumed;
    }
    if (raw) return raw(socket);
    std::string buffer;
    for (;;) {
      SeenRequest request;
      request.connection = number;
      if (!read_request(socket, buffer, request)) return;
      {
        const std::lock_guard lock(mutex);
        request.number = static_cast<int>(requests.size()) + 1;
        requests.push_back(request);
      }
      changed.notify_all();
      const ScriptedAnswer answer = handler(request);
      socket.write(answer.bytes);
      if (answer.after != ScriptedAnswer::After::keep) return socket.finish(answer.after);
    }
  }
};

ScriptedHttpServer::ScriptedHttpServer(Handler handler) : ScriptedHttpServer(std::move(handler), Options{}) {}

ScriptedHttpServer::ScriptedHttpServer(Handler handler, Options options) : impl_(std::make_unique<Impl>()) {
  impl_->handler = std::move(handler);
  impl_->options = std::move(options);
  impl_->open();
}

ScriptedHttpServer::ScriptedHttpServer(RawHandler handler, Options options) : impl_(std::make_unique<Impl>()) {
  impl_->raw = std::move(handler);
  impl_->options = std::move(options);
  impl_->open();
}

ScriptedHttpServer::~ScriptedHttpServer() = default;

std::uint16_t ScriptedHttpServer::port() const noexcept { return impl_->port; }

std::string ScriptedHttpServer::origin() const {
  return (impl_->context ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(impl_->port);
}

std::vector<SeenRequest> ScriptedHttpServer::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

int ScriptedHttpServer::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connections;
}

int ScriptedHttpServer::resumed_tls_sessions() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->resumed;
}

bool ScriptedHttpServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, std::chrono::seconds(20), [&] { return impl_->requests.size() >= count; });
}

bool ScriptedHttpServer::wait_for_closed(int count) const {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, std::chrono::seconds(20), [&] { return impl_->closed >= count; });
}

}  // namespace marginfix::test
