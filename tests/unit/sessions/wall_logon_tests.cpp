// Logon, Logout and the ways a connection ends, byte for byte, on both roles of the wall.
#include "support/failing_store.hpp"
#include "unit/sessions/wall_harness.hpp"

namespace marginfix::test {
namespace {

using wall::EndCause;

TEST(WallLogon, InitiatorSendsSignedLogonWithOptions) {
  const std::string key = fresh_key();
  auto plan = client_plan(key, false);
  plan.logon_fields = {{8013, "Y"}, {21011, "N"}};
  plan.timestamp_digits = 6;
  Side client(plan);
  client.connect();
  ASSERT_EQ(client.wire.size(), 1u);
  const std::string logon = piped(client.wire.front());
  EXPECT_EQ(essence(client.wire.front()),
            "35=A|34=1|49=" + key + "|52=T|56=KalshiNR|95=12|96=c2lnbmF0dXJl|98=0|108=30|141=Y|1137=9|8013=Y|21011=N|");
  EXPECT_EQ(client.signed_text,
            value_of(logon, 52) + "|A|" + value_of(logon, 34) + "|" + value_of(logon, 49) + "|" + value_of(logon, 56) + "|");
  EXPECT_EQ(value_of(logon, 52).size(), std::string("20260101-00:00:00.123456").size());
  EXPECT_FALSE(client.session->logged_on());
  EXPECT_TRUE(client.session->connected());
}

TEST(WallLogon, BackToBackLogsOnAndCarriesApplicationMessages) {
  Pair pair(false);
  pair.connect();
  ASSERT_TRUE(pair.client.session->logged_on());
  ASSERT_TRUE(pair.server.session->logged_on());
  EXPECT_EQ(pair.client.logons, 1);
  EXPECT_EQ(pair.server.logons, 1);
  const auto sent = pair.client.app("D", "11=a|38=10|40=2|44=1.5|54=1|55=BTC-PERP|", "op1");
  EXPECT_TRUE(sent.ok);
  EXPECT_EQ(sent.seq, 2);
  EXPECT_TRUE(pair.server.app("8", "11=a|17=1;1|136=1|137=0.1|138=USD|139=4|891=0|").ok);
  pair.pump();
  ASSERT_EQ(pair.server.apps.size(), 1u);
  EXPECT_EQ(essence(pair.server.apps[0].bytes),
            "35=D|49=" + pair.key + "|56=KalshiNR|34=2|52=T|50=op1|11=a|38=10|40=2|44=1.5|54=1|55=BTC-PERP|");
  EXPECT_EQ(pair.server.apps[0].msg_type, "D");
  ASSERT_EQ(pair.client.apps.size(), 1u);
  EXPECT_EQ(pair.client.apps[0].seq, 2);
  EXPECT_EQ(pair.client.session->next_sender_seq(), 3);
  EXPECT_EQ(pair.client.session->next_target_seq(), 3);
  EXPECT_EQ(pair.client.session->statistics().messages_out, 2);
  EXPECT_EQ(pair.client.session->statistics().messages_in, 2);
  EXPECT_EQ(pair.client.sent.size(), 2u);
}

TEST(WallLogon, AcceptorAnswersWithResetFlagAndHeartbeatOfTheRequest) {
  const std::string key = fresh_key();
  Side server(server_plan(key, false));
  server.connect();
  server.receive(framed("35=A|34=1|49=" + key + "|52=20260101-00:00:00.000|56=KalshiNR|95=3|96=a|b|98=0|108=17|141=Y|1137=9|"));
  EXPECT_EQ(server.take_wire(), std::vector<std::string>{"35=A|34=1|49=KalshiNR|52=T|56=" + key + "|98=0|108=17|141=Y|1137=9|"});
  EXPECT_TRUE(server.session->logged_on());
}

TEST(WallLogon, LogonOfNewKeptSessionCarriesNoResetFlag) {
  Pair pair(true);
  pair.server.connect();
  pair.client.connect();
  EXPECT_EQ(value_of(piped(pair.client.wire.front()), 141), "");
  EXPECT_EQ(value_of(piped(pair.client.wire.front()), 34), "1");
  pair.pump();
  EXPECT_TRUE(pair.client.session->logged_on());
}

// A client that has sent its Logon; the test plays the exchange by hand.
struct Alone {
  explicit Alone(bool keep, std::int64_t expected = 1)
      : key(fresh_key()), exchange(keep ? "KalshiRT" : "KalshiNR"), client(client_plan(key, keep)) {
    if (expected != 1) client.store->set_next_target_seq(expected);
    client.connect();
    client.wire.clear();
  }
  std::string from_exchange(const std::string& type, int seq, const std::string& rest) const {
    return framed("35=" + type + "|34=" + std::to_string(seq) + "|49=" + exchange + "|52=20260101-00:00:00.000|56=" + key + "|" + rest);
  }
  void end(EndCause cause) {
    ASSERT_EQ(client.ends.size(), 1u);
    EXPECT_EQ(client.ends[0].cause, cause) << client.ends[0].text;
    EXPECT_EQ(client.closes, 1);
    EXPECT_FALSE(client.session->connected());
    EXPECT_FALSE(client.session->logged_on());
  }
  std::string key, exchange;
  Side client;
};

TEST(WallLogon, LogoutInAnswerIsARefusalWithItsText) {
  Alone alone(false);
  alone.client.receive(alone.from_exchange("5", 1, "58=already exists|"));
  alone.end(EndCause::logon_refused);
  EXPECT_EQ(alone.client.ends[0].text, "already exists");
  EXPECT_TRUE(alone.client.wire.empty()) << "a refusal is not answered";
  ASSERT_EQ(alone.client.admins.size(), 1u);
  EXPECT_EQ(alone.client.admins[0].msg_type, "5");
}

TEST(WallLogon, RejectInAnswerIsARefusalWithItsReason) {
  Alone alone(true);
  alone.client.receive(alone.from_exchange("3", 1, "45=1|58=SendingTime accuracy problem|371=52|372=A|373=10|"));
  alone.end(EndCause::logon_refused);
  EXPECT_EQ(alone.client.ends[0].code, 10);
  EXPECT_EQ(alone.client.session->next_target_seq(), 1) << "the number of a refusal is not counted";
  EXPECT_EQ(alone.client.session->next_sender_seq(), 2) << "the number of a Logon that left is used up";
}

// Nothing the exchange sends is dropped, whatever it is and however early it comes.
TEST(WallLogon, WhateverComesBeforeTheLogonIsHandedOverAndItsTextEndsTheConnection) {
  for (const bool keep : {false, true}) {
    for (const std::string type : {"j", "8", "W", "B", "U3", "0", "1", "2", "4", "3", "5"}) {
      Alone alone(keep);
      const std::string bytes = alone.from_exchange(type, 1, "45=1|58=account not approved|380=6|");
      alone.client.receive(bytes);
      alone.end(EndCause::logon_refused);
      EXPECT_EQ(alone.client.ends[0].text, "account not approved") << type;
      EXPECT_EQ(alone.client.ends[0].code, type == "j" ? 6 : 0) << type;
      const bool admin = type.find_first_of("012345") == 0;
      const auto& got = admin ? alone.client.admins : alone.client.apps;
      ASSERT_EQ(got.size(), 1u) << type;
      EXPECT_EQ(got[0].bytes, bytes);
      EXPECT_TRUE(got[0].before_logon);
      EXPECT_EQ(alone.client.session->next_target_seq(), 1) << "what came before the session is not counted";
    }
  }
}

TEST(WallLogon, AHandlerThatThrowsOnAnEarlyMessageStillEndsTheConnection) {
  Alone alone(false);
  alone.client.when_app = [](const Seen&) { throw std::runtime_error("handler"); };
  EXPECT_THROW(alone.client.receive(alone.from_exchange("8", 1, "17=1;1|")), std::runtime_error);
  alone.end(EndCause::logon_refused);
}

// A gateway that cannot place a Logon may not fill the header in either.
TEST(WallLogon, AMessageForSomebodyElseIsKeptForTheRecordWithItsWords) {
  Alone alone(false);
  const std::string bytes = framed("35=5|34=1|49=KalshiNR|52=20260101-00:00:00.000|56=nobody|58=unknown key|");
  alone.client.receive(bytes);
  alone.end(EndCause::comp_id_mismatch);
  EXPECT_NE(alone.client.ends[0].text.find("unknown key"), std::string::npos);
  ASSERT_EQ(alone.client.strays.size(), 1u);
  EXPECT_EQ(alone.client.strays[0].bytes, bytes);
  EXPECT_TRUE(alone.client.apps.empty());
}

TEST(WallLogon, RefusalForALowNumberOnAKeptSessionIsSequenceTooLow) {
  Alone alone(true);
  alone.client.receive(alone.from_exchange("5", 9, "58=MsgSeqNum too low, expecting 7 but received 1|"));
  alone.end(EndCause::sequence_too_low);
}

TEST(WallLogon, UnsignedLogonNeverLeavesAndItsNumberStaysFree) {
  const std::string key = fresh_key();
  Side client(client_plan(key, true));
  client.store->set_next_sender_seq(5);
  client.signing_error = "no key";
  client.connect();
  EXPECT_TRUE(client.wire.empty());
  ASSERT_EQ(client.ends.size(), 1u);
  EXPECT_EQ(client.ends[0].cause, EndCause::logon_refused);
  EXPECT_EQ(client.ends[0].text, "no key");
  EXPECT_EQ(client.session->next_sender_seq(), 5);
}

TEST(WallLogon, AnswerWithTooHighANumberEndsASessionWithoutRetransmission) {
  Alone alone(false);
  alone.client.receive(alone.from_exchange("A", 2, "98=0|108=30|141=Y|1137=9|"));
  alone.end(EndCause::sequence_gap);
}

TEST(WallLogon, AnswerWithTooLowANumberEndsAKeptSession) {
  Alone alone(true, 7);
  alone.client.receive(alone.from_exchange("A", 3, "98=0|108=30|1137=9|"));
  alone.end(EndCause::sequence_too_low);
  EXPECT_EQ(alone.client.take_wire(),
            std::vector<std::string>{"35=5|49=" + alone.key + "|56=KalshiRT|34=2|52=T|58=MsgSeqNum too low, expecting 7 but received 3|"});
  EXPECT_EQ(alone.client.session->next_target_seq(), 7);
}

TEST(WallLogon, UnaskedResetOfAKeptSessionIsNotFollowed) {
  Alone alone(true, 7);
  alone.client.receive(alone.from_exchange("A", 1, "98=0|108=30|141=Y|1137=9|"));
  alone.end(EndCause::sequence_too_low);
  EXPECT_EQ(alone.client.session->next_target_seq(), 7);
  EXPECT_EQ(alone.client.session->next_sender_seq(), 2);
}

TEST(WallLogon, AReportBeforeTheAnswerEndsTheConnectionAndIsHandedOver) {
  Alone alone(false);
  alone.client.receive(alone.from_exchange("8", 1, "11=a|"));
  alone.end(EndCause::logon_refused);
  EXPECT_EQ(alone.client.apps.size(), 1u);
  EXPECT_EQ(alone.client.logons, 0);
}

TEST(WallLogon, NoAnswerInTimeEndsTheConnection) {
  auto plan = client_plan(fresh_key(), false);
  plan.logon_timeout = 0;
  Side client(plan);
  client.connect();
  client.session->tick();
  ASSERT_EQ(client.ends.size(), 1u);
  EXPECT_EQ(client.ends[0].cause, EndCause::logon_timeout);
}

TEST(WallLogon, BothNamesOfTheExchangeAreAccepted) {
  Alone alone(false);
  alone.exchange = "Kalshi";
  alone.client.receive(alone.from_exchange("A", 1, "98=0|108=30|141=Y|1137=9|"));
  EXPECT_TRUE(alone.client.session->logged_on());
  alone.client.receive(alone.from_exchange("8", 2, "11=a|"));
  EXPECT_EQ(alone.client.apps.size(), 1u);
}

TEST(WallLogon, StrangersAndMessagesForOthersAreRefused) {
  for (const bool wrong_sender : {true, false}) {
    Alone alone(false);
    (wrong_sender ? alone.exchange : alone.key) = "stranger";
    alone.client.receive(alone.from_exchange("A", 1, "98=0|108=30|141=Y|1137=9|"));
    alone.end(EndCause::comp_id_mismatch);
    EXPECT_NE(alone.client.ends[0].text.find("stranger"), std::string::npos);
  }
}

TEST(WallLogon, OnePairOfNamesHasOneSessionInAProcess) {
  const std::string key = fresh_key();
  Side first(client_plan(key, false));
  EXPECT_THROW(Side second(client_plan(key, false)), std::runtime_error);
  EXPECT_NO_THROW(Side other_target(client_plan(key, true)));
  EXPECT_NO_THROW(Side mirrored(server_plan(key, false)));
}

TEST(WallLogon, NameIsFreeAgainWhenItsSessionIsGone) {
  const std::string key = fresh_key();
  { Side first(client_plan(key, false)); }
  Side again(client_plan(key, false));
  again.connect();
  EXPECT_EQ(again.wire.size(), 1u);
}

TEST(WallLogon, PlansThatMakeNoSenseAreRefused) {
  auto plan = client_plan(fresh_key(), false);
  plan.logon_fields = {{141, "Y"}};
  EXPECT_THROW(Side{plan}, std::runtime_error);
  plan = client_plan(fresh_key(), false);
  plan.heart_bt_int = 0;
  EXPECT_THROW(Side{plan}, std::runtime_error);
  plan = client_plan("", false);
  EXPECT_THROW(Side{plan}, std::runtime_error);
}

TEST(WallLogon, ResetOnceResetsOneLogonOnly) {
  const std::string key = fresh_key();
  auto plan = client_plan(key, true);
  plan.reset_once = true;
  Side client(plan);
  Side server(server_plan(key, true));
  client.store->set_next_sender_seq(50);
  client.store->set_next_target_seq(60);
  server.store->set_next_sender_seq(70);
  server.store->append_sent(70, "x", 1);
  server.connect();
  client.connect();
  EXPECT_EQ(value_of(piped(client.wire.front()), 141), "Y");
  EXPECT_EQ(value_of(piped(client.wire.front()), 34), "1");
  EXPECT_EQ(client.signed_text.substr(client.signed_text.find("|A|")), "|A|1|" + key + "|KalshiRT|");
  Pair::move(client, server);
  Pair::move(server, client);
  ASSERT_TRUE(client.session->logged_on());
  EXPECT_EQ(client.session->next_sender_seq(), 2);
  EXPECT_EQ(server.session->next_sender_seq(), 2);
  EXPECT_TRUE(server.store->sent(1, 0).empty());
  client.session->disconnected();
  server.session->disconnected();
  server.connect();
  client.connect();
  EXPECT_EQ(value_of(piped(client.wire.front()), 141), "");
  EXPECT_EQ(value_of(piped(client.wire.front()), 34), "2");
  client.session->disconnected();
  client.wire.clear();
  client.session->reset_once();
  client.connect();
  EXPECT_EQ(value_of(piped(client.wire.front()), 141), "Y");
}

TEST(WallLogon, SessionWithoutRetransmissionBeginsAnewEachTime) {
  Pair pair(false);
  for (int round = 0; round < 3; ++round) {
    pair.connect();
    ASSERT_TRUE(pair.client.session->logged_on());
    EXPECT_EQ(pair.client.session->next_sender_seq(), 2);
    EXPECT_TRUE(pair.client.app("D", "11=a|").ok);
    EXPECT_TRUE(pair.server.app("8", "11=a|").ok);
    pair.pump();
    pair.cut();
  }
  EXPECT_EQ(pair.client.apps.size(), 3u);
  EXPECT_EQ(pair.server.apps.size(), 3u);
  EXPECT_TRUE(pair.client.ends.empty());
}

TEST(WallLogon, AcceptorRefusesWhatItsSessionCannotKeep) {
  const std::string key = fresh_key();
  const std::string head = "|49=" + key + "|52=20260101-00:00:00.000|56=KalshiNR|98=0|";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"35=A|34=1" + head + "108=30|1137=9|", "ResetSeqNumFlag(141)=Y required"},
      {"35=A|34=4" + head + "108=30|141=Y|1137=9|", "MsgSeqNum(34) must be 1 with ResetSeqNumFlag(141)=Y"},
      {"35=A|34=1" + head + "141=Y|1137=9|", "HeartBtInt(108) missing or no number"},
      {"35=A|34=1" + head + "108=x|141=Y|1137=9|", "HeartBtInt(108) missing or no number"},
  };
  for (const auto& [logon, text] : cases) {
    Side server(server_plan(key, false));
    server.connect();
    server.receive(framed(logon));
    ASSERT_EQ(server.wire.size(), 1u) << logon;
    EXPECT_EQ(value_of(piped(server.wire[0]), 35), "5");
    EXPECT_EQ(value_of(piped(server.wire[0]), 58), text);
    ASSERT_EQ(server.ends.size(), 1u);
    EXPECT_EQ(server.ends[0].cause, EndCause::protocol_error);
    EXPECT_FALSE(server.session->logged_on());
  }
}

