// A gateway with some clients that do what the test says, for faults that happen one at a time.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fault/gateway/exchange_truth.hpp"
#include "fault/gateway/gateway_process.hpp"
#include "fault/gateway/order_views.hpp"
#include "fault/gateway/trader.hpp"

namespace marginfix::gateway::fault {

using namespace std::chrono_literals;

// An OMS that is told what to send. It comes back by itself when its connection ends, unless it may not.
class Oms {
 public:
  explicit Oms(OmsIdentity identity)
      : views(identity.version), session(std::move(identity), [this](const Received& message) { take(message); }) {}

  std::string place(char side, int quantity, const std::string& price, const Fields& extra = {{59, "1"}}) {
    const NewOrderTerms terms{next_id(), side, quantity, price, extra};
    views.add(terms.cl_ord_id, side, FixedPointCount::whole(quantity), DollarDecimal::parse(price).value());
    session.send("D", new_order(terms));
    return terms.cl_ord_id;
  }
  void cancel(const std::string& of) {
    ViewedOrder& order = *views.find(of);
    const std::string id = next_id();
    const Fields body = cancel_of(id, order);
    views.add_request(order, id, {'F', {}, {}});
    session.send("F", body);
  }
  void ask(const std::string& id) { session.send("H", status_request(id, views.find(id)->side)); }
  const ViewedOrder& order(const std::string& id) { return *views.find(id); }
  bool rests(const std::string& id) { return order(id).open() && order(id).told_new; }
  bool ended(const std::string& id) { return order(id).ended; }
  std::size_t open_orders() const {
    return static_cast<std::size_t>(std::ranges::count_if(views.all(), [](const auto& each) { return each.second.open(); }));
  }

  OrderViews views;
  OmsSession session;
  std::vector<Received> statuses;
  std::string last_text;  // 58 of the latest report
  std::vector<std::string> faults;
  bool comes_back{true};

 private:
  void take(const Received& message) {
    if (const std::string wrong = views.take(message); !wrong.empty()) faults.push_back(session.identity().comp_id + ": " + wrong);
    last_text = message.get(58);
    if (message.type == "8" && views.is_status(message)) statuses.push_back(message);
  }
  std::string next_id() { return session.identity().comp_id + "-" + std::to_string(++ids_); }
  std::uint64_t ids_{0};
};

class GatewayFaultTest : public sim::test::SimTest {
 protected:
  GatewayFaultTest() {
    options_.plain = true;
    options_.tier = "unlimited";
  }
  // OMS42 and OMS44 on the first account, OMS50 on the other.
  void SetUp() override {
    start();
    began_ = system_clock().now();
    port_ = test::free_port();
    std::vector<ConfiguredClient> clients;
    for (const FixVersion version : {FixVersion::fix42, FixVersion::fix44, FixVersion::fix50sp2}) {
      const std::string name = version == FixVersion::fix42 ? "OMS42" : version == FixVersion::fix44 ? "OMS44" : "OMS50";
      clients.push_back({version, name, account_of(name), more_of(name)});
      all_.push_back(std::make_unique<Oms>(OmsIdentity{version, name, heartbeat()}));
    }
    const std::string exchange = exchange_sessions();
    config_ = folder_.write("gateway.cfg", gateway_cfg(clients, port_, defaults(), exchange));
    gateway_ = std::make_unique<GatewayProcess>(gateway_folder(), config_, exchange.empty() ? sim().path("endpoints.json") : "");
  }
  void TearDown() override {
    for (const auto& each : all_) {
      EXPECT_THAT(each->faults, testing::IsEmpty());
      EXPECT_THAT(each->session.faults(), testing::IsEmpty());
    }
    if (HasFailure() && gateway_) gateway_->keep();
  }
  virtual std::chrono::seconds heartbeat() const { return 30s; }
  virtual std::string account_of(const std::string& client) const { return client == "OMS50" ? "bob" : "alice"; }
  virtual std::string more_of(const std::string& /*client*/) const { return {}; }  // lines of its [SESSION]
  virtual std::string defaults() const { return {}; }                              // lines of [DEFAULT]
  virtual std::string exchange_sessions() { return {}; }                           // initiators; "": those of endpoints.json
  virtual std::string gateway_folder() const { return folder_.path(); }

  Oms& oms42() { return *all_[0]; }
  Oms& oms44() { return *all_[1]; }
  Oms& oms50() { return *all_[2]; }

  // Lets everybody deal with what comes until the condition holds.
  template <class Condition>
  bool until(const Condition& condition, std::chrono::milliseconds limit = 30s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    std::vector<OmsSession*> sessions;
    for (const auto& each : all_) sessions.push_back(&each->session);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      for (const auto& each : all_) {
        if (each->comes_back && !each->session.connected()) each->session.connect(port_);
      }
      wait_for_traffic(sessions, 5ms);
    }
    return true;
  }
  bool everybody_is_there() {
    return until([&] { return std::ranges::all_of(all_, [](const auto& each) { return each->session.caught_up(); }); });
  }
  void start_gateway() {
    gateway_->start();
    ASSERT_TRUE(everybody_is_there()) << gateway_->said();
  }
  // `count` orders of each client that rest, at prices that do not meet.
  void fill_book(int count) {
    for (int i = 0; i < count; ++i) {
      for (const auto& each : all_) each->place('1', 1 + i % 5, "4.0" + std::to_string(10 + i % 90));
    }
    const auto all_rest = [](const auto& each) {
      return std::ranges::all_of(each->views.all(), [&](const auto& order) { return order.second.ended || order.second.told_new; });
    };
    ASSERT_TRUE(until([&] { return std::ranges::all_of(all_, all_rest); })) << gateway_->said();
  }
  bool nothing_open() {
    return std::ranges::all_of(all_, [](const auto& each) { return each->open_orders() == 0; });
  }
  // Whoever is refused asks once more.
  void cancel_everything() {
    const auto done = [&] {
      for (const auto& each : all_) {
        for (const auto& [id, order] : each->views.all()) {
          if (order.open() && order.requests.empty()) each->cancel(id);
        }
      }
      return nothing_open();
    };
    ASSERT_TRUE(until(done)) << gateway_->said();
  }
  // Each order that was told New is one of the exchange's, with the same end, and there is no other.
  void expect_the_truth() {
    TrueOrders truth;
    for (const char* account : {"alice", "bob"}) read_orders(sim().path("endpoints.json"), account, began_ - 5s, truth);
    std::set<std::string> told;
    for (const auto& each : all_) {
      for (const auto& [id, order] : each->views.all()) {
        if (!order.told_new) continue;
        told.insert(order.order_id);
        const auto found = truth.find(order.order_id);
        ASSERT_NE(found, truth.end()) << id << order.history;
        EXPECT_EQ(found->second.filled, order.cum) << id << order.history;
        EXPECT_EQ(found->second.remaining.is_zero(), order.ended) << id << order.history;
      }
    }
    EXPECT_EQ(truth.size(), told.size());
  }

  Timestamp began_{};
  std::uint16_t port_{0};
  std::string config_;
  std::unique_ptr<GatewayProcess> gateway_;
  std::vector<std::unique_ptr<Oms>> all_;
};

}  // namespace marginfix::gateway::fault
