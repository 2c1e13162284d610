// QuickFIX's own initiator logs on to a FixAcceptor, in FIX.4.2, FIX.4.4 and FIXT.1.1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "integration/acceptor/desk.hpp"
#include "integration/acceptor/quickfix_oms.hpp"
#include "support/certificates.hpp"
#include "support/temp_folder.hpp"
#include "support/test_time.hpp"

namespace marginfix::test {

// QuickFIX C++ 1.15.1 does not give back the names of authorities and certificates that it reads: a process in which its SSL initiator ran
// ends with leaks that are not ours.
std::atomic<bool> quickfix_tls_ran{false};

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string fresh_oms() {
  static int count = 0;
  return "OMS-" + std::to_string(++count);
}

class QuickfixClient : public ::testing::TestWithParam<std::string> {
 protected:
  std::uint16_t open(SequencePolicy policy, const std::function<void(AcceptorDoor&)>& change = {}) {
    FixAcceptorOptions options;
    options.time = &time;
    acceptor.emplace(io, desk, options);
    AcceptorDoor door;
    door.comp_id = "GATE";
    door.begin_string = GetParam();
    door.sequence = policy;
    door.tls = false;
    if (change) change(door);
    port = acceptor->open(door).value();
    return port;
  }
  OmsOptions oms_options(const std::string& more = {}) {
    OmsOptions options;
    options.begin_string = GetParam();
    options.sender = name;
    options.port = port;
    options.store_folder = folder.path("oms");
    options.more = more;
    return options;
  }
  // QuickFIX may be connecting again, and over TLS it does not end before the door has answered: the door goes on meanwhile.
  void stop(QuickfixOms& oms) {
    std::atomic<bool> stopped{false};
    std::thread stopping([&] {
      oms.stop();
      stopped = true;
    });
    EXPECT_TRUE(until([&] { return stopped.load(); }));
    stopping.join();
  }
  template <class Condition>
  bool until(const Condition& condition) {
    return run_until(io, condition);
  }
  bool log_on(QuickfixOms& oms) {
    const std::size_t before = oms.logons();
    oms.start();
    return until([&] { return oms.logons() > before && desk.latest != nullptr && desk.latest->logged_on(); });
  }
  bool log_out(QuickfixOms& oms) {
    oms.log_out();
    if (!until([&] { return !desk.latest->logged_on() && !oms.logged_on(); })) return false;
    stop(oms);
    return true;
  }