TEST(WallLogout, OursIsAnsweredAndEndsBothSides) {
  Pair pair(false);
  pair.connect();
  pair.client.session->logout("good night");
  EXPECT_FALSE(pair.client.app("D", "11=a|").ok) << "nothing may follow a Logout";
  pair.pump();
  ASSERT_EQ(pair.client.ends.size(), 1u);
  EXPECT_EQ(pair.client.ends[0].cause, EndCause::logout_done);
  ASSERT_EQ(pair.server.ends.size(), 1u);
  EXPECT_EQ(pair.server.ends[0].cause, EndCause::logout_by_peer);
  EXPECT_EQ(pair.server.ends[0].text, "good night");
  EXPECT_EQ(pair.client.sent.back(), "35=5|49=" + pair.key + "|56=KalshiNR|34=2|52=T|58=good night|");
  EXPECT_EQ(pair.server.sent.back(), "35=5|49=KalshiNR|56=" + pair.key + "|34=2|52=T|");
  EXPECT_EQ(pair.client.closes, 1);
  EXPECT_EQ(pair.server.closes, 1);
}

TEST(WallLogout, MessagesAheadOfTheAnswerAreStillDelivered) {
  Pair pair(true);
  pair.connect();
  ASSERT_TRUE(pair.server.app("8", "11=late|").ok);
  pair.client.session->logout("");
  pair.pump();
  ASSERT_EQ(pair.client.apps.size(), 1u);
  EXPECT_EQ(pair.client.ends[0].cause, EndCause::logout_done);
  EXPECT_EQ(pair.client.session->next_target_seq(), 4) << "Logon, report and Logout are counted";
  EXPECT_EQ(pair.client.session->next_sender_seq(), 3);
}

