// KalshiDC as a client sees it. Source: fix-margin.md "Drop copy (KalshiDC)".
#include "integration/sim/fixture.hpp"

namespace marginfix::sim::test {
namespace {

class SimDropCopy : public SimTest {
 protected:
  void SetUp() override {
    start();
    alice_ = std::make_unique<Client>(sim(), "KalshiNR", "alice");
    alice_->logon();
    dc_ = std::make_unique<Client>(sim(), "KalshiDC", "alice-dropcopy");
    dc_->logon();
  }
  // New orders; gives the ExecIDs of their New reports.
  std::vector<std::string> make_history(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      alice_->send("D", Order{.id = "a" + std::to_string(made_++)}.body());
      alice_->expect_report('A');
      ids.push_back(alice_->expect_report('0').get(17));
    }
    return ids;
  }
  std::unique_ptr<Client> alice_, dc_;
  int made_{0};
};

TEST_F(SimDropCopy, ARangeIsResentInOrderAndCompleted) {
  const auto ids = make_history(5);
  dc_->send("U1", "21001=" + ids[1] + "|21002=" + ids[3] + "|");
  for (int i = 1; i <= 3; ++i) {
    const Message report = dc_->expect_report('0');
    EXPECT_EQ(report.get(17), ids[static_cast<std::size_t>(i)]);
    EXPECT_EQ(report.get(49), "KalshiDC");
  }
  const Message complete = dc_->expect("U2");
  EXPECT_EQ(complete.get(45), "2");
  EXPECT_EQ(complete.get(21003), "3");
}

TEST_F(SimDropCopy, WithoutAnEndEverythingUpToTheLatestComesButNoPendingOrRejectedReports) {
  const auto ids = make_history(3);
  alice_->send("D", Order{.id = "bad", .symbol = "KXNOSUCHPERP"}.body());
  dc_->send("U1", "21001=0;0|");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(dc_->expect_report('0').get(17), ids[static_cast<std::size_t>(i)]);
  EXPECT_EQ(dc_->expect("U2").get(21003), "3");
}

TEST_F(SimDropCopy, AFreshAccountHasNothingToSend) {
  dc_->send("U1", "21001=0;0|");
  EXPECT_EQ(dc_->expect("U2").get(21003), "0");
}

TEST_F(SimDropCopy, BeginOutsideTheWindowIsRejectedWith3) {
  const auto old = make_history(1);
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(4)));
  const auto fresh = make_history(1);
  dc_->send("U1", "21001=" + old[0] + "|");
  const Message reject = dc_->expect("U3");
  EXPECT_EQ(reject.get(21004), "3");
  EXPECT_EQ(reject.get(45), "2");
  dc_->send("U1", "21001=" + fresh[0] + "|");
  dc_->expect_report('0');
  EXPECT_EQ(dc_->expect("U2").get(21003), "1");
}

TEST_F(SimDropCopy, AnEndNeverGivenOutIsRejectedWith4) {
  const auto ids = make_history(1);
  dc_->send("U1", "21001=" + ids[0] + "|21002=999999999;1|");
  EXPECT_EQ(dc_->expect("U3").get(21004), "4");
}

TEST_F(SimDropCopy, TextsThatAreNoExecIdsAreRejected) {
  dc_->send("U1", "21001=yesterday|");
  const Message reject = dc_->expect("3");
  EXPECT_EQ(reject.get(371), "21001");
  EXPECT_EQ(reject.get(373), "6");
  dc_->send("U1", "21001=1;1|21002=later|");
  EXPECT_EQ(dc_->expect("3").get(371), "21002");
}

// The same request on order entry; the answer comes on the same session.
TEST_F(SimDropCopy, KalshiNRAnswersRangesToo) {
  const auto ids = make_history(3);
  alice_->send("U1", "21001=" + ids[0] + "|21002=" + ids[1] + "|");
  EXPECT_EQ(alice_->expect_report('0').get(17), ids[0]);
  EXPECT_EQ(alice_->expect_report('0').get(17), ids[1]);
  EXPECT_EQ(alice_->expect("U2").get(21003), "2");
}

