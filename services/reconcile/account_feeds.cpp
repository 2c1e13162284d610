#include "services/reconcile/account_feeds.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "marginfix/core/monotonic.hpp"

namespace marginfix::reconcile {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr seconds kRestOverlap{60};  // a fill may be listed so late
constexpr hours kDeepEvery{1};       // how often REST is asked for everything that two clearing days may still change
constexpr hours kDeepReach{26};
constexpr std::chrono::days kFundingReach{2};
constexpr std::chrono::days kFirstFundingReach{7};
constexpr std::int64_t kMostLookedUp = 10'000;
constexpr int kOnceLists = 8;  // times the patience: for the lists of one source in one pass, however many pages they have

// A silent exchange may not hold up a pass or the end of the service.
HttpOptions patient(HttpOptions http, std::chrono::milliseconds patience) {
  http.request_timeout = patience * 2 / 3;
  http.total_timeout = patience;
  http.retry.more_tries = 1;
  return http;
}

bool has_listener(const ExchangeAccount& doors) {
  return std::ranges::any_of(doors.fix.sessions, [](const SessionConfig& s) { return s.kind == SessionKind::listener; });
}

SourceAnswer answer_of(const std::string& account, Source source, const Result<void>& done) {
  return {account, source, done ? SourceState::up : SourceState::unknown, done ? std::string() : done.error().message};
}

}  // namespace

AccountFeeds::AccountFeeds(std::string name, OpenLedger open, RecordQueue& queue, std::shared_ptr<LogSink> log)
    : name_(std::move(name)), open_(std::move(open)), queue_(queue), log_(std::move(log)) {}

AccountFeeds::~AccountFeeds() { stop(); }

Result<std::unique_ptr<AccountFeeds>> AccountFeeds::make(const Config& config, const AccountSource& source, const std::string& endpoints,
                                                         const std::string& dir, bool first, const StartingPoint& start, OpenLedger open,
                                                         RecordQueue& queue, std::shared_ptr<LogSink> log) {
  const auto doors = open_account(config, source, endpoints, dir + "/fix");
  if (!doors) return doors.error();
  std::unique_ptr<AccountFeeds> feeds(new AccountFeeds(source.name, std::move(open), queue, std::move(log)));
  feeds->fills_told_ = start.fills_told;
  feeds->patience_ = config.patience;
  feeds->make_fix(config, *doors, start, doors->has_rest());
  feeds->make_asked(config, *doors);
  std::vector<FirmSource> firm;
  std::ranges::copy_if(config.firm, std::back_inserter(firm),
                       [&](const FirmSource& one) { return one.account.empty() ? first : one.account == source.name; });
  if (firm.empty()) {
    feeds->off(Source::firm, "no [[firm]] in the configuration");
  } else {
    feeds->firm_ = std::make_unique<FirmFeed>(source.name, std::move(firm), queue);
  }
  return feeds;
}

void AccountFeeds::make_fix(const Config& config, const ExchangeAccount& doors, const StartingPoint& start, bool has_rest) {
  if (!has_listener(doors)) {
    off(Source::listener, "the account has no listener: it needs an API key of its own, NAME-listener in endpoints.json");
    off(Source::drop_copy, "drop copy goes with a listener");
    log_->log(
        LogLevel::warning, "reconcile",
        name_ + ": no listener: fills are REST's word alone, and what REST does not tell is not missed. It needs an API key of its own");
    return;
  }
  FixFeedOptions options;
  options.account = name_;
  options.config = doors.fix;
  options.client = doors.fix_options(log_);
  options.resume = start.resume;
  options.gaps_before = start.gaps;
  options.inherited = start.open_gaps;
  options.went_before = start.went_before;
  options.sure_before = start.sure_before;
  options.has_rest = has_rest;
  options.drop_copy_check = config.drop_copy_check;
  options.drop_copy_wait = seconds(20);
  fix_ = std::make_unique<FixFeed>(std::move(options), queue_, log_);
}