  boost::asio::io_context io{1};
  TempFolder folder;
  AheadTime time;
  Desk desk;
  std::optional<FixAcceptor> acceptor;
  std::string name{fresh_oms()};
  std::uint16_t port{0};
};
INSTANTIATE_TEST_SUITE_P(Versions, QuickfixClient, ::testing::Values("FIX.4.2", "FIX.4.4", "FIXT.1.1"), [](const auto& test) {
  return test.param == "FIX.4.2" ? "Fix42" : test.param == "FIX.4.4" ? "Fix44" : "Fixt11";
});

TEST_P(QuickfixClient, LogsOnTradesAndLogsOut) {
  open(SequencePolicy::kept);
  QuickfixOms oms(oms_options());
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(oms.send("D", {{11, "a1"}, {55, "BTC-PERP"}}, {{50, "desk"}, {115, "FUND"}}));
  ASSERT_TRUE(until([&] { return desk.messages.size() == 1; }));
  EXPECT_THAT(desk.messages[0],
              AllOf(HasSubstr("8=" + GetParam() + "|"), HasSubstr("|50=desk|"), HasSubstr("|115=FUND|"), HasSubstr("|11=a1|")));
  MessageHeader header;
  header.sender_sub_id = "exchange";
  header.target_sub_id = "desk";
  header.on_behalf_of_comp_id = "KALSHI";
  header.deliver_to_comp_id = "FUND";
  ASSERT_TRUE(desk.latest->send("8", body_of("11=a1|17=e1|37=o1|"), header));
  ASSERT_TRUE(until([&] { return oms.apps().size() == 1; }));
  EXPECT_THAT(oms.apps()[0], AllOf(HasSubstr("|50=exchange|"), HasSubstr("|57=desk|"), HasSubstr("|115=KALSHI|"), HasSubstr("|128=FUND|"),
                                   HasSubstr("|17=e1|")));
  const SessionStatistics figures = desk.latest->statistics();
  EXPECT_EQ(figures.app_in, 1U);
  EXPECT_EQ(figures.sent, 1U);
  EXPECT_EQ(figures.logons, 1U);
  EXPECT_GE(figures.messages_out, 2U);
  EXPECT_NE(figures.last_sent, Timestamp{});
  ASSERT_TRUE(log_out(oms));
  EXPECT_EQ(desk.saw("5"), 1U) << "its Logout is handed over";
  EXPECT_THAT(desk.sent, ElementsAre("A 1", "8 2", "5 3"));
}

TEST_P(QuickfixClient, ResendsAndIsResentToAcrossAReconnectWithKeptNumbers) {
  open(SequencePolicy::kept);
  QuickfixOms oms(oms_options());
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(log_out(oms));
  for (const char* order : {"away-1", "away-2"}) oms.send("D", {{11, order}});
  for (const char* report : {"r1", "r2", "r3"}) ASSERT_TRUE(desk.latest->send("8", body_of("17=" + std::string(report) + "|")));
  EXPECT_EQ(desk.sent.size(), 2U) << "nothing leaves while it is away";
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(until([&] { return desk.messages.size() == 2 && oms.apps().size() == 3; }));
  EXPECT_THAT(desk.messages[0], AllOf(HasSubstr("dup "), HasSubstr("|11=away-1|")));
  EXPECT_THAT(desk.messages[1], HasSubstr("|11=away-2|"));
  EXPECT_THAT(oms.apps()[0], AllOf(HasSubstr("|43=Y|"), HasSubstr("|122="), HasSubstr("|17=r1|")));
  EXPECT_THAT(oms.apps()[2], HasSubstr("|17=r3|"));
  EXPECT_EQ(desk.latest->statistics().resent, 3U);
  ASSERT_TRUE(oms.send("D", {{11, "now"}}));
  ASSERT_TRUE(desk.latest->send("8", body_of("17=now|")));
  ASSERT_TRUE(until([&] { return desk.messages.size() == 3 && oms.apps().size() == 4; })) << "and goes on";
  ASSERT_TRUE(log_out(oms));
  EXPECT_EQ(oms.next_sender_seq(), desk.latest->next_target_seq());
  EXPECT_EQ(oms.next_target_seq(), desk.latest->next_sender_seq());
}

TEST_P(QuickfixClient, NumbersOutliveTheAcceptor) {
  FileStoreOptions file;
  file.path = folder.path("gate.store");
  desk.store = [file] { return open_file_store(file); };
  open(SequencePolicy::kept);
  QuickfixOms oms(oms_options());
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(desk.latest->send("8", body_of("17=before|")));
  ASSERT_TRUE(until([&] { return oms.apps().size() == 1; }));
  ASSERT_TRUE(log_out(oms));
  desk.latest = nullptr;
  acceptor.reset();
  const std::uint16_t same = port;
  open(SequencePolicy::kept, [&](AcceptorDoor& door) { door.port = same; });
  EXPECT_EQ(acceptor->restore("GATE", name).value()->send("8", body_of("17=meanwhile|")).value(), 4);
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(until([&] { return oms.apps().size() == 2; }));
  EXPECT_THAT(oms.apps()[1], AllOf(HasSubstr("|43=Y|"), HasSubstr("|17=meanwhile|")));
  ASSERT_TRUE(log_out(oms));
}

TEST_P(QuickfixClient, AResetOnRequestBeginsAtOneAndIsTold) {
  open(SequencePolicy::reset_on_request);
  QuickfixOms oms(oms_options("ResetOnLogon=Y\n"));
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(desk.latest->send("8", body_of("17=r1|")));
  ASSERT_TRUE(until([&] { return oms.apps().size() == 1; }));
  ASSERT_TRUE(log_out(oms));
  ASSERT_TRUE(desk.latest->send("8", body_of("17=lost|")));
  ASSERT_TRUE(log_on(oms));
  EXPECT_THAT(desk.log, ::testing::Contains("reset by Logon").Times(1));
  EXPECT_EQ(desk.latest->next_sender_seq(), 2);
  MessageHeader again;
  again.poss_resend = true;
  ASSERT_TRUE(desk.latest->send("8", body_of("17=lost|"), again));
  ASSERT_TRUE(until([&] { return oms.apps().size() == 2; }));
  EXPECT_THAT(oms.apps()[1], AllOf(HasSubstr("|97=Y|"), HasSubstr("|17=lost|")));
  ASSERT_TRUE(oms.send("D", {{11, "a1"}}, {{97, "Y"}}));
  ASSERT_TRUE(until([&] { return desk.messages.size() == 1; }));
  EXPECT_THAT(desk.messages[0], HasSubstr("again "));
  ASSERT_TRUE(log_out(oms));
}

// QuickFIX counts a Logout that refuses its Logon (findings/quickfix-cpp-counts-refused-logout.sh): then "stored" would be lost.
TEST_P(QuickfixClient, AClosedLogonCostsAKeptSessionNoReport) {
  open(SequencePolicy::kept);
  QuickfixOms oms(oms_options());
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(log_out(oms));
  ASSERT_TRUE(desk.latest->send("8", body_of("17=stored|")));
  const int expected = oms.next_target_seq();
  desk.decide = [](const LogonRequest&) { return LogonDecision{LogonDecision::Kind::close, "not now"}; };
  oms.start();
  ASSERT_TRUE(until([&] { return !desk.refusals.empty(); }));
  EXPECT_EQ(oms.next_target_seq(), expected);
  desk.decide = nullptr;
  ASSERT_TRUE(until([&] { return desk.latest->logged_on() && !oms.apps().empty(); })) << "it comes back by itself";
  EXPECT_THAT(oms.apps()[0], HasSubstr("|17=stored|"));
  ASSERT_TRUE(log_out(oms));
}

// The Text(58) of the first Logout that came.
std::string logout_text(const QuickfixOms& oms) {
  for (const std::string& each : oms.admins()) {
    if (field_of(each, 35) == "5") return field_of(each, 58);
  }
  return {};
}

TEST_P(QuickfixClient, AResetIsRefusedInWordsWhereNumbersAreKept) {
  open(SequencePolicy::kept);
  {
    QuickfixOms oms(oms_options("ResetOnLogon=Y\n"));
    oms.start();
    ASSERT_TRUE(until([&] { return !logout_text(oms).empty(); }));
    EXPECT_THAT(logout_text(oms), HasSubstr("this session keeps its numbers"));
    stop(oms);
  }
  ASSERT_FALSE(desk.refusals.empty());
  EXPECT_THAT(desk.refusals[0], HasSubstr("GATE: Logon(A) refused: ResetSeqNumFlag(141)=Y is not accepted"));
  EXPECT_THAT(desk.refused_peers[0], HasSubstr("127.0.0.1:"));
  EXPECT_EQ(field_of(desk.refused_first[0], 35), "A");
}

TEST_P(QuickfixClient, ALogonWithoutResetIsRefusedInWordsWhereOneIsRequired) {
  open(SequencePolicy::reset_each_logon);
  QuickfixOms oms(oms_options());
  oms.start();
  ASSERT_TRUE(until([&] { return !logout_text(oms).empty(); }));
  EXPECT_EQ(logout_text(oms), "ResetSeqNumFlag(141) must be Y on this session");
  stop(oms);
  EXPECT_THAT(desk.refusals.at(0), HasSubstr("ResetSeqNumFlag(141) must be Y"));
}

TEST_P(QuickfixClient, WhereEachLogonResetsAResendWorksWithinTheConnection) {
  open(SequencePolicy::reset_each_logon);
  QuickfixOms oms(oms_options("ResetOnLogon=Y\n"));
  ASSERT_TRUE(log_on(oms));
  oms.set_next_sender_seq(5);  // 2 to 4 are lost
  ASSERT_TRUE(oms.send("D", {{11, "a1"}}));
  ASSERT_TRUE(until([&] { return desk.latest->next_target_seq() == 6; })) << "asked for, and gap-filled";
  ASSERT_TRUE(until([&] { return desk.messages.size() == 1; }));
  EXPECT_EQ(desk.latest->statistics().resend_requests_out, 1U);
  ASSERT_TRUE(log_out(oms));
  EXPECT_FALSE(desk.latest->send("8", body_of("17=r|"))) << "the next Logon would lose it";
}

TEST_P(QuickfixClient, HeartbeatsOutOfBoundsAreRefusedInWords) {
  open(SequencePolicy::kept, [](AcceptorDoor& door) {
    door.least_heartbeat = std::chrono::seconds(5);
    door.most_heartbeat = std::chrono::seconds(60);
  });
  OmsOptions options = oms_options();
  options.heart_bt_int = 61;
  QuickfixOms oms(options);
  oms.start();
  ASSERT_TRUE(until([&] { return !logout_text(oms).empty(); }));
  EXPECT_EQ(logout_text(oms), "HeartBtInt(108) must be between 5 and 60 seconds");
  stop(oms);
}

TEST_P(QuickfixClient, ItsRejectIsHandedOver) {
  open(SequencePolicy::kept);
  QuickfixOms oms(oms_options());
  ASSERT_TRUE(log_on(oms));
  oms.refuse_next(31);
  const std::int64_t seq = desk.latest->send("8", body_of("17=e1|31=5|")).value();
  ASSERT_TRUE(until([&] { return desk.saw("3") == 1; }));
  for (const std::string& each : desk.session_messages) {
    if (field_of(each, 35) != "3") continue;
    EXPECT_EQ(field_of(each, 45), std::to_string(seq));
    EXPECT_EQ(field_of(each, 371), "31");
    EXPECT_EQ(field_of(each, 373), "5");
  }
  EXPECT_EQ(desk.latest->statistics().rejects, 1U);
  ASSERT_TRUE(desk.latest->reject(2, 44, "D", 5, "no such price"));
  ASSERT_TRUE(until([&] { return !oms.admins().empty() && field_of(oms.admins().back(), 35) == "3"; }));
  EXPECT_EQ(field_of(oms.admins().back(), 58), "no such price");
  ASSERT_TRUE(log_out(oms));
}

TEST_P(QuickfixClient, ADayEndsAndTheNextBeginsAtOne) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::chrono::seconds of_day = now % std::chrono::hours(24);
  const std::chrono::seconds end = (of_day + std::chrono::hours(1)) % std::chrono::hours(24);
  open(SequencePolicy::reset_on_request, [&](AcceptorDoor& door) { door.daily_reset = end; });
  QuickfixOms oms(oms_options("ResetOnLogout=Y\nResetOnDisconnect=Y\n"));
  ASSERT_TRUE(log_on(oms));
  ASSERT_TRUE(desk.latest->send("8", body_of("17=today|")));
  ASSERT_TRUE(until([&] { return oms.apps().size() == 1; }));
  time.set_wall(std::chrono::hours(2));
  ASSERT_TRUE(until([&] { return oms.logons() == 2 && desk.latest->logged_on(); })) << "it comes back by itself";
  EXPECT_THAT(logout_text(oms), HasSubstr("the day of this session is over"));
  EXPECT_THAT(desk.log, ::testing::Contains("reset by the day").Times(1));
  EXPECT_EQ(desk.latest->next_target_seq(), 2);
  EXPECT_EQ(desk.latest->next_sender_seq(), 2);
  ASSERT_TRUE(desk.latest->send("8", body_of("17=tomorrow|")));
  ASSERT_TRUE(until([&] { return oms.apps().size() == 2; }));
  ASSERT_TRUE(log_out(oms));
}

