// Test bench for the wall: sessions without sockets. A Side is one Session with everything it said; Pair wires two back to back.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "marginfix/sessions/message_store.hpp"
#include "sessions/quickfix/session.hpp"
#include "support/test_time.hpp"

namespace marginfix::test {

inline std::string piped(std::string text) {
  for (char& c : text) {
    if (c == '\x01') c = '|';
  }
  return text;
}
inline std::string wired(std::string text) {
  for (char& c : text) {
    if (c == '|') c = '\x01';
  }
  return text;
}

// Value of a tag in a pipe-form message, "" when absent.
inline std::string value_of(const std::string& message, int tag) {
  const std::string text = "|" + message;
  const std::string key = "|" + std::to_string(tag) + "=";
  const auto at = text.find(key);
  if (at == std::string::npos) return "";
  const auto begin = at + key.size();
  return text.substr(begin, text.find('|', begin) - begin);
}

inline std::string with_trailer(const std::string& before_checksum) {
  unsigned sum = 0;
  for (char c : wired(before_checksum)) sum += static_cast<unsigned char>(c);
  char trailer[16];
  std::snprintf(trailer, sizeof trailer, "10=%03u|", sum % 256);
  return before_checksum + trailer;
}
// "35=..|...|" in pipe form -> the whole message as bytes.
inline std::string framed(const std::string& inner, const std::string& begin_string = "FIXT.1.1") {
  return wired(with_trailer("8=" + begin_string + "|9=" + std::to_string(inner.size()) + "|" + inner));
}

// A message as expected: 8, 9 and 10 verified and taken away, times replaced by T.
inline std::string essence(const std::string& bytes) {
  const std::string text = piped(bytes);
  const auto inner_at = text.find("|35=") + 1;
  const auto trailer_at = text.rfind("10=");
  const std::string inner = text.substr(inner_at, trailer_at - inner_at);
  EXPECT_EQ(bytes, framed(inner, value_of(text, 8))) << "BodyLength(9) or CheckSum(10) of " << text;
  std::string result;
  std::size_t at = 0;
  while (at < inner.size()) {
    const auto stop = inner.find('|', at);
    const std::string field = inner.substr(at, stop - at);
    const bool time = field.rfind("52=", 0) == 0 || field.rfind("122=", 0) == 0;
    result += time ? field.substr(0, field.find('=')) + "=T|" : field + "|";
    at = stop + 1;
  }
  return result;
}

struct Seen {
  std::string bytes, msg_type;
  std::int64_t seq{0};
  bool poss_dup{false}, poss_resend{false}, before_logon{false};
};

class Side : public wall::Link, public wall::SessionEvents {
 public:
  explicit Side(wall::SessionPlan the_plan, std::unique_ptr<MessageStore> the_store = make_memory_store())
      : plan(std::move(the_plan)), store(std::move(the_store)), session(wall::make_session(plan, *store, *this)) {}

  // Link
  void send(const char* data, std::size_t size) override { wire.emplace_back(data, size); }
  void close() override { ++closes; }
  void request_writable() override { writable_wanted = true; }
  std::size_t queued() const override {
    std::size_t bytes = 0;
    if (reads_slowly)
      for (const std::string& each : wire) bytes += each.size();
    return bytes;
  }

  // SessionEvents
  bool sign_logon(const wall::LogonSigning& what, std::string* base64, std::string* error) override {
    signed_text =
        what.sending_time + "|" + what.msg_type + "|" + what.msg_seq_num + "|" + what.sender_comp_id + "|" + what.target_comp_id + "|";
    if (!signing_error.empty()) {
      *error = signing_error;
      return false;
    }
    *base64 = "c2lnbmF0dXJl";
    return true;
  }
  void on_logon(const wall::InboundMessage& logon) override {
    ++logons;
    log.push_back("logon " + std::to_string(logon.seq));
    if (when_logged_on) when_logged_on();
  }
  void on_app(const wall::InboundMessage& message) override {
    apps.push_back(seen(message));
    log.push_back("app " + std::to_string(message.seq) + (message.poss_dup ? " dup" : ""));
    if (when_app) when_app(apps.back());
  }
  void on_admin(const wall::InboundMessage& message) override { admins.push_back(seen(message)); }
  void on_stray(const wall::InboundMessage& message, const std::string&) override { strays.push_back(seen(message)); }
  void on_sent(const char* data, std::size_t size) override { sent.push_back(essence(std::string(data, size))); }
  void on_not_resent(const char* data, std::size_t size) override { not_resent.push_back(value_of(piped(std::string(data, size)), 11)); }
  void on_outbound(const wall::OutboundMessage& message) override {
    outbound.push_back(message.msg_type + " " + std::to_string(message.seq) + (message.poss_dup ? " dup" : "") +
                       (message.poss_resend ? " again" : ""));
  }
  void on_sequence_reset(bool by_logon) override { log.emplace_back(by_logon ? "reset by Logon" : "reset by the day"); }
  void on_gap(std::int64_t expected, std::int64_t received) override {
    log.push_back("gap " + std::to_string(expected) + " " + std::to_string(received));
  }
  void on_gap_filled() override { log.emplace_back("filled"); }
  void on_missing(std::int64_t first, std::int64_t last) override {
    log.push_back("missing " + std::to_string(first) + " " + std::to_string(last));
  }
  void on_notice(const std::string& text) override { notices.push_back(text); }
  void on_end(wall::EndCause cause, const std::string& text, int code) override {
    ends.push_back({cause, text, code});
    if (when_ended) when_ended();
  }
  void on_event(const std::string& text) override { events.push_back(text); }

