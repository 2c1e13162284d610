#include "services/reconcile/feeds/fix_feed.hpp"

#include <algorithm>
#include <utility>

#include "marginfix/json/writer.hpp"

namespace marginfix::reconcile {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::chrono::hours kMarkTooOld{2};  // well inside kDropCopyWindow
constexpr std::chrono::minutes kWarnAgain{15};
constexpr seconds kStartAgain{60};  // a session that the exchange has refused for good
constexpr seconds kAskAgain{30};    // drop copy, after a failure
constexpr std::chrono::hours kAskWhetherEnabled{1};
constexpr std::string_view kFirstEver = "0;0";  // before every ExecID(17)

bool is_session_message(std::string_view msg_type) {
  return msg_type.size() == 1 && (msg_type[0] == 'A' || (msg_type[0] >= '0' && msg_type[0] <= '5'));
}
// Logon(A) and Heartbeat(0) of the listener say, by the exchange's own clock, from when to when the connection stood: a fill within that
// nobody told is missing, though no report came after it.
bool tells_the_time(Source source, std::string_view msg_type) { return source == Source::listener && (msg_type == "A" || msg_type == "0"); }
bool logged_on(SessionState state) { return state == SessionState::active || state == SessionState::recovering; }

std::string on_one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) c = c == '\n' || c == '\r' ? ' ' : c;
  return line;
}
std::string micros(const std::optional<Timestamp>& t) { return t ? std::to_string(t->time_since_epoch().count()) : std::string(); }

DropCopySession* drop_copy_among(MarginFixClient& client) {
  for (FixSession* session : client.sessions()) {
    if (session->config().kind == SessionKind::drop_copy) return static_cast<DropCopySession*>(session);
  }
  return nullptr;
}

std::vector<DropCopyMark> marks_of(const ResumePoints& points) {
  std::vector<DropCopyMark> marks;
  for (const auto& [last_mkt, point] : points) marks.push_back({last_mkt, point.exec_id.text()});
  return marks;
}

void write_marks(json::Writer& json, std::string_view name, const std::vector<DropCopyMark>& marks) {
  json.key(name).begin_array();
  for (const DropCopyMark& mark : marks) json.begin_object().member("last_mkt", mark.last_mkt).member("exec_id", mark.exec_id).end_object();
  json.end_array();
}

// The later of both, LastMkt by LastMkt.
std::vector<DropCopyMark> later_of(std::vector<DropCopyMark> marks, const std::vector<DropCopyMark>& others) {
  for (const DropCopyMark& other : others) {
    const auto mine = std::ranges::find(marks, other.last_mkt, &DropCopyMark::last_mkt);
    if (mine == marks.end()) {
      marks.push_back(other);
    } else if (ExecId(mine->exec_id) < ExecId(other.exec_id)) {
      mine->exec_id = other.exec_id;
    }
  }
  return marks;
}

bool begins_too_early(const Error& error) {
  return error.category == ErrorCategory::reject && error.status == static_cast<std::int32_t>(EventResendRejectReason::BeginTooSmall);
}

constexpr const char* kNotEnabled =
    "drop copy is not enabled for this account: ask institutional@kalshi.com for it; until then REST closes holes";

