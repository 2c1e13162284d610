// The accepting session in FIX.4.2, FIX.4.4 and FIXT.1.1: handshake, sequence policies, heartbeat bounds, header fields, Rejects.
#include <chrono>

#include "sessions/quickfix/liveness.hpp"
#include "unit/sessions/wall_harness.hpp"

namespace marginfix::test {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using wall::EndCause;
using wall::ResetPolicy;

// A peer played by the test, and the session that accepts it, on manual time.
class Accepting {
 public:
  explicit Accepting(std::string begin_string, ResetPolicy policy = ResetPolicy::on_request, int daily_reset = -1) {
    plan_.begin_string = std::move(begin_string);
    plan_.sender_comp_id = "GATE";
    plan_.target_comp_id = peer_;
    plan_.initiator = false;
    plan_.keep_sequence = true;
    plan_.reset = policy;
    plan_.daily_reset = daily_reset;
    plan_.resend_age_limit = -1;
    plan_.least_heart_bt_int = 5;
    plan_.most_heart_bt_int = 60;
    plan_.time = &time;
    side = std::make_unique<Side>(plan_);
    side->connect();
  }

  void say(const std::string& type, int seq, const std::string& body = "", const std::string& more_header = "") {
    side->receive(
        framed("35=" + type + "|49=" + peer_ + "|56=GATE|34=" + std::to_string(seq) + "|" + more_header + "52=20261118-11:00:00|" + body,
               plan_.begin_string));
  }
  void log_on(int seq, const std::string& body = "", int heart_bt_int = 30) {
    say("A", seq, "98=0|108=" + std::to_string(heart_bt_int) + "|" + body + (plan_.begin_string == "FIXT.1.1" ? "1137=9|" : ""));
  }
  void reconnect() {
    side->session->disconnected();
    side->wire.clear();
    side->connect();
  }
  // The header as the session writes it, and what QuickFIX adds to its Logon.
  std::string header(const std::string& type, int seq) const {
    return "35=" + type + "|49=GATE|56=" + peer_ + "|34=" + std::to_string(seq) + "|52=T|";
  }
  std::string logon_answer(int seq, const std::string& reset = "") const {
    return "35=A|34=" + std::to_string(seq) + "|49=GATE|52=T|56=" + peer_ + "|98=0|108=30|" + reset +
           (plan_.begin_string == "FIXT.1.1" ? "1137=9|" : "");
  }
  std::vector<std::string> wire() { return side->take_wire(); }

  ManualTime time;
  std::unique_ptr<Side> side;

 private:
  std::string peer_ = fresh_key();
  wall::SessionPlan plan_;
};

class WallVersions : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, WallVersions, ::testing::Values("FIX.4.2", "FIX.4.4", "FIXT.1.1"), [](const auto& test) {
  return test.param == "FIX.4.2" ? "Fix42" : test.param == "FIX.4.4" ? "Fix44" : "Fixt11";
});

TEST_P(WallVersions, LogonTrafficAndLogout) {
  Accepting peer(GetParam());
  peer.log_on(1);
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{peer.logon_answer(1)}));
  EXPECT_TRUE(peer.side->session->logged_on());
  peer.say("D", 2, "11=a|");
  EXPECT_EQ(peer.side->apps.size(), 1u);
  ASSERT_TRUE(peer.side->app("8", "17=e|").ok);
  peer.say("1", 3, "112=ping|");
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{peer.header("8", 2) + "17=e|", peer.header("0", 3) + "112=ping|"}));
  peer.say("5", 4, "58=bye|");
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{peer.header("5", 4)}));
  ASSERT_EQ(peer.side->ends.size(), 1u);
  EXPECT_EQ(peer.side->ends[0].cause, EndCause::logout_by_peer);
  EXPECT_EQ(peer.side->outbound, (std::vector<std::string>{"A 1", "8 2", "0 3", "5 4"}));
}

TEST_P(WallVersions, ResendAcrossAReconnectInBothDirections) {
  Accepting peer(GetParam());
  peer.log_on(1);
  ASSERT_TRUE(peer.side->app("8", "17=1|").ok);
  peer.reconnect();
  ASSERT_TRUE(peer.side->app("8", "17=2|").ok) << "kept while the peer is away";
  peer.log_on(3);  // 2 was lost on the way
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{peer.logon_answer(4), peer.header("2", 5) + "7=2|16=0|"}));
  peer.say("2", 4, "7=2|16=0|");
  const std::vector<std::string> again{"35=8|49=GATE|56=" + peer.side->plan.target_comp_id + "|34=2|43=Y|52=T|122=T|17=1|",
                                       "35=8|49=GATE|56=" + peer.side->plan.target_comp_id + "|34=3|43=Y|52=T|122=T|17=2|",
                                       "35=4|49=GATE|56=" + peer.side->plan.target_comp_id + "|34=4|43=Y|52=T|122=T|36=6|123=Y|"};
  EXPECT_EQ(peer.wire(), again);
  peer.say("D", 2, "11=late|", "43=Y|");
  EXPECT_EQ(peer.side->apps.size(), 1u);
  EXPECT_EQ(peer.side->session->next_target_seq(), 5) << "the Logon and the ResendRequest above the gap count";
}

