// Intervals on a clock that only runs forward: whatever is done to the wall clock, only SendingTime(52) shows it.
#include "unit/sessions/wall_harness.hpp"

namespace marginfix::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using wall::EndCause;

// A KalshiRT session on manual time that is logged on; the exchange's next number is 2.
struct OnManualTime {
  explicit OnManualTime(long resend_age_limit = 10) : key(fresh_key()), client(plan(resend_age_limit)) {
    client.connect();
    give("A", "98=0|108=3|1137=9|");
    client.session->tick();
    client.wire.clear();
  }
  wall::SessionPlan plan(long resend_age_limit) {
    auto made = client_plan(key, true);
    made.heart_bt_int = 3;
    made.resend_age_limit = resend_age_limit;
    made.time = &time;
    return made;
  }
  void give(const std::string& type, const std::string& rest) {
    client.receive(framed("35=" + type + "|34=" + std::to_string(next++) + "|49=KalshiRT|52=20260101-00:00:01.000|56=" + key + "|" + rest));
  }
  // The types that left, one letter a message.
  std::string run(milliseconds how_long, bool exchange_talks) {
    std::string types;
    for (milliseconds t{0}; t < how_long; t += milliseconds(100)) {
      time.pass(milliseconds(100));
      client.session->tick();
      for (const auto& each : client.take_wire()) types += value_of(each, 35);
      if (exchange_talks && t % seconds(2) == milliseconds(0)) give("0", "");
    }
    return types;
  }
  ManualTime time;
  std::string key;
  Side client;
  int next{1};
};

constexpr seconds kSteps[] = {seconds(-3600), seconds(3600), seconds(-60), seconds(60), seconds(-400'000'000)};

TEST(WallClock, StepsOfTheWallClockLeaveAHealthySessionAlone) {
  for (const seconds step : kSteps) {
    OnManualTime session;
    session.time.set_wall(step);
    EXPECT_EQ(session.run(seconds(10), true), "000") << step.count();
    EXPECT_TRUE(session.client.session->logged_on()) << step.count();
  }
}

TEST(WallClock, SilenceIsNoticedWhateverTheWallClockDoes) {
  for (const seconds step : kSteps) {
    OnManualTime session;
    session.run(seconds(2), false);
    session.time.set_wall(step);
    EXPECT_EQ(session.run(seconds(6), false), "010") << "Heartbeat after 3 s, TestRequest after 3.6 s, " << step.count();
    ASSERT_EQ(session.client.ends.size(), 1u) << step.count();
    EXPECT_EQ(session.client.ends[0].cause, EndCause::heartbeat_timeout);
  }
}

TEST(WallClock, AStepIsTold) {
  OnManualTime session;
  session.run(seconds(1), true);
  EXPECT_TRUE(session.client.notices.empty());
  session.time.set_wall(seconds(-3600));
  session.run(milliseconds(300), true);
  ASSERT_EQ(session.client.notices.size(), 1u);
  EXPECT_EQ(session.client.notices[0], "this machine's clock was set back by 3600000 ms: SendingTime(52) follows it, no interval does");
}

