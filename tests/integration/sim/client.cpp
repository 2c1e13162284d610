#include "integration/sim/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>

#include "marginfix/core/signer.hpp"
#include "marginfix/core/time.hpp"

namespace marginfix::sim::test {
namespace {

constexpr char kSoh = '\x01';

std::string to_wire(std::string pipes) {
  std::ranges::replace(pipes, '|', kSoh);
  return pipes;
}

std::string framed(const std::string& pipes) {
  const std::string body = to_wire(pipes);
  std::string message = "8=FIXT.1.1\x01" + ("9=" + std::to_string(body.size())) + kSoh + body;
  unsigned sum = 0;
  for (const char c : message) sum += static_cast<unsigned char>(c);
  char trailer[16];
  std::snprintf(trailer, sizeof trailer, "10=%03u%c", sum % 256, kSoh);
  return message + trailer;
}

int connect_socket(const std::string& host, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  const int one = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
  return fd;
}

}  // namespace

Message::Message(std::string wire) : pipes_(std::move(wire)) {
  std::ranges::replace(pipes_, kSoh, '|');
  for (std::size_t at = 0; at < pipes_.size();) {
    const std::size_t end = pipes_.find('|', at), equals = pipes_.find('=', at);
    if (end == std::string::npos || equals == std::string::npos || equals > end) break;
    fields_.emplace_back(std::stoi(pipes_.substr(at, equals - at)), pipes_.substr(equals + 1, end - equals - 1));
    at = end + 1;
  }
}

const std::string& Message::get(int tag) const noexcept {
  static const std::string kNone;
  const auto found = std::ranges::find_if(fields_, [tag](const auto& field) { return field.first == tag; });
  return found == fields_.end() ? kNone : found->second;
}

std::vector<std::string> Message::all(int tag) const {
  std::vector<std::string> values;
  for (const auto& [number, value] : fields_) {
    if (number == tag) values.push_back(value);
  }
  return values;
}

std::int64_t Message::seq() const { return std::stoll(get(34)); }

struct Client::Tls {
  int fd{-1};
  SSL_CTX* context{nullptr};
  SSL* ssl{nullptr};
  ~Tls() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (fd >= 0) ::close(fd);
  }
};

marginfix::Endpoints endpoints_of(const Simulator& simulator) {
  return marginfix::Endpoints::from_file(simulator.path("endpoints.json")).value();
}

Client::Client(const marginfix::Endpoints& endpoints, const std::string& session, const std::string& key_name)
    : session_(session), tls_(std::make_unique<Tls>()) {
  const EndpointAccount* key = endpoints.find(key_name);
  if (key == nullptr) throw std::runtime_error("no key " + key_name);
  key_id_ = key->key_id;
  private_key_file_ = key->private_key_path;
  tls_->fd = connect_socket(endpoints.fix->host, endpoints.fix->ports.at(session));
  if (!endpoints.fix->tls) return;
  tls_->context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(tls_->context, SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_locations(tls_->context, endpoints.ca_file.c_str(), nullptr) != 1)
    throw std::runtime_error("ca.pem does not load");
  tls_->ssl = SSL_new(tls_->context);
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_->ssl), endpoints.fix->host.c_str());
  SSL_set_fd(tls_->ssl, tls_->fd);
  if (SSL_connect(tls_->ssl) != 1) throw std::runtime_error("TLS handshake failed");
}

Client::~Client() = default;

void Client::send_bytes(const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto left = bytes.size() - done;
    const auto n = tls_->ssl != nullptr ? SSL_write(tls_->ssl, bytes.data() + done, static_cast<int>(left))
                                        : ::send(tls_->fd, bytes.data() + done, left, MSG_NOSIGNAL);
    if (n <= 0) throw std::runtime_error("cannot send");
    done += static_cast<std::size_t>(n);
  }
}

void Client::send(const std::string& type, const std::string& body, const std::string& header_extra) {
  const std::string time = to_fix_utc(system_clock().now(), 3);
  send_bytes(framed("35=" + type + "|34=" + std::to_string(next_out_++) + "|49=" + key_id_ + "|52=" + time + "|56=" + session_ + "|" +
                    header_extra + body));
}

void Client::send_logon(const LogonTweaks& tweaks) {
  const std::string time = to_fix_utc(system_clock().now() + tweaks.clock_error, 3);
  const std::string sender = tweaks.sender_comp_id.empty() ? key_id_ : tweaks.sender_comp_id;
  const std::string target = tweaks.target_comp_id.empty() ? session_ : tweaks.target_comp_id;
  const std::string seq = std::to_string(next_out_++);
  const auto signer = Signer::from_file(private_key_file_).value();
  std::string signature = signer.sign(fix_logon_payload(tweaks.spoil_signature ? "x" + time : time, "A", seq, sender, target)).value();
  const bool reset = tweaks.reset.value_or(session_ != "KalshiRT");
  send_bytes(framed("35=A|34=" + seq + "|49=" + sender + "|52=" + time + "|56=" + target + "|" + tweaks.header_extra +
                    "95=" + std::to_string(static_cast<int>(signature.size()) + tweaks.length_error) + "|96=" + signature +
                    "|98=" + tweaks.encrypt_method + "|108=" + std::to_string(tweaks.heart_bt_int) + "|" + (reset ? "141=Y|" : "") +
                    (tweaks.default_appl_ver_id.empty() ? "" : "1137=" + tweaks.default_appl_ver_id + "|") + tweaks.extra));
}