TEST(WallLogout, WithoutAnswerTheConnectionEndsAllTheSame) {
  const std::string key = fresh_key();
  auto plan = client_plan(key, false);
  plan.logout_timeout = 0;
  Side client(plan);
  client.connect();
  client.receive(framed("35=A|34=1|49=KalshiNR|52=20260101-00:00:00.000|56=" + key + "|98=0|108=30|141=Y|1137=9|"));
  ASSERT_TRUE(client.session->logged_on());
  client.session->logout("bye");
  client.session->tick();
  ASSERT_EQ(client.ends.size(), 1u);
  EXPECT_EQ(client.ends[0].cause, EndCause::logout_timeout);
}

TEST(WallLogout, BeforeTheAnswerToLogonItJustCloses) {
  Alone alone(false);
  alone.client.session->logout("never mind");
  alone.end(EndCause::logout_done);
  EXPECT_TRUE(alone.client.wire.empty());
}

TEST(WallLogout, SessionCanConnectAgainFromWithinOnEndAndAfterwards) {
  Pair pair(true);
  pair.connect();
  pair.client.session->logout("");
  pair.pump();
  pair.cut();
  pair.connect();
  EXPECT_TRUE(pair.client.session->logged_on());
  EXPECT_EQ(pair.client.session->next_sender_seq(), 4);
  EXPECT_TRUE(pair.client.app("D", "11=b|").ok);
  pair.pump();
  EXPECT_EQ(pair.server.apps.size(), 1u);
}

