// RawSession: carries out what the transition table (session_machine) decides, and reads the ends (session_end).
#include "sessions/raw_session.hpp"

#include <fmt/format.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "marginfix/core/secret.hpp"
#include "sessions/quickfix/wire.hpp"
#include "sessions/session_end.hpp"
#include "sessions/session_machine.hpp"
#include "sessions/snapshot.hpp"
#include "sessions/transport/dialer.hpp"

namespace marginfix::sessions {
namespace {

namespace asio = boost::asio;
constexpr std::chrono::milliseconds kSessionTick{100};
constexpr std::size_t kMostUnwritten = std::size_t{64} << 10;  // bytes, some 250 orders
constexpr std::size_t kMostUrgent = std::size_t{4} << 20;      // the same for cancels: they are never too old
constexpr std::chrono::milliseconds kStopGrace{3'000};         // on top of the Logout time-out: flush and the peer's end

class RawSessionImpl final : public RawSession, private wall::SessionEvents, private transport::ConnectionEvents {
 public:
  RawSessionImpl(asio::any_io_executor executor, RawSessionOptions options, MessageStore& store, RawSessionHandler& handler)
      : executor_(std::move(executor)),
        options_(std::move(options)),
        store_(store),
        handler_(handler),
        clock_(options_.clock != nullptr ? *options_.clock : system_clock()),
        time_(options_.plan.time != nullptr ? *options_.plan.time : wall::system_time()),
        log_(options_.log ? options_.log : null_log_sink()),
        waits_({options_.backoff, options_.already_exists_wait, options_.busy_wait, options_.refused_wait}, options_.backoff_seed),
        retry_timer_(executor_),
        stop_timer_(executor_),
        hold_timer_(executor_),
        tick_timer_(executor_) {
    transport::DialTarget target;
    target.host = options_.host;
    target.port = options_.port;
    target.tls = options_.tls;
    target.timeouts = options_.timeouts;
    target.limits = options_.limits;
    target.limits.time = &time_;
    target.resolver = options_.resolver;
    dialer_ = transport::make_dialer(executor_, std::move(target));
  }

  ~RawSessionImpl() override {
    if (connection_) connection_->detach();
  }
  RawSessionImpl(const RawSessionImpl&) = delete;
  RawSessionImpl& operator=(const RawSessionImpl&) = delete;

  // Throws what wall::make_session throws.
  void make_engine() { wall_session_ = wall::make_session(options_.plan, store_, *this); }

  void start() override {
    on_executor([this] {
      if (state() != SessionState::stopped) return;
      stop_requested_ = false;
      handle(SessionEvent::start);
    });
  }

  void stop(std::function<void()> stopped) override {
    on_executor([this, stopped = std::move(stopped)]() mutable {
      if (stopped) stopped_callbacks_.push_back(std::move(stopped));
      stop_requested_ = true;
      handle(SessionEvent::stop);
    });
  }

  void kill_connection() override {
    on_executor([this] {
      facts_.killed = true;
      handle(SessionEvent::kill);
    });
  }

  void reset_sequence_once() override {
    on_executor([this] { wall_session_->reset_once(); });
  }

  Result<std::int64_t> send(const std::string& msg_type, std::string_view body, const std::string& sender_sub_id) override {
    assert(on_io_thread());
    const SessionState now = state();
    if (now != SessionState::active && now != SessionState::recovering)
      return fail(ErrorCategory::closed, fmt::format("{} is not logged on (it is {}): the message was not numbered, stored or sent",
                                                     options_.name, to_string(now)));
    const wall::SendOutcome outcome = wall_session_->send_app(msg_type, body.data(), body.size(), sender_sub_id);
    publish();
    if (outcome.ok) return outcome.seq;
    return fail(outcome.store_failed ? ErrorCategory::store : ErrorCategory::closed, fmt::format("{}: {}", options_.name, outcome.error));
  }

  void request_round_trip() override {
    on_executor([this] {
      if (!wall_session_->logged_on()) return;
      round_trip_id_ = fmt::format("RTT-{}", ++round_trips_);
      round_trip_start_ = time_.monotonic();
      wall_session_->send_test_request(round_trip_id_);
      publish();
    });
  }

  bool congested(bool urgent) const override {
    return wall_session_->resending() || (connection_ && connection_->queued() > (urgent ? kMostUrgent : kMostUnwritten));
  }

  SessionState state() const noexcept override { return state_.load(std::memory_order_acquire); }

  ConnectionStatistics statistics() const override { return published_.load(); }

  std::int64_t next_sender_seq() const override { return wall_session_->next_sender_seq(); }
  std::int64_t next_target_seq() const override { return wall_session_->next_target_seq(); }

 private:
  // --- events -> actions -------------------------------------------------------------------------------------------------
  // Run to completion: an event raised by an action waits until the action's transition is done.
  void handle(SessionEvent event) {
    io_thread_ = std::this_thread::get_id();
    events_.push_back(event);
    if (events_.size() > 1) return;
    while (!events_.empty()) {
      apply(step(state(), events_.front()));
      events_.pop_front();
    }
  }

  void apply(Transition next) {
    const SessionState before = state();
    if (next.actions & kSessionDown) engine_down();
    state_.store(next.state, std::memory_order_release);
    if (next.state != before || (next.actions & kReportStopped)) announce(next.state, before);
    if (next.actions & kDial) dial();
    if (next.actions & kLogon) log_on();
    if (next.actions & kLogout) log_out();
    if (next.actions & kCloseLink) connection_->close();
    if ((next.actions & kResetLink) && connection_) connection_->reset();
    if (next.actions & kArmRetry) arm(retry_timer_, wait_before_retry(), SessionEvent::retry_due);
    if (next.actions & kCancelRetry) retry_timer_.cancel();
    if (next.actions & kArmStop) arm(stop_timer_, std::chrono::seconds(options_.plan.logout_timeout) + kStopGrace, SessionEvent::stop_due);
    if (next.actions & kArmHold) arm(hold_timer_, options_.logon_holds, SessionEvent::held);
    if (next.actions & kResetBackoff) waits_.held();
    if (next.actions & kReportStopped) report_stopped();
  }

  void announce(SessionState now, SessionState before) {
    const bool at_rest = now == SessionState::waiting || now == SessionState::stopped;
    if (at_rest && stop_requested_) verdict_ = {EndReason::requested, "stopped by request", false};
    if (now == before) return;
    const EndReason reason = at_rest ? verdict_.reason : EndReason::none;
    const std::string text = at_rest ? verdict_.text : std::string();
    if (at_rest) {
      log(end_level(), "{} ended, {}: {}", options_.name, to_string(reason), text);
    } else {
      log(LogLevel::info, "{} is {}", options_.name, to_string(now));
    }
    guarded([&] { handler_.on_state(now, reason, text); });
  }

  LogLevel end_level() const {
    if (verdict_.reason == EndReason::requested || verdict_.reason == EndReason::maintenance) return LogLevel::info;
    return verdict_.retry ? LogLevel::warning : LogLevel::error;
  }

  void dial() {
    facts_ = EndFacts{};
    facts_.keep_sequence = options_.plan.keep_sequence;
    facts_.target_comp_id = options_.plan.target_comp_id;
    facts_.same_key_sessions = options_.same_key_sessions;
    connection_ = dialer_->dial(*this);
  }

  void log_on() {
    ++figures_.connects;
    log(LogLevel::info, "{} connected to {}{}{}", options_.name, connection_->peer(),
        connection_->tls_version().empty() ? ", plain TCP" : ", " + connection_->tls_version(),
        connection_->tls_resumed() ? " resumed" : "");
    engine_up_ = true;
    wall_session_->connected(*connection_);
    publish();
    arm_tick();
  }

  void log_out() {
    wall_session_->logout("");
    publish();
  }

  void engine_down() {
    tick_timer_.cancel();
    hold_timer_.cancel();
    stop_timer_.cancel();
    round_trip_id_.clear();
    if (std::exchange(engine_up_, false) && wall_session_) wall_session_->disconnected();
    publish();
  }

  std::chrono::milliseconds wait_before_retry() {
    const auto wait = waits_.next(verdict_);
    log(LogLevel::info, "{} tries again in {} ms{}", options_.name, wait.count(),
        waits_.same_again() == 0 ? "" : fmt::format(": the exchange has refused in the same words {} times", waits_.same_again() + 1));
    return wait;
  }

  void report_stopped() {
    for (auto& callback : std::exchange(stopped_callbacks_, {})) guarded(callback);
  }

  // --- transport ---------------------------------------------------------------------------------------------------------
  void on_tcp_connected() override { handle(SessionEvent::tcp_connected); }
  void on_open() override { handle(SessionEvent::link_open); }

  void on_received(const char* data, std::size_t size) override {
    figures_.last_received = clock_.now();
    wall_session_->received(data, size);
    publish();
  }

  bool on_writing() override { return wall_session_->commit(); }

  void on_drained() override {
    wall_session_->writable();
    publish();
    if (!wall_session_->resending()) guarded([&] { handler_.on_room(); });
  }

  void on_closed(transport::CloseReason reason, const std::string& text) override {
    facts_.close = reason;
    if (facts_.cause == wall::EndCause::none) facts_.text = text;
    facts_.stop_requested = stop_requested_;
    facts_.in_maintenance = in_scheduled_maintenance(clock_.now());
    connection_.reset();
    verdict_ = judge_end(facts_);
    handle(verdict_.retry ? SessionEvent::down_retry : SessionEvent::down_final);
  }

  // --- wall --------------------------------------------------------------------------------------------------------------
  bool sign_logon(const wall::LogonSigning& what, std::string* base64, std::string* error) override {
    if (!options_.signer) {
      *error = "no private key is configured";
    } else {
      auto made = options_.signer->sign(
          fix_logon_payload(what.sending_time, what.msg_type, what.msg_seq_num, what.sender_comp_id, what.target_comp_id));
      if (made) {
        *base64 = std::move(made.value());
        return true;
      }
      *error = made.error().message;
    }
    facts_.signing_error = *error;
    return false;
  }

  void on_incoming(const char* data, std::size_t size) override {
    if (options_.message_log) options_.message_log->message(clock_.now(), {data, size});
  }

  void on_logon(const wall::InboundMessage&) override {
    facts_.was_logged_on = true;
    handle(SessionEvent::logged_on);
  }

  void on_app(const wall::InboundMessage& message) override {
    log_message("<", message.data, message.size);
    if (message.before_logon) note_answer(message);
    guarded([&] { handler_.on_app(message); });
  }

  void on_admin(const wall::InboundMessage& message) override {
    log_message("<", message.data, message.size);
    if (message.before_logon) note_answer(message);
    if (message.msg_type == "0" && !round_trip_id_.empty()) measure_round_trip(*message.frame);
    guarded([&] { handler_.on_admin(message); });
  }

  void on_stray(const wall::InboundMessage& message, const std::string& why) override {
    log(LogLevel::warning, "{}: not for this session: {}: {}", options_.name, why, std::string_view(message.data, message.size));
    guarded([&] { handler_.on_stray(message, why); });
  }

  // What came in place of the Logon's answer; the session ends the connection behind it.
  void note_answer(const wall::InboundMessage& message) {
    constexpr int kSessionRejectReason = 373, kBusinessRejectReason = 380;
    const std::string_view raw(message.data, message.size);
    facts_.answer_type = message.msg_type;
    facts_.code_given = !message.frame->field(message.msg_type == "j" ? kBusinessRejectReason : kSessionRejectReason).empty();
    if (const auto difference = clock_difference(raw, clock_.now())) facts_.clock_difference = difference;
    log(LogLevel::warning, "{}: in place of the Logon(A) came {}", options_.name, raw);
  }

  void measure_round_trip(const wall::Frame& heartbeat) {
    constexpr int kTestReqId = 112;
    if (heartbeat.field(kTestReqId) != round_trip_id_) return;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(time_.monotonic() - round_trip_start_);
    figures_.last_round_trip = std::max(took, std::chrono::microseconds(1));
    round_trip_id_.clear();
  }

  void on_sent(const char* data, std::size_t size) override {
    figures_.last_sent = clock_.now();
    if (options_.message_log) options_.message_log->message(figures_.last_sent, {data, size});
    log_message(">", data, size);
    guarded([&] { handler_.on_sent(std::string_view(data, size)); });
  }

  void on_not_resent(const char* data, std::size_t size) override {
    guarded([&] { handler_.on_not_resent(std::string_view(data, size)); });
  }

  void on_gap(std::int64_t expected, std::int64_t received) override {
    log(LogLevel::warning, "{}: MsgSeqNum(34) {} came where {} was expected: the messages between are asked for again", options_.name,
        received, expected);
    handle(SessionEvent::gap);
  }

  void on_gap_filled() override {
    log(LogLevel::info, "{}: the gap is closed", options_.name);
    handle(SessionEvent::gap_filled);
  }

  void on_end(wall::EndCause cause, const std::string& text, int code) override {
    facts_.cause = cause;
    facts_.text = text;
    facts_.code = code;
    handle(SessionEvent::ending);
  }

  void on_missing(std::int64_t first, std::int64_t last) override {
    guarded([&] { handler_.on_missing(first, last); });
  }

  void on_event(const std::string& text) override { log(LogLevel::debug, "{}: {}", options_.name, text); }
  void on_notice(const std::string& text) override { log(LogLevel::warning, "{}: {}", options_.name, text); }

  // --- help --------------------------------------------------------------------------------------------------------------
  template <class Work>
  void on_executor(Work work) {
    asio::dispatch(executor_, [weak = std::weak_ptr<int>(alive_), work = std::move(work)]() mutable {
      if (const auto alive = weak.lock()) work();
    });
  }

  void arm(asio::steady_timer& timer, std::chrono::milliseconds after, SessionEvent event) {
    timer.expires_after(after);
    timer.async_wait([this, weak = std::weak_ptr<int>(alive_), event](const boost::system::error_code& error) {
      if (!error && weak.lock()) handle(event);
    });
  }

  void arm_tick() {
    tick_timer_.expires_after(kSessionTick);
    tick_timer_.async_wait([this, weak = std::weak_ptr<int>(alive_)](const boost::system::error_code& error) {
      if (error || !weak.lock() || !engine_up_) return;
      const bool was_resending = wall_session_->resending();
      wall_session_->tick();
      publish();
      if (was_resending && !wall_session_->resending()) guarded([&] { handler_.on_room(); });
      if (engine_up_) arm_tick();
    });
  }

  template <class Call>
  void guarded(const Call& call) {
    try {
      call();
    } catch (const std::exception& error) {
      log(LogLevel::error, "{}: a handler threw: {}", options_.name, error.what());
    }
  }

  template <class... Args>
  void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (!options_.message_log && !log_->enabled(level)) return;
    const std::string line = redact(fmt::format(format, std::forward<Args>(args)...));
    if (options_.message_log) options_.message_log->event(clock_.now(), line);
    if (log_->enabled(level)) log_->log(level, "session", line);
  }

  void log_message(const char* direction, const char* data, std::size_t size) {
    if (options_.log_messages && log_->enabled(LogLevel::debug))
      log_->log(LogLevel::debug, options_.name, fmt::format("{} {}", direction, redact(std::string_view(data, size))));
  }

  void publish() {
    if (!wall_session_) return;
    static_cast<WireStatistics&>(figures_) = wall_session_->statistics();
    published_.store(figures_);
  }

  bool on_io_thread() const { return io_thread_ == std::thread::id{} || io_thread_ == std::this_thread::get_id(); }

  asio::any_io_executor executor_;
  RawSessionOptions options_;
  MessageStore& store_;
  RawSessionHandler& handler_;
  const Clock& clock_;
  const wall::TimeSource& time_;
  std::shared_ptr<LogSink> log_;
  RetryWaits waits_;
  asio::steady_timer retry_timer_, stop_timer_, hold_timer_, tick_timer_;
  std::unique_ptr<transport::Dialer> dialer_;
  std::shared_ptr<transport::ByteConnection> connection_;
  std::unique_ptr<wall::Session> wall_session_;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
  std::atomic<SessionState> state_{SessionState::stopped};
  std::deque<SessionEvent> events_;
  EndFacts facts_;
  EndVerdict verdict_{EndReason::none, {}, false};
  std::vector<std::function<void()>> stopped_callbacks_;
  bool stop_requested_{false}, engine_up_{false};
  std::string round_trip_id_;
  std::chrono::nanoseconds round_trip_start_{0};
  std::uint64_t round_trips_{0};
  ConnectionStatistics figures_;
  Snapshot<ConnectionStatistics> published_;  // what other threads read of them
  std::thread::id io_thread_;
};

}  // namespace

Result<std::unique_ptr<RawSession>> RawSession::create(asio::any_io_executor executor, RawSessionOptions options, MessageStore& store,
                                                       RawSessionHandler& handler) {
  options.plan.initiator = true;
  const std::string name = options.name;
  auto made = std::make_unique<RawSessionImpl>(std::move(executor), std::move(options), store, handler);
  try {
    made->make_engine();
  } catch (const std::exception& error) {
    return fail(ErrorCategory::config, fmt::format("{}: {}", name, error.what()));
  }
  return std::unique_ptr<RawSession>(std::move(made));
}

}  // namespace marginfix::sessions
