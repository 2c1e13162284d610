// One queue a client, served round robin: a turn of the loop takes one piece of work.
#include "marginfix/sessions/turns.hpp"

#include <boost/asio/post.hpp>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace marginfix {

struct Turns::Inner : std::enable_shared_from_this<Inner> {
  using Work = std::function<void()>;

  void go_round(const boost::asio::any_io_executor& executor) {
    boost::asio::post(executor, [weak = weak_from_this(), executor] {
      if (const auto self = weak.lock()) self->next(executor);
    });
  }

  void next(const boost::asio::any_io_executor& executor) {
    auto at = waiting.upper_bound(last);
    if (at == waiting.end()) at = waiting.begin();
    taken = at != waiting.end();
    if (!taken) return;
    last = at->first;
    const Work work = std::move(at->second.front());
    at->second.pop_front();
    if (at->second.empty()) waiting.erase(at);
    go_round(executor);
    work();
  }

  std::map<std::string, std::deque<Work>, std::less<>> waiting;  // by client; none of the queues is empty
  std::string last;                                              // whose turn it was
  bool taken{false};                                             // somebody had this turn of the loop
};

Turns::Turns() : inner_(std::make_shared<Inner>()) {}

Turns::~Turns() {
  // What waits may hold the last reference to whatever would come back here.
  const auto dropped = std::exchange(inner_->waiting, {});
}

void Turns::take(const boost::asio::any_io_executor& executor, std::string_view whose, std::function<void()> work) {
  if (inner_->taken) {
    inner_->waiting[std::string(whose)].push_back(std::move(work));
    return;
  }
  inner_->taken = true;
  inner_->last = whose;
  inner_->go_round(executor);
  work();
}

}  // namespace marginfix
