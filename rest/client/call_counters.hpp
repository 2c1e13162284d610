// What a client counts of its calls, on any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "marginfix/rest/statistics.hpp"

namespace marginfix::rest::detail {

class CallCounters {
 public:
  void call() noexcept { bump(calls_); }
  void sent(std::int64_t tokens) noexcept {
    bump(tries_);
    bump(tokens_, static_cast<std::uint64_t>(tokens));
  }
  void answer(std::size_t bytes) noexcept { bump(bytes_in_, bytes); }
  void waits(std::chrono::milliseconds time) noexcept {
    bump(delayed_);
    bump(waited_ms_, static_cast<std::uint64_t>(time.count()));
  }
  void failed(ErrorCategory category) noexcept { bump(errors_.at(static_cast<std::size_t>(category))); }

  RestStatistics snapshot() const {
    RestStatistics s;
    s.calls = calls_;
    s.tries = tries_;
    s.bytes_in = bytes_in_;
    s.tokens = tokens_;
    s.delayed = delayed_;
    s.waited_for_tokens = std::chrono::milliseconds(waited_ms_.load());
    for (std::size_t i = 0; i < errors_.size(); ++i) {
      if (const std::uint64_t count = errors_[i]; count > 0) s.errors.emplace(static_cast<ErrorCategory>(i), count);
    }
    return s;
  }

 private:
  using Counter = std::atomic<std::uint64_t>;
  static void bump(Counter& counter, std::uint64_t by = 1) noexcept { counter.fetch_add(by, std::memory_order_relaxed); }

  Counter calls_{0}, tries_{0}, bytes_in_{0}, tokens_{0}, delayed_{0}, waited_ms_{0};
  std::array<Counter, static_cast<std::size_t>(ErrorCategory::internal) + 1> errors_{};
};

}  // namespace marginfix::rest::detail
