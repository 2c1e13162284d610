// A disk without room: no file of this process grows beyond so many bytes while one of these lives.
#pragma once

#include <sys/resource.h>

#include <csignal>

namespace marginfix::test {

class NoRoom {
 public:
  explicit NoRoom(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    allow(bytes);
  }
  void allow(rlim_t bytes) {
    rlimit little = before_;
    little.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &little);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

}  // namespace marginfix::test