// Mutual TLS with QuickFIX's own SSLSocketInitiator.
class QuickfixClientTls : public QuickfixClient {
 protected:
  void SetUp() override {
    quickfix_tls_ran = true;
    if (!quickfix_speaks_tls()) GTEST_SKIP() << "QuickFIX was built without OpenSSL";
  }
  void open_tls() {
    open(SequencePolicy::kept, [&](AcceptorDoor& door) {
      door.tls = true;
      door.certificate_file = server_.certificate;
      door.private_key_file = server_.private_key;
      door.client_ca_file = clients_.ca_file();
    });
    desk.decide = [this](const LogonRequest& request) {
      if (request.certificate != nullptr) seen = *request.certificate;
      return LogonDecision{};
    };
  }
  // Shows this certificate; empty: none.
  OmsOptions tls_options(const LeafFiles& shown) {
    OmsOptions options = oms_options();
    options.tls = "CertificationAuthoritiesFile=" + authority_.ca_file() + "\n";
    if (!shown.certificate.empty())
      options.tls += "ClientCertificateFile=" + shown.certificate + "\nClientCertificateKeyFile=" + shown.private_key + "\n";
    return options;
  }
  LeafFiles client_leaf(bool rsa) {
    LeafOptions leaf;
    leaf.common_name = name;
    leaf.usage = "clientAuth";
    leaf.rsa = rsa;
    return clients_.issue("client", leaf);
  }

