// Doors of a FixAcceptor: what they ask of a Logon, certificates of clients, connections that come to nothing, a dead peer's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "integration/acceptor/desk.hpp"
#include "marginfix/fix/frame.hpp"
#include "support/certificates.hpp"
#include "support/failing_store.hpp"
#include "support/scripted_client.hpp"
#include "support/temp_folder.hpp"
#include "support/test_time.hpp"

namespace marginfix::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AcceptorDoors : public ::testing::Test {
 protected:
  AcceptorDoors() {
    FixAcceptorOptions options;
    options.time = &time;
    acceptor.emplace(io, desk, options);
  }
  AcceptorDoor plain(const std::string& name = "GATE") const {
    AcceptorDoor door;
    door.comp_id = name;
    door.sequence = SequencePolicy::reset_on_request;
    door.tls = false;
    return door;
  }
  static std::string logon(const std::string& key, int seq, const std::string& rest) {
    return ScriptedClient::header("A", seq, key, "GATE") + "98=0|108=30|" + rest;
  }
  bool until(const std::function<bool()>& done) { return run_until(io, done); }
  // The text of the Logout that answers this Logon.
  std::string refusal_of(std::uint16_t port, const std::string& first) {
    ScriptedClient client(io, port);
    if (!until([&] { return client.opened; })) return "not opened";
    client.send(first);
    if (!until([&] { return client.closed; })) return "not closed";
    return client.messages.size() == 1 && field_of(client.messages[0], 35) == "5" ? field_of(client.messages[0], 58) : "no Logout";
  }

  boost::asio::io_context io{1};
  TempFolder folder;
  AheadTime time;
  Desk desk;
  std::optional<FixAcceptor> acceptor;
  std::string key{[] {
    static int count = 0;
    return "desk-" + std::to_string(++count);
  }()};
};

TEST_F(AcceptorDoors, AFixtLogonMustNameTheDoorsVersion) {
  const auto port = acceptor->open(plain()).value();
  EXPECT_EQ(refusal_of(port, logon(key, 1, "")), "DefaultApplVerID(1137) is missing, it must be 9");
  EXPECT_EQ(refusal_of(port, logon(key, 1, "1137=7|")), "DefaultApplVerID(1137)=7 is not served here, but 9");
  EXPECT_EQ(refusal_of(port, ScriptedClient::header("A", 1, key, "OTHER") + "98=0|108=30|1137=9|"), "TargetCompID(56) must be GATE here");
  EXPECT_EQ(desk.refusals.size(), 3U);
  EXPECT_TRUE(acceptor->sessions().empty());
}

TEST_F(AcceptorDoors, WhatComesToNothingIsToldWithAddressAndFirstWords) {
  AcceptorDoor door = plain();
  door.logon_timeout = std::chrono::milliseconds(1500);
  const auto port = acceptor->open(door).value();
  ScriptedClient silent(io, port);
  ASSERT_TRUE(until([&] { return silent.closed; }));
  ScriptedClient stranger(io, port);
  ASSERT_TRUE(until([&] { return stranger.opened; }));
  stranger.send_bytes("GET / HTTP/1.1\r\n");
  ASSERT_TRUE(until([&] { return stranger.closed; }));
  ScriptedClient hasty(io, port);
  ASSERT_TRUE(until([&] { return hasty.opened; }));
  hasty.send(ScriptedClient::header("D", 1, key, "GATE") + "11=a|");
  ASSERT_TRUE(until([&] { return hasty.closed; }));
  EXPECT_THAT(desk.refusals,
              ::testing::ElementsAre("GATE: no Logon(A) in time: closed", "GATE: what it sent first is not a FIX message: closed",
                                     "GATE: its first message is not a Logon(A): closed"));
  EXPECT_THAT(desk.refused_peers, ::testing::Each(HasSubstr("127.0.0.1:")));
  EXPECT_EQ(desk.refused_first[0], "");
  EXPECT_THAT(desk.refused_first[1], HasSubstr("GET /"));
  EXPECT_EQ(field_of(desk.refused_first[2], 11), "a");
}

TEST_F(AcceptorDoors, TheHandlerReadsTheLogonItself) {
  desk.decide = [](const LogonRequest& request) -> LogonDecision {
    if (request.frame->field(553) == "alice" && request.frame->field(554) == "secret") return {};
    return {LogonDecision::Kind::logout, "who are you?", 0, 0};
  };
  const auto port = acceptor->open(plain()).value();
  EXPECT_EQ(refusal_of(port, logon(key, 1, "553=alice|554=guess|1137=9|")), "who are you?");
  ScriptedClient client(io, port);
  ASSERT_TRUE(until([&] { return client.opened; }));
  client.send(logon(key, 1, "553=alice|554=secret|1137=9|"));
  EXPECT_TRUE(until([&] { return desk.latest != nullptr; }));
}

