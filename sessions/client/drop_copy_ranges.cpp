// Asking for ranges, counting what comes, asking again, halving, giving up.
#include "sessions/client/drop_copy_ranges.hpp"

#include <algorithm>
#include <limits>

namespace marginfix::sessions {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t kMaxRanges = 1000;
constexpr std::size_t kMaxRemembered = 2'000'000;  // reports of one range, some 40 bytes each

std::string exec_id(std::int64_t a, std::int64_t b) { return std::to_string(a) + ";" + std::to_string(b); }

// The earliest of the caller's points: what U1 has to begin with.
std::string earliest(const std::vector<DropCopyMark>& marks) {
  const DropCopyMark* found = nullptr;
  std::optional<ExecSequence> least;
  for (const DropCopyMark& mark : marks) {
    const auto id = parse_exec_sequence(mark.exec_id);
    if (!id || (least && *least <= *id)) continue;
    least = id;
    found = &mark;
  }
  return found == nullptr ? std::string() : found->exec_id;
}

}  // namespace

DropCopyRanges::DropCopyRanges(SessionCore& core, bool live_too)
    : core_(core), live_too_(live_too), timer_(core.context().executor), backoff_(policy_.backoff) {}

void DropCopyRanges::set_policy(DropCopyPolicy policy) {
  policy_ = policy;
  backoff_ = Backoff(policy.backoff);
}

Result<std::uint64_t> DropCopyRanges::request(DropCopyRange range, DropCopyCallback done) {
  for (const DropCopyMark& mark : range.after) {
    if (!parse_exec_sequence(mark.exec_id))
      return core_.refuse(fail(ErrorCategory::codec, "'" + mark.exec_id + "' of LastMkt(30)=" + mark.last_mkt +
                                                         " is no ExecID(17) to go on from: it has the form 13768;4"));
  }
  fix::EventResendRequest message;
  const std::string begin = range.begin_exec_id.empty() ? earliest(range.after) : range.begin_exec_id;
  message.begin_exec_id = begin;
  if (range.end_exec_id) message.end_exec_id = *range.end_exec_id;
  fix::Buffer probe;
  if (auto made = fix::encode_body(message, probe); !made) return core_.refuse(made.error());
  if (range.begin_time && core_.wall_now() - *range.begin_time > kDropCopyWindow) {
    Error error =
        fail(ErrorCategory::reject, "drop copy goes back 3 hours, and the report " + begin + " is of " + to_rfc3339(*range.begin_time) +
                                        ": read older fills by REST (portfolio fills), and ask here from a younger ExecID");
    error.status = static_cast<std::int32_t>(EventResendRejectReason::BeginTooSmall);
    return core_.refuse(std::move(error));
  }
  if (!core_.active())
    return core_.refuse(fail(ErrorCategory::closed, core_.config().name + " is not logged on: the range was not asked for"));
  if (waiting_.fetch_add(1) >= kMaxRanges) {
    waiting_.fetch_sub(1);
    return core_.refuse(fail(ErrorCategory::rate_limit, "too many drop copy ranges wait: wait for some of their callbacks"));
  }
  const std::uint64_t id = next_range_.fetch_add(1);
  core_.post([this, id, range = std::move(range), done = std::move(done)]() mutable { admit(id, std::move(range), std::move(done)); });
  return id;
}

void DropCopyRanges::admit(std::uint64_t id, DropCopyRange range, DropCopyCallback done) {
  Job job;
  job.result.request_id = id;
  job.result.counts_agree = true;
  job.done = std::move(done);
  job.markets_known = range.begin_exec_id.empty();
  for (const DropCopyMark& mark : range.after) {
    Market& market = job.markets[mark.last_mkt];
    market.after = parse_exec_sequence(mark.exec_id);
    market.last = mark.exec_id;
  }
  std::string begin = job.markets_known ? earliest(range.after) : std::move(range.begin_exec_id);
  job.parts.push_back({std::move(begin), std::move(range.end_exec_id)});
  jobs_.push_back(std::move(job));
  advance();
}

