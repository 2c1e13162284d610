// A RawSession without a network: whoever holds it says when it logs on, what comes in, and sees what left. FakeExchange and the unit tests
// of the typed sessions stand on it. Thread: the session's executor.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/fix/writer.hpp"
#include "sessions/raw_session.hpp"

namespace marginfix::sessions {

inline std::string with_soh(std::string text) {
  std::ranges::replace(text, '|', '\x01');
  return text;
}
inline std::string with_pipes(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '\x01', '|');
  return out;
}

// What the fake saw of one message.
struct Sent {
  std::int64_t seq;
  std::string msg_type, body, sender_sub_id;  // body in pipe form
};

class FakeRaw final : public RawSession {
 public:
  ~FakeRaw() override {
    if (when_gone) when_gone();
  }
  FakeRaw(const FakeRaw&) = delete;
  FakeRaw& operator=(const FakeRaw&) = delete;
  FakeRaw(RawSessionOptions options, RawSessionHandler& handler) : options_(std::move(options)), handler_(handler) {}

  void start() override {
    ++starts;
    if (when_started) when_started();
    go(SessionState::connecting);
  }
  void stop(std::function<void()> stopped) override {
    go(SessionState::stopped, EndReason::requested, "stopped by request");
    if (stopped) stopped();
  }
  void kill_connection() override { drop(EndReason::connection_lost); }
  void reset_sequence_once() override {
    ++resets;
    if (when_reset) when_reset();
  }
  Result<std::int64_t> send(const std::string& msg_type, std::string_view body, const std::string& sender_sub_id) override {
    if (fail_sends) return fail(ErrorCategory::store, "the disk is full");
    if (record) {
      sent.push_back({next_, msg_type, with_pipes(body), sender_sub_id});
      if (when_sent) when_sent(sent.back());
    }
    return next_++;
  }
  bool congested(bool urgent) const override { return urgent ? blocked_for_cancels : blocked; }
  void request_round_trip() override { ++round_trips; }
  SessionState state() const noexcept override { return state_; }
  ConnectionStatistics statistics() const override { return {}; }
  std::int64_t next_sender_seq() const override { return next_; }
  std::int64_t next_target_seq() const override { return in_; }

  // ---- the exchange's part
  void log_on() {
    if (!options_.plan.keep_sequence) next_ = 2, in_ = 2;  // the Logon took 1
    go(SessionState::active);
  }
  void drop(EndReason reason = EndReason::connection_lost, const std::string& text = "the line went dead") {
    go(SessionState::waiting, reason, text);
  }
  void go(SessionState next, EndReason reason = EndReason::none, const std::string& text = {}) {
    state_ = next;
    handler_.on_state(next, reason, text);
  }
  void room() { handler_.on_room(); }
  void missing(std::int64_t first, std::int64_t last) { handler_.on_missing(first, last); }
  // Fields after the header, in pipe form.
  void app(const std::string& msg_type, const std::string& fields, bool poss_dup = false) { deliver(msg_type, fields, poss_dup, true); }
  void admin(const std::string& msg_type, const std::string& fields) { deliver(msg_type, fields, false, false); }
  // This message of ours was asked for again and gap-filled, being too old.
  void not_resent(const std::string& bytes) { handler_.on_not_resent(bytes); }
  // Bytes as they are.
  void raw(const std::string& msg_type, const std::string& bytes) {
    handler_.on_app({bytes.data(), bytes.size(), msg_type, in_++, false, false});
  }
  static std::string message(const std::string& msg_type, std::int64_t seq, const std::string& fields) {
    fix::Buffer out;
    fix::frame_message("FIXT.1.1",
                       with_soh("35=" + msg_type + "|34=" + std::to_string(seq) + "|49=KalshiNR|52=20261122-18:32:01.123|56=key|" + fields),
                       out);
    return std::string(out.view());
  }

  const RawSessionOptions& options() const { return options_; }

  std::vector<Sent> sent;
  std::function<void(const Sent&)> when_sent;
  std::function<void()> when_started, when_reset, when_gone;
  bool fail_sends{false};
  bool blocked{false}, blocked_for_cancels{false};  // the exchange does not read
  bool record{true};
  int starts{0}, resets{0}, round_trips{0};

 private:
  void deliver(const std::string& msg_type, const std::string& fields, bool poss_dup, bool app) {
    const std::string bytes = message(msg_type, in_, (poss_dup ? "43=Y|" : "") + fields);
    const wall::InboundMessage in{bytes.data(), bytes.size(), msg_type, in_++, poss_dup, false};
    if (app)
      handler_.on_app(in);
    else
      handler_.on_admin(in);
  }

  RawSessionOptions options_;
  RawSessionHandler& handler_;
  std::atomic<SessionState> state_{SessionState::stopped};
  std::int64_t next_{1}, in_{1};
};

}  // namespace marginfix::sessions
