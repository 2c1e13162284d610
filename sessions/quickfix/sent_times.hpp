// How old a message of ours is, by a clock that only runs forward. Kept are marks some milliseconds apart, and only as far back as
// anybody asks. Clean in C++14 and C++20, no QuickFIX.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>

namespace marginfix {
namespace wall {

class SentTimes {
 public:
  using Time = std::chrono::nanoseconds;

  // `next`: the first number that will be noted. `limit`: ages above it need not be told apart.
  SentTimes(std::int64_t next, Time limit)
      : first_(next), limit_(limit), grain_(std::max<Time>(std::chrono::milliseconds(10), limit / 1000)) {}

  void note(std::int64_t seq, Time now) {
    while (!marks_.empty() && marks_.back().seq >= seq) marks_.pop_back();  // numbers began anew
    first_ = std::min(first_, seq);
    if (marks_.empty() || now - marks_.back().time >= grain_) marks_.push_back(Mark{seq, now});
    while (marks_.size() > 1 && now - marks_[1].time > limit_) marks_.pop_front();
  }

  // False: not noted here. An age above the limit may come out as the greatest there is.
  bool age(std::int64_t seq, Time now, Time* age) const {
    if (seq < first_) return false;
    const auto after = std::upper_bound(marks_.begin(), marks_.end(), seq, [](std::int64_t n, const Mark& mark) { return n < mark.seq; });
    *age = after == marks_.begin() ? Time::max() : now - (after - 1)->time;
    return true;
  }

 private:
  struct Mark {  // the first message of a grain: the others may be younger than told, never older
    std::int64_t seq;
    Time time;
  };
  std::int64_t first_;
  Time limit_, grain_;
  std::deque<Mark> marks_;
};

}  // namespace wall
}  // namespace marginfix
