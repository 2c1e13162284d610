// Counters of one FIX session since its client was made. A snapshot: taken from any thread, each figure exact, not all of one instant.
#pragma once

#include <chrono>
#include <cstdint>

#include "marginfix/core/time.hpp"
#include "marginfix/sessions/wire_statistics.hpp"

namespace marginfix {

// What the connection shows.
struct ConnectionStatistics : WireStatistics {
  Timestamp last_received{}, last_sent{};        // epoch = never
  std::chrono::microseconds last_round_trip{0};  // of the latest TestRequest(1) of ours; 0 = none yet
  std::uint64_t connects{0};                     // TCP connections made
};

// What happened above the wire.
struct SessionFigures {
  std::uint64_t logons{0};                        // times the session became active
  std::uint64_t app_in{0};                        // application messages received
  std::uint64_t poss_dup_in{0};                   // of them: PossDupFlag(43)=Y
  std::uint64_t undecodable{0};                   // handed to on_undecodable
  std::uint64_t with_findings{0};                 // decoded, but not as the table says: delivered with their findings
  std::uint64_t handler_exceptions{0};            // thrown by handlers of the user: caught, logged, the session went on
  std::uint64_t sent{0};                          // application messages that were numbered and left
  std::uint64_t refused{0};                       // send() calls answered with an Error: nothing numbered, stored or sent
  std::uint64_t not_sent{0};                      // accepted by send(), never sent, reported through on_not_sent
  std::uint64_t outcome_unknown{0};               // calls of on_outcome_unknown (order entry)
  std::uint64_t delayed{0};                       // waited for tokens
  std::uint64_t waiting{0};                       // waiting for tokens just now
  std::uint64_t rejects{0}, business_rejects{0};  // Reject(3), BusinessMessageReject(j) received
};

struct SessionStatistics : ConnectionStatistics, SessionFigures {
  std::uint64_t not_logged{0};  // messages that stand in no file of the message log: its queue was full, or the disk
};

}  // namespace marginfix
