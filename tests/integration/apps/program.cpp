#include "integration/apps/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace marginfix::testing_apps {

namespace {
// Standard streams go through files: no pipe to fill, no thread to drain it.
std::string temporary_file(const std::string& content) {
  std::string path = (std::filesystem::temp_directory_path() / "marginfix-program-XXXXXX").string();
  const int fd = ::mkstemp(path.data());
  if (fd < 0) throw std::runtime_error("no temporary file");
  ::close(fd);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string take(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

[[noreturn]] void become(const std::vector<std::string>& arguments, const std::vector<std::string>& environment, const std::string& in,
                         const std::string& out, const std::string& err) {
  if (!std::freopen(in.c_str(), "r", stdin) || !std::freopen(out.c_str(), "w", stdout) || !std::freopen(err.c_str(), "w", stderr))
    ::_exit(126);
  for (const auto& setting : environment) {
    const auto equals = setting.find('=');
    ::setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 1);
  }
  std::vector<char*> argv{const_cast<char*>(MARGINFIX_PROGRAM)};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(MARGINFIX_PROGRAM, argv.data());
  ::_exit(127);
}
}  // namespace

Running::Running(const std::vector<std::string>& arguments, bool typed) : out_(temporary_file("")), err_(temporary_file("")) {
  int ends[2] = {-1, -1};
  if (typed && ::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  child_ = ::fork();
  if (child_ == 0) become(arguments, {}, typed ? "/dev/fd/" + std::to_string(ends[0]) : "/dev/null", out_, err_);
  if (typed) ::close(ends[0]);
  keyboard_ = ends[1];
}

void Running::type(const std::string& text) {
  if (::write(keyboard_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) throw std::runtime_error("it reads no more");
}

Running::~Running() {
  if (child_ <= 0) return;
  signal(SIGKILL);
  wait();
}

std::string Running::wait_for(const std::string& text) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    std::ostringstream so_far;
    so_far << std::ifstream(out_, std::ios::binary).rdbuf();
    if (so_far.str().find(text) != std::string::npos) return so_far.str();
    std::this_thread::yield();
  }
  throw std::runtime_error("never printed: " + text);
}

void Running::signal(int number) { ::kill(child_, number); }

Outcome Running::wait() {
  if (keyboard_ >= 0) ::close(std::exchange(keyboard_, -1));
  int status = 0;
  ::waitpid(std::exchange(child_, -1), &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), take(out_), take(err_)};
}

Outcome run_until_first_line(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const std::string err = temporary_file("");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    become(arguments, {}, "/dev/null", "/dev/fd/" + std::to_string(ends[1]), err);
  }
  ::close(ends[1]);
  std::string line;
  for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) line += c;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), line, take(err)};
}

Outcome run(const std::vector<std::string>& arguments, const std::string& input, const std::vector<std::string>& environment) {
  const std::string in = temporary_file(input), out = temporary_file(""), err = temporary_file("");
  const pid_t child = ::fork();
  if (child == 0) become(arguments, environment, in, out, err);
  int status = 0;
  ::waitpid(child, &status, 0);
  std::filesystem::remove(in);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), take(out), take(err)};
}

}  // namespace marginfix::testing_apps
