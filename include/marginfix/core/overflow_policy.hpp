// What becomes of items when a bounded queue is full because its reader is slower than its writer.
#pragma once

#include <cstdint>

namespace marginfix {

enum class OverflowPolicy : std::uint8_t {
  wait,         // the writer waits until there is room: nothing is lost, and whoever feeds it is held up
  drop_oldest,  // the item that has waited longest makes room and is counted
  drop_newest,  // the new item is refused and counted
  conflate,     // the new item takes the place of the one it makes out of date
  fail          // the queue ends: nothing more is taken
};

}  // namespace marginfix
