// Why a connection ended: by what the session or the transport saw; what the exchange said itself is read in refusal.cpp.
#include "sessions/session_end.hpp"

#include <fmt/format.h>

#include "sessions/quickfix/wire.hpp"
#include "sessions/refusal.hpp"

namespace marginfix::sessions {
namespace {

using transport::CloseReason;
using wall::EndCause;

Finding read_engine(const EndFacts& facts) {
  switch (facts.cause) {
    case EndCause::logout_done:
      return {EndReason::requested, "logged out"};
    case EndCause::logon_refused:
    case EndCause::logout_by_peer:
      return read_refusal(facts);
    case EndCause::logon_timeout:
      return {EndReason::logon_timeout, "no answer to Logon(A) in time"};
    case EndCause::logout_timeout:
      return {EndReason::connection_lost, "no answer to Logout(5) in time"};
    case EndCause::heartbeat_timeout:
      return {EndReason::heartbeat_timeout, "nothing was heard for too long, not even an answer to TestRequest(1)"};
    case EndCause::sequence_gap:
      if (facts.keep_sequence)
        return {EndReason::sequence_gap,
                fmt::format("messages are missing ({}): after the next Logon(A) they are asked for again, nothing is reset", facts.text)};
      return {EndReason::sequence_gap, fmt::format("messages are missing ({}) and this session has no retransmission: it starts anew with "
                                                   "ResetSeqNumFlag(141)=Y; fetch missed reports from drop copy",
                                                   facts.text)};
    case EndCause::sequence_too_low:
      return {EndReason::sequence_too_low, fmt::format("the two sides disagree about MsgSeqNum(34), one of them is too low ({}): {}",
                                                       facts.text, ways_out(facts.keep_sequence))};
    case EndCause::comp_id_mismatch:
      return {EndReason::comp_id_mismatch, fmt::format("a message was not addressed to this session: {}", facts.text)};
    case EndCause::protocol_error:
      return {EndReason::protocol_error, facts.text};
    case EndCause::store_failed:
      return {EndReason::store_failed, fmt::format("the message store failed, nothing may be sent unstored: {}", facts.text)};
    case EndCause::none:
      break;
  }
  return {EndReason::connection_lost, facts.text};
}

Finding read_transport(const EndFacts& facts) {
  switch (facts.close) {
    case CloseReason::name_lookup:
    case CloseReason::connect_failed:
    case CloseReason::connect_timeout:
      return {EndReason::connect_failed, facts.text};
    case CloseReason::plain_refused:
      return {EndReason::plain_refused, facts.text};
    case CloseReason::tls_failed:
    case CloseReason::tls_timeout:
      return {EndReason::tls_failed, facts.text};
    case CloseReason::certificate:
      return {EndReason::certificate_refused, facts.text};
    default:
      break;
  }
  if (facts.killed) return {EndReason::connection_lost, "the connection was dropped here (kill_connection)"};
  if (facts.was_logged_on) return {EndReason::connection_lost, facts.text};
  return {EndReason::connection_lost, fmt::format("{} before it answered the Logon(A)", facts.text)};
}

bool excused_by_maintenance(EndReason reason) {
  switch (reason) {
    case EndReason::connect_failed:
    case EndReason::tls_failed:
    case EndReason::logon_timeout:
    case EndReason::logon_refused:
    case EndReason::busy:
    case EndReason::heartbeat_timeout:
    case EndReason::connection_lost:
    case EndReason::logout_by_peer:
      return true;
    default:
      return false;
  }
}

}  // namespace

EndVerdict judge_end(const EndFacts& facts) {
  if (facts.cause == EndCause::store_failed) return {EndReason::store_failed, read_engine(facts).text, false};
  if (facts.stop_requested) return {EndReason::requested, "stopped by request", false};
  if (!facts.signing_error.empty())
    return {EndReason::signature_refused, fmt::format("the Logon(A) could not be signed: {}", facts.signing_error), false};
  Finding found = facts.cause != EndCause::none ? read_engine(facts) : read_transport(facts);
  if (facts.in_maintenance && !facts.killed && excused_by_maintenance(found.reason))
    found = {EndReason::maintenance, "scheduled maintenance (Thursday 03:00-05:00 Eastern): " + found.text};
  const bool restartable = found.reason == EndReason::sequence_too_low && !facts.keep_sequence;
  const bool refused = facts.cause != EndCause::none && facts.cause != EndCause::logon_timeout && !facts.was_logged_on;
  return {found.reason, std::move(found.text), retries(found.reason) || restartable, refused};
}

std::optional<std::chrono::milliseconds> clock_difference(std::string_view message, Timestamp now) {
  wall::Frame frame;
  if (!wall::read_frame(message, &frame)) return std::nullopt;
  const auto sent = parse_fix_utc(frame.sending_time);
  if (!sent) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(sent.value() - now);
}

}  // namespace marginfix::sessions
