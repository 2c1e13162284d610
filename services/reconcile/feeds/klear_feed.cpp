#include "services/reconcile/feeds/klear_feed.hpp"

#include <algorithm>
#include <utility>

#include "marginfix/json/writer.hpp"
#include "services/reconcile/feeds/report_file.hpp"
#include "services/reconcile/feeds/rest_pages.hpp"

namespace marginfix::reconcile {
namespace {

constexpr std::chrono::hours kFundingEvery{8};      // 00:00, 08:00, 16:00 Eastern
constexpr std::chrono::hours kFundingIsSettled{2};  // payments of a funding this old do not change any more
constexpr std::chrono::days kMostReportDays{89};    // Klear's own limit is 90
constexpr std::size_t kFilesARound = 50;
constexpr std::int32_t kObligationsAPage = 100, kRowsAPage = 1000;

// The moments of funding within a stretch.
std::vector<Timestamp> fundings_of(const KlearPlan& plan) {
  std::vector<Timestamp> all;
  const auto first = std::chrono::sys_days(eastern_date(plan.from));
  const auto last = std::chrono::sys_days(eastern_date(plan.to));
  for (auto day = first; day <= last; day += std::chrono::days(1)) {
    for (auto hour = std::chrono::hours(0); hour < std::chrono::hours(24); hour += kFundingEvery) {
      const Timestamp at = from_eastern(Date(day), hour);
      if (at >= plan.from && at <= plan.to) all.push_back(at);
    }
  }
  return all;
}

std::string listed(const klear::GetMarginReportsResponse& response) {
  std::string text;
  json::Writer json(text);
  json.begin_object().key("reports").begin_array();
  for (const klear::MarginReport& report : response.reports) {
    json.begin_object().member("report_type", std::string(report.report_type.text()));
    json.member("date", to_fix_date(report.date)).member("is_end_of_day", report.is_end_of_day);
    if (report.snapshot_ts) json.member("snapshot_ts", to_rfc3339(*report.snapshot_ts));
    if (report.created_ts) json.member("created_ts", to_rfc3339(*report.created_ts));
    json.end_object();
  }
  json.end_array().end_object();
  return text;
}

}  // namespace

KlearFeed::KlearFeed(KlearFeedOptions options, RecordQueue& queue)
    : options_(std::move(options)), queue_(queue), client_(options_.config, options_.client) {}

KlearFeed::~KlearFeed() { stop(); }

bool KlearFeed::record(std::string_view operation, std::string_view query, std::string_view body) {
  std::string text(operation);
  text.append("\n").append(query).append("\n").append(body);
  return queue_.put(RecordKind::klear, Source::klear, options_.account, std::move(text));
}

// `about`: what the path names, put in front of the query.
template <class Op, class Each>
Result<void> KlearFeed::pages(Op request, const std::string& about, Each&& each) {
  return all_pages(
      std::move(request), RoundLimit{stopping_, until_}, [this](const Op& op) { return client_.get(op); },
      [&](std::string_view query, std::string_view body) {
        return record(rest::Operation<Op>::info.operation_id, about + (about.empty() || query.empty() ? "" : "&") + std::string(query),
                      body);
      },
      std::forward<Each>(each));
}

template <class F>
Result<void> KlearFeed::list(std::string_view what, F&& pages_of_it) {
  queue_.put(RecordKind::poll_begin, Source::klear, options_.account, std::string(what) + "\n");
  Result<void> done = pages_of_it();
  queue_.put(RecordKind::poll_end, Source::klear, options_.account,
             std::string(what) + "\n" + (done ? std::string("ok") : in_one_line(to_string(done.error()))));
  return done;
}

// Rows of one kind beyond the thousand that an obligation carries.
Result<void> KlearFeed::rest_of(const klear::ObligationEntry& obligation) {
  const std::string about = "obligation_id=" + rest::percent_encode(obligation.id);
  const auto nothing = [](const auto&) {};
  Result<void> done{};
  if (obligation.settlement_details_truncated)
    done = pages(klear::GetObligationSettlementDetails{obligation.id, kRowsAPage, {}}, about, nothing);
  if (done && obligation.funding_payments_truncated)
    done = pages(klear::GetObligationFundingPayments{obligation.id, kRowsAPage, {}}, about, nothing);
  if (done && obligation.corporate_action_payments_truncated)
    done = pages(klear::GetObligationCorporateActionPayments{obligation.id, kRowsAPage, {}}, about, nothing);
  return done;
}

Result<void> KlearFeed::obligations() {
  std::vector<klear::ObligationEntry> cut_short;
  const auto look = [&](const auto& response) {
    for (const klear::ObligationEntry& one : response.obligations) {
      if (one.settlement_details_truncated || one.funding_payments_truncated || one.corporate_action_payments_truncated)
        cut_short.push_back(one);
    }
  };
  if (auto done = pages(klear::GetActiveMarginObligations{}, "", look); !done) return done;
  if (auto done = pages(klear::GetObligationHistory{kObligationsAPage, {}}, "", look); !done) return done;
  for (const klear::ObligationEntry& one : cut_short) {
    if (auto done = rest_of(one); !done) return done;
  }
  return {};
}

Result<void> KlearFeed::funding(const KlearPlan& plan) {
  for (const Timestamp at : fundings_of(plan)) {
    if (fundings_.contains(at)) continue;
    klear::GetMemberFundingPayments request;
    request.funding_time = at;
    request.limit = 10'000;
    auto done = pages(request, "", [](const auto&) {});
    // A funding that Klear does not know: nobody had a position, or it is of another calendar than ours.
    if (!done && done.error().status != 404 && done.error().status != 400) return done;
    if (plan.to - at > kFundingIsSettled) fundings_.insert(at);
  }
  return {};
}

// A file is an addition, the lists say the same. Error: nothing will come of the next one either.
Result<void> KlearFeed::file(const klear::MarginReport& report) {
  const std::string type(report.report_type.text());
  std::string query = "date=" + to_fix_date(report.date) + "&end_of_day=" + (report.is_end_of_day ? "true" : "false");
  if (report.snapshot_ts) query += "&snapshot_ts=" + to_rfc3339(*report.snapshot_ts);
  if (type == "daily_statement" || files_.contains(type + "?" + query)) return {};  // the statement is a PDF
  const auto body = fetch_report_file(report.url, options_.config.http.ca_file);
  if (!body) return ends_the_round(body.error()) ? Result<void>(body.error()) : Result<void>{};
  if (!record("report/" + type, query, *body)) return no_room();
  files_.insert(type + "?" + query);
  return {};
}

Result<void> KlearFeed::reports(const KlearPlan& plan) {
  klear::GetMarginReports request;
  const auto last = std::chrono::sys_days(eastern_date(plan.to)) + std::chrono::days(1);
  request.start_date = Date(std::max(std::chrono::sys_days(eastern_date(plan.from)), last - kMostReportDays));
  request.end_date = Date(last);
  const auto answer = client_.get(request);
  if (!answer) return answer.error();
  const auto response = read_answer<klear::GetMarginReportsResponse>(answer->body);
  if (!response) return about(rest::Operation<klear::GetMarginReports>::info, response.error());
  const std::string days = "start_date=" + to_fix_date(request.start_date) + "&end_date=" + to_fix_date(request.end_date);
  if (!record("GetMarginReports", days, listed(*response))) return no_room();
  std::size_t fetched = 0;
  for (const klear::MarginReport& report : response->reports) {
    if (stopping_ || ++fetched > kFilesARound || !file(report)) break;
  }
  return {};
}

Result<void> KlearFeed::balance() {
  return pages(klear::GetSettlementBalance{}, "", [](const auto&) {});
}

Result<void> KlearFeed::poll(const KlearPlan& plan) {
  Result<void> first{};
  until_ = plan.until;
  // False: nothing more is asked in this round.
  const auto went = [&](const Result<void>& done) {
    if (!done && first) first = done;
    return !stopping_ && (done || !ends_the_round(done.error()));
  };
  (void)(went(list("obligations", [this] { return obligations(); })) && went(list("funding", [&] { return funding(plan); })) &&
         went(list("balance", [this] { return balance(); })) && went(list("reports", [&] { return reports(plan); })));
  if (stopping_) return first;
  const std::string now = first ? "up\n" : "unknown\n" + in_one_line(to_string(first.error()));
  if (tell_again_.exchange(false)) told_.clear();
  if (now != told_) told_ = queue_.put(RecordKind::source_state, Source::klear, options_.account, now) ? now : std::string();
  return first;
}

void KlearFeed::run(Plan plan) {
  plan_ = std::move(plan);
  thread_ = std::thread([this] { rounds(); });
}

void KlearFeed::rounds() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      soon_ = false;
    }
    (void)poll(plan_());  // told by records
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, options_.interval, [this] { return stopping_ || soon_; });
  }
}

void KlearFeed::left_out() {
  tell_again_ = true;
  poll_soon();
}

void KlearFeed::poll_soon() {
  {
    const std::lock_guard lock(mutex_);
    soon_ = true;
  }
  changed_.notify_all();
}

void KlearFeed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace marginfix::reconcile