// Quick to notice a dead connection and to be back: what the exchange's documents allow, and its key is free again by then.
MarginFixConfig with_short_waits(MarginFixConfig config) {
  for (SessionConfig& session : config.sessions) {
    session.heart_bt_int = std::min(session.heart_bt_int, seconds(10));
    session.already_exists_wait = std::min(session.already_exists_wait, seconds(15));
    session.refused_wait = std::min(session.refused_wait, seconds(60));
    session.backoff.cap = std::min(session.backoff.cap, std::chrono::milliseconds(10'000));
  }
  return config;
}

}  // namespace

FixFeed::FixFeed(FixFeedOptions options, RecordQueue& queue, std::shared_ptr<LogSink> log)
    : options_(std::move(options)),
      queue_(queue),
      log_(std::move(log)),
      clock_(options_.clock != nullptr ? *options_.clock : monotonic_clock()),
      client_(with_short_waits(options_.config), options_.client),
      last_number_(options_.gaps_before) {
  listener_ = &client_.listener();
  drop_copy_ = drop_copy_among(client_);
  marks_ = marks_of(options_.resume);
  marks_known_ = !marks_.empty();
  if (options_.sure_before) sure_at_ = clock_.now() - std::max(system_clock().now() - *options_.sure_before, microseconds(0));
  for (const OpenGap& gap : options_.inherited) {
    Hole hole;
    hole.number = gap.number;
    hole.since = gap.since;
    hole.why = "of an earlier process";
    hole.inherited = true;
    holes_[own_number_--] = std::move(hole);
  }
  AccountFeedOptions feed_options;
  feed_options.resume = options_.resume;
  feed_options.drop_copy_wait = options_.drop_copy_wait;
  feed_options.clock = &clock_;
  feed_ = std::make_unique<AccountFeed>(client_, std::move(feed_options), handlers());
}

FixFeed::~FixFeed() { stop(); }

AccountFeedHandlers FixFeed::handlers() {
  AccountFeedHandlers h;
  h.listener.on_message = [this](const Inbound& in) { journal(Source::listener, in); };
  h.drop_copy.on_message = [this](const Inbound& in) { journal(Source::drop_copy, in); };
  h.listener.on_state = [this](const StateChange& change) { on_session(Source::listener, change); };
  h.drop_copy.on_state = [this](const StateChange& change) { on_session(Source::drop_copy, change); };
  h.on_report = [this](const FeedReport& told) {
    const std::lock_guard lock(mutex_);
    if (told.source == ReportSource::listener) sure_at_ = clock_.now();
    const Timestamp made = told.report.transact_time.value_or(Timestamp{});
    exchange_time_ = std::max(exchange_time_, made);
    const ExecId exec_id(told.report.exec_id);
    if (!exec_id.is_sequenced()) return;
    ResumePoint& latest = told_[std::string(told.report.last_mkt.value_or(std::string_view()))];
    if (latest.exec_id.empty() || latest.exec_id < exec_id) latest = {exec_id, made};
  };
  h.on_gap = [this](const ReportGap& gap) {
    open(gap.number, gap.since == Timestamp{} ? std::nullopt : std::optional(gap.since), gap.why);
  };
  h.on_filled = [this](const ReportGap& gap) { close(gap.number, "drop_copy", ""); };
  h.on_unfillable = [this](const UnfillableGap& unfillable) {
    if (drop_copy_not_enabled(unfillable.error)) not_enabled();
    leave_to_rest(unfillable.gap.number, unfillable.error);
  };
  return h;
}

Result<void> FixFeed::start() {
  if (drop_copy_ == nullptr) {
    state(Source::drop_copy, SourceState::off, "no drop copy session: the account has no key for it, or drop_copy = \"no\"");
  } else {
    state(Source::drop_copy, SourceState::waiting, "");
  }
  state(Source::listener, SourceState::waiting, "");
  auto started = client_.start();
  if (!started) {
    state(Source::listener, SourceState::unknown, started.error().message);
    return started;
  }
  if (options_.went_before && options_.resume.empty()) begin_without_points();
  const std::lock_guard lock(mutex_);
  started_ = true;
  return started;
}

// What lies between the ledger and this process is a hole, also where an earlier process has told of it.
void FixFeed::begin_without_points() {
  if (options_.inherited.empty()) open(own_number_--, std::nullopt, "the service was away, and knows no report to go on from");
  std::vector<std::uint64_t> before;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, hole] : holes_) {
      if (number > own_number_) before.push_back(number);
    }
  }
  for (const std::uint64_t number : before)
    leave_to_rest(number, fail(ErrorCategory::config, "drop copy cannot be asked from a report that is not known"));
}

void FixFeed::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    if (!started_) return;
  }
  listener_->run_on_io_thread([this] { write_resume_points(); });
  client_.stop();
}

