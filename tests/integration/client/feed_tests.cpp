// AccountFeed against the simulated exchange: every report of the account once, gaps filled or declared.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <set>
#include <stdexcept>

#include "fixture.hpp"
#include "marginfix/account_feed.hpp"

namespace marginfix::test {
namespace {

// What a feed says, a line each.
class FeedLines {
 public:
  void add(std::string line) {
    {
      const std::lock_guard lock(mutex_);
      lines_.push_back(std::move(line));
    }
    changed_.notify_all();
  }
  std::vector<std::string> copy() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  // A line that begins so has come; else what has.
  ::testing::AssertionResult wait_for(std::string_view beginning) {
    std::unique_lock lock(mutex_);
    const auto come = [&] { return std::ranges::any_of(lines_, [&](const std::string& line) { return line.starts_with(beginning); }); };
    if (changed_.wait_for(lock, 30s, come)) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << beginning << " is not among " << ::testing::PrintToString(lines_);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

// Time that passes when the test says so; read on the client's thread.
class HandClock final : public Clock {
 public:
  Timestamp now() const override { return Timestamp(std::chrono::microseconds(at_.load())); }
  void advance(std::chrono::microseconds by) { at_ += by.count(); }

 private:
  std::atomic<std::int64_t> at_{1'790'000'000'000'000};
};

class ClientFeed : public ClientTest {
 public:
  ~ClientFeed() override { const StopFirst before_the_feed_goes{client_}; }

 protected:
  void SetUp() override { start(); }

  AccountFeedHandlers handlers() {
    AccountFeedHandlers h;
    h.on_report = [this](const FeedReport& r) {
      if (r.report.exec_id == "-1;-1") return;
      if (r.report.cl_ord_id == throws_at_) {
        throws_at_.clear();
        lines_.add("thrown");
        throw std::runtime_error("the disk is full");
      }
      exec_ids_.add(std::string(r.report.exec_id));
      lines_.add(to_string(r.report.exec_type) + " " + std::string(r.report.cl_ord_id) + " by " + std::string(to_string(r.source)));
    };
    h.on_fill = [this](const Fill& fill) { lines_.add("fill " + fill.trade_id); };
    h.on_gap = [this](const ReportGap& gap) {
      lines_.add("gap " + std::to_string(gap.number) + ": " + gap.why);
      if (gap_throws_) throw std::runtime_error("nobody wants to hear of gaps");
    };
    h.on_filled = [this](const ReportGap& gap) { lines_.add("filled " + std::to_string(gap.number)); };
    h.on_unfillable = [this](const UnfillableGap& gap) { lines_.add("unfillable: " + gap.error.message); };
    return h;
  }
  void connect_with_feed(const std::vector<std::string>& sessions, AccountFeedOptions options = {}) {
    connect_with_feed(config(sessions), std::move(options));
    ASSERT_TRUE(client_->wait_until_active(30s));
  }
  void connect_with_feed(MarginFixConfig config, AccountFeedOptions options) {
    client_.reset();
    client_ = std::make_unique<MarginFixClient>(std::move(config), silent());
    feed_ = std::make_unique<AccountFeed>(*client_, std::move(options), handlers());
    OrderEntryHandlers own;
    if (hears_its_own_) own.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound& in) { feed_->hear(r, in); };
    nr().set_handlers(std::move(own));
    client_->start().value();
  }
  // As `config`, with a listener on KalshiRT in place of the one on KalshiNR.
  MarginFixConfig with_kept_listener() {
    MarginFixConfig made = config();
    SessionConfig listener = *made.find("KalshiRT");
    listener.kind = SessionKind::listener;
    listener.name = "KalshiRT-listener";
    listener.credentials = made.find("KalshiNR-listener")->credentials;
    listener.logon.skip_pending_exec_reports = true;
    made.sessions.push_back(std::move(listener));
    made.select({"KalshiNR", "KalshiRT-listener", "KalshiDC"}).value();
    return made;
  }
  // Its Logout(5) is answered.
  void stop_whole(FixSession& session) {
    std::promise<void> stopped;
    session.stop([&] { stopped.set_value(); });
    stopped.get_future().wait();
  }
  void start_again(FixSession& session) {
    session.start().value();
    ASSERT_TRUE(client_->wait_until_active(session.name(), 30s));
  }
  // What the client's thread is at now is done.
  void settle() {
    std::promise<void> done;
    client_->listener().run_on_io_thread([&] { done.set_value(); });
    done.get_future().wait();
  }
  std::size_t lines_that_begin_with(std::string_view beginning) const {
    const auto lines = lines_.copy();
    return static_cast<std::size_t>(std::ranges::count_if(lines, [&](const std::string& line) { return line.starts_with(beginning); }));
  }
  void bob_sells(int quantity) {
    Board bob_board;
    MarginFixClient bob(config({"KalshiNR"}, "bob"), silent());
    bob.order_entry().set_handlers(order_handlers(bob_board));
    bob.start().value();
    ASSERT_TRUE(bob.wait_until_active(30s));
    auto taker = order("take", Side::Sell, quantity);
    taker.time_in_force = TimeInForce::IOC;
    ASSERT_TRUE(bob.order_entry().new_order(taker));
    ASSERT_TRUE(bob_board.wait([](const Notes& n) { return n.count(ExecType::Trade, "take") == 1; }));
    bob.stop();
  }
  // Listener and order entry away, bob trades with what rests, both back.
  void miss_a_trade() {
    client_->listener().stop();
    nr().stop();
    ASSERT_TRUE(lines_.wait_for("gap 1"));
    bob_sells(4);
    client_->listener().start().value();
    nr().start().value();
    ASSERT_TRUE(client_->wait_until_active(30s));
  }

  bool hears_its_own_{true};
  std::atomic<bool> gap_throws_{false};
  std::string throws_at_;  // the ClOrdID whose first report the handler throws at
  FeedLines lines_, exec_ids_;
  std::unique_ptr<AccountFeed> feed_;
};

TEST_F(ClientFeed, GivesEveryReportOnceAndFillsTheListenersAbsenceFromDropCopy) {
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"});
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a"));
  miss_a_trade();
  ASSERT_TRUE(lines_.wait_for("filled 1"));
  EXPECT_THAT(lines_.copy(), testing::Contains("Trade a by drop copy"));
  ASSERT_TRUE(nr().new_order(order("b")));
  ASSERT_TRUE(lines_.wait_for("New b"));
  ASSERT_TRUE(nr().cancel(cancel("c", "b")));
  ASSERT_TRUE(lines_.wait_for("Canceled c"));
  const auto told = exec_ids_.copy();
  EXPECT_EQ(told.size(), 4U);
  EXPECT_EQ(std::set<std::string>(told.begin(), told.end()).size(), told.size()) << "by the session and by the listener, but once";
}

TEST_F(ClientFeed, ALaterProcessGoesOnAtTheResumePoints) {
  hears_its_own_ = false;
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"});
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a by listener"));
  client_->stop();
  const std::string saved = to_text(feed_->resume_points());
  bob_sells(4);
  AccountFeedOptions options;
  options.resume = parse_resume_points(saved).value();
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"}, std::move(options));
  ASSERT_TRUE(lines_.wait_for("filled 1"));
  const auto told = exec_ids_.copy();
  EXPECT_EQ(told.size(), 2U);
  EXPECT_THAT(lines_.copy(), testing::IsSupersetOf({"gap 1: this process was not running", "Trade a by drop copy"}));
  EXPECT_EQ(feed_->resume_points().at("0").exec_id.text(), told.back());
}

TEST_F(ClientFeed, AGapIsFilledThoughItsHandlerThrows) {
  hears_its_own_ = false;
  gap_throws_ = true;
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"});
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a by listener"));
  client_->stop();
  AccountFeedOptions options;
  options.resume = parse_resume_points(to_text(feed_->resume_points())).value();
  bob_sells(4);
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"}, std::move(options));
  ASSERT_TRUE(lines_.wait_for("filled 1"));
  stop_whole(client_->listener());
  ASSERT_TRUE(lines_.wait_for("gap 2"));
  start_again(client_->listener());
  ASSERT_TRUE(lines_.wait_for("filled 2"));
}

TEST_F(ClientFeed, ARestAnswerThatNeverComesEndsNoLaterFilling) {
  std::promise<void> asked;
  std::atomic<int> questions{0};
  AccountFeedOptions options;
  options.fills_by_rest = [&](const ReportGap&, const AccountFeedOptions::FillsDone&) {
    if (++questions == 1) asked.set_value();
  };
  const StopFirst before_they_go{client_};
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"}, std::move(options));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a"));
  DropCopySession& drop_copy = client_->drop_copy();
  stop_whole(drop_copy);
  stop_whole(client_->listener());
  start_again(client_->listener());
  asked.get_future().wait();
  start_again(drop_copy);
  stop_whole(client_->listener());
  start_again(client_->listener());
  EXPECT_TRUE(lines_.wait_for("filled 1"));
}

TEST_F(ClientFeed, WithoutDropCopyTheFillsComeByRestAndTheRestIsDeclared) {
  AccountFeedOptions options;
  options.fills_by_rest = [](const ReportGap& gap, const AccountFeedOptions::FillsDone& done) {
    EXPECT_FALSE(gap.after.empty());
    Fill fill;
    fill.trade_id = "t-1";
    done(std::vector<Fill>{fill});
  };
  hears_its_own_ = false;
  connect_with_feed({"KalshiNR", "KalshiNR-listener"}, std::move(options));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a by listener"));
  miss_a_trade();
  ASSERT_TRUE(lines_.wait_for("unfillable"));
  EXPECT_THAT(lines_.copy(), testing::IsSupersetOf({"fill t-1",
                                                    "unfillable: there is no drop copy session; its fills came by REST, what else "
                                                    "became of orders GET /margin/orders says"}));
}

TEST_F(ClientFeed, AGapThatNobodyCanFillSaysWhatToAsk) {
  connect_with_feed({"KalshiNR", "KalshiNR-listener"});
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a"));
  miss_a_trade();
  EXPECT_TRUE(lines_.wait_for("unfillable: there is no drop copy session; ask REST for the fills since then and for the orders"));
}

TEST_F(ClientFeed, AReportWhoseHandlerThrewHoldsTheResumePointUntilItIsToldAgain) {
  hears_its_own_ = false;
  throws_at_ = "b";
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"});
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a"));
  ASSERT_TRUE(nr().new_order(order("b")));
  ASSERT_TRUE(lines_.wait_for("thrown"));
  ASSERT_TRUE(nr().new_order(order("c")));
  ASSERT_TRUE(lines_.wait_for("New c"));
  settle();
  EXPECT_EQ(feed_->resume_points().at("0").exec_id.text(), exec_ids_.copy().front()) << "b has not been dealt with";
  stop_whole(client_->listener());
  ASSERT_TRUE(lines_.wait_for("gap 1"));
  start_again(client_->listener());
  ASSERT_TRUE(lines_.wait_for("filled 1"));
  EXPECT_THAT(lines_.copy(), testing::Contains("New b by drop copy"));
  EXPECT_EQ(lines_that_begin_with("New "), 3U) << "each once";
  EXPECT_EQ(feed_->resume_points().at("0").exec_id.text(), exec_ids_.copy()[1]) << "c's";
}

TEST_F(ClientFeed, ADropCopySessionThatNeverLogsOnSendsTheGapToRestOnce) {
  MarginFixConfig wanted = config({"KalshiNR", "KalshiNR-listener", "KalshiDC"});
  wanted.find("KalshiDC")->port = 1;  // nobody listens there
  std::atomic<int> asked{0};
  HandClock clock;
  AccountFeedOptions options;
  options.clock = &clock;
  options.drop_copy_wait = 60s;
  options.fills_by_rest = [&](const ReportGap&, const AccountFeedOptions::FillsDone& done) {
    ++asked;
    done(std::vector<Fill>{});
    done(std::vector<Fill>{});  // an answer after the first does nothing
  };
  const StopFirst before_they_go{client_};
  hears_its_own_ = false;
  connect_with_feed(std::move(wanted), std::move(options));
  for (const char* session : {"KalshiNR", "KalshiNR-listener"}) ASSERT_TRUE(client_->wait_until_active(session, 30s));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a"));
  stop_whole(client_->listener());
  ASSERT_TRUE(lines_.wait_for("gap 1"));
  start_again(client_->listener());
  settle();
  EXPECT_EQ(asked, 0) << "time stands still: drop copy may come yet";
  clock.advance(61s);
  ASSERT_TRUE(lines_.wait_for("unfillable: drop copy was not logged on for 60000 ms"));
  settle();
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(lines_that_begin_with("unfillable"), 1U);
}

TEST_F(ClientFeed, RestIsAskedOnceHoweverOftenDropCopyComesAndGoes) {
  std::atomic<int> asked{0};
  std::promise<AccountFeedOptions::FillsDone> answer;
  AccountFeedOptions options;
  options.fills_by_rest = [&](const ReportGap&, const AccountFeedOptions::FillsDone& done) {
    if (++asked == 1) answer.set_value(done);
  };
  const StopFirst before_they_go{client_};
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"}, std::move(options));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a"));
  DropCopySession& drop_copy = client_->drop_copy();
  stop_whole(drop_copy);
  settle();
  stop_whole(client_->listener());
  ASSERT_TRUE(lines_.wait_for("gap 1"));
  start_again(client_->listener());
  auto done = answer.get_future().get();
  start_again(drop_copy);
  settle();
  stop_whole(drop_copy);
  settle();
  done(std::vector<Fill>{});
  ASSERT_TRUE(lines_.wait_for("unfillable: drop copy has ended"));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(lines_that_begin_with("filled"), 0U);
}

