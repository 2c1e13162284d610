// OrderEntrySession and ListenerSession: typed handlers, rejects mapped to what was sent, mass cancel, Logon options.
#include "fake_session.hpp"

namespace marginfix::test {
namespace {

constexpr const char* kReport = "6=0|11=a|14=0.00|17=1;7|37=ord-1|38=10.00|39=0|54=1|55=BTC-PERP|60=20261122-18:32:01.123|150=0|151=10.00|";

class OrderEntry : public SessionTest {
 protected:
  void make(TargetSession target = TargetSession::NR) {
    SessionConfig config = config_of(SessionKind::order_entry, target);
    config.logon = logon;
    context->make_store = [this](const SessionConfig&) {
      auto store = make_memory_store();
      if (prefill) prefill(*store);
      return store;
    };
    session = SessionFactory::order_entry(config, context);
    install();
    bring_up(*session);
  }
  void install() {
    OrderEntryHandlers h;
    h.on_message = [this](const Inbound& in) { seen.emplace_back(in.msg_type); };
    h.on_undecodable = [this](const Inbound& in, const Error& error) {
      undecodable.emplace_back(in.raw);
      reason = error.message;
    };
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound& in) {
      reports.emplace_back(r.cl_ord_id);
      dup = in.poss_dup;
      findings = in.findings.size();
    };
    h.on_cancel_reject = [this](const fix::OrderCancelReject& r, const Inbound&) { cancel_rejects.emplace_back(r.cl_ord_id); };
    h.on_mass_cancel_report = [this](const fix::OrderMassCancelReport& r, const Inbound&) { mass.emplace_back(r.order_id); };
    h.on_reject = [this](const fix::Reject&, const SentMessage* about, const Inbound&) { note(about); };
    h.on_business_reject = [this](const fix::BusinessMessageReject&, const SentMessage* about, const Inbound&) { note(about); };
    h.on_state = [this](const StateChange& change) { states.push_back(change); };
    session->set_handlers(std::move(h));
  }
  void note(const SentMessage* about) {
    ++rejected;
    about_type = about == nullptr ? "?" : std::string(about->msg_type);
    about_id = about == nullptr ? "?" : std::string(about->cl_ord_id);
    about_message = about == nullptr ? 0 : about->message_id;
  }

  LogonOptions logon;
  std::function<void(MessageStore&)> prefill;
  std::unique_ptr<OrderEntrySession> session;
  std::vector<std::string> seen, undecodable, reports, cancel_rejects, mass;
  std::vector<StateChange> states;
  std::string reason, about_type, about_id;
  std::uint64_t about_message{0};
  int rejected{0};
  bool dup{false};
  std::size_t findings{0};
};

TEST_F(OrderEntry, EachMessageReachesItsTypedHandlerAndTheOneForAll) {
  make();
  raw->app("8", kReport);
  raw->app("9", "11=b|37=ord-1|39=0|41=a|102=1|434=1|58=ORDER_NOT_FOUND|");
  raw->app("r", "11=m|37=op-1|531=6|");
  EXPECT_EQ(reports, std::vector<std::string>{"a"});
  EXPECT_EQ(cancel_rejects, std::vector<std::string>{"b"});
  EXPECT_EQ(mass, std::vector<std::string>{"op-1"});
  EXPECT_EQ(seen, (std::vector<std::string>{"8", "9", "r"}));
  EXPECT_EQ(session->statistics().app_in, 3U);
}

TEST_F(OrderEntry, SessionMessagesReachTheHandlerForAll) {
  make();
  raw->admin("0", "112=x|");
  EXPECT_EQ(seen, std::vector<std::string>{"0"});
}

TEST_F(OrderEntry, AReportWithUnknownTagsAndUnlistedValuesIsDeliveredWithFindings) {
  make();
  raw->app("8", std::string(kReport) + "9999=new|");
  EXPECT_EQ(reports, std::vector<std::string>{"a"});
  EXPECT_EQ(findings, 1U);
  EXPECT_EQ(session->statistics().with_findings, 1U);
}

TEST_F(OrderEntry, ARetransmissionIsMarked) {
  make(TargetSession::RT);
  raw->app("8", kReport, true);
  EXPECT_TRUE(dup);
  EXPECT_EQ(session->statistics().poss_dup_in, 1U);
}

TEST_F(OrderEntry, BytesThatAreNoMessageAreHandedOverWithTheReason) {
  make();
  std::string bytes = FakeRaw::message("8", 9, kReport);
  bytes[bytes.size() - 2] = bytes[bytes.size() - 2] == '0' ? '1' : '0';  // CheckSum
  raw->raw("8", bytes);
  ASSERT_EQ(undecodable.size(), 1U);
  EXPECT_EQ(undecodable[0], bytes);
  EXPECT_FALSE(reason.empty());
  EXPECT_EQ(seen, std::vector<std::string>{"8"});
  EXPECT_TRUE(reports.empty());
  EXPECT_EQ(session->statistics().undecodable, 1U);
}

TEST_F(OrderEntry, AMessageTypeThisSessionDoesNotKnowIsHandedOver) {
  make();
  raw->app("ZZ", "58=news|");
  ASSERT_EQ(undecodable.size(), 1U);
  EXPECT_NE(reason.find("MsgType(35)=ZZ"), std::string::npos);
}

TEST_F(OrderEntry, ARejectNamesTheOrderItIsAbout) {
  make();
  std::uint64_t id = 0;
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("first")));
    id = session->new_order(order("second")).value().message_id;
  });
  raw->admin("3", "45=3|371=44|372=D|373=5|58=bad price|");
  EXPECT_EQ(about_type, "D");
  EXPECT_EQ(about_id, "second");
  EXPECT_EQ(about_message, id);
  EXPECT_EQ(session->statistics().rejects, 1U);
}