// ---- what comes ---------------------------------------------------------------------------------------------------------
void FixFeed::journal(Source source, const Inbound& in) {
  if (is_session_message(in.msg_type) && !tells_the_time(source, in.msg_type)) return;
  const std::lock_guard lock(mutex_);  // left_out() takes back what is noted here, and may not come between
  if (!queue_.put(RecordKind::fix, source, options_.account, std::string(in.raw))) lost_.insert(source);
}

void FixFeed::state(Source source, SourceState state, std::string_view why) {
  std::string body = std::string(to_string(state)) + "\n" + on_one_line(why);
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(told_states_[source], body) == body) return;
  }
  queue_.put(RecordKind::source_state, source, options_.account, std::move(body));
}

void FixFeed::on_session(Source source, const StateChange& change) {
  const bool on = logged_on(change.state);
  bool& was = source == Source::listener ? listening_ : drop_copy_on_;
  bool enabled = true;
  if (source == Source::listener && listener_->config().target == TargetSession::RT) {
    if (was && !on) away_from_retained();
    if (change.state == SessionState::active) told_again();
  }
  {
    const std::lock_guard lock(mutex_);
    const bool ended = change.state == SessionState::stopped && change.reason != EndReason::none;
    if (was == on && !ended && change.state != SessionState::waiting) return;
    was = on;
    if (on && source == Source::listener) sure_at_ = sure_at_.value_or(clock_.now());
    if (on && source == Source::drop_copy && check_ != Check::asked) check_ = Check::due;
    if (ended && change.reason != EndReason::requested) restart_at_[source] = clock_.now() + kStartAgain;
    enabled = source == Source::listener || enabled_;
  }
  if (on) {
    if (enabled) state(source, SourceState::up, "");
    if (source == Source::drop_copy) ask_drop_copy();
  } else if (change.reason == EndReason::requested) {
    if (enabled) state(source, SourceState::off, "the service has stopped");
  } else if (enabled) {
    state(source, SourceState::unknown, change.text.empty() ? to_string(change.reason) : std::string_view(change.text));
  }
  changed_.notify_all();
}

// ---- holes --------------------------------------------------------------------------------------------------------------
void FixFeed::open(std::uint64_t feeds_number, std::optional<Timestamp> since, const std::string& why) {
  Hole opened;
  opened.since = since;
  opened.why = why;
  {
    const std::lock_guard lock(mutex_);
    opened.of_us = feeds_number > own_number_;
    // AccountFeed's first hole is the time before this process: where an orderly end has told of it, it is the same one. So is what
    // KalshiRT should have sent again, and has not.
    const auto before =
        std::ranges::find_if(holes_, [&](const auto& one) { return one.second.resent || (goes_on(feeds_number) && one.second.inherited); });
    if (!opened.of_us && before != holes_.end()) {
      Hole hole = before->second;
      hole.inherited = hole.resent = false;
      holes_.erase(before);
      holes_[feeds_number] = std::move(hole);
      return;
    }
  }
  add(feeds_number, std::move(opened));
}

void FixFeed::add(std::uint64_t feeds_number, Hole hole) {
  std::string body;
  {
    const std::lock_guard lock(mutex_);
    hole.number = ++last_number_;
    hole.opened = clock_.now();
    body = std::to_string(hole.number) + "\n" + micros(hole.since) + "\n" + on_one_line(hole.why);
    holes_[feeds_number] = std::move(hole);
  }
  queue_.put(RecordKind::gap_opened, Source::listener, options_.account, std::move(body));
}

// KalshiRT retains what its listener misses, so AccountFeed has no hole. There is one all the same, until it has been told again.
void FixFeed::away_from_retained() {
  std::uint64_t number = 0;
  Hole hole;
  for (const auto& [last_mkt, point] : feed_->resume_points()) hole.since = std::max(hole.since.value_or(Timestamp{}), point.time);
  {
    const std::lock_guard lock(mutex_);
    if (std::ranges::any_of(holes_, [](const auto& one) { return one.second.resent; })) return;
    number = own_number_--;
  }
  hole.why = "the listener was away";
  hole.resent = true;
  add(number, std::move(hole));
}

