// Order groups: which answer belongs to which request, refusals, time-outs, lost connections.
#include "fake_session.hpp"

namespace marginfix::test {
namespace {

constexpr const char* kGroupA = "11111111-1111-4111-8111-111111111111";
constexpr const char* kGroupB = "22222222-2222-4222-8222-222222222222";

class OrderGroup : public SessionTest {
 protected:
  void make(TargetSession target = TargetSession::NR, std::chrono::milliseconds timeout = std::chrono::seconds{60}) {
    SessionConfig config = config_of(SessionKind::order_entry, target);
    config.request_timeout = timeout;
    context->make_store = [](const SessionConfig&) { return make_memory_store(); };
    session = SessionFactory::order_entry(config, context);
    bring_up(*session);
  }
  OrderGroupCallback into(const std::string& name) {
    return [this, name](const Result<OrderGroupResult>& result) {
      if (result)
        answers.push_back(name + ":" + result->order_group_id);
      else
        errors.push_back({name, result.error()});
    };
  }
  OrderGroups& groups() { return session->order_groups(); }

  std::unique_ptr<OrderEntrySession> session;
  std::vector<std::string> answers;
  std::vector<std::pair<std::string, Error>> errors;
};

TEST_F(OrderGroup, CreateGivesTheIdTheExchangeMade) {
  make();
  EXPECT_TRUE(groups().create(500, into("create")));
  run();
  ASSERT_EQ(raw->sent.size(), 1U);
  EXPECT_EQ(raw->sent[0].msg_type, "UOG");
  EXPECT_NE(raw->sent[0].body.find("20131=1|"), std::string::npos);
  EXPECT_NE(raw->sent[0].body.find("20132=500|"), std::string::npos);
  raw->app("UOH", std::string("20130=") + kGroupA + "|20132=500|");
  EXPECT_EQ(answers, std::vector<std::string>{std::string("create:") + kGroupA});
  EXPECT_EQ(groups().pending(), 0U);
}

TEST_F(OrderGroup, OneCreateASubaccountIsOnItsWayAtATime) {
  make();
  EXPECT_TRUE(groups().create(500, into("one")));
  EXPECT_TRUE(groups().create(500, into("two")));
  EXPECT_TRUE(groups().create(500, into("other"), 7));
  run();
  EXPECT_EQ(raw->sent.size(), 2U);  // one for each subaccount
  raw->app("UOH", std::string("20130=") + kGroupA + "|20132=500|");
  EXPECT_EQ(raw->sent.size(), 3U);
  raw->app("UOH", std::string("20130=") + kGroupB + "|20132=500|79=7|");
  raw->app("UOH", "20130=33333333-3333-4333-8333-333333333333|20132=500|");
  EXPECT_EQ(answers, (std::vector<std::string>{std::string("one:") + kGroupA, std::string("other:") + kGroupB,
                                               "two:33333333-3333-4333-8333-333333333333"}));
}

TEST_F(OrderGroup, OtherRequestsAreMatchedByGroupIdInAnyOrder) {
  make();
  EXPECT_TRUE(groups().reset(kGroupA, into("reset")));
  EXPECT_TRUE(groups().trigger(kGroupB, into("trigger")));
  EXPECT_TRUE(groups().update(kGroupA, 9, into("update")));
  run();
  raw->app("UOH", std::string("20130=") + kGroupB + "|");
  raw->app("UOH", std::string("20130=") + kGroupA + "|");
  raw->app("UOH", std::string("20130=") + kGroupA + "|20132=9|");
  EXPECT_EQ(answers, (std::vector<std::string>{std::string("trigger:") + kGroupB, std::string("reset:") + kGroupA,
                                               std::string("update:") + kGroupA}));
}

TEST_F(OrderGroup, ARefusalIsMatchedByReferenceNumber) {
  make();
  EXPECT_TRUE(groups().reset(kGroupA, into("reset")));
  EXPECT_TRUE(groups().remove(kGroupB, into("delete")));
  run();
  raw->app("j", "45=3|372=UOG|380=1|58=ORDER_GROUP_NOT_FOUND|");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].first, "delete");
  EXPECT_EQ(errors[0].second.category, ErrorCategory::business_reject);
  EXPECT_EQ(errors[0].second.status, 1);
  EXPECT_EQ(errors[0].second.code, "ORDER_GROUP_NOT_FOUND");
  raw->admin("3", "45=2|371=20130|372=UOG|373=6|58=bad UUID|");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[1].second.category, ErrorCategory::reject);
  EXPECT_EQ(errors[1].second.tag, 20130);
}

