// A logged-on QuickFIX session with a pair of dictionaries, fed one message: what it answers, and what its application hears.
// Clean in C++14 and C++20, as quickfix_probe.hpp.
#pragma once

#include <string>
#include <vector>

namespace marginfix_tests {

struct QuickFixSessionOutcome {
  std::vector<std::string> sent;      // what the session sent after it was logged on, wire form
  std::vector<std::string> from_app;  // application messages its application got
  int next_expected = 0;              // MsgSeqNum(34) it waits for now
};

// `report` must be an application message with MsgSeqNum(34)=2 between the CompIDs of `logon_answer`, which has 34=1.
QuickFixSessionOutcome feed_quickfix_session(const std::string& session_xml, const std::string& application_xml,
                                             const std::string& logon_answer, const std::string& report);

struct QuickFixCfgOutcome {
  std::string logon;             // the Logon the engine sends
  QuickFixSessionOutcome after;  // as above
};

// The same with a session made by QuickFIX's own SessionFactory from .cfg text (one [SESSION]). Throws std::runtime_error with QuickFIX's
// words when the text or a dictionary in it is refused.
QuickFixCfgOutcome feed_quickfix_cfg(const std::string& cfg, const std::string& logon_answer, const std::string& report);

}  // namespace marginfix_tests