void FixFeed::told_again() {
  const std::lock_guard lock(mutex_);
  std::erase_if(holes_, [&](const auto& one) {
    if (one.second.resent) closed(one.second, "listener", "");
    return one.second.resent;
  });
}

// Under the lock: resume points behind it stand in the queue behind this.
void FixFeed::closed(const Hole& hole, std::string_view by, std::string_view why) {
  queue_.put(RecordKind::gap_closed, Source::listener, options_.account,
             std::to_string(hole.number) + "\n" + std::string(by) + "\n" + on_one_line(why));
}

// The first hole of a process begins where the ledger ends: before those that an earlier process has left, for while one is open no resume
// points are written down.
bool FixFeed::goes_on(std::uint64_t feeds_number) const { return feeds_number == 1 && !options_.resume.empty(); }

// With those that lie in it. Under the lock.
void FixFeed::close_all_of(std::uint64_t feeds_number, std::string_view by, std::string_view why) {
  std::erase_if(holes_, [&](const auto& one) {
    const bool within = one.first == feeds_number || (goes_on(feeds_number) && one.second.inherited);
    if (within) closed(one.second, by, why);
    return within;
  });
}

void FixFeed::close(std::uint64_t feeds_number, std::string_view by, std::string_view why) {
  {
    const std::lock_guard lock(mutex_);
    if (!holes_.contains(feeds_number)) return;
    close_all_of(feeds_number, by, why);
    check_at_ = clock_.now();  // drop copy's own view of the hole
    if (check_ != Check::asked) check_ = Check::due;
  }
  ask_drop_copy();
  changed_.notify_all();
}

void FixFeed::leave_to_rest(std::uint64_t feeds_number, const Error& error) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = holes_.find(feeds_number);
    if (found == holes_.end()) return;
    found->second.why = error.message;
    found->second.for_rest = clock_.now();
    if (!options_.has_rest) close_all_of(feeds_number, "nobody", error.message);
  }
  changed_.notify_all();
}

std::optional<Timestamp> FixFeed::rest_wanted_since() const {
  const std::lock_guard lock(mutex_);
  std::optional<Timestamp> earliest;
  for (const auto& [number, hole] : holes_) {
    if (!hole.for_rest && !hole.inherited) continue;
    const Timestamp since = hole.since.value_or(Timestamp{});
    earliest = earliest ? std::min(*earliest, since) : since;
  }
  return earliest;
}

void FixFeed::rest_covered(Timestamp from, Timestamp began) {
  {
    const std::lock_guard lock(mutex_);
    if (!listening_) return;  // what is missing goes on
    std::erase_if(holes_, [&](const auto& one) {
      const Hole& hole = one.second;
      const bool within = (hole.inherited || (hole.for_rest && *hole.for_rest <= began)) && from <= hole.since.value_or(Timestamp{});
      if (within) closed(hole, "rest", hole.why);
      return within;
    });
  }
  changed_.notify_all();
}

void FixFeed::left_out(Source source) {
  if (source != Source::listener && source != Source::drop_copy) return;
  std::uint64_t number = 0;
  std::optional<Timestamp> since;
  {
    const std::lock_guard lock(mutex_);
    number = own_number_--;
    lost_.erase(source);
    told_states_.clear();  // the queue has said "unknown" of it
    // Everything up to the points that were written down last has been kept.
    ResumePoints kept = options_.resume;
    if (auto points = parse_resume_points(recorded_points_); points && !recorded_points_.empty()) kept = *std::move(points);
    for (const auto& [last_mkt, point] : kept) since = std::max(since.value_or(Timestamp{}), point.time);
    marks_ = marks_of(kept);
    marks_known_ = !marks_.empty();
    if (check_ != Check::asked) check_ = Check::due;
    check_at_ = clock_.now();
  }
  open(number, since, "this service could not write as fast as it was told");
  listener_->run_on_io_thread([this] { listening_after_all(); });
  if (drop_copy_ == nullptr || !health().drop_copy_enabled) {
    leave_to_rest(number, fail(ErrorCategory::config, "drop copy is not there for it"));
  } else {
    listener_->run_on_io_thread([this] { ask_drop_copy(); });
  }
}

