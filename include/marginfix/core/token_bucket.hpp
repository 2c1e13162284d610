// A token bucket as the exchange runs one for each account: shared by FIX and REST of the same key.
// Source: fix-margin.md "Rate limits". Time is an argument, so tests run on virtual time. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "marginfix/core/time.hpp"

namespace marginfix {

struct TokenBucketOptions {
  std::int64_t capacity{200};           // tokens
  std::int64_t refill_per_second{100};  // tokens a second; 0 with capacity 0 = unlimited
  // Tokens a priority request (a cancel) may overdraw; the debt is paid back by the refill.
  std::int64_t reserve{0};
  bool unlimited() const noexcept { return capacity == 0 && refill_per_second == 0; }
};

class TokenBucket {
 public:
  explicit TokenBucket(TokenBucketOptions options, Timestamp now);

  // Takes `cost` tokens if they are there now; priority may go down to -reserve.
  bool try_take(std::int64_t cost, Timestamp now, bool priority = false);
  // How long until `cost` tokens would be there (0 = now). Takes nothing.
  std::chrono::microseconds time_until(std::int64_t cost, Timestamp now, bool priority = false) const;
  // The exchange said the bucket is empty, or reported its own figures: follow it.
  void set_available(std::int64_t tokens, Timestamp now);
  void reconfigure(TokenBucketOptions options, Timestamp now);
  std::int64_t available(Timestamp now) const;
  TokenBucketOptions options() const;

 private:
  void refill(Timestamp now) const;
  mutable std::mutex mutex_;
  TokenBucketOptions options_;
  mutable std::int64_t micro_tokens_;  // tokens x 10^6
  mutable Timestamp last_;
};

}  // namespace marginfix