// On the allow list or not; being allowed later does not bring what happened before, over a restart too.
TEST_F(SimDropCopy, AnAccountThatIsNotEnabledIsRefusedOnBothSessionsAndLaterHasOnlyWhatIsNew) {
  make_history(2);
  ASSERT_TRUE(sim().enable_drop_copy("alice", false));
  for (Client* client : {alice_.get(), dc_.get()}) {
    client->send("U1", "21001=0;0|");
    const Message reject = client->expect("U3");
    EXPECT_EQ(reject.get(21004), "5");
  }
  make_history(2);
  ASSERT_TRUE(sim().enable_drop_copy("alice", true));
  const auto fresh = make_history(2);
  dc_->send("U1", "21001=0;0|");
  for (const std::string& id : fresh) EXPECT_EQ(dc_->expect_report('0').get(17), id);
  EXPECT_EQ(dc_->expect("U2").get(21003), "2");
  alice_.reset();
  dc_.reset();
  simulator_.reset();
  start();
  dc_ = std::make_unique<Client>(sim(), "KalshiDC", "alice-dropcopy");
  dc_->logon();
  dc_->send("U1", "21001=0;0|");
  for (const std::string& id : fresh) EXPECT_EQ(dc_->expect_report('0').get(17), id);
  EXPECT_EQ(dc_->expect("U2").get(21003), "2");
  EXPECT_FALSE(sim().enable_drop_copy("nobody", true));
}

TEST_F(SimDropCopy, OneRequestAtATime) {
  // More than one portion, so that the first range is still on its way.
  simulator_.reset();
  options_.tier = "unlimited";
  start();
  alice_ = std::make_unique<Client>(sim(), "KalshiNR", "alice");
  LogonTweaks tweaks;
  tweaks.extra = "21011=Y|";
  alice_->logon(tweaks);
  constexpr int kOrders = 1500;
  for (int i = 0; i < kOrders; ++i) alice_->send("D", Order{.id = "o" + std::to_string(i), .quantity = "1"}.body());
  for (int i = 0; i < kOrders; ++i) alice_->expect_report('0');
  dc_ = std::make_unique<Client>(sim(), "KalshiDC", "alice");
  dc_->logon();
  dc_->send("U1", "21001=0;0|");
  dc_->send("U1", "21001=0;0|");
  int reports = 0, complete = 0, refused = 0;
  while (complete + refused < 2) {
    const Message message = dc_->next();
    reports += message.type() == "8" ? 1 : 0;
    complete += message.type() == "U2" ? 1 : 0;
    refused += message.type() == "U3" && message.get(21004) == "1" ? 1 : 0;
  }
  EXPECT_EQ(complete + refused, 2);
  EXPECT_EQ(reports, complete * kOrders);
  EXPECT_GE(complete, 1);
}

// Much more than may wait for it: the range goes on whenever the line has taken what waits.
TEST_F(SimDropCopy, ALongRangeComesWholeOverASlowLine) {
  simulator_.reset();
  options_.tier = "unlimited";
  start();
  alice_ = std::make_unique<Client>(sim(), "KalshiNR", "alice");
  LogonTweaks tweaks;
  tweaks.extra = "21011=Y|";
  alice_->logon(tweaks);
  constexpr int kOrders = 1000;
  for (int i = 0; i < kOrders; ++i) alice_->send("D", Order{.id = "o" + std::to_string(i), .quantity = "1"}.body());
  for (int i = 0; i < kOrders; ++i) alice_->expect_report('0');
  dc_ = std::make_unique<Client>(sim(), "KalshiDC", "alice-dropcopy");
  dc_->logon();
  ASSERT_TRUE(sim().delay("KalshiDC", key_id("alice-dropcopy"), std::chrono::milliseconds(20)));
  dc_->send("U1", "21001=0;0|");
  for (int i = 0; i < kOrders; ++i) ASSERT_EQ(dc_->expect_report('0').get(11), "o" + std::to_string(i));
  EXPECT_EQ(dc_->expect("U2").get(21003), std::to_string(kOrders));
}

TEST_F(SimDropCopy, OrdersAreNotForKalshiDC) {
  dc_->send("D", Order{.id = "a1"}.body());
  EXPECT_EQ(dc_->expect("j").get(380), "3");
}

}  // namespace
}  // namespace marginfix::sim::test