// On the I/O thread, where it changes: what comes from here on is kept again.
void FixFeed::listening_after_all() {
  bool listening = false;
  {
    const std::lock_guard lock(mutex_);
    listening = listening_;
  }
  if (listening) state(Source::listener, SourceState::up, "");
}

// ---- drop copy's own view -----------------------------------------------------------------------------------------------
void FixFeed::not_enabled() {
  {
    const std::lock_guard lock(mutex_);
    enabled_ = false;
    check_ = Check::failed;
    check_failed_.clear();
    check_at_ = clock_.now() + kAskWhetherEnabled;
  }
  state(Source::drop_copy, SourceState::off, kNotEnabled);
  changed_.notify_all();
}

// A hole of AccountFeed's is open that it asks for itself.
bool FixFeed::waits_for_drop_copy() const {
  const auto is_account_feeds = [](const Hole& hole) { return !hole.for_rest && !hole.of_us && !hole.inherited && !hole.resent; };
  return std::ranges::any_of(holes_, [&](const auto& one) { return is_account_feeds(one.second); });
}

void FixFeed::ask_drop_copy() {
  DropCopyRange range;
  {
    const std::lock_guard lock(mutex_);
    if (drop_copy_ == nullptr || !drop_copy_on_ || !listening_ || check_ == Check::asked || stopping_) return;
    if (check_ == Check::failed && clock_.now() < check_at_) return;
    // AccountFeed asks first; its answer makes this one due.
    if (waits_for_drop_copy()) return;
    if (marks_known_ && marks_.empty()) marks_ = marks_of(feed_->resume_points());
    if (marks_known_ && marks_.empty()) {  // what it once had is older than its three hours, and nothing has come since
      check_ = Check::failed;
      check_failed_.clear();
      check_at_ = clock_.now() + options_.drop_copy_check;
      return changed_.notify_all();
    }
    check_ = Check::asked;
    for (auto& [number, hole] : holes_) hole.asked = hole.of_us;
    asked_at_ = system_clock().now();
    range.after = marks_;
    if (!marks_known_) range.begin_exec_id = kFirstEver;
  }
  const auto asked = drop_copy_->request(range, [this, after = range.after](const Result<DropCopyResult>& r) { answered(after, r); });
  if (!asked) answered(range.after, asked.error());
}