TEST_F(AcceptorDoors, ARefusalMayCloseWithoutAWord) {
  desk.decide = [](const LogonRequest&) { return LogonDecision{LogonDecision::Kind::close, "not now"}; };
  const auto port = acceptor->open(plain()).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(until([&] { return client.opened; }));
  client.send(logon(key, 7, "1137=9|"));
  ASSERT_TRUE(until([&] { return client.closed; }));
  EXPECT_TRUE(client.messages.empty());
  EXPECT_THAT(desk.refusals, ::testing::ElementsAre("GATE: Logon(A) of " + key + " refused: not now"));
  EXPECT_EQ(field_of(desk.refused_first.at(0), 34), "7");
  EXPECT_TRUE(acceptor->sessions().empty());
}

// What passes by itself: told where numbers begin anew with each Logon, and only closed where they are kept.
TEST_F(AcceptorDoors, WhatCannotBeDecidedNowTouchesNoKeptNumber) {
  AcceptorDoor kept = plain("GATE");
  kept.sequence = SequencePolicy::kept;
  AcceptorDoor fresh = kept;
  fresh.name = "fresh";
  fresh.sequence = SequencePolicy::reset_each_logon;
  const auto kept_port = acceptor->open(kept).value(), fresh_port = acceptor->open(fresh).value();
  const std::string first = logon(key, 1, "1137=9|"), first_with_reset = logon(key, 1, "141=Y|1137=9|");

  desk.decide = [](const LogonRequest&) -> LogonDecision { throw std::runtime_error("the list of clients is being read"); };
  EXPECT_EQ(refusal_of(kept_port, first), "no Logout");
  EXPECT_EQ(refusal_of(fresh_port, first_with_reset), "the Logon(A) cannot be decided now");
  desk.decide = nullptr;
  desk.store = []() -> std::unique_ptr<MessageStore> { throw std::runtime_error("the disk is not there yet"); };
  EXPECT_EQ(refusal_of(kept_port, first), "no Logout");
  EXPECT_EQ(refusal_of(fresh_port, first_with_reset), "the session cannot be opened");
}

TEST_F(AcceptorDoors, ADeadPeersPlaceIsFreeAfterAProbe) {
  const auto port = acceptor->open(plain()).value();
  desk.decide = [&](const LogonRequest& request) -> LogonDecision {
    if (!request.session_connected) return {};
    desk.latest->probe();
    return {LogonDecision::Kind::logout, "connected already: being asked whether it is still there", 0, 0};
  };
  ScriptedClient dead(io, port);
  ASSERT_TRUE(until([&] { return dead.opened; }));
  dead.send(logon(key, 1, "1137=9|"));
  ASSERT_TRUE(until([&] { return desk.latest != nullptr; }));
  EXPECT_THAT(refusal_of(port, logon(key, 2, "1137=9|")), HasSubstr("connected already"));
  EXPECT_TRUE(desk.latest->logged_on());
  time.pass(std::chrono::seconds(40));
  ASSERT_TRUE(until([&] { return dead.closed; }));
  EXPECT_THAT(desk.log.back(), HasSubstr("nothing heard"));
  ScriptedClient next(io, port);
  ASSERT_TRUE(until([&] { return next.opened; }));
  next.send(logon(key, 2, "1137=9|"));
  EXPECT_TRUE(until([&] { return desk.latest->logged_on(); }));
}

TEST_F(AcceptorDoors, GarbledMessagesAndRetransmissionsAreCounted) {
  const auto port = acceptor->open(plain()).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(until([&] { return client.opened; }));
  client.send(logon(key, 1, "1137=9|"));
  ASSERT_TRUE(until([&] { return desk.latest != nullptr; }));
  std::string broken = fix_message(ScriptedClient::header("D", 2, key, "GATE") + "11=a|");
  broken[broken.find("11=a") + 3] = 'b';
  client.send_bytes(broken);
  client.send(ScriptedClient::header("D", 2, key, "GATE") + "11=a|");
  client.send("35=D|34=2|43=Y|49=" + key + "|52=" + utc_now() + "|56=GATE|122=" + utc_now() + "|11=a|");
  client.send(ScriptedClient::header("1", 3, key, "GATE") + "112=x|");
  ASSERT_TRUE(until([&] { return desk.saw("1") == 1; }));
  const SessionStatistics figures = desk.latest->statistics();
  EXPECT_EQ(figures.garbled, 1U);
  EXPECT_EQ(figures.duplicates, 1U);
  EXPECT_EQ(figures.app_in, 1U);
  EXPECT_EQ(figures.connects, 1U);
}