Message Client::logon(const LogonTweaks& tweaks) {
  send_logon(tweaks);
  return expect("A");
}

bool Client::read_more(std::chrono::milliseconds limit) {
  char buffer[16384];
  if (tls_->ssl == nullptr || SSL_pending(tls_->ssl) == 0) {
    pollfd waiting{tls_->fd, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) throw std::runtime_error("nothing came in time");
  }
  const auto n = tls_->ssl != nullptr ? SSL_read(tls_->ssl, buffer, sizeof buffer) : ::recv(tls_->fd, buffer, sizeof buffer, 0);
  if (n <= 0) {
    // A handshake record (session ticket) without data is no end.
    if (tls_->ssl != nullptr && SSL_get_error(tls_->ssl, static_cast<int>(n)) == SSL_ERROR_WANT_READ) return true;
    return false;
  }
  stream_.append(buffer, static_cast<std::size_t>(n));
  return true;
}

bool Client::take(Message& out) {
  const std::size_t nine = stream_.find(
      "\x01"
      "9=");
  const std::size_t end_of_nine = nine == std::string::npos ? nine : stream_.find(kSoh, nine + 1);
  if (end_of_nine == std::string::npos) return false;
  std::size_t length = 0;
  std::from_chars(stream_.data() + nine + 3, stream_.data() + end_of_nine, length);
  const std::size_t total = end_of_nine + 1 + length + 7;
  if (stream_.size() < total) return false;
  received_.push_back(stream_.substr(0, total));
  out = Message(received_.back());
  stream_.erase(0, total);
  return true;
}

Message Client::next(std::chrono::milliseconds limit) {
  for (;;) {
    Message message;
    while (!take(message)) {
      if (!read_more(limit)) throw std::runtime_error("the exchange closed the connection");
    }
    last_in_ = message.seq();
    if (message.type() == "1") {
      send("0", "112=" + message.get(112) + "|");
    } else if (message.type() != "0") {
      return message;
    }
  }
}

Message Client::expect(const std::string& type) {
  Message message = next();
  if (message.type() != type) throw std::runtime_error("expected 35=" + type + ", got " + message.pipes());
  return message;
}

Message Client::expect_report(char exec_type) {
  Message message = expect("8");
  if (message.get(150) != std::string(1, exec_type)) {
    throw std::runtime_error(std::string("expected 150=") + exec_type + ", got " + message.pipes());
  }
  return message;
}

bool Client::quiet() {
  const std::string id = "quiet-" + std::to_string(next_out_);
  send("1", "112=" + id + "|");
  for (;;) {
    Message message;
    while (!take(message)) {
      if (!read_more(std::chrono::seconds(15))) throw std::runtime_error("the exchange closed the connection");
    }
    last_in_ = message.seq();
    if (message.type() != "0") {
      std::fprintf(stderr, "not quiet: %s\n", message.pipes().c_str());
      return false;
    }
    if (message.get(112) == id) return true;
  }
}

Message Client::next_of_type(const std::string& type) {
  for (;;) {
    Message message;
    while (!take(message)) {
      if (!read_more(std::chrono::seconds(15))) throw std::runtime_error("the exchange closed the connection");
    }
    last_in_ = message.seq();
    if (message.type() == type) return message;
  }
}

void Client::drain() {
  const std::string id = "drain-" + std::to_string(next_out_);
  send("1", "112=" + id + "|");
  while (next_of_type("0").get(112) != id) {
  }
}

bool Client::closed(std::chrono::milliseconds limit) {
  Message message;
  while (read_more(limit)) {
    if (take(message)) return false;
  }
  return true;
}

void Client::expect_end() {
  while (read_more(std::chrono::seconds(15))) stream_.clear();
}

void Client::close() {
  if (tls_->ssl != nullptr) SSL_shutdown(tls_->ssl);
  ::shutdown(tls_->fd, SHUT_WR);
}

void Client::reset() {
  const linger hard{1, 0};
  ::setsockopt(tls_->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(tls_->fd);
  tls_->fd = -1;
}

std::pair<int, std::string> control(const marginfix::Endpoints& endpoints, const std::string& method, const std::string& path,
                                    const std::string& body) {
  return http(endpoints.control, method, path, body, "Authorization: Bearer " + std::string(endpoints.control_token.reveal()) + "\r\n");
}

std::pair<int, std::string> control(const Simulator& simulator, const std::string& method, const std::string& path,
                                    const std::string& body) {
  return control(endpoints_of(simulator), method, path, body);
}

std::pair<int, std::string> http(const std::string& url, const std::string& method, const std::string& path, const std::string& body,
                                 const std::string& headers) {
  const std::size_t colon = url.rfind(':');
  const int fd = connect_socket("127.0.0.1", static_cast<std::uint16_t>(std::stoi(url.substr(colon + 1))));
  const std::string request = method + " " + path + " HTTP/1.1\r\n" +
                              (headers.find("Host: ") == std::string::npos ? "Host: localhost\r\n" : "") + headers +
                              "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  std::string answer;
  char buffer[4096];
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) answer.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  const std::size_t split = answer.find("\r\n\r\n");
  if (answer.size() < 12 || split == std::string::npos) throw std::runtime_error("no HTTP answer");
  return {std::stoi(answer.substr(9, 3)), answer.substr(split + 4)};
}

}  // namespace marginfix::sim::test
