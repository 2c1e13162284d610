#include "integration/docs/shell.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "support/temp_folder.hpp"

namespace marginfix::testing_docs {

ShellOutcome run_shell(const std::string& script, const std::string& folder,
                       const std::vector<std::pair<std::string, std::string>>& environment) {
  const test::TempFolder work;
  const std::string file = work.write("block.sh", script), output = work.write("output", "");
  const pid_t child = ::fork();
  if (child == 0) {
    ::setpgid(0, 0);
    const int in = ::open("/dev/null", O_RDONLY), out = ::open(output.c_str(), O_WRONLY | O_APPEND);
    if (in < 0 || out < 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0 || ::chdir(folder.c_str()) != 0) ::_exit(126);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::execl("/bin/bash", "bash", "-eu", "-o", "pipefail", file.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  ::setpgid(child, child);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::kill(-child, SIGTERM);  // what it started with '&'
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), test::TempFolder::read(output)};
}

}  // namespace marginfix::testing_docs
