// DropCopySession: one range on its way at a time, in parts where it was split. Source: fix-margin.md "Drop copy".
#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <charconv>
#include <deque>

#include "marginfix/core/backoff.hpp"
#include "sessions/client/session_factory.hpp"

namespace marginfix {
namespace {

constexpr std::size_t kSentRequests = 256;
constexpr std::size_t kMaxRanges = 1000;

// The two or three integers of an ExecID(17), without allocating; false for a text of another form.
struct Sequence {
  std::array<std::int64_t, 3> part{};
  std::size_t count{0};
  friend auto operator<=>(const Sequence&, const Sequence&) = default;
};

bool parse(std::string_view id, Sequence& out) {
  out = {};
  while (out.count < out.part.size()) {
    const auto [stop, problem] = std::from_chars(id.data(), id.data() + id.size(), out.part[out.count]);
    if (problem != std::errc{} || stop == id.data()) return false;
    ++out.count;
    id.remove_prefix(static_cast<std::size_t>(stop - id.data()));
    if (id.empty()) return out.count >= 2;
    if (id.front() != ';') return false;
    id.remove_prefix(1);
  }
  return false;
}

struct Part {
  std::string begin;
  std::optional<std::string> end;
};

std::string exec_id(std::int64_t a, std::int64_t b) { return std::to_string(a) + ";" + std::to_string(b); }

// Halves [begin, end] where both are number pairs that leave room between them.
bool halve(const Part& whole, Part& first, Part& second) {
  Sequence low, high;
  if (!whole.end || !parse(whole.begin, low) || !parse(*whole.end, high) || low.count != 2 || high.count != 2) return false;
  const auto [a, b] = std::pair{low.part[0], low.part[1]};
  if (a == high.part[0]) {
    if (high.part[1] - b < 1) return false;
    const std::int64_t middle = b + (high.part[1] - b) / 2;
    first = {whole.begin, exec_id(a, middle)};
    second = {exec_id(a, middle + 1), whole.end};
    return true;
  }
  if (high.part[0] < a) return false;
  const std::int64_t middle = a + (high.part[0] - a) / 2;
  // Everything of `middle` belongs to the first half, everything above it to the second.
  first = {whole.begin, exec_id(middle, std::numeric_limits<std::int64_t>::max())};
  second = {exec_id(middle + 1, 0), whole.end};
  return true;
}

// The last ExecID received of one exchange index (LastMkt(30)); ids are ordered within one only.
struct Mark {
  std::string market, last;
};

}  // namespace

class DropCopySession::Core final : public sessions::SessionCore {
 public:
  Core(SessionConfig config, SessionFactory::Context context)
      : SessionCore(std::move(config), std::move(context), kSentRequests),
        timer_(SessionCore::context().executor),
        backoff_(policy_.backoff) {}

  void set_handlers(DropCopyHandlers handlers) {
    install([this, handlers = std::move(handlers)]() mutable { handlers_ = std::move(handlers); });
  }
  void set_policy(DropCopyPolicy policy) {
    install([this, policy] {
      policy_ = policy;
      backoff_ = Backoff(policy.backoff);
    });
  }

  Result<std::uint64_t> request(DropCopyRange range, DropCopyCallback done) {
    fix::EventResendRequest message;
    message.begin_exec_id = range.begin_exec_id;
    if (range.end_exec_id) message.end_exec_id = *range.end_exec_id;
    fix::Buffer probe;
    if (auto made = fix::encode_body(message, probe); !made) return refuse(made.error());
    if (range.begin_time && now() - *range.begin_time > kDropCopyWindow) {
      Error error = fail(ErrorCategory::reject, "drop copy goes back 3 hours, and the report " + range.begin_exec_id + " is of " +
                                                    to_rfc3339(*range.begin_time) +
                                                    ": read older fills by REST (portfolio fills), and ask here from a younger ExecID");
      error.status = static_cast<std::int32_t>(EventResendRejectReason::BeginTooSmall);
      return refuse(std::move(error));
    }
    if (!active()) return refuse(fail(ErrorCategory::closed, config().name + " is not logged on: the range was not asked for"));
    if (waiting_ranges_.fetch_add(1) >= kMaxRanges) {
      waiting_ranges_.fetch_sub(1);
      return refuse(fail(ErrorCategory::rate_limit, "too many drop copy ranges wait: wait for some of their callbacks"));
    }
    const std::uint64_t id = next_range_.fetch_add(1);
    post([this, id, range = std::move(range), done = std::move(done)]() mutable { admit(id, std::move(range), std::move(done)); });
    return id;
  }

 private:
  enum class Stage : std::uint8_t { idle, submitted, sent, backing_off };
  struct Job {
    DropCopyResult result;
    DropCopyCallback done;
    std::deque<Part> parts;
    std::vector<Mark> marks;
    std::uint64_t in_request{0};  // reports since the request now on its way, known ones included
    std::uint32_t refusals{0}, splits{0};
    bool resumed{false};  // what comes now may have come before
  };

