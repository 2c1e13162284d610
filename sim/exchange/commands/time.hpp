// The beginning of an exchange and its clock. Times in microseconds where a number stands.
#pragma once

#include <vector>

#include "sim/exchange/commands/command.hpp"
#include "sim/exchange/values/options.hpp"

namespace marginfix::sim::commands {

struct Start {
  static constexpr Op kOp{1};
  Timestamp at{};
  bool past{false};
  std::vector<AccountSpec> accounts{};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Start& c) {
  ar(c.at, c.past, c.accounts);
}

// Runs what falls due up to `to`. `pace`: between two decisions of the house.
struct Step {
  static constexpr Op kOp{2};
  Timestamp to{};
  std::int64_t pace{0};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Step& c) {
  ar(c.to, c.pace);
}

// Moves the trading clock only, and runs what lies between.
struct Advance {
  static constexpr Op kOp{3};
  std::int64_t by{0};
  std::int64_t pace{0};
  void run(State& state) const;
};
template <class Ar>
void fields(Ar& ar, Advance& c) {
  ar(c.by, c.pace);
}

}  // namespace marginfix::sim::commands
