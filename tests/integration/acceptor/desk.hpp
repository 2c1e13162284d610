// The owner of a FixAcceptor in these tests: takes every Logon, keeps what it is told, in pipe form.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "marginfix/sessions/acceptor.hpp"
#include "support/run_until.hpp"
#include "support/scripted_peer.hpp"

namespace marginfix::test {

class Desk final : public AcceptorHandler {
 public:
  LogonDecision on_logon_request(const AcceptorDoor& door, const LogonRequest& request) override {
    log.push_back("logon request of " + std::string(request.sender_comp_id) + " at " + door.name);
    return decide ? decide(request) : LogonDecision{};
  }
  AcceptedSession on_new_session(const AcceptorDoor& /*door*/, const std::string& /*peer*/) override {
    AcceptedSession made;
    if (store) made.store = store();
    return made;
  }
  void on_logged_on(AcceptorSession& session, std::string_view) override {
    log.emplace_back("logged on");
    latest = &session;
  }
  void on_logged_out(AcceptorSession&, const std::string& reason) override { log.push_back("logged out: " + reason); }
  void on_message(AcceptorSession& session, const AcceptorMessage& message) override {
    EXPECT_EQ(message.raw, std::string_view(message.frame->bytes));
    if (keep_messages)
      messages.push_back((message.poss_dup ? "dup " : "") + std::string(message.poss_resend ? "again " : "") + piped(message.raw));
    if (answer) answer(session, message);
  }
  void on_session_message(AcceptorSession&, const AcceptorMessage& message) override { session_messages.push_back(piped(message.raw)); }
  void on_sent(AcceptorSession&, const AcceptorMessage& message) override {
    if (!keep_messages) return;
    sent.push_back(std::string(message.msg_type) + " " + std::to_string(message.seq) + (message.poss_dup ? " dup" : ""));
    sent_raw.push_back(piped(message.raw));
  }
  void on_sequence_reset(AcceptorSession&, SequenceResetCause cause) override {
    log.emplace_back(cause == SequenceResetCause::daily ? "reset by the day" : "reset by Logon");
  }
  void on_refused(const AcceptorDoor& door, const std::string& peer, const std::string& reason, std::string_view first) override {
    refusals.push_back(door.name + ": " + reason);
    refused_peers.push_back(peer);
    refused_first.push_back(piped(first));
  }

  std::size_t saw(std::string_view msg_type) const {
    std::size_t count = 0;
    for (const std::string& each : session_messages) count += field_of(each, 35) == msg_type ? 1U : 0U;
    return count;
  }

  std::function<LogonDecision(const LogonRequest&)> decide;
  std::function<std::unique_ptr<MessageStore>()> store;
  std::function<void(AcceptorSession&, const AcceptorMessage&)> answer;
  std::vector<std::string> log, messages, session_messages, sent, sent_raw, refusals, refused_peers, refused_first;
  AcceptorSession* latest{nullptr};
  bool keep_messages{true};  // what came and what was sent: no, where there is much of it
};

// Fields in pipe form as a body.
inline std::string body_of(std::string_view pipes) {
  std::string bytes(pipes);
  for (char& c : bytes)
    if (c == '|') c = '\x01';
  return bytes;
}

}  // namespace marginfix::test
