// How long a session waits before its next try: by why the last one ended, and by how often it has ended so. For RawSession and the
// QuickFIX initiator. Pure but for the jitter, which is seeded.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "marginfix/core/backoff.hpp"
#include "sessions/session_end.hpp"

namespace marginfix::sessions {

struct RetryOptions {
  BackoffOptions backoff;
  std::chrono::seconds already_exists_wait{60};  // the exchange's own heartbeat time-out, fix-margin.md "Endpoints"
  std::chrono::seconds busy_wait{10};            // least wait after rate_limited and busy; as much again, and growing, by jitter
  std::chrono::seconds refused_wait{300};        // longest wait, where busy or the same refusal comes again and again
};

// How long a Logon must have lasted to make the waits start anew: one that is accepted and dropped at once is no success.
inline constexpr std::chrono::milliseconds kLogonHolds{5'000};

class RetryWaits {
 public:
  explicit RetryWaits(const RetryOptions& options, std::uint64_t seed = 0);

  std::chrono::milliseconds next(const EndVerdict& last);
  void held();                                               // a Logon has lasted
  unsigned tries() const noexcept { return tries_; }         // waits given since
  unsigned same_again() const noexcept { return repeats_; }  // how often the last refusal had come before, word for word

 private:
  std::chrono::milliseconds slowed_down(const std::string& text);

  RetryOptions options_;
  Backoff ordinary_, busy_;
  std::uint64_t seed_;
  unsigned tries_{0}, repeats_{0};
  std::string last_refusal_;
};

}  // namespace marginfix::sessions
