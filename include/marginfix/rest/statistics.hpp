// Counters of one REST or Klear client since it was made. A snapshot: taken from any thread, each figure exact, not all of one instant.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>

#include "marginfix/core/error.hpp"

namespace marginfix {

struct RestStatistics {
  std::uint64_t calls{0};     // operations asked for, each page of a *_all for itself
  std::uint64_t tries{0};     // requests that were sent; more than calls where reads were tried again, fewer where calls were refused here
  std::uint64_t bytes_in{0};  // of the answers' bodies, decompressed
  std::uint64_t tokens{0};    // spent on our side
  std::uint64_t delayed{0};   // waits for tokens
  std::chrono::milliseconds waited_for_tokens{0};   // what they took in all
  std::map<ErrorCategory, std::uint64_t> errors{};  // calls that ended with an Error, by its category; those that never were are absent
  std::uint64_t failed() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& [category, count] : errors) sum += count;
    return sum;
  }
};

}  // namespace marginfix
