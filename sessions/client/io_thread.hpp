// Which thread a client's handlers run on: fixed for a client with a thread of its own; with an executor of the caller's, the one inside a
// callback, and whichever runs that executor's work.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <optional>
#include <thread>

namespace marginfix::sessions {

class IoThread {
 public:
  void fix(std::thread::id id) noexcept {
    fixed_.store(true, std::memory_order_release);
    id_.store(id, std::memory_order_release);
  }
  // Before the client is used. An executor of another kind than these tells nothing.
  void run_on(const boost::asio::any_io_executor& executor) {
    if (const auto* loop = executor.target<Loop>()) loop_ = *loop;
    if (const auto* strand = executor.target<Strand>()) strand_ = *strand;
  }
  bool here() const noexcept {
    if (id_.load(std::memory_order_acquire) == std::this_thread::get_id()) return true;
    return (loop_ && loop_->running_in_this_thread()) || (strand_ && strand_->running_in_this_thread());
  }

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
  using Loop = boost::asio::io_context::executor_type;
  using Strand = boost::asio::strand<Loop>;

  std::optional<Loop> loop_;
  std::optional<Strand> strand_;
  std::atomic<std::thread::id> id_{};
  std::atomic<bool> fixed_{false};
};

}  // namespace marginfix::sessions
