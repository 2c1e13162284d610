#include "integration/docs/shell.hpp"

#include <signal.h>

#include "support/spawn.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_docs {

ShellOutcome run_shell(const std::string& script, const std::string& folder,
                       const std::vector<std::pair<std::string, std::string>>& environment) {
  const test::TempFolder work;
  const std::string file = work.write("block.sh", script), output = work.write("output", "");
  test::Spawn shell;
  shell.arguments = {"/bin/bash", "-eu", "-o", "pipefail", file};
  shell.out_file = output;
  shell.environment = environment;
  shell.folder = folder;
  shell.own_group = true;
  const pid_t child = test::spawn(shell);
  const int code = test::wait_for_end(child);
  ::kill(-child, SIGTERM);  // what it started with '&'
  return {code < 0 ? 128 - code : code, test::TempFolder::read(output)};
}

}  // namespace marginfix::testing_docs
