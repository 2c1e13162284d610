// KalshiRT: gaps and retransmission in both directions, to the byte; and what the sessions without retransmission do instead.
#include "unit/sessions/wall_harness.hpp"

namespace marginfix::test {
namespace {

using wall::EndCause;
using Strings = std::vector<std::string>;

// A report with two groups: QuickFIX's own text of it would be flattened and sorted.
std::string report(const std::string& id) {
  return "37=o|11=" + id + "|17=1;" + id +
         "|150=F|453=2|448=acct|452=24|448=op|452=12|136=2|137=0.5|138=USD|139=4|891=0|137=0.1|138=USD|139=4|891=0|55=BTC-PERP|";
}
std::string report_of(const std::string& key, int seq, const std::string& id, bool dup) {
  return "35=8|49=KalshiRT|56=" + key + "|34=" + std::to_string(seq) + (dup ? "|43=Y|52=T|122=T|" : "|52=T|") + report(id);
}

struct Kept : Pair {
  Kept() : Pair(true) { connect(); }
  void send_report(const std::string& id) { ASSERT_TRUE(server.app("8", wire_body(id)).ok); }
  static std::string wire_body(const std::string& id) { return report(id); }
};

TEST(WallRecovery, GapIsAskedForAndFilledInOrderWithGroupsIntact) {
  Kept pair;
  for (const char* id : {"a", "b", "c", "d"}) pair.send_report(id);
  pair.server.wire.erase(pair.server.wire.begin());  // 2 is lost
  pair.pump();
  EXPECT_EQ(pair.client.log, (Strings{"logon 1", "gap 2 3", "app 2 dup", "filled", "app 3", "app 4", "app 5"}));
  EXPECT_EQ(pair.client.app_essences(), (Strings{report_of(pair.key, 2, "a", true), report_of(pair.key, 3, "b", false),
                                                 report_of(pair.key, 4, "c", false), report_of(pair.key, 5, "d", false)}));
  EXPECT_EQ(pair.client.sent.back(), "35=2|49=" + pair.key + "|56=KalshiRT|34=2|52=T|7=2|16=0|");
  EXPECT_EQ(pair.client.session->statistics().resend_requests_out, 1);
  EXPECT_EQ(pair.client.session->statistics().duplicates, 3) << "3, 4 and 5 came a second time";
  EXPECT_EQ(pair.server.session->statistics().resend_requests_in, 1);
  EXPECT_EQ(pair.server.session->statistics().resent, 4);
  EXPECT_EQ(pair.client.session->next_target_seq(), 6);
}

TEST(WallRecovery, RetransmissionCarriesTheOriginalTimeAndBody) {
  Kept pair;
  pair.send_report("a");
  const std::string original = piped(pair.server.wire.front());
  pair.server.wire.clear();
  pair.send_report("b");
  pair.pump();
  ASSERT_EQ(pair.client.apps.size(), 2u);
  const std::string again = piped(pair.client.apps[0].bytes);
  EXPECT_EQ(value_of(again, 122), value_of(original, 52));
  EXPECT_GE(value_of(again, 52), value_of(original, 52));
  EXPECT_EQ(again.substr(again.find("|37=o"), again.rfind("10=") - again.find("|37=o")),
            original.substr(original.find("|37=o"), original.rfind("10=") - original.find("|37=o")));
}

TEST(WallRecovery, MessagesOfThePeersAbsenceComeAfterTheNextLogon) {
  Kept pair;
  pair.cut();
  const auto away = pair.server.app("8", report("x"));
  EXPECT_TRUE(away.ok);
  EXPECT_EQ(away.seq, 2);
  pair.send_report("y");
  EXPECT_TRUE(pair.server.wire.empty());
  pair.connect();
  EXPECT_EQ(pair.client.log, (Strings{"logon 1", "logon 4", "gap 2 4", "app 2 dup", "app 3 dup", "filled"}));
  EXPECT_EQ(pair.client.session->next_target_seq(), 5);
  pair.send_report("z");
  pair.pump();
  EXPECT_EQ(pair.client.app_essences().back(), report_of(pair.key, 5, "z", false));
}

TEST(WallRecovery, BurstCutInTheMiddleLosesNothingInEitherDirection) {
  Kept pair;
  for (int i = 0; i < 20; ++i) {
    pair.send_report("s" + std::to_string(i));
    ASSERT_TRUE(pair.client.app("D", "11=c" + std::to_string(i) + "|").ok);
  }
  for (int i = 0; i < 7; ++i) {
    pair.client.receive(pair.server.wire.front());
    pair.server.wire.pop_front();
    pair.server.receive(pair.client.wire.front());
    pair.client.wire.pop_front();
  }
  pair.client.receive(pair.server.wire.front().substr(0, 40));  // half a message
  pair.cut();
  pair.connect();
  ASSERT_EQ(pair.client.apps.size(), 20u);
  ASSERT_EQ(pair.server.apps.size(), 20u);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(value_of(piped(pair.client.apps[static_cast<std::size_t>(i)].bytes), 11), "s" + std::to_string(i));
    EXPECT_EQ(value_of(piped(pair.server.apps[static_cast<std::size_t>(i)].bytes), 11), "c" + std::to_string(i));
  }
  ASSERT_TRUE(pair.client.app("D", "11=after|").ok);
  pair.pump();
  EXPECT_EQ(pair.server.apps.size(), 21u);
}

TEST(WallRecovery, NumbersAreKeptOverANewSessionObject) {
  const std::string key = fresh_key();
  Side server(server_plan(key, true));
  std::unique_ptr<MessageStore> store = make_memory_store();
  for (int run = 0; run < 3; ++run) {
    Side client(client_plan(key, true), std::move(store));
    server.connect();
    client.connect();
    Pair::move(client, server);
    Pair::move(server, client);
    ASSERT_TRUE(client.session->logged_on());
    ASSERT_TRUE(client.app("D", "11=a|").ok);
    Pair::move(client, server);
    EXPECT_EQ(client.session->next_sender_seq(), 3 + 2 * run);
    server.session->disconnected();
    client.session.reset();
    store = std::move(client.store);
  }
  EXPECT_EQ(server.apps.size(), 3u);
}

// The exchange played by hand, on a KalshiRT session that is logged on: its next number is 2.
struct ByHand {
  explicit ByHand(wall::SessionPlan plan) : key(plan.sender_comp_id), client(std::move(plan)) {
    client.connect();
    give("A", 1, "98=0|108=30|1137=9|");
    EXPECT_TRUE(client.session->logged_on());
    client.wire.clear();
    client.log.clear();
  }
  ByHand() : ByHand(client_plan(fresh_key(), true)) {}
  void give(const std::string& type, int seq, const std::string& rest, bool dup = false) {
    client.receive(framed("35=" + type + "|34=" + std::to_string(seq) + "|49=KalshiRT|52=20260101-00:00:01.000|56=" + key + "|" +
                          (dup ? "43=Y|122=20260101-00:00:00.000|" : "") + rest));
    // On a busy machine a retransmission may need another turn: the link takes everything.
    while (!client.reads_slowly && std::exchange(client.writable_wanted, false)) client.session->writable();
  }
  void ended(EndCause cause) {
    ASSERT_EQ(client.ends.size(), 1u);
    EXPECT_EQ(client.ends[0].cause, cause) << client.ends[0].text;
  }
  std::string key;
  Side client;
};

TEST(WallRecovery, GapFillIsFollowed) {
  ByHand exchange;
  exchange.give("8", 6, "11=f|");
  EXPECT_EQ(exchange.client.log, Strings{"gap 2 6"});
  EXPECT_EQ(exchange.client.take_wire(), Strings{"35=2|49=" + exchange.key + "|56=KalshiRT|34=2|52=T|7=2|16=0|"});
  exchange.give("8", 2, "11=b|", true);
  exchange.give("4", 3, "36=6|123=Y|", true);
  EXPECT_EQ(exchange.client.log, (Strings{"gap 2 6", "app 2 dup", "filled", "app 6"}));
  EXPECT_EQ(exchange.client.session->next_target_seq(), 7);
  EXPECT_TRUE(exchange.client.ends.empty());
}

TEST(WallRecovery, GapFillOverHeldMessagesStillDeliversThem) {
  ByHand exchange;
  exchange.give("8", 4, "11=d|");
  exchange.give("8", 5, "11=e|");
  exchange.give("4", 2, "36=6|123=Y|", true);
  EXPECT_EQ(exchange.client.log, (Strings{"gap 2 4", "app 4", "app 5", "filled"}));
  EXPECT_EQ(exchange.client.session->next_target_seq(), 6);
}

// Issue 10: a peer that waits for the answer to its TestRequest would hang up before the gap is closed.
TEST(WallRecovery, TestRequestAboveAGapIsAnsweredAtOnceAndItsNumberCounts) {
  ByHand exchange;
  exchange.give("8", 4, "11=d|");
  exchange.client.wire.clear();
  exchange.give("1", 5, "112=ping|");
  exchange.give("0", 6, "");
  const auto wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(wire[0], "35=0|49=" + exchange.key + "|56=KalshiRT|34=3|52=T|112=ping|");
  EXPECT_EQ(exchange.client.admins.size(), 3u) << "Logon, TestRequest and Heartbeat were handed over";
  EXPECT_EQ(exchange.client.session->next_target_seq(), 2);
  exchange.give("4", 2, "36=4|123=Y|", true);
  EXPECT_EQ(exchange.client.session->next_target_seq(), 7) << "5 and 6 are not asked for";
  EXPECT_TRUE(exchange.client.wire.empty()) << "and not answered a second time";
}

TEST(WallRecovery, SessionMessagesThatShowAGapAreDealtWithAndTheGapIsAskedFor) {
  for (const char* type : {"0", "1", "3"}) {
    ByHand exchange;
    exchange.give(type, 4, "112=x|45=1|");
    const auto wire = exchange.client.take_wire();
    ASSERT_FALSE(wire.empty());
    EXPECT_EQ(value_of(wire.back(), 35), "2") << type;
    EXPECT_EQ(wire.size(), *type == '1' ? 2u : 1u);
    EXPECT_EQ(exchange.client.admins.size(), 2u) << type;
    exchange.give("8", 2, "11=b|", true);
    exchange.give("8", 3, "11=c|", true);
    EXPECT_EQ(exchange.client.session->next_target_seq(), 5);
  }
}

TEST(WallRecovery, LogoutAboveAGapIsAnsweredAtOnce) {
  ByHand exchange;
  exchange.give("8", 4, "11=d|");
  exchange.client.wire.clear();
  exchange.give("5", 5, "58=good night|");
  exchange.ended(EndCause::logout_by_peer);
  const auto wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(value_of(wire[0], 35), "5");
  EXPECT_EQ(exchange.client.session->next_target_seq(), 2) << "the next Logon shows the gap, and it is asked for again";
}

TEST(WallRecovery, SecondHoleAmongHeldMessagesIsAskedForInItsTurn) {
  ByHand exchange;
  exchange.give("8", 3, "11=c|");
  exchange.give("8", 6, "11=f|");
  exchange.give("8", 2, "11=b|", true);
  EXPECT_EQ(exchange.client.log, (Strings{"gap 2 3", "app 2 dup", "filled", "app 3", "gap 4 6"}));
  const auto wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 2u);
  EXPECT_EQ(value_of(wire[1], 7), "4");
  exchange.give("8", 4, "11=d|", true);
  exchange.give("8", 5, "11=e|", true);
  EXPECT_EQ(exchange.client.apps.size(), 5u);
  EXPECT_EQ(exchange.client.apps.back().seq, 6);
}

