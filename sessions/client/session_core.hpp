// What every typed session stands on: a RawSession below, typed handlers above; sending with tokens and queues in between.
// Everything but submit(), the getters and start()/stop() happens on the client's I/O thread.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/account_limits.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/monotonic.hpp"
#include "marginfix/fix/reader.hpp"
#include "marginfix/fix/writer.hpp"
#include "marginfix/sessions/fix_session.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "sessions/client/client_gate.hpp"
#include "sessions/client/figure_counters.hpp"
#include "sessions/client/io_thread.hpp"
#include "sessions/client/outgoing.hpp"
#include "sessions/client/sent_window.hpp"
#include "sessions/raw_session.hpp"

namespace marginfix::sessions {

using RawSessionFactory =
    std::function<Result<std::unique_ptr<RawSession>>(boost::asio::any_io_executor, RawSessionOptions, MessageStore&, RawSessionHandler&)>;

// What the sessions of one client share.
struct ClientContext {
  boost::asio::any_io_executor executor;
  std::shared_ptr<IoThread> io{std::make_shared<IoThread>()};
  std::shared_ptr<ClientGate> gate{std::make_shared<ClientGate>()};
  std::shared_ptr<LogSink> log{null_log_sink()};
  const Clock* clock{&monotonic_clock()};    // intervals: tokens, waiting, time-outs
  const Clock* wall_clock{&system_clock()};  // what the exchange's times are compared with
  std::function<std::chrono::steady_clock::time_point()> monotonic{&std::chrono::steady_clock::now};  // ages, time-outs
  std::shared_ptr<AccountLimits> limits;
  RateLimitOptions rate_limit;
  std::size_t send_queue{10'000};
  bool log_messages{false};
  std::shared_ptr<MessageLog> message_log;
  RawSessionFactory make_raw{&RawSession::create};
  std::function<std::unique_ptr<MessageStore>(const SessionConfig&)> make_store;
  std::function<void(std::string_view name, const StateChange&)> observer;
  std::vector<std::pair<std::string, std::string>> key_of_session;  // name and key id of every session of the client
  std::atomic<bool> running{false};
};

// The RawSession options a SessionConfig means; signer left empty.
RawSessionOptions raw_options(const SessionConfig& config, const ClientContext& context);
Result<std::shared_ptr<const Signer>> load_signer(const SessionConfig& config, LogSink* log);
// KalshiRT: the user's store or a file in store_folder; the others: memory.
Result<std::unique_ptr<MessageStore>> open_store(const SessionConfig& config, const ClientContext& context);
// Null where the client has no message log.
Result<std::shared_ptr<SessionLog>> open_session_log(const SessionConfig& config, const ClientContext& context);

class SessionCore : private RawSessionHandler {
 public:
  SessionCore(SessionConfig config, std::shared_ptr<ClientContext> context, std::size_t sent_window);
  ~SessionCore() override;
  SessionCore(const SessionCore&) = delete;
  SessionCore& operator=(const SessionCore&) = delete;

  const SessionConfig& config() const noexcept { return config_; }
  ClientContext& context() const noexcept { return *context_; }

  // Reads the key, opens the store, makes the RawSession. Once; later calls tell the first one's outcome.
  Result<void> prepare();
  Result<void> start();
  void stop(std::function<void()> stopped);
  void kill_connection();
  void reset_sequence_once();
  void request_round_trip();
  void set_common_handlers(SessionHandlers handlers) {
    install([this, handlers = std::move(handlers)]() mutable { common() = std::move(handlers); });
  }

  SessionState state() const noexcept { return state_.load(std::memory_order_acquire); }
  bool active() const noexcept { return is_active(state()); }
  static bool is_active(SessionState s) noexcept { return s == SessionState::active || s == SessionState::recovering; }
  StateChange last_change() const;
  SessionStatistics statistics() const;

  bool on_io_thread() const noexcept { return context_->io->here(); }
  void run_on_io_thread(std::function<void()> task);

