// What does not answer: REST that is silent or never comes to an end, drop copy's mark that grows old. Known positions stay, nothing is
// called missing, and everything ends in time.
#include <algorithm>

#include "integration/reconcile/cut_line.hpp"
#include "integration/reconcile/fixture.hpp"
#include "services/reconcile/feeds/fix_feed.hpp"
#include "services/reconcile/service_plan.hpp"

namespace marginfix::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReconcileSilence : public ReconcileTest {
 protected:
  ReconcileSilence() { config_.patience = 600ms; }
  void TearDown() override {
    answer_again();
    ReconcileTest::TearDown();
  }
  // REST takes requests and says nothing until answer_again().
  void be_silent() {
    speak_ = std::promise<void>();
    silent_ = true;
    proxy_->set_doctor([until = speak_.get_future().share()](const SeenRequest&, const sim::test::HttpResponse&) {
      until.wait_for(60s);
      return ScriptedAnswer{"", ScriptedAnswer::After::close};
    });
  }
  void answer_again() {
    if (!std::exchange(silent_, false)) return;
    proxy_->set_doctor({});
    speak_.set_value();
  }
  // Every page names a next one that nobody has seen.
  void have_no_end() {
    proxy_->set_doctor([page = std::make_shared<std::atomic<int>>(0)](const SeenRequest& request, const sim::test::HttpResponse& told) {
      if (request.target.find("/margin/fills") == std::string::npos) return http_answer(told.status, told.body);
      return http_answer(200, R"({"fills":[],"cursor":"page)" + std::to_string(++*page) + "\"}");
    });
  }
  template <class F>
  static std::chrono::milliseconds time_of(F&& work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  }

  std::promise<void> speak_;
  bool silent_{false};
};

TEST_F(ReconcileSilence, APassEndsAndConcludesNothing) {
  trade(10);
  ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
  const auto before = rc::all<rc::PositionRow>(*ledger(), "ORDER BY symbol");
  be_silent();
  trade(4);
  rc::OnePass pass;
  // One time-out, not one for each list.
  EXPECT_LT(time_of([&] { pass = once(); }), 10s);
  EXPECT_EQ(pass.exit_code(), 1) << in_words(pass);
  EXPECT_EQ(source(rc::Source::rest).state, rc::SourceState::unknown);
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
  const auto after = rc::all<rc::PositionRow>(*ledger(), "ORDER BY symbol");
  ASSERT_THAT(after, SizeIs(before.size()));
  EXPECT_EQ(after[0].rest_net, before[0].rest_net);
  EXPECT_EQ(after[0].traded.to_string(), "14.00") << "FIX goes on";
  answer_again();
  EXPECT_EQ(once().exit_code(), 0) << in_words(breaks());
}

TEST_F(ReconcileSilence, APassEndsThoughAListDoesNot) {
  trade(10);
  ASSERT_EQ(once().exit_code(), 0) << in_words(breaks());
  have_no_end();
  rc::OnePass pass;
  EXPECT_LT(time_of([&] { pass = once(); }), 20s);
  EXPECT_EQ(pass.exit_code(), 1) << in_words(pass);
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
}

TEST_F(ReconcileSilence, TheServiceEndsWhenAskedWithASilentRest) {
  config_.patience = 3s;
  trade(10);
  start_service();
  ASSERT_TRUE(eventually([&] { return fills().size() == 1; }));
  const std::size_t asked = proxy_->requests().size();
  be_silent();
  ASSERT_TRUE(eventually([&] { return proxy_->requests().size() > asked; }));
  EXPECT_LT(time_of([&] { EXPECT_TRUE(stop_service()); }), 10s);
  EXPECT_THAT(breaks(), IsEmpty()) << in_words(breaks());
}

TEST_F(ReconcileSilence, TheServiceEndsWhenAskedInAListThatDoesNot) {
  trade(10);
  start_service();
  ASSERT_TRUE(eventually([&] { return fills().size() == 1; }));
  have_no_end();
  const std::size_t asked = proxy_->requests().size();
  ASSERT_TRUE(eventually([&] { return proxy_->requests().size() > asked + 20; }));
  EXPECT_LT(time_of([&] { EXPECT_TRUE(stop_service()); }), 10s);
}

// ---- the mark of drop copy --------------------------------------------------------------------------------------------------
// The machine's steady clock, and what a test adds to it.
class AheadClock final : public Clock {
 public:
  Timestamp now() const override { return monotonic_clock().now() + std::chrono::microseconds(ahead_.load()); }
  void advance(std::chrono::microseconds by) { ahead_ += by.count(); }