void AccountFeeds::make_asked(const Config& config, const ExchangeAccount& doors) {
  if (doors.has_rest()) {
    RestFeedOptions options{name_, doors.rest, doors.rest_options(log_), config.rest_poll};
    options.config.http = patient(options.config.http, config.patience);
    rest_ = std::make_unique<RestFeed>(std::move(options), queue_);
  } else {
    off(Source::rest, "not configured");
  }
  if (doors.has_ws()) {
    ws_ = std::make_unique<WsFeed>(name_, doors.ws, log_, queue_);
  } else {
    off(Source::websocket, "not configured");
  }
  if (doors.klear) {
    KlearFeedOptions options{name_, *doors.klear, doors.rest_options(log_), config.klear_poll};
    options.config.http = patient(options.config.http, config.patience);
    klear_ = std::make_unique<KlearFeed>(std::move(options), queue_);
  } else {
    off(Source::klear, "no token is configured for this account");
  }
}

void AccountFeeds::off(Source source, const std::string& why) {
  queue_.put(RecordKind::source_state, source, name_, std::string(to_string(SourceState::off)) + "\n" + why);
}

// ---- what is asked for --------------------------------------------------------------------------------------------------
// From where the fills must be asked for, by the exchange's clock; the epoch: all of them.
Timestamp AccountFeeds::fills_from(Storage& ledger, Timestamp told, bool deep, Timestamp exchange_now) const {
  Timestamp since = std::min(told, earliest_unsettled(ledger, name_).value_or(told));
  if (fix_) since = std::min(since, fix_->rest_wanted_since().value_or(since));
  if (deep) since = std::min(since, exchange_now - kDeepReach);
  return since - kRestOverlap > Timestamp{} ? since - kRestOverlap : Timestamp{};
}

RestPlan AccountFeeds::rest_plan() {
  RestPlan plan;
  Timestamp told{}, exchange_now = std::max(system_clock().now(), exchange_time());
  bool deep = false, first_funding = false;
  {
    const std::lock_guard lock(mutex_);
    rest_began_ = now();
    deep = rest_began_ >= deep_at_;
    told = fills_told_;
    first_funding = first_funding_;
  }
  try {
    const auto ledger = open_().value();
    exchange_now = std::max(exchange_now, exchange_time_in(*ledger));
    plan.open_orders = orders_to_look_up(*ledger, name_, kMostLookedUp);
    if (const Timestamp from = fills_from(*ledger, told, deep, exchange_now); from != Timestamp{}) plan.fills_since = from;
  } catch (const Exception& e) {  // without it everything is asked for
    log_->log(LogLevel::warning, "reconcile", name_ + ": the ledger cannot be read, all of REST is asked for: " + e.error().message);
  }
  if (deep) plan.ended_since = exchange_now - kDeepReach;
  plan.funding_to = exchange_now + std::chrono::days(1);
  plan.funding_from = exchange_now - (first_funding ? kFirstFundingReach : kFundingReach);
  return plan;
}

void AccountFeeds::rest_done(const RestRound& round, Timestamp began) {
  {
    const std::lock_guard lock(mutex_);
    latest_ = std::max(latest_, round.latest);
    if (round.fills_covered && round.latest != Timestamp{}) fills_told_ = std::max(fills_told_, round.latest);
    if (round.complete) {
      first_funding_ = false;
      if (began >= deep_at_) deep_at_ = began + kDeepEvery;
    }
  }
  if (fix_ && round.fills_covered) fix_->rest_covered(*round.fills_covered, began);
}

RestRound AccountFeeds::poll_rest() {
  RestPlan plan = rest_plan();
  plan.until = monotonic_clock().now() + kOnceLists * patience_;
  const Timestamp began = now();
  RestRound round = rest_->poll(plan);
  rest_done(round, began);
  return round;
}

KlearPlan AccountFeeds::klear_plan() {
  const Timestamp exchange_now = std::max(system_clock().now(), exchange_time());
  return {exchange_now - kFirstFundingReach, exchange_now + hours(1), {}};
}

