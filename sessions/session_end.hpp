// Why a connection ended, in the exchange's terms, and what to do about it: a pure function of what was seen.
// Source: fix-margin.md "Logon", "Endpoints", "Errors".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/time.hpp"
#include "marginfix/sessions/session_state.hpp"
#include "sessions/quickfix/session.hpp"
#include "sessions/transport/link.hpp"

namespace marginfix::sessions {

struct EndFacts {
  wall::EndCause cause{wall::EndCause::none};  // none: the transport ended it
  transport::CloseReason close{transport::CloseReason::none};
  std::string text;         // of the session, or of the transport
  int code{0};              // SessionRejectReason(373), or BusinessRejectReason(380) of a j
  bool code_given{false};   // 0 is a reason too
  std::string answer_type;  // MsgType(35) of what came in place of a Logon(A); empty: not known, or nothing did
  bool was_logged_on{false};
  bool keep_sequence{false};
  bool stop_requested{false};
  bool killed{false};  // kill_connection()
  bool in_maintenance{false};
  std::string signing_error;                                  // our own signer failed
  std::optional<std::chrono::milliseconds> clock_difference;  // the peer's SendingTime(52) of its refusal minus our clock
  std::string target_comp_id;
  std::vector<std::string> same_key_sessions;  // other sessions of this program with the same API key, by name
};

struct EndVerdict {
  EndReason reason;
  std::string text;
  bool retry;
  bool refused{false};  // the peer answered, and not with a session: the same answer again and again slows the tries down
};

EndVerdict judge_end(const EndFacts& facts);

// SendingTime(52) of the message minus `now`; empty when it has none.
std::optional<std::chrono::milliseconds> clock_difference(std::string_view message, Timestamp now);

}  // namespace marginfix::sessions
