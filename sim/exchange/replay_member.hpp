// The part of replay.cpp that is about money, exit triggers and FCMs.
#pragma once

#include "sim/exchange/commands.hpp"
#include "sim/exchange/core.hpp"

namespace marginfix::sim {

// False = a command of another part.
bool replay_member(Op op, ArchiveIn& in, Core& core);

}  // namespace marginfix::sim
