// AccountFeed against the simulated exchange: every report of the account once, gaps filled or declared.
#include <gmock/gmock.h>

#include <set>

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

class ClientFeed : public ClientTest {
 public:
  ~ClientFeed() override { const StopFirst before_the_feed_goes{client_}; }

 protected:
  void SetUp() override { start(); }

  AccountFeedHandlers handlers() {
    AccountFeedHandlers h;
    h.on_report = [this](const FeedReport& r) {
      if (r.report.exec_id == "-1;-1") return;
      exec_ids_.add(std::string(r.report.exec_id));
      lines_.add(to_string(r.report.exec_type) + " " + std::string(r.report.cl_ord_id) + " by " + std::string(to_string(r.source)));
    };
    h.on_fill = [this](const Fill& fill) { lines_.add("fill " + fill.trade_id); };
    h.on_gap = [this](const ReportGap& gap) { lines_.add("gap " + std::to_string(gap.number) + ": " + gap.why); };
    h.on_filled = [this](const ReportGap& gap) { lines_.add("filled " + std::to_string(gap.number)); };
    h.on_unfillable = [this](const UnfillableGap& gap) { lines_.add("unfillable: " + gap.error.message); };
    return h;
  }
  void connect_with_feed(const std::vector<std::string>& sessions, AccountFeedOptions options = {}) {
    client_.reset();
    client_ = std::make_unique<MarginFixClient>(config(sessions), silent());
    feed_ = std::make_unique<AccountFeed>(*client_, std::move(options), handlers());
    OrderEntryHandlers own;
    if (hears_its_own_) own.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound& in) { feed_->hear(r, in); };
    nr().set_handlers(std::move(own));
    client_->start().value();
    ASSERT_TRUE(client_->wait_until_active(30s));
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

TEST_F(ClientFeed, NeedsAListener) {
  MarginFixClient client(config({"KalshiNR"}), silent());
  EXPECT_THROW(AccountFeed(client, {}, {}), Exception);
}

}  // namespace
}  // namespace marginfix::test
