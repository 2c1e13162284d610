#include "services/reconcile/service.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <future>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "marginfix/core/monotonic.hpp"
#include "marginfix/core/uuid.hpp"
#include "marginfix/json/writer.hpp"
#include "services/reconcile/fan_out.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/folder/postgres_writer.hpp"
#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/web/metrics.hpp"
#include "services/reconcile/web/page_server.hpp"

namespace marginfix::reconcile {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTurn{200};  // the longest wait of the writing thread
constexpr seconds kTick{1};
constexpr seconds kListenerFirst{10};   // so long the page waits for the listeners at the start
constexpr seconds kOnceFix{45};         // for Logons, holes and drop copy in one pass
constexpr milliseconds kSettle{3'500};  // a list that is asked for so much later must have it
constexpr seconds kDecisionWait{15};

// The clearing day of an instant, where days end at `cut` of Eastern time.
Date clearing_day(Timestamp t, milliseconds cut) { return clearing_business_date(t - (cut - milliseconds(std::chrono::hours(16)))); }
std::int64_t day_number(Date day) {
  return int{day.year()} * 10'000 + static_cast<std::int64_t>(unsigned{day.month()}) * 100 + static_cast<std::int64_t>(unsigned{day.day()});
}

Error lost_lead() {
  Error error = fail(ErrorCategory::store, "the lead is lost: another instance may have it");
  error.code = "not_leader";
  return error;
}

}  // namespace

std::string decision_body(std::int64_t break_id, const std::string& action, const std::string& user, const std::string& reason) {
  std::string body;
  json::Writer json(body);
  json.begin_object().member("break", std::to_string(break_id)).member("action", action).member("user", user);
  json.member("reason", reason).end_object();
  return body;
}

std::string begin_body(const std::string& version, const std::vector<std::string>& accounts, const Rules& rules, bool stream) {
  std::string body;
  json::Writer json(body);
  json.begin_object().member("version", version).key("accounts").begin_array();
  for (const std::string& account : accounts) json.value(account);
  json.end_array().key("rules").begin_object();
  json.member("grace_us", std::to_string(rules.grace_us)).member("fee_tolerance", std::to_string(rules.fee_tolerance));
  json.member("funding_tolerance", std::to_string(rules.funding_tolerance)).member("cash_tolerance", std::to_string(rules.cash_tolerance));
  json.member("late_after_us", std::to_string(rules.late_after_us)).member("stream", stream ? "on" : "off").end_object().end_object();
  return body;
}

bool OnePass::a_source_failed() const {
  return std::ranges::any_of(sources, [](const SourceAnswer& one) { return one.state == SourceState::unknown; });
}

int OnePass::exit_code() const {
  if (a_source_failed()) return 1;
  return breaks.confirmed > 0 || breaks.ripe > 0 ? 2 : 0;
}

struct Service::Impl {
  explicit Impl(ServiceOptions given) : options(std::move(given)), log(options.log), queue(options.queue) {}
  ~Impl() { end_feeds(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> open();
  Result<void> run(const std::function<bool()>& stop, const std::function<void(const std::string&)>& ready);
  Result<OnePass> run_once(const std::function<bool()>& stop);

  bool in_postgres() const { return options.lead != nullptr; }
  LedgerPlace place() const {
    return in_postgres() ? LedgerPlace(options.dir, options.storage, options.service) : LedgerPlace(options.dir);
  }

  // ---- writing
  Result<std::unique_ptr<LedgerWriter>> open_writer() const;
  Result<bool> write_batch(milliseconds wait);
  Result<void> write_everything();
  void put(RecordKind kind, std::string body) { queue.put(kind, Source::listener, "", std::move(body)); }

  Result<void> start_fan_out();
  // By this process's own clock; the ledger is asked by each write.
  std::function<bool()> may_publish() const {
    if (!in_postgres()) return {};
    return [lead = options.lead] { return lead->mine(); };
  }

  // ---- the page
  Result<void> start_page();
  Result<void> tell_where();
  std::string where_path() const { return options.dir + "/reconcile.json"; }
  void forget_where() const;
  Result<void> decide(std::int64_t id, const std::string& action, const std::string& user, const std::string& reason);
  void write_metrics(services::MetricsWriter& out) const;

  // ---- the day
  void in_a_second(Timestamp now);
  void heal();
  void look_for_cut();
  void end_feeds();
  std::vector<SourceAnswer> one_pass(const std::function<bool()>& stop);
  void ask(std::vector<SourceAnswer>& answers);
  void wait(milliseconds span, const std::function<bool()>& stop) const;

  ServiceOptions options;
  std::shared_ptr<LogSink> log;
  RecordQueue queue;
  std::unique_ptr<LedgerWriter> writer;
  std::unique_ptr<FanOut> fan_out;  // none: no [nats] in the configuration
  std::unique_ptr<PageServer> page;
  std::vector<std::unique_ptr<AccountFeeds>> accounts;
  std::vector<std::string> names;
  std::string token;
  Date day{};  // the running clearing day
  Timestamp sweep_at{}, tick_at{};
  std::atomic<std::int64_t> written{0};
  std::uint64_t dropped_told{0};

  std::mutex decisions;  // of the two below
  std::condition_variable decided;
  std::uint64_t decisions_put{0}, decisions_written{0};
  bool ending{false};
};

// ---- opening ------------------------------------------------------------------------------------------------------------
Result<std::unique_ptr<LedgerWriter>> Service::Impl::open_writer() const {
  if (!in_postgres()) return LedgerWriter::open(options.dir);
  const auto address = PostgresAddress::parse(options.storage);
  if (!address) return address.error();
  return open_leading_writer(*address, *options.lead, options.dir);
}

Result<void> Service::Impl::open() {
  const auto sources = accounts_of(options.config, options.endpoints, options.account);
  if (!sources) return sources.error();
  auto opened = open_writer();
  if (!opened) return opened.error();
  writer = *std::move(opened);
  if (!in_postgres()) forget_where();
  for (const AccountSource& source : *sources) names.push_back(source.name);
  put(RecordKind::begin, begin_body(options.version, names, options.config.rules, options.config.nats.on()));
  const auto read = [from = place()] { return open_ledger_for_reading(from); };
  for (const AccountSource& source : *sources) {
    auto feeds = AccountFeeds::make(options.config, source, options.endpoints, options.dir, accounts.empty(),
                                    starting_point(writer->storage(), source.name), read, queue, log);
    if (!feeds) return feeds.error();
    accounts.push_back(*std::move(feeds));
  }
  const Timestamp exchange_now = std::max(system_clock().now(), exchange_time_in(writer->storage()));
  day = clearing_day(exchange_now, options.config.cut);
  const std::int64_t cut = last_day_cut(writer->storage());
  // Cuts that came while nobody ran: each day's end is told, a week of them at most.
  for (int back = 7; back > 0 && cut > 0; --back) {
    const Date earlier(std::chrono::sys_days(day) - std::chrono::days(back));
    if (day_number(earlier) > cut) put(RecordKind::day_cut, to_fix_date(earlier));
  }
  return {};
}

// ---- writing ------------------------------------------------------------------------------------------------------------
Result<bool> Service::Impl::write_batch(milliseconds wait) {
  const std::vector<Record> batch = queue.take(wait);
  if (batch.empty()) {
    // What other instances ask for.
    if (in_postgres()) {
      if (auto asked = writer->write({}); !asked) return asked.error();
    }
    return false;
  }
  if (auto done = writer->write(batch); !done) return done.error();
  written += static_cast<std::int64_t>(batch.size());
  const auto made = std::ranges::count_if(batch, [](const Record& record) { return record.kind == RecordKind::decision; });
  if (made > 0) {
    const std::lock_guard lock(decisions);
    decisions_written += static_cast<std::uint64_t>(made);
    decided.notify_all();
  }
  if (page) page->changed();
  if (options.changed) options.changed();
  if (fan_out) fan_out->committed(*writer);
  return true;
}

Result<void> Service::Impl::write_everything() {
  for (;;) {
    const auto wrote = write_batch(milliseconds(0));
    if (!wrote) return wrote.error();
    if (!*wrote) return {};
  }
}

Result<void> Service::Impl::start_fan_out() {
  if (!options.config.nats.on()) return {};
  auto started = FanOut::start(
      options.config.nats, [from = place()] { return open_ledger_for_reading(from); }, may_publish(), log);
  if (!started) return started.error();
  fan_out = *std::move(started);
  return {};
}

// ---- the page -----------------------------------------------------------------------------------------------------------
Result<void> Service::Impl::start_page() {
  token = random_uuid() + random_uuid();
  if (auto kept = replace_file(options.dir + "/token", token + "\n"); !kept) return kept;
  PageOptions wanted;
  wanted.dir = options.dir;
  wanted.listen = options.config.page_listen;
  wanted.allow_remote = options.config.page_remote;
  wanted.host_names = options.config.page_names;
  wanted.token = SecretString(token);
  wanted.log = log;
  PageHooks hooks;
  hooks.decide = [this](std::int64_t id, const std::string& action, const std::string& user, const std::string& reason) {
    return decide(id, action, user, reason);
  };
  hooks.metrics = [this](services::MetricsWriter& out) { write_metrics(out); };
  auto started = PageServer::start(std::move(wanted), std::move(hooks));
  if (!started) return started.error();
  page = *std::move(started);
  return {};
}

Result<void> Service::Impl::tell_where() {
  std::string text;
  json::Writer json(text);
  json.begin_object().member("page", page->url()).member("metrics", page->metrics_url()).member("token_file", "token").end_object();
  return replace_file(where_path(), text + "\n", 0644);
}

// Nobody is at that address any more: of this process, or of one that was killed.
void Service::Impl::forget_where() const {
  std::error_code not_there;
  std::filesystem::remove(where_path(), not_there);
}

// On the page's thread.
Result<void> Service::Impl::decide(std::int64_t id, const std::string& action, const std::string& user, const std::string& reason) {
  const auto ledger = open_ledger_for_reading(options.dir);
  if (!ledger) return ledger.error();
  if (standing_of(**ledger, id) != BreakStanding::open) {
    Error gone = fail(ErrorCategory::store, "the break " + std::to_string(id) + " is not open any more");
    gone.code = "gone";
    return gone;
  }
  std::unique_lock lock(decisions);
  const std::uint64_t mine = ++decisions_put;
  put(RecordKind::decision, decision_body(id, action, user, reason));
  if (decided.wait_for(lock, kDecisionWait, [&] { return decisions_written >= mine || ending; }) && decisions_written >= mine) return {};
  return fail(ErrorCategory::store, "the decision has not been written yet: look again before you repeat it");
}

void Service::Impl::write_metrics(services::MetricsWriter& out) const {
  out.gauge("queue_records", "Records that wait to be written.").sample(static_cast<std::int64_t>(queue.waiting()));
  out.counter("dropped_records_total", "Records that found no room: their sources were marked unknown and asked again.")
      .sample(static_cast<std::int64_t>(queue.dropped()));
  out.counter("written_records_total", "Records written since the start.").sample(written.load());
  if (fan_out) fan_out->write_metrics(out);
  out.gauge("listener_up", "1 while the listener is logged on.");
  for (const auto& one : accounts) {
    if (const auto health = one->fix_health()) out.sample({{"account", one->name()}}, health->listening ? 1 : 0);
  }
  out.gauge("drop_copy_mark_age_seconds", "Since the last sure ExecID; drop copy reaches 10800 seconds back, alarm at 7200.");
  for (const auto& one : accounts) {
    const auto health = one->fix_health();
    if (health && health->mark_age) out.sample({{"account", one->name()}}, std::chrono::duration_cast<seconds>(*health->mark_age).count());
  }
}

// ---- the day ------------------------------------------------------------------------------------------------------------
void Service::Impl::look_for_cut() {
  Timestamp now = system_clock().now();
  for (const auto& one : accounts) now = std::max(now, one->exchange_time());
  const Date today = clearing_day(now, options.config.cut);
  if (today <= day) return;
  put(RecordKind::day_cut, to_fix_date(day));
  put(RecordKind::sweep, "full");
  day = today;
  for (const auto& one : accounts) one->day_cut();
  writer->checkpoint();
}

// What had no room is asked for again.
void Service::Impl::heal() {
  for (const LeftOut& lost : queue.left_out()) {
    log->log(LogLevel::error, "reconcile",
             lost.account + ": " + std::to_string(lost.records) + " messages of " + std::string(to_string(lost.source)) +
                 " found no room: this machine writes too slowly");
    for (const auto& one : accounts) {
      if (one->name() == lost.account) one->left_out(lost.source);
    }
  }
}

void Service::Impl::in_a_second(Timestamp now) {
  tick_at = now + kTick;
  heal();
  for (const auto& one : accounts) one->tick();
  look_for_cut();
}

void Service::Impl::end_feeds() {
  std::vector<std::thread> ending_them;
  for (const auto& one : accounts) ending_them.emplace_back([&one] { one->stop(); });
  for (std::thread& one : ending_them) one.join();
}

Result<void> Service::Impl::run(const std::function<bool()>& stop, const std::function<void(const std::string&)>& ready) {
  if (auto begun = write_everything(); !begun) return begun;
  if (auto started = start_fan_out(); !started) return started;
  if (!in_postgres()) {
    if (auto started = start_page(); !started) return started;
  }
  for (const auto& one : accounts) one->start();
  const Timestamp began = monotonic_clock().now();
  bool told = false;
  Result<void> result{};
  while (!stop()) {
    const auto wrote = write_batch(kTurn);
    if (!wrote) {
      result = wrote.error();
      break;
    }
    const Timestamp now = monotonic_clock().now();
    if (fan_out) fan_out->clean(*writer);
    if (now >= tick_at) in_a_second(now);
    if (now >= sweep_at) {
      put(RecordKind::sweep, "");
      sweep_at = now + options.config.sweep;
    }
    const bool listening = std::ranges::all_of(accounts, [](const auto& one) { return one->listening(); });
    if (page && !told && (listening || now - began > kListenerFirst)) {
      if (result = tell_where(); !result) break;
      told = true;
      if (ready) ready(page->url());
    }
  }
  {
    const std::lock_guard lock(decisions);
    ending = true;
    decided.notify_all();
  }
  // Another instance may lead by now: it tells what this one has not.
  const bool leads = !in_postgres() || (result && options.lead->mine());
  if (!leads && fan_out) fan_out->abandon();
  if (page) page->stop();
  end_feeds();
  if (page) forget_where();
  if (!leads) return result ? lost_lead() : result;
  if (result) result = write_everything();
  if (fan_out) fan_out->end(*writer);
  if (result) result = writer->close();
  return result;
}

// ---- one pass -----------------------------------------------------------------------------------------------------------
void Service::Impl::wait(milliseconds span, const std::function<bool()>& stop) const {
  const Timestamp until = monotonic_clock().now() + span;
  while (monotonic_clock().now() < until && !stop()) {
    for (const auto& one : accounts) one->tick();
    std::this_thread::sleep_for(std::min(span, milliseconds(100)));
  }
}

// Each source's latest word is the one that counts.
void Service::Impl::ask(std::vector<SourceAnswer>& answers) {
  const auto keep = [&](std::vector<SourceAnswer> told) {
    for (SourceAnswer& one : told) {
      const auto before = std::ranges::find_if(
          answers, [&](const SourceAnswer& other) { return other.account == one.account && other.source == one.source; });
      if (before == answers.end()) {
        answers.push_back(std::move(one));
      } else {
        *before = std::move(one);
      }
    }
  };
  // Side by side: an exchange that is silent costs the patience for one account, not for each.
  std::vector<std::future<std::vector<SourceAnswer>>> asked;
  for (const auto& one : accounts) {
    asked.push_back(std::async(std::launch::async, [&one] {
      auto told = one->settle_fix(kOnceFix);
      std::ranges::move(one->ask_once(), std::back_inserter(told));
      return told;
    }));
  }
  for (auto& told : asked) keep(told.get());
}

// On a thread of its own, while the caller's writes.
std::vector<SourceAnswer> Service::Impl::one_pass(const std::function<bool()>& stop) {
  std::vector<SourceAnswer> answers;
  for (const auto& one : accounts) one->start_fix();
  std::atomic<bool> asked{false};
  std::thread ticks([&] {
    while (!asked) {
      for (const auto& one : accounts) one->tick();
      std::this_thread::sleep_for(milliseconds(100));
    }
  });
  ask(answers);
  const auto failed = [&] {
    return std::ranges::any_of(answers, [](const SourceAnswer& one) { return one.state == SourceState::unknown; });
  };
  if (!failed() && !stop()) {
    // What one source told first the others must have told by now: they are asked once more.
    wait(kSettle, stop);
    for (const auto& one : accounts) one->ask_drop_copy_again();
    ask(answers);
  }
  asked = true;
  ticks.join();
  return answers;
}

Result<OnePass> Service::Impl::run_once(const std::function<bool()>& stop) {
  if (auto begun = write_everything(); !begun) return begun.error();
  if (auto started = start_fan_out(); !started) return started.error();
  OnePass pass;
  // Runs `work` on another thread and writes what comes meanwhile.
  const auto writing = [&](const std::function<void()>& work) -> Result<void> {
    std::atomic<bool> done{false};
    std::exception_ptr thrown;
    std::thread worker([&] {
      try {
        work();
      } catch (...) {
        thrown = std::current_exception();
      }
      done = true;
    });
    Result<void> result{};
    while (!done) {
      const auto wrote = write_batch(milliseconds(50));
      if (!wrote) {
        result = wrote.error();
        end_feeds();  // whoever waits for room waits in vain
        break;
      }
      heal();
    }
    worker.join();
    if (thrown) std::rethrow_exception(thrown);
    return result ? write_everything() : result;
  };
  const auto swept = [&]() -> Result<void> {
    put(RecordKind::sweep, "full");
    if (auto done = write_everything(); !done) return done;
    pass.breaks = open_breaks(writer->storage(), names, system_clock().now(), options.config.rules.grace_us);
    return {};
  };
  if (auto done = writing([&] { pass.sources = one_pass(stop); }); !done) return done.error();
  look_for_cut();
  if (auto done = swept(); !done) return done.error();
  if (pass.breaks.pending > 0 && !pass.a_source_failed() && !stop()) {
    // Seen for the first time just now: the grace is waited out, then both sides are asked again.
    const auto left = *pass.breaks.newest_seen + std::chrono::microseconds(options.config.rules.grace_us) - system_clock().now();
    const auto span =
        std::clamp(std::chrono::duration_cast<milliseconds>(left), milliseconds(0), std::chrono::duration_cast<milliseconds>(seconds(30))) +
        milliseconds(200);
    const auto again = [&] {
      wait(span, stop);
      for (const auto& one : accounts) one->ask_drop_copy_again();
      ask(pass.sources);
    };
    if (auto done = writing(again); !done) return done.error();
    if (auto done = swept(); !done) return done.error();
  }
  end_feeds();
  if (auto done = write_everything(); !done) return done.error();
  if (fan_out) fan_out->end(*writer);
  if (auto closed = writer->close(); !closed) return closed.error();
  if (stop()) return fail(ErrorCategory::closed, "stopped before every source had been asked");
  return pass;
}

// ---- the service --------------------------------------------------------------------------------------------------------
Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() = default;

namespace {

// A ledger that cannot be read is an error like one that cannot be written.
template <class Work>
auto with_errors(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Exception& e) {
    return e.error();
  }
}

}  // namespace

Result<std::unique_ptr<Service>> Service::open(ServiceOptions options) {
  return with_errors([&]() -> Result<std::unique_ptr<Service>> {
    auto impl = std::make_unique<Impl>(std::move(options));
    if (auto opened = impl->open(); !opened) return opened.error();
    return std::unique_ptr<Service>(new Service(std::move(impl)));
  });
}

Result<void> Service::run(const std::function<bool()>& stop, const std::function<void(const std::string& page)>& ready) {
  return with_errors([&] { return impl_->run(stop, ready); });
}
Result<OnePass> Service::run_once(const std::function<bool()>& stop) {
  return with_errors([&] { return impl_->run_once(stop); });
}
void Service::write_metrics(services::MetricsWriter& out) const { impl_->write_metrics(out); }

}  // namespace marginfix::reconcile
