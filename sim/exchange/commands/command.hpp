// A command: one struct that says what a door asks, what the journal holds of it, and what a replay runs. It has
//   kOp                          its number on disk: never renumber, never give one again
//   fields(ar, command)          its members in the order on disk, for both directions
//   run(State&) const            what it does
//   admit(const State&) const    only where asking can be wrong in a way that the journal must not hold: looked at before it is written
// A new command is such a struct in one of the files here, and its name in commands/all.hpp.
#pragma once

#include <concepts>
#include <cstdint>

#include "marginfix/core/result.hpp"

namespace marginfix::sim {

struct State;

enum class Op : std::uint8_t {};

template <class C>
concept Command = std::default_initializable<C> && requires(const C& command, State& state) {
  { C::kOp } -> std::convertible_to<Op>;
  command.run(state);
};
template <class C>
concept Admitted = Command<C> && requires(const C& command, const State& state) {
  { command.admit(state) } -> std::same_as<Result<void>>;
};

}  // namespace marginfix::sim
