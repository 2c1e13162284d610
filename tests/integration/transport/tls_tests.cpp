// TLS refusals, each with the sentence that says what to do; SNI; what plain TCP may do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/transport/harness.hpp"

namespace marginfix::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Tls : public testing::Test {
 protected:
  // A session that trusts `ca_file` and connects to `host`; run until it has ended once.
  StateChange end_of(std::uint16_t port, const std::string& host, const std::string& ca_file, const std::string& server_name = {}) {
    auto options = client_options(port, fresh_key(), "KalshiNR");
    options.host = host;
    options.tls.enabled = true;
    options.tls.ca_file = ca_file;
    options.tls.server_name = server_name;
    options.timeouts.handshake = std::chrono::milliseconds(400);
    Client client(io, options);
    client.session->start();
    EXPECT_TRUE(run_until(io, [&] { return client.ended().reason != EndReason::none || client.state() == SessionState::logging_on; }));
    StateChange seen = client.ended();
    if (seen.reason == EndReason::none) seen.text = "accepted";
    EXPECT_TRUE(stop_and_wait(io, client));
    return seen;
  }

  boost::asio::io_context io;
  TempFolder folder;
  CertificateAuthority ca{folder.path(), "ca"};
};

TEST_F(Tls, unknown_authority_is_final_and_names_the_setting) {
  CertificateAuthority other(folder.path(), "other");
  const LeafFiles leaf = ca.issue("server");
  ScriptedPeer peer(io, &leaf);
  const StateChange end = end_of(peer.port(), "localhost", other.ca_file());
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_EQ(end.state, SessionState::stopped);
  EXPECT_THAT(end.text, AllOf(HasSubstr("certificate chain does not end in a trusted root: set SSLCertificateAuthoritiesFile / "
                                        "TlsOptions::ca_file"),
                              HasSubstr(other.ca_file())));
  EXPECT_EQ(peer.opened(), 0U);
}

TEST_F(Tls, the_systems_roots_do_not_know_a_private_authority) {
  const LeafFiles leaf = ca.issue("server");
  ScriptedPeer peer(io, &leaf);
  const StateChange end = end_of(peer.port(), "localhost", "");
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_THAT(end.text, HasSubstr("the system's roots"));
}

TEST_F(Tls, self_signed_certificate_is_refused) {
  const LeafFiles leaf = ca.self_signed("server");
  ScriptedPeer peer(io, &leaf);
  const StateChange end = end_of(peer.port(), "localhost", ca.ca_file());
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_THAT(end.text, HasSubstr("does not end in a trusted root"));
}

TEST_F(Tls, wrong_host_name_names_the_certificates_names_and_the_wanted_one) {
  LeafOptions names;
  names.names = {"DNS:margin-fix.example.org", "IP:192.0.2.7"};
  const LeafFiles leaf = ca.issue("server", names);
  ScriptedPeer peer(io, &leaf);
  const StateChange end = end_of(peer.port(), "localhost", ca.ca_file());
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_EQ(end.state, SessionState::stopped);
  EXPECT_THAT(end.text, AllOf(HasSubstr("[DNS:margin-fix.example.org, IP:192.0.2.7], not for 'localhost'"), HasSubstr("server_name")));
}

TEST_F(Tls, an_address_not_in_the_certificate_is_refused_and_one_in_it_accepted) {
  LeafOptions names;
  names.names = {"DNS:localhost"};
  const LeafFiles only_name = ca.issue("only-name", names);
  ScriptedPeer strict(io, &only_name);
  const StateChange end = end_of(strict.port(), "127.0.0.1", ca.ca_file());
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_THAT(end.text, HasSubstr("[DNS:localhost], not for '127.0.0.1'"));
  const LeafFiles both = ca.issue("both");
  ScriptedPeer fine(io, &both);
  EXPECT_EQ(end_of(fine.port(), "127.0.0.1", ca.ca_file()).text, "accepted");
}

