#include "bench/gateway/byte_relay.hpp"

#include <poll.h>

#include <array>

namespace marginfix::bench {
namespace {

// False: that side has ended.
bool pass(const TlsSocket& from, const TlsSocket& to, std::string& waiting) {
  for (;;) {
    const std::size_t before = waiting.size();
    if (!from.read(waiting)) return false;
    if (waiting.size() == before) break;
  }
  waiting.erase(0, to.write(waiting));
  return true;
}

void relay(const TlsSocket& left, const TlsSocket& right) {
  left.block(false);
  right.block(false);
  std::string to_left, to_right;
  const auto interest = [](const std::string& waiting) { return static_cast<short>(POLLIN | (waiting.empty() ? 0 : POLLOUT)); };
  do {
    std::array<pollfd, 2> both{pollfd{left.descriptor(), interest(to_left), 0}, pollfd{right.descriptor(), interest(to_right), 0}};
    ::poll(both.data(), both.size(), -1);
  } while (pass(left, right, to_right) && pass(right, left, to_left));
}

}  // namespace

ByteRelay::ByteRelay(std::shared_ptr<SSL_CTX> server, std::shared_ptr<SSL_CTX> client, std::uint16_t to_port)
    : server_(std::move(server)), client_(std::move(client)), to_port_(to_port), thread_([this] { serve(); }) {}

ByteRelay::~ByteRelay() {
  listener_.close();
  thread_.join();
}

void ByteRelay::serve() {
  for (int accepted = 0; (accepted = listener_.accept()) >= 0;) {
    const TlsSocket left = TlsSocket::accept(*server_, accepted);
    relay(left, TlsSocket::connect(*client_, to_port_));
  }
}

}  // namespace marginfix::bench
