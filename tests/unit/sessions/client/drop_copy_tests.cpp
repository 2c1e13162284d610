// Drop copy: ranges, counts, refusals, splitting, reconnects in the middle.
#include "fake_session.hpp"

namespace marginfix::test {
namespace {

class DropCopy : public SessionTest {
 protected:
  void make(DropCopyPolicy policy = quick(), std::chrono::milliseconds timeout = std::chrono::seconds{60}) {
    SessionConfig config = config_of(SessionKind::drop_copy, TargetSession::DC);
    config.request_timeout = timeout;
    session = SessionFactory::drop_copy(config, context);
    session->set_policy(policy);
    DropCopyHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) { reports.emplace_back(r.exec_id); };
    session->set_handlers(std::move(h));
    bring_up(*session);
  }
  static DropCopyPolicy quick() {
    DropCopyPolicy policy;
    policy.backoff = {std::chrono::milliseconds{1}, std::chrono::milliseconds{2}, std::chrono::milliseconds{1}};
    return policy;
  }
  DropCopyCallback into() {
    return [this](const Result<DropCopyResult>& r) {
      if (r)
        results.push_back(*r);
      else
        errors.push_back(r.error());
    };
  }
  void report(const std::string& exec_id, const std::string& market = "0") {
    raw->app("8", "6=0|11=a|14=0.00|17=" + exec_id + "|30=" + market +
                      "|37=o|38=10.00|39=0|54=1|55=BTC-PERP|60=20261122-18:32:01.123|150=0|151=10.00|");
  }
  std::string last_seq() const { return std::to_string(raw->sent.back().seq); }
  void complete(int count) { raw->app("U2", "45=" + last_seq() + "|21003=" + std::to_string(count) + "|"); }
  void refuse(int reason) { raw->app("U3", "45=" + last_seq() + "|58=WHY|21004=" + std::to_string(reason) + "|"); }
  bool sent(std::size_t n) {
    return run_until([&] { return raw->sent.size() == n; });
  }

  std::unique_ptr<DropCopySession> session;
  std::vector<std::string> reports;
  std::vector<DropCopyResult> results;
  std::vector<Error> errors;
};

TEST_F(DropCopy, ARangeStreamsItsReportsAndAgreesWithTheCount) {
  make();
  ASSERT_TRUE(session->request({"1;1", "1;9", {}}, into()));
  run();
  ASSERT_EQ(raw->sent.size(), 1U);
  EXPECT_EQ(raw->sent[0].body, "21001=1;1|21002=1;9|");
  report("1;1");
  report("1;4");
  complete(2);
  EXPECT_EQ(reports, (std::vector<std::string>{"1;1", "1;4"}));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].reports, 2U);
  EXPECT_EQ(results[0].announced, 2U);
  EXPECT_TRUE(results[0].counts_agree);
  EXPECT_EQ(results[0].last_exec_id, "1;4");
  EXPECT_EQ(results[0].requests, 1U);
}

TEST_F(DropCopy, ACountThatDisagreesIsSaid) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  report("1;1");
  complete(3);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_FALSE(results[0].counts_agree);
}

TEST_F(DropCopy, OneRangeIsOnItsWayAtATime) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  ASSERT_TRUE(session->request({"2;1", {}, {}}, into()));
  run();
  EXPECT_EQ(raw->sent.size(), 1U);
  complete(0);
  EXPECT_EQ(raw->sent.size(), 2U);
  complete(0);
  EXPECT_EQ(results.size(), 2U);
}

// Which LastMkts there are is known only when the answer is complete: without the caller's list a range begins again.
TEST_F(DropCopy, TooManyRequestsIsTriedAgainFromTheBeginningAndNothingComesTwice) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  report("1;1");
  report("1;5");
  refuse(1);
  ASSERT_TRUE(sent(2));
  EXPECT_EQ(raw->sent[1].body, "21001=1;1|");
  report("1;1");  // known
  report("1;5");
  report("1;6");
  complete(3);
  EXPECT_EQ(reports, (std::vector<std::string>{"1;1", "1;5", "1;6"}));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].counts_agree);
  EXPECT_EQ(results[0].requests, 2U);
}

