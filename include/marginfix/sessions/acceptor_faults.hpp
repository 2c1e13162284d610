// Faults of an accepting session, for tests and simulators. Nothing of it is for production.
// Thread: the acceptor's io_context.
#pragma once

#include <chrono>

namespace marginfix {

class AcceptorFaults {
 public:
  virtual ~AcceptorFaults() = default;
  virtual void skip_sequence(int count) = 0;                    // consumes outgoing numbers without sending
  virtual void set_silent(bool silent) = 0;                     // true: reads on, sends nothing at all, keeps the connection; ends with it
  virtual void set_delay(std::chrono::milliseconds delay) = 0;  // every outgoing byte is held back this long, until set to 0
};

}  // namespace marginfix
