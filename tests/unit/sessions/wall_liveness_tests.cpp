// Heartbeats, TestRequest and silence by the system's clocks: these tests last some seconds; they wait on conditions, never for a fixed
// time. wall_clock_tests.cpp has the same on manual time.
#include <chrono>
#include <thread>

#include "unit/sessions/wall_harness.hpp"

namespace marginfix::test {
namespace {

using wall::EndCause;
using Clock = std::chrono::steady_clock;

struct Quick : Pair {
  Quick() : Pair(false) {
    client.session.reset();
    auto plan = client_plan(key, false);
    plan.heart_bt_int = 1;
    client.plan = plan;
    client.session = wall::make_session(plan, *client.store, client);
    connect();
  }
  static int count(const Side& side, const std::string& type) {
    int found = 0;
    for (const auto& each : side.sent) found += value_of(each, 35) == type ? 1 : 0;
    return found;
  }
  // Ticks both sides until `done`; false after ten seconds.
  template <class Done, class Each>
  bool run(Done done, Each each) {
    const auto limit = Clock::now() + std::chrono::seconds(10);
    while (!done() && Clock::now() < limit) {
      client.session->tick();
      server.session->tick();
      each();
      std::this_thread::yield();
    }
    return done();
  }
};

TEST(WallLiveness, TestRequestIsAnsweredWithItsId) {
  Pair pair(true);
  pair.connect();
  pair.client.session->send_test_request("ping-1");
  pair.pump();
  EXPECT_EQ(pair.client.sent.back(), "35=1|49=" + pair.key + "|56=KalshiRT|34=2|52=T|112=ping-1|");
  ASSERT_EQ(pair.client.admins.size(), 2u);
  EXPECT_EQ(pair.client.admins[1].msg_type, "0");
  EXPECT_EQ(value_of(piped(pair.client.admins[1].bytes), 112), "ping-1");
  EXPECT_EQ(pair.client.session->next_target_seq(), 3);
  EXPECT_EQ(pair.server.session->next_target_seq(), 3);
}

TEST(WallLiveness, QuietSessionsExchangeHeartbeatsAndStayUp) {
  Quick pair;
  EXPECT_TRUE(pair.run([&] { return Quick::count(pair.client, "0") >= 3 && Quick::count(pair.server, "0") >= 3; }, [&] { pair.pump(); }));
  EXPECT_TRUE(pair.client.session->logged_on());
  EXPECT_TRUE(pair.server.session->logged_on());
}

TEST(WallLiveness, SilenceIsAskedAboutAndThenEndsTheConnection) {
  Quick pair;
  EXPECT_TRUE(pair.run([&] { return !pair.client.ends.empty(); }, [&] { pair.server.wire.clear(), pair.client.wire.clear(); }));
  ASSERT_EQ(pair.client.ends.size(), 1u);
  EXPECT_EQ(pair.client.ends[0].cause, EndCause::heartbeat_timeout);
  EXPECT_GE(Quick::count(pair.client, "1"), 1);
}

// A busy peer that sends no heartbeat is alive.
TEST(WallLiveness, ApplicationMessagesAloneKeepTheSessionUp) {
  const std::string key = fresh_key();
  auto plan = client_plan(key, false);
  plan.heart_bt_int = 1;
  Side client(plan);
  const std::string tail = "|49=KalshiNR|52=20260101-00:00:01.000|56=" + key + "|";
  client.connect();
  client.receive(framed("35=A|34=1" + tail + "98=0|108=1|141=Y|1137=9|"));
  const auto began = Clock::now();
  for (int seq = 2; Clock::now() - began < std::chrono::milliseconds(3500); ++seq) {
    client.receive(framed("35=8|34=" + std::to_string(seq) + tail + "11=a|"));
    client.session->tick();
    ASSERT_TRUE(client.ends.empty()) << client.ends[0].text;
    std::this_thread::yield();
  }
  EXPECT_TRUE(client.session->logged_on());
}

}  // namespace
}  // namespace marginfix::test