TEST_F(AcceptorDoors, ARejectThatCannotBeStoredIsNotSent) {
  FailingStore* store = nullptr;
  desk.store = [&store] {
    auto made = std::make_unique<FailingStore>();
    store = made.get();
    return made;
  };
  const auto port = acceptor->open(plain()).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(until([&] { return client.opened; }));
  client.send(logon(key, 1, "1137=9|"));
  ASSERT_TRUE(until([&] { return client.messages.size() == 1 && desk.latest != nullptr; }));
  EXPECT_EQ(desk.latest->reject(1, 58, "A", 5, "no").value(), 2);
  store->full = true;
  const auto refused = desk.latest->reject(1, 58, "A", 5, "no");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::store);
  EXPECT_THAT(refused.error().message, HasSubstr("disk full"));
  ASSERT_TRUE(until([&] { return client.closed; }));
  EXPECT_EQ(client.messages.size(), 2U);
  const auto gone = desk.latest->reject(1, 58, "A", 5, "no");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().category, ErrorCategory::closed);
}

// Of a connection that goes on for long only the end can be had again; the rest is gap-filled.
TEST_F(AcceptorDoors, WhatIsKeptOfAConnectionInMemoryIsBounded) {
  AcceptorDoor door = plain();
  door.sequence = SequencePolicy::reset_each_logon;
  const auto port = acceptor->open(door).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(until([&] { return client.opened; }));
  client.send(logon(key, 1, "141=Y|1137=9|"));
  ASSERT_TRUE(until([&] { return desk.latest != nullptr; }));
  constexpr std::size_t kReports = 24, kMegabyte = std::size_t{1} << 20;  // 24 MiB, of which 16 are kept
  for (std::size_t i = 0; i < kReports; ++i) {
    ASSERT_TRUE(desk.latest->send("8", body_of("17=e" + std::to_string(i) + "|58=" + std::string(kMegabyte, 'x') + "|")));
    ASSERT_TRUE(until([&] { return client.messages.size() == i + 2; }));
  }
  client.messages.clear();
  client.send(ScriptedClient::header("2", 2, key, "GATE") + "7=1|16=0|");
  // Sixteen megabytes through a client that looks at every byte, with sanitizers, on a busy machine.
  ASSERT_TRUE(run_until(
      io, [&] { return !client.messages.empty() && field_of(client.messages.back(), 17) == "e23"; }, std::chrono::seconds(100)));
  ASSERT_EQ(client.messages.size(), 16U) << "a gap fill and the reports that 16 MiB hold";
  EXPECT_EQ(field_of(client.messages[0], 35), "4");
  EXPECT_EQ(field_of(client.messages[0], 36), "11");
  EXPECT_EQ(field_of(client.messages[1], 17), "e9");
}

TEST_F(AcceptorDoors, ARetransmissionToOneClientHoldsUpNoOther) {
  constexpr int kMissed = 20'000;
  const auto port = acceptor->open(plain()).value();
  AcceptorSession* absent = acceptor->restore("GATE", key).value();
  for (int i = 0; i < kMissed; ++i) ASSERT_TRUE(absent->send("8", body_of("17=e|58=a report of a day that the client has missed|")));
  ScriptedClient back(io, port);
  ASSERT_TRUE(until([&] { return back.opened; }));
  back.send(logon(key, 1, "1137=9|"));
  back.send(ScriptedClient::header("2", 2, key, "GATE") + "7=1|16=0|");
  ASSERT_TRUE(until([&] { return back.messages.size() > 100; }));
  ScriptedClient other(io, port);
  ASSERT_TRUE(until([&] { return other.opened; }));
  other.send(logon(key + "-other", 1, "1137=9|"));
  other.send(ScriptedClient::header("1", 2, key + "-other", "GATE") + "112=alive|");
  ASSERT_TRUE(until([&] { return other.messages.size() == 2; }));
  EXPECT_EQ(field_of(other.messages[1], 112), "alive");
  EXPECT_LT(back.messages.size(), std::size_t{kMissed}) << "the other one was heard in between";
  ASSERT_TRUE(until([&] { return back.messages.size() == kMissed + 2; })) << "Logon, the reports, a gap fill for the Logon";
}