TEST_F(ClientFeed, AGapThatReachesBeyondTheWindowIsFilledAsFarAsTheWindowGoes) {
  connect_with_feed({"KalshiNR", "KalshiNR-listener", "KalshiDC"});
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a"));
  settle();
  stop_whole(client_->listener());
  ASSERT_TRUE(lines_.wait_for("gap 1"));
  for (const char* id : {"old-1", "old-2", "old-3"}) ASSERT_TRUE(nr().new_order(order(id, Side::Buy, 1, "4.0000")));
  ASSERT_TRUE(lines_.wait_for("New old-3"));
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(4)));
  for (const char* id : {"young-1", "young-2"}) ASSERT_TRUE(nr().new_order(order(id, Side::Buy, 1, "4.0000")));
  ASSERT_TRUE(lines_.wait_for("New young-2"));
  stop_whole(nr());
  bob_sells(4);  // nobody hears of it
  start_again(client_->listener());
  ASSERT_TRUE(lines_.wait_for("unfillable: drop copy has told what came from ExecID(17) "));
  EXPECT_THAT(lines_.copy(), testing::Contains("Trade a by drop copy"));
  EXPECT_THAT(lines_.copy(),
              testing::Contains(testing::AllOf(testing::HasSubstr(exec_ids_.copy().at(4) + " on; before that, drop copy says"),
                                               testing::HasSubstr("ask REST for the fills since then"))))
      << "from young-1 on";
  const auto told = exec_ids_.copy();
  EXPECT_EQ(std::set<std::string>(told.begin(), told.end()).size(), told.size()) << "each once";
  EXPECT_EQ(feed_->resume_points().at("0").exec_id.text(), told.back());
}

