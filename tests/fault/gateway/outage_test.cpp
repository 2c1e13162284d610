// One side stands still or goes away while orders are out.
#include <csignal>

#include "fault/gateway/faults_fixture.hpp"

namespace marginfix::gateway::fault {
namespace {

class GatewayStopped : public GatewayFaultTest {
 protected:
  std::chrono::seconds heartbeat() const override { return 2s; }
};

// Longer than its clients are patient: they give it up, come back, and everything is as it was. What was on the line is answered, however
// late it is read.
TEST_F(GatewayStopped, LongerThanAHeartbeatLosesNothing) {
  start_gateway();
  fill_book(5);
  gateway_->signal(SIGSTOP);
  std::vector<std::pair<Oms*, std::string>> late;
  for (const auto& each : all_) late.emplace_back(each.get(), each->place('1', 3, "4.0000"));
  for (const auto& each : all_) each->comes_back = false;
  ASSERT_TRUE(until([&] { return std::ranges::none_of(all_, [](const auto& each) { return each->session.connected(); }); }));
  gateway_->signal(SIGCONT);
  for (const auto& each : all_) each->comes_back = true;
  ASSERT_TRUE(everybody_is_there()) << gateway_->said();
  for (const auto& [client, id] : late) {
    EXPECT_TRUE(until([&] { return client->order(id).status != 0; })) << client->order(id).history << gateway_->said();
  }
  for (const auto& each : all_) {
    for (const auto& [id, order] : each->views.all()) each->ask(id);
    EXPECT_TRUE(until([&] { return each->statuses.size() >= each->views.all().size(); }));
  }
  cancel_everything();
  expect_the_truth();
}

class ExchangeRestarted : public GatewayFaultTest {
 protected:
  // Everything that was asked for has its answer.
  static bool settled(const Oms& client) {
    return std::ranges::all_of(
        client.views.all(), [](const auto& each) { return (each.second.ended || each.second.told_new) && each.second.requests.empty(); });
  }
  bool all_settled() {
    return std::ranges::all_of(all_, [](const auto& each) { return settled(*each); });
  }
};

// Killed and started again on the same ports, with orders, replaces and cancels on the way to it.
TEST_F(ExchangeRestarted, IsFoundAgainAndWhatWasOnTheWayIsSettled) {
  start_gateway();
  fill_book(10);
  for (const auto& each : all_) {
    for (int i = 0; i < 5; ++i) each->place('1', 2, "4.0500");
    each->cancel(each->views.all().begin()->first);
  }
  kill_and_restart();
  ASSERT_TRUE(until([&] { return all_settled(); }, 40s)) << gateway_->said();
  // An order is taken again: whoever is refused asks once more.
  std::string id;
  const auto taken = [&] {
    if (id.empty() || oms44().ended(id)) id = oms44().place('1', 1, "4.0900");
    return oms44().rests(id);
  };
  ASSERT_TRUE(until(taken, 60s)) << gateway_->said();
  cancel_everything();
  expect_the_truth();
}

class ExchangeAway : public GatewayFaultTest {
 protected:
  std::string more_of(const std::string& client) const override {
    return client == "OMS44" ? "OutagePolicy=queue\nOrderAgeLimit=60000\n" : "";
  }
};

// While the exchange is away a client whose requests wait is not told that its order is unknown: the answer waits, too.
TEST_F(ExchangeAway, WhatWaitsForItIsNotUnknown) {
  start_gateway();
  fill_book(1);
  simulator_.reset();  // as if it had been killed
  std::string probe;   // another client is refused as soon as the outage is known
  const auto outage_is_known = [&] {
    if (probe.empty() || oms42().order(probe).status != 0) probe = oms42().place('1', 1, "4.0000");
    return oms42().last_text.find("not connected") != std::string::npos;
  };
  ASSERT_TRUE(until(outage_is_known)) << gateway_->said();
  const std::string id = oms44().place('1', 1, "4.0900");
  oms44().ask(id);
  oms44().session.send_test_request("read");
  ASSERT_TRUE(until([&] { return oms44().session.answered("read"); }));
  EXPECT_THAT(oms44().statuses, testing::IsEmpty());
  start();
  EXPECT_TRUE(until([&] { return oms44().rests(id) && oms44().statuses.size() == 1; }, 60s)) << gateway_->said();
  EXPECT_NE(oms44().statuses.at(0).get(39), "8");
  const auto settled = [](const auto& each) { return each.second.ended || each.second.told_new; };
  ASSERT_TRUE(until([&] { return std::ranges::all_of(oms42().views.all(), settled); }, 40s)) << gateway_->said();
  cancel_everything();
  expect_the_truth();
}

// A client that reads nothing and asks for much: the others do not wait for it, and it has everything once it reads.
TEST_F(GatewayFaultTest, WhoDoesNotReadHoldsUpNobody) {
  constexpr int kQuestions = 20'000, kOrders = 100;
  start_gateway();
  const std::string asked_about = oms42().place('1', 1, "4.0000");
  ASSERT_TRUE(until([&] { return oms42().rests(asked_about); }));
  const auto median_of_orders = [&] {
    std::vector<std::chrono::nanoseconds> took;
    for (int i = 0; i < kOrders; ++i) {
      const auto began = std::chrono::steady_clock::now();
      const std::string id = oms44().place('1', 1, "4.0500");
      EXPECT_TRUE(until([&] { return oms44().rests(id); }));
      took.push_back(std::chrono::steady_clock::now() - began);
    }
    std::ranges::nth_element(took, took.begin() + kOrders / 2);
    return took[kOrders / 2];
  };
  const auto alone = median_of_orders();
  oms42().session.read_nothing(true);
  for (int i = 0; i < kQuestions; ++i) oms42().ask(asked_about);
  const auto beside = median_of_orders();
  EXPECT_LT(beside, alone * 10 + 50ms) << "alone: " << alone.count() << " ns";
  oms42().session.read_nothing(false);
  EXPECT_TRUE(until([&] { return oms42().statuses.size() == kQuestions; }, 60s)) << oms42().statuses.size() << gateway_->said();
  EXPECT_EQ(oms42().session.logons(), 1U);
  cancel_everything();
}

// Whoever answers the Logout and whoever does not: it ends in time, with 0.
TEST_F(GatewayFaultTest, EndsWithLogoutsWhenItIsAskedTo) {
  start_gateway();
  fill_book(2);
  oms50().session.read_nothing(true);
  for (const auto& each : all_) each->comes_back = false;
  const auto asked = std::chrono::steady_clock::now();
  gateway_->signal(SIGTERM);
  ASSERT_TRUE(until([&] { return !gateway_->running(); }, 15s)) << gateway_->said();
  EXPECT_EQ(gateway_->wait(), 0) << gateway_->said();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, 15s);
  oms50().session.read_nothing(false);
  EXPECT_TRUE(until([&] { return std::ranges::none_of(all_, [](const auto& each) { return each->session.connected(); }); }));
  for (const auto& each : all_) EXPECT_THAT(each->session.last_logout(), testing::HasSubstr("stops"));
  // Orders stay as they were.
  for (const auto& each : all_) each->comes_back = true;
  start_gateway();
  cancel_everything();
  expect_the_truth();
}

}  // namespace
}  // namespace marginfix::gateway::fault
