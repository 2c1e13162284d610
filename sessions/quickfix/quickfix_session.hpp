// FIX::Session as the wall uses it: the Logon handshake. Heartbeats, TestRequest and Logout are the session's, because FIX::Session times
// them by the wall clock. It never sees an application message, and never moves the target number: the session does that once a message
// has been delivered. What it wants done (bytes to send, remarks, the end of the connection) is collected and carried out by the session
// after QuickFIX's call has returned, so that no callback of ours ever runs inside QuickFIX, under one of its locks or in the middle of
// one of its state changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sessions/quickfix/session.hpp"

namespace marginfix {
namespace wall {

struct Effects {
  std::vector<std::string> messages;  // to be sent, in order
  std::vector<std::string> remarks;
  bool disconnect = false;    // QuickFIX gave the connection up
  std::string store_error;    // the store failed; nothing was sent
  std::string signing_error;  // sign_logon refused; the Logon was not sent
};

class QuickFixSession {
 public:
  QuickFixSession(const SessionPlan& plan, MessageStore& store, SessionEvents& signer);
  ~QuickFixSession();
  QuickFixSession(const QuickFixSession&) = delete;
  QuickFixSession& operator=(const QuickFixSession&) = delete;

  // A connection stands. Initiators: makes the Logon; `reset` adds 141=Y and starts both numbers at 1.
  void open(bool reset);
  void close();  // the connection is gone
  // A valid Logon came. Acceptors answer it.
  void logon(std::int64_t seq, std::int64_t heart_bt_int, bool reset);

  bool logged_on() const;
  Effects take();  // what piled up since the last take

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wall
}  // namespace marginfix