void DropCopyRanges::advance() {
  if (stage_ != Stage::idle || jobs_.empty() || !core_.active()) return;
  Job& job = jobs_.front();
  if (job.result.requests >= policy_.max_requests + job.splits) {
    finish(fail(ErrorCategory::rate_limit,
                "drop copy did not serve the range in " + std::to_string(job.result.requests) + " requests: ask again later"));
    return;
  }
  ++job.result.requests;
  job.in_request = 0;
  for (auto& [name, market] : job.markets) market.latest.reset();
  fix::EventResendRequest message;
  const std::string begin = resume_point(job);
  message.begin_exec_id = begin;
  if (job.parts.front().end) message.end_exec_id = *job.parts.front().end;
  stage_ = Stage::submitted;
  message_id_ = 0;
  auto receipt = core_.send(message, {begin, {}, {}, false});
  if (!receipt) {
    stage_ = Stage::idle;
    retry_or_finish(receipt.error(), receipt.error().category == ErrorCategory::rate_limit);
    return;
  }
  message_id_ = receipt->message_id;
}

// Where a range goes on after it was broken off. The answer tells one LastMkt after the other, perhaps, and one that has not been heard
// of may still have everything before it: only who knows them all may go on from the earliest of what has come. Else: from the beginning.
std::string DropCopyRanges::resume_point(const Job& job) {
  const std::string& begin = job.parts.front().begin;
  if (!job.resumed || !job.markets_known || !job.odd.empty()) return begin;
  const std::string* from = nullptr;
  std::optional<ExecSequence> least;
  for (const auto& [name, market] : job.markets) {
    const auto last = parse_exec_sequence(market.last);
    if (!market.ascending || !last) return begin;
    if (least && *least <= *last) continue;
    least = last;
    from = &market.last;
  }
  const auto part_begin = parse_exec_sequence(begin);  // a later part of a split range begins behind everything that has come
  return from == nullptr || (part_begin && *least < *part_begin) ? begin : *from;
}

// ---- reports ----------------------------------------------------------------------------------------------------------------
bool DropCopyRanges::on_report(const fix::ExecutionReport& report) {
  if (stage_ != Stage::sent) return true;
  heard_ = SteadyClock::now();
  Job& job = jobs_.front();
  if (live_too_ && !in_range(job, report)) return true;
  if (!note(job, report)) return false;
  ++job.result.reports;
  job.result.last_exec_id.assign(report.exec_id);
  if (job.remembered > kMaxRemembered) {
    stage_ = Stage::idle;
    finish(fail(ErrorCategory::rate_limit, "the range has more than " + std::to_string(kMaxRemembered) + " reports: ask for it in parts"));
  }
  return true;
}

bool DropCopyRanges::in_range(const Job& job, const fix::ExecutionReport& report) const {
  const auto id = parse_exec_sequence(report.exec_id), begin = parse_exec_sequence(job.parts.front().begin);
  if (!id || id->part[0] < 0 || (begin && *id < *begin)) return false;  // "-1;...": rejects and pending reports are never in it
  const auto end = job.parts.front().end ? parse_exec_sequence(*job.parts.front().end) : std::nullopt;
  return !end || *id <= *end;
}

// False: it has come before in this range, or the caller has it.
bool DropCopyRanges::note(Job& job, const fix::ExecutionReport& report) {
  const std::uint32_t request = job.result.requests;
  const auto id = parse_exec_sequence(report.exec_id);
  if (!id) {
    const auto [entry, fresh] = job.odd.try_emplace(std::string(report.exec_id), 0);
    if (std::exchange(entry->second, request) != request) ++job.in_request;
    job.remembered += fresh ? 1 : 0;
    return fresh;
  }
  auto found = job.markets.find(report.last_mkt.value_or(""));
  if (found == job.markets.end()) found = job.markets.try_emplace(std::string(report.last_mkt.value_or(""))).first;
  Market& market = found->second;
  const auto above = std::ranges::lower_bound(market.seen, *id, {}, &Market::Seen::id);
  if (above != market.seen.end() && above->id == *id) {
    if (std::exchange(above->request, request) != request) ++job.in_request;
    return false;
  }
  const auto last = parse_exec_sequence(market.last);
  const bool had = market.after && *id <= *market.after;
  if ((market.latest && *id < *market.latest) || (!had && last && *id < *last)) market.ascending = false;
  market.latest = id;
  market.seen.insert(above, {*id, request});
  ++job.in_request;
  ++job.remembered;
  if (!last || *last < *id) market.last.assign(report.exec_id);
  return !had;
}

