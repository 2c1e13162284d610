// What a thread may hold on to that may outlive the client: through it the client is reached while it is there, and nothing happens
// afterwards.
#pragma once

#include <mutex>

namespace marginfix::sessions {

class ClientGate {
 public:
  // Runs `work` while the client is kept from going; it must not wait for the client.
  template <class Work>
  void enter(Work&& work) {
    const std::lock_guard lock(mutex_);
    if (open_) work();
  }
  // The client goes.
  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }

 private:
  std::mutex mutex_;
  bool open_{true};
};

}  // namespace marginfix::sessions