 private:
  std::atomic<std::int64_t> ahead_{0};
};

class Warnings final : public LogSink {
 public:
  void log(LogLevel level, std::string_view, std::string_view line) noexcept override {
    const std::lock_guard lock(mutex_);
    if (level == LogLevel::warning) lines_.emplace_back(line);
  }
  bool enabled(LogLevel) const noexcept override { return true; }
  int of(std::string_view what) const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(
        std::count_if(lines_.begin(), lines_.end(), [&](const std::string& l) { return l.find(what) != std::string::npos; }));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class ReconcileMark : public ReconcileTest {
 protected:
  void SetUp() override {
    ReconcileTest::SetUp();
    line_ = std::make_unique<CutLine>(sim().endpoints().ports.nr);
    lead("\"KalshiNR\":" + std::to_string(sim().endpoints().ports.nr), "\"KalshiNR\":" + std::to_string(line_->port()));
  }
  std::unique_ptr<rc::FixFeed> make_feed(std::optional<Timestamp> sure_before = {}) {
    const auto doors = rc::open_account(config_, {.name = "alice", .cfg = {}, .env_file = {}}, endpoints_, folder_.path("fix")).value();
    rc::FixFeedOptions options;
    options.account = "alice";
    options.config = doors.fix;
    options.client = doors.fix_options(null_log_sink());
    options.sure_before = sure_before;
    options.clock = &clock_;
    return std::make_unique<rc::FixFeed>(std::move(options), records_, warnings_);
  }
  // What tick() does it does on the client's own thread.
  static bool ticks_until(rc::FixFeed& feed, const std::function<bool()>& holds) {
    return eventually([&] {
      feed.tick();
      return holds();
    });
  }

  AheadClock clock_;
  rc::RecordQueue records_;
  std::shared_ptr<Warnings> warnings_ = std::make_shared<Warnings>();
  std::unique_ptr<CutLine> line_;
  static constexpr const char* kAlarm = "drop copy reaches 180 minutes back";
};

TEST_F(ReconcileMark, AnAlarmAtTwoHoursOfOutageAndNoneBefore) {
  trade(10);
  const auto feed = make_feed();
  ASSERT_TRUE(feed->start());
  // Drop copy is asked once both are logged on: by tick(), where the listener is the later one.
  ASSERT_TRUE(ticks_until(*feed, [&] { return static_cast<bool>(feed->wait_until_settled(100ms)); }));
  line_->cut();
  ASSERT_TRUE(eventually([&] { return !feed->health().listening; }));
  clock_.advance(1h + 58min);
  ASSERT_TRUE(
      ticks_until(*feed, [&, until = std::chrono::steady_clock::now() + 500ms] { return std::chrono::steady_clock::now() > until; }));
  EXPECT_LT(feed->health().mark_age.value(), 2h);
  EXPECT_EQ(warnings_->of(kAlarm), 0);
  clock_.advance(3min);
  EXPECT_TRUE(ticks_until(*feed, [&] { return warnings_->of(kAlarm) == 1; }));
  EXPECT_GT(feed->health().mark_age.value(), 2h);
  line_->mend();
  EXPECT_TRUE(ticks_until(*feed, [&] { return feed->health().mark_age.value() < 1min; })) << "drop copy has told what there is";
  feed->stop();
}

// A process that begins in the outage does not begin its count anew.
TEST_F(ReconcileMark, AProcessThatBeginsInTheOutageKnowsHowOldTheMarkIs) {
  line_->cut();
  const auto feed = make_feed(system_clock().now() - 2h - 1min);
  EXPECT_GT(feed->health().mark_age.value(), 2h);
  ASSERT_TRUE(feed->start());
  EXPECT_TRUE(ticks_until(*feed, [&] { return warnings_->of(kAlarm) == 1; }));
  line_->mend();
  EXPECT_TRUE(ticks_until(*feed, [&] { return feed->health().mark_age.value() < 1min; }));
  feed->stop();
}

TEST_F(ReconcileMark, TheLedgerSaysSinceWhenTheMarkGrowsOld) {
  trade(10);
  EXPECT_FALSE(once().a_source_failed());
  const auto opened = gaps().back().opened;
  EXPECT_EQ(rc::starting_point(*ledger(), "alice").sure_before, opened);
}

}  // namespace
}  // namespace marginfix::test
