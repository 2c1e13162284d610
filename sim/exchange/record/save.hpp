// The whole state as bytes, for snapshots: but for what stands in files (on_disk.hpp).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "marginfix/core/result.hpp"

namespace marginfix::sim {

struct State;

std::string save(const State& state);
// Into a fresh one. `read_files` brings what stands in files, at its time. An error leaves a state that is good for nothing.
Result<void> load(State& state, std::string_view bytes, const std::function<Result<void>()>& read_files);

}  // namespace marginfix::sim
