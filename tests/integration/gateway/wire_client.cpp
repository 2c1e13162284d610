#include "integration/gateway/wire_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

#include "integration/gateway/message.hpp"

namespace marginfix::gateway::script {
namespace {

using Steady = std::chrono::steady_clock;

std::chrono::milliseconds left_until(Steady::time_point end) {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()), std::chrono::milliseconds(0));
}

}  // namespace

WireClient::WireClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  if (fd_ < 0 || ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
      ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    if (fd_ >= 0) ::close(fd_);
    throw std::runtime_error("nobody listens on port " + std::to_string(port));
  }
}

WireClient::~WireClient() { ::close(fd_); }

void WireClient::send(std::string_view bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const std::size_t size = piece == 0 ? bytes.size() : std::min(piece, bytes.size());
    const ssize_t written = ::send(fd_, bytes.data(), size, MSG_NOSIGNAL);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // the gateway has closed: next() and closed() tell
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

bool WireClient::read_some(std::chrono::milliseconds limit) {
  pollfd what{fd_, POLLIN, 0};
  if (closed_ || ::poll(&what, 1, static_cast<int>(limit.count())) <= 0) return false;
  std::array<char, 16384> buffer;
  const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (got < 0 && errno == EINTR) return true;
  closed_ = got <= 0;
  if (got > 0) stream_.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

std::optional<std::string> WireClient::next(std::chrono::milliseconds limit) {
  const auto end = Steady::now() + limit;
  for (;;) {
    if (std::string message = take_message(stream_); !message.empty()) return message;
    if (closed_) return std::nullopt;
    if (!read_some(left_until(end)) && !closed_) return std::nullopt;
  }
}

bool WireClient::closed(std::chrono::milliseconds limit) {
  const auto end = Steady::now() + limit;
  while (!closed_ && stream_.empty()) {
    if (!read_some(left_until(end))) break;
  }
  return closed_;
}

}  // namespace marginfix::gateway::script
