// SessionCore: life, state and what comes in. Sending is in session_send.cpp.
#include "sessions/client/session_core.hpp"

#include <boost/asio/post.hpp>

namespace marginfix::sessions {

SessionCore::SessionCore(SessionConfig config, std::shared_ptr<ClientContext> context, std::size_t sent_window)
    : config_(std::move(config)), context_(std::move(context)), wait_timer_(context_->executor), sent_(sent_window) {}

SessionCore::~SessionCore() = default;

// ---- life ---------------------------------------------------------------------------------------------------------------
Result<void> SessionCore::prepare() {
  const std::lock_guard lock(prepare_mutex_);
  if (prepared_) return {};
  auto signer = load_signer(config_, context_->log.get());
  if (!signer) return signer.error();
  auto store = open_store(config_, *context_);
  if (!store) return store.error();
  auto message_log = open_session_log(config_, *context_);
  if (!message_log) return message_log.error();
  RawSessionOptions options = raw_options(config_, *context_);
  options.signer = std::move(*signer);
  options.message_log = *message_log;
  auto raw = context_->make_raw(context_->executor, std::move(options), **store, *this);
  if (!raw) return raw.error();
  store_ = std::move(*store);
  message_log_ = std::move(*message_log);
  raw_ = std::move(*raw);
  prepared_.store(true, std::memory_order_release);
  return {};
}

Result<void> SessionCore::start() {
  if (!context_->running) return fail(ErrorCategory::closed, config_.name + ": the client is not started: call MarginFixClient::start()");
  if (auto done = prepare(); !done) return done;
  {
    // What an earlier run ended with is no news for the one that begins.
    const std::lock_guard lock(change_mutex_);
    if (last_change_.state == SessionState::stopped) last_change_ = {};
  }
  post([this] { raw_->start(); });
  return {};
}

void SessionCore::stop(std::function<void()> stopped) {
  if (!prepared_.load(std::memory_order_acquire)) {
    if (stopped) run_on_io_thread(std::move(stopped));
    return;
  }
  post([this, stopped = std::move(stopped)]() mutable {
    raw_->stop([this, stopped = std::move(stopped)] {
      const IoThread::Scope scope(*context_->io);
      drain();  // what other threads handed over meanwhile is given back
      if (stopped) stopped();
    });
  });
}

void SessionCore::kill_connection() {
  if (prepared_) post([this] { raw_->kill_connection(); });
}

void SessionCore::reset_sequence_once() {
  if (prepared_) {
    post([this] { raw_->reset_sequence_once(); });
    return;
  }
  const std::lock_guard lock(prepare_mutex_);
  config_.reset_sequence_once = true;
}

void SessionCore::request_round_trip() {
  if (prepared_) post([this] { raw_->request_round_trip(); });
}

void SessionCore::run_on_io_thread(std::function<void()> task) {
  if (on_io_thread()) return call(task);
  post([this, task = std::move(task)] { call(task); });
}

void SessionCore::install(std::function<void()> assign) {
  // A handler may replace handlers: never while one of them is running.
  if (context_->running)
    post(std::move(assign));
  else
    assign();
}

// ---- state --------------------------------------------------------------------------------------------------------------
void SessionCore::on_state(SessionState next, EndReason reason, const std::string& text) {
  const IoThread::Scope scope(*context_->io);
  const bool was_active = active();
  StateChange change;
  {
    const std::lock_guard lock(change_mutex_);
    last_change_.state = next;
    if (reason != EndReason::none) {
      last_change_.reason = reason;
      last_change_.text = text;
    } else if (is_active(next)) {
      last_change_.reason = EndReason::none;
      last_change_.text.clear();
    }
    change = last_change_;
  }
  if (is_active(next) && !was_active) became_active();
  state_.store(next, std::memory_order_release);
  if (is_active(next) && !was_active) logged_on();
  if (was_active && !is_active(next)) no_longer_active(reason);
  if (next == SessionState::waiting || next == SessionState::stopped) connection_over(reason, text);
  if (next == SessionState::stopped) ended(reason);
  call(common().on_state, change);
  if (context_->observer) call(context_->observer, config_.name, change);
}

void SessionCore::became_active() {
  counters_.bump<&SessionFigures::logons>();
  epoch_.fetch_add(1, std::memory_order_acq_rel);
  // Where numbers started anew, old ones would name the wrong message.
  if (config_.target != TargetSession::RT || raw_->next_sender_seq() <= sent_.newest()) sent_.clear();
}

void SessionCore::no_longer_active(EndReason reason) {
  lost(reason);
  give_up_all("the session is no longer logged on");
}

StateChange SessionCore::last_change() const {
  const std::lock_guard lock(change_mutex_);
  return last_change_;
}

SessionStatistics SessionCore::statistics() const {
  SessionStatistics s;
  if (prepared_.load(std::memory_order_acquire)) {
    static_cast<ConnectionStatistics&>(s) = raw_->statistics();
    if (message_log_) s.not_logged = message_log_->statistics().left_out;
  }
  static_cast<SessionFigures&>(s) = counters_.now();
  return s;
}

// ---- what comes in ------------------------------------------------------------------------------------------------------
namespace {

Inbound inbound_of(const wall::InboundMessage& message) {
  Inbound in;
  in.raw = {message.data, message.size};
  in.msg_type = message.msg_type;
  in.seq = message.seq;
  in.poss_dup = message.poss_dup;
  in.poss_resend = message.poss_resend;
  in.frame = message.frame;
  return in;
}

}  // namespace

void SessionCore::on_app(const wall::InboundMessage& message) {
  const IoThread::Scope scope(*context_->io);
  counters_.bump<&SessionFigures::app_in>();
  if (message.poss_dup) counters_.bump<&SessionFigures::poss_dup_in>();
  Inbound in = inbound_of(message);
  if (in.msg_type == fix::BusinessMessageReject::kMsgType)
    receive_business_reject(in);
  else if (message.before_logon && in.msg_type != fix::ExecutionReport::kMsgType && in.msg_type != fix::OrderCancelReject::kMsgType)
    undecodable(in, fail(ErrorCategory::sequence, "MsgType(35)=" + std::string(in.msg_type) + " came before the answer to Logon(A)"));
  else
    receive(in);  // a report is a report, whenever it comes
}

void SessionCore::on_admin(const wall::InboundMessage& message) {
  const IoThread::Scope scope(*context_->io);
  Inbound in = inbound_of(message);
  if (in.msg_type == fix::Reject::kMsgType)
    receive_reject(in);
  else
    call(common().on_message, std::as_const(in));
}

void SessionCore::on_stray(const wall::InboundMessage& message, const std::string& why) {
  const IoThread::Scope scope(*context_->io);
  Inbound in = inbound_of(message);
  undecodable(in, fail(ErrorCategory::sequence, "not for this session: " + why));
}

void SessionCore::on_missing(std::int64_t first, std::int64_t last) {
  const IoThread::Scope scope(*context_->io);
  call(common().on_gap, MissingMessages{first, last});
}

void SessionCore::announce(Inbound& message) {
  message.findings = {findings_.data(), findings_.size()};
  if (!findings_.empty()) counters_.bump<&SessionFigures::with_findings>();
  call(common().on_message, std::as_const(message));
}

void SessionCore::undecodable(Inbound& message, const Error& error) {
  counters_.bump<&SessionFigures::undecodable>();
  log(LogLevel::error,
      config_.name + ": a message " + std::string(message.msg_type) + " could not be decoded or placed: " + to_string(error));
  call(common().on_message, std::as_const(message));
  call(common().on_undecodable, std::as_const(message), error);
}

void SessionCore::unknown_type(Inbound& message) {
  undecodable(message, fail(ErrorCategory::decode, "MsgType(35)=" + std::string(message.msg_type) + " is not a type that " +
                                                       std::string(target_comp_id(config_.target)) + " is known to send"));
}

void SessionCore::receive_reject(Inbound& message) {
  counters_.bump<&SessionFigures::rejects>();
  if (!decode(message, reject_)) return;
  business_reject_ = {};  // refused_type(), refused_id(): views into a message that is gone
  const SentMessage* const about = find_sent(reject_.ref_seq_num);
  call(common().on_reject, std::as_const(reject_), about, std::as_const(message));
  const std::string text(reject_.text.value_or(""));
  Error error = fail(ErrorCategory::reject, "the exchange refused the message with a Reject(3)" + (text.empty() ? "" : ": " + text));
  error.tag = reject_.ref_tag_id.value_or(0);
  error.status = reject_.session_reject_reason ? static_cast<std::int32_t>(*reject_.session_reject_reason) : 0;
  error.code = text;
  error.may_have_been_sent = true;
  refused_by_exchange(reject_.ref_seq_num, about, error);
}

void SessionCore::receive_business_reject(Inbound& message) {
  counters_.bump<&SessionFigures::business_rejects>();
  if (!decode(message, business_reject_)) return;
  const std::int64_t ref_seq = business_reject_.ref_seq_num.value_or(0);
  const SentMessage* const about = find_sent(ref_seq);
  const bool rate_limited = business_reject_.business_reject_reason == BusinessRejectReason::RateLimitExceeded;
  // The exchange's bucket is the one that counts: ours was too full.
  if (rate_limited) {
    TokenBucket* const spent = sent_.bucket(ref_seq);
    (spent != nullptr ? *spent : context_->limits->bucket(request_kind(refused_type()), {})).set_available(0, now());
  }
  call(common().on_business_reject, std::as_const(business_reject_), about, std::as_const(message));
  const std::string text(business_reject_.text.value_or(""));
  Error error = fail(rate_limited ? ErrorCategory::rate_limit : ErrorCategory::business_reject,
                     "the exchange refused the message with a BusinessMessageReject(j)" + (text.empty() ? "" : ": " + text));
  error.status = static_cast<std::int32_t>(business_reject_.business_reject_reason);
  error.code = text;
  error.may_have_been_sent = true;
  refused_by_exchange(ref_seq, about, error);
}

const SentMessage* SessionCore::find_sent(std::int64_t seq) {
  if (sent_.find(seq, found_)) return &found_;
  return find_in_store(seq) ? &found_ : nullptr;
}

bool SessionCore::find_in_store(std::int64_t seq) {
  if (config_.target != TargetSession::RT || !store_ || seq <= 0) return false;
  try {
    const auto kept = store_->sent(seq, seq);
    return !kept.empty() && describe(seq, kept.front().bytes);
  } catch (const std::exception& problem) {
    log(LogLevel::error, config_.name + ": the store could not be read: " + problem.what());
    return false;
  }
}

// Sets found_ from the bytes of a message of ours.
bool SessionCore::describe(std::int64_t seq, std::string_view bytes) {
  fix::UnknownMessage message;
  fix::Findings ignored;
  if (!fix::decode_unknown(bytes, message, ignored)) return false;
  constexpr std::int32_t kClOrdId = 11;
  found_type_ = message.header.msg_type;
  found_reference_.clear();
  for (const fix::RawField& field : message.unknown) {
    if (field.tag == kClOrdId) found_reference_ = field.value;
  }
  found_ = {seq, 0, found_type_, found_reference_};
  return true;
}

// Told at the next turn: the answer to the ResendRequest(2) is still being written.
void SessionCore::on_not_resent(std::string_view message) {
  post([this, bytes = std::string(message)] {
    fix::UnknownMessage header;
    fix::Findings ignored;
    if (!fix::decode_unknown(bytes, header, ignored)) return;
    const auto seq = static_cast<std::int64_t>(header.header.msg_seq_num);
    if (!sent_.find(seq, found_) && !describe(seq, bytes)) return;
    not_resent(found_);
  });
}

void SessionCore::handler_threw(std::string_view what) {
  counters_.bump<&SessionFigures::handler_exceptions>();
  log(LogLevel::error, config_.name + ": a handler threw, the session goes on: " + std::string(what));
}

void SessionCore::log(LogLevel level, const std::string& line) const {
  if (context_->log->enabled(level)) context_->log->log(level, "client", redact(line));
}

}  // namespace marginfix::sessions