Result<void> AccountFeeds::poll_klear() {
  KlearPlan plan = klear_plan();
  plan.until = monotonic_clock().now() + kOnceLists * patience_;
  return klear_->poll(plan);
}

// ---- as a service -------------------------------------------------------------------------------------------------------
void AccountFeeds::start() {
  start_fix();
  if (rest_) {
    rest_->run([this] { return rest_plan(); },
               [this](const RestRound& round) {
                 Timestamp began;
                 {
                   const std::lock_guard lock(mutex_);
                   began = rest_began_;
                 }
                 rest_done(round, began);
               });
  }
  if (ws_) (void)ws_->start();  // told by a record
  if (klear_) klear_->run([this] { return klear_plan(); });
  if (firm_) firm_->run();
}

void AccountFeeds::start_fix() {
  if (fix_) (void)fix_->start();  // told by a record
}

void AccountFeeds::tick() {
  if (fix_) fix_->tick();
}

void AccountFeeds::day_cut() {
  {
    const std::lock_guard lock(mutex_);
    deep_at_ = {};
  }
  if (rest_) rest_->poll_soon();
  if (klear_) klear_->poll_soon();
}

void AccountFeeds::left_out(Source source) {
  if (fix_) fix_->left_out(source);
  if (ws_ && source == Source::websocket) ws_->left_out();
  if (rest_ && source == Source::rest) rest_->left_out();
  if (klear_ && source == Source::klear) klear_->left_out();
}

// Side by side: each may have to wait for an answer that does not come.
void AccountFeeds::stop() {
  std::vector<std::thread> stopping;
  if (rest_) stopping.emplace_back([this] { rest_->stop(); });
  if (klear_) stopping.emplace_back([this] { klear_->stop(); });
  if (firm_) firm_->stop();
  if (ws_) ws_->stop();
  if (fix_) fix_->stop();
  for (std::thread& one : stopping) one.join();
}

bool AccountFeeds::listening() const { return !fix_ || fix_->health().listening; }

// ---- in one pass --------------------------------------------------------------------------------------------------------
std::vector<SourceAnswer> AccountFeeds::settle_fix(std::chrono::milliseconds limit) {
  std::vector<SourceAnswer> answers;
  if (!fix_) return answers;
  const auto settled = fix_->wait_until_settled(limit);
  const FixFeedHealth health = fix_->health();
  const auto when_on = [&](bool answered) { return answered || settled ? SourceState::up : SourceState::unknown; };
  answers.push_back({name_, Source::listener, when_on(health.listening), settled || health.listening ? "" : settled.error().message});
  if (!health.drop_copy_enabled) {
    answers.push_back({name_, Source::drop_copy, SourceState::off, "not configured, or not enabled for this account"});
  } else {
    answers.push_back({name_, Source::drop_copy, when_on(false), settled ? "" : settled.error().message});
  }
  return answers;
}

std::vector<SourceAnswer> AccountFeeds::ask_once() {
  std::vector<SourceAnswer> answers;
  if (rest_) {
    const RestRound round = poll_rest();
    answers.push_back({name_, Source::rest, round.complete ? SourceState::up : SourceState::unknown, round.why});
  }
  if (klear_) answers.push_back(answer_of(name_, Source::klear, poll_klear()));
  if (firm_) answers.push_back(answer_of(name_, Source::firm, firm_->read()));
  return answers;
}

void AccountFeeds::ask_drop_copy_again() {
  if (fix_) fix_->check_again();
}

Timestamp AccountFeeds::now() const { return fix_ ? fix_->now() : monotonic_clock().now(); }

Timestamp AccountFeeds::exchange_time() const {
  const Timestamp on_fix = fix_ ? fix_->exchange_time() : Timestamp{};
  const std::lock_guard lock(mutex_);
  return std::max(on_fix, latest_);
}

std::optional<FixFeedHealth> AccountFeeds::fix_health() const { return fix_ ? std::optional(fix_->health()) : std::nullopt; }

}  // namespace marginfix::reconcile
