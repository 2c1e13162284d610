// Where a trailing stop stands. Shared by the exit_triggers*.cpp files only.
#pragma once

#include "sim/exchange/members/exit_triggers.hpp"

namespace marginfix::sim {

// Watermark minus the trail (long) or plus it (short), in micro-dollars; a trail in basis points is rounded down to the micro-dollar.
inline Micros trailing_stop(const ExitTrigger& t) {
  const Micros trail = t.bps != 0 ? t.watermark * t.bps / 100 : t.trail * kMicrosPerTick;
  return t.watermark * kMicrosPerTick - t.direction * trail;
}

}  // namespace marginfix::sim
