// What one FIX session has counted on the wire, session messages included. Clean in C++14 and C++20.
#pragma once

#include <cstdint>

namespace marginfix {

struct WireStatistics {
  std::uint64_t messages_in = 0, messages_out = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
  std::uint64_t resend_requests_in = 0, resend_requests_out = 0;  // ResendRequest(2), KalshiRT
  std::uint64_t resent = 0, gap_filled = 0;                       // of our own messages, in answer to the peer's ResendRequest(2)
  std::uint64_t garbled = 0;     // ignored: BodyLength(9) or CheckSum(10) wrong; a gap will show where one was lost
  std::uint64_t duplicates = 0;  // PossDup messages that had been delivered before, dropped
};

}  // namespace marginfix
