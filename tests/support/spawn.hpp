// Starts another program from a test that may have threads. All that the program needs is made ready before it exists: between fork() and
// exec() a thread's copy may not even allocate, since whoever held the allocator's lock is not there any more to give it back.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace marginfix::test {

struct Spawn {
  std::vector<std::string> arguments;  // the first is the program's path
  // Standard streams: a descriptor of this process, or a file (appended to, made where it is not there). A descriptor goes first.
  int in{-1}, out{-1};
  std::string in_file{"/dev/null"}, out_file, err_file;
  std::vector<std::pair<std::string, std::string>> environment;  // on top of this process's own
  std::string folder;                                            // where it works; empty: where this process does
  bool own_group{false};                                         // of processes, so that its children can be signalled with it
};

// The process. Throws std::runtime_error where it cannot be started. It has no descriptor of this process but its standard streams.
pid_t spawn(const Spawn& what);

// Waits for its end; gives the exit code, or the number of the signal that ended it, negative. One that has not ended after `seconds` is
// killed, and throws std::runtime_error: a test that says so is worth more than one that runs into ctest's limit.
int wait_for_end(pid_t process, int seconds = 200);

}  // namespace marginfix::test
