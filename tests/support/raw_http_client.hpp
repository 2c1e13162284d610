// An HTTP client of bytes: sends what the test says, reads what comes, judges nothing.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace marginfix::test {

struct RawAnswer {
  int status{0};
  std::string head, body;
  std::string header(std::string_view name) const {
    const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class RawClient {
 public:
  explicit RawClient(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed: what it said is still to be read
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Reads until `what` has come; false: the end, or 20 s without it.
  bool until(std::string_view what) {
    while (in_.find(what) == std::string::npos) {
      if (!read_some()) return false;
    }
    return true;
  }
  // The next answer, by its Content-Length. Status 0: the connection ended.
  RawAnswer answer(bool head_only = false) {
    RawAnswer answer;
    if (!until("\r\n\r\n")) return answer;
    const std::size_t end = in_.find("\r\n\r\n") + 4;
    answer.head = in_.substr(0, end);
    answer.status = std::atoi(answer.head.substr(9, 3).c_str());
    in_.erase(0, end);
    const std::size_t size = head_only ? 0 : static_cast<std::size_t>(std::atoll(answer.header("Content-Length").c_str()));
    while (in_.size() < size && read_some()) continue;
    answer.body = in_.substr(0, size);
    in_.erase(0, size);
    return answer;
  }
  bool at_end() { return in_.empty() && !read_some(); }
  const std::string& received() const noexcept { return in_; }
  void forget() { in_.clear(); }

 private:
  bool read_some() {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, 20'000) != 1) return false;
    char chunk[4096];
    const ssize_t size = ::recv(socket_, chunk, sizeof chunk, 0);
    if (size <= 0) return false;
    in_.append(chunk, static_cast<std::size_t>(size));
    return true;
  }
  int socket_;
  std::string in_;
};

}  // namespace marginfix::test