TEST_F(ClientFeed, AnAbsenceThatKalshiRTDoesNotRetainOpensAGap) {
  HandClock clock;
  AccountFeedOptions options;
  options.clock = &clock;
  const StopFirst before_it_goes{client_};
  hears_its_own_ = false;
  connect_with_feed(with_kept_listener(), std::move(options));
  ASSERT_TRUE(client_->wait_until_active(30s));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a by listener"));
  const auto miss = [&](std::chrono::hours away, int quantity) {
    stop_whole(client_->listener());
    bob_sells(quantity);
    clock.advance(away);
    start_again(client_->listener());
  };
  miss(23h, 4);
  ASSERT_TRUE(lines_.wait_for("Trade a by listener"));
  settle();
  EXPECT_EQ(lines_that_begin_with("gap"), 0U) << "it was retained";
  miss(24h, 1);
  ASSERT_TRUE(lines_.wait_for("gap 1: the listener was away for longer than KalshiRT retains its reports"));
  EXPECT_TRUE(lines_.wait_for("filled 1"));
}

TEST_F(ClientFeed, AListenerOfKalshiRTWhoseNumbersBeginAnewOpensAGap) {
  hears_its_own_ = false;
  connect_with_feed(with_kept_listener(), {});
  ASSERT_TRUE(client_->wait_until_active(30s));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a by listener"));
  stop_whole(client_->listener());
  bob_sells(4);  // retained, and then dropped
  client_->listener().reset_sequence_once();
  start_again(client_->listener());
  ASSERT_TRUE(lines_.wait_for("gap 1: ResetSeqNumFlag(141)=Y"));
  ASSERT_TRUE(lines_.wait_for("filled 1"));
  EXPECT_THAT(lines_.copy(), testing::Contains("Trade a by drop copy"));
}

