// The transition table of one initiating session. An event that means nothing in a state changes nothing.
#include "sessions/session_machine.hpp"

namespace marginfix::sessions {
namespace {

using enum SessionEvent;

Transition at_rest(SessionState state, SessionEvent event) noexcept {
  if (state == SessionState::stopped) {
    if (event == start) return {SessionState::connecting, kDial};
    if (event == stop) return {SessionState::stopped, kReportStopped};
    return {state, kNothing};
  }
  if (event == retry_due) return {SessionState::connecting, kDial};
  if (event == stop) return {SessionState::stopped, kCancelRetry | kReportStopped};
  return {state, kNothing};
}

// connecting, handshaking: no session is bound yet.
Transition on_the_way(SessionState state, SessionEvent event) noexcept {
  switch (event) {
    case stop:
    case kill:
      return {state, kResetLink};
    case tcp_connected:
      return {SessionState::handshaking, kNothing};
    case link_open:
      return {SessionState::logging_on, kLogon};
    case down_retry:
      return {SessionState::waiting, kArmRetry};
    case down_final:
      return {SessionState::stopped, kReportStopped};
    default:
      return {state, kNothing};
  }
}

// logging_on, active, recovering, logging_out: the session holds the connection.
Transition engaged(SessionState state, SessionEvent event) noexcept {
  const bool logged_on_already = state == SessionState::active || state == SessionState::recovering;
  switch (event) {
    case stop:
      if (logged_on_already) return {SessionState::logging_out, kLogout | kArmStop};
      if (state == SessionState::logging_on) return {SessionState::logging_out, kCloseLink | kArmStop};
      return {state, kArmStop};
    case stop_due:
      return {state, state == SessionState::logging_out ? kResetLink : kNothing};
    case kill:
      return {state, kResetLink};
    case logged_on:
      if (state == SessionState::logging_on) return {SessionState::active, kArmHold};
      return {state, kNothing};
    case held:
      return {state, logged_on_already ? kResetBackoff : kNothing};
    case gap:
      return {logged_on_already ? SessionState::recovering : state, kNothing};
    case gap_filled:
      return {state == SessionState::recovering ? SessionState::active : state, kNothing};
    case ending:
      return {SessionState::logging_out, kNothing};
    case down_retry:
      return {SessionState::waiting, kSessionDown | kArmRetry};
    case down_final:
      return {SessionState::stopped, kSessionDown | kReportStopped};
    default:
      return {state, kNothing};
  }
}

}  // namespace

Transition step(SessionState state, SessionEvent event) noexcept {
  switch (state) {
    case SessionState::stopped:
    case SessionState::waiting:
      return at_rest(state, event);
    case SessionState::connecting:
    case SessionState::handshaking:
      return on_the_way(state, event);
    default:
      return engaged(state, event);
  }
}

}  // namespace marginfix::sessions