TEST_P(WallVersions, AnotherVersionOnTheConnectionEndsIt) {
  Accepting peer(GetParam());
  peer.log_on(1);
  peer.side->receive(framed("35=0|34=2|", "FIX.4.3"));
  ASSERT_EQ(peer.side->ends.size(), 1u);
  EXPECT_EQ(peer.side->ends[0].cause, EndCause::protocol_error);
}

TEST_P(WallVersions, HeaderFieldsGoOutAndComeAgain) {
  Accepting peer(GetParam());
  peer.log_on(1);
  peer.wire();
  wall::AppHeader fields;
  fields.sender_sub_id = "desk";
  fields.target_sub_id = "trader";
  fields.on_behalf_of_comp_id = "EXCH";
  fields.deliver_to_comp_id = "FUND";
  fields.poss_resend = true;
  const std::string body = wired("17=e|");
  ASSERT_TRUE(peer.side->session->send_with_header("8", body.data(), body.size(), fields).ok);
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{peer.header("8", 2) + "50=desk|57=trader|97=Y|115=EXCH|128=FUND|17=e|"}));
  EXPECT_EQ(peer.side->outbound.back(), "8 2 again");
  peer.say("2", 2, "7=2|16=2|");
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{"35=8|49=GATE|56=" + peer.side->plan.target_comp_id +
                                                   "|34=2|43=Y|52=T|122=T|50=desk|57=trader|97=Y|115=EXCH|128=FUND|17=e|"}));
  fields.deliver_to_comp_id = wired("a|58=forged");
  const auto refused = peer.side->session->send_with_header("8", body.data(), body.size(), fields);
  EXPECT_FALSE(refused.ok);
  EXPECT_TRUE(refused.unfit);
  EXPECT_EQ(peer.side->session->next_sender_seq(), 3);
}

TEST(WallVersion, RejectReasonsAreThoseOfTheVersion) {
  const auto reject = [](const std::string& version, int reason) {
    Accepting peer(version);
    peer.log_on(1);
    peer.wire();
    peer.side->session->send_reject(2, 44, "D", reason, "no");
    const std::string sent = peer.wire().at(0);
    return sent.substr(sent.find("|45=") + 1);
  };
  EXPECT_EQ(reject("FIX.4.2", 11), "45=2|58=no|371=44|372=D|373=11|");
  EXPECT_EQ(reject("FIX.4.2", 13), "45=2|58=no|371=44|372=D|") << "no such value, and no Other";
  EXPECT_EQ(reject("FIX.4.2", 99), "45=2|58=no|371=44|372=D|");
  EXPECT_EQ(reject("FIX.4.4", 17), "45=2|58=no|371=44|372=D|373=17|");
  EXPECT_EQ(reject("FIX.4.4", 18), "45=2|58=no|371=44|372=D|373=99|");
  EXPECT_EQ(reject("FIXT.1.1", 18), "45=2|58=no|371=44|372=D|373=18|");
  EXPECT_EQ(reject("FIXT.1.1", 99), "45=2|58=no|371=44|372=D|373=99|");
}

TEST(WallVersion, OthersAreRefused) {
  wall::SessionPlan plan = server_plan(fresh_key(), true);
  plan.begin_string = "FIX.4.0";
  EXPECT_THROW(Side{plan}, std::runtime_error);
}

TEST(WallVersion, OnePeerMayHaveASessionInEach) {
  wall::SessionPlan plan = server_plan(fresh_key(), true);
  const Side fixt(plan);
  plan.begin_string = "FIX.4.4";
  EXPECT_NO_THROW(Side{plan});
  EXPECT_THROW(Side(fixt.plan), std::runtime_error);
}

// The Logout that answers a Logon; empty when there was none.
std::string refusal_of(Accepting& peer) {
  const auto sent = peer.wire();
  return sent.size() == 1 && value_of(sent[0], 35) == "5" ? value_of(sent[0], 58) : "";
}

TEST(WallPolicy, KeptNumbersAreNotReset) {
  Accepting peer("FIX.4.4", ResetPolicy::refused);
  peer.log_on(1);
  peer.say("0", 2);
  peer.reconnect();
  peer.log_on(1, "141=Y|");
  EXPECT_EQ(refusal_of(peer), "ResetSeqNumFlag(141)=Y is not accepted: this session keeps its numbers, the next one expected is 3");
  EXPECT_FALSE(peer.side->session->logged_on());
  peer.reconnect();
  peer.log_on(3);
  EXPECT_TRUE(peer.side->session->logged_on());
  EXPECT_TRUE(peer.side->log.back().starts_with("logon"));
}