TEST_F(AcceptorDoors, SenselessOnesAreRefusedWithWords) {
  const auto fault = [&](const std::function<void(AcceptorDoor&)>& change) {
    AcceptorDoor door = plain();
    change(door);
    const auto opened = acceptor->open(door);
    return opened ? std::string("opened") : opened.error().message;
  };
  EXPECT_THAT(fault([](AcceptorDoor& d) { d.begin_string = "FIX.4.3"; }), HasSubstr("BeginString must be FIX.4.2, FIX.4.4 or FIXT.1.1"));
  EXPECT_THAT(fault([](AcceptorDoor& d) { d.appl_ver_id.clear(); }), HasSubstr("DefaultApplVerID"));
  EXPECT_THAT(fault([](AcceptorDoor& d) { d.least_heartbeat = std::chrono::seconds(90'000); }), HasSubstr("heartbeats"));
  EXPECT_THAT(fault([](AcceptorDoor& d) { d.daily_reset = std::chrono::hours(24); }), HasSubstr("time of the day"));
  EXPECT_THAT(fault([](AcceptorDoor& d) { d.retransmission = false; }), HasSubstr("need retransmission"));
  EXPECT_THAT(fault([](AcceptorDoor& d) { d.port_of = "nobody"; }), HasSubstr("there is no door nobody"));
  ASSERT_EQ(fault([](AcceptorDoor&) {}), "opened");
  EXPECT_THAT(fault([](AcceptorDoor& d) { d.name = "twin", d.port_of = "GATE"; }), HasSubstr("could mean both"));
}

class ClientCertificates : public AcceptorDoors {
 protected:
  std::uint16_t open() {
    AcceptorDoor door = plain();
    door.tls = true;
    door.certificate_file = server.certificate;
    door.private_key_file = server.private_key;
    door.client_ca_file = clients.ca_file();
    return acceptor->open(door).value();
  }
  static LeafOptions client_leaf(const std::string& usage = "clientAuth") {
    LeafOptions leaf;
    leaf.common_name = "desk-1";
    leaf.names = {"DNS:desk-1.example", "IP:10.0.0.7"};
    leaf.usage = usage;
    return leaf;
  }
  // True when the client was sent away; the acceptor's words.
  std::string refused(std::uint16_t port, const LeafFiles& shown) {
    const std::size_t before = desk.refusals.size();
    ScriptedClient client(io, port, authority.ca_file(), shown);
    if (!until([&] { return client.closed && desk.refusals.size() > before; })) return "not refused";
    return desk.refusals.back();
  }

  CertificateAuthority authority{folder.path(), "authority"}, clients{folder.path(), "clients"}, others{folder.path(), "others"};
  LeafFiles server = authority.issue("server");
};

TEST_F(ClientCertificates, AreVerifiedAndHandedOver) {
  const auto port = open();
  PeerCertificate seen;
  desk.decide = [&](const LogonRequest& request) {
    if (request.certificate != nullptr) seen = *request.certificate;
    return LogonDecision{};
  };
  ScriptedClient client(io, port, authority.ca_file(), clients.issue("client", client_leaf()));
  ASSERT_TRUE(until([&] { return client.opened; })) << client.close_text;
  client.send(logon(key, 1, "1137=9|"));
  ASSERT_TRUE(until([&] { return desk.latest != nullptr; })) << client.close_text;
  EXPECT_EQ(seen.subject, "CN=desk-1");
  EXPECT_EQ(seen.common_name, "desk-1");
  EXPECT_EQ(seen.sha256.size(), 64U);
  EXPECT_EQ(seen.names, (std::vector<std::string>{"DNS:desk-1.example", "IP:10.0.0.7"}));
}

TEST_F(ClientCertificates, AreMissingOrOfSomebodyElseAndNobodyIsHeard) {
  const auto port = open();
  EXPECT_THAT(refused(port, {}), AllOf(HasSubstr("GATE: "), HasSubstr("showed no certificate")));
  EXPECT_THAT(refused(port, others.issue("other", client_leaf())), AllOf(HasSubstr("desk-1"), HasSubstr("is refused")));
  EXPECT_THAT(refused(port, clients.issue("wrong", client_leaf("serverAuth"))), HasSubstr("is refused"));
  LeafOptions old = client_leaf();
  old.valid_from = std::chrono::hours(-2);
  old.valid_to = std::chrono::hours(-1);
  EXPECT_THAT(refused(port, clients.issue("old", old)), HasSubstr("expired"));
  EXPECT_TRUE(desk.log.empty());
}

TEST_F(ClientCertificates, WithoutRootsTheDoorDoesNotOpen) {
  AcceptorDoor door = plain();
  door.tls = true;
  door.certificate_file = server.certificate;
  door.private_key_file = server.private_key;
  door.client_ca_file = folder.path("no-such-roots.pem");
  const auto opened = acceptor->open(door);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().category, ErrorCategory::config);
  EXPECT_THAT(opened.error().message, HasSubstr("no-such-roots.pem"));
}

}  // namespace
}  // namespace marginfix::test
