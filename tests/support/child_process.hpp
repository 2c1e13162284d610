// A `marginfix` process that a test may kill at any instant, and whose disk may fill up. Compiled into each test program that uses it, with
// MARGINFIX_PROGRAM.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace marginfix::test {

class ChildProcess {
 public:
  // Standard output and error are appended to `output_file`; standard input is a pipe that stays open until the object dies. No other
  // descriptor of this process is the child's.
  ChildProcess(const std::vector<std::string>& arguments, const std::string& output_file);
  ~ChildProcess();  // kill -9 if it still runs
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void write(const std::string& text);  // to its standard input
  void signal(int number);
  void kill();  // SIGKILL, then waits for its end
  int wait();   // for its own end; gives the exit code, or the number of the signal that ended it, negative
  bool running();
  pid_t pid() const noexcept { return pid_; }
  // From now on no file of it grows beyond so many bytes: a disk that has become full.
  void allow_file_size(std::uint64_t bytes);

 private:
  pid_t pid_{-1};
  int stdin_{-1};
  int ended_{0};  // what wait() gives once running() has seen the end
};

// A port of 127.0.0.1 that was free a moment ago.
std::uint16_t free_port();
bool accepts_connections(std::uint16_t port);
std::string read_file(const std::string& path);

}  // namespace marginfix::test
