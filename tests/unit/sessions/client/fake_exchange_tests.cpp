// FakeExchange: a client without a network, as a user's test has it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <future>

#include "marginfix/margin_fix_client.hpp"
#include "marginfix/sessions/fake_exchange.hpp"
#include "unit/sessions/client/fake_session.hpp"

namespace marginfix {
namespace {

using std::chrono::seconds;

struct FakeClient {
  explicit FakeClient(MarginFixClientOptions options = {}) : client(FakeExchange::config(), with_fake(std::move(options))) {}
  MarginFixClientOptions with_fake(MarginFixClientOptions options) const {
    options.log = null_log_sink();
    options.fake = exchange;
    return options;
  }
  std::shared_ptr<FakeExchange> exchange = std::make_shared<FakeExchange>();
  MarginFixClient client;
};

TEST(FakeExchange, OrdersLeaveAndReportsComeOnTheClientsThread) {
  FakeClient fake;
  std::promise<std::string> got;
  OrderEntryHandlers handlers;
  handlers.on_execution_report = [&](const fix::ExecutionReport& report, const Inbound& in) {
    EXPECT_TRUE(fake.client.order_entry().on_io_thread());
    EXPECT_TRUE(in.findings.empty());
    got.set_value(std::string(report.order_id));
  };
  fake.client.order_entry().set_handlers(std::move(handlers));
  ASSERT_TRUE(fake.client.start());
  FakeExchange::Session& session = fake.exchange->session("KalshiNR");
  EXPECT_FALSE(fake.client.order_entry().new_order(test::order("a"))) << "not logged on";
  session.log_on();
  ASSERT_TRUE(fake.client.wait_until_active("KalshiNR", seconds(5)));
  ASSERT_TRUE(fake.client.order_entry().new_order(test::order("a")));
  ASSERT_TRUE(session.wait_sent(1));
  const FakeExchange::Sent sent = session.sent()[0];
  EXPECT_EQ(sent.msg_type, "D");
  EXPECT_EQ(sent.seq, 2);
  EXPECT_EQ(sent.body, "11=a|38=10.00|40=2|44=6.2577|54=1|55=BTC-PERP|");
  session.deliver("8", "6=0|11=a|14=0|17=1;1|37=o-1|38=1|39=0|54=1|55=BTC-PERP|60=20261130-13:00:00.000|150=0|151=1|");
  auto report = got.get_future();
  ASSERT_EQ(report.wait_for(seconds(5)), std::future_status::ready);
  EXPECT_EQ(report.get(), "o-1");
  fake.client.stop();
}

TEST(FakeExchange, ALostConnectionAndAReturn) {
  FakeClient fake;
  std::promise<StateChange> lost;
  fake.client.set_state_handler([&, told = false](FixSession& each, const StateChange& change) mutable {
    if (each.name() == "KalshiRT" && change.reason == EndReason::connection_lost && !std::exchange(told, true)) lost.set_value(change);
  });
  ASSERT_TRUE(fake.client.start());
  FakeExchange::Session& session = fake.exchange->session("KalshiRT");
  session.log_on();
  ASSERT_TRUE(fake.client.wait_until_active("KalshiRT", seconds(5)));
  session.lose();
  auto change = lost.get_future();
  ASSERT_EQ(change.wait_for(seconds(5)), std::future_status::ready);
  EXPECT_EQ(change.get().text, "the line went dead");
  EXPECT_FALSE(fake.client.find("KalshiRT")->active());
  session.log_on();
  EXPECT_TRUE(fake.client.wait_until_active("KalshiRT", seconds(5)));
  EXPECT_EQ(session.starts(), 1);
  fake.client.stop();
}

TEST(FakeExchange, RunsOnAnExecutorOfOnesOwn) {
  boost::asio::io_context io{1};
  MarginFixClientOptions options;
  options.executor = io.get_executor();
  FakeClient fake(std::move(options));
  ASSERT_TRUE(fake.client.start());
  FakeExchange::Session& session = fake.exchange->session("KalshiNR");
  session.log_on();
  io.poll();
  EXPECT_TRUE(fake.client.order_entry().active());
  session.block();
  ASSERT_TRUE(fake.client.order_entry().new_order(test::order("a")));
  io.restart();
  io.poll();
  EXPECT_TRUE(session.sent().empty()) << "the exchange does not read";
  session.unblock();
  io.restart();
  io.run_for(std::chrono::milliseconds(1));
  while (session.sent().empty()) {
    io.restart();
    ASSERT_NE(io.run_one_for(seconds(5)), 0U);
  }
  EXPECT_EQ(session.sent()[0].msg_type, "D");
  bool stopped = false;
  fake.client.async_stop([&] { stopped = true; });
  while (!stopped) {
    io.restart();
    ASSERT_NE(io.run_one_for(seconds(5)), 0U);
  }
}

TEST(FakeExchange, UnknownSessionsAreNamed) {
  FakeClient fake;
  EXPECT_THROW(fake.exchange->session("KalshiNR"), Exception) << "not started";
  ASSERT_TRUE(fake.client.start());
  EXPECT_NO_THROW(fake.exchange->session("KalshiMD"));
  EXPECT_THROW(fake.exchange->session("KalshiXX"), Exception);
  fake.client.stop();
}

}  // namespace
}  // namespace marginfix