// Index 0 is told first, whole; the connection ends before index 1 is heard of.
TEST_F(DropCopy, AnIndexThatHadNotBeenHeardOfLosesNothingWhenTheRangeIsResumed) {
  make();
  ASSERT_TRUE(session->request({"13768;1", {}, {}}, into()));
  run();
  for (int i = 1; i <= 20; ++i) report("13768;" + std::to_string(i), "0");
  raw->drop();
  raw->log_on();
  ASSERT_EQ(raw->sent.size(), 2U);
  EXPECT_EQ(raw->sent[1].body, "21001=13768;1|");
  for (int i = 1; i <= 20; ++i) report("13768;" + std::to_string(i), "0");
  for (int i = 1; i <= 9; ++i) report("13768;" + std::to_string(i), "1");
  complete(29);
  EXPECT_EQ(reports.size(), 29U);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].counts_agree);
  EXPECT_EQ(results[0].last_by_mkt, (std::vector<DropCopyMark>{{"0", "13768;20"}, {"1", "13768;9"}}));
}

// What comes after a range: each LastMkt from its own last report, in one request.
TEST_F(DropCopy, WithAListOfMarksEachIndexGoesOnFromItsOwn) {
  make();
  ASSERT_TRUE(session->request({"", {}, {}, {{"0", "1;20"}, {"1", "1;9"}}}, into()));
  run();
  EXPECT_EQ(raw->sent[0].body, "21001=1;9|");
  for (int i = 9; i <= 21; ++i) report("1;" + std::to_string(i), "0");
  report("1;9", "1");
  raw->drop();
  raw->log_on();
  ASSERT_EQ(raw->sent.size(), 2U);
  EXPECT_EQ(raw->sent[1].body, "21001=1;9|") << "index 1 has not come further";
  for (int i = 9; i <= 21; ++i) report("1;" + std::to_string(i), "0");
  for (int i = 9; i <= 12; ++i) report("1;" + std::to_string(i), "1");
  refuse(2);
  ASSERT_TRUE(sent(3));
  EXPECT_EQ(raw->sent[2].body, "21001=1;12|") << "every index is known and has come this far";
  for (int i = 12; i <= 21; ++i) report("1;" + std::to_string(i), "0");
  for (int i = 12; i <= 13; ++i) report("1;" + std::to_string(i), "1");
  complete(12);
  EXPECT_EQ(reports, (std::vector<std::string>{"1;21", "1;10", "1;11", "1;12", "1;13"})) << "what the caller has does not come again";
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].counts_agree);
  EXPECT_EQ(results[0].last_by_mkt, (std::vector<DropCopyMark>{{"0", "1;21"}, {"1", "1;13"}}));
}

TEST_F(DropCopy, ABeginAndAListTogetherBeginAtTheBeginEveryTime) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}, {{"0", "1;20"}}}, into()));
  run();
  report("1;21", "0");
  raw->drop();
  raw->log_on();
  EXPECT_EQ(raw->sent.back().body, "21001=1;1|") << "an index that is not in the list may have anything from there on";
}

TEST_F(DropCopy, AnIndexOutOfOrderIsNotGoneOnFrom) {
  make();
  ASSERT_TRUE(session->request({"", {}, {}, {{"0", "1;1"}}}, into()));
  run();
  report("1;7");
  report("1;5");
  raw->drop();
  raw->log_on();
  EXPECT_EQ(raw->sent.back().body, "21001=1;1|") << "1;6 may be missing";
}

TEST_F(DropCopy, AMarkThatIsNoExecIdIsRefusedHere) {
  make();
  EXPECT_EQ(session->request({"", {}, {}, {{"0", "yesterday"}}}, into()).error().category, ErrorCategory::codec);
}

TEST_F(DropCopy, AReportThatComesTwiceInOneAnswerIsHandedOverAndCountedOnce) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  report("1;1");
  report("1;2");
  report("1;2");
  report("1;2", "1");  // another index has numbers of its own
  report("odd");
  report("odd");
  complete(4);
  EXPECT_EQ(reports, (std::vector<std::string>{"1;1", "1;2", "1;2", "odd"}));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].counts_agree);
}

// One lost and one doubled: the number of messages fits, the reports do not.
TEST_F(DropCopy, CountsDoNotAgreeWhenADuplicateHidesAHole) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  report("1;1");
  report("1;3");
  report("1;3");
  complete(3);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_FALSE(results[0].counts_agree);
}

