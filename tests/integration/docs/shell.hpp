// A reader's terminal: bash in a folder with the checkout's own names in it, a HOME of its own, and `marginfix` where the block looks for
// it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace marginfix::testing_docs {

struct ShellOutcome {
  int exit_code{-1};
  std::string output;  // both streams
};

// Runs `script` with -eu -o pipefail; standard input is empty. What it leaves in the background is ended when it ends.
ShellOutcome run_shell(const std::string& script, const std::string& folder,
                       const std::vector<std::pair<std::string, std::string>>& environment);

}  // namespace marginfix::testing_docs