TEST(WallPolicy, AResetOnRequestIsTold) {
  Accepting peer("FIX.4.2");
  peer.log_on(1, "141=Y|");
  EXPECT_EQ(peer.side->log, (std::vector<std::string>{"logon 1"})) << "nothing was reset";
  ASSERT_TRUE(peer.side->app("8", "17=1|").ok);
  peer.reconnect();
  peer.log_on(1, "141=Y|");
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{peer.logon_answer(1, "141=Y|")}));
  EXPECT_EQ(peer.side->log, (std::vector<std::string>{"logon 1", "reset by Logon", "logon 1"}));
  EXPECT_EQ(peer.side->session->next_sender_seq(), 2);
}

TEST(WallPolicy, AResetAtEachLogonIsRequiredAndNothingIsKeptForTheAbsent) {
  Accepting peer("FIX.4.4", ResetPolicy::required);
  EXPECT_FALSE(peer.side->app("8", "17=0|").ok);
  peer.log_on(1);
  EXPECT_EQ(refusal_of(peer), "ResetSeqNumFlag(141)=Y required");
  peer.reconnect();
  peer.log_on(1, "141=Y|");
  ASSERT_TRUE(peer.side->app("8", "17=1|").ok);
  peer.wire();
  peer.say("2", 2, "7=2|16=0|");
  EXPECT_EQ(value_of(peer.wire().at(0), 17), "1") << "retransmission works within the connection";
  peer.reconnect();
  EXPECT_FALSE(peer.side->app("8", "17=2|").ok) << "the next Logon would lose it";
}

TEST(WallPolicy, HeartbeatsHaveBounds) {
  for (const int asked : {0, 4, 61, 86400}) {
    Accepting peer("FIX.4.4");
    peer.log_on(1, "", asked);
    EXPECT_EQ(refusal_of(peer), "HeartBtInt(108) must be between 5 and 60 seconds") << asked;
  }
  for (const int asked : {5, 60}) {
    Accepting peer("FIX.4.4");
    peer.log_on(1, "", asked);
    EXPECT_TRUE(peer.side->session->logged_on()) << asked;
  }
}

TEST(WallPolicy, AnEncryptedLogonIsRefused) {
  Accepting peer("FIX.4.2");
  peer.say("A", 1, "98=2|108=30|");
  EXPECT_EQ(refusal_of(peer), "EncryptMethod(98) must be 0");
}

// Manual time begins at 11:06:40 UTC.
constexpr int kFivePm = 17 * 3600;

TEST(WallDay, ItsEndLogsThePeerOutAndBothSidesBeginAtOne) {
  Accepting peer("FIX.4.4", ResetPolicy::refused, kFivePm);
  peer.log_on(1, "", 60);
  ASSERT_TRUE(peer.side->app("8", "17=1|").ok);
  peer.time.pass(hours(5));
  peer.say("0", 2);
  peer.side->session->tick();
  peer.wire();
  EXPECT_TRUE(peer.side->session->logged_on()) << "16:06";
  peer.time.pass(std::chrono::minutes(54));
  peer.say("0", 3);
  peer.side->session->tick();
  const auto sent = peer.wire();
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(value_of(sent[0], 58), "the day of this session is over: log on again, both sides begin at 1");
  EXPECT_FALSE(peer.side->app("8", "17=2|").ok) << "between two days";
  peer.say("5", 4);
  peer.side->session->disconnected();
  ASSERT_TRUE(peer.side->app("8", "17=3|").ok);
  EXPECT_EQ(peer.side->session->next_sender_seq(), 2) << "the new day's first message";
  EXPECT_EQ(peer.side->log.back(), "reset by the day");
  peer.side->connect();
  peer.log_on(1);
  EXPECT_TRUE(peer.side->session->logged_on());
  EXPECT_EQ(peer.side->session->next_target_seq(), 2);
}

TEST(WallDay, ALogonAfterItBeginsAtOneAlthoughNobodyWasThere) {
  Accepting peer("FIXT.1.1", ResetPolicy::on_request, kFivePm);
  peer.log_on(1);
  peer.say("0", 2);
  peer.side->session->disconnected();
  peer.time.pass(hours(24 * 3));
  peer.wire();
  peer.side->connect();
  peer.log_on(1);
  EXPECT_EQ(peer.wire(), (std::vector<std::string>{peer.logon_answer(1)}));
  EXPECT_EQ(peer.side->log, (std::vector<std::string>{"logon 1", "reset by the day", "logon 1"}));
  peer.reconnect();
  peer.log_on(2);
  EXPECT_TRUE(peer.side->session->logged_on()) << "once a day";
}

