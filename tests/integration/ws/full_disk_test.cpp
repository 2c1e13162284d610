// A disk that has no room left: what cannot be journaled is refused by every door, what was answered before stays, and when there is room
// again everything goes on, in the same process and in the next.
#include <sys/resource.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <csignal>

#include "integration/sim/http_client.hpp"
#include "integration/ws/fixture.hpp"
#include "integration/ws/raw_client.hpp"

namespace marginfix::ws::test {
namespace {

using namespace std::chrono_literals;
using sim::test::cancel_of;
using sim::test::Client;
using sim::test::control;
using sim::test::Message;
using sim::test::Order;
using sim::test::RestClient;

// No file of this process grows beyond so many bytes.
class NoRoom {
 public:
  explicit NoRoom(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    allow(bytes);
  }
  void allow(rlim_t bytes) {
    rlimit little = before_;
    little.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &little);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

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

}  // namespace
}  // namespace marginfix::ws::test