  PeerCertificate seen;

 private:
  CertificateAuthority authority_{folder.path(), "authority"}, clients_{folder.path(), "clients"};
  LeafFiles server_ = authority_.issue("server");
};
INSTANTIATE_TEST_SUITE_P(Versions, QuickfixClientTls, ::testing::Values("FIX.4.4"), [](const auto&) { return "Fix44"; });

TEST_P(QuickfixClientTls, LogsOnWithItsCertificate) {
  open_tls();
  QuickfixOms oms(tls_options(client_leaf(true)));
  ASSERT_TRUE(log_on(oms)) << ::testing::PrintToString(desk.refusals);
  EXPECT_EQ(seen.common_name, name);
  ASSERT_TRUE(oms.send("D", {{11, "a1"}}));
  ASSERT_TRUE(desk.latest->send("8", body_of("17=e1|")));
  ASSERT_TRUE(until([&] { return desk.messages.size() == 1 && oms.apps().size() == 1; }));
  ASSERT_TRUE(log_out(oms));
  ASSERT_TRUE(log_on(oms)) << "and again, with a whole handshake";
  ASSERT_TRUE(log_out(oms));
}

TEST_P(QuickfixClientTls, WithoutACertificateItIsSentAwayInWords) {
  open_tls();
  QuickfixOms oms(tls_options({}));
  oms.start();
  ASSERT_TRUE(until([&] { return !desk.refusals.empty(); }));
  EXPECT_THAT(desk.refusals[0], HasSubstr("showed no certificate"));
  EXPECT_TRUE(desk.log.empty());
  stop(oms);
}

