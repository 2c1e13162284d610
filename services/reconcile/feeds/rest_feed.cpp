#include "services/reconcile/feeds/rest_feed.hpp"

#include <algorithm>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "services/reconcile/feeds/rest_pages.hpp"

namespace marginfix::reconcile {
namespace {

constexpr std::int32_t kPageOfFills = 1000;
constexpr std::int64_t kPageOfOrders = 1000;
constexpr int kMostLookUps = 50;                  // a round: each costs a request
constexpr std::chrono::seconds kLookUpAgain{60};  // at the earliest

Date utc_day(Timestamp t) { return Date(std::chrono::floor<std::chrono::days>(t)); }

}  // namespace

RestFeed::RestFeed(RestFeedOptions options, RecordQueue& queue)
    : options_(std::move(options)), queue_(queue), client_(options_.config, options_.client) {}

RestFeed::~RestFeed() { stop(); }

bool RestFeed::record(std::string_view operation, std::string_view query, std::string_view body) {
  std::string text(operation);
  text.append("\n").append(query).append("\n").append(body);
  return queue_.put(RecordKind::rest, Source::rest, options_.account, std::move(text));
}

void RestFeed::state(SourceState state, std::string_view why) {
  if (tell_again_.exchange(false)) told_.clear();
  std::string body = std::string(to_string(state)) + "\n" + std::string(why);
  if (told_ == body) return;
  const bool kept = queue_.put(RecordKind::source_state, Source::rest, options_.account, body);
  told_ = kept ? std::move(body) : std::string();
}

void RestFeed::left_out() {
  tell_again_ = true;
  poll_soon();
}

// poll_begin, the pages of each request as they come, poll_end.
template <class Op, class Each>
Result<void> RestFeed::list(std::string_view what, std::string_view min_ts, std::vector<Op> requests, Each&& each) {
  queue_.put(RecordKind::poll_begin, Source::rest, options_.account, std::string(what) + "\n" + std::string(min_ts));
  Result<void> done{};
  for (Op& request : requests) {
    done = all_pages(
        std::move(request), RoundLimit{stopping_, until_}, [this](const Op& op) { return client_.get(op); },
        [this](std::string_view query, std::string_view body) { return record(rest::Operation<Op>::info.operation_id, query, body); },
        each);
    if (!done) break;
  }
  queue_.put(RecordKind::poll_end, Source::rest, options_.account,
             std::string(what) + "\n" + (done ? std::string("ok") : in_one_line(to_string(done.error()))));
  return done;
}

Result<void> RestFeed::positions() {
  return list<rest::GetMarginPositions>("positions", "", {rest::GetMarginPositions{}}, [](const auto&) {});
}

Result<void> RestFeed::fills(const RestPlan& plan, RestRound& round) {
  rest::GetMarginFills request;
  request.limit = kPageOfFills;
  std::string from;
  if (plan.fills_since) {
    request.min_ts = EpochSeconds::of(*plan.fills_since);
    from = std::to_string(request.min_ts->time().time_since_epoch().count());
  }
  // A fill does not say whose it is. Those of each subaccount first; what the last question brings beside them is the primary's, or of a
  // subaccount that is newer than the list of balances.
  std::vector<rest::GetMarginFills> requests;
  for (const std::int32_t subaccount : subaccounts_) {
    if (subaccount == 0) continue;
    requests.push_back(request);
    requests.back().subaccount = subaccount;
  }
  requests.push_back(request);
  auto done = list<rest::GetMarginFills>("fills", from, std::move(requests), [&](const rest::GetMarginFillsResponse& page) {
    for (const rest::MarginFill& fill : page.fills) round.latest = std::max(round.latest, fill.created_time);
  });
  if (done) round.fills_covered = request.min_ts ? request.min_ts->time() : Timestamp{};
  return done;
}

Result<void> RestFeed::orders(const RestPlan& plan) {
  std::vector<rest::GetMarginOrders> requests;
  rest::GetMarginOrders request;
  request.limit = kPageOfOrders;
  for (const char* const status : {"executed", "canceled", "resting"}) {  // one that ends meanwhile is in the last of them or looked up
    request.status = status;
    request.min_ts.reset();
    const bool ended = status != std::string_view("resting");
    if (ended && !plan.ended_since) continue;
    if (ended) request.min_ts = EpochSeconds::of(*plan.ended_since);
    requests.push_back(request);
  }
  std::set<std::string> told;
  const auto done = list<rest::GetMarginOrders>("orders", "", std::move(requests), [&](const rest::GetMarginOrdersResponse& page) {
    for (const rest::MarginOrder& order : page.orders) told.insert(order.order_id);
  });
  return done ? look_up(plan, told) : done;
}

// What became of those that are in no list. One that is not known any more (404) is no failure of the source.
Result<void> RestFeed::look_up(const RestPlan& plan, const std::set<std::string>& told) {
  const Timestamp now = monotonic_clock().now();
  std::erase_if(looked_up_, [now](const auto& one) { return now - one.second > kLookUpAgain; });
  int asked = 0;
  for (const std::string& id : plan.open_orders) {
    if (stopping_ || asked == kMostLookUps) return {};
    if (told.contains(id) || looked_up_.contains(id)) continue;
    ++asked;
    const rest::GetMarginOrder request{id};
    const auto answer = client_.get(request);
    if (!answer && answer.error().status != 404) return answer.error();
    const bool kept =
        !answer || record(rest::Operation<rest::GetMarginOrder>::info.operation_id, "order_id=" + rest::percent_encode(id), answer->body);
    if (!kept) return no_room();
    looked_up_[id] = now;
    if (!answer) continue;
    if (auto read = read_answer<rest::GetMarginOrderResponse>(answer->body); !read)
      return about(rest::Operation<rest::GetMarginOrder>::info, read.error());
  }
  return {};
}

Result<void> RestFeed::funding(const RestPlan& plan) {
  rest::GetMarginFundingHistory history;
  history.start_date = utc_day(plan.funding_from);
  history.end_date = utc_day(plan.funding_to);
  const Timestamp from(std::chrono::sys_days(history.start_date));
  return list<rest::GetMarginFundingHistory>("funding", std::to_string(from.time_since_epoch().count()), {history}, [](const auto&) {});
}

Result<void> RestFeed::balance() {
  return list<rest::GetMarginBalance>("balance", "", {rest::GetMarginBalance{}}, [this](const rest::GetMarginBalanceResponse& page) {
    for (const rest::MarginSubaccountBalance& told : page.subaccount_balances) subaccounts_.insert(told.subaccount);
  });
}

// Notices to everybody. What they explain is a break without them, and no other list is worth less: it may fail.
Result<void> RestFeed::corporate_actions() {
  return list<rest::GetMarginCorporateActions>("corporate_actions", "", {rest::GetMarginCorporateActions{}}, [](const auto&) {});
}

RestRound RestFeed::poll(const RestPlan& plan) {
  RestRound round;
  until_ = plan.until;
  bool all_good = true;
  // False: nothing more is asked in this round.
  const auto went = [&](const Result<void>& done) {
    if (stopping_) return all_good = false;
    if (done) return true;
    all_good = false;
    if (round.why.empty()) round.why = in_one_line(to_string(done.error()));
    return !ends_the_round(done.error());
  };
  // Balances say which subaccounts there are. Positions before and after the fills: one that both agree on is as of the fills.
  const bool went_through =
      went(balance()) && went(positions()) && went(fills(plan, round)) && went(positions()) && went(orders(plan)) && went(funding(plan));
  if (went_through) (void)corporate_actions();
  round.complete = went_through && all_good;
  if (!stopping_) state(round.complete ? SourceState::up : SourceState::unknown, round.why);
  return round;
}

void RestFeed::run(Plan plan, Done done) {
  plan_ = std::move(plan);
  done_ = std::move(done);
  thread_ = std::thread([this] { rounds(); });
}

void RestFeed::rounds() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      soon_ = false;
    }
    const RestRound round = poll(plan_());
    if (done_) done_(round);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, options_.interval, [this] { return stopping_ || soon_; });
  }
}

void RestFeed::poll_soon() {
  {
    const std::lock_guard lock(mutex_);
    soon_ = true;
  }
  changed_.notify_all();
}

void RestFeed::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace marginfix::reconcile
