// AccountFeed: sessions around a ReportMerge.
#include "marginfix/account_feed.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix {
namespace {

using Duration = std::chrono::microseconds;
using LastByMkt = std::map<std::string, ExecId>;

constexpr int kMostTries = 3;  // a range whose counts do not agree is asked for again
constexpr Duration kLook = std::chrono::milliseconds(250);
// How much earlier than its retention ends an absence counts as longer: it began before this side noticed.
constexpr std::chrono::minutes kRetentionSlack{5};
constexpr std::chrono::hours kUsualRetention{24};  // MessageRetentionPeriod(20200) of a Logon without one

DropCopySession* drop_copy_of(MarginFixClient& client) {
  DropCopySession* found = nullptr;
  client.visit([&found](auto& session) {
    if constexpr (std::is_same_v<decltype(session), DropCopySession&>) found = found == nullptr ? &session : found;
  });
  return found;
}

bool is_logged_on(SessionState state) { return state == SessionState::active || state == SessionState::recovering; }
bool has_ended(const FixSession& session) {
  return session.state() == SessionState::stopped && session.last_change().reason != EndReason::none;
}

Duration retention_of(const SessionConfig& listener) {
  const auto hours = listener.logon.message_retention_period;
  return (hours ? std::chrono::hours(*hours) : kUsualRetention) - kRetentionSlack;
}

// Where a range that is to fill a gap may begin, ascending: right behind it, or, where that is older than drop copy's window, at anything
// that is known to lie within it.
std::vector<ExecId> begins_of(const ReportGap& gap, std::vector<ExecId> told_within) {
  std::vector<ExecId> begins = std::move(told_within);
  for (const auto& [last_mkt, point] : gap.after) begins.push_back(point.exec_id);
  if (gap.from_start) begins.emplace_back("0;0");
  std::ranges::sort(begins);
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  return begins;
}

bool is_too_old(const Error& error) {
  return error.category == ErrorCategory::reject && error.status == static_cast<std::int32_t>(EventResendRejectReason::BeginTooSmall);
}

template <class Handler, class... Args>
void call(const Handler& handler, const Args&... args) {
  if (handler) handler(args...);
}

}  // namespace

