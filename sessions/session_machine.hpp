// The life of one initiating session as a pure function: (state, event) -> (state, actions). RawSession carries the actions out.
#pragma once

#include <cstdint>

#include "marginfix/sessions/session_state.hpp"

namespace marginfix::sessions {

enum class SessionEvent : std::uint8_t {
  start,
  stop,
  kill,       // kill_connection()
  retry_due,  // the wait is over
  stop_due,   // the bounded wait of a stop is over
  tcp_connected,
  link_open,  // TCP, and TLS where it is on
  logged_on,
  held,  // the Logon has lasted long enough to count as success
  gap,
  gap_filled,
  ending,      // the session ends the connection: Logout exchanged, refused, or broken
  down_retry,  // the connection is gone, and another try makes sense
  down_final   // the connection is gone, for good
};
constexpr int kSessionEvents = 14;
constexpr int kSessionStates = 8;

enum Action : std::uint16_t {
  kNothing = 0,
  kDial = 1 << 0,
  kLogon = 1 << 1,   // hands the connection to the session, which sends Logon(A)
  kLogout = 1 << 2,  // Logout(5), then the session ends the connection
  kCloseLink = 1 << 3,
  kResetLink = 1 << 4,
  kArmRetry = 1 << 5,
  kCancelRetry = 1 << 6,
  kArmStop = 1 << 7,
  kReportStopped = 1 << 8,
  kArmHold = 1 << 9,
  kResetBackoff = 1 << 10,
  kSessionDown = 1 << 11  // tells the session that the connection is gone
};

struct Transition {
  SessionState state;
  std::uint16_t actions;
};

Transition step(SessionState state, SessionEvent event) noexcept;

}  // namespace marginfix::sessions