TEST_F(Tls, server_name_replaces_the_host_for_verification) {
  LeafOptions names;
  names.names = {"DNS:margin-fix.example.org"};
  const LeafFiles leaf = ca.issue("server", names);
  ScriptedPeer peer(io, &leaf);
  EXPECT_EQ(end_of(peer.port(), "127.0.0.1", ca.ca_file(), "margin-fix.example.org").text, "accepted");
}

TEST_F(Tls, expired_certificate_is_final_and_says_its_dates) {
  LeafOptions dates;
  dates.valid_from = std::chrono::hours(-2);
  dates.valid_to = std::chrono::hours(-1);
  const LeafFiles leaf = ca.issue("server", dates);
  ScriptedPeer peer(io, &leaf);
  const StateChange end = end_of(peer.port(), "localhost", ca.ca_file());
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_EQ(end.state, SessionState::stopped);
  EXPECT_THAT(end.text, AllOf(HasSubstr("has expired: it was valid from 20"), HasSubstr(" UTC to 20"), HasSubstr("must renew it")));
}

TEST_F(Tls, certificate_of_the_future_points_at_the_clock) {
  LeafOptions dates;
  dates.valid_from = std::chrono::hours(1);
  const LeafFiles leaf = ca.issue("server", dates);
  ScriptedPeer peer(io, &leaf);
  const StateChange end = end_of(peer.port(), "localhost", ca.ca_file());
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_THAT(end.text, AllOf(HasSubstr("not valid yet"), HasSubstr("clock")));
}

TEST_F(Tls, missing_ca_file_is_final_and_named) {
  const LeafFiles leaf = ca.issue("server");
  ScriptedPeer peer(io, &leaf);
  const StateChange end = end_of(peer.port(), "localhost", folder.path("no-such.pem"));
  EXPECT_EQ(end.reason, EndReason::certificate_refused);
  EXPECT_EQ(end.state, SessionState::stopped);
  EXPECT_THAT(end.text, AllOf(HasSubstr("no-such.pem"), HasSubstr("SSLCertificateAuthoritiesFile")));
  EXPECT_EQ(peer.accepted(), 0U);
}

TEST_F(Tls, a_peer_that_never_answers_the_handshake_times_out_and_is_tried_again) {
  ScriptedPeer plain(io);  // reads the ClientHello and stays silent
  const StateChange end = end_of(plain.port(), "localhost", ca.ca_file());
  EXPECT_EQ(end.reason, EndReason::tls_failed);
  EXPECT_EQ(end.state, SessionState::waiting);
  EXPECT_THAT(end.text, HasSubstr("within 400 ms"));
}

TEST_F(Tls, a_peer_that_speaks_no_tls_is_recognised) {
  ScriptedPeer plain(io);
  auto options = client_options(plain.port(), fresh_key(), "KalshiNR");
  options.tls.enabled = true;
  options.tls.ca_file = ca.ca_file();
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return plain.connected(); }));
  plain.send("35=5|34=1|");
  ASSERT_TRUE(run_until(io, [&] { return client.ended().reason != EndReason::none; }));
  EXPECT_EQ(client.ended().reason, EndReason::tls_failed);
  EXPECT_THAT(client.ended().text, HasSubstr("does not speak TLS on this port"));
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Tls, a_plain_client_at_a_tls_door_gets_nothing_and_says_so) {
  const LeafFiles leaf = ca.issue("server");
  ScriptedPeer peer(io, &leaf);
  Client client(io, client_options(peer.port(), fresh_key(), "KalshiNR"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.ended().reason != EndReason::none; }));
  EXPECT_EQ(client.state(), SessionState::waiting);
  EXPECT_NE(client.ended().reason, EndReason::requested);
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Tls, sni_is_sent_for_names_and_not_for_addresses) {
  ScriptedPeer plain(io);
  EXPECT_EQ(end_of(plain.port(), "localhost", ca.ca_file()).reason, EndReason::tls_failed);
  EXPECT_THAT(plain.raw(), HasSubstr("localhost"));
  ScriptedPeer other(io);
  EXPECT_EQ(end_of(other.port(), "127.0.0.1", ca.ca_file()).reason, EndReason::tls_failed);
  EXPECT_FALSE(other.raw().empty());
  EXPECT_THAT(other.raw(), Not(HasSubstr("127.0.0.1")));
}