std::vector<DropCopyMark> DropCopyRanges::marks_of(const Job& job) {
  std::vector<DropCopyMark> marks;
  for (const auto& [name, market] : job.markets) marks.push_back({name, market.last});
  return marks;
}

// ---- answers ----------------------------------------------------------------------------------------------------------------
void DropCopyRanges::on_complete(const fix::EventResendComplete& complete) {
  if (stage_ != Stage::sent || complete.ref_seq_num != seq_) return forget_late(complete.ref_seq_num);
  stage_ = Stage::idle;
  Job& job = jobs_.front();
  const auto announced = static_cast<std::uint64_t>(std::max<std::int64_t>(complete.resent_event_count, 0));
  job.result.announced += announced;
  job.result.counts_agree = job.result.counts_agree && announced == job.in_request;
  backoff_.reset();
  job.refusals = 0;
  job.parts.pop_front();
  if (job.parts.empty())
    finish({});
  else
    advance();
}

void DropCopyRanges::on_reject(const fix::EventResendReject& reject) {
  if (stage_ != Stage::sent || reject.ref_seq_num != seq_) return forget_late(reject.ref_seq_num);
  constexpr std::int32_t kEventResendRejectReason = 21004;
  stage_ = Stage::idle;
  const EventResendRejectReason reason = reject.event_resend_reject_reason;
  Error error = fail(ErrorCategory::reject, explain(reason));
  error.tag = kEventResendRejectReason;
  error.status = static_cast<std::int32_t>(reason);
  error.code = std::string(reject.text.value_or(""));
  const bool again = reason == EventResendRejectReason::TooManyRequests || reason == EventResendRejectReason::ServerError;
  if (reason == EventResendRejectReason::TooManyRequests) split_when_refused_again(jobs_.front());
  retry_or_finish(error, again);
}

void DropCopyRanges::on_refused(std::int64_t ref_seq, const Error& error) {
  if (stage_ != Stage::sent || ref_seq != seq_) return;
  stage_ = Stage::idle;
  retry_or_finish(error, error.category == ErrorCategory::rate_limit);
}

// The end of a range that had timed out: what has come since belongs to it, not to the present one.
void DropCopyRanges::forget_late(std::int64_t ref_seq) {
  if (stage_ != Stage::sent || ref_seq >= seq_) return;
  Job& job = jobs_.front();
  job.in_request = 0;
  for (auto& [name, market] : job.markets) {
    for (auto& seen : market.seen) seen.request = 0;
  }
  for (auto& [id, request] : job.odd) request = 0;
}

std::string DropCopyRanges::explain(EventResendRejectReason reason) {
  switch (reason) {
    case EventResendRejectReason::TooManyRequests:
      return "drop copy says: too many requests";
    case EventResendRejectReason::ServerError:
      return "drop copy says: server error";
    case EventResendRejectReason::BeginTooSmall:
      return "drop copy says: BeginExecID(21001) is too small, it lies outside the 3 hours it goes back: read older fills by REST";
    case EventResendRejectReason::EndTooLarge:
      return "drop copy says: EndExecID(21002) is too large: leave it out to read up to the latest";
    case EventResendRejectReason::NotEnabled:
      return "drop copy is not enabled for this account (21004=5): ask the exchange's institutional desk for it; until then read fills "
             "and orders by REST, or keep a listener session open. What happened before it is enabled will not be in it";
    case EventResendRejectReason::Other:
      return "drop copy refused the range without saying why (21004=99)";
  }
  return "drop copy refused the range with EventResendRejectReason(21004)=" + to_wire(reason);
}

// ---- asking again -----------------------------------------------------------------------------------------------------------
// Halves [begin, end] where both are number pairs that leave room between them.
bool DropCopyRanges::halve(const Part& whole, Part& first, Part& second) {
  const auto low = parse_exec_sequence(whole.begin), high = whole.end ? parse_exec_sequence(*whole.end) : std::nullopt;
  if (!low || !high || low->count != 2 || high->count != 2) return false;
  const auto [a, b] = std::pair{low->part[0], low->part[1]};
  if (a == high->part[0]) {
    if (high->part[1] - b < 1) return false;
    const std::int64_t middle = b + (high->part[1] - b) / 2;
    first = {whole.begin, exec_id(a, middle)};
    second = {exec_id(a, middle + 1), whole.end};
    return true;
  }
  if (high->part[0] < a) return false;
  const std::int64_t middle = a + (high->part[0] - a) / 2;
  // Everything of `middle` belongs to the first half, everything above it to the second.
  first = {whole.begin, exec_id(middle, std::numeric_limits<std::int64_t>::max())};
  second = {exec_id(middle + 1, 0), whole.end};
  return true;
}