// A store in memory whose clock is the test's, and which outlives a run of the process.
class TimedStore final : public MessageStore {
 public:
  TimedStore(const ManualTime& time, MessageStore& inner, std::int64_t& created_at) : time_(time), inner_(inner), created_at_(created_at) {}
  std::int64_t next_sender_seq() const override { return inner_.next_sender_seq(); }
  std::int64_t next_target_seq() const override { return inner_.next_target_seq(); }
  void set_next_sender_seq(std::int64_t seq) override { inner_.set_next_sender_seq(seq); }
  void set_next_target_seq(std::int64_t seq) override { inner_.set_next_target_seq(seq); }
  void append_sent(std::int64_t seq, const char* data, std::size_t size) override { inner_.append_sent(seq, data, size); }
  std::vector<StoredMessage> sent(std::int64_t begin, std::int64_t end) const override { return inner_.sent(begin, end); }
  void reset() override {
    inner_.reset();
    created_at_ = std::chrono::duration_cast<seconds>(time_.wall()).count();
  }
  std::int64_t created_at() const override { return created_at_; }

 private:
  const ManualTime& time_;
  MessageStore& inner_;
  std::int64_t& created_at_;
};

// The store was made days before the first message: what counts for a later run of the process is when the day of these numbers began.
TEST(WallDay, ALaterRunOfTheSameDayKeepsWhatIsStored) {
  ManualTime time;
  const auto inner = make_memory_store();
  std::int64_t created_at = std::chrono::duration_cast<seconds>(time.wall()).count();
  wall::SessionPlan plan;
  plan.begin_string = "FIX.4.4";
  plan.sender_comp_id = "GATE";
  plan.target_comp_id = "DESK";
  plan.initiator = false;
  plan.keep_sequence = true;
  plan.daily_reset = kFivePm;
  plan.time = &time;
  {
    Side first(plan, std::make_unique<TimedStore>(time, *inner, created_at));
    time.pass(hours(24 * 3));
    ASSERT_TRUE(first.app("8", "17=1|").ok) << "the first message of a day that began meanwhile";
  }
  time.pass(hours(1));
  Side second(plan, std::make_unique<TimedStore>(time, *inner, created_at));
  ASSERT_TRUE(second.app("8", "17=2|").ok);
  EXPECT_EQ(second.session->next_sender_seq(), 3);
  EXPECT_EQ(inner->sent(1, 0).size(), 2u);
}

TEST(WallProbe, ADeadPeerIsFoundWithoutWaitingForItsHeartbeats) {
  Accepting peer("FIX.4.4");
  peer.log_on(1, "", 10);
  peer.time.pass(seconds(9));
  peer.side->session->probe();
  EXPECT_EQ(value_of(peer.wire().back(), 35), "1");
  peer.time.pass(seconds(11));
  peer.side->session->tick();
  EXPECT_TRUE(peer.side->session->logged_on()) << "1.2 intervals for the answer";
  peer.time.pass(seconds(2));
  peer.side->session->tick();
  ASSERT_EQ(peer.side->ends.size(), 1u);
  EXPECT_EQ(peer.side->ends[0].cause, EndCause::heartbeat_timeout);
}

// A client that finds its own dead connection in the way tries again and again, and is probed for each time.
TEST(WallProbe, AskingAgainDoesNotKeepTheDeadAlive) {
  Accepting peer("FIX.4.4");
  peer.log_on(1, "", 30);
  for (int tries = 0; tries < 2; ++tries) {
    peer.side->session->probe();
    peer.time.pass(seconds(20));
    peer.side->session->tick();
  }
  ASSERT_EQ(peer.side->ends.size(), 1u) << "36 s after the first question";
  EXPECT_EQ(peer.side->ends[0].cause, EndCause::heartbeat_timeout);
}

TEST(WallProbe, EndsASessionWithoutHeartbeatsToo) {
  wall::Liveness alive;
  alive.start(wall::Liveness::Time(0), seconds(0));
  EXPECT_TRUE(alive.check(hours(5)) == wall::Liveness::Due::nothing);
  alive.probe(hours(5));
  EXPECT_TRUE(alive.check(hours(5) + seconds(29)) == wall::Liveness::Due::nothing);
  EXPECT_TRUE(alive.check(hours(5) + seconds(30)) == wall::Liveness::Due::dead);
}

TEST(WallProbe, AnAnswerKeepsTheSession) {
  Accepting peer("FIX.4.4");
  peer.log_on(1, "", 10);
  peer.side->session->probe();
  peer.say("0", 2, "112=TEST|");
  peer.time.pass(seconds(11));
  peer.side->session->tick();
  peer.say("0", 3);
  peer.side->session->tick();
  EXPECT_TRUE(peer.side->session->logged_on());
}

}  // namespace
}  // namespace marginfix::test
