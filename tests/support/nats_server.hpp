// A nats-server of the tests' own: on loopback, with a store in a temporary folder, killed, stopped and started again as a test wants.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace marginfix::test {

// The program's path; "" where there is none: such tests say so and are skipped.
std::string nats_server_program();
inline constexpr const char* kNoNatsServer = "no nats-server on this machine (Debian: nats-server)";

struct NatsServerOptions {
  std::string name{"one"};
  std::string more;                   // lines of its configuration
  std::uint16_t cluster_port{0};      // 0: alone
  std::vector<std::uint16_t> routes;  // of the others
};

class NatsServer {
 public:
  // Runs when it returns, and takes connections.
  explicit NatsServer(NatsServerOptions options = {});
  ~NatsServer();
  NatsServer(const NatsServer&) = delete;
  NatsServer& operator=(const NatsServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }
  void kill();    // SIGKILL
  void start();   // on the same port and store
  void freeze();  // SIGSTOP
  void go_on();   // SIGCONT
  bool runs() const noexcept { return pid_ > 0; }
  std::string log() const;

 private:
  NatsServerOptions options_;
  std::string folder_;
  std::uint16_t port_{0};
  pid_t pid_{-1};
};

// Three of them, as one cluster with JetStream, which may still be choosing its leader.
class NatsCluster {
 public:
  NatsCluster();
  NatsServer& server(std::size_t index) { return *servers_[index]; }
  std::size_t size() const noexcept { return servers_.size(); }
  std::vector<std::string> urls() const;

 private:
  std::vector<std::unique_ptr<NatsServer>> servers_;
};

}  // namespace marginfix::test