void FixFeed::answered(const std::vector<DropCopyMark>& after, const Result<DropCopyResult>& result) {
  if (!result && drop_copy_not_enabled(result.error())) return not_enabled();
  std::vector<std::uint64_t> filled, not_filled;
  bool good = result && result->counts_agree, again = false;
  {
    const std::lock_guard lock(mutex_);
    const Timestamp now = clock_.now();
    const bool told_in_vain = good && lost_.contains(Source::drop_copy);  // not everything it told was kept
    good = good && !told_in_vain;
    check_at_ = now + (good ? std::chrono::duration_cast<microseconds>(options_.drop_copy_check) : microseconds(kAskAgain));
    check_ = good ? Check::done : Check::failed;
    if (good) {
      check_failed_.clear();
    } else if (told_in_vain) {
      check_failed_ = "this service could not write as fast as it was told";
    } else {
      check_failed_ = result ? "drop copy announced another number of reports than it sent" : result.error().message;
    }
    for (const auto& [number, hole] : holes_) {
      if (!hole.of_us || hole.for_rest) continue;
      if (hole.asked) (good ? filled : not_filled).push_back(number);
      again = again || !hole.asked;  // it opened while the answer was on its way, and begins at marks of its own
    }
    if (again) check_ = Check::due;
    if (good) {
      if (!again) marks_ = later_of(after, result->last_by_mkt);
      marks_known_ = marks_known_ || !marks_.empty();
      sure_at_ = now;
      enabled_ = true;
    }
  }
  if (result && result->counts_agree && !good) {
    write_range(after, *result, false);
  } else if (good) {
    write_range(after, *result, true);
    state(Source::drop_copy, SourceState::up, "");
  } else if (!result && begins_too_early(result.error())) {
    // What lies between is not drop copy's any more. It goes on from what the listener has told without a hole.
    const auto points = marks_of(feed_->resume_points());
    if (points.empty())
      state(
          Source::drop_copy, SourceState::waiting,
          "the account has more than three hours of history, and the listener has told no report yet from which drop copy could be asked");
    const std::lock_guard lock(mutex_);
    marks_ = points;
    marks_known_ = true;
    check_failed_.clear();
    check_at_ = clock_.now() + (points == after ? std::chrono::duration_cast<microseconds>(options_.drop_copy_check) : microseconds(0));
    check_ = points == after || points.empty() ? Check::failed : Check::due;
  } else if (!result && result.error().category != ErrorCategory::closed) {
    state(Source::drop_copy, SourceState::unknown, result.error().message);
  }
  for (const std::uint64_t number : filled) close(number, "drop_copy", "");
  for (const std::uint64_t number : not_filled) leave_to_rest(number, fail(ErrorCategory::closed, "drop copy could not tell it again"));
  if (again) ask_drop_copy();
  changed_.notify_all();
}

void FixFeed::write_range(const std::vector<DropCopyMark>& after, const DropCopyResult& result, bool whole) {
  std::string body;
  json::Writer json(body);
  json.begin_object().member("begin_time", "").member("asked", micros(asked_at_));
  write_marks(json, "after", after);
  write_marks(json, "last", later_of(after, result.last_by_mkt));
  json.key("reports").integer(static_cast<std::int64_t>(result.reports)).member("counts_agree", whole).end_object();
  queue_.put(RecordKind::drop_copy_range, Source::drop_copy, options_.account, std::move(body));
}

void FixFeed::check_again() {
  {
    const std::lock_guard lock(mutex_);
    if (!started_ || stopping_ || !enabled_ || check_ == Check::asked) return;
    check_ = Check::due;
  }
  listener_->run_on_io_thread([this] { ask_drop_copy(); });
}

// ---- from time to time --------------------------------------------------------------------------------------------------
void FixFeed::tick() {
  {
    const std::lock_guard lock(mutex_);
    if (!started_ || stopping_) return;
  }
  listener_->run_on_io_thread([this] { on_tick(); });
}

void FixFeed::on_tick() {
  write_resume_points();
  {
    const std::lock_guard lock(mutex_);
    if (clock_.now() >= check_at_ && (check_ == Check::done || check_ == Check::failed)) check_ = Check::due;
  }
  bool due = false;
  {
    const std::lock_guard lock(mutex_);
    due = check_ == Check::due;
  }
  if (due) ask_drop_copy();
  give_up_waiting();
  start_again();
  warn_of_old_mark();
}

// Everything up to these has been told: by the listener without a hole, or by whole ranges of drop copy.
ResumePoints FixFeed::sure_points() const {
  ResumePoints points = feed_->resume_points();
  const std::lock_guard lock(mutex_);
  for (const DropCopyMark& mark : marks_) {
    ResumePoint& point = points[mark.last_mkt];
    const ExecId exec_id(mark.exec_id);
    if (!point.exec_id.empty() && exec_id <= point.exec_id) continue;
    const auto told = told_.find(mark.last_mkt);
    point = {exec_id, told != told_.end() && told->second.exec_id == exec_id ? told->second.time : Timestamp{}};
  }
  return points;
}

