// Heartbeats, TestRequest and silence of one logged-on session, by a clock that only runs forward. FIX::Session's own are not used:
// they read the wall clock, and a step of it would end a healthy connection or hide a dead one.
// Clean in C++14 and C++20, no QuickFIX.
#pragma once

#include <chrono>

namespace marginfix {
namespace wall {

class Liveness {
 public:
  using Time = std::chrono::nanoseconds;
  enum class Due { nothing, heartbeat, test_request, dead };

  // Logged on now. Without an interval nothing is ever due but the end of a probe.
  void start(Time now, std::chrono::seconds interval) {
    interval_ = interval;
    heard_at_ = said_at_ = now;
    heard_ = said_ = asked_ = probed_ = false;
  }
  // A message came, or left. No clock is read: the next check() gives it the time.
  void heard() { heard_ = true; }
  void said() { said_ = true; }

  // The caller sends a TestRequest now and wants to know: without an answer within 1.2 intervals (without an interval: 30 s) the peer is
  // dead. Asked again meanwhile, the first question counts: who asks more often than that would keep the dead alive.
  void probe(Time now) {
    if (heard_) heard_at_ = now;
    if (heard_ || !probed_) asked_at_ = now;
    heard_ = false;
    asked_ = probed_ = true;
  }

  // Nothing said for an interval: a heartbeat. Nothing heard for 1.2 of them: a TestRequest; for 2.4, at least 1.2 of them after the
  // question: dead. A check that comes late (the thread was held up) therefore asks before it gives up.
  Due check(Time now) {
    if (heard_) {
      heard_at_ = now;
      asked_ = probed_ = false;
    }
    if (said_) said_at_ = now;
    heard_ = said_ = false;
    const bool timed = interval_ > Time::zero();
    const Time patience = timed ? interval_ * 6 / 5 : Time(std::chrono::seconds(30));
    if (probed_ && now - asked_at_ >= patience) return Due::dead;
    if (!timed) return Due::nothing;
    if (asked_ && now - heard_at_ >= 2 * patience && now - asked_at_ >= patience) return Due::dead;
    if (!asked_ && now - heard_at_ >= patience) {
      asked_ = true;
      asked_at_ = now;
      return Due::test_request;
    }
    return now - said_at_ >= interval_ ? Due::heartbeat : Due::nothing;
  }

 private:
  Time interval_{0}, heard_at_{0}, said_at_{0}, asked_at_{0};
  bool heard_ = false, said_ = false, asked_ = false, probed_ = false;
};

}  // namespace wall
}  // namespace marginfix