TEST(WallRecovery, MessageArrivingTwiceAboveTheGapIsDeliveredOnce) {
  ByHand exchange;
  exchange.give("8", 3, "11=c|");
  exchange.give("8", 3, "11=c|", true);
  exchange.give("8", 2, "11=b|", true);
  EXPECT_EQ(exchange.client.log, (Strings{"gap 2 3", "app 2 dup", "filled", "app 3"}));
}

TEST(WallRecovery, OldDuplicatesAreDroppedAndCounted) {
  ByHand exchange;
  exchange.give("8", 2, "11=b|");
  exchange.give("8", 2, "11=b|", true);
  exchange.give("8", 1, "11=b|", true);
  EXPECT_EQ(exchange.client.apps.size(), 1u);
  EXPECT_EQ(exchange.client.session->statistics().duplicates, 2);
  EXPECT_TRUE(exchange.client.ends.empty());
  EXPECT_EQ(exchange.client.session->next_target_seq(), 3);
}

TEST(WallRecovery, NumberTooLowWithoutPossDupEndsWithALogout) {
  ByHand exchange;
  exchange.give("8", 2, "11=b|");
  exchange.give("8", 2, "11=b|");
  exchange.ended(EndCause::sequence_too_low);
  EXPECT_EQ(exchange.client.apps.size(), 1u);
  EXPECT_EQ(exchange.client.take_wire(),
            Strings{"35=5|49=" + exchange.key + "|56=KalshiRT|34=2|52=T|58=MsgSeqNum too low, expecting 3 but received 2|"});
}

