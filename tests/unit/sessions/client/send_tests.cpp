// How messages leave, wait, and come back: on the I/O thread, from other threads, without tokens, across lost connections.
#include <thread>

#include "fake_session.hpp"

namespace marginfix::test {
namespace {

struct Returned {
  std::uint64_t id;
  std::string msg_type, cl_ord_id;
  ErrorCategory category;
};

class Sending : public SessionTest {
 protected:
  void make() {
    session = SessionFactory::order_entry(config_of(SessionKind::order_entry, TargetSession::NR), context);
    OrderEntryHandlers handlers;
    handlers.on_sent = [this](const SentMessage& m) { left.emplace_back(m.cl_ord_id); };
    handlers.on_not_sent = [this](const NotSent& n) {
      returned.push_back({n.message_id, std::string(n.msg_type), std::string(n.cl_ord_id), n.error.category});
    };
    session->set_handlers(std::move(handlers));
    bring_up(*session);
  }
  std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const Sent& sent : raw->sent) out.push_back(sent.msg_type);
    return out;
  }

  std::unique_ptr<OrderEntrySession> session;
  std::vector<std::string> left;
  std::vector<Returned> returned;
};

TEST_F(Sending, FromTheIoThreadGivesTheNumberAtOnce) {
  make();
  Result<SendReceipt> receipt = fail(ErrorCategory::internal, "not called");
  on_io(*session, [&] { receipt = session->new_order(order("a")); });
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->seq, 2);
  EXPECT_FALSE(receipt->queued());
  ASSERT_EQ(raw->sent.size(), 1U);
  EXPECT_EQ(raw->sent[0].body, "11=a|38=10.00|40=2|44=6.2577|54=1|55=BTC-PERP|");
}

TEST_F(Sending, FromAnotherThreadLeavesAtTheIoThreadsNextTurn) {
  make();
  Result<SendReceipt> receipt = fail(ErrorCategory::internal, "not called");
  std::thread other([&] { receipt = session->new_order(order("a")); });
  other.join();
  ASSERT_TRUE(receipt);
  EXPECT_TRUE(receipt->queued());
  EXPECT_TRUE(raw->sent.empty());
  run();
  ASSERT_EQ(raw->sent.size(), 1U);
  EXPECT_EQ(left, std::vector<std::string>{"a"});
}

TEST_F(Sending, ManyThreadsLoseNothingAndKeepEachThreadsOrder) {
  make();
  constexpr int kThreads = 4, kEach = 200;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) EXPECT_TRUE(session->new_order(order(std::to_string(t) + "-" + std::to_string(1000 + i))));
    });
  }
  for (auto& thread : threads) thread.join();
  run();
  ASSERT_EQ(left.size(), static_cast<std::size_t>(kThreads * kEach));
  for (int t = 0; t < kThreads; ++t) {
    std::vector<std::string> own;
    std::ranges::copy_if(left, std::back_inserter(own), [&](const std::string& id) { return id.starts_with(std::to_string(t) + "-"); });
    EXPECT_TRUE(std::ranges::is_sorted(own));
  }
}

TEST_F(Sending, WhileNotLoggedOnIsRefusedAndNothingIsNumbered) {
  make();
  raw->drop();
  const auto receipt = session->new_order(order("a"));
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().category, ErrorCategory::closed);
  EXPECT_NE(receipt.error().message.find("not numbered, stored or sent"), std::string::npos);
  run();
  EXPECT_TRUE(raw->sent.empty());
  EXPECT_EQ(session->statistics().refused, 1U);
  EXPECT_TRUE(returned.empty());
}

TEST_F(Sending, AValueTheWireCannotCarryIsRefusedOnTheCallersThreadNamingTheField) {
  make();
  auto message = order("a");
  message.price = DollarDecimal::parse("6.25771").value();
  const auto receipt = session->new_order(message);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().category, ErrorCategory::codec);
  EXPECT_EQ(receipt.error().tag, 44);
  EXPECT_NE(receipt.error().message.find("Price(44)"), std::string::npos);
}

TEST_F(Sending, SenderSubIdOfTheMessageGoesToTheHeader) {
  make();
  auto message = order("a");
  message.header.sender_sub_id = "trader-7";
  on_io(*session, [&] { EXPECT_TRUE(session->new_order(message)); });
  EXPECT_EQ(raw->sent.at(0).sender_sub_id, "trader-7");
}

