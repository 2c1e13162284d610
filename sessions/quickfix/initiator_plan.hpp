// What the drop-in initiator has to know about one session, made from its QuickFIX settings by the same parser and table that
// MarginFixClient uses. Clean in C++14 and C++20.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sessions/quickfix/session.hpp"
#include "sessions/transport/link.hpp"

namespace marginfix {
namespace quickfix {

// How a try ended, as far as the initiator saw it.
struct EndOfTry {
  transport::CloseReason close = transport::CloseReason::none;
  std::string close_text;
  std::string answer;         // the whole message that came in place of a Logon(A), or the Logout(5) that ended the session; may be empty
  std::string signing_error;  // our own
  bool was_logged_on = false;
};

// What follows from it, by the reading that MarginFixClient has too (sessions/refusal.hpp).
struct NextTry {
  bool retry = true;
  std::string reason, text;  // EndReason by name; what the exchange said and what to do about it
  std::chrono::milliseconds wait{0};
  unsigned tries = 0;  // since a session has lasted
};

struct InitiatorPlan {
  transport::DialTarget target;
  bool keep_sequence = false;  // KalshiRT
  std::vector<std::string> accepted_sender_comp_ids;
  std::vector<std::pair<int, std::string>> logon_fields;
  std::function<bool(const wall::LogonSigning& what, std::string* base64, std::string* error)> sign;
  std::function<NextTry(const EndOfTry&, const std::vector<std::string>& same_key_sessions)> judge;
  std::function<void()> held;  // the session has lasted: the waits start anew
  std::chrono::milliseconds logon_holds{0};
  std::vector<std::string> same_key_sessions;  // other sessions of the same settings with this key, by TargetCompID
  std::vector<std::string> warnings;           // for the event log: a key file that others can read
  std::chrono::seconds heart_bt_int{30}, logon_timeout{10}, logout_timeout{2};  // QuickFIX's own defaults
};

using Settings = std::vector<std::pair<std::string, std::string>>;

// Keys that are QuickFIX's own business are passed over; what looks like a misspelt one of ours is not. Throws std::runtime_error naming
// the key and how to fix it.
InitiatorPlan make_initiator_plan(const Settings& settings);

}  // namespace quickfix
}  // namespace marginfix
