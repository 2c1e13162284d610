// AccountFeed: sessions around a ReportMerge.
#include "marginfix/account_feed.hpp"

#include <mutex>
#include <utility>

namespace marginfix {
namespace {

constexpr int kMostTries = 3;  // a range whose counts do not agree is asked for again

DropCopySession* drop_copy_of(MarginFixClient& client) {
  for (FixSession* session : client.sessions()) {
    if (auto* found = dynamic_cast<DropCopySession*>(session)) return found;
  }
  return nullptr;
}

bool is_logged_on(SessionState state) { return state == SessionState::active || state == SessionState::recovering; }

template <class Handler, class... Args>
void call(const Handler& handler, const Args&... args) {
  if (handler) handler(args...);
}

}  // namespace

struct AccountFeed::Impl : std::enable_shared_from_this<Impl> {
  Impl(MarginFixClient& client, AccountFeedOptions wanted, AccountFeedHandlers called)
      : options(std::move(wanted)),
        handlers(std::move(called)),
        listener(client.listener()),
        drop_copy(drop_copy_of(client)),
        merge(options.resume, options.remembered),
        // KalshiRT sends again what its listener has missed and it has retained (MessageRetentionPeriod(20200), 24 h by default).
        kept_for_us(listener.config().target == TargetSession::RT) {}

  template <class F>
  auto locked(F&& work) const {
    const std::lock_guard lock(mutex);
    return work();
  }

  // ---- reports ----------------------------------------------------------------------------------------------------------
  void hear(ReportSource source, const fix::ExecutionReport& report, const Inbound& in) {
    const ExecId exec_id(report.exec_id);
    const std::string_view last_mkt = report.last_mkt.value_or(std::string_view());
    if (locked([&] { return merge.is_new(last_mkt, exec_id); })) call(handlers.on_report, FeedReport{report, in, source});
    locked([&] { merge.take(source, last_mkt, exec_id, report.transact_time.value_or(Timestamp{})); });
  }

  // ---- the listener -------------------------------------------------------------------------------------------------------
  void on_state(const StateChange& change) {
    const bool on = is_logged_on(change.state);
    if (on == listening) return;
    listening = on;
    if (on)
      begin();
    else if (!kept_for_us)
      lost(change.text.empty() ? "the listener is " + std::string(to_string(change.state)) : change.text);
  }
  void on_gap(const MissingMessages& missing) {
    lost("MsgSeqNum(34) " + std::to_string(missing.first) + " to " + std::to_string(missing.last) + " of the listener did not come");
    if (listening) begin();
  }
  void begin() {  // the listener hears from here on
    if (const auto gap = locked([&] { return merge.listener_on(system_clock().now()); })) {
      if (gap->number > told) call(handlers.on_gap, *gap);  // of the time before this process
      told = gap->number;
      tries = 0;
      fill();
    }
  }
  void lost(const std::string& why) {
    locked([&] { merge.listener_lost(why); });
    const ReportGap gap = *locked([&] { return merge.gap(); });
    if (gap.number == told) return;
    told = gap.number;
    call(handlers.on_gap, gap);
  }

  // ---- filling: one question at a time --------------------------------------------------------------------------------------
  void fill() {
    const auto gap = locked([&] { return merge.gap(); });
    if (gap && listening && !asking) fill(*gap);
  }
  void fill(const ReportGap& gap) {
    if (drop_copy == nullptr) return by_rest(gap, fail(ErrorCategory::config, "there is no drop copy session"));
    if (drop_copy->state() == SessionState::stopped)
      return by_rest(gap, fail(ErrorCategory::closed, "drop copy has ended: " + drop_copy->last_change().text));
    if (!is_logged_on(drop_copy->state())) return;  // on_drop_copy_state() goes on
    DropCopyRange range;
    if (gap.from_start) range.begin_exec_id = "0;0";
    for (const auto& [last_mkt, point] : gap.after) range.after.push_back({last_mkt, point.exec_id.text()});
    asking = true;
    ++tries;
    auto done = [self = shared_from_this(), gap](Result<DropCopyResult> result) { self->answered(gap, std::move(result)); };
    if (const auto asked = drop_copy->request(std::move(range), done); !asked) done(asked.error());
  }
  void answered(const ReportGap& gap, Result<DropCopyResult> result) {
    asking = false;
    if (!result && result.error().category == ErrorCategory::closed) return;  // again when it is back
    if (!result) return by_rest(gap, result.error());
    if (!result->counts_agree) {
      if (tries < kMostTries) return fill();
      return by_rest(gap, fail(ErrorCategory::sequence, "drop copy announced another number of reports than it sent"));
    }
    std::map<std::string, ExecId> last;
    for (const DropCopyMark& mark : result->last_by_mkt) last.emplace(mark.last_mkt, ExecId(mark.exec_id));
    if (locked([&] { return merge.filled(gap, last); })) return call(handlers.on_filled, gap);
    fill();  // the listener has been away again
  }
  void on_drop_copy_state(const StateChange& change) {
    if (is_logged_on(change.state) || change.state == SessionState::stopped) fill();
  }

