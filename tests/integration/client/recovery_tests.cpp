// What connections do to sessions: nothing lost on KalshiRT, new sessions elsewhere, numbers too low, silence, restarts.
#include <set>

#include "fixture.hpp"

namespace marginfix::test {
namespace {

class ClientRecovery : public ClientTest {
 protected:
  void SetUp() override { start(); }

  static bool every_order_is_new_once(const Notes& n, int count) {
    std::set<std::string> ids;
    for (const auto& r : n.reports) {
      if (r.type == ExecType::New) ids.insert(r.cl_ord_id);
    }
    return ids.size() == static_cast<std::size_t>(count);
  }
};

TEST_F(ClientRecovery, KalshiRtLosesNoReportWhenTheConnectionIsCutInABurst) {
  connect(config({"KalshiRT"}));
  constexpr int kOrders = 60;
  std::vector<std::string> accepted;
  for (int i = 0; i < kOrders; ++i) {
    const std::string id = "o" + std::to_string(i);
    if (i == kOrders / 2) {
      ASSERT_TRUE(sim().disconnect("KalshiRT", key_id("alice")));
    }
    while (!rt().new_order(order(id))) ASSERT_TRUE(client_->wait_until_active("KalshiRT", 30s));
    accepted.push_back(id);
  }
  // Every order either came back as not sent, or has its report.
  ASSERT_TRUE(rt_board_.wait([&](const Notes& n) {
    return std::ranges::all_of(accepted, [&](const std::string& id) {
      return n.count(ExecType::New, id) > 0 || std::ranges::find(n.not_sent, id) != n.not_sent.end();
    });
  }));
  const Notes seen = rt_board_.copy();
  for (const std::string& id : accepted) {
    const auto fresh = std::ranges::count_if(
        seen.reports, [&](const Notes::Report& r) { return r.type == ExecType::New && r.cl_ord_id == id && !r.poss_dup; });
    EXPECT_LE(fresh, 1) << id;
  }
  EXPECT_GE(rt().statistics().logons, 2U);
}

TEST_F(ClientRecovery, KalshiRtGetsTheReportsMadeWhileItWasAway) {
  connect(config({"KalshiRT"}));
  ASSERT_TRUE(rt().new_order(order("rest")));
  ASSERT_TRUE(rt_board_.wait([](const Notes& n) { return n.count(ExecType::New, "rest") == 1; }));
  client_->stop();

  Board bob_board;
  MarginFixClient bob(config({"KalshiNR"}, "bob"), silent());
  bob.order_entry().set_handlers(order_handlers(bob_board));
  bob.start().value();
  ASSERT_TRUE(bob.wait_until_active(30s));
  ASSERT_TRUE(bob.order_entry().new_order(order("take", Side::Sell, 10)));
  ASSERT_TRUE(bob_board.wait([](const Notes& n) { return n.count(ExecType::Trade, "take") == 1; }));

  // A new process: a new client on the same store.
  client_.reset();
  connect(config({"KalshiRT"}));
  EXPECT_TRUE(rt_board_.wait([](const Notes& n) { return n.count(ExecType::Trade, "rest") == 1; }));
}

TEST_F(ClientRecovery, AGapOnKalshiRtIsFilled) {
  connect(config({"KalshiRT"}));
  ASSERT_TRUE(sim().skip_seq("KalshiRT", key_id("alice"), 3));
  ASSERT_TRUE(rt().new_order(order("a")));
  ASSERT_TRUE(rt_board_.wait([](const Notes& n) { return n.count(ExecType::New, "a") == 1; }));
  EXPECT_EQ(rt().statistics().logons, 1U);
  EXPECT_EQ(rt().statistics().resend_requests_out, 1U);
}

TEST_F(ClientRecovery, AGapOnKalshiNrEndsTheSessionAndANewOneBegins) {
  connect(config({"KalshiNR"}));
  ASSERT_TRUE(sim().skip_seq("KalshiNR", key_id("alice"), 3));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.ended_with(EndReason::sequence_gap); }));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.states.back().state == SessionState::active; }));
  ASSERT_TRUE(nr().new_order(order("b")));
  EXPECT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New, "b") == 1; }));
}

