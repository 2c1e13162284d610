#include "integration/apps/program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

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