  void by_rest(const ReportGap& gap, const Error& why) {
    if (!options.fills_by_rest) return give_up(gap, why, false);
    auto done = [self = shared_from_this(), gap, why](Result<std::vector<Fill>> fills) {
      self->listener.run_on_io_thread([self, gap, why, fills = std::move(fills)] { self->rest_answered(gap, why, fills); });
    };
    options.fills_by_rest(gap, std::move(done));
  }
  void rest_answered(const ReportGap& gap, const Error& why, const Result<std::vector<Fill>>& fills) {
    if (!fills) return give_up(gap, fails(why, fills.error()), false);
    for (const Fill& fill : *fills) call(handlers.on_fill, fill);
    give_up(gap, why, true);
  }
  static Error fails(const Error& drop_copy, const Error& rest) {
    Error error = drop_copy;
    error.message += "; REST: " + rest.message;
    return error;
  }
  void give_up(const ReportGap& gap, const Error& why, bool fills_told) {
    if (!locked([&] { return merge.given_up(gap); })) return;  // the listener went away meanwhile: the gap is asked about again
    Error error = why;
    error.message += fills_told ? "; its fills came by REST, what else became of orders GET /margin/orders says"
                                : "; ask REST for the fills since then and for the orders (rest::missed())";
    call(handlers.on_unfillable, UnfillableGap{gap, error, fills_told});
  }

  AccountFeedOptions options;
  AccountFeedHandlers handlers;
  ListenerSession& listener;
  DropCopySession* drop_copy;
  mutable std::mutex mutex;  // of the merge: resume_points() may be asked for from any thread
  ReportMerge merge;
  bool kept_for_us;
  // The I/O thread's.
  bool listening{false};
  std::uint64_t told{0};  // the latest gap that on_gap was called for
  bool asking{false};     // drop copy, and it has not answered
  int tries{0};
};

AccountFeed::AccountFeed(MarginFixClient& client, AccountFeedOptions options, AccountFeedHandlers handlers)
    : impl_(std::make_shared<Impl>(client, std::move(options), std::move(handlers))) {
  Impl& feed = *impl_;
  ListenerHandlers heard = feed.handlers.listener;
  heard.on_execution_report = [&feed](const fix::ExecutionReport& r, const Inbound& in) { feed.hear(ReportSource::listener, r, in); };
  heard.on_state = [&feed](const StateChange& change) {
    feed.on_state(change);
    call(feed.handlers.listener.on_state, change);
  };
  heard.on_gap = [&feed](const MissingMessages& missing) {
    feed.on_gap(missing);
    call(feed.handlers.listener.on_gap, missing);
  };
  feed.listener.set_handlers(std::move(heard));
  if (feed.drop_copy == nullptr) return;
  DropCopyHandlers past = feed.handlers.drop_copy;
  past.on_execution_report = [&feed](const fix::ExecutionReport& r, const Inbound& in) { feed.hear(ReportSource::drop_copy, r, in); };
  past.on_state = [&feed](const StateChange& change) {
    feed.on_drop_copy_state(change);
    call(feed.handlers.drop_copy.on_state, change);
  };
  feed.drop_copy->set_handlers(std::move(past));
}

AccountFeed::~AccountFeed() = default;

void AccountFeed::hear(const fix::ExecutionReport& report, const Inbound& in) { impl_->hear(ReportSource::own_session, report, in); }

ResumePoints AccountFeed::resume_points() const {
  return impl_->locked([this] { return impl_->merge.resume_points(); });
}

}  // namespace marginfix
