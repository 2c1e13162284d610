// Names and the retry rule of session states and end reasons.
#include "marginfix/sessions/session_state.hpp"

namespace marginfix {

std::string_view to_string(SessionState state) noexcept {
  switch (state) {
    case SessionState::stopped:
      return "stopped";
    case SessionState::waiting:
      return "waiting";
    case SessionState::connecting:
      return "connecting";
    case SessionState::handshaking:
      return "handshaking";
    case SessionState::logging_on:
      return "logging_on";
    case SessionState::active:
      return "active";
    case SessionState::recovering:
      return "recovering";
    case SessionState::logging_out:
      return "logging_out";
  }
  return "?";
}

std::string_view to_string(EndReason reason) noexcept {
  switch (reason) {
    case EndReason::none:
      return "none";
    case EndReason::requested:
      return "requested";
    case EndReason::connect_failed:
      return "connect_failed";
    case EndReason::plain_refused:
      return "plain_refused";
    case EndReason::tls_failed:
      return "tls_failed";
    case EndReason::certificate_refused:
      return "certificate_refused";
    case EndReason::logon_timeout:
      return "logon_timeout";
    case EndReason::logon_refused:
      return "logon_refused";
    case EndReason::already_exists:
      return "already_exists";
    case EndReason::rate_limited:
      return "rate_limited";
    case EndReason::busy:
      return "busy";
    case EndReason::tier_not_allowed:
      return "tier_not_allowed";
    case EndReason::not_permitted:
      return "not_permitted";
    case EndReason::logon_invalid:
      return "logon_invalid";
    case EndReason::signature_refused:
      return "signature_refused";
    case EndReason::clock_out_of_range:
      return "clock_out_of_range";
    case EndReason::heartbeat_timeout:
      return "heartbeat_timeout";
    case EndReason::connection_lost:
      return "connection_lost";
    case EndReason::sequence_gap:
      return "sequence_gap";
    case EndReason::sequence_too_low:
      return "sequence_too_low";
    case EndReason::comp_id_mismatch:
      return "comp_id_mismatch";
    case EndReason::logout_by_peer:
      return "logout_by_peer";
    case EndReason::maintenance:
      return "maintenance";
    case EndReason::store_failed:
      return "store_failed";
    case EndReason::protocol_error:
      return "protocol_error";
  }
  return "?";
}

bool retries(EndReason reason) noexcept {
  switch (reason) {
    case EndReason::none:
    case EndReason::requested:
    case EndReason::plain_refused:
    case EndReason::certificate_refused:
    case EndReason::tier_not_allowed:
    case EndReason::not_permitted:
    case EndReason::logon_invalid:
    case EndReason::signature_refused:
    case EndReason::sequence_too_low:
    case EndReason::store_failed:
      return false;
    default:
      return true;
  }
}

}  // namespace marginfix
