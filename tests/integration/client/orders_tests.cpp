// Order entry, listener and client life against the simulated exchange.
#include <boost/asio/io_context.hpp>

#include "fixture.hpp"

namespace marginfix::test {
namespace {

class ClientOrders : public ClientTest {
 protected:
  void SetUp() override { start(); }
};

// At the exchange's lowest tier: a bucket of 100 tokens that gains 100 a second.
class ClientRateLimits : public ClientTest {
 protected:
  void SetUp() override {
    options_.tier = "basic";
    start();
  }
};

TEST_F(ClientOrders, EverySessionOfAnAccountLogsOnAndStopsInGoodOrder) {
  connect(config());
  EXPECT_EQ(client_->sessions().size(), 5U);
  for (FixSession* session : client_->sessions()) EXPECT_TRUE(session->active()) << session->name();
  nr().request_round_trip();
  client_->stop();
  EXPECT_FALSE(client_->running());
  for (FixSession* session : client_->sessions()) {
    EXPECT_EQ(session->state(), SessionState::stopped);
    EXPECT_EQ(session->last_change().reason, EndReason::requested);
  }
  for (const auto& [name, s] : client_->statistics()) {
    EXPECT_EQ(s.logons, 1U) << name;
    EXPECT_GE(s.messages_in, 1U) << name;
    EXPECT_GT(s.bytes_out, 0U) << name;
  }
}

TEST_F(ClientOrders, AClientCanBeStartedAgain) {
  connect(config({"KalshiNR"}));
  client_->stop();
  EXPECT_EQ(nr().new_order(order("a")).error().category, ErrorCategory::closed);
  ASSERT_TRUE(client_->start());
  const auto up = client_->wait_until_active(30s);
  ASSERT_TRUE(up) << up.error().message;
}

TEST_F(ClientOrders, AnIoThreadThatSpinsDoesTheSameAndEnds) {
  MarginFixConfig spinning = config({"KalshiNR"});
  spinning.spin_wait = true;
  connect(std::move(spinning));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New, "a") == 1; }));
  client_->stop();
  ASSERT_TRUE(client_->start());
  ASSERT_TRUE(client_->wait_until_active(30s));
  client_->stop();
  EXPECT_FALSE(client_->running());
}

TEST_F(ClientOrders, AnOrderRestsIsAmendedAndCanceled) {
  connect(config({"KalshiNR"}));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New, "a") == 1; }));
  ASSERT_TRUE(nr().amend(amend("a2", "a", 4, "5.0100")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::Replaced, "a2") == 1; }));
  ASSERT_TRUE(nr().cancel(cancel("a3", "a2")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::Canceled) == 1; }));
  EXPECT_EQ(board_.copy().count(ExecType::PendingNew), 1U);
}

TEST_F(ClientOrders, FillsReachBothSidesAndTheListener) {
  Board ears;
  const StopFirst stop_first{client_};
  auto wanted = config({"KalshiNR", "KalshiNR-listener"});
  client_ = std::make_unique<MarginFixClient>(std::move(wanted), silent());
  nr().set_handlers(order_handlers(board_));
  ListenerHandlers listening;
  note_common(listening, ears);
  client_->listener().set_handlers(std::move(listening));
  client_->start().value();
  ASSERT_TRUE(client_->wait_until_active(30s));

  Board bob_board;
  MarginFixClient bob(config({"KalshiNR"}, "bob"), silent());
  bob.order_entry().set_handlers(order_handlers(bob_board));
  bob.start().value();
  ASSERT_TRUE(bob.wait_until_active(30s));

  ASSERT_TRUE(nr().new_order(order("rest", Side::Buy, 10)));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New, "rest") == 1; }));
  auto taker = order("take", Side::Sell, 4);
  taker.time_in_force = TimeInForce::IOC;
  ASSERT_TRUE(bob.order_entry().new_order(taker));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::Trade, "rest") == 1; }));
  ASSERT_TRUE(bob_board.wait([](const Notes& n) { return n.count(ExecType::Trade, "take") == 1; }));
  ASSERT_TRUE(ears.wait([](const Notes& n) { return n.count(ExecType::Trade, "rest") == 1; }));
  const Notes mine = board_.copy();
  EXPECT_EQ(mine.find(ExecType::Trade, "rest")->last_qty, FixedPointCount::whole(4));
  EXPECT_EQ(mine.find(ExecType::Trade, "rest")->status, OrdStatus::PartiallyFilled);
  EXPECT_EQ(ears.copy().count(ExecType::PendingNew), 0U);
  EXPECT_EQ(ears.copy().find(ExecType::Trade, "rest")->exec_id, mine.find(ExecType::Trade, "rest")->exec_id);
}

TEST_F(ClientOrders, ARefusedOrderIsAReport) {
  connect(config({"KalshiNR"}));
  auto bad = order("bad");
  bad.symbol = "KXNOSUCHPERP";
  ASSERT_TRUE(nr().new_order(bad));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::Rejected, "bad") == 1; }));
  auto fok = order("fok", Side::Buy, 10);
  fok.time_in_force = TimeInForce::FOK;
  ASSERT_TRUE(nr().new_order(fok));
  ASSERT_TRUE(board_.wait([](const Notes& n) {
    return std::ranges::any_of(n.reports,
                               [](const Notes::Report& r) { return r.cl_ord_id == "fok" && r.text == "FOK_INSUFFICIENT_VOLUME"; });
  }));
}