TEST_F(Sending, AMessageHandedOverBeforeTheConnectionIsLostComesBackAndIsNotSentOnTheNextOne) {
  make();
  const auto receipt = session->new_order(order("a"));  // this is not the I/O thread
  ASSERT_TRUE(receipt);
  raw->drop();
  raw->log_on();
  run();
  EXPECT_TRUE(raw->sent.empty());
  ASSERT_EQ(returned.size(), 1U);
  EXPECT_EQ(returned[0].id, receipt->message_id);
  EXPECT_EQ(returned[0].cl_ord_id, "a");
  EXPECT_EQ(returned[0].category, ErrorCategory::closed);
  EXPECT_EQ(session->statistics().not_sent, 1U);
}

TEST_F(Sending, AFullHandOverQueueRefusesAndNamesTheReason) {
  context->send_queue = 2;
  make();
  EXPECT_TRUE(session->new_order(order("a")));
  EXPECT_TRUE(session->new_order(order("b")));
  const auto third = session->new_order(order("c"));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().category, ErrorCategory::rate_limit);
  run();
  EXPECT_EQ(left, (std::vector<std::string>{"a", "b"}));
}

TEST_F(Sending, AStoreThatCannotWriteIsReportedAndNothingLeaves) {
  make();
  raw->fail_sends = true;
  Result<SendReceipt> receipt = SendReceipt{};
  on_io(*session, [&] { receipt = session->new_order(order("a")); });
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().category, ErrorCategory::store);
  EXPECT_TRUE(session->new_order(order("b")));
  run();
  ASSERT_EQ(returned.size(), 1U);
  EXPECT_EQ(returned[0].category, ErrorCategory::store);
}

// ---- tokens ----
TEST_F(Sending, WithoutTokensAMessageWaitsAndLeavesWhenThereAreSome) {
  context->rate_limit.write = {20, 1000, 0};
  context->rate_limit.cost = 10;
  make();
  on_io(*session, [&] {
    for (const char* id : {"a", "b", "c", "d"}) EXPECT_TRUE(session->new_order(order(id)));
  });
  EXPECT_GE(session->statistics().waiting, 1U);
  EXPECT_TRUE(run_until([&] { return left.size() == 4; }));
  EXPECT_EQ(left, (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(session->statistics().waiting, 0U);
  EXPECT_TRUE(returned.empty());
}

TEST_F(Sending, FailFastRefusesAtOnceOnEitherThread) {
  context->rate_limit.write = {10, 1, 0};
  context->rate_limit.policy = RateLimitPolicy::fail_fast;
  make();
  EXPECT_TRUE(session->new_order(order("a")));
  const auto second = session->new_order(order("b"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().category, ErrorCategory::rate_limit);
  on_io(*session, [&] { EXPECT_EQ(session->new_order(order("c")).error().category, ErrorCategory::rate_limit); });
  run();
  EXPECT_EQ(left, std::vector<std::string>{"a"});
}

TEST_F(Sending, ACancelOverdrawsTheReserveAndOvertakesWaitingOrders) {
  context->rate_limit.write = {10, 1, 1};
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));
    EXPECT_TRUE(session->new_order(order("b")));               // waits
    EXPECT_TRUE(session->cancel(cancel_of("c1", "resting")));  // reserve
    EXPECT_TRUE(session->cancel(cancel_of("c2", "other")));    // waits, before b
  });
  EXPECT_EQ(types(), (std::vector<std::string>{"D", "F"}));
  EXPECT_EQ(session->statistics().waiting, 2U);
  context->limits->write().reconfigure({1000, 1000, 10}, context->clock->now());
  context->limits->write().set_available(1000, context->clock->now());
  on_io(*session, [&] { EXPECT_TRUE(session->cancel(cancel_of("c3", "third"))); });
  EXPECT_TRUE(run_until([&] { return left.size() == 5; }));
  EXPECT_EQ(left, (std::vector<std::string>{"a", "c1", "c2", "b", "c3"}));
}

TEST_F(Sending, ACancelOfAnOrderThatStillWaitsSendsNeitherAndGivesBothBack) {
  context->rate_limit.write = {10, 1, 100};
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));
    EXPECT_TRUE(session->new_order(order("b")));       // waits
    EXPECT_TRUE(session->amend(amend_of("b2", "b")));  // waits behind it
    EXPECT_TRUE(session->cancel(cancel_of("c", "b")));
  });
  run();
  EXPECT_EQ(left, std::vector<std::string>{"a"});
  ASSERT_EQ(returned.size(), 3U);
  EXPECT_EQ(returned[0].cl_ord_id, "b");
  EXPECT_EQ(returned[1].cl_ord_id, "b2");
  EXPECT_EQ(returned[2].cl_ord_id, "c");
  EXPECT_EQ(session->statistics().waiting, 0U);
}