  SessionHandlers& common() noexcept override { return handlers_; }

  void admit(std::uint64_t id, DropCopyRange range, DropCopyCallback done) {
    Job job;
    job.result.request_id = id;
    job.result.counts_agree = true;
    job.done = std::move(done);
    job.parts.push_back({std::move(range.begin_exec_id), std::move(range.end_exec_id)});
    jobs_.push_back(std::move(job));
    advance();
  }

  void advance() {
    if (stage_ != Stage::idle || jobs_.empty() || !active()) return;
    Job& job = jobs_.front();
    if (job.result.requests >= policy_.max_requests + job.splits) {
      finish(fail(ErrorCategory::rate_limit,
                  "drop copy did not serve the range in " + std::to_string(job.result.requests) + " requests: ask again later"));
      return;
    }
    ++job.result.requests;
    job.in_request = 0;
    fix::EventResendRequest message;
    const std::string begin = resume_point(job);
    message.begin_exec_id = begin;
    if (job.parts.front().end) message.end_exec_id = *job.parts.front().end;
    stage_ = Stage::submitted;
    message_id_ = 0;
    auto receipt = send(message, {begin, {}, {}, false});
    if (!receipt) {
      stage_ = Stage::idle;
      retry_or_finish(receipt.error(), receipt.error().category == ErrorCategory::rate_limit);
      return;
    }
    message_id_ = receipt->message_id;
  }

  // The beginning of the part, or the earliest of what is known to have come: ids are ordered within one exchange index only.
  static std::string resume_point(const Job& job) {
    if (!job.resumed || job.marks.empty()) return job.parts.front().begin;
    Sequence best, begin;
    const std::string* earliest = nullptr;
    for (const Mark& mark : job.marks) {
      Sequence here;
      if (!parse(mark.last, here)) return job.parts.front().begin;
      if (earliest == nullptr || here < best) {
        best = here;
        earliest = &mark.last;
      }
    }
    // A later part of a split range begins behind everything that has come.
    if (parse(job.parts.front().begin, begin) && best < begin) return job.parts.front().begin;
    return *earliest;
  }

  void transmitted(const SentMessage& sent) override {
    if (stage_ != Stage::submitted || sent.msg_type != fix::EventResendRequest::kMsgType) return;
    stage_ = Stage::sent;
    seq_ = sent.seq;
    message_id_ = sent.message_id;
    arm_timeout();
  }

  void dropped(const NotSent& what) override {
    if (stage_ != Stage::submitted || what.message_id != message_id_) return;
    stage_ = Stage::idle;
    if (active()) retry_or_finish(what.error, true);  // else lost() has decided
  }

  void arm_timeout() {
    heard_ = now();
    arm(timer_, config().request_timeout, [this] { check_timeout(); });
  }

  void check_timeout() {
    if (stage_ != Stage::sent) return;
    const auto silent = now() - heard_;
    if (silent < config().request_timeout) {
      arm(timer_, config().request_timeout - silent, [this] { check_timeout(); });
      return;
    }
    stage_ = Stage::idle;
    finish(fail(ErrorCategory::timeout, "drop copy has been silent for " + std::to_string(config().request_timeout.count()) +
                                            " ms and has not said that the range is complete: ask again from the last ExecID received"));
  }

  void receive(Inbound& in) override {
    if (in.msg_type == fix::ExecutionReport::kMsgType) {
      if (decode(in, report_)) receive_report(in);
    } else if (in.msg_type == fix::EventResendComplete::kMsgType) {
      if (decode(in, complete_)) receive_complete();
    } else if (in.msg_type == fix::EventResendReject::kMsgType) {
      if (decode(in, reject_)) receive_reject();
    } else {
      unknown_type(in);
    }
  }

  void receive_report(Inbound& in) {
    if (stage_ == Stage::sent) {
      heard_ = now();
      Job& job = jobs_.front();
      ++job.in_request;
      if (!note(job, report_)) return;
      ++job.result.reports;
      job.result.last_exec_id.assign(report_.exec_id);
    }
    call(handlers_.on_execution_report, std::as_const(report_), std::as_const(in));
  }

  // False: this one has come before.
  static bool note(Job& job, const fix::ExecutionReport& report) {
    const std::string_view market = report.last_mkt.value_or("");
    auto mark = std::ranges::find(job.marks, market, &Mark::market);
    if (mark == job.marks.end()) {
      job.marks.push_back({std::string(market), std::string(report.exec_id)});
      return true;
    }
    Sequence here, last;
    const bool ordered = parse(report.exec_id, here) && parse(mark->last, last);
    if (job.resumed && ordered && here <= last) return false;
    if (!ordered || here > last) mark->last.assign(report.exec_id);
    return true;
  }