TEST(WallSend, RefusedWhileNotLoggedOnWithoutANumber) {
  Pair pair(true);
  const auto before = pair.client.app("D", "11=a|");
  EXPECT_FALSE(before.ok);
  EXPECT_FALSE(before.store_failed);
  EXPECT_EQ(before.seq, 0);
  EXPECT_EQ(pair.client.session->next_sender_seq(), 1);
  pair.connect();
  pair.cut();
  EXPECT_FALSE(pair.client.app("D", "11=a|").ok);
  EXPECT_EQ(pair.client.session->next_sender_seq(), 2);
  EXPECT_TRUE(pair.client.store->sent(1, 0).empty());
}

TEST(WallSend, NoApplicationMessageIsNoApplicationMessage) {
  Pair pair(false);
  pair.connect();
  EXPECT_FALSE(pair.client.app("5", "58=x|").ok);
  EXPECT_FALSE(pair.client.app("", "58=x|").ok);
  EXPECT_FALSE(pair.client.app("D", "11=no end").ok);
  EXPECT_FALSE(pair.client.app("D", "11=a|", wired("op|11=b")).ok);
  EXPECT_TRUE(pair.client.app("D", "").ok) << "an empty body is a message";
  EXPECT_EQ(pair.client.session->next_sender_seq(), 3);
}