  // ---- sending. Any thread.
  struct Draft {
    std::string_view reference, replaces, sender_sub_id;
    bool priority{false};
    std::string_view symbol{};
  };
  template <fix::Message M>
  Result<SendReceipt> send(const M& message, const Draft& draft) {
    OutgoingPtr out = pool_.take();
    if (auto made = fix::encode_body(message, out->body); !made) {
      pool_.give_back(std::move(out));
      return refuse(made.error());
    }
    out->msg_type = M::kMsgType;
    return submit(std::move(out), draft);
  }
  Result<SendReceipt> send_body(std::string_view msg_type, std::string_view body, std::string_view reference);
  Error refuse(Error error);  // counts

  // ---- tools of the typed sessions and their parts.
  // Calls a handler of the user; what it throws is logged and counted.
  template <class Handler, class... Args>
  void call(const Handler& handler, Args&&... args) {
    if (!handler) return;
    try {
      handler(std::forward<Args>(args)...);
    } catch (const std::exception& problem) {
      handler_threw(problem.what());
    } catch (...) {
      handler_threw("something that is not a std::exception");
    }
  }
  template <class Work>
  void post(Work work) {
    boost::asio::post(context_->executor, [this, weak = std::weak_ptr<int>(alive_), work = std::move(work)]() mutable {
      const auto alive = weak.lock();
      if (!alive) return;
      const IoThread::Scope scope(*context_->io);
      work();
    });
  }
  template <class Work>
  void arm(boost::asio::steady_timer& timer, std::chrono::microseconds after, Work work) {
    timer.expires_after(after);
    timer.async_wait([this, weak = std::weak_ptr<int>(alive_), work = std::move(work)](const boost::system::error_code& problem) mutable {
      const auto alive = weak.lock();
      if (problem || !alive) return;
      const IoThread::Scope scope(*context_->io);
      work();
    });
  }
  Timestamp now() const { return context_->clock->now(); }  // for intervals
  Timestamp wall_now() const { return context_->wall_clock->now(); }
  void log(LogLevel level, const std::string& line) const;

 protected:
  // ---- what a typed session adds. I/O thread.
  virtual SessionHandlers& common() noexcept = 0;
  virtual Result<void> may_send(std::string_view /*msg_type*/) const { return {}; }
  virtual void receive(Inbound& message) = 0;  // an application message that is no j
  virtual void logged_on() {}
  virtual void lost(EndReason /*reason*/) {}  // no longer logged on
  // Nothing comes on this connection any more; `text` is what the state's change will say.
  virtual void connection_over(EndReason /*reason*/, const std::string& /*text*/) {}
  virtual void ended(EndReason /*reason*/) {}  // stopped for good: nothing comes until start()
  virtual void transmitted(const SentMessage& /*sent*/) {}
  // Remembering this message is about to push out one whose answer has not come.
  virtual void pushed_out(const SentMessage& /*message*/) {}
  // KalshiRT: the exchange asked for this message again and got a gap fill, it was older than ResendAgeLimit.
  virtual void not_resent(const SentMessage& /*message*/) {}
  virtual void dropped(const NotSent& /*what*/) {}
  virtual void refused_by_exchange(std::int64_t /*ref_seq*/, const SentMessage* /*about*/, const Error& /*error*/) {}