TEST_F(Sending, ACancelOfAnAmendThatStillWaitsStaysBehindIt) {
  context->rate_limit.write = {10, 1000, 0};
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));
    EXPECT_TRUE(session->amend(amend_of("a2", "a")));  // waits
    EXPECT_TRUE(session->cancel(cancel_of("c", "a2")));
  });
  EXPECT_TRUE(run_until([&] { return left.size() == 3; }));
  EXPECT_EQ(left, (std::vector<std::string>{"a", "a2", "c"}));
}

TEST_F(Sending, AMessageThatWaitedTooLongComesBack) {
  context->rate_limit.write = {10, 1, 0};
  context->rate_limit.max_wait = std::chrono::milliseconds{20};
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));
    EXPECT_TRUE(session->new_order(order("b")));
  });
  EXPECT_TRUE(run_until([&] { return !returned.empty(); }));
  EXPECT_EQ(returned[0].cl_ord_id, "b");
  EXPECT_EQ(returned[0].category, ErrorCategory::rate_limit);
}

TEST_F(Sending, TheWaitingListIsBounded) {
  context->rate_limit.write = {10, 1, 0};
  context->rate_limit.max_waiting = 1;
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));
    EXPECT_TRUE(session->new_order(order("b")));
    EXPECT_EQ(session->new_order(order("c")).error().category, ErrorCategory::rate_limit);
  });
}

TEST_F(Sending, WaitingMessagesComeBackWhenTheConnectionIsLost) {
  context->rate_limit.write = {10, 1, 0};
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));
    EXPECT_TRUE(session->new_order(order("b")));
  });
  raw->drop();
  ASSERT_EQ(returned.size(), 1U);
  EXPECT_EQ(returned[0].category, ErrorCategory::closed);
  raw->log_on();
  run();
  EXPECT_EQ(raw->sent.size(), 1U);
}

TEST_F(Sending, ARateLimitRejectOfTheExchangeEmptiesOurBucketToo) {
  context->rate_limit.write = {1000, 1, 0};
  make();
  on_io(*session, [&] { EXPECT_TRUE(session->new_order(order("a"))); });
  raw->app("j", "45=2|372=D|380=8|58=RATE_LIMIT|");
  EXPECT_LE(context->limits->write().available(context->clock->now()), 1);
}

TEST_F(Sending, ABucketIsSharedByTheSessionsOfAClient) {
  context->rate_limit.write = {10, 1, 0};
  context->rate_limit.policy = RateLimitPolicy::fail_fast;
  make();
  EXPECT_TRUE(context->limits->write().try_take(10, context->clock->now()));  // REST, say
  EXPECT_EQ(session->new_order(order("a")).error().category, ErrorCategory::rate_limit);
}

TEST_F(Sending, ACancelCostsATokenAndAnOrderTen) {
  context->rate_limit.write = {21, 1, 0};
  context->rate_limit.policy = RateLimitPolicy::fail_fast;
  make();
  EXPECT_TRUE(session->new_order(order("a")));
  EXPECT_TRUE(session->amend(amend_of("a2", "a")));
  EXPECT_TRUE(session->cancel(cancel_of("c", "a2")));
  EXPECT_EQ(session->cancel(cancel_of("d", "other")).error().category, ErrorCategory::rate_limit) << "21 tokens are spent";
  EXPECT_EQ(request_kind("q"), RequestKind::cancel);
  EXPECT_EQ(request_kind("UOG"), RequestKind::write);
  EXPECT_EQ(request_kind("V"), RequestKind::read);
  EXPECT_EQ(request_kind("U1"), RequestKind::read);
}

TEST_F(Sending, EveryShardHasAWriteBucketOfItsOwn) {
  context->rate_limit.write = {10, 1, 0};
  make();
  raw->app("8", "11=x|55=BEYOND|30=2|");  // LastMkt: BEYOND lives on shard 2
  auto beyond = order("b");
  beyond.symbol = "BEYOND";
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));   // the default bucket's ten tokens
    EXPECT_TRUE(session->new_order(order("a2")));  // waits
    EXPECT_TRUE(session->new_order(beyond));       // the other shard's: not behind a2
  });
  EXPECT_EQ(left, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(session->statistics().waiting, 1U);
  raw->app("j", "45=3|372=D|380=8|58=RATE_LIMIT|");  // about b: its shard's bucket is empty, not the default
  context->limits->write().reconfigure({1000, 1000, 0}, context->clock->now());
  context->limits->write().set_available(1000, context->clock->now());
  beyond.cl_ord_id = "b2";
  on_io(*session, [&] { EXPECT_TRUE(session->new_order(beyond)); });
  EXPECT_TRUE(run_until([&] { return left.size() == 3; }));
  EXPECT_EQ(left.back(), "a2");
  EXPECT_EQ(session->statistics().waiting, 1U) << "b2 waits for its shard";
}

