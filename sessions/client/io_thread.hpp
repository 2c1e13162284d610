// Which thread a client's handlers run on: fixed for a client with a thread of its own, the one inside a callback otherwise.
#pragma once

#include <atomic>
#include <thread>

namespace marginfix::sessions {

class IoThread {
 public:
  void fix(std::thread::id id) noexcept {
    fixed_.store(true, std::memory_order_release);
    id_.store(id, std::memory_order_release);
  }
  bool here() const noexcept { return id_.load(std::memory_order_acquire) == std::this_thread::get_id(); }

  // Marks the present thread as the I/O thread while it lives; nests.
  class Scope {
   public:
    explicit Scope(IoThread& io) noexcept : io_(io), before_(io.id_.load(std::memory_order_relaxed)) {
      if (!io_.fixed_.load(std::memory_order_relaxed)) io_.id_.store(std::this_thread::get_id(), std::memory_order_release);
    }
    ~Scope() {
      if (!io_.fixed_.load(std::memory_order_relaxed)) io_.id_.store(before_, std::memory_order_release);
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    IoThread& io_;
    std::thread::id before_;
  };

 private:
  std::atomic<std::thread::id> id_{};
  std::atomic<bool> fixed_{false};
};

}  // namespace marginfix::sessions
