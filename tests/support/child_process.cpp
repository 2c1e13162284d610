#include "support/child_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "support/spawn.hpp"

namespace marginfix::test {

namespace {
int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status); }
}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments, const std::string& output_file) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  Spawn what;
  what.arguments = {MARGINFIX_PROGRAM};
  what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
  what.in = ends[0];
  what.out_file = output_file;
  pid_ = spawn(what);
  ::close(ends[0]);
  stdin_ = ends[1];
}

ChildProcess::~ChildProcess() {
  if (running()) kill();
  if (stdin_ >= 0) ::close(stdin_);
}

void ChildProcess::write(const std::string& text) {
  if (::write(stdin_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw std::runtime_error("the process does not read");
}

void ChildProcess::signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

void ChildProcess::kill() {
  signal(SIGKILL);
  wait();
}

int ChildProcess::wait() {
  if (pid_ > 0) ended_ = wait_for_end(std::exchange(pid_, -1));
  return ended_;
}

bool ChildProcess::running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  ended_ = code_of(status);
  pid_ = -1;
  return false;
}

void ChildProcess::allow_file_size(std::uint64_t bytes) {
  rlimit limit{};
  ::prlimit(pid_, RLIMIT_FSIZE, nullptr, &limit);
  limit.rlim_cur = bytes;
  if (::prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) != 0) throw std::runtime_error("no limit for the process");
}

namespace {
sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}
}  // namespace

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) throw std::runtime_error("no free port");
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool accepts_connections(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const bool accepted = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(fd);
  return accepted;
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace marginfix::test