TEST_F(DropCopy, AnAccountThatIsNotAllowedIsToldWhatToDoAndNotTriedAgain) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  refuse(5);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].status, static_cast<int>(EventResendRejectReason::NotEnabled));
  EXPECT_EQ(errors[0].code, "WHY");
  EXPECT_TRUE(drop_copy_not_enabled(errors[0]));
  EXPECT_NE(errors[0].message.find("institutional"), std::string::npos);
  EXPECT_NE(errors[0].message.find("REST"), std::string::npos);
  EXPECT_EQ(raw->sent.size(), 1U);
  // A Reject(3) with 373=5 is another matter.
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  raw->admin("3", "45=" + last_seq() + "|371=21001|372=U1|373=5|");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_FALSE(drop_copy_not_enabled(errors[1]));
}

TEST_F(DropCopy, ARangeRefusedTwiceIsHalved) {
  make();
  ASSERT_TRUE(session->request({"1;0", "1;100", {}}, into()));
  run();
  refuse(1);
  ASSERT_TRUE(sent(2));
  EXPECT_EQ(raw->sent[1].body, "21001=1;0|21002=1;100|");
  refuse(1);
  ASSERT_TRUE(sent(3));
  EXPECT_EQ(raw->sent[2].body, "21001=1;0|21002=1;50|");
  report("1;7");
  complete(1);
  ASSERT_TRUE(sent(4));
  EXPECT_EQ(raw->sent[3].body, "21001=1;51|21002=1;100|");
  report("1;77");
  complete(1);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].reports, 2U);
  EXPECT_TRUE(results[0].counts_agree);
}

TEST_F(DropCopy, ARangeOverManyFirstPartsIsHalvedBetweenThem) {
  make();
  ASSERT_TRUE(session->request({"10;5", "20;3", {}}, into()));
  run();
  refuse(1);
  ASSERT_TRUE(sent(2));
  refuse(1);
  ASSERT_TRUE(sent(3));
  EXPECT_EQ(raw->sent[2].body, "21001=10;5|21002=15;9223372036854775807|");
  complete(0);
  ASSERT_TRUE(sent(4));
  EXPECT_EQ(raw->sent[3].body, "21001=16;0|21002=20;3|");
}

TEST_F(DropCopy, RequestsForOneRangeAreBounded) {
  auto policy = quick();
  policy.max_requests = 3;
  make(policy);
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  refuse(1);
  ASSERT_TRUE(sent(2));
  refuse(1);
  ASSERT_TRUE(sent(3));
  refuse(1);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].status, 1);
  EXPECT_EQ(errors[0].code, "WHY");
}

TEST_F(DropCopy, OutsideTheWindowIsFinalAndSaysWhereOlderFillsAre) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  refuse(3);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].category, ErrorCategory::reject);
  EXPECT_EQ(errors[0].status, 3);
  EXPECT_NE(errors[0].message.find("REST"), std::string::npos);
}

TEST_F(DropCopy, AnEndTooLargeIsFinal) {
  make();
  ASSERT_TRUE(session->request({"1;1", "9;9", {}}, into()));
  run();
  refuse(4);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].status, 4);
}

TEST_F(DropCopy, ABeginKnownToBeOlderThanTheWindowIsRefusedHere) {
  make();
  const auto id = session->request({"1;1", {}, context->wall_clock->now() - std::chrono::hours{3} - std::chrono::seconds{1}}, into());
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().category, ErrorCategory::reject);
  EXPECT_FALSE(id.error().may_have_been_sent);
  EXPECT_TRUE(session->request({"1;1", {}, context->wall_clock->now() - std::chrono::hours{2}}, into()));
}

TEST_F(DropCopy, AnEmptyExecIdIsRefusedHere) {
  make();
  EXPECT_EQ(session->request({"", {}, {}}, into()).error().category, ErrorCategory::codec);
}

TEST_F(DropCopy, ABusinessRejectForRatesIsTriedAgainAnyOtherIsFinal) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  raw->app("j", "45=" + last_seq() + "|372=U1|380=8|");
  ASSERT_TRUE(sent(2));
  raw->app("j", "45=" + last_seq() + "|372=U1|380=6|58=NOT_AUTHORIZED|");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].status, 6);
}

TEST_F(DropCopy, SilenceIsATimeoutAndTheNextRangeGoes) {
  make(quick(), std::chrono::milliseconds{300});
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  ASSERT_TRUE(session->request({"2;1", {}, {}}, into()));
  EXPECT_TRUE(run_until([&] { return !errors.empty(); }));
  EXPECT_EQ(errors[0].category, ErrorCategory::timeout);
  ASSERT_EQ(raw->sent.size(), 2U);
  // Late reports and the late end of the first range do not count for the second.
  report("1;1");
  raw->app("U2", "45=2|21003=1|");
  report("2;1");
  complete(1);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].counts_agree);
}