// On the I/O thread: what they promise stands in the queue before them.
void FixFeed::write_resume_points() {
  const ResumePoints points = sure_points();
  if (points.empty()) return;
  std::string text = to_text(points);
  {
    const std::lock_guard lock(mutex_);
    // Not while a hole is open, or something that was told has not been written: they would run past it, and a process that goes on from
    // them would take the hole for filled by what drop copy tells behind it.
    if (text == recorded_points_ || !lost_.empty() || !holes_.empty()) return;
    recorded_points_ = text;
  }
  queue_.put(RecordKind::resume_points, Source::listener, options_.account, std::move(text));
}

// What had no room here AccountFeed does not know of: drop copy has as long for it as for a hole of AccountFeed's.
void FixFeed::give_up_waiting() {
  std::vector<std::uint64_t> waited;
  {
    const std::lock_guard lock(mutex_);
    if (drop_copy_on_) return;
    for (const auto& [number, hole] : holes_) {
      if (hole.of_us && !hole.for_rest && clock_.now() - hole.opened >= options_.drop_copy_wait) waited.push_back(number);
    }
  }
  for (const std::uint64_t number : waited) leave_to_rest(number, fail(ErrorCategory::timeout, "drop copy was not logged on"));
}

void FixFeed::start_again() {
  for (FixSession* session : client_.sessions()) {
    const Source source = session == listener_ ? Source::listener : Source::drop_copy;
    {
      const std::lock_guard lock(mutex_);
      const auto at = restart_at_.find(source);
      if (at == restart_at_.end() || stopping_ || clock_.now() < at->second) continue;
      restart_at_.erase(at);
    }
    if (const auto started = session->start(); !started) {
      const std::lock_guard lock(mutex_);
      restart_at_[source] = clock_.now() + kStartAgain;
    }
  }
}

void FixFeed::warn_of_old_mark() {
  const FixFeedHealth state = health();
  if (!state.drop_copy_enabled || !state.mark_age || *state.mark_age < kMarkTooOld) return;
  {
    const std::lock_guard lock(mutex_);
    if (warned_at_ != Timestamp{} && clock_.now() - warned_at_ < kWarnAgain) return;
    warned_at_ = clock_.now();
  }
  log_->log(LogLevel::warning, "reconcile",
            options_.account + ": the last sure ExecID(17) is " +
                std::to_string(std::chrono::duration_cast<std::chrono::minutes>(*state.mark_age).count()) +
                " minutes old; drop copy reaches 180 minutes back: bring the listener or drop copy back before then");
}

// ---- what others ask ----------------------------------------------------------------------------------------------------
std::string FixFeed::what_is_missing() const {
  if (!listening_) return "the listener is not logged on: " + listener_->last_change().text;
  const auto hole = std::ranges::find_if(holes_, [](const auto& one) { return !one.second.for_rest && !one.second.inherited; });
  if (hole != holes_.end()) return "a hole is not filled yet: " + hole->second.why;
  if (drop_copy_ == nullptr || !enabled_ || check_ == Check::done) return {};
  if (check_ == Check::failed) return check_failed_.empty() ? std::string() : "drop copy: " + check_failed_;
  return "drop copy has not answered" + (drop_copy_on_ ? std::string() : ": " + drop_copy_->last_change().text);
}

Result<void> FixFeed::wait_until_settled(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  const auto settled = [this] { return what_is_missing().empty(); };
  if (changed_.wait_for(lock, limit, settled)) return {};
  return fail(ErrorCategory::timeout, what_is_missing());
}

Timestamp FixFeed::exchange_time() const {
  const std::lock_guard lock(mutex_);
  return exchange_time_;
}

FixFeedHealth FixFeed::health() const {
  const std::lock_guard lock(mutex_);
  FixFeedHealth health;
  health.listening = listening_;
  health.drop_copy_enabled = drop_copy_ != nullptr && enabled_;
  if (sure_at_ && health.drop_copy_enabled) health.mark_age = clock_.now() - *sure_at_;
  health.open_gaps = holes_.size();
  return health;
}

Timestamp FixFeed::now() const { return clock_.now(); }

}  // namespace marginfix::reconcile
