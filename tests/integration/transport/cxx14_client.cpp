// Compiled as C++14: no Asio, no C++20 header in here.
#include "integration/transport/cxx14_client.hpp"

#include "sessions/transport/link.hpp"

#if __cplusplus >= 201703L
#error "this file must be compiled as C++14"
#endif

namespace marginfix {
namespace test {
namespace {

class Client : public transport::ConnectionEvents {
 public:
  Client(transport::IoLoop& loop, const std::string& bytes, std::size_t expected) : loop_(loop), bytes_(bytes), expected_(expected) {}

  void on_open() override { connection->send(bytes_.data(), bytes_.size()); }
  void on_received(const char* data, std::size_t size) override {
    answer.append(data, size);
    if (answer.size() >= expected_) connection->close();
  }
  void on_closed(transport::CloseReason, const std::string& text) override {
    if (answer.size() < expected_) answer = "error: " + text;
    closed = true;
  }

  std::shared_ptr<transport::ByteConnection> connection;
  std::string answer;
  bool closed = false;

 private:
  transport::IoLoop& loop_;
  std::string bytes_;
  std::size_t expected_;
};

}  // namespace

std::string exchange_bytes(std::uint16_t port, const std::string& bytes, std::size_t expected, int* ticks) {
  const std::unique_ptr<transport::IoLoop> loop = transport::make_io_loop();
  transport::DialTarget target;
  target.host = "127.0.0.1";
  target.port = port;
  target.tls.enabled = false;
  const std::unique_ptr<transport::Dialer> dialer = loop->make_dialer(target);
  Client client(*loop, bytes, expected);
  loop->post([&] { client.connection = dialer->dial(client); });
  loop->every(std::chrono::milliseconds(1), [&] {
    ++*ticks;
    return *ticks < 3;
  });
  loop->every(std::chrono::milliseconds(1), [&] {
    if (!client.closed || *ticks < 3) return true;
    loop->stop();
    return false;
  });
  loop->run();
  client.connection->detach();
  return client.answer;
}

}  // namespace test
}  // namespace marginfix
