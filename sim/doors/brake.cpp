#include "sim/doors/brake.hpp"

#include <algorithm>
#include <utility>

#include "marginfix/core/monotonic.hpp"

namespace marginfix::sim {

std::chrono::milliseconds Brake::wrong(std::string_view peer, std::chrono::nanoseconds now) {
  const std::string_view address = peer.substr(0, peer.rfind(':'));
  auto found = by_address_.find(address);
  if (found == by_address_.end()) {
    if (known_.size() >= limits_.addresses) {
      by_address_.erase(known_.front().address);
      known_.pop_front();
    }
    known_.push_back({std::string(address), {}, now});
    found = by_address_.emplace(std::string(address), std::prev(known_.end())).first;
  }
  known_.splice(known_.end(), known_, found->second);
  Known& known = known_.back();
  known.owed = std::max(known.owed - (now - known.last), std::chrono::nanoseconds(0)) + limits_.forgiven_after;
  known.last = now;
  const std::chrono::nanoseconds free = limits_.at_once * limits_.forgiven_after;
  // No more than the longest wait is owed: who stops guessing is soon as good as new.
  known.owed = std::min<std::chrono::nanoseconds>(known.owed, free + limits_.most);
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(known.owed - free), std::chrono::milliseconds(0));
}

HttpReply Brake::wrong(const HttpRequest& request, HttpAnswer refusal) {
  const auto wait = wrong(request.peer, monotonic_time());
  if (wait.count() == 0) return HttpReply{std::move(refusal)};
  HttpReply late{too_many_requests()};
  late.delay = wait;
  return late;
}

}  // namespace marginfix::sim
