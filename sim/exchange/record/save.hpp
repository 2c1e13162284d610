// The whole state as bytes, for snapshots.
#pragma once

#include <string>
#include <string_view>

namespace marginfix::sim {

struct State;

std::string save(const State& state);
// Into a fresh one. False: the bytes are damaged, and so is the state.
bool load(State& state, std::string_view bytes);

}  // namespace marginfix::sim
