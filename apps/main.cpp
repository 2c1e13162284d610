// marginfix: one program with sub-commands. Each is parsed, run and printed in a file of its own (NAME_command.cpp).
#include <csignal>
#include <marginfix_commit.hpp>  // made by apps/commit.cmake

#include "apps/program.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of the write, as a full disk is, and no sudden end
  return marginfix::apps::Program(marginfix::apps::kCommit).run({argv + 1, argv + argc});
}
