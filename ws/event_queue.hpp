// The bounded queue between the I/O thread and a stream's reader, with the subscription's overflow policy. Not thread-safe: its owner
// locks.
#pragma once

#include <deque>
#include <optional>

#include "marginfix/ws/subscription.hpp"

namespace marginfix::ws {

class EventQueue {
 public:
  EventQueue(OverflowPolicy policy, std::size_t capacity) : policy_(policy), capacity_(capacity == 0 ? 1 : capacity) {}

  enum class Pushed : std::uint8_t { queued, replaced, dropped, overflow };
  // `overflow` (policy fail): the event was not taken. `dropped`: one was lost, by drop_newest this one. With policy wait everything is
  // taken: full() tells the owner to stop reading. Only data events are ever dropped, replaced or refused; the others always get in.
  Pushed push(Event event);
  std::optional<Event> pop();

  bool full() const noexcept { return events_.size() >= capacity_; }
  // Room for more reading: some way under full, so that the socket is not switched on and off for every event.
  bool has_room() const noexcept { return events_.size() <= capacity_ / 2; }
  bool empty() const noexcept { return events_.empty(); }
  std::size_t size() const noexcept { return events_.size(); }

 private:
  bool drop_oldest_data();

  OverflowPolicy policy_;
  std::size_t capacity_;
  std::deque<Event> events_;
  std::uint64_t dropped_{0};  // since the last data event that got in
};

}  // namespace marginfix::ws
