// A `marginfix` process that a test may kill at any instant.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace marginfix::testing_kill {

class ChildProcess {
 public:
  // Standard output and error are appended to `output_file`; standard input is a pipe that stays open until the object dies.
  ChildProcess(const std::vector<std::string>& arguments, const std::string& output_file);
  ~ChildProcess();  // kill -9 if it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void write(const std::string& text);  // to its standard input
  void kill();                          // SIGKILL, then waits for its end
  int wait();                           // for its own end; gives the exit code
  bool running();

 private:
  pid_t pid_{-1};
  int stdin_{-1};
};

// A port of 127.0.0.1 that was free a moment ago.
std::uint16_t free_port();
bool accepts_connections(std::uint16_t port);
std::string read_file(const std::string& path);

}  // namespace marginfix::testing_kill
