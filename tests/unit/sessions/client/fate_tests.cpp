// What becomes of each order, amend and cancel that a session accepted: answered, not sent, or outcome unknown; each told once.
#include "fake_session.hpp"

namespace marginfix::test {
namespace {

using Texts = std::vector<std::string>;

std::string report(const std::string& id, const std::string& exec_type, const std::string& more = {}) {
  return "6=0|11=" + id + "|14=0.00|17=1;7|37=ord-1|38=10.00|39=0|54=1|55=BTC-PERP|60=20261122-18:32:01.123|150=" + exec_type +
         "|151=10.00|" + more;
}

class Fates : public SessionTest {
 protected:
  void make(TargetSession target = TargetSession::NR) {
    config = config_of(SessionKind::order_entry, target);
    config.send_age_limit = send_age_limit;
    context->monotonic = [this] { return monotonic; };
    context->make_store = [this](const SessionConfig&) { return make_memory_store(); };
    session = SessionFactory::order_entry(config, context);
    OrderEntryHandlers h;
    h.on_not_sent = [this](const NotSent& n) {
      told.push_back("not sent " + std::string(n.cl_ord_id));
      text = n.error.message;
      category = n.error.category;
    };
    h.on_sent = [this](const SentMessage& s) { left.emplace_back(s.cl_ord_id); };
    h.on_outcome_unknown = [this](const UnknownOutcome& u) {
      told.push_back(std::string(to_string(u.cause)) + ' ' + std::string(u.message.msg_type) + ' ' + std::string(u.message.cl_ord_id));
      ids.push_back(u.message.message_id);
      text = u.text;
    };
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) { told.push_back("report " + std::string(r.cl_ord_id)); };
    h.on_state = [this](const StateChange& change) {
      if (change.state == SessionState::waiting || change.state == SessionState::stopped) told.emplace_back("over");
    };
    session->set_handlers(std::move(h));
    bring_up(*session);
    told.clear();
  }
  // Each order leaves.
  void send(const Texts& cl_ord_ids) {
    on_io(*session, [&] {
      for (const auto& id : cl_ord_ids) EXPECT_TRUE(session->new_order(order(id)));
    });
  }
  // Time passes, without a clock of the wall.
  void later(std::chrono::milliseconds by) { monotonic += by; }
  // The exchange asked for this message of ours again; the wall gap-filled it.
  void gap_fill(std::int64_t seq, const std::string& fields, const std::string& msg_type = "D") {
    raw->not_resent(FakeRaw::message(msg_type, seq, fields));
    run();
  }

  SessionConfig config;
  std::unique_ptr<OrderEntrySession> session;
  ManualClock clock;
  Texts told, left;
  ErrorCategory category{};
  std::vector<std::uint64_t> ids;
  std::string text;
  std::chrono::steady_clock::time_point monotonic{std::chrono::steady_clock::now()};
  std::optional<std::chrono::milliseconds> send_age_limit;
};

TEST_F(Fates, AnOrderInFlightWhenTheLineFallsIsUnknownAndToldBeforeTheStateIs) {
  make();
  send({"a", "b"});
  raw->app("8", report("a", "0"));
  raw->drop();
  EXPECT_EQ(told, (Texts{"report a", "connection ended D b", "over"}));
  EXPECT_NE(text.find("none will come on this session"), std::string::npos) << text;
  EXPECT_NE(ids.at(0), 0U);
  EXPECT_EQ(session->statistics().outcome_unknown, 1U);
  raw->log_on();
  raw->drop();
  EXPECT_EQ(told.size(), 4U);  // "over" once more, b not again
}

TEST_F(Fates, OnKalshiRTTheTextSaysThatAnAnswerMayStillCome) {
  make(TargetSession::RT);
  send({"a"});
  raw->drop();
  EXPECT_EQ(told, (Texts{"connection ended D a", "over"}));
  EXPECT_NE(text.find("may still come"), std::string::npos) << text;
  raw->log_on();
  raw->app("8", report("a", "0"), true);
  raw->drop();
  EXPECT_EQ(told, (Texts{"connection ended D a", "over", "report a", "over"}));
}

TEST_F(Fates, AmendsCancelsAndMassCancelsHaveFatesToo) {
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->amend(amend_of("a2", "a")));
    EXPECT_TRUE(session->cancel(cancel_of("c", "b")));
    EXPECT_TRUE(session->mass_cancel("m"));
    EXPECT_TRUE(session->amend(amend_of("d2", "d")));
    EXPECT_TRUE(session->cancel(cancel_of("e2", "e")));
  });
  raw->app("8", report("d2", "5", "41=d|"));
  raw->app("9", "11=e2|37=ord-1|39=0|41=e|102=1|434=1|58=ORDER_NOT_FOUND|");
  told.clear();
  raw->drop();
  EXPECT_EQ(told, (Texts{"connection ended G a2", "connection ended F c", "connection ended q m", "over"}));
}

