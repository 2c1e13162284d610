#include "support/nats_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/spawn.hpp"

namespace marginfix::test {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{60};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t port_that_was_free() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) throw std::runtime_error("no free port");
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

// It greets whoever connects.
bool greets(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  char begin[4] = {};
  const timeval wait{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
  const bool greeted = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                       ::recv(fd, begin, sizeof(begin), MSG_WAITALL) == sizeof(begin) && std::string(begin, 4) == "INFO";
  ::close(fd);
  return greeted;
}

}  // namespace

std::string nats_server_program() {
  for (const char* path : {"/usr/sbin/nats-server", "/usr/bin/nats-server", "/usr/local/bin/nats-server"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return {};
}

NatsServer::NatsServer(NatsServerOptions options) : options_(std::move(options)), port_(port_that_was_free()) {
  folder_ = (fs::temp_directory_path() / "marginfix-nats-XXXXXX").string();
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  std::ofstream config(folder_ + "/server.conf");
  config << "server_name: " << options_.name << "\nlisten: 127.0.0.1:" << port_ << "\n"
         << "jetstream { store_dir: \"" << folder_ << "/store\" }\n"
         << options_.more << '\n';
  if (options_.cluster_port != 0) {
    config << "cluster {\n  name: tests\n  listen: 127.0.0.1:" << options_.cluster_port << "\n  routes: [";
    for (const std::uint16_t route : options_.routes) config << "\n    \"nats://127.0.0.1:" << route << '"';
    config << "\n  ]\n}\n";
  }
  config.close();
  start();
}

NatsServer::~NatsServer() {
  kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void NatsServer::start() {
  if (runs()) return;
  Spawn what;
  what.arguments = {nats_server_program(), "-c", folder_ + "/server.conf", "-l", folder_ + "/log"};
  what.out_file = what.err_file = folder_ + "/output";
  pid_ = spawn(what);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!greets(port_)) {
    if (std::chrono::steady_clock::now() > until || ::waitpid(pid_, nullptr, WNOHANG) != 0)
      throw std::runtime_error("nats-server does not begin: " + log());
    std::this_thread::yield();
  }
}

void NatsServer::kill() {
  if (!runs()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void NatsServer::freeze() { ::kill(pid_, SIGSTOP); }
void NatsServer::go_on() { ::kill(pid_, SIGCONT); }

std::string NatsServer::log() const {
  std::ostringstream text;
  text << std::ifstream(folder_ + "/log").rdbuf() << std::ifstream(folder_ + "/output").rdbuf();
  return text.str();
}

NatsCluster::NatsCluster() {
  const std::vector<std::uint16_t> ports{port_that_was_free(), port_that_was_free(), port_that_was_free()};
  for (std::size_t i = 0; i < ports.size(); ++i)
    servers_.push_back(std::make_unique<NatsServer>(NatsServerOptions{"node" + std::to_string(i + 1), "", ports[i], ports}));
}

std::vector<std::string> NatsCluster::urls() const {
  std::vector<std::string> urls;
  for (const auto& server : servers_) urls.push_back(server->url());
  return urls;
}

}  // namespace marginfix::test
