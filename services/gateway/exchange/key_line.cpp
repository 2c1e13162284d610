#include "services/gateway/exchange/key_line.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/domain/report_merge.hpp"

namespace marginfix::gateway {
namespace {

constexpr std::chrono::milliseconds kMostQuestion{3'000};
constexpr std::chrono::minutes kDepartureKept{10};
constexpr std::chrono::seconds kLateLookEvery{10};

// Refusals that say "not this session, not with this key", where KalshiNR may still do.
bool is_refused_for_good(EndReason reason) {
  return reason == EndReason::tier_not_allowed || reason == EndReason::not_permitted || reason == EndReason::logon_invalid;
}

bool has_orders(const MarginFixConfig& config, TargetSession target) {
  return std::ranges::any_of(
      config.sessions, [&](const SessionConfig& session) { return session.kind == SessionKind::order_entry && session.target == target; });
}

template <class Which>
void drop_sessions(MarginFixConfig& config, Which which) {
  std::erase_if(config.sessions, which);
}

// What the gateway builds on: New before a trade, the whole quantity in 38, an end for every order, and whether it was expiry.
void set_logon_options(SessionConfig& session) {
  if (session.kind != SessionKind::order_entry && session.kind != SessionKind::listener) return;
  LogonOptions& logon = session.logon;
  if (!logon.enable_ioc_cancel_report) logon.enable_ioc_cancel_report = true;
  if (!logon.preserve_original_order_qty) logon.preserve_original_order_qty = true;
  if (!logon.always_emit_new_before_trade) logon.always_emit_new_before_trade = true;
  if (!logon.use_expired_ord_status) logon.use_expired_ord_status = true;
}

}  // namespace

KeyLine::KeyLine(boost::asio::io_context& io, KeyLineOptions options, ExchangeEvents& events)
    : io_(io), options_(std::move(options)), events_(events) {
  MarginFixConfig config = options_.account.fix;
  prepare(config);
  MarginFixClientOptions client_options = options_.account.fix_options(options_.log);
  client_options.executor = io_.get_executor();
  if (options_.client_options) options_.client_options(client_options);
  client_ = std::make_unique<MarginFixClient>(std::move(config), client_options);
  if (options_.account.has_rest()) {
    rest_ = std::make_unique<AsyncPerpsClient>(io_.get_executor(), options_.account.rest, options_.account.rest_options(options_.log));
    if (!options_.truth) {
      PerpsConfig asking = options_.account.rest;
      asking.http.request_timeout = std::min(asking.http.request_timeout, kMostQuestion);  // stop() waits for a question under way
      asking.http.total_timeout = std::min(asking.http.total_timeout, kMostQuestion);
      blocking_ = std::make_unique<PerpsClient>(std::move(asking), options_.account.rest_options(options_.log));
      options_.truth = truth_by_rest(*blocking_);
    }
  }
  if (options_.truth) truth_ = std::make_unique<TruthAsker>(io_, options_.truth);
  watch(*client_);
}

KeyLine::~KeyLine() = default;

// One order entry session of those that the account has; listener and drop copy only where they are wanted.
void KeyLine::prepare(MarginFixConfig& config) const {
  const bool rt = has_orders(config, TargetSession::RT);
  drop_sessions(config, [&](const SessionConfig& session) {
    if (session.kind == SessionKind::listener || session.kind == SessionKind::drop_copy) return !options_.use_listener;
    return session.kind == SessionKind::order_entry && session.target == TargetSession::NR && rt;
  });
  for (SessionConfig& session : config.sessions) set_logon_options(session);
}

void KeyLine::watch(MarginFixClient& client) {
  const auto relay = [this](auto& handlers, FixSession& session) {
    handlers.on_message = [this, name = session.name()](const Inbound& in) {
      if (in.frame == nullptr || !in.frame->is_admin()) events_.on_exchange_message(*this, name, in);
    };
    handlers.on_state = [this, &session](const StateChange& change) { on_state(session, change); };
  };
  const bool listens = options_.use_listener &&
                       std::ranges::any_of(client.sessions(), [](FixSession* s) { return s->config().kind == SessionKind::listener; });
  if (listens) {
    AccountFeedHandlers handlers;
    AccountFeedOptions feed_options;
    if (const auto points = parse_resume_points(options_.resume_points)) feed_options.resume = *points;
    handlers.on_report = [this](const FeedReport& told) { events_.on_report(*this, told.report); };
    handlers.on_unfillable = [this](const UnfillableGap&) { events_.on_hole(*this); };
    handlers.on_filled = [this](const ReportGap&) { events_.on_hole(*this); };  // ends and fills have come; REST agrees, or tells what not
    relay(handlers.listener, client.listener());
    for (FixSession* session : client.sessions()) {
      if (session->config().kind == SessionKind::drop_copy) relay(handlers.drop_copy, *session);
    }
    feed_ = std::make_unique<AccountFeed>(client, feed_options, handlers);
  }
  for (FixSession* session : client.sessions()) {
    if (session->config().kind != SessionKind::order_entry) continue;
    OrderEntryHandlers handlers;
    relay(handlers, *session);
    handlers.on_execution_report = [this](const fix::ExecutionReport& report, const Inbound& in) {
      if (feed_) return feed_->hear(report, in);
      events_.on_report(*this, report);
    };
    handlers.on_cancel_reject = [this](const fix::OrderCancelReject& reject, const Inbound&) { events_.on_cancel_reject(*this, reject); };
    handlers.on_outcome_unknown = [this](const UnknownOutcome& unknown) {
      events_.on_outcome_unknown(*this, unknown.message.cl_ord_id, unknown.cause, std::string(unknown.text));
    };
    handlers.on_sent = [this, name = session->name()](const SentMessage& sent) {
      events_.on_exchange_sent(*this, name, sent.raw);
      if (const auto late = late_.find(id_hash(sent.cl_ord_id)); late != late_.end()) late->second = monotonic_time();
    };
    handlers.on_not_sent = [this](const NotSent& not_sent) {
      if (const auto late = late_.find(id_hash(not_sent.cl_ord_id)); late != late_.end()) late_.erase(late);
      events_.on_not_taken(*this, not_sent.cl_ord_id, not_sent.error.message);
    };
    const auto refused = [this](const SentMessage* about, const std::string& text) {
      if (about != nullptr) events_.on_not_taken(*this, about->cl_ord_id, text);
    };
    handlers.on_reject = [refused](const fix::Reject& reject, const SentMessage* about, const Inbound&) {
      refused(about, std::string(reject.text.value_or("refused by the exchange: Reject(3)")));
    };
    handlers.on_business_reject = [refused](const fix::BusinessMessageReject& reject, const SentMessage* about, const Inbound&) {
      refused(about, std::string(reject.text.value_or("refused by the exchange: BusinessMessageReject(j)")));
    };
    handlers.on_gap = [this](const MissingMessages&) { events_.on_hole(*this); };
    static_cast<OrderEntrySession*>(session)->set_handlers(std::move(handlers));
  }
}

Result<void> KeyLine::start() {
  if (options_.account.limits && rest_) {
    // What the account really has; FIX and REST spend the same buckets.
    rest_->margin().api_limits({}, [](const auto&) {});
  }
  return client_->start();
}

void KeyLine::stop(std::function<void()> stopped) {
  up_ = false;
  if (rest_) rest_->cancel_all();
  const auto last = [this, stopped = std::move(stopped)] { client_->async_stop(stopped); };
  if (fallback_) return fallback_->async_stop(last);
  last();
}

OrderEntrySession* KeyLine::orders() const {
  MarginFixClient* client = fallback_ ? fallback_.get() : client_.get();
  for (FixSession* session : client->sessions()) {
    if (session->config().kind == SessionKind::order_entry) return static_cast<OrderEntrySession*>(session);
  }
  return nullptr;
}

MarketDataSession* KeyLine::market_data() noexcept {
  for (FixSession* session : client_->sessions()) {
    if (session->config().kind == SessionKind::market_data) return static_cast<MarketDataSession*>(session);
  }
  return nullptr;
}

void KeyLine::on_state(FixSession& session, const StateChange& change) {
  if (session.config().kind != SessionKind::order_entry) return;
  const bool rt = session.config().target == TargetSession::RT;
  if (rt && !fallback_ && change.state == SessionState::stopped && is_refused_for_good(change.reason) &&
      has_orders(options_.account.fix, TargetSession::NR))
    return fall_back();
  if (&session != orders()) return;
  const bool now_up = change.state == SessionState::active || change.state == SessionState::recovering;
  if (now_up != up_) set_up(now_up);
  if (change.state == SessionState::active) events_.on_hole(*this);
}

void KeyLine::set_up(bool up) {
  up_ = up;
  up_since_ = monotonic_time();
  events_.on_line(*this, up);
}

// KalshiRT is not open to this account: KalshiNR, whose reports are lost with its connection and asked for at REST.
void KeyLine::fall_back() {
  MarginFixConfig config = options_.account.fix;
  drop_sessions(
      config, [](const SessionConfig& session) { return session.kind != SessionKind::order_entry || session.target != TargetSession::NR; });
  for (SessionConfig& session : config.sessions) set_logon_options(session);
  MarginFixClientOptions client_options = options_.account.fix_options(options_.log);
  client_options.executor = io_.get_executor();
  if (options_.client_options) options_.client_options(client_options);
  fallback_ = std::make_unique<MarginFixClient>(std::move(config), client_options);
  watch(*fallback_);
  if (const auto started = fallback_->start(); !started && options_.log)
    options_.log->log(LogLevel::error, "gateway", options_.name + ": " + started.error().message);
}

bool KeyLine::caught_up() const {
  const OrderEntrySession* session = orders();
  return session != nullptr && session->state() == SessionState::active;
}
bool KeyLine::resends() const {
  const OrderEntrySession* session = orders();
  return session != nullptr && session->config().target == TargetSession::RT;
}
std::chrono::seconds KeyLine::resend_age_limit() const {
  const OrderEntrySession* session = orders();
  return session == nullptr ? std::chrono::seconds{0} : std::max(session->config().resend_age_limit, std::chrono::seconds{0});
}
std::string KeyLine::session_name() const {
  const OrderEntrySession* session = orders();
  return session == nullptr ? std::string() : std::string(target_comp_id(session->config().target));
}
StateChange KeyLine::state() const {
  const OrderEntrySession* session = orders();
  return session == nullptr ? StateChange{SessionState::stopped, EndReason::none, "no order entry session is configured"}
                            : session->last_change();
}
std::int64_t KeyLine::up_for_us() const {
  return up_ ? std::chrono::duration_cast<std::chrono::microseconds>(monotonic_time() - up_since_).count() : 0;
}

template <class Message>
Result<SendReceipt> KeyLine::send_on(const Message& message, Result<SendReceipt> (OrderEntrySession::*how)(const Message&)) {
  OrderEntrySession* session = orders();
  if (session == nullptr) return fail(ErrorCategory::closed, "no order entry session is configured");
  const auto receipt = (session->*how)(message);
  if (receipt && receipt->queued()) note_late(message.cl_ord_id);
  return receipt;
}

void KeyLine::note_late(std::string_view cl_ord_id) {
  const std::chrono::nanoseconds clock = monotonic_time();
  if (clock >= next_late_look_) {
    next_late_look_ = clock + kLateLookEvery;
    boost::unordered::erase_if(late_, [clock](const auto& each) { return each.second && clock - *each.second > kDepartureKept; });
  }
  late_[id_hash(cl_ord_id)].reset();
}

bool KeyLine::late_one_left(std::string_view cl_ord_id, std::chrono::nanoseconds before) const {
  const auto late = late_.find(id_hash(cl_ord_id));
  return late == late_.end() || (late->second && *late->second < before);
}
Result<SendReceipt> KeyLine::send(const fix::NewOrderSingle& order) { return send_on(order, &OrderEntrySession::new_order); }
Result<SendReceipt> KeyLine::send(const fix::OrderCancelReplaceRequest& request) { return send_on(request, &OrderEntrySession::amend); }
Result<SendReceipt> KeyLine::send(const fix::OrderCancelRequest& request) { return send_on(request, &OrderEntrySession::cancel); }
Result<SendReceipt> KeyLine::mass_cancel(const std::string& cl_ord_id) {
  OrderEntrySession* session = orders();
  if (session == nullptr) return fail(ErrorCategory::closed, "no order entry session is configured");
  return session->mass_cancel(cl_ord_id);
}

bool KeyLine::ask(const TruthQuestion& question, std::function<void(const Result<Truth>&)> then) {
  return truth_ != nullptr && truth_->ask(question, std::move(then));
}
SessionStatistics KeyLine::statistics() const {
  const OrderEntrySession* session = orders();
  return session == nullptr ? SessionStatistics{} : session->statistics();
}
std::int64_t KeyLine::write_tokens() const {
  const std::shared_ptr<AccountLimits> limits = client_->limits();
  return limits ? limits->write().available(monotonic_clock().now()) : 0;
}
std::string KeyLine::resume_points() const { return feed_ ? to_text(feed_->resume_points()) : std::string(); }

}  // namespace marginfix::gateway