TEST_F(DropCopy, AReconnectGoesOnWhereItWas) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  report("1;1");
  report("1;2");
  raw->drop();
  EXPECT_TRUE(errors.empty());
  raw->log_on();
  ASSERT_EQ(raw->sent.size(), 2U);
  EXPECT_EQ(raw->sent[1].body, "21001=1;1|");
  report("1;1");
  report("1;2");
  report("1;3");
  complete(3);
  EXPECT_EQ(reports, (std::vector<std::string>{"1;1", "1;2", "1;3"}));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].reports, 3U);
}

TEST_F(DropCopy, WithoutResumingAReconnectEndsTheRange) {
  auto policy = quick();
  policy.resume_after_reconnect = false;
  make(policy);
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  run();
  raw->drop();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].category, ErrorCategory::closed);
}

TEST_F(DropCopy, StoppingEndsEveryRange) {
  make();
  ASSERT_TRUE(session->request({"1;1", {}, {}}, into()));
  ASSERT_TRUE(session->request({"2;1", {}, {}}, into()));
  run();
  session->stop();
  run();
  EXPECT_EQ(errors.size(), 2U);
}

TEST_F(DropCopy, WhileNotLoggedOnARequestIsRefused) {
  make();
  raw->drop();
  EXPECT_EQ(session->request({"1;1", {}, {}}, into()).error().category, ErrorCategory::closed);
}

TEST_F(DropCopy, AReportNobodyAskedForIsDeliveredAllTheSame) {
  make();
  report("1;1");
  EXPECT_EQ(reports, std::vector<std::string>{"1;1"});
}

// ---- the same over order entry on KalshiNR
class DropCopyOnOrderEntry : public DropCopy {
 protected:
  void bring(TargetSession target) {
    orders = SessionFactory::order_entry(config_of(SessionKind::order_entry, target), context);
    OrderEntryHandlers h;
    h.on_execution_report = [this](const fix::ExecutionReport& r, const Inbound&) { reports.emplace_back(r.exec_id); };
    h.on_event_resend_complete = [this](const fix::EventResendComplete&, const Inbound&) { ++completes; };
    h.on_event_resend_reject = [this](const fix::EventResendReject&, const Inbound&) { ++rejects; };
    h.on_undecodable = [this](const Inbound&, const Error&) { ++undecodable; };
    orders->set_handlers(std::move(h));
    bring_up(*orders);
  }
  std::unique_ptr<OrderEntrySession> orders;
  int completes{0}, rejects{0}, undecodable{0};
};

TEST_F(DropCopyOnOrderEntry, ARangeIsAnsweredAmongLiveReports) {
  bring(TargetSession::NR);
  ASSERT_TRUE(orders->request_drop_copy({"1;1", "1;9", {}}, into()));
  run();
  EXPECT_EQ(raw->sent.back().msg_type, "U1");
  EXPECT_EQ(raw->sent.back().body, "21001=1;1|21002=1;9|");
  report("1;1");
  report("1;12");  // live
  report("-1;1");  // live: a pending report
  report("1;4");
  complete(2);
  EXPECT_EQ(reports, (std::vector<std::string>{"1;1", "1;12", "-1;1", "1;4"})) << "everything is handed over";
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].counts_agree);
  EXPECT_EQ(results[0].reports, 2U);
  EXPECT_EQ(completes, 1);
}

TEST_F(DropCopyOnOrderEntry, ARefusalEndsTheRangeAndIsNoUnknownType) {
  bring(TargetSession::NR);
  ASSERT_TRUE(orders->request_drop_copy({"1;1", "1;9", {}}, into()));
  run();
  refuse(5);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(drop_copy_not_enabled(errors[0]));
  // Also where the program has sent a U1 of its own.
  raw->app("U2", "45=77|21003=0|");
  raw->app("U3", "45=77|21004=1|");
  EXPECT_EQ(completes, 1);
  EXPECT_EQ(rejects, 2);
  EXPECT_EQ(undecodable, 0);
}

TEST_F(DropCopyOnOrderEntry, KalshiRTResendsByItself) {
  context->make_store = [](const SessionConfig&) { return make_memory_store(); };
  bring(TargetSession::RT);
  EXPECT_EQ(orders->request_drop_copy({"1;1", "1;9", {}}, into()).error().category, ErrorCategory::config);
}

}  // namespace
}  // namespace marginfix::test
