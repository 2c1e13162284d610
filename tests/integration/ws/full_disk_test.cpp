// A disk that has no room left: what cannot be journaled is refused by every door, what was answered before stays, and when there is room
// again everything goes on, in the same process and in the next.
#include <boost/json/parse.hpp>
#include <chrono>
#include <fstream>

#include "integration/sim/http_client.hpp"
#include "integration/ws/fixture.hpp"
#include "integration/ws/raw_client.hpp"
#include "support/no_room.hpp"

namespace marginfix::ws::test {
namespace {

using namespace std::chrono_literals;
using marginfix::test::NoRoom;
using sim::test::cancel_of;
using sim::test::Client;
using sim::test::control;
using sim::test::Message;
using sim::test::Order;
using sim::test::RestClient;

class FullDisk : public WsTest {
 protected:
  FullDisk() { options_.tier = "unlimited"; }
  std::uintmax_t journal_size() { return std::filesystem::file_size(sim().path("exchange/journal-1.mfj")); }
  // With commands that leave no trace.
  void use_up_the_room() {
    for (int i = 0; i < 100'000; ++i) {
      try {
        sim().halt("KXETHPERP", false);
      } catch (const Exception&) {
        return;
      }
    }
    throw std::runtime_error("the disk does not get full");
  }
  // The room that the journal has taken already is used up too.
  std::unique_ptr<NoRoom> fill_the_disk() {
    auto limit = std::make_unique<NoRoom>(journal_size());
    use_up_the_room();
    return limit;
  }
  std::string rest_order(const std::string& id) {
    return R"({"ticker":"KXLTCPERP","client_order_id":")" + id + R"(","side":"bid","count":"1","price":"5.0000",)" +
           R"("time_in_force":"good_till_canceled","self_trade_prevention_type":"taker_at_cross"})";
  }
  bool is_open(const std::string& id) {
    return control(sim(), "GET", "/state?account=alice").second.find(R"("client_order_id":")" + id) != std::string::npos;
  }
};

TEST_F(FullDisk, EveryDoorRefusesWhatCannotBeJournaledAndGoesOnWhenThereIsRoom) {
  start();
  Client alice(sim(), "KalshiNR", "alice");
  alice.logon();
  RestClient rest(sim(), "alice");
  alice.send("D", Order{.id = "before"}.body());
  alice.expect_report('A');
  alice.expect_report('0');
  auto full = fill_the_disk();

  alice.send("D", Order{.id = "refused"}.body());
  const Message refused = alice.expect_report('8');
  EXPECT_EQ(refused.get(11), "refused");
  EXPECT_EQ(refused.get(58), "EXCHANGE_UNAVAILABLE");
  alice.send("F", cancel_of("c1", "before"));
  const Message not_canceled = alice.expect("9");
  EXPECT_EQ(not_canceled.get(41), "before");
  EXPECT_EQ(not_canceled.get(58), "EXCHANGE_UNAVAILABLE");
  alice.send("q", "11=mass|530=6|");
  EXPECT_EQ(alice.expect("j").get(380), "4");
  alice.send("UOG", "20131=1|20132=5|");
  EXPECT_EQ(alice.expect("j").get(380), "4");
  const auto posted = rest.post("/margin/orders", rest_order("rest-refused"));
  EXPECT_EQ(posted.status, 503);
  EXPECT_NE(posted.body.find("exchange_unavailable"), std::string::npos) << posted.body;
  const auto [status, body] = control(sim(), "POST", "/clock", R"({"advance_ms":1})");
  EXPECT_EQ(status, 503);
  EXPECT_NE(body.find("cannot write"), std::string::npos) << body;
  EXPECT_TRUE(is_open("before"));
  EXPECT_FALSE(is_open("refused"));
  EXPECT_FALSE(is_open("rest-refused"));

  full.reset();
  alice.send("D", Order{.id = "after"}.body());
  alice.expect_report('A');
  alice.expect_report('0');
  EXPECT_EQ(rest.post("/margin/orders", rest_order("rest-after")).status, 201);
  kill_and_restart();
  for (const char* id : {"before", "after", "rest-after"}) EXPECT_TRUE(is_open(id)) << id;
  for (const char* id : {"refused", "rest-refused"}) EXPECT_FALSE(is_open(id)) << id;
}

// What falls due by the clock is journaled too, by whoever comes first: the timer, or a door.
TEST_F(FullDisk, WhatFallsDueWaitsForRoom) {
  start();
  auto rest = std::make_unique<RestClient>(sim(), "alice");
  Client alice(sim(), "KalshiNR", "alice");
  alice.logon();
  RawClient socket(config());
  auto full = fill_the_disk();
  full->allow(journal_size() + 4'096);
  const std::string soon = to_fix_utc(system_clock().now() + 2s);
  alice.send("D", Order{.id = "short", .extra = "59=6|126=" + soon + "|"}.body());
  alice.expect_report('A');
  alice.expect_report('0');
  use_up_the_room();
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  std::string told;
  while (told.find("cannot write its journal") == std::string::npos && std::chrono::steady_clock::now() < deadline) {
    socket.send(R"({"id":1,"cmd":"list_subscriptions"})");
    told = socket.read();
  }
  const auto frame = boost::json::parse(told).as_object();
  EXPECT_EQ(frame.at("type").as_string(), "error") << told;
  EXPECT_EQ(frame.at("msg").at("code").as_int64(), 1) << told;
  EXPECT_EQ(rest->get("/margin/orders").status, 503);
  full.reset();
  const Message expired = alice.expect_report('4');
  EXPECT_EQ(expired.get(11), "short");
  EXPECT_EQ(expired.get(58), "ORDER_EXPIRED");
  socket.send(R"({"id":1,"cmd":"list_subscriptions"})");
  EXPECT_EQ(socket.read().find("cannot write"), std::string::npos);
  EXPECT_EQ(rest->get("/margin/orders").status, 200);
}

// ---- FIX sessions

class FullDiskSessions : public FullDisk {
 protected:
  static sim::test::LogonTweaks tweaks(const std::string& extra, bool reset) {
    sim::test::LogonTweaks t;
    t.extra = extra;
    t.reset = reset;
    return t;
  }
  std::unique_ptr<Client> alice_rt(std::int64_t next_out, bool reset) {
    auto client = std::make_unique<Client>(sim(), "KalshiRT", "alice");
    client->set_next_out(next_out);
    client->logon(tweaks("21011=Y|", reset));
    return client;
  }
  void leave(std::unique_ptr<Client>& client) {
    client->close();
    client->expect_end();
    client.reset();
  }
  // Five orders on KalshiRT; then a Logon that begins at 1 again, which the exchange cannot journal.
  void reset_without_room() {
    auto alice = alice_rt(1, false);
    for (int i = 1; i <= 5; ++i) {
      alice->send("D", Order{.id = "a" + std::to_string(i)}.body());
      alice->expect_report('0');
    }
    leave(alice);
    auto full = fill_the_disk();
    Client refused(sim(), "KalshiRT", "alice");
    refused.send_logon(tweaks("21011=Y|", true));
    EXPECT_EQ(refused.expect("A").get(141), "Y");
    EXPECT_NE(refused.expect("5").get(58).find("cannot write its journal"), std::string::npos);
    refused.close();
    refused.expect_end();
  }
  // A number that the exchange has seen before the reset is answered as any other.
  void expect_to_be_heard() {
    auto alice = alice_rt(2, false);
    alice->send("F", cancel_of("c1", "a1"));
    EXPECT_EQ(alice->expect_report('4').get(41), "a1");
    EXPECT_TRUE(alice->quiet());
  }
  // A record of deliveries that is the largest file of all, so that it is the one which finds no room.
  void lengthen_record() {
    simulator_->kill();
    const std::string file = folder_.path("sim/sessions/KalshiRT-") + key_id("alice") + "/delivered";
    std::string bytes = marginfix::test::TempFolder::read(file);
    const std::string last = bytes.substr(bytes.size() - 24);
    while (bytes.size() < (std::size_t{1} << 20)) bytes += last;
    std::ofstream(file, std::ios::binary) << bytes;
    record_size_ = bytes.size();
    start();
  }
  void sell(Client& bob, const std::string& id) {
    bob.send("D", Order{.id = id, .side = '2', .quantity = "1"}.body());
    bob.expect_report('0');
    bob.expect_report('F');
  }
  std::uintmax_t record_size_{0};
};

TEST_F(FullDiskSessions, AResetThatCouldNotBeJournaledIsMadeUpForAtTheNextLogon) {
  start();
  reset_without_room();
  expect_to_be_heard();
}

TEST_F(FullDiskSessions, AResetThatCouldNotBeJournaledIsMadeUpForAfterADeathToo) {
  start();
  reset_without_room();
  kill_and_restart();
  expect_to_be_heard();
}

TEST_F(FullDiskSessions, WhoLostAReportWhileAwayIsToldToBeginAtOneAgain) {
  start();
  auto alice = alice_rt(1, false);
  alice->send("D", Order{.id = "a1"}.body());
  alice->expect_report('0');
  const std::int64_t next_out = alice->next_out();
  leave(alice);
  lengthen_record();
  Client bob(sim(), "KalshiNR", "bob");
  bob.logon(tweaks("21011=Y|21026=Y|", true));
  {
    const NoRoom full(record_size_);
    sell(bob, "b1");
  }
  sell(bob, "b2");  // this fill is kept for alice, the one before is not
  for (const bool after_a_death : {false, true}) {
    if (after_a_death) kill_and_restart();
    Client refused(sim(), "KalshiRT", "alice");
    refused.set_next_out(next_out);
    refused.send_logon(tweaks("21011=Y|", false));
    const std::string text = refused.expect("5").get(58);
    EXPECT_NE(text.find("lost"), std::string::npos) << text;
    EXPECT_NE(text.find("ResetSeqNumFlag(141)=Y"), std::string::npos) << text;
  }
  alice = alice_rt(1, true);
  const std::int64_t then = alice->next_out();
  leave(alice);
  alice = alice_rt(then, false);
  alice->send("F", cancel_of("c1", "a1"));
  EXPECT_EQ(alice->expect_report('4').get(14), "2.00");
}

TEST_F(FullDiskSessions, AnOwedCancelHitsNoOrderOfTheNextConnection) {
  start();
  auto alice = std::make_unique<Client>(sim(), "KalshiNR", "alice");
  alice->logon(tweaks("8013=Y|21011=Y|", true));
  alice->send("D", Order{.id = "old"}.body());
  alice->expect_report('0');
  auto full = fill_the_disk();
  alice->reset();
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (control(sim(), "GET", "/state").second.find(R"("logged_on":true)") != std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_TRUE(is_open("old"));
  full.reset();
  alice = std::make_unique<Client>(sim(), "KalshiNR", "alice");
  alice->logon(tweaks("21011=Y|", true));
  alice->send("D", Order{.id = "new"}.body());
  while (alice->next_of_type("8").get(11) != "new") {
  }
  while (is_open("old")) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  EXPECT_TRUE(is_open("new"));
}

}  // namespace
}  // namespace marginfix::ws::test
