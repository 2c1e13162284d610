#include "integration/apps/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "support/spawn.hpp"

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

test::Spawn marginfix_with(const std::vector<std::string>& arguments, const std::string& out, const std::string& err) {
  test::Spawn what;
  what.arguments = {MARGINFIX_PROGRAM};
  what.arguments.insert(what.arguments.end(), arguments.begin(), arguments.end());
  what.out_file = out, what.err_file = err;
  return what;
}
}  // namespace

std::string without_news(const std::string& err) {
  std::istringstream in(err);
  std::string rest;
  for (std::string line; std::getline(in, line);) {
    const bool news = line.ends_with(": connecting") || line.ends_with(": active") || line == "WebSocket: open";
    if (!news) rest += line + "\n";
  }
  return rest;
}

Running::Running(const std::vector<std::string>& arguments, bool typed) : out_(temporary_file("")), err_(temporary_file("")) {
  test::Spawn what = marginfix_with(arguments, out_, err_);
  int ends[2] = {-1, -1};
  if (typed && ::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  what.in = ends[0];
  child_ = test::spawn(what);
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
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the processor is for the program that is waited for
  }
  throw std::runtime_error("never printed: " + text);
}

void Running::signal(int number) { ::kill(child_, number); }

Outcome Running::wait() {
  if (keyboard_ >= 0) ::close(std::exchange(keyboard_, -1));
  const int code = test::wait_for_end(std::exchange(child_, -1));
  return {code, take(out_), take(err_)};
}

Outcome run_until_first_line(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const std::string err = temporary_file("");
  test::Spawn what = marginfix_with(arguments, "", err);
  what.out = ends[1];
  const pid_t child = test::spawn(what);
  ::close(ends[1]);
  std::string line;
  for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';) line += c;
  ::close(ends[0]);
  const int code = test::wait_for_end(child);
  return {code, line, take(err)};
}

Outcome run(const std::vector<std::string>& arguments, const std::string& input, const std::vector<std::string>& environment) {
  const std::string in = temporary_file(input), out = temporary_file(""), err = temporary_file("");
  test::Spawn what = marginfix_with(arguments, out, err);
  what.in_file = in;
  for (const std::string& setting : environment) {
    const auto equals = setting.find('=');
    what.environment.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  const int code = test::wait_for_end(test::spawn(what));
  std::filesystem::remove(in);
  return {code, take(out), take(err)};
}

}  // namespace marginfix::testing_apps
