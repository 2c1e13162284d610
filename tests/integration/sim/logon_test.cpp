// Who may log on to the simulated exchange, and what the others are told. Source: fix-margin.md "Logon (35=A)", "Errors".
#include "integration/sim/fixture.hpp"
#include "marginfix/core/text.hpp"

namespace marginfix::sim::test {
namespace {

class SimLogon : public SimTest {
 protected:
  // Reject(3) with this reason and tag, then Logout, then the end.
  void expect_rejected(const std::string& session, const std::string& key, const LogonTweaks& tweaks, const std::string& reason,
                       const std::string& tag) {
    Client client(sim(), session, key);
    client.send_logon(tweaks);
    const Message reject = client.expect("3");
    EXPECT_EQ(reject.get(373), reason) << reject.pipes();
    EXPECT_EQ(reject.get(371), tag) << reject.pipes();
    EXPECT_EQ(reject.get(372), "A");
    EXPECT_TRUE(reject.has(58));
    client.expect("5");
    EXPECT_TRUE(client.closed());
  }
  void expect_logged_out(const std::string& session, const std::string& key, const LogonTweaks& tweaks, const std::string& text) {
    Client client(sim(), session, key);
    client.send_logon(tweaks);
    const Message logout = client.expect("5");
    EXPECT_NE(logout.get(58).find(text), std::string::npos) << logout.pipes();
    EXPECT_TRUE(client.closed());
  }
  static LogonTweaks with(const std::string& extra) {
    LogonTweaks tweaks;
    tweaks.extra = extra;
    return tweaks;
  }
};

TEST_F(SimLogon, EveryDoorAcceptsASignedLogonAndNamesItselfAsSender) {
  start();
  for (const std::string session : {"KalshiNR", "KalshiRT", "KalshiDC", "KalshiMD"}) {
    Client client(sim(), session, "alice");
    const Message answer = client.logon();
    EXPECT_EQ(answer.get(49), session);
    EXPECT_EQ(answer.get(56), key_id("alice"));
    EXPECT_EQ(answer.get(108), "30");
    EXPECT_EQ(answer.get(1137), "9");
    EXPECT_TRUE(client.quiet());
  }
}

TEST_F(SimLogon, SenderCompIdKalshiIsAnOption) {
  options_.sender_comp_id = "Kalshi";
  start();
  Client client(sim(), "KalshiNR", "alice");
  EXPECT_EQ(client.logon().get(49), "Kalshi");
  EXPECT_TRUE(client.quiet());
}

TEST_F(SimLogon, PlainTcpOnLoopbackWhenAskedFor) {
  options_.plain = true;
  start();
  Client client(sim(), "KalshiNR", "alice");
  EXPECT_EQ(client.logon().get(49), "KalshiNR");
}

// The slip of everybody who writes a Logon by hand.
TEST_F(SimLogon, AWrongRawDataLengthIsRejectedInWordsThatCanBeRead) {
  start();
  for (const int error : {-1, 1, -344, 5}) {
    Client client(sim(), "KalshiNR", "alice");
    LogonTweaks tweaks;
    tweaks.length_error = error;
    client.send_logon(tweaks);
    const Message reject = client.expect("3");
    EXPECT_EQ(reject.get(371), "95") << reject.pipes();
    EXPECT_NE(reject.get(58).find("RawData(96) is "), std::string::npos) << reject.pipes();
    EXPECT_EQ(text_fault(reject.pipes()), nullptr) << reject.pipes();
    EXPECT_EQ(reject.pipes().find("||"), std::string::npos) << reject.pipes();
    EXPECT_EQ(client.expect("5").get(58), reject.get(58));
    EXPECT_TRUE(client.closed());
  }
}

TEST_F(SimLogon, WrongSignatureIsRejectedWithReason8) {
  start();
  LogonTweaks tweaks;
  tweaks.spoil_signature = true;
  expect_rejected("KalshiNR", "alice", tweaks, "8", "96");
}

TEST_F(SimLogon, AClockMoreThan30SecondsOffIsRejectedWithReason10) {
  start();
  for (const int off : {-40, 40}) {
    LogonTweaks tweaks;
    tweaks.clock_error = std::chrono::seconds(off);
    expect_rejected("KalshiNR", "alice", tweaks, "10", "52");
  }
  LogonTweaks nearly;
  nearly.clock_error = std::chrono::seconds(-20);
  Client client(sim(), "KalshiNR", "alice");
  client.logon(nearly);
}

TEST_F(SimLogon, AnUnknownKeyIsRejected) {
  start();
  LogonTweaks tweaks;
  tweaks.sender_comp_id = "11111111-2222-4333-8444-555555555555";
  expect_rejected("KalshiNR", "alice", tweaks, "9", "49");
}

TEST_F(SimLogon, TheTargetMustBeTheDoors) {
  start();
  LogonTweaks tweaks;
  tweaks.target_comp_id = "KalshiRT";
  expect_rejected("KalshiNR", "alice", tweaks, "9", "56");
}

TEST_F(SimLogon, ResetSeqNumFlagIsRequiredWhereNothingIsRetransmitted) {
  start();
  LogonTweaks without;
  without.reset = false;
  for (const std::string session : {"KalshiNR", "KalshiDC", "KalshiMD"}) {
    expect_rejected(session, "alice", without, "1", "141");
    LogonTweaks no = without;
    no.extra = "";
    Client client(sim(), session, "alice");
    client.logon();
  }
}

TEST_F(SimLogon, FieldsOutOfTheirRulesAreRejected) {
  start();
  LogonTweaks sub_id;
  sub_id.header_extra = "50=ME|";
  expect_rejected("KalshiNR", "alice", sub_id, "2", "50");
  LogonTweaks heartbeat;
  heartbeat.heart_bt_int = 2;
  expect_rejected("KalshiNR", "alice", heartbeat, "5", "108");
  LogonTweaks version;
  version.default_appl_ver_id = "7";
  expect_rejected("KalshiNR", "alice", version, "5", "1137");
  LogonTweaks encrypted;
  encrypted.encrypt_method = "1";
  expect_rejected("KalshiNR", "alice", encrypted, "5", "98");
  expect_rejected("KalshiNR", "alice", with("20200=24|"), "2", "20200");
  expect_rejected("KalshiRT", "alice", with("20200=73|"), "5", "20200");
}

TEST_F(SimLogon, ListenerNeedsSkippedPendingReportsAndForbidsCancelOnDisconnect) {
  start();
  expect_rejected("KalshiNR", "alice-listener", with("20126=Y|"), "1", "21011");
  expect_rejected("KalshiNR", "alice-listener", with("8013=Y|20126=Y|21011=Y|"), "5", "8013");
  expect_rejected("KalshiDC", "alice-listener", with("20126=Y|21011=Y|"), "2", "20126");
  for (const std::string session : {"KalshiNR", "KalshiRT"}) {
    Client client(sim(), session, "alice-listener");
    client.logon(with("20126=Y|21011=Y|"));
  }
}

TEST_F(SimLogon, AReadKeyOpensNoOrderEntry) {
  start();
  for (const std::string key : {"alice-listener", "bob-dropcopy", "alice-readonly"}) {
    for (const std::string session : {"KalshiNR", "KalshiRT"}) expect_logged_out(session, key, {}, "may not trade");
    for (const std::string session : {"KalshiDC", "KalshiMD"}) {
      Client client(sim(), session, key);
      client.logon();
    }
  }
}

TEST_F(SimLogon, OneConnectionAKeyAndDoor) {
  start();
  Client first(sim(), "KalshiNR", "alice");
  first.logon();
  expect_logged_out("KalshiNR", "alice", {}, "already exists");
  Client other_door(sim(), "KalshiRT", "alice");
  other_door.logon();
  Client other_key(sim(), "KalshiNR", "bob");
  other_key.logon();
  EXPECT_TRUE(first.quiet());
}

TEST_F(SimLogon, OneConnectionAKeyWhateverTheDoorInTheStrictReading) {
  options_.one_connection_per_key = true;
  start();
  {
    Client first(sim(), "KalshiNR", "alice");
    first.logon();
    for (const std::string session : {"KalshiNR", "KalshiRT", "KalshiMD"}) expect_logged_out(session, "alice", {}, "already exists");
    Client other_key(sim(), "KalshiMD", "bob");
    other_key.logon();
    first.send("5", "");
    first.expect("5");
  }
  Client second(sim(), "KalshiMD", "alice");
  second.logon();
}

// Keys of one subaccount: order entry without retransmission, and market data.
TEST_F(SimLogon, ARestrictedKeyHasNoListenerDropCopyOrKalshiRT) {
  start();
  expect_logged_out("KalshiRT", "alice-sub1", {}, "restricted to one subaccount");
  expect_logged_out("KalshiDC", "alice-sub1", {}, "restricted to one subaccount");
  expect_logged_out("KalshiNR", "alice-sub1", with("20126=Y|21011=Y|"), "restricted to one subaccount");
  Client nr(sim(), "KalshiNR", "alice-sub1"), md(sim(), "KalshiMD", "alice-sub1");
  nr.logon();
  md.logon();
  nr.send("U1", "21001=0;0|");
  EXPECT_EQ(nr.expect("U3").get(21004), "5");
}

TEST_F(SimLogon, AKeyIsFreeAgainWhenItsSocketResets) {
  start();
  for (int i = 0; i < 3; ++i) {
    Client client(sim(), "KalshiNR", "alice");
    Message answer;
    // The reset and the next connection race through the kernel: the exchange may see the Logon first.
    client.send_logon();
    answer = client.next();
    if (answer.type() == "5") {
      EXPECT_EQ(answer.get(58), "already exists");
      --i;
      continue;
    }
    EXPECT_EQ(answer.type(), "A");
    client.reset();
  }
}

TEST_F(SimLogon, ATierWithoutFixIsToldSo) {
  options_.refused_accounts = {"bob"};
  start();
  expect_logged_out("KalshiNR", "bob", {}, "API usage level is not allowed for FIX");
  Client alice(sim(), "KalshiNR", "alice");
  alice.logon();
}

TEST_F(SimLogon, LogonsCostTokens) {
  options_.tier = "basic";
  start();
  bool refused = false;
  for (int i = 0; i < 60 && !refused; ++i) {
    Client client(sim(), "KalshiNR", "alice");
    client.send_logon();
    const Message answer = client.next();
    refused = answer.type() == "5" && answer.get(58) == "rate limit exceeded";
  }
  EXPECT_TRUE(refused);
}

TEST_F(SimLogon, AGapEndsASessionWithoutRetransmission) {
  start();
  Client client(sim(), "KalshiNR", "alice");
  client.logon();
  client.skip_outgoing(1);
  client.send("1", "112=x|");
  EXPECT_THROW(
      {
        for (;;) client.next();
      },
      std::runtime_error);
}

}  // namespace
}  // namespace marginfix::sim::test