  // Decodes into `into`, tells on_message, and gives true; or tells on_message and on_undecodable.
  template <fix::Message M>
  bool decode(Inbound& message, M& into) {
    auto done = message.frame != nullptr ? fix::decode(*message.frame, into, findings_) : fix::decode(message.raw, into, findings_);
    if (!done) {
      undecodable(message, done.error());
      return false;
    }
    announce(message);
    return true;
  }
  void undecodable(Inbound& message, const Error& error);
  // RefMsgType(372) of the BusinessMessageReject(j) just received.
  std::string_view refused_type() const noexcept { return business_reject_.ref_msg_type; }
  std::string_view refused_id() const noexcept { return business_reject_.business_reject_ref_id.value_or(""); }  // 379
  void unknown_type(Inbound& message);
  // Replaces handlers: at once before the client runs, else at the I/O thread's next turn.
  void install(std::function<void()> assign);
  // Bytes of the message with this number: from the window, or (KalshiRT) from the store of an earlier process.
  const SentMessage* find_sent(std::int64_t seq);
  SentWindow& sent_window() noexcept { return sent_; }
  void count_outcome_unknown() noexcept { counters_.bump<&SessionFigures::outcome_unknown>(); }

 private:
  // RawSessionHandler
  void on_state(SessionState state, EndReason reason, const std::string& text) override;
  void on_app(const wall::InboundMessage& message) override;
  void on_admin(const wall::InboundMessage& message) override;
  void on_stray(const wall::InboundMessage& message, const std::string& why) override;
  void on_sent(std::string_view message) override { leaving_ = message; }
  void on_not_resent(std::string_view message) override;
  void on_missing(std::int64_t first, std::int64_t last) override;
  void on_room() override;

  Result<SendReceipt> submit(OutgoingPtr out, const Draft& draft);
  Result<SendReceipt> hand_over(OutgoingPtr out);
  void drain();
  // I/O thread. Sends, or lets wait, or gives the message back with an Error.
  std::optional<Error> transmit(OutgoingPtr& out, std::int64_t& seq);
  std::optional<Error> leave(OutgoingPtr& out, std::int64_t& seq);
  std::optional<Error> wait_here(OutgoingPtr& out, bool line_busy);
  std::optional<Error> overdue(const Outgoing& out, bool line_busy) const;
  std::optional<std::chrono::milliseconds> send_age_limit() const;
  bool withdraw_order(OutgoingPtr& cancel);
  void release_waiting();
  void arm_waiting();
  void expire_waiting();
  void give_up(OutgoingPtr out, const Error& error);
  void give_up_all(const std::string& why);
  Error not_logged_on() const;
  bool take_tokens(Outgoing& out);
  std::int64_t cost_of(const Outgoing& out) const noexcept;
  TokenBucket& bucket_of(const Outgoing& out) const noexcept;
  bool stands_in_line(const Outgoing& out) const;
  bool builds_on_waiting(std::size_t place) const;
  std::size_t first_payable();

  void announce(Inbound& message);
  void receive_reject(Inbound& message);
  void receive_business_reject(Inbound& message);
  bool find_in_store(std::int64_t seq);
  bool describe(std::int64_t seq, std::string_view bytes);
  void handler_threw(std::string_view what);
  void became_active();
  void no_longer_active(EndReason reason);

  SessionConfig config_;
  std::shared_ptr<ClientContext> context_;
  std::unique_ptr<MessageStore> store_;
  std::shared_ptr<SessionLog> message_log_;
  std::unique_ptr<RawSession> raw_;
  mutable std::mutex prepare_mutex_;
  std::atomic<bool> prepared_{false};

  std::atomic<SessionState> state_{SessionState::stopped};
  mutable std::mutex change_mutex_;
  StateChange last_change_;
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::uint64_t> next_id_{1};
  FigureCounters counters_;

  OutgoingPool pool_;
  std::mutex queue_mutex_;
  std::vector<OutgoingPtr> queue_, spare_;
  bool drain_posted_{false};
  std::deque<OutgoingPtr> waiting_;
  boost::asio::steady_timer wait_timer_;

  SentWindow sent_;
  SentMessage found_;
  std::string found_type_, found_reference_;
  std::string_view leaving_;  // what the raw session has just sent
  fix::Findings findings_;
  fix::Reject reject_;
  fix::BusinessMessageReject business_reject_;
  std::shared_ptr<int> alive_{std::make_shared<int>(0)};  // last: posted work and timers find out that we are gone
};

}  // namespace marginfix::sessions
