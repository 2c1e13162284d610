// What the exchange means by the text and code with which it ends a session or answers a Logon(A): one reading for RawSession, the
// QuickFIX initiator and, through them, `marginfix check`. Pure.
// Source: fix-margin.md "Logon", changes-2026-11.md D6 and D7 (fix/authentication, "Reconnecting"; connectivity).
#pragma once

#include "sessions/session_end.hpp"

namespace marginfix::sessions {

struct Finding {
  EndReason reason;
  std::string text;
};

// A Logout(5), Reject(3), BusinessMessageReject(j) or anything else in place of a Logon(A), or a Logout(5) later on.
Finding read_refusal(const EndFacts& facts);

// What restores a session whose MsgSeqNum(34) is too low.
std::string ways_out(bool keep_sequence);

}  // namespace marginfix::sessions