TEST_F(ClientOrders, ACancelOfAnUnknownOrderIsACancelReject) {
  connect(config({"KalshiNR"}));
  ASSERT_TRUE(nr().cancel(cancel("c", "nobody")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.refusals.size() == 1; }));
  EXPECT_EQ(board_.copy().refusals[0].kind, "9");
  EXPECT_EQ(board_.copy().refusals[0].reason, static_cast<int>(CxlRejReason::UnknownOrder));
}

TEST_F(ClientOrders, AMalformedMessageIsRejectedAndTheRejectNamesIt) {
  connect(config({"KalshiNR"}));
  ASSERT_TRUE(nr().send_body("D",
                             "11=broken\x01"
                             "38=10.00\x01"
                             "40=2\x01"
                             "44=5.0000\x01"
                             "54=1\x01",
                             "broken"));  // no Symbol(55)
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.refusals.size() == 1; }));
  const auto refusal = board_.copy().refusals[0];
  EXPECT_EQ(refusal.kind, "3");
  EXPECT_EQ(refusal.msg_type, "D");
  EXPECT_EQ(refusal.cl_ord_id, "broken");
  EXPECT_EQ(refusal.reason, static_cast<int>(SessionRejectReason::RequiredTagMissing));
}

TEST_F(ClientOrders, MassCancelReportsEachOrder) {
  connect(config({"KalshiNR"}));
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(nr().new_order(order(id)));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New) == 3; }));
  ASSERT_TRUE(nr().mass_cancel("m"));
  EXPECT_EQ(nr().mass_cancel("m2").error().category, ErrorCategory::rate_limit);
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::Canceled) == 3 && n.mass_cancels.size() == 1; }));
  EXPECT_EQ(board_.copy().mass_cancels[0], "6");
}

TEST_F(ClientRateLimits, TheExchangesRateLimitRejectsNameTheirOrders) {
  connect(config({"KalshiNR"}));  // our own buckets are off
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(nr().new_order(order("o" + std::to_string(i))));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return !n.refusals.empty(); }));
  const auto refusal = board_.copy().refusals[0];
  EXPECT_EQ(refusal.kind, "j");
  EXPECT_EQ(refusal.reason, static_cast<int>(BusinessRejectReason::RateLimitExceeded));
  EXPECT_TRUE(refusal.cl_ord_id.starts_with("o"));
}

TEST_F(ClientRateLimits, OurOwnBucketsKeepTheExchangesFromOverflowing) {
  auto wanted = config({"KalshiNR"});
  wanted.rate_limit.write = {80, 80, 0};  // a little under the exchange's 100
  wanted.rate_limit.max_wait = 20s;
  connect(std::move(wanted));
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(nr().new_order(order("o" + std::to_string(i))));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New) == 25; }));
  EXPECT_TRUE(board_.copy().refusals.empty());
  EXPECT_GT(nr().statistics().delayed, 0U);
}

TEST_F(ClientOrders, CancelOnDisconnectIsAskedForInTheLogon) {
  auto wanted = config({"KalshiNR", "KalshiNR-listener"});
  wanted.find("KalshiNR")->logon.cancel_orders_on_disconnect = true;
  Board ears;
  const StopFirst stop_first{client_};
  client_ = std::make_unique<MarginFixClient>(std::move(wanted), silent());
  nr().set_handlers(order_handlers(board_));
  ListenerHandlers listening;
  note_common(listening, ears);
  client_->listener().set_handlers(std::move(listening));
  client_->start().value();
  ASSERT_TRUE(client_->wait_until_active(30s));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New) == 1; }));
  nr().kill_connection();
  EXPECT_TRUE(ears.wait([](const Notes& n) { return n.count(ExecType::Canceled, "a") == 1; }));
}

TEST_F(ClientOrders, PendingReportsAreSkippedWhenAskedFor) {
  auto wanted = config({"KalshiNR"});
  wanted.find("KalshiNR")->logon.skip_pending_exec_reports = true;
  connect(std::move(wanted));
  ASSERT_TRUE(nr().new_order(order("a")));
  ASSERT_TRUE(board_.wait([](const Notes& n) { return n.count(ExecType::New) == 1; }));
  EXPECT_EQ(board_.copy().count(ExecType::PendingNew), 0U);
}

TEST_F(ClientOrders, OnAnExecutorOfTheUsersHandlersRunThere) {
  boost::asio::io_context io{1};
  auto options = silent();
  options.executor = io.get_executor();
  MarginFixClient client(config({"KalshiNR"}), options);
  std::thread::id seen;
  OrderEntryHandlers h;
  h.on_state = [&](const StateChange& change) {
    seen = std::this_thread::get_id();
    EXPECT_TRUE(client.order_entry().on_io_thread());
    if (change.state == SessionState::active) {
      const auto receipt = client.order_entry().new_order(order("a"));
      ASSERT_TRUE(receipt);
      EXPECT_FALSE(receipt->queued());
    }
  };
  h.on_execution_report = [&](const fix::ExecutionReport& r, const Inbound&) {
    if (r.exec_type == ExecType::New) client.async_stop([&] { io.stop(); });
  };
  client.order_entry().set_handlers(std::move(h));
  ASSERT_TRUE(client.start());
  io.run_for(30s);
  EXPECT_TRUE(io.stopped());
  EXPECT_TRUE(seen == std::this_thread::get_id());
  EXPECT_EQ(client.order_entry().state(), SessionState::stopped);
}

}  // namespace
}  // namespace marginfix::test