// Two versions at one port, and a third that is not served.
TEST(QuickfixClients, OfTwoVersionsShareAPort) {
  boost::asio::io_context io{1};
  Desk desk;
  FixAcceptor acceptor(io, desk);
  AcceptorDoor door;
  door.name = "four-two";
  door.comp_id = "GATE";
  door.begin_string = "FIX.4.2";
  door.sequence = SequencePolicy::kept;
  door.tls = false;
  const std::uint16_t port = acceptor.open(door).value();
  door.name = "four-four";
  door.begin_string = "FIX.4.4";
  door.port_of = "four-two";
  EXPECT_EQ(acceptor.open(door).value(), port);
  const std::string name = fresh_oms();
  const auto options = [&](const std::string& version) {
    OmsOptions made;
    made.begin_string = version;
    made.sender = name;
    made.port = port;
    return made;
  };
  QuickfixOms old_one(options("FIX.4.2")), new_one(options("FIX.4.4")), other(options("FIX.4.3"));
  old_one.start();
  new_one.start();
  other.start();
  ASSERT_TRUE(run_until(io, [&] { return old_one.logged_on() && new_one.logged_on() && !other.admins().empty(); }));
  EXPECT_EQ(acceptor.find("four-two", name)->door().begin_string, "FIX.4.2");
  EXPECT_EQ(acceptor.find("four-four", name)->door().begin_string, "FIX.4.4");
  EXPECT_EQ(field_of(other.admins()[0], 58), "BeginString(8)=FIX.4.3 is not served here, but FIX.4.2, FIX.4.4");
  ASSERT_TRUE(acceptor.find("four-two", name)->send("8", body_of("17=old|")));
  ASSERT_TRUE(run_until(io, [&] { return old_one.apps().size() == 1; }));
  EXPECT_TRUE(new_one.apps().empty());
  for (QuickfixOms* each : {&old_one, &new_one}) each->log_out();
  ASSERT_TRUE(run_until(io, [&] { return !old_one.logged_on() && !new_one.logged_on(); }));
}

}  // namespace
}  // namespace marginfix::test

// Asked by LeakSanitizer before it looks; each test is a process of its own.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return marginfix::test::quickfix_tls_ran ? 1 : 0; }
