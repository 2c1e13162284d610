// What survives: KalshiRT numbers and messages over reconnects, a restart, and the simulator's sudden death; orders and history too.
// Source: design decision 10; fix-margin.md "Liveness and sequence", "Where reports go".
#include <thread>

#include "integration/sim/fixture.hpp"

namespace marginfix::sim::test {
namespace {

class SimRestart : public SimTest {
 protected:
  // Alice on KalshiRT, without pending reports; goes on at `next_out` (1: a new store).
  std::unique_ptr<Client> alice_rt(std::int64_t next_out = 1, const std::string& extra = "21011=Y|", bool reset = false) {
    auto client = std::make_unique<Client>(sim(), "KalshiRT", "alice");
    client->set_next_out(next_out);
    LogonTweaks tweaks;
    tweaks.extra = extra;
    tweaks.reset = reset;
    logon_answer_ = client->logon(tweaks);
    return client;
  }
  std::unique_ptr<Client> bob_nr() {
    auto client = std::make_unique<Client>(sim(), "KalshiNR", "bob");
    client->logon();
    return client;
  }
  void resend_from(Client& client, std::int64_t seq) { client.send("2", "7=" + std::to_string(seq) + "|16=0|"); }
  Message logon_answer_;
};

TEST_F(SimRestart, NumbersGoOnAfterAReconnectAndTheMissedFillIsResent) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "a1"}.body());
  alice->expect_report('0');
  const std::int64_t seen = alice->last_seen(), next_out = alice->next_out();
  alice->reset();
  auto bob = bob_nr();
  bob->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  bob->expect_report('A');
  bob->expect_report('F');
  alice = alice_rt(next_out);
  EXPECT_GT(logon_answer_.seq(), seen + 1);
  resend_from(*alice, seen + 1);
  const Message fill = alice->expect_report('F');
  EXPECT_EQ(fill.seq(), seen + 1);
  EXPECT_EQ(fill.get(43), "Y");
  EXPECT_EQ(fill.get(14), "4.00");
}

TEST_F(SimRestart, SuddenDeathLosesNothing) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "a1"}.body());
  const Message entered = alice->expect_report('0');
  const std::int64_t seen = alice->last_seen(), next_out = alice->next_out();
  const std::string key = key_id("alice");
  alice->reset();
  auto bob = bob_nr();
  bob->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  bob->expect_report('A');
  const Message trade = bob->expect_report('F');

  kill_and_restart();

  EXPECT_EQ(key_id("alice"), key);
  alice = alice_rt(next_out);
  resend_from(*alice, seen + 1);
  const Message fill = alice->expect_report('F');
  EXPECT_EQ(fill.get(37), entered.get(37));
  EXPECT_EQ(fill.get(880), trade.get(880));
  alice->send("F", cancel_of("a2", "a1"));
  Message canceled = alice->next();
  while (canceled.type() == "4") canceled = alice->next();
  EXPECT_EQ(canceled.get(150), "4") << canceled.pipes();
  EXPECT_EQ(canceled.get(14), "4.00");
  Client dc(sim(), "KalshiDC", "alice-dropcopy");
  dc.logon();
  dc.send("U1", "21001=" + entered.get(17) + "|");
  EXPECT_EQ(dc.expect_report('0').get(17), entered.get(17));
  EXPECT_EQ(dc.expect_report('F').get(17), fill.get(17));
  EXPECT_EQ(dc.expect_report('4').get(17), canceled.get(17));
  EXPECT_EQ(dc.expect("U2").get(21003), "3");
}

TEST_F(SimRestart, ReportsMadeAfterARestartAreKeptForWhoIsStillAway) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "a1"}.body());
  alice->expect_report('0');
  const std::int64_t seen = alice->last_seen(), next_out = alice->next_out();
  alice->reset();
  kill_and_restart();
  auto bob = bob_nr();
  bob->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  bob->expect_report('A');
  bob->expect_report('F');
  alice = alice_rt(next_out);
  resend_from(*alice, seen + 1);
  EXPECT_EQ(alice->expect_report('F').get(14), "4.00");
}

TEST_F(SimRestart, AnOrderSentAgainAfterADeathIsNotEnteredTwice) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "a1"}.body());
  alice->expect_report('0');
  const std::int64_t order_seq = alice->next_out() - 1;
  kill_and_restart();
  alice = alice_rt(order_seq + 1);
  // The same order, as a resend would bring it.
  alice->set_next_out(order_seq);
  alice->send("D", Order{.id = "a1"}.body(), "43=Y|122=" + to_fix_utc(system_clock().now(), 3) + "|");
  alice->set_next_out(order_seq + 2);
  EXPECT_TRUE(alice->quiet());
}

