#include "integration/reconcile/cut_line.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace marginfix::test {
namespace {

constexpr int kTurnMs = 5;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

sockaddr* plain(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

}  // namespace

CutLine::CutLine(std::uint16_t door) : door_(door), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (listening_ < 0 || ::bind(listening_, plain(address), size) != 0 || ::listen(listening_, 16) != 0 ||
      ::getsockname(listening_, plain(address), &size) != 0)
    throw std::runtime_error("no port for a line");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

CutLine::~CutLine() {
  over_ = true;
  thread_.join();
  cut();
  ::close(listening_);
}

void CutLine::cut() {
  const std::lock_guard lock(mutex_);
  cut_ = true;
  for (const Pair& pair : pairs_) {
    ::close(pair.client);
    ::close(pair.door);
  }
  pairs_.clear();
}

void CutLine::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void CutLine::mend() {
  const std::lock_guard lock(mutex_);
  cut_ = held_ = false;
}

void CutLine::accept_one() {
  const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  sockaddr_in address = loopback(door_);
  const int door = cut_ ? -1 : ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (door < 0 || ::connect(door, plain(address), sizeof address) != 0) {
    if (door >= 0) ::close(door);
    ::close(client);
    return;
  }
  const int on = 1;
  for (const int socket : {client, door}) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  pairs_.push_back({client, door});
}

bool CutLine::hand_on(int from, int to) {
  std::array<char, 1 << 16> buffer{};
  const ssize_t got = ::recv(from, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  for (ssize_t sent = 0; sent < got;) {
    const ssize_t more = ::send(to, buffer.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
    if (more < 0) return false;
    sent += more;
  }
  return got > 0;
}

void CutLine::run() {
  while (!over_) {
    pollfd waiting{listening_, POLLIN, 0};
    const bool somebody = ::poll(&waiting, 1, kTurnMs) > 0;
    const std::lock_guard lock(mutex_);
    if (held_) continue;
    if (somebody) accept_one();
    std::erase_if(pairs_, [](const Pair& pair) {
      if (hand_on(pair.client, pair.door) && hand_on(pair.door, pair.client)) return false;
      ::close(pair.client);
      ::close(pair.door);
      return true;
    });
  }
}

}  // namespace marginfix::test