TEST_F(Sending, ACancelDoesNotOvertakeTheAmendThatWaitsForAnotherShard) {
  context->rate_limit.write = {10, 1, 0};
  make();
  raw->app("8", "11=x|55=BEYOND|30=2|");
  auto first = order("a");
  first.symbol = "BEYOND";
  auto change = amend_of("a2", "a");
  change.symbol = "BEYOND";
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(first));
    EXPECT_TRUE(session->amend(change));                      // waits for shard 2
    EXPECT_TRUE(session->cancel(cancel_of("c", "a2")));       // its bucket is full, its amend is still here
    EXPECT_TRUE(session->cancel(cancel_of("d", "another")));  // nothing to wait for
  });
  EXPECT_EQ(left, (std::vector<std::string>{"a", "d"}));
  EXPECT_EQ(session->statistics().waiting, 2U);
}

TEST_F(Sending, StopGivesBackWhatWasHandedOver) {
  make();
  EXPECT_TRUE(session->new_order(order("a")));
  bool stopped = false;
  raw->go(SessionState::logging_out);
  session->stop([&] { stopped = true; });
  run();
  EXPECT_TRUE(stopped);
  EXPECT_EQ(left.size() + returned.size(), 1U);
  EXPECT_EQ(session->state(), SessionState::stopped);
  EXPECT_EQ(session->last_change().reason, EndReason::requested);
}

TEST_F(Sending, AnExceptionOfAHandlerIsCountedAndTheSessionGoesOn) {
  make();
  OrderEntryHandlers handlers;
  handlers.on_execution_report = [](const fix::ExecutionReport&, const Inbound&) { throw std::runtime_error("user's"); };
  handlers.on_sent = [](const SentMessage&) { throw 42; };
  session->set_handlers(std::move(handlers));
  run();
  raw->app("8", "11=a|");
  on_io(*session, [&] { EXPECT_TRUE(session->new_order(order("a"))); });
  EXPECT_EQ(session->statistics().handler_exceptions, 2U);
  EXPECT_EQ(raw->sent.size(), 1U);
}

TEST_F(Sending, StartBeforeTheClientIsRefused) {
  session = SessionFactory::order_entry(config_of(SessionKind::order_entry, TargetSession::NR), context);
  EXPECT_EQ(session->start().error().category, ErrorCategory::closed);
}

// ---- an exchange that reads more slowly than we send ---------------------------------------------------------------------------

TEST_F(Sending, OrdersWaitUnnumberedWhileTheExchangeDoesNotRead) {
  make();
  raw->blocked = true;
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a"))->queued());
    EXPECT_TRUE(session->new_order(order("b"))->queued());
    EXPECT_FALSE(session->cancel(cancel_of("c", "z"))->queued()) << "a cancel has more room";
  });
  EXPECT_EQ(types(), std::vector<std::string>{"F"});
  raw->blocked = false;
  raw->room();
  EXPECT_EQ(left, (std::vector<std::string>{"c", "a", "b"}));
  EXPECT_TRUE(returned.empty());
}

TEST_F(Sending, NumbersOfTheExchangeThatWillNotComeAreTold) {
  make();
  std::vector<std::pair<std::int64_t, std::int64_t>> gaps;
  OrderEntryHandlers handlers;
  handlers.on_gap = [&](const MissingMessages& m) { gaps.emplace_back(m.first, m.last); };
  session->set_handlers(std::move(handlers));
  run();
  raw->missing(3, 7);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0], (std::pair<std::int64_t, std::int64_t>{3, 7}));
}

// ---- clocks ---------------------------------------------------------------------------------------------------------------------

// Tokens, waiting and the mass cancel's second are measured by `clock`, which nobody can set: by default the monotonic one.
TEST_F(Sending, IntervalsAreMeasuredByTheMonotonicClock) {
  EXPECT_EQ(context->clock, &monotonic_clock());
  const Timestamp before = context->clock->now();
  EXPECT_GE(context->clock->now(), before);
  EXPECT_LT(before, system_clock().now() - std::chrono::hours{24 * 365}) << "it is no time of day";
}

}  // namespace
}  // namespace marginfix::test