void DropCopyRanges::split_when_refused_again(Job& job) const {
  if (++job.refusals < 2 || !policy_.split) return;
  Part whole = job.parts.front(), first, second;
  whole.begin = resume_point(job);
  if (!halve(whole, first, second)) return;
  job.parts.front() = std::move(second);
  job.parts.push_front(std::move(first));
  job.splits += 1;
  job.refusals = 0;
}

void DropCopyRanges::retry_or_finish(const Error& error, bool again) {
  timer_.cancel();
  Job& job = jobs_.front();
  if (!again || job.result.requests >= policy_.max_requests + job.splits) return finish(error);
  job.resumed = true;
  stage_ = Stage::backing_off;
  core_.arm(timer_, backoff_.next(), [this] {
    if (stage_ == Stage::backing_off) stage_ = Stage::idle;
    advance();
  });
}

void DropCopyRanges::on_transmitted(const SentMessage& sent) {
  if (stage_ != Stage::submitted) return;
  stage_ = Stage::sent;
  seq_ = sent.seq;
  message_id_ = sent.message_id;
  arm_timeout();
}

void DropCopyRanges::on_dropped(const NotSent& what) {
  if (stage_ != Stage::submitted || what.message_id != message_id_) return;
  stage_ = Stage::idle;
  if (core_.active()) retry_or_finish(what.error, true);  // else on_lost() has decided
}

void DropCopyRanges::arm_timeout() {
  heard_ = SteadyClock::now();
  core_.arm(timer_, core_.config().request_timeout, [this] { check_timeout(); });
}

void DropCopyRanges::check_timeout() {
  if (stage_ != Stage::sent) return;
  const auto timeout = core_.config().request_timeout;
  const auto silent = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - heard_);
  if (silent < timeout) {
    core_.arm(timer_, timeout - silent, [this] { check_timeout(); });
    return;
  }
  stage_ = Stage::idle;
  finish(fail(ErrorCategory::timeout,
              "drop copy has been silent for " + std::to_string(timeout.count()) + " ms and has not said that the range is complete"));
}

// ---- ends -------------------------------------------------------------------------------------------------------------------
// What a caller needs to ask for the rest.
Error DropCopyRanges::with_marks(Error error, const Job& job) {
  if (error.category == ErrorCategory::reject) return error;
  error.message += job.result.reports == 0 ? ": nothing of it has come, ask for all of it again"
                                           : ": ask for all of it again; by LastMkt(30) there came";
  if (job.result.reports == 0) return error;
  for (const DropCopyMark& mark : marks_of(job)) error.message += " " + mark.last_mkt + " up to " + mark.exec_id;
  return error;
}

void DropCopyRanges::finish(std::optional<Error> error) {
  timer_.cancel();
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  waiting_.fetch_sub(1);
  job.result.last_by_mkt = marks_of(job);
  core_.call(job.done, error ? Result<DropCopyResult>(with_marks(*std::move(error), job)) : Result<DropCopyResult>(std::move(job.result)));
  advance();
}

void DropCopyRanges::on_lost() {
  timer_.cancel();
  const bool under_way = stage_ != Stage::idle;
  stage_ = Stage::idle;
  if (!policy_.resume_after_reconnect)
    fail_all();
  else if (under_way && !jobs_.empty())
    jobs_.front().resumed = true;
}

void DropCopyRanges::fail_all() {
  const Error error = fail(ErrorCategory::closed, core_.config().name + " ended before the range was complete");
  std::deque<Job> gone;
  gone.swap(jobs_);
  for (Job& job : gone) {
    waiting_.fetch_sub(1);
    core_.call(job.done, Result<DropCopyResult>(with_marks(error, job)));
  }
}

}  // namespace marginfix::sessions