TEST_F(SimRestart, ALostMessageStoreStartsANewSessionThatIsHeard) {
  start();
  auto alice = alice_rt();
  for (int i = 0; i < 5; ++i) {
    alice->send("D", Order{.id = "a" + std::to_string(i)}.body());
    alice->expect_report('0');
  }
  simulator_->kill();
  std::filesystem::remove_all(folder_.path("sim/sessions"));
  start();
  alice = alice_rt();
  alice->send("F", cancel_of("c1", "a1"));
  EXPECT_EQ(alice->expect_report('4').get(41), "a1");
}

TEST_F(SimRestart, AGracefulStopLogsEverybodyOutAndAlsoKeepsEverything) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "a1"}.body());
  alice->expect_report('0');
  std::thread stopping([this] { sim().stop(); });
  alice->expect("5");
  alice->send("5", "");
  const std::int64_t next_out = alice->next_out();
  stopping.join();
  start();
  alice = alice_rt(next_out);
  alice->send("F", cancel_of("a2", "a1"));
  EXPECT_EQ(alice->expect_report('4').get(41), "a1");
}

TEST_F(SimRestart, ANumberTooLowEndsTheSession) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "a1"}.body());
  alice->expect_report('0');
  alice->close();
  alice->expect_end();
  alice = std::make_unique<Client>(sim(), "KalshiRT", "alice");
  alice->send_logon();
  const Message logout = alice->expect("5");
  EXPECT_NE(logout.get(58).find("too low"), std::string::npos) << logout.pipes();
  EXPECT_TRUE(alice->closed());
}

TEST_F(SimRestart, ResetOnKalshiRTRestartsBothNumbersAndDropsWhatWasRetained) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "a1"}.body());
  alice->expect_report('0');
  alice->close();
  alice->expect_end();
  auto bob = bob_nr();
  bob->send("D", Order{.id = "b1", .side = '2', .quantity = "4"}.body());
  bob->expect_report('A');
  bob->expect_report('F');
  alice = alice_rt(1, "21011=Y|", true);
  EXPECT_EQ(logon_answer_.seq(), 1);
  EXPECT_EQ(logon_answer_.get(141), "Y");
  EXPECT_TRUE(alice->quiet());
  kill_and_restart();
  alice = alice_rt(alice->next_out());
  resend_from(*alice, 1);
  // Nothing but gap fills: the fill belonged to the numbers before.
  EXPECT_TRUE(alice->expect("4").has(36));
  EXPECT_TRUE(alice->quiet());
}

TEST_F(SimRestart, AGapInTheClientsNumbersIsAskedFor) {
  start();
  auto alice = alice_rt();
  alice->skip_outgoing(2);
  alice->send("D", Order{.id = "a1"}.body());
  const Message ask = alice->expect("2");
  EXPECT_EQ(ask.get(7), "2");
  const std::int64_t next_out = alice->next_out();
  alice->set_next_out(2);
  alice->send("4", "36=4|123=Y|", "43=Y|122=" + to_fix_utc(system_clock().now(), 3) + "|");
  alice->set_next_out(next_out);
  EXPECT_EQ(alice->expect_report('0').get(11), "a1");
}

TEST_F(SimRestart, MessagesOlderThanTheRetentionAreGapFilled) {
  start();
  auto alice = alice_rt();
  alice->send("D", Order{.id = "old"}.body());
  const std::int64_t first = alice->expect_report('0').seq();
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(25)));
  alice->send("D", Order{.id = "new"}.body());
  const std::int64_t second = alice->expect_report('0').seq();
  resend_from(*alice, first);
  const Message fill = alice->expect("4");
  EXPECT_EQ(fill.get(36), std::to_string(second));
  EXPECT_EQ(alice->expect_report('0').get(11), "new");
}

TEST_F(SimRestart, ALongerRetentionIsKept) {
  start();
  auto alice = alice_rt(1, "20200=72|21011=Y|");
  alice->send("D", Order{.id = "old"}.body());
  const std::int64_t first = alice->expect_report('0').seq();
  ASSERT_TRUE(sim().advance_clock(std::chrono::hours(25)));
  resend_from(*alice, first);
  EXPECT_EQ(alice->expect_report('0').get(11), "old");
}

TEST_F(SimRestart, CancelOnDisconnectHoldsOverASuddenDeath) {
  start();
  Client alice(sim(), "KalshiNR", "alice");
  LogonTweaks tweaks;
  tweaks.extra = "8013=Y|21011=Y|";
  alice.logon(tweaks);
  alice.send("D", Order{.id = "a1"}.body());
  alice.expect_report('0');
  kill_and_restart();
  Client again(sim(), "KalshiNR", "alice");
  tweaks.extra = "21011=Y|";
  again.logon(tweaks);
  again.send("F", cancel_of("a2", "a1"));
  EXPECT_EQ(again.expect("9").get(434), "1");
}

TEST_F(SimRestart, TwoSimulatorsDoNotShareADirectory) {
  start();
  Simulator second(options_);
  const auto refused = second.start();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("another simulator runs"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(std::filesystem::exists(sim().path("endpoints.json")));
  Client alice(sim(), "KalshiNR", "alice");
  alice.logon();
}

}  // namespace
}  // namespace marginfix::sim::test
