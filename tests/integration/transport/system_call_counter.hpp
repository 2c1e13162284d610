// Counts the system calls of the present thread that a session makes: linked into a program it stands before libc's functions.
#pragma once

namespace marginfix::test {

struct SystemCalls {
  long waits{0};   // epoll_wait
  long reads{0};   // recv, recvmsg, read
  long writes{0};  // send, sendmsg, write
  long files{0};   // pwrite, fdatasync, ftruncate
  long all() const { return waits + reads + writes + files; }
  friend SystemCalls operator-(SystemCalls a, const SystemCalls& b) {
    return {a.waits - b.waits, a.reads - b.reads, a.writes - b.writes, a.files - b.files};
  }
};
SystemCalls system_calls_so_far();

}  // namespace marginfix::test
