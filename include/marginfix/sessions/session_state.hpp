// The two enums a program watches: what a session is doing, and why its last connection ended.
#pragma once

#include <cstdint>
#include <string_view>

namespace marginfix {

// State of one FIX session of ours. Only `active` accepts send().
enum class SessionState : std::uint8_t {
  stopped,      // not started, or stopped for good (see the EndReason): does nothing until start()
  waiting,      // between two tries: backing off, or waiting out the exchange's own time-out
  connecting,   // looking the name up, TCP connect
  handshaking,  // TLS handshake
  logging_on,   // Logon(A) sent, answer awaited
  active,       // logged on, both ways open
  recovering,   // logged on (KalshiRT), a gap is being filled by a ResendRequest(2); send() works
  logging_out   // Logout(5) sent or received, waiting for the other half
};
std::string_view to_string(SessionState state) noexcept;

// Why a connection ended. `retries(reason)` says whether the session tries again by itself.
enum class EndReason : std::uint8_t {
  none,                 // has not ended yet
  requested,            // stop() was called
  connect_failed,       // name look-up or TCP connect failed, or timed out
  plain_refused,        // TLS is switched off and the peer is not on this machine (loopback). Final: switch TLS on.
  tls_failed,           // handshake failed; certificate reasons below are told apart
  certificate_refused,  // chain, host name or expiry: the text says which and what to do. Final.
  logon_timeout,        // no answer to Logon(A)
  logon_refused,   // Logout(5), Reject(3) or j in answer to Logon(A), reason unknown to us. Retries, ever more slowly while it is the same.
  already_exists,  // "already exists": another connection holds the key. Waits out the server's time-out, then retries.
  rate_limited,    // "rate limit exceeded", j with 380=8: Logons spend tokens. Retries after a longer wait with jitter (BusyWait).
  busy,            // "FIX logon service busy; retry with backoff" and the like. Retries after a longer wait with jitter (BusyWait).
  tier_not_allowed,    // "API usage level is not allowed for FIX". Final: ask the exchange.
  not_permitted,       // authentication or permission: this key or account may not log on here. Final.
  logon_invalid,       // a field of the Logon(A) is wrong or missing. Final: correct the configuration.
  signature_refused,   // the exchange refused the signature. Final: wrong key, or key id and key do not belong together.
  clock_out_of_range,  // SendingTime(52) not within 30 s of the server's clock; the text carries the measured difference. Retries.
  heartbeat_timeout,   // nothing heard for too long
  connection_lost,     // TCP or TLS ended without Logout
  sequence_gap,        // MsgSeqNum(34) too high on a session without retransmission: reconnects with 141=Y
  sequence_too_low,    // MsgSeqNum(34) lower than expected. On KalshiRT final: restore the store or reset once, see docs.
  comp_id_mismatch,    // 49 or 56 of an inbound message are not the session's
  logout_by_peer,      // orderly Logout(5) from the exchange
  maintenance,         // ended within the announced maintenance window (Thursday 03:00-05:00 Eastern): no error
  store_failed,        // the message store cannot be read or written. Final: nothing may be sent unstored.
  protocol_error       // bytes that are no FIX, or a session message that makes no sense
};
std::string_view to_string(EndReason reason) noexcept;
bool retries(EndReason reason) noexcept;

}  // namespace marginfix