TEST(WallRecovery, PossResendIsANewMessageWithItsMark) {
  ByHand exchange;
  exchange.give("8", 2, "97=Y|11=b|");
  ASSERT_EQ(exchange.client.apps.size(), 1u);
  EXPECT_TRUE(exchange.client.apps[0].poss_resend);
  EXPECT_FALSE(exchange.client.apps[0].poss_dup);
}

TEST(WallRecovery, SequenceResetWithoutGapFillSetsTheNumber) {
  ByHand exchange;
  exchange.give("4", 1, "36=9|");
  EXPECT_EQ(exchange.client.session->next_target_seq(), 9);
  exchange.give("4", 9, "36=3|");
  EXPECT_EQ(exchange.client.session->next_target_seq(), 9) << "never downwards";
  EXPECT_EQ(exchange.client.take_wire(),
            Strings{"35=3|49=" + exchange.key +
                    "|56=KalshiRT|34=2|52=T|45=9|58=NewSeqNo(36) must be greater than the number expected, 9|371=36|372=4|373=5|"});
  EXPECT_TRUE(exchange.client.ends.empty());
}

TEST(WallRecovery, GapFillThatGoesNowhereIsRejectedAndCounted) {
  for (const char* rest : {"36=2|123=Y|", "36=1|123=Y|", "36=x|123=Y|", "123=Y|"}) {
    ByHand exchange;
    exchange.give("4", 2, rest);
    const auto wire = exchange.client.take_wire();
    ASSERT_EQ(wire.size(), 1u) << rest;
    EXPECT_EQ(value_of(wire[0], 35), "3");
    EXPECT_EQ(exchange.client.session->next_target_seq(), 3);
  }
}