TEST_F(ClientRecovery, ANumberTooLowOnKalshiRtIsFinalUntilItIsResetOnPurpose) {
  connect(config({"KalshiRT"}));
  ASSERT_TRUE(rt().new_order(order("a")));
  ASSERT_TRUE(rt_board_.wait([](const Notes& n) { return n.count(ExecType::New, "a") == 1; }));
  client_->stop();
  client_.reset();
  std::filesystem::remove_all(folder_.path("store-alice"));  // the store is lost

  client_ = std::make_unique<MarginFixClient>(config({"KalshiRT"}), silent());
  client_->start().value();
  const auto up = client_->wait_until_active(30s);
  ASSERT_FALSE(up);
  EXPECT_EQ(up.error().category, ErrorCategory::sequence) << up.error().message;
  EXPECT_NE(up.error().message.find("ResetSeqNumFlag"), std::string::npos) << up.error().message;

  rt().reset_sequence_once();
  ASSERT_TRUE(rt().start());
  const auto again = client_->wait_until_active(30s);
  EXPECT_TRUE(again) << again.error().message;
}

TEST_F(ClientRecovery, ASimulatorThatIsKilledAndComesBackFindsKalshiRtWhereItWas) {
  connect(config({"KalshiRT"}));
  ASSERT_TRUE(rt().new_order(order("before")));
  ASSERT_TRUE(rt_board_.wait([](const Notes& n) { return n.count(ExecType::New, "before") == 1; }));
  options_.ports = sim().endpoints().ports;
  kill_and_restart();
  ASSERT_TRUE(rt_board_.wait([](const Notes& n) {
    return std::ranges::count_if(n.states, [](const StateChange& s) { return s.state == SessionState::active; }) >= 2;
  }));
  ASSERT_TRUE(rt().cancel(cancel("c", "before")));
  EXPECT_TRUE(rt_board_.wait([](const Notes& n) { return n.count(ExecType::Canceled) == 1; }));
}

TEST_F(ClientRecovery, SilenceOfTheExchangeEndsTheConnection) {
  auto wanted = config({"KalshiNR"});
  wanted.find("KalshiNR")->heart_bt_int = 3s;
  connect(std::move(wanted));
  ASSERT_TRUE(sim().silence("KalshiNR", key_id("alice")));
  EXPECT_TRUE(board_.wait([](const Notes& n) { return n.ended_with(EndReason::heartbeat_timeout); }, 60s));
}

TEST_F(ClientRecovery, ASecondConnectionWithTheKeyWaitsAndThenSucceeds) {
  auto stranger = std::make_unique<sim::test::Client>(sim(), "KalshiNR", "alice");
  stranger->logon();
  auto wanted = config({"KalshiNR"});
  wanted.find("KalshiNR")->already_exists_wait = 1s;
  client_ = std::make_unique<MarginFixClient>(std::move(wanted), silent());
  nr().set_handlers(order_handlers(board_));
  client_->start().value();
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.ended_with(EndReason::already_exists); }));
  stranger.reset();
  const auto up = client_->wait_until_active(30s);
  EXPECT_TRUE(up) << up.error().message;
}

TEST_F(ClientRecovery, OrdersHandedOverWhileTheLineIsDeadComeBackOrGetTheirReports) {
  connect(config({"KalshiNR"}));
  ASSERT_TRUE(sim().disconnect("KalshiNR", key_id("alice")));
  int accepted = 0;
  for (int i = 0; i < 50; ++i) accepted += nr().new_order(order("o" + std::to_string(i))) ? 1 : 0;
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.states.back().state == SessionState::active && n.states.size() > 4; }));
  const auto s = nr().statistics();
  EXPECT_EQ(s.sent + s.not_sent, static_cast<std::uint64_t>(accepted));
}

}  // namespace
}  // namespace marginfix::test