TEST_F(ClientFeed, AnAnswerOfRestThatComesWhenTheClientIsGoneDoesNothing) {
  std::promise<AccountFeedOptions::FillsDone> answer;
  AccountFeedOptions options;
  options.fills_by_rest = [&](const ReportGap&, const AccountFeedOptions::FillsDone& done) { answer.set_value(done); };
  hears_its_own_ = false;
  connect_with_feed({"KalshiNR", "KalshiNR-listener"}, std::move(options));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(lines_.wait_for("New a by listener"));
  settle();
  stop_whole(client_->listener());
  ASSERT_TRUE(lines_.wait_for("gap 1"));
  start_again(client_->listener());
  const auto done = answer.get_future().get();
  client_.reset();
  Fill fill;
  fill.trade_id = "late";
  done(std::vector<Fill>{fill});
  EXPECT_EQ(lines_that_begin_with("fill "), 0U);
  EXPECT_EQ(lines_that_begin_with("unfillable"), 0U);
  const auto points = feed_->resume_points();
  EXPECT_EQ(points.at("0").exec_id.text(), exec_ids_.copy().front());
}

TEST_F(ClientFeed, NeedsAListener) {
  MarginFixClient client(config({"KalshiNR"}), silent());
  EXPECT_THROW(AccountFeed(client, {}, {}), Exception);
}

}  // namespace
}  // namespace marginfix::test
