#include "integration/sim/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <stdexcept>

#include "marginfix/core/time.hpp"

namespace marginfix::sim::test {
namespace {

constexpr std::chrono::seconds kPatience{15};

int connect_to(const std::string& host, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    throw std::runtime_error("cannot connect");
  }
  return fd;
}

HttpResponse parse_head(const std::string& head) {
  HttpResponse response;
  response.status = std::stoi(head.substr(9, 3));
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t end = head.find("\r\n", at), colon = head.find(": ", at);
    if (end == std::string::npos || colon == std::string::npos || colon > end) break;
    response.headers.emplace_back(head.substr(at, colon - at), head.substr(colon + 2, end - colon - 2));
    at = end + 2;
  }
  return response;
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  }
  return {};
}

struct HttpConnection::Socket {
  int fd{-1};
  SSL_CTX* context{nullptr};
  SSL* ssl{nullptr};
  ~Socket() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (fd >= 0) ::close(fd);
  }
};

HttpConnection::HttpConnection(const std::string& host, std::uint16_t port, const std::string& ca_file)
    : socket_(std::make_unique<Socket>()) {
  socket_->fd = connect_to(host, port);
  if (ca_file.empty()) return;
  socket_->context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(socket_->context, SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_locations(socket_->context, ca_file.c_str(), nullptr) != 1) throw std::runtime_error("the CA does not load");
  socket_->ssl = SSL_new(socket_->context);
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(socket_->ssl), host.c_str());
  SSL_set_fd(socket_->ssl, socket_->fd);
  if (SSL_connect(socket_->ssl) != 1) throw std::runtime_error("TLS handshake failed");
}

HttpConnection::~HttpConnection() = default;

void HttpConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = socket_->ssl != nullptr ? SSL_write(socket_->ssl, bytes.data(), static_cast<int>(bytes.size()))
                                           : ::send(socket_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) throw std::runtime_error("cannot send");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool HttpConnection::read_more(std::chrono::milliseconds limit) {
  char buffer[16384];
  if (socket_->ssl == nullptr || SSL_pending(socket_->ssl) == 0) {
    pollfd waiting{socket_->fd, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) throw std::runtime_error("nothing came in time");
  }
  const auto n = socket_->ssl != nullptr ? SSL_read(socket_->ssl, buffer, sizeof buffer) : ::recv(socket_->fd, buffer, sizeof buffer, 0);
  if (n > 0) stream_.append(buffer, static_cast<std::size_t>(n));
  return n > 0;
}

HttpResponse HttpConnection::receive(bool no_body) {
  std::size_t split = 0;
  while ((split = stream_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more(kPatience)) throw std::runtime_error("the server closed the connection");
  }
  HttpResponse response = parse_head(stream_.substr(0, split + 2));
  stream_.erase(0, split + 4);
  const std::string length = response.header("Content-Length");
  const std::size_t size = no_body || length.empty() ? 0 : std::stoul(length);
  while (stream_.size() < size) {
    if (!read_more(kPatience)) throw std::runtime_error("the server closed the connection in the middle of a body");
  }
  response.body = stream_.substr(0, size);
  stream_.erase(0, size);
  return response;
}

std::string HttpConnection::receive_bytes(std::size_t least) {
  while (stream_.size() < least && read_more(kPatience)) {
  }
  return std::exchange(stream_, {});
}

bool HttpConnection::ended(std::chrono::milliseconds limit) { return stream_.empty() && !read_more(limit); }

RestClient::RestClient(const marginfix::Endpoints& endpoints, const std::string& key_name, std::string url) {
  if (url.empty()) url = endpoints.rest;
  const std::size_t scheme = url.find("://") + 3, colon = url.find(':', scheme), slash = url.find('/', scheme);
  host_ = url.substr(scheme, colon - scheme);
  port_ = static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1, slash - colon - 1)));
  base_ = url.substr(slash);
  if (url.starts_with("https") || url.starts_with("wss")) ca_file_ = endpoints.ca_file;
  if (key_name.empty()) return;
  const EndpointAccount* key = endpoints.find(key_name);
  if (key == nullptr) throw std::runtime_error("no key " + key_name);
  key_id_ = key->key_id;
  signer_ = Signer::from_file(key->private_key_path).value();
}

std::string RestClient::request(const std::string& method, const std::string& target, const std::string& body, const RestTweaks& tweaks) {
  const std::string path = base_ + target;
  std::string out = method + " " + path + " HTTP/1.1\r\nHost: " + host_ + "\r\n";
  const auto header = [&](const std::string& name, const std::string& value) {
    if (name != tweaks.leave_out) out += name + ": " + value + "\r\n";
  };
  if (signer_) {
    const std::string time =
        tweaks.timestamp.empty() ? std::to_string(to_epoch_ms(system_clock().now() + tweaks.clock_error)) : tweaks.timestamp;
    const std::string signed_path = tweaks.signed_path.empty() ? path.substr(0, path.find('?')) : tweaks.signed_path;
    header("KALSHI-ACCESS-KEY", tweaks.key_id.empty() ? key_id_ : tweaks.key_id);
    header("KALSHI-ACCESS-TIMESTAMP", time);
    header("KALSHI-ACCESS-SIGNATURE", signer_->sign(time + method + signed_path).value());
  }
  const bool has_body = !body.empty() || method == "POST";
  if (has_body && !tweaks.content_type.empty()) header("Content-Type", tweaks.content_type);
  if (has_body) header("Content-Length", std::to_string(body.size()));
  return out + tweaks.extra + "\r\n" + body;
}

HttpConnection& RestClient::connection() {
  if (!connection_) connection_ = std::make_unique<HttpConnection>(host_, port_, ca_file_);
  return *connection_;
}

HttpResponse RestClient::call(const std::string& method, const std::string& target, const std::string& body, const RestTweaks& tweaks) {
  connection().send(request(method, target, body, tweaks));
  HttpResponse response = connection().receive(method == "HEAD");
  if (response.header("Connection") == "close") hang_up();
  return response;
}

std::string gunzip(std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw std::runtime_error("zlib cannot start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    char buffer[16384];
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    result = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("the body is not gzip");
  return out;
}

}  // namespace marginfix::sim::test
