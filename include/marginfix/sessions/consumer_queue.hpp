// A bounded queue to a thread of its own, for handlers that are slow (a database, a strategy that thinks): the I/O thread pushes, the
// consumer thread calls your function, in order. What happens when it is full is a choice made in the open:
//   wait        push() waits: the I/O thread, and with it every session of the client, slows down to the consumer's pace
//   drop_newest push() refuses the item and counts it
//   drop_oldest the oldest waiting item makes room and is counted
//   conflate    the item takes the place of the newest that waits, which is counted as dropped
//   fail        push() refuses this item and all that follow; what waits is still consumed
// For order reports use wait with ample capacity, or fail, and end the session yourself when push() gives false.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "marginfix/core/overflow_policy.hpp"

namespace marginfix {

// Thread-safe: any thread pushes. Item is movable; slots are reused, so an item whose move assignment keeps capacity does not allocate.
template <class Item>
class ConsumerQueue {
 public:
  // Starts the consumer thread. `consume` runs on it; an exception that leaves it is counted and the next item is taken.
  ConsumerQueue(std::size_t capacity, OverflowPolicy policy, std::function<void(Item&)> consume)
      : slots_(capacity == 0 ? 1 : capacity), policy_(policy), consume_(std::move(consume)), thread_([this] { run(); }) {}
  ConsumerQueue(const ConsumerQueue&) = delete;
  ConsumerQueue& operator=(const ConsumerQueue&) = delete;
  // Waits until everything pushed has been consumed.
  ~ConsumerQueue() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  // False: not taken (drop_newest and full, fail once full, or the queue is being destroyed).
  bool push(Item item) {
    {
      std::unique_lock lock(mutex_);
      if (full() && policy_ == OverflowPolicy::wait) changed_.wait(lock, [this] { return closed_ || !full(); });
      if (closed_ || overflowed_ || (full() && !make_room())) return false;
      slots_[(head_ + count_) % slots_.size()] = std::move(item);
      ++count_;
      if (count_ > high_water_) high_water_ = count_;
    }
    changed_.notify_all();
    return true;
  }

  // Waits until nothing is waiting and the consumer is idle. Not from the consumer thread.
  void drain() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return count_ == 0 && !busy_; });
  }

  std::uint64_t dropped() const { return locked(dropped_); }
  std::uint64_t failed() const { return locked(failed_); }        // items whose consumer threw
  std::size_t high_water() const { return locked(high_water_); }  // most items that ever waited

 private:
  bool full() const noexcept { return count_ == slots_.size(); }

  // Under the lock, of a full queue: one item is lost. False: it is the one about to be pushed.
  bool make_room() noexcept {
    ++dropped_;
    overflowed_ = policy_ == OverflowPolicy::fail;
    if (overflowed_ || policy_ == OverflowPolicy::drop_newest) return false;
    if (policy_ == OverflowPolicy::drop_oldest) head_ = (head_ + 1) % slots_.size();
    --count_;
    return true;
  }

  template <class T>
  T locked(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closed_ || count_ > 0; });
      if (count_ == 0) return;
      Item item = std::move(slots_[head_]);
      head_ = (head_ + 1) % slots_.size();
      --count_;
      busy_ = true;
      lock.unlock();
      changed_.notify_all();
      bool ok = true;
      try {
        consume_(item);
      } catch (...) {
        ok = false;
      }
      lock.lock();
      busy_ = false;
      if (!ok) ++failed_;
      changed_.notify_all();
    }
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Item> slots_;
  OverflowPolicy policy_;
  std::function<void(Item&)> consume_;
  std::size_t head_{0}, count_{0}, high_water_{0};
  std::uint64_t dropped_{0}, failed_{0};
  bool busy_{false}, closed_{false}, overflowed_{false};
  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace marginfix