TEST_F(OrderEntry, ABusinessRejectNamesTheOrderItIsAbout) {
  make();
  on_io(*session, [&] { EXPECT_TRUE(session->cancel(cancel_of("c", "a"))); });
  raw->app("j", "45=2|372=F|380=4|58=EXCHANGE_UNAVAILABLE|");
  EXPECT_EQ(about_type, "F");
  EXPECT_EQ(about_id, "c");
}

TEST_F(OrderEntry, ANumberOfAnEarlierConnectionNamesNothing) {
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->new_order(order("a")));
    EXPECT_TRUE(session->new_order(order("b")));
  });
  raw->drop();
  raw->log_on();
  raw->admin("3", "45=3|373=5|");
  EXPECT_EQ(rejected, 1);
  EXPECT_EQ(about_id, "?");
}

TEST_F(OrderEntry, OnKalshiRtAMessageOfAnEarlierProcessIsFoundInTheStore) {
  prefill = [](MessageStore& store) {
    const std::string bytes = FakeRaw::message("D", 5, "11=yesterday|38=10.00|40=2|44=6.2577|54=1|55=BTC-PERP|");
    store.append_sent(5, bytes.data(), bytes.size());
  };
  make(TargetSession::RT);
  raw->app("j", "45=5|372=D|380=4|");
  EXPECT_EQ(about_type, "D");
  EXPECT_EQ(about_id, "yesterday");
  EXPECT_EQ(about_message, 0U);
}

TEST_F(OrderEntry, MassCancelLeavesOnceASecondAndOnlyOnKalshiNr) {
  make();
  on_io(*session, [&] {
    EXPECT_TRUE(session->mass_cancel("m1"));
    const auto second = session->mass_cancel("m2");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().category, ErrorCategory::rate_limit);
    EXPECT_NE(second.error().message.find("ms"), std::string::npos);
  });
  ASSERT_EQ(raw->sent.size(), 1U);
  EXPECT_EQ(raw->sent[0].body, "11=m1|530=6|");
}

TEST_F(OrderEntry, MassCancelMayLeaveAgainAfterASecond) {
  ManualClock clock;
  context->clock = &clock;
  make();
  EXPECT_TRUE(session->mass_cancel("m1"));
  clock.advance(std::chrono::milliseconds{999});
  EXPECT_FALSE(session->mass_cancel("m2"));
  clock.advance(std::chrono::milliseconds{1});
  EXPECT_TRUE(session->mass_cancel("m2"));
  session.reset();
}

TEST_F(OrderEntry, MassCancelDoesNotExistOnKalshiRt) {
  make(TargetSession::RT);
  const auto receipt = session->mass_cancel("m");
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().category, ErrorCategory::config);
}

TEST_F(OrderEntry, ARefusedMassCancelDoesNotUseUpTheSecond) {
  make();
  raw->drop();
  EXPECT_FALSE(session->mass_cancel("m1"));
  raw->log_on();
  EXPECT_TRUE(session->mass_cancel("m1"));
}