// Issue 10: ending the connection would bring all of it again, and again; what there is no room for is asked for afterwards.
TEST(WallRecovery, MoreThanMayBeHeldIsAskedForAgainWhenTheGapIsClosed) {
  auto plan = client_plan(fresh_key(), true);
  plan.max_out_of_order = 3;
  ByHand exchange(plan);
  for (int seq = 3; seq <= 8; ++seq) exchange.give("8", seq, "11=x|");
  EXPECT_TRUE(exchange.client.ends.empty());
  ASSERT_EQ(exchange.client.notices.size(), 1u);
  EXPECT_NE(exchange.client.notices[0].find("no room for more"), std::string::npos);
  exchange.client.wire.clear();
  exchange.give("8", 2, "11=x|", true);
  EXPECT_EQ(exchange.client.apps.size(), 4u) << "2 to 5";
  const auto wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(value_of(wire[0], 7), "6");
  for (int seq = 6; seq <= 8; ++seq) exchange.give("8", seq, "11=x|", true);
  exchange.give("8", 9, "11=x|");
  EXPECT_EQ(exchange.client.apps.size(), 8u);
  EXPECT_EQ(exchange.client.apps.back().seq, 9);
}

TEST(WallRecovery, WhatIsHeldAboveAGapIsBoundedInBytes) {
  auto plan = client_plan(fresh_key(), true);
  plan.max_held_bytes = 2'000'000;
  ByHand exchange(plan);
  const std::string large = "58=" + std::string(500'000, 'x') + "|";
  for (int seq = 3; seq <= 40; ++seq) exchange.give("8", seq, large);
  EXPECT_EQ(exchange.client.notices.size(), 1u);
  exchange.client.wire.clear();
  exchange.give("8", 2, "11=b|", true);
  EXPECT_EQ(exchange.client.apps.size(), 4u) << "2, and three of 500 kB";
  EXPECT_EQ(value_of(exchange.client.take_wire().back(), 7), "6");
}

// The lowest numbers are needed first: they push out higher ones.
TEST(WallRecovery, LowerNumbersHaveRoomBeforeHigherOnes) {
  auto plan = client_plan(fresh_key(), true);
  plan.max_out_of_order = 2;
  ByHand exchange(plan);
  exchange.give("8", 9, "11=i|");
  exchange.give("8", 10, "11=j|");
  exchange.give("8", 4, "11=d|", true);
  exchange.give("8", 3, "11=c|", true);
  exchange.give("8", 2, "11=b|", true);
  EXPECT_EQ(exchange.client.apps.size(), 3u);
  EXPECT_EQ(exchange.client.session->next_target_seq(), 5);
}

// Issue 10: reports in hand are not withheld for ever.
TEST(WallRecovery, GapThatIsNotFilledIsAskedForThreeTimesAndThenGivenUp) {
  ManualTime time;
  auto plan = client_plan(fresh_key(), true);
  plan.time = &time;
  ByHand exchange(plan);
  exchange.give("8", 4, "11=d|");
  exchange.give("8", 5, "11=e|");
  for (int i = 0; i < 320; ++i) {
    time.pass(std::chrono::milliseconds(100));
    exchange.client.session->tick();
  }
  EXPECT_EQ(exchange.client.session->statistics().resend_requests_out, 3);
  EXPECT_EQ(exchange.client.log, (Strings{"gap 2 4", "missing 2 3", "app 4", "app 5", "filled"}));
  EXPECT_TRUE(exchange.client.ends.empty());
  exchange.give("8", 6, "11=f|");
  EXPECT_EQ(exchange.client.apps.size(), 3u) << "the session goes on";
}

TEST(WallRecovery, EveryHoleThatWasAskedForIsGivenUpTogether) {
  auto plan = client_plan(fresh_key(), true);
  plan.gap_timeout = 0;
  ByHand exchange(plan);
  for (int seq : {3, 5, 6, 9}) exchange.give("8", seq, "11=x|");
  for (int i = 0; i < 3; ++i) exchange.client.session->tick();
  EXPECT_EQ(exchange.client.log,
            (Strings{"gap 2 3", "missing 2 2", "app 3", "missing 4 4", "app 5", "app 6", "missing 7 8", "app 9", "filled"}));
  EXPECT_EQ(exchange.client.session->next_target_seq(), 10);
}

TEST(WallRecovery, MessageThatComesAfterItWasGivenUpIsStillHandedOverOnce) {
  auto plan = client_plan(fresh_key(), true);
  plan.gap_timeout = 0;
  ByHand exchange(plan);
  exchange.give("8", 5, "11=e|");
  for (int i = 0; i < 3; ++i) exchange.client.session->tick();
  EXPECT_EQ(exchange.client.session->next_target_seq(), 6);
  exchange.client.log.clear();
  for (int seq : {3, 3, 2, 4, 4, 5}) exchange.give("8", seq, "11=x|", true);
  EXPECT_EQ(exchange.client.log, (Strings{"app 3 dup", "app 2 dup", "app 4 dup"}));
  EXPECT_EQ(exchange.client.session->next_target_seq(), 6);
}

// A live venue ends its retransmission like this (connamara/quickfixn#309): 3 has come, the gap fill says 3 and covers 4.
TEST(WallRecovery, GapFillNumberedTooLowIsFollowedAsFarAsTheGapGoes) {
  for (const bool dup : {true, false}) {
    ByHand exchange;
    exchange.give("8", 5, "11=e|");
    exchange.give("8", 2, "11=b|", true);
    exchange.give("8", 3, "11=c|", true);
    exchange.give("4", 3, "36=9|123=Y|", dup);
    EXPECT_EQ(exchange.client.log, (Strings{"gap 2 5", "app 2 dup", "app 3 dup", "filled", "app 5"})) << dup;
    EXPECT_EQ(exchange.client.session->next_target_seq(), 6) << "not 9: 6 to 8 are the numbers of messages to come";
    exchange.give("8", 6, "11=f|");
    EXPECT_EQ(exchange.client.apps.size(), 4u);
  }
}

TEST(WallRecovery, NewSeqNoOutOfRangeIsRefusedBeforeItReachesTheStore) {
  for (const char* new_seq : {"1000000000000000", "4294967297", "2147483647", "99999999999999999999"}) {
    for (const char* fill : {"123=Y|", ""}) {
      ByHand exchange;
      exchange.give("4", 2, std::string("36=") + new_seq + "|" + fill);
      const auto wire = exchange.client.take_wire();
      ASSERT_EQ(wire.size(), 1u) << new_seq;
      EXPECT_EQ(value_of(wire[0], 35), "3");
      EXPECT_EQ(value_of(wire[0], 371), "36");
      EXPECT_EQ(exchange.client.store->next_target_seq(), *fill != '\0' ? 3 : 2);
      exchange.give("8", *fill != '\0' ? 3 : 2, "11=b|");
      EXPECT_EQ(exchange.client.apps.size(), 1u) << "the session lives";
    }
  }
}

TEST(WallRecovery, SequenceResetTellsTheNumbersItPassesOver) {
  ByHand exchange;
  exchange.give("8", 5, "11=e|");
  exchange.give("4", 2, "36=9|");
  EXPECT_EQ(exchange.client.log, (Strings{"gap 2 5", "missing 3 4", "app 5", "missing 6 8", "filled"}));
  EXPECT_EQ(exchange.client.session->next_target_seq(), 9);
}

TEST(WallRecovery, HandlerThatThrowsLosesNothingAndIsNotCalledTwice) {
  ByHand exchange;
  exchange.client.when_app = [](const Seen& seen) {
    if (seen.seq == 3) throw std::domain_error("application");
  };
  std::string burst;
  for (int seq = 2; seq <= 5; ++seq) {
    burst += framed("35=8|34=" + std::to_string(seq) + "|49=KalshiRT|52=20260101-00:00:01.000|56=" + exchange.key + "|11=x|");
  }
  EXPECT_THROW(exchange.client.receive(burst), std::domain_error);
  EXPECT_EQ(exchange.client.session->next_target_seq(), 4);
  exchange.give("8", 6, "11=x|");
  EXPECT_EQ(exchange.client.log, (Strings{"app 2", "app 3", "app 4", "app 5", "app 6"}));
}

TEST(WallRecovery, NumberIsCountedOnlyAfterTheHandlerHasSeenTheMessage) {
  ByHand exchange;
  std::int64_t during = 0;
  exchange.client.when_app = [&](const Seen&) { during = exchange.client.session->next_target_seq(); };
  exchange.give("8", 2, "11=x|");
  EXPECT_EQ(during, 2);
  EXPECT_EQ(exchange.client.session->next_target_seq(), 3);
}

TEST(WallRecovery, MessageWhoseHandlerReconnectsIsNotDeliveredAgain) {
  Kept pair;
  pair.client.when_app = [&](const Seen&) {
    pair.client.when_app = nullptr;
    pair.cut();
    pair.server.connect();
    pair.client.connect();
  };
  pair.send_report("a");
  const std::string bytes = pair.server.wire.front();
  pair.server.wire.clear();
  pair.client.receive(bytes);
  pair.pump();
  ASSERT_TRUE(pair.client.session->logged_on());
  pair.send_report("b");
  pair.pump();
  EXPECT_EQ(pair.client.apps.size(), 2u);
}

// ---- being asked ----

TEST(WallResend, SessionMessagesAndNumbersNeverSentAreGapFilledInRuns) {
  ByHand exchange;
  ASSERT_TRUE(exchange.client.app("D", "11=a|", "op").ok);  // 2
  exchange.client.session->send_test_request("t");          // 3
  exchange.client.session->set_next_sender_seq(6);          // 4, 5 skipped
  ASSERT_TRUE(exchange.client.app("F", "11=b|41=a|").ok);   // 6
  exchange.client.session->send_test_request("u");          // 7
  exchange.client.wire.clear();
  exchange.give("2", 2, "7=1|16=0|");
  const std::string head = "|49=" + exchange.key + "|56=KalshiRT|34=";
  EXPECT_EQ(exchange.client.take_wire(), (Strings{
                                             "35=4" + head + "1|43=Y|52=T|122=T|36=2|123=Y|",
                                             "35=D" + head + "2|43=Y|52=T|122=T|50=op|11=a|",
                                             "35=4" + head + "3|43=Y|52=T|122=T|36=6|123=Y|",
                                             "35=F" + head + "6|43=Y|52=T|122=T|11=b|41=a|",
                                             "35=4" + head + "7|43=Y|52=T|122=T|36=8|123=Y|",
                                         }));
  EXPECT_EQ(exchange.client.session->statistics().resent, 2);
  EXPECT_EQ(exchange.client.session->statistics().gap_filled, 5);
  EXPECT_EQ(exchange.client.session->next_target_seq(), 3) << "the request itself is counted";
  EXPECT_EQ(exchange.client.session->next_sender_seq(), 8) << "answering uses no numbers";
}

TEST(WallResend, RangeIsHonoured) {
  ByHand exchange;
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(exchange.client.app("D", std::string("11=") + id + "|").ok);
  exchange.client.wire.clear();
  exchange.give("2", 2, "7=3|16=3|");
  auto wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(value_of(wire[0], 11), "b");
  exchange.give("2", 3, "7=4|16=999999|");
  wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(value_of(wire[0], 11), "c");
}

TEST(WallResend, OrdersOlderThanTheLimitAreGapFilledNotResent) {
  auto plan = client_plan(fresh_key(), true);
  plan.resend_age_limit = 10;
  ByHand exchange(plan);
  const std::string old = framed("35=D|49=" + exchange.key + "|56=KalshiRT|34=2|52=20260101-00:00:00.000|11=old|");
  exchange.client.store->append_sent(2, old.data(), old.size());
  ASSERT_TRUE(exchange.client.app("D", "11=new|").ok);
  exchange.client.wire.clear();
  exchange.give("2", 2, "7=2|16=0|");
  const std::string head = "|49=" + exchange.key + "|56=KalshiRT|34=";
  EXPECT_EQ(exchange.client.take_wire(),
            (Strings{"35=4" + head + "2|43=Y|52=T|122=T|36=3|123=Y|", "35=D" + head + "3|43=Y|52=T|122=T|11=new|"}));
  EXPECT_EQ(exchange.client.not_resent, Strings{"old"});
}

TEST(WallResend, WithoutALimitOldMessagesAreResentToo) {
  auto plan = client_plan(fresh_key(), true);
  plan.resend_age_limit = -1;
  ByHand exchange(plan);
  const std::string old = framed("35=D|49=" + exchange.key + "|56=KalshiRT|34=2|52=20260101-00:00:00.000|11=old|");
  exchange.client.store->append_sent(2, old.data(), old.size());
  exchange.give("2", 2, "7=2|16=0|");
  const auto wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(value_of(wire[0], 11), "old");
}

TEST(WallResend, RequestAboveAGapIsAnsweredAtOnceAndTheGapIsAskedForLater) {
  ByHand exchange;
  ASSERT_TRUE(exchange.client.app("D", "11=a|").ok);
  exchange.client.wire.clear();
  exchange.give("2", 4, "7=2|16=0|");
  auto wire = exchange.client.take_wire();
  ASSERT_EQ(wire.size(), 1u);
  EXPECT_EQ(value_of(wire[0], 11), "a");
  EXPECT_EQ(exchange.client.session->next_target_seq(), 2);
  exchange.give("8", 5, "11=x|");
  EXPECT_EQ(exchange.client.log, Strings{"gap 2 5"});
  exchange.give("4", 2, "36=5|123=Y|", true);
  EXPECT_EQ(exchange.client.apps.size(), 1u);
  EXPECT_EQ(exchange.client.session->next_target_seq(), 6);
}

TEST(WallResend, RequestsThatMakeNoSenseAreRejected) {
  for (const char* rest : {"7=0|16=0|", "7=9|16=0|", "7=x|16=0|", "16=0|", "7=1|", "7=2|16=1|"}) {
    ByHand exchange;
    ASSERT_TRUE(exchange.client.app("D", "11=a|").ok);
    exchange.client.wire.clear();
    exchange.give("2", 2, rest);
    const auto wire = exchange.client.take_wire();
    ASSERT_EQ(wire.size(), 1u) << rest;
    EXPECT_EQ(value_of(wire[0], 35), "3") << rest;
    EXPECT_EQ(value_of(wire[0], 372), "2") << rest;
    EXPECT_TRUE(exchange.client.ends.empty()) << rest;
    EXPECT_EQ(exchange.client.session->next_target_seq(), 3) << rest;
  }
}

// Issue 10: a peer that reads slowly gets its retransmission at the speed it reads.
TEST(WallResend, RetransmissionWaitsForTheReader) {
  auto plan = client_plan(fresh_key(), true);
  plan.resend_age_limit = -1;
  ByHand exchange(plan);
  const std::string text = "58=" + std::string(1000, 'x') + "|";
  constexpr int kOrders = 2000;
  for (int i = 0; i < kOrders; ++i) ASSERT_TRUE(exchange.client.app("D", "11=" + std::to_string(i) + "|" + text).ok);
  exchange.client.wire.clear();
  exchange.client.reads_slowly = true;
  exchange.give("2", 2, "7=1|16=0|");
  EXPECT_TRUE(exchange.client.session->resending());
  EXPECT_LT(exchange.client.queued(), 300'000u);
  const auto refused = exchange.client.app("D", "11=later|");
  EXPECT_FALSE(refused.ok);
  EXPECT_TRUE(refused.busy) << "an order must not overtake older ones";
  std::vector<std::string> ids;
  while (exchange.client.session->resending() || !exchange.client.wire.empty()) {
    EXPECT_LT(exchange.client.queued(), 300'000u);
    for (const std::string& each : exchange.client.take_wire()) {
      if (value_of(each, 35) != "D") continue;
      ids.push_back(value_of(each, 11));
      EXPECT_EQ(value_of(each, 43), "Y");
    }
    exchange.client.session->writable();
  }
  ASSERT_EQ(ids.size(), static_cast<std::size_t>(kOrders));
  for (int i = 0; i < kOrders; ++i) EXPECT_EQ(ids[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_TRUE(exchange.client.app("D", "11=later|").ok);
  EXPECT_EQ(value_of(exchange.client.take_wire().back(), 11), "later");
}

// Many requests of a peer that does not read cost a window of bytes, not each a whole retransmission.
TEST(WallResend, RequestsThatOverlapAreAnsweredTogether) {
  auto plan = client_plan(fresh_key(), true);
  plan.resend_age_limit = -1;
  ByHand exchange(plan);
  const std::string text = "58=" + std::string(1000, 'x') + "|";
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(exchange.client.app("D", "11=" + std::to_string(i) + "|" + text).ok);
  exchange.client.wire.clear();
  exchange.client.reads_slowly = true;
  for (int i = 0; i < 50; ++i) exchange.give("2", 2 + i, "7=1|16=0|");
  EXPECT_LT(exchange.client.queued(), 300'000u);
  EXPECT_LT(exchange.client.session->statistics().resent, 400);
}

// What the acceptor sends meanwhile is kept, and follows in its place.
TEST(WallResend, MessagesOfAnAcceptorJoinTheRetransmission) {
  Kept pair;
  pair.cut();
  for (int i = 0; i < 2000; ++i) pair.send_report(std::to_string(i) + std::string(300, 'x'));
  pair.server.reads_slowly = true;
  pair.server.connect();
  pair.client.connect();
  Pair::move(pair.client, pair.server);
  Pair::move(pair.server, pair.client);
  Pair::move(pair.client, pair.server);
  ASSERT_TRUE(pair.server.session->resending());
  pair.send_report("meanwhile");
  while (pair.server.session->resending() || !pair.server.wire.empty()) {
    Pair::move(pair.server, pair.client);
    pair.server.session->writable();
  }
  ASSERT_EQ(pair.client.apps.size(), 2001u);
  for (std::size_t i = 1; i < pair.client.apps.size(); ++i) ASSERT_GT(pair.client.apps[i].seq, pair.client.apps[i - 1].seq);
  EXPECT_EQ(value_of(piped(pair.client.apps.back().bytes), 11), "meanwhile");
  EXPECT_TRUE(pair.client.ends.empty());
}

TEST(WallResend, BothSidesWithAGapRecoverTogether) {
  Kept pair;
  for (int i = 0; i < 3; ++i) {
    pair.send_report("s" + std::to_string(i));
    ASSERT_TRUE(pair.client.app("D", "11=c" + std::to_string(i) + "|").ok);
  }
  pair.client.wire.pop_front();
  pair.server.wire.pop_front();
  pair.pump();
  EXPECT_EQ(pair.client.apps.size(), 3u);
  EXPECT_EQ(pair.server.apps.size(), 3u);
  EXPECT_TRUE(pair.client.ends.empty());
  EXPECT_TRUE(pair.server.ends.empty());
}

TEST(WallResend, ThousandsOfMessagesAreResentInOrder) {
  Kept pair;
  pair.cut();
  constexpr int kCount = 3000;
  for (int i = 0; i < kCount; ++i) pair.send_report(std::to_string(i));
  pair.connect();
  ASSERT_EQ(pair.client.apps.size(), static_cast<std::size_t>(kCount));
  for (int i = 0; i < kCount; ++i) {
    ASSERT_EQ(pair.client.apps[static_cast<std::size_t>(i)].seq, i + 2);
  }
}

TEST(WallResend, SkippedNumbersOfTheServerAreAGapThatIsFilled) {
  Kept pair;
  pair.server.session->set_next_sender_seq(pair.server.session->next_sender_seq() + 5);
  pair.send_report("a");
  pair.pump();
  EXPECT_EQ(pair.client.log, (Strings{"logon 1", "gap 2 7", "filled", "app 7"}));
}

// ---- sessions without retransmission ----

struct NoRetransmission {
  NoRetransmission() : key(fresh_key()), client(client_plan(key, false)) {
    client.connect();
    give("A", 1, "98=0|108=30|141=Y|1137=9|");
    client.wire.clear();
  }
  void give(const std::string& type, int seq, const std::string& rest) {
    client.receive(framed("35=" + type + "|34=" + std::to_string(seq) + "|49=KalshiNR|52=20260101-00:00:01.000|56=" + key + "|" + rest));
  }
  std::string key;
  Side client;
};

TEST(WallNoRetransmission, GapEndsTheConnectionWithoutAResendRequest) {
  NoRetransmission session;
  session.give("8", 3, "11=a|");
  ASSERT_EQ(session.client.ends.size(), 1u);
  EXPECT_EQ(session.client.ends[0].cause, EndCause::sequence_gap);
  EXPECT_TRUE(session.client.wire.empty());
  EXPECT_TRUE(session.client.apps.empty());
}

TEST(WallNoRetransmission, GapInSessionMessagesEndsItToo) {
  for (const char* type : {"0", "1", "3"}) {
    NoRetransmission session;
    session.give(type, 5, "112=x|45=1|");
    ASSERT_EQ(session.client.ends.size(), 1u) << type;
    EXPECT_EQ(session.client.ends[0].cause, EndCause::sequence_gap) << type;
  }
}

TEST(WallNoRetransmission, ResendRequestEndsTheConnection) {
  NoRetransmission session;
  session.give("2", 2, "7=1|16=0|");
  ASSERT_EQ(session.client.ends.size(), 1u);
  EXPECT_EQ(session.client.ends[0].cause, EndCause::protocol_error);
  EXPECT_TRUE(session.client.wire.empty());
}

TEST(WallNoRetransmission, GapFillOverNumbersEndsTheConnection) {
  NoRetransmission session;
  session.give("4", 2, "36=9|123=Y|");
  ASSERT_EQ(session.client.ends.size(), 1u);
  EXPECT_EQ(session.client.ends[0].cause, EndCause::sequence_gap);
}

TEST(WallNoRetransmission, MessagesAreNotKept) {
  Pair pair(false);
  pair.connect();
  ASSERT_TRUE(pair.client.app("D", "11=a|").ok);
  EXPECT_TRUE(pair.client.store->sent(1, 0).empty());
}

TEST(WallNoRetransmission, AcceptorRefusesToSendWhileThePeerIsAway) {
  Pair pair(false);
  pair.connect();
  pair.cut();
  EXPECT_FALSE(pair.server.app("8", "11=a|").ok);
}

}  // namespace
}  // namespace marginfix::test
