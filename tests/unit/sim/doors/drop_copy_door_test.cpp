// A long range of drop copy to a client that reads slowly.
#include "sim/doors/fix/drop_copy.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"

namespace marginfix::sim {
namespace {

constexpr Timestamp kRangeStart = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)) + std::chrono::hours(15);

ExchangeOptions without_house() {
  ExchangeOptions options;
  options.house = options.past = false;
  return options;
}

class SlowRange : public ::testing::Test {
 protected:
  static constexpr int kOrders = 3'000;
  SlowRange() : exchange_(without_house()) {
    exchange_.open(kRangeStart).value();
    alice_ = exchange_.run(commands::CreateAccount{{"alice", {{"a-key", KeyScope::Trading}}, false, {DollarDecimal::whole(9'000'000)}}});
    const RequestContext context{{views::find_key(exchange_.state(), "a-key")->key, Door::FixNR}, {}, 0};
    for (int i = 0; i < kOrders; ++i) {
      const std::string id = "order-" + std::to_string(i);
      NewOrder o;
      o.cl_ord_id = id;
      o.symbol = "KXLTCPERP";
      o.side = Side::Buy;
      o.quantity = FixedPointCount::whole(1);
      o.price = DollarDecimal::parse("5.0000").value();
      o.time_in_force = TimeInForce::GTC;
      exchange_.run(commands::Submit{context, o});
    }
  }
  void run() {
    io_.restart();
    io_.run();
  }
  void sent(const char* type, const std::string& body) {
    ++(std::string(type) == "8" ? reports_ : answers_);
    queued_ += body.size();
    most_queued_ = std::max(most_queued_, queued_);
  }

  boost::asio::io_context io_;
  Exchange exchange_;
  fixwire::Writer writer_;
  AccountId alice_{0};
  int reports_{0}, answers_{0};
  std::size_t queued_{0}, most_queued_{0};
  DropCopyDoor door_{io_, exchange_, writer_, [this](std::uint32_t, const char* type, const std::string& body) { sent(type, body); },
                     [this](std::uint32_t) { return queued_; }};
};

TEST_F(SlowRange, NoMoreThanAWindowWaitsForIt) {
  door_.request({1, alice_, {}, 2, ExecId{}, std::nullopt, {}});
  int pauses = 0;
  for (; answers_ == 0 && pauses < kOrders; ++pauses) {
    run();
    EXPECT_TRUE(answers_ > 0 || queued_ >= 60'000U) << "it pauses only for want of room";
    queued_ = 0;
    door_.go_on(1);
  }
  EXPECT_GT(pauses, 3);
  EXPECT_LT(most_queued_, 70'000U);
  EXPECT_EQ(reports_, kOrders);
  EXPECT_EQ(answers_, 1);
}

// The client's link tells of room after each message; only a range that waits for it goes on.
TEST_F(SlowRange, RoomWithoutARangeThatWaitsIsNothing) {
  door_.go_on(1);
  door_.request({1, alice_, {}, 2, ExecId{}, std::nullopt, {}});
  door_.forget(1);
  door_.go_on(1);
  run();
  EXPECT_LT(reports_, kOrders);
  EXPECT_EQ(answers_, 0);
}

}  // namespace
}  // namespace marginfix::sim