TEST_F(OrderGroup, ARefusalWithoutReferenceGoesToTheOnlyRequestThatWaits) {
  make();
  EXPECT_TRUE(groups().reset(kGroupA, into("reset")));
  run();
  raw->app("j", "372=UOG|380=0|58=INTERNAL_ERROR|");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].first, "reset");
}

TEST_F(OrderGroup, ARefusedCreateLetsTheNextOneGo) {
  make();
  EXPECT_TRUE(groups().create(500, into("one")));
  EXPECT_TRUE(groups().create(600, into("two")));
  run();
  raw->app("j", "45=2|372=UOG|380=8|58=RATE_LIMIT|");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].second.category, ErrorCategory::rate_limit);
  EXPECT_EQ(raw->sent.size(), 2U);
}

TEST_F(OrderGroup, ValuesOutOfRangeAreRefusedAtOnce) {
  make();
  EXPECT_EQ(groups().create(0, into("zero")).error().category, ErrorCategory::codec);
  EXPECT_EQ(groups().create(1'000'001, into("many")).error().category, ErrorCategory::codec);
  EXPECT_FALSE(groups().reset("", into("none")));
  run();
  EXPECT_TRUE(raw->sent.empty());
  EXPECT_TRUE(errors.empty());
}

TEST_F(OrderGroup, WhileNotLoggedOnRequestsAreRefused) {
  make();
  raw->drop();
  EXPECT_EQ(groups().create(5, into("x")).error().category, ErrorCategory::closed);
}

TEST_F(OrderGroup, NoAnswerInTimeIsAnErrorThatSaysItMayHaveHappened) {
  make(TargetSession::NR, std::chrono::milliseconds{30});
  EXPECT_TRUE(groups().create(500, into("create")));
  EXPECT_TRUE(run_until([&] { return !errors.empty(); }));
  EXPECT_EQ(errors[0].second.category, ErrorCategory::timeout);
  EXPECT_TRUE(errors[0].second.may_have_been_sent);
  EXPECT_EQ(groups().pending(), 0U);
}

TEST_F(OrderGroup, ALateAnswerIsNotTakenForTheNextRequests) {
  make(TargetSession::NR, std::chrono::milliseconds{30});
  EXPECT_TRUE(groups().create(500, into("late")));
  EXPECT_TRUE(run_until([&] { return !errors.empty(); }));
  EXPECT_TRUE(groups().create(500, into("next")));
  run();
  raw->app("UOH", std::string("20130=") + kGroupA + "|20132=500|");  // of the first
  EXPECT_TRUE(answers.empty());
  raw->app("UOH", std::string("20130=") + kGroupB + "|20132=500|");
  EXPECT_EQ(answers, std::vector<std::string>{std::string("next:") + kGroupB});
}

TEST_F(OrderGroup, ALostConnectionEndsRequestsWithoutRetransmission) {
  make();
  EXPECT_TRUE(groups().create(500, into("sent")));
  EXPECT_TRUE(groups().create(500, into("held")));
  run();
  raw->drop();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_TRUE(errors[0].second.may_have_been_sent);
  EXPECT_FALSE(errors[1].second.may_have_been_sent);
}

TEST_F(OrderGroup, OnKalshiRtTheAnswerMayComeAfterTheReconnect) {
  make(TargetSession::RT);
  EXPECT_TRUE(groups().reset(kGroupA, into("reset")));
  run();
  raw->drop();
  EXPECT_TRUE(errors.empty());
  raw->log_on();
  raw->app("UOH", std::string("20130=") + kGroupA + "|", true);
  EXPECT_EQ(answers, std::vector<std::string>{std::string("reset:") + kGroupA});
}

TEST_F(OrderGroup, ACallbackMayAskForTheNextThing) {
  make();
  EXPECT_TRUE(groups().create(500, [this](const Result<OrderGroupResult>& created) {
    ASSERT_TRUE(created);
    EXPECT_TRUE(groups().trigger(created->order_group_id, into("trigger")));
  }));
  run();
  raw->app("UOH", std::string("20130=") + kGroupA + "|20132=500|");
  raw->app("UOH", std::string("20130=") + kGroupA + "|");
  EXPECT_EQ(answers, std::vector<std::string>{std::string("trigger:") + kGroupA});
}

}  // namespace
}  // namespace marginfix::test