TEST_F(Fates, APendingReportIsNoAnswer) {
  make();
  send({"a"});
  raw->app("8", report("a", "A"));
  raw->drop();
  EXPECT_EQ(told, (Texts{"report a", "connection ended D a", "over"}));
}

TEST_F(Fates, AReportUnderTheNewIdAnswersTheOrderOfTheOldOne) {
  make();
  send({"a"});
  on_io(*session, [&] { EXPECT_TRUE(session->cancel(cancel_of("c", "a"))); });
  raw->app("8", report("c", "4", "41=a|"));
  raw->drop();
  EXPECT_EQ(told, (Texts{"report c", "over"}));
}

TEST_F(Fates, RejectsAnswerByNumberAndByClOrdID) {
  make();
  send({"a", "b", "c"});
  raw->admin("3", "45=2|58=bad|373=5|");
  raw->app("j", "45=3|372=D|380=8|58=RATE_LIMIT|");
  raw->app("j", "372=D|379=c|380=0|58=other|");
  raw->drop();
  EXPECT_EQ(told, (Texts{"over"}));
}

TEST_F(Fates, ASecondOrderUnderTheSameIdHasItsOwnFate) {
  make();
  send({"a", "a"});
  raw->app("8", report("a", "0"));
  raw->drop();
  EXPECT_EQ(told, (Texts{"report a", "connection ended D a", "over"}));
}

TEST_F(Fates, ExchangeUnavailableIsUnknownAndToldAfterTheReport) {
  make();
  send({"a"});
  raw->app("8", report("a", "8", "58=EXCHANGE_UNAVAILABLE|103=99|"));
  EXPECT_EQ(told, (Texts{"report a", "exchange unavailable D a"}));
  raw->drop();
  EXPECT_EQ(told, (Texts{"report a", "exchange unavailable D a", "over"}));
}

TEST_F(Fates, ExchangeUnavailableInAnyRefusalIsUnknown) {
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->cancel(cancel_of("c", "a")));
    EXPECT_TRUE(session->new_order(order("b")));
  });
  raw->app("9", "11=c|37=ord-1|39=0|41=a|102=99|434=1|58=EXCHANGE_UNAVAILABLE|");
  raw->app("j", "45=3|372=D|380=4|58=EXCHANGE_UNAVAILABLE|");
  EXPECT_EQ(told, (Texts{"exchange unavailable F c", "exchange unavailable D b"}));
}

TEST_F(Fates, OtherRefusalsAreAnswers) {
  make();
  send({"a"});
  raw->app("8", report("a", "8", "58=INTERNAL_ERROR|103=99|"));
  raw->drop();
  EXPECT_EQ(told, (Texts{"report a", "over"}));
}

TEST_F(Fates, WhatDidNotLeaveIsNotSentAndNothingElse) {
  context->rate_limit.write = {10, 1, 0};
  make();
  send({"a", "b"});  // b waits for tokens
  raw->drop();
  EXPECT_EQ(told, (Texts{"not sent b", "connection ended D a", "over"}));
}

TEST_F(Fates, WhileLoggingOutAnswersStillCount) {
  make();
  send({"a", "b"});
  raw->go(SessionState::logging_out);
  raw->app("8", report("a", "0"));
  raw->go(SessionState::stopped, EndReason::requested, "stopped by request");
  EXPECT_EQ(told, (Texts{"report a", "connection ended D b", "over"}));
}

TEST_F(Fates, AnOrderGapFilledForItsAgeIsToldOnce) {
  make(TargetSession::RT);
  send({"a"});
  const std::int64_t seq = raw->sent.at(0).seq;
  raw->drop();
  raw->log_on();
  told.clear();
  gap_fill(seq, "11=a|");
  gap_fill(seq, "11=a|");
  EXPECT_EQ(told, (Texts{"gap-filled D a"}));
  EXPECT_NE(text.find("ResendAgeLimit"), std::string::npos) << text;
}

TEST_F(Fates, AnOrderOfAnEarlierProcessThatIsGapFilledIsToldByItsClOrdID) {
  make(TargetSession::RT);
  gap_fill(77, "11=old|");
  ASSERT_EQ(told, (Texts{"gap-filled D old"}));
  EXPECT_EQ(ids.at(0), 0U);
}

TEST_F(Fates, AnAnsweredOrderThatIsGapFilledIsNoNews) {
  make(TargetSession::RT);
  send({"a"});
  raw->app("8", report("a", "0"));
  told.clear();
  gap_fill(raw->sent.at(0).seq, "11=a|");
  EXPECT_EQ(told, Texts{});
}

