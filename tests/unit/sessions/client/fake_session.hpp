// A RawSession the tests play themselves: they say when it logs on, what comes in, and see what left.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "marginfix/fix/writer.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix::test {

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

class FakeRaw final : public sessions::RawSession {
 public:
  FakeRaw(sessions::RawSessionOptions options, sessions::RawSessionHandler& handler) : options_(std::move(options)), handler_(handler) {}

  void start() override {
    ++starts;
    go(SessionState::connecting);
  }
  void stop(std::function<void()> stopped) override {
    go(SessionState::stopped, EndReason::requested, "stopped by request");
    if (stopped) stopped();
  }
  void kill_connection() override { drop(EndReason::connection_lost); }
  void reset_sequence_once() override { ++resets; }
  Result<std::int64_t> send(const std::string& msg_type, std::string_view body, const std::string& sender_sub_id) override {
    if (fail_sends) return fail(ErrorCategory::store, "the disk is full");
    if (record) sent.push_back({next_, msg_type, with_pipes(body), sender_sub_id});
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

  const sessions::RawSessionOptions& options() const { return options_; }

  std::vector<Sent> sent;
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

  sessions::RawSessionOptions options_;
  sessions::RawSessionHandler& handler_;
  SessionState state_{SessionState::stopped};
  std::int64_t next_{1}, in_{1};
};

class ManualClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  void advance(std::chrono::microseconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + std::chrono::hours{12}};
};

// One session of a kind, started, on an io_context that runs when the test says so.
class SessionTest : public ::testing::Test {
 protected:
  SessionTest() {
    context->executor = io.get_executor();
    context->rate_limit.write = context->rate_limit.read = TokenBucketOptions{0, 0, 0};
    context->make_raw = [this](boost::asio::any_io_executor, sessions::RawSessionOptions options, MessageStore& store,
                               sessions::RawSessionHandler& handler) -> Result<std::unique_ptr<sessions::RawSession>> {
      auto made = std::make_unique<FakeRaw>(std::move(options), handler);
      raw = made.get();
      used_store = &store;
      return std::unique_ptr<sessions::RawSession>(std::move(made));
    };
  }

  void make_buckets() {
    const Timestamp now = context->clock->now();
    context->limits = std::make_shared<AccountLimits>(context->rate_limit, now);
  }

  static SessionConfig config_of(SessionKind kind, TargetSession target) {
    SessionConfig config = MarginFixConfig::session_defaults(Environment::demo, kind, target);
    config.credentials.key_id = "key";
    config.credentials.signer = std::make_shared<Signer>(
        Signer::from_public_pem("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
                                "-----END PUBLIC KEY-----\n")
            .value());
    return config;
  }

  // `session` runs and is logged on.
  void bring_up(FixSession& session) {
    if (!context->limits) make_buckets();
    context->running = true;
    session.start().value();
    run();
    raw->log_on();
  }

  // Everything that is due now.
  void run() {
    io.restart();
    io.poll();
  }
  // Until `done`, at most five seconds of real time.
  template <class Done>
  bool run_until(Done done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
    while (!done() && std::chrono::steady_clock::now() < end) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds{20});
    }
    return done();
  }
  // On the thread handlers run on.
  template <class Task>
  void on_io(FixSession& session, Task task) {
    bool ran = false;
    session.run_on_io_thread([&] {
      task();
      ran = true;
    });
    run();
    EXPECT_TRUE(ran);
  }

  boost::asio::io_context io{1};
  std::shared_ptr<sessions::ClientContext> context{std::make_shared<sessions::ClientContext>()};
  FakeRaw* raw{nullptr};
  MessageStore* used_store{nullptr};
};

inline fix::NewOrderSingle order(std::string_view cl_ord_id) {
  fix::NewOrderSingle message;
  message.cl_ord_id = cl_ord_id;
  message.order_qty = FixedPointCount::whole(10);
  message.price = DollarDecimal::parse("6.2577").value();
  message.side = Side::Buy;
  message.symbol = "BTC-PERP";
  return message;
}

inline fix::OrderCancelRequest cancel_of(std::string_view cl_ord_id, std::string_view orig) {
  fix::OrderCancelRequest message;
  message.cl_ord_id = cl_ord_id;
  message.orig_cl_ord_id = orig;
  message.side = Side::Buy;
  message.symbol = "BTC-PERP";
  return message;
}

inline fix::OrderCancelReplaceRequest amend_of(std::string_view cl_ord_id, std::string_view orig) {
  fix::OrderCancelReplaceRequest message;
  message.cl_ord_id = cl_ord_id;
  message.orig_cl_ord_id = orig;
  message.order_qty = FixedPointCount::whole(5);
  message.price = DollarDecimal::parse("6.2577").value();
  message.side = Side::Buy;
  message.symbol = "BTC-PERP";
  return message;
}

}  // namespace marginfix::test