TEST_F(OrderEntry, EveryLogonOptionStandsInThePlan) {
  logon.cancel_orders_on_disconnect = true;
  logon.receive_settlement_reports = false;
  logon.message_retention_period = 48;
  logon.use_dollars = true;
  logon.enable_ioc_cancel_report = true;
  logon.preserve_original_order_qty = true;
  logon.skip_pending_exec_reports = false;
  logon.use_expired_ord_status = true;
  logon.always_emit_new_before_trade = true;
  make(TargetSession::RT);
  const std::vector<std::pair<int, std::string>> expected{{8013, "Y"},  {20127, "N"}, {20200, "48"}, {21005, "Y"}, {21007, "Y"},
                                                          {21008, "Y"}, {21011, "N"}, {21012, "Y"},  {21026, "Y"}};
  EXPECT_EQ(raw->options().plan.logon_fields, expected);
  EXPECT_TRUE(raw->options().plan.keep_sequence);
  EXPECT_EQ(raw->options().plan.accepted_sender_comp_ids, (std::vector<std::string>{"KalshiRT", "Kalshi"}));
}

TEST_F(OrderEntry, NoLogonOptionIsSentThatWasNotAskedFor) {
  make();
  EXPECT_TRUE(raw->options().plan.logon_fields.empty());
  EXPECT_FALSE(raw->options().plan.keep_sequence);
}

TEST_F(OrderEntry, StatesAndEndReasonsAreReported) {
  make();
  raw->drop(EndReason::already_exists, "another connection holds the key");
  ASSERT_GE(states.size(), 3U);
  EXPECT_EQ(states[0].state, SessionState::connecting);
  EXPECT_EQ(states[1].state, SessionState::active);
  EXPECT_EQ(states.back().state, SessionState::waiting);
  EXPECT_EQ(states.back().reason, EndReason::already_exists);
  EXPECT_EQ(session->last_change().text, "another connection holds the key");
  raw->go(SessionState::connecting);
  EXPECT_EQ(states.back().reason, EndReason::already_exists);  // still why we are where we are
  raw->log_on();
  EXPECT_EQ(states.back().reason, EndReason::none);
  EXPECT_EQ(session->statistics().logons, 2U);
}

TEST_F(OrderEntry, SendingWorksWhileAGapIsBeingFilled) {
  make(TargetSession::RT);
  raw->go(SessionState::recovering);
  on_io(*session, [&] { EXPECT_TRUE(session->new_order(order("a"))); });
  EXPECT_EQ(session->statistics().logons, 1U);
}

TEST_F(OrderEntry, HandlersMayBeReplacedFromInsideAHandler) {
  make();
  int second = 0;
  OrderEntryHandlers h;
  h.on_execution_report = [&](const fix::ExecutionReport&, const Inbound&) {
    OrderEntryHandlers next;
    next.on_execution_report = [&](const fix::ExecutionReport&, const Inbound&) { ++second; };
    session->set_handlers(std::move(next));
  };
  session->set_handlers(std::move(h));
  run();
  raw->app("8", kReport);
  run();
  raw->app("8", kReport);
  EXPECT_EQ(second, 1);
}

TEST_F(OrderEntry, ResetOnceAndRoundTripReachTheSessionBelow) {
  make(TargetSession::RT);
  session->reset_sequence_once();
  session->request_round_trip();
  run();
  EXPECT_EQ(raw->resets, 1);
  EXPECT_EQ(raw->round_trips, 1);
}

// ---- listener ----
class Listener : public SessionTest {
 protected:
  void make() {
    session = SessionFactory::listener(config_of(SessionKind::listener, TargetSession::NR), context);
    ListenerHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) { reports.emplace_back(r.cl_ord_id); };
    session->set_handlers(std::move(h));
    bring_up(*session);
  }
  std::unique_ptr<ListenerSession> session;
  std::vector<std::string> reports;
};

TEST_F(Listener, ItsLogonAsksForTheReadOnlyFeed) {
  make();
  const std::vector<std::pair<int, std::string>> expected{{20126, "Y"}, {21011, "Y"}};
  EXPECT_EQ(raw->options().plan.logon_fields, expected);
}

TEST_F(Listener, ReportsAreDelivered) {
  make();
  raw->app("8", kReport);
  EXPECT_EQ(reports, std::vector<std::string>{"a"});
}

TEST_F(Listener, OrdersAreRefusedLocally) {
  make();
  for (const std::string_view type : {"D", "F", "G", "q", "UOG"}) {
    const auto receipt = session->send_body(type, "11=a\x01");
    ASSERT_FALSE(receipt) << type;
    EXPECT_EQ(receipt.error().category, ErrorCategory::config);
  }
  run();
  EXPECT_TRUE(raw->sent.empty());
}

}  // namespace
}  // namespace marginfix::test