TEST_F(Fates, WhatHasNoAnswerWhileTensOfThousandsFollowIsUnknownAndForgotten) {
  make();
  raw->record = false;
  on_io(*session, [&] {
    for (int i = 0; i < 32'769; ++i) EXPECT_TRUE(session->new_order(order("o" + std::to_string(i))));
  });
  EXPECT_EQ(told, (Texts{"unanswered D o0"}));
  raw->drop();
  EXPECT_EQ(told.size(), 32'770U);  // each of the others once, and the state
}

// ---- first sends have an age limit
TEST_F(Fates, OrdersThatTheExchangeDoesNotReadComeBackWhenTheyAreTooOld) {
  for (const TargetSession target : {TargetSession::NR, TargetSession::RT}) {
    left.clear();
    make(target);
    raw->blocked = true;
    send({"a", "b"});
    EXPECT_EQ(session->statistics().waiting, 2U);
    later(std::chrono::milliseconds{1'999});
    run();
    send({"young"});
    later(std::chrono::milliseconds{1});
    EXPECT_TRUE(run_until([&] { return told.size() == 2; }));
    EXPECT_EQ(told, (Texts{"not sent a", "not sent b"}));
    EXPECT_EQ(category, ErrorCategory::timeout);
    EXPECT_NE(text.find("SendAgeLimit"), std::string::npos) << text;
    raw->blocked = false;
    EXPECT_TRUE(run_until([&] { return !left.empty(); }));
    EXPECT_EQ(left, (Texts{"young"}));
    EXPECT_EQ(raw->sent.at(0).seq, target == TargetSession::RT ? 1 : 2);  // what came back never had a number
    session.reset();
  }
}

TEST_F(Fates, CancelsGoAheadOfWaitingOrdersAndAreNeverTooOld) {
  context->clock = &clock;
  make();
  raw->blocked = raw->blocked_for_cancels = true;
  send({"a"});
  on_io(*session, [&] { EXPECT_TRUE(session->cancel(cancel_of("c", "resting"))); });
  later(std::chrono::minutes{1});
  clock.advance(std::chrono::minutes{1});  // nor has it waited for tokens all the time
  EXPECT_TRUE(run_until([&] { return told.size() == 1; }));
  raw->blocked = raw->blocked_for_cancels = false;
  EXPECT_TRUE(run_until([&] { return left.size() == 1; }));
  EXPECT_EQ(told, (Texts{"not sent a"}));
  EXPECT_EQ(left, (Texts{"c"}));
}

TEST_F(Fates, WhileTheExchangeDoesNotReadACancelIsTakenUnderFailFastToo) {
  context->rate_limit.policy = RateLimitPolicy::fail_fast;
  make();
  raw->blocked = raw->blocked_for_cancels = true;
  on_io(*session, [&] {
    EXPECT_EQ(session->new_order(order("a")).error().category, ErrorCategory::rate_limit);
    EXPECT_TRUE(session->cancel(cancel_of("c", "resting")));
  });
  raw->blocked = raw->blocked_for_cancels = false;
  EXPECT_TRUE(run_until([&] { return left.size() == 1; }));
}

TEST_F(Fates, CancelsStillLeaveWhereOrdersMustWaitAlready) {
  make();
  raw->blocked = true;
  send({"a"});
  on_io(*session, [&] { EXPECT_TRUE(session->cancel(cancel_of("c", "resting"))); });
  EXPECT_EQ(left, (Texts{"c"}));
}

TEST_F(Fates, AnOrderHandedOverWhileTheThreadWasBusyIsTooOldAsWell) {
  make();
  EXPECT_TRUE(session->new_order(order("a")));  // from another thread than the I/O thread
  later(std::chrono::seconds{3});               // a handler blocked it
  run();
  EXPECT_EQ(told, (Texts{"not sent a"}));
  EXPECT_EQ(left, Texts{});
}

TEST_F(Fates, TheAgeLimitIsAsConfiguredAndCanBeTurnedOff) {
  send_age_limit = std::chrono::milliseconds{100};
  make();
  EXPECT_TRUE(session->new_order(order("a")));
  later(std::chrono::milliseconds{100});
  run();
  EXPECT_EQ(told, (Texts{"not sent a"}));
  session.reset();
  send_age_limit = std::chrono::milliseconds{-1};
  make();
  EXPECT_TRUE(session->new_order(order("b")));
  later(std::chrono::hours{1});
  run();
  EXPECT_EQ(left, (Texts{"b"}));
}

TEST_F(Fates, WhoeverLetsOrdersWaitLongerForTokensHasThemWaitThatLong) {
  context->rate_limit.max_wait = std::chrono::seconds{20};
  make();
  EXPECT_TRUE(session->new_order(order("a")));
  later(std::chrono::seconds{19});
  run();
  EXPECT_EQ(left, (Texts{"a"}));
}

}  // namespace
}  // namespace marginfix::test
