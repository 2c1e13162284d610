// Ids that no answer of this gateway had before, restarts included: when it began, in microseconds, and a number.
#pragma once

#include <cstdint>
#include <string>

#include "marginfix/core/time.hpp"

namespace marginfix::gateway {

class UniqueIds {
 public:
  explicit UniqueIds(Timestamp began) : prefix_(std::to_string(began.time_since_epoch().count()) + "-") {}
  std::string next() { return prefix_ + std::to_string(++last_); }

 private:
  std::string prefix_;
  std::uint64_t last_{0};
};

}  // namespace marginfix::gateway
