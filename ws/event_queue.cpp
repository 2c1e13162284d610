// What each overflow policy does when the queue is full.
#include "ws/event_queue.hpp"

#include <algorithm>

namespace marginfix::ws {

EventQueue::Pushed EventQueue::push(Event event) {
  const bool data = event.kind == EventKind::data;
  if (data && policy_ == OverflowPolicy::conflate) {
    const auto market = market_of(event.frame);
    const auto older = std::ranges::find_if(events_, [&](const Event& e) {
      return e.kind == EventKind::data && e.frame.type == event.frame.type && market_of(e.frame) == market;
    });
    if (older != events_.end()) {
      *older = std::move(event);
      return Pushed::replaced;
    }
  }
  Pushed outcome = Pushed::queued;
  if (data && full()) {
    if (policy_ == OverflowPolicy::fail) return Pushed::overflow;
    if (policy_ != OverflowPolicy::wait && drop_oldest_data()) outcome = Pushed::dropped_oldest;
  }
  if (data) event.dropped = std::exchange(dropped_, 0);
  events_.push_back(std::move(event));
  return outcome;
}

// The reader learns of the loss at the next data event that is still there, or at the one about to be queued.
bool EventQueue::drop_oldest_data() {
  const auto oldest = std::ranges::find(events_, EventKind::data, &Event::kind);
  if (oldest == events_.end()) return false;
  const std::uint64_t lost = oldest->dropped + 1;
  const auto next = std::find_if(std::next(oldest), events_.end(), [](const Event& e) { return e.kind == EventKind::data; });
  (next == events_.end() ? dropped_ : next->dropped) += lost;
  events_.erase(oldest);
  return true;
}

std::optional<Event> EventQueue::pop() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace marginfix::ws