TEST(WallClock, LogonAndLogoutTimeOutsDoNotFollowTheWallClock) {
  for (const seconds step : kSteps) {
    ManualTime time;
    auto plan = client_plan(fresh_key(), true);
    plan.time = &time;
    Side client(plan);
    client.connect();
    time.set_wall(step);
    time.pass(milliseconds(9'900));
    client.session->tick();
    EXPECT_TRUE(client.ends.empty()) << step.count();
    time.pass(milliseconds(200));
    client.session->tick();
    ASSERT_EQ(client.ends.size(), 1u) << step.count();
    EXPECT_EQ(client.ends[0].cause, EndCause::logon_timeout);

    OnManualTime session;
    session.client.session->logout("");
    session.time.set_wall(step);
    session.time.pass(milliseconds(4'900));
    session.client.session->tick();
    EXPECT_TRUE(session.client.ends.empty()) << step.count();
    session.time.pass(milliseconds(200));
    session.client.session->tick();
    ASSERT_EQ(session.client.ends.size(), 1u) << step.count();
    EXPECT_EQ(session.client.ends[0].cause, EndCause::logout_timeout);
  }
}

// What decides is how long ago the order was sent, not what the clock on the wall says about it.
TEST(WallClock, AgeOfAnOrderIsMeasuredByTheMonotonicClock) {
  for (const seconds step : kSteps) {
    OnManualTime session(3);
    ASSERT_TRUE(session.client.app("D", "11=stale|").ok);  // 2
    session.time.pass(seconds(6));
    ASSERT_TRUE(session.client.app("D", "11=fresh|").ok);  // 3
    session.client.wire.clear();
    session.time.set_wall(step);
    session.give("2", "7=2|16=0|");
    const auto raw = session.client.wire;
    const auto wire = session.client.take_wire();
    ASSERT_EQ(wire.size(), 2u) << step.count();
    EXPECT_EQ(value_of(wire[0], 36), "3") << "the stale order is gap-filled";
    EXPECT_EQ(value_of(wire[1], 11), "fresh") << step.count();
    for (const std::string& each : raw) EXPECT_LE(value_of(piped(each), 122), value_of(piped(each), 52)) << piped(each);
  }
}

// Across a restart only the wall clock is left, and a message from the future says that it cannot be trusted.
TEST(WallClock, OrderOfAnEarlierProcessIsNotSentAgainWhenItsAgeIsUnknown) {
  struct Case {
    seconds passed;
    bool resent;
  };
  for (const Case& each : {Case{seconds(2), true}, Case{seconds(8), false}, Case{seconds(-30), false}, Case{seconds(-3600), false},
                           Case{seconds(400'000'000), false}}) {
    ManualTime time;
    const std::string key = fresh_key();
    auto plan = client_plan(key, true);
    plan.resend_age_limit = 3;
    plan.time = &time;
    std::unique_ptr<MessageStore> store;
    const auto log_on = [&](Side& side, int seq) {
      side.connect();
      side.receive(framed("35=A|34=" + std::to_string(seq) + "|49=KalshiRT|52=20260101-00:00:01.000|56=" + key + "|98=0|108=30|1137=9|"));
      ASSERT_TRUE(side.session->logged_on());
    };
    {
      Side first(plan);
      log_on(first, 1);
      ASSERT_TRUE(first.app("D", "11=a|").ok);
      first.session.reset();
      store = std::move(first.store);
    }
    time.set_wall(each.passed);
    Side second(plan, std::move(store));
    log_on(second, 2);
    second.wire.clear();
    second.receive(framed("35=2|34=3|49=KalshiRT|52=20260101-00:00:01.000|56=" + key + "|7=2|16=2|"));
    const auto wire = second.take_wire();
    ASSERT_EQ(wire.size(), 1u);
    EXPECT_EQ(value_of(wire[0], 35), each.resent ? "D" : "4") << each.passed.count();
  }
}

// The thread was held up, by a handler or by the machine: what waits in the socket has a chance before the peer is called dead.
TEST(WallClock, ALateTickAsksBeforeItGivesUp) {
  OnManualTime session;
  session.time.pass(seconds(60));
  session.client.session->tick();
  EXPECT_TRUE(session.client.ends.empty());
  const auto wire = session.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(value_of(wire[0], 35), "1");
  session.give("0", "112=TEST|");
  EXPECT_EQ(session.run(seconds(10), true), "000");
  EXPECT_TRUE(session.client.session->logged_on());
}

TEST(WallClock, SendingTimeOfEveryMessageComesFromTheSameClock) {
  OnManualTime session;
  session.time.set_wall(seconds(7200));
  ASSERT_TRUE(session.client.app("D", "11=a|").ok);
  const std::string order = piped(session.client.wire.back());
  session.client.session->disconnected();
  session.client.connect();
  EXPECT_EQ(value_of(piped(session.client.wire.back()), 35), "A");
  EXPECT_EQ(value_of(piped(session.client.wire.back()), 52), value_of(order, 52));
}

}  // namespace
}  // namespace marginfix::test