TEST_F(Tls, plain_tcp_to_an_address_that_is_not_loopback_is_refused_before_any_connect) {
  auto options = client_options(9, fresh_key(), "KalshiNR");
  options.host = "192.0.2.1";
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.ended().reason != EndReason::none; }));
  EXPECT_EQ(client.ended().reason, EndReason::plain_refused);
  EXPECT_EQ(client.state(), SessionState::stopped);
  EXPECT_THAT(client.ended().text, AllOf(HasSubstr("plain TCP to 192.0.2.1"), HasSubstr("switch TLS on"), HasSubstr("loopback")));
  EXPECT_EQ(client.times(SessionState::handshaking), 0U);
}

class FixedNames final : public transport::NameResolver {
 public:
  std::vector<std::string> resolve(const std::string&, std::string* error) override {
    ++asked;
    if (failures > 0) {
      --failures;
      *error = "temporary failure in name resolution";
      return {};
    }
    return addresses;
  }
  std::vector<std::string> addresses;
  int failures{0}, asked{0};
};

TEST_F(Tls, plain_tcp_to_a_name_is_refused_when_any_of_its_addresses_is_not_loopback) {
  auto names = std::make_shared<FixedNames>();
  names->addresses = {"127.0.0.1", "192.0.2.1"};
  auto options = client_options(9, fresh_key(), "KalshiNR");
  options.host = "exchange.example";
  options.resolver = names;
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.ended().reason != EndReason::none; }));
  EXPECT_EQ(client.ended().reason, EndReason::plain_refused);
  EXPECT_THAT(client.ended().text, HasSubstr("exchange.example (192.0.2.1)"));
}

TEST_F(Tls, a_name_that_does_not_resolve_is_tried_again_and_looked_up_anew) {
  ScriptedPeer peer(io);
  auto names = std::make_shared<FixedNames>();
  names->addresses = {"127.0.0.1"};
  names->failures = 2;
  auto options = client_options(peer.port(), fresh_key(), "KalshiNR");
  options.host = "exchange.example";
  options.resolver = names;
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return peer.saw("A"); }));
  EXPECT_EQ(names->asked, 3);
  EXPECT_EQ(client.times(SessionState::waiting), 2U);
  EXPECT_EQ(client.ended().reason, EndReason::connect_failed);
  EXPECT_THAT(client.ended().text,
              AllOf(HasSubstr("'exchange.example' does not resolve"), HasSubstr("temporary failure"), HasSubstr("DNS")));
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Tls, the_operating_systems_look_up_failing_says_so) {
  auto options = client_options(9, fresh_key(), "KalshiNR");
  options.host = "no-such-host.invalid";
  options.timeouts.connect = std::chrono::seconds(5);
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.ended().reason != EndReason::none; }));
  EXPECT_EQ(client.ended().reason, EndReason::connect_failed);
  EXPECT_THAT(client.ended().text, AllOf(HasSubstr("no-such-host.invalid"), HasSubstr("DNS")));
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Tls, every_address_of_a_name_is_tried) {
  ScriptedPeer peer(io);
  auto names = std::make_shared<FixedNames>();
  names->addresses = {"127.0.0.77", "::1", "127.0.0.1"};  // nothing listens on the first two
  auto options = client_options(peer.port(), fresh_key(), "KalshiNR");
  options.host = "exchange.example";
  options.resolver = names;
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return peer.saw("A"); }));
  EXPECT_EQ(names->asked, 1);
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Tls, connection_refused_names_the_address_and_is_tried_again) {
  std::uint16_t port = 0;
  {
    ScriptedPeer gone(io);
    port = gone.port();
  }
  Client client(io, client_options(port, fresh_key(), "KalshiNR"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.times(SessionState::waiting) >= 2; }));
  EXPECT_EQ(client.ended().reason, EndReason::connect_failed);
  EXPECT_THAT(client.ended().text, AllOf(HasSubstr("127.0.0.1:" + std::to_string(port)), HasSubstr("refused")));
  ASSERT_TRUE(stop_and_wait(io, client));
}

}  // namespace
}  // namespace marginfix::test