struct AccountFeed::Impl : std::enable_shared_from_this<Impl> {
  Impl(MarginFixClient& client, AccountFeedOptions wanted, AccountFeedHandlers called)
      : options(std::move(wanted)),
        handlers(std::move(called)),
        clock(options.clock != nullptr ? *options.clock : monotonic_clock()),
        listener(client.listener()),
        drop_copy(drop_copy_of(client)),
        core(SessionFactory::core(listener)),
        gate(core.context().gate),
        merge(options.resume, options.remembered),
        // KalshiRT sends again what its listener has missed and it has retained.
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
    if (locked([&] { return merge.is_new(last_mkt, exec_id); })) {
      try {
        call(handlers.on_report, FeedReport{report, in, source});
      } catch (...) {
        locked([&] { merge.not_taken(last_mkt, exec_id); });
        throw;  // logged and counted by the session
      }
    }
    locked([&] { merge.take(source, last_mkt, exec_id, report.transact_time.value_or(Timestamp{})); });
  }

  // ---- the listener -------------------------------------------------------------------------------------------------------
  void on_state(const StateChange& change) {
    const bool on = is_logged_on(change.state);
    if (on == listening) return;
    listening = on;
    if (on) {
      on_logged_on();
    } else {
      left_at = clock.now();
      if (!kept_for_us) lost(change.text.empty() ? "the listener is " + std::string(to_string(change.state)) : change.text);
    }
    let_out();
  }
  void on_logged_on() {
    if (kept_for_us && left_at && clock.now() - *left_at >= retention_of(listener.config()))
      lost("the listener was away for longer than KalshiRT retains its reports, MessageRetentionPeriod(20200)");
    if (std::exchange(numbers_anew, false)) lost_by_reset();
    begin();
  }
  // KalshiRT's numbers begin anew: what was retained is gone, whoever wanted it so.
  void on_message(const Inbound& in) {
    if (!kept_for_us || !left_at || in.msg_type != "A" || in.seq != 1) return;
    if (!listening) {
      numbers_anew = true;
      return;
    }
    lost_by_reset();
    begin();
    let_out();
  }
  void lost_by_reset() { lost("ResetSeqNumFlag(141)=Y: what KalshiRT had retained for the listener is gone"); }
  void on_gap(const MissingMessages& missing) {
    lost("MsgSeqNum(34) " + std::to_string(missing.first) + " to " + std::to_string(missing.last) + " of the listener did not come");
    if (listening) begin();
    let_out();
  }
  void begin() {  // the listener hears from here on
    const auto gap = locked([&] { return merge.listener_on(system_clock().now()); });
    if (!gap) return;
    tries = 0;
    waited = {};
    search = {};
    if (asking != Asking::nobody) {  // for the break before: nobody waits for that answer any more, which may never come
      ++questions;
      asking = Asking::nobody;
    }
    if (gap->number > told) {  // of the time before this process
      tell(*gap);
    }
    fill();
  }
  void lost(const std::string& why) {
    locked([&] { merge.listener_lost(why); });
    const ReportGap gap = *locked([&] { return merge.gap(); });
    if (gap.number != told) tell(gap);
  }
  // A handler that throws keeps no gap from being filled: what it threw leaves when the feed has done its own part.
  void tell(const ReportGap& gap) {
    told = gap.number;
    try {
      call(handlers.on_gap, gap);
    } catch (...) {
      on_gap_threw = std::current_exception();
    }
  }
  void let_out() {
    if (const auto by_handler = std::exchange(on_gap_threw, nullptr)) std::rethrow_exception(by_handler);
  }

  // ---- filling: one question at a time --------------------------------------------------------------------------------------
  void fill() {
    const auto gap = locked([&] { return merge.gap(); });
    if (!gap || !listening || asking != Asking::nobody) return;
    if (drop_copy == nullptr) return by_rest(*gap, fail(ErrorCategory::config, "there is no drop copy session"));
    if (has_ended(*drop_copy)) return by_rest(*gap, fail(ErrorCategory::closed, "drop copy has ended: " + drop_copy->last_change().text));
    watch_drop_copy();
    if (is_logged_on(drop_copy->state())) by_drop_copy(*gap);  // else on_drop_copy_state() goes on
  }
  void by_drop_copy(const ReportGap& gap) {
    if (search.begins.empty()) {
      search.begins = begins_of(gap, locked([&] { return merge.told_within(gap); }));
      search.served = search.begins.size();
    }
    DropCopyRange range;
    for (const auto& [last_mkt, point] : gap.after) range.after.push_back({last_mkt, point.exec_id.text()});
    // Behind `after`, when no LastMkt but these is meant, a range that has to be repeated goes on LastMkt by LastMkt.
    if (search.at > 0 || gap.from_start) range.begin_exec_id = search.begins[search.at].text();
    if (search.served < search.begins.size()) range.end_exec_id = search.begins[search.served].text();
    asking = Asking::drop_copy;
    ++tries;
    auto done = [self = shared_from_this(), gap, question = ++questions](Result<DropCopyResult> result) {
      if (question == self->questions) self->answered(gap, std::move(result));
    };
    if (const auto asked = drop_copy->request(std::move(range), done); !asked) done(asked.error());
  }
  void answered(const ReportGap& gap, Result<DropCopyResult> result) {
    asking = Asking::nobody;
    if (!result && result.error().category == ErrorCategory::closed) return;  // again when it is back
    if (!result && is_too_old(result.error())) {
      search.too_old = result.error();
      search.refused = search.at;
      return search_on(gap);
    }
    if (!result) return by_rest(gap, result.error(), search.last);
    if (!result->counts_agree) {
      if (tries < kMostTries) return fill();
      return by_rest(gap, fail(ErrorCategory::sequence, "drop copy announced another number of reports than it sent"), search.last);
    }
    for (const DropCopyMark& mark : result->last_by_mkt) {
      ExecId& last = search.last[mark.last_mkt];
      last = std::max(last, ExecId(mark.exec_id));
    }
    search.served = search.at;
    if (search.at > 0) return search_on(gap);
    if (locked([&] { return merge.filled(gap, search.last); })) return call(handlers.on_filled, gap);
    fill();  // the listener has been away again
  }
  // The earliest begin that is served lies between the one that was refused and the one that was served: halves that.
  void search_on(const ReportGap& gap) {
    tries = 0;
    if (search.served - search.refused > 1) {
      search.at = search.refused + (search.served - search.refused) / 2;
      return fill();
    }
    Error error = search.too_old;
    if (search.served < search.begins.size())
      error.message =
          "drop copy has told what came from ExecID(17) " + search.begins[search.served].text() + " on; before that, " + error.message;
    by_rest(gap, error, search.last);
  }
  void on_drop_copy_state(const StateChange& change) {
    if (is_logged_on(change.state) || change.state == SessionState::stopped) fill();
  }

  // ---- how long to wait for a drop copy session that is not logged on --------------------------------------------------------
  void watch_drop_copy() {
    if (std::exchange(watching, true)) return;
    looked_at = clock.now();
    look_again();
  }
  void look_again() {
    auto timer = std::make_shared<boost::asio::steady_timer>(core.context().executor);
    const auto left = std::chrono::duration_cast<Duration>(options.drop_copy_wait) - waited;
    core.arm(*timer, std::clamp<Duration>(left, std::chrono::milliseconds(1), kLook), [timer, weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self) self->core.call(std::function<void()>([&self] { self->look(); }));
    });
  }
  void look() {
    const auto gap = locked([&] { return merge.gap(); });
    if (!gap || !listening || asking == Asking::rest) {  // begin() looks again
      watching = false;
      return;
    }
    const Timestamp now = clock.now();
    if (!is_logged_on(drop_copy->state())) waited += now - looked_at;
    looked_at = now;
    if (waited < options.drop_copy_wait) return look_again();
    watching = false;
    waited = {};
    ++questions;  // a range under way may still bring reports, and nobody waits for its end any more
    const StateChange last = drop_copy->last_change();
    by_rest(*gap,
            fail(ErrorCategory::timeout, "drop copy was not logged on for " + std::to_string(options.drop_copy_wait.count()) + " ms" +
                                             (last.text.empty() ? "" : ": " + last.text)),
            search.last);
  }

  // ---- REST, once a gap --------------------------------------------------------------------------------------------------------
  // `last`: what drop copy has told of it.
  void by_rest(const ReportGap& gap, const Error& why, const LastByMkt& last = {}) {
    if (!options.fills_by_rest) return give_up(gap, why, last, false);
    asking = Asking::rest;
    auto done = [self = shared_from_this(), the_gate = gate, gap, why, last, question = ++questions](Result<std::vector<Fill>> fills) {
      the_gate->enter([&] {
        self->core.post([self, gap, why, last, question, fills = std::move(fills)] {
          if (question != self->questions) return;  // answered before
          self->core.call(std::function<void()>([&] { self->rest_answered(gap, why, last, fills); }));
        });
      });
    };
    try {
      options.fills_by_rest(gap, done);
    } catch (...) {
      done(fail(ErrorCategory::closed, "fills_by_rest threw"));
      throw;
    }
  }
  void rest_answered(const ReportGap& gap, const Error& why, const LastByMkt& last, const Result<std::vector<Fill>>& fills) {
    asking = Asking::nobody;
    ++questions;
    if (!fills) return give_up(gap, with(why, "; REST: " + fills.error().message), last, false);
    std::exception_ptr thrown;
    for (const Fill& fill : *fills) {
      try {
        call(handlers.on_fill, fill);
      } catch (...) {
        thrown = std::current_exception();
      }
    }
    give_up(gap, thrown ? with(why, "; on_fill threw") : why, last, !thrown);
    if (thrown) std::rethrow_exception(thrown);
  }
  static Error with(Error error, const std::string& more) {
    error.message += more;
    return error;
  }
  void give_up(const ReportGap& gap, const Error& why, const LastByMkt& last, bool fills_told) {
    asking = Asking::nobody;
    if (!locked([&] { return merge.given_up(gap, last); })) return fill();  // the listener went away meanwhile
    const Error error = with(why, fills_told ? "; its fills came by REST, what else became of orders GET /margin/orders says"
                                             : "; ask REST for the fills since then and for the orders (rest::missed())");
    call(handlers.on_unfillable, UnfillableGap{gap, error, fills_told});
  }

  AccountFeedOptions options;
  AccountFeedHandlers handlers;
  const Clock& clock;
  ListenerSession& listener;
  DropCopySession* drop_copy;
  sessions::SessionCore& core;                 // the listener's
  std::shared_ptr<sessions::ClientGate> gate;  // what `done` of fills_by_rest goes through
  mutable std::mutex mutex;                    // of the merge: resume_points() may be asked for from any thread
  ReportMerge merge;
  bool kept_for_us;
  // The I/O thread's.
  bool listening{false};
  std::optional<Timestamp> left_at{};  // when the listener was last logged on, once it has been
  bool numbers_anew{false};
  std::uint64_t told{0};  // the latest gap that on_gap was called for
  enum class Asking : std::uint8_t { nobody, drop_copy, rest } asking{Asking::nobody};
  std::exception_ptr on_gap_threw;
  std::uint64_t questions{0};  // of the one that is open, if any
  int tries{0};
  // For the earliest begin that drop copy serves.
  struct Search {
    std::vector<ExecId> begins;
    std::size_t at{0};                  // of the range asked for now
    std::size_t refused{0}, served{0};  // the latest that was too old, the earliest that was not (none: as many as there are)
    LastByMkt last;                     // what has been told of the gap
    Error too_old;
  } search;
  bool watching{false};
  Timestamp looked_at{};
  Duration waited{};  // so long has drop copy not been logged on since the listener is back
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
  heard.on_message = [&feed](const Inbound& in) {
    feed.on_message(in);
    call(feed.handlers.listener.on_message, in);
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