  void receive_complete() {
    if (stage_ != Stage::sent || complete_.ref_seq_num != seq_) {
      forget_late(complete_.ref_seq_num);
      return;
    }
    stage_ = Stage::idle;
    Job& job = jobs_.front();
    const auto announced = static_cast<std::uint64_t>(std::max<std::int64_t>(complete_.resent_event_count, 0));
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

  // The end of a range that had timed out: what has come since belongs to it, not to the present one.
  void forget_late(std::int64_t ref_seq) {
    if (stage_ == Stage::sent && ref_seq < seq_) jobs_.front().in_request = 0;
  }

  void receive_reject() {
    if (stage_ != Stage::sent || reject_.ref_seq_num != seq_) {
      forget_late(reject_.ref_seq_num);
      return;
    }
    stage_ = Stage::idle;
    Error error = fail(ErrorCategory::reject, explain(reject_.event_resend_reject_reason));
    error.status = static_cast<std::int32_t>(reject_.event_resend_reject_reason);
    error.code = std::string(reject_.text.value_or(""));
    const bool again = reject_.event_resend_reject_reason == EventResendRejectReason::TooManyRequests ||
                       reject_.event_resend_reject_reason == EventResendRejectReason::ServerError;
    if (reject_.event_resend_reject_reason == EventResendRejectReason::TooManyRequests) split_when_refused_again(jobs_.front());
    retry_or_finish(error, again);
  }

  static std::string explain(EventResendRejectReason reason) {
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

  void split_when_refused_again(Job& job) const {
    if (++job.refusals < 2 || !policy_.split) return;
    Part whole = job.parts.front(), first, second;
    whole.begin = resume_point(job);
    if (!halve(whole, first, second)) return;
    job.parts.front() = std::move(second);
    job.parts.push_front(std::move(first));
    job.splits += 1;
    job.refusals = 0;
  }

  void refused_by_exchange(std::int64_t ref_seq, const SentMessage*, const Error& error) override {
    if (stage_ != Stage::sent || ref_seq != seq_) return;
    stage_ = Stage::idle;
    retry_or_finish(error, error.category == ErrorCategory::rate_limit);
  }

  void retry_or_finish(const Error& error, bool again) {
    timer_.cancel();
    Job& job = jobs_.front();
    if (!again || job.result.requests >= policy_.max_requests + job.splits) {
      finish(error);
      return;
    }
    job.resumed = true;
    stage_ = Stage::backing_off;
    arm(timer_, backoff_.next(), [this] {
      if (stage_ == Stage::backing_off) stage_ = Stage::idle;
      advance();
    });
  }

  void finish(const std::optional<Error>& error) {
    timer_.cancel();
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    waiting_ranges_.fetch_sub(1);
    call(job.done, error ? Result<DropCopyResult>(*error) : Result<DropCopyResult>(std::move(job.result)));
    advance();
  }

  void logged_on() override { advance(); }

  void lost(EndReason) override {
    timer_.cancel();
    const bool under_way = stage_ != Stage::idle;
    stage_ = Stage::idle;
    if (!policy_.resume_after_reconnect)
      fail_all();
    else if (under_way && !jobs_.empty())
      jobs_.front().resumed = true;
  }

  void ended(EndReason) override { fail_all(); }

  void fail_all() {
    const Error error =
        fail(ErrorCategory::closed, config().name + " ended before the range was complete: ask again from the last ExecID received");
    std::deque<Job> gone;
    gone.swap(jobs_);
    for (Job& job : gone) {
      waiting_ranges_.fetch_sub(1);
      call(job.done, Result<DropCopyResult>(error));
    }
  }

  DropCopyHandlers handlers_;
  DropCopyPolicy policy_;
  std::atomic<std::size_t> waiting_ranges_{0};
  std::atomic<std::uint64_t> next_range_{1};
  std::deque<Job> jobs_;
  Stage stage_{Stage::idle};
  std::uint64_t message_id_{0};
  std::int64_t seq_{0};
  Timestamp heard_{};
  boost::asio::steady_timer timer_;
  Backoff backoff_;
  fix::ExecutionReport report_;
  fix::EventResendComplete complete_;
  fix::EventResendReject reject_;
};

DropCopySession::DropCopySession(std::unique_ptr<Core> session) : FixSession(std::move(session)) {}
DropCopySession::~DropCopySession() = default;

void DropCopySession::set_handlers(DropCopyHandlers handlers) { static_cast<Core&>(core()).set_handlers(std::move(handlers)); }
void DropCopySession::set_policy(DropCopyPolicy policy) { static_cast<Core&>(core()).set_policy(policy); }

Result<std::uint64_t> DropCopySession::request(DropCopyRange range, DropCopyCallback done) {
  return static_cast<Core&>(core()).request(std::move(range), std::move(done));
}

std::unique_ptr<DropCopySession> SessionFactory::drop_copy(SessionConfig config, Context context) {
  return std::unique_ptr<DropCopySession>(
      new DropCopySession(std::make_unique<DropCopySession::Core>(std::move(config), std::move(context))));
}

}  // namespace marginfix