// The store fails at each point where the wall writes to it; nothing may leave then.
TEST(WallSend, NothingLeavesWhenTheStoreFails) {
  const std::string key = fresh_key();
  auto owned = std::make_unique<FailingStore>();
  FailingStore& store = *owned;
  Side client(client_plan(key, true), std::move(owned));
  int seq = 1;
  const auto answer = [&] {
    client.receive(framed("35=A|34=" + std::to_string(seq++) + "|49=KalshiRT|52=20260101-00:00:00.000|56=" + key + "|98=0|108=30|1137=9|"));
  };
  const std::vector<std::function<void()>> writes = {
      [&] {
        const auto outcome = client.app("D", "11=a|");
        EXPECT_FALSE(outcome.ok);
        EXPECT_TRUE(outcome.store_failed);
      },
      [&] {
        const auto outcome = client.session->send_reject(1, 58, "8", 5, "no");
        EXPECT_FALSE(outcome.ok);
        EXPECT_TRUE(outcome.store_failed);
      },
      [&] { client.session->send_test_request("t"); },
      [&] { client.session->logout("bye"); },
      [&] { client.receive(framed("35=1|34=" + std::to_string(seq) + "|49=KalshiRT|52=20260101-00:00:00.000|56=" + key + "|112=x|")); },
      [&] { client.receive(framed("35=0|34=" + std::to_string(seq) + "|49=KalshiRT|52=20260101-00:00:00.000|56=" + key + "|")); },
  };
  for (std::size_t i = 0; i < writes.size(); ++i) {
    store.full = false;
    client.connect();
    answer();
    ASSERT_TRUE(client.session->logged_on()) << i;
    client.wire.clear();
    client.ends.clear();
    store.full = true;
    writes[i]();
    EXPECT_TRUE(client.wire.empty()) << i;
    ASSERT_EQ(client.ends.size(), 1u) << i;
    EXPECT_EQ(client.ends[0].cause, EndCause::store_failed) << i;
    EXPECT_NE(client.ends[0].text.find("disk full"), std::string::npos);
    client.session->disconnected();
  }
  store.full = true;
  client.ends.clear();
  client.connect();
  EXPECT_TRUE(client.wire.empty()) << "not even a Logon";
  ASSERT_EQ(client.ends.size(), 1u);
  EXPECT_EQ(client.ends[0].cause, EndCause::store_failed);
}

TEST(WallSend, AbortClosesWithoutLogoutAndWithoutOnEnd) {
  Pair pair(false);
  pair.connect();
  pair.client.session->abort();
  EXPECT_EQ(pair.client.closes, 1);
  EXPECT_TRUE(pair.client.wire.empty());
  EXPECT_TRUE(pair.client.ends.empty());
  EXPECT_FALSE(pair.client.session->logged_on());
  pair.cut();
  pair.connect();
  EXPECT_TRUE(pair.client.session->logged_on());
}

TEST(WallSend, SessionRejectCarriesWhatItIsAbout) {
  Pair pair(false);
  pair.connect();
  pair.server.session->send_reject(7, 44, "D", 6, "Price(44) has five decimals");
  pair.pump();
  ASSERT_EQ(pair.client.admins.size(), 2u);
  EXPECT_EQ(essence(pair.client.admins[1].bytes),
            "35=3|49=KalshiNR|56=" + pair.key + "|34=2|52=T|45=7|58=Price(44) has five decimals|371=44|372=D|373=6|");
}

}  // namespace
}  // namespace marginfix::test
