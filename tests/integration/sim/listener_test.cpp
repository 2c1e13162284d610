// Listener sessions: every report of the account, no orders. Source: fix-margin.md "Logon", "Where reports go".
#include "integration/sim/fixture.hpp"

namespace marginfix::sim::test {
namespace {

class SimListener : public SimTest {
 protected:
  std::unique_ptr<Client> listen(const std::string& session) {
    auto client = std::make_unique<Client>(sim(), session, "alice-listener");
    LogonTweaks tweaks;
    tweaks.extra = "20126=Y|21011=Y|";
    client->logon(tweaks);
    return client;
  }
  std::unique_ptr<Client> enter(const std::string& session, const std::string& key) {
    auto client = std::make_unique<Client>(sim(), session, key);
    client->logon();
    return client;
  }
};

TEST_F(SimListener, HearsOfEverySessionOfTheAccountAndOfNoOther) {
  start();
  const auto listener = listen("KalshiNR");
  const auto nr = enter("KalshiNR", "alice");
  const auto rt = enter("KalshiRT", "alice");
  const auto bob = enter("KalshiNR", "bob");
  bob->send("D", Order{.id = "b1", .price = "4.5000"}.body());
  bob->expect_report('A');
  bob->expect_report('0');
  nr->send("D", Order{.id = "n1"}.body());
  EXPECT_EQ(listener->expect_report('0').get(11), "n1");
  rt->send("D", Order{.id = "r1", .price = "4.9000"}.body());
  EXPECT_EQ(listener->expect_report('0').get(11), "r1");
  nr->send("F", cancel_of("n2", "n1"));
  EXPECT_EQ(listener->expect_report('4').get(41), "n1");
  nr->send("D", Order{.id = "n3", .symbol = "KXNOSUCHPERP"}.body());
  EXPECT_EQ(listener->expect_report('8').get(11), "n3");
  EXPECT_TRUE(listener->quiet());
  bob->send("D", Order{.id = "b2", .side = '2', .quantity = "3", .price = "4.9000"}.body());
  EXPECT_EQ(listener->expect_report('F').get(11), "r1");
}

TEST_F(SimListener, ItsOrdersAreRefused) {
  start();
  const auto listener = listen("KalshiNR");
  for (const auto& [type, body] : std::vector<std::pair<std::string, std::string>>{
           {"D", Order{.id = "x"}.body()}, {"G", amend_of("y", "x", "1", "5.0000")}, {"F", cancel_of("z", "x")}, {"q", "11=m|530=6|"}}) {
    listener->send(type, body);
    const Message reject = listener->expect("j");
    EXPECT_EQ(reject.get(380), "6");
    EXPECT_EQ(reject.get(372), type);
  }
}

TEST_F(SimListener, ReportsGoToTheSessionThatEnteredTheOrder) {
  start();
  const auto nr = enter("KalshiNR", "alice");
  const auto rt = enter("KalshiRT", "alice");
  nr->send("D", Order{.id = "n1"}.body());
  nr->expect_report('A');
  nr->expect_report('0');
  rt->send("F", cancel_of("r1", "n1"));
  EXPECT_EQ(nr->expect_report('6').get(11), "r1");
  EXPECT_EQ(nr->expect_report('4').get(11), "r1");
  EXPECT_TRUE(rt->quiet());
  rt->send("F", cancel_of("r2", "n1"));
  EXPECT_EQ(rt->expect("9").get(11), "r2");
  EXPECT_TRUE(nr->quiet());
}

TEST_F(SimListener, OnKalshiRTReportsAreKeptWhileItIsAway) {
  start();
  auto listener = listen("KalshiRT");
  const std::int64_t seen = listener->last_seen();
  listener->close();
  listener->expect_end();
  const std::int64_t next_out = listener->next_out();
  const auto nr = enter("KalshiNR", "alice");
  nr->send("D", Order{.id = "n1"}.body());
  nr->expect_report('A');
  nr->expect_report('0');
  listener = std::make_unique<Client>(sim(), "KalshiRT", "alice-listener");
  listener->set_next_out(next_out);
  LogonTweaks tweaks;
  tweaks.extra = "20126=Y|21011=Y|";
  listener->logon(tweaks);
  listener->send("2", "7=" + std::to_string(seen + 1) + "|16=0|");
  const Message kept = listener->expect_report('0');
  EXPECT_EQ(kept.get(11), "n1");
  EXPECT_EQ(kept.get(43), "Y");
}

}  // namespace
}  // namespace marginfix::sim::test