  static Seen seen(const wall::InboundMessage& m) {
    return {std::string(m.data, m.size), m.msg_type, m.seq, m.poss_dup, m.poss_resend, m.before_logon};
  }
  void connect() { session->connected(*this); }
  void receive(const std::string& bytes) { session->received(bytes.data(), bytes.size()); }
  wall::SendOutcome app(const std::string& type, const std::string& pipe_body, const std::string& sub_id = "") {
    const std::string body = wired(pipe_body);
    return session->send_app(type, body.data(), body.size(), sub_id);
  }
  std::vector<std::string> app_essences() const {
    std::vector<std::string> all;
    for (const Seen& each : apps) all.push_back(essence(each.bytes));
    return all;
  }
  // What went out since the last call, as essences.
  std::vector<std::string> take_wire() {
    std::vector<std::string> all;
    for (const std::string& each : wire) all.push_back(essence(each));
    wire.clear();
    return all;
  }

  struct End {
    wall::EndCause cause;
    std::string text;
    int code;
  };
  wall::SessionPlan plan;
  std::unique_ptr<MessageStore> store;
  std::deque<std::string> wire;
  std::vector<std::string> sent, events, notices, log, outbound;
  std::vector<Seen> apps, admins, strays;
  std::vector<std::string> not_resent;  // their ClOrdIDs
  std::vector<End> ends;
  int closes{0}, logons{0};
  bool reads_slowly{false};  // what is on `wire` has not left yet
  bool writable_wanted{false};
  std::string signed_text, signing_error;
  std::function<void()> when_logged_on, when_ended;
  std::function<void(const Seen&)> when_app;
  std::unique_ptr<wall::Session> session;
};

// Session names are unique in a process; each test takes its own key.
inline std::string fresh_key() {
  static int counter = 0;
  return "key-" + std::to_string(++counter);
}

inline wall::SessionPlan client_plan(const std::string& key, bool keep) {
  wall::SessionPlan plan;
  plan.sender_comp_id = key;
  plan.target_comp_id = keep ? "KalshiRT" : "KalshiNR";
  plan.accepted_sender_comp_ids = {plan.target_comp_id, "Kalshi"};
  plan.keep_sequence = keep;
  return plan;
}
inline wall::SessionPlan server_plan(const std::string& key, bool keep) {
  wall::SessionPlan plan;
  plan.sender_comp_id = keep ? "KalshiRT" : "KalshiNR";
  plan.target_comp_id = key;
  plan.accepted_sender_comp_ids = {key};
  plan.initiator = false;
  plan.keep_sequence = keep;
  plan.resend_age_limit = -1;
  return plan;
}

// Initiator and acceptor back to back. Bytes travel only in pump(), so tests can drop or change them.
struct Pair {
  explicit Pair(bool keep, const std::string& the_key = fresh_key())
      : key(the_key), client(client_plan(key, keep)), server(server_plan(key, keep)) {}

  void connect() {
    server.connect();
    client.connect();
    pump();
  }
  void pump() {
    while (!client.wire.empty() || !server.wire.empty() || client.writable_wanted || server.writable_wanted) {
      move(client, server);
      move(server, client);
      for (Side* side : {&client, &server}) {
        if (std::exchange(side->writable_wanted, false)) side->session->writable();
      }
    }
  }
  static void move(Side& from, Side& to) {
    while (!from.wire.empty()) {
      const std::string bytes = from.wire.front();
      from.wire.pop_front();
      to.receive(bytes);
    }
  }
  // The connection breaks: what is on the way is lost.
  void cut() {
    client.wire.clear();
    server.wire.clear();
    client.session->disconnected();
    server.session->disconnected();
  }

  std::string key;
  Side client, server;
};

}  // namespace marginfix::test
