// RawSession against FixAcceptor over real sockets: logon, messages both ways, batching, logout.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/transport/harness.hpp"

namespace marginfix::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Logon : public testing::Test {
 protected:
  boost::asio::io_context io;
  TempFolder folder;
};

TEST_F(Logon, plain_session_logs_on_exchanges_messages_and_logs_out) {
  Exchange exchange(io);
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  const std::string key = fresh_key();
  Client client(io, client_options(port, key, "KalshiNR"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active() && exchange.logons == 1; }));
  ASSERT_EQ(exchange.logon_requests.size(), 1U);
  EXPECT_EQ(field_of(exchange.logon_requests[0], 49), key);
  EXPECT_EQ(field_of(exchange.logon_requests[0], 141), "Y");
  EXPECT_EQ(client.session->send("D", body("11=order-1|"), {}).value(), 2);
  EXPECT_EQ(exchange.latest->send("8", body("17=1;1|")).value(), 2);
  ASSERT_TRUE(run_until(io, [&] { return exchange.message_count == 1 && client.app_count == 1; }));
  EXPECT_EQ(field_of(exchange.messages[0], 11), "order-1");
  EXPECT_EQ(field_of(client.apps[0], 17), "1;1");
  EXPECT_EQ(field_of(client.apps[0], 49), "KalshiNR");
  ASSERT_TRUE(stop_and_wait(io, client));
  EXPECT_EQ(client.state(), SessionState::stopped);
  EXPECT_EQ(client.ended().reason, EndReason::requested);
  ASSERT_TRUE(run_until(io, [&] { return exchange.logout_reasons.size() == 1; }));
  std::vector<SessionState> states;
  for (const auto& change : client.changes) states.push_back(change.state);
  EXPECT_THAT(states, ElementsAre(SessionState::connecting, SessionState::handshaking, SessionState::logging_on, SessionState::active,
                                  SessionState::logging_out, SessionState::stopped));
}

TEST_F(Logon, tls_session_verifies_the_server_and_resumes_the_tls_session_at_the_next_connect) {
  CertificateAuthority ca(folder.path(), "ca");
  const LeafFiles leaf = ca.issue("server");
  Exchange exchange(io);
  AcceptorDoor door = plain_door("KalshiRT", true);
  door.tls = true;
  door.certificate_file = leaf.certificate;
  door.private_key_file = leaf.private_key;
  const auto port = exchange.acceptor->open(door).value();
  auto log = std::make_shared<RecordingLog>();
  auto options = client_options(port, fresh_key(), "KalshiRT");
  options.plan.keep_sequence = true;
  options.host = "localhost";
  options.tls.enabled = true;
  options.tls.ca_file = ca.ca_file();
  options.log = log;
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active(); })) << client.ended().text;
  EXPECT_TRUE(log->has("TLSv1.3"));
  EXPECT_FALSE(log->has("TLSv1.3 resumed"));
  EXPECT_EQ(client.session->send("D", body("11=a|"), {}).value(), 2);
  ASSERT_TRUE(run_until(io, [&] { return exchange.message_count == 1; }));
  client.session->kill_connection();
  ASSERT_TRUE(run_until(io, [&] { return exchange.logons == 2 && client.active(); }));
  EXPECT_TRUE(log->has("TLSv1.3 resumed"));
  EXPECT_EQ(client.session->statistics().connects, 2U);
  EXPECT_FALSE(log->has("96=ey")) << "signatures are redacted";
  EXPECT_TRUE(log->has("96=***"));
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Logon, round_trip_of_a_test_request_is_measured) {
  Exchange exchange(io);
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  Client client(io, client_options(port, fresh_key(), "KalshiNR"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active(); }));
  EXPECT_EQ(client.session->statistics().last_round_trip.count(), 0);
  exchange.latest->faults().set_delay(std::chrono::milliseconds(30));
  client.session->request_round_trip();
  ASSERT_TRUE(run_until(io, [&] { return client.session->statistics().last_round_trip.count() > 0; }));
  EXPECT_GE(client.session->statistics().last_round_trip, std::chrono::milliseconds(30));
  exchange.latest->faults().set_delay(std::chrono::milliseconds(0));
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Logon, send_is_refused_when_not_logged_on_and_nothing_is_numbered) {
  ScriptedPeer peer(io);
  auto options = client_options(peer.port(), fresh_key(), "KalshiRT");
  options.plan.keep_sequence = true;
  Client client(io, options);
  auto refused = client.session->send("D", body("11=a|"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::closed);
  EXPECT_THAT(refused.error().message, HasSubstr("not numbered, stored or sent"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return peer.saw("A"); }));
  EXPECT_FALSE(client.session->send("D", body("11=a|"), {}));
  EXPECT_EQ(field_of(peer.latest("A"), 34), "1");
  EXPECT_TRUE(client.store->sent(1, 0).empty());
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Logon, the_same_key_and_target_twice_in_one_process_is_a_configuration_error) {
  const std::string key = fresh_key();
  Client first(io, client_options(1, key, "KalshiNR"));
  try {
    Client second(io, client_options(1, key, "KalshiNR"));
    FAIL() << "a second session was made";
  } catch (const Exception& error) {
    EXPECT_EQ(error.error().category, ErrorCategory::config);
    EXPECT_THAT(error.error().message, HasSubstr("one connection per key and TargetCompID"));
  }
}

TEST_F(Logon, messages_of_one_turn_arrive_together_and_in_order) {
  Exchange exchange(io);
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  Client client(io, client_options(port, fresh_key(), "KalshiNR"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active(); }));
  exchange.answer = [](AcceptorSession& session, const AcceptorMessage&) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(session.send("8", body("17=" + std::to_string(i) + ";1|")));
  };
  // Two reports in one read of the client prove that they left in one write: each write of a plain socket is a segment of its own.
  ASSERT_TRUE(client.session->send("D", body("11=a|"), {}));
  ASSERT_TRUE(run_until(io, [&] { return client.app_count == 3; }));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(field_of(client.apps[static_cast<std::size_t>(i)], 17), std::to_string(i) + ";1");
  ASSERT_TRUE(stop_and_wait(io, client));
}

void burst(boost::asio::io_context& io, Exchange& exchange, Client& client) {
  constexpr std::size_t kCount = 20'000;
  exchange.keep_messages = client.keep_messages = false;
  std::size_t exchange_next = 0, client_next = 0;
  bool in_order = true;
  exchange.answer = [&](AcceptorSession& session, const AcceptorMessage& message) {
    in_order = in_order && field_of(message.raw, 11) == std::to_string(exchange_next++);
    in_order = in_order && session.send("8", body("11=" + field_of(message.raw, 11) + "|")).has_value();
  };
  client.got = [&](const wall::InboundMessage& message) {
    in_order = in_order && field_of(std::string_view(message.data, message.size), 11) == std::to_string(client_next++);
  };
  for (std::size_t i = 0; i < kCount; ++i) ASSERT_TRUE(client.session->send("D", body("11=" + std::to_string(i) + "|"), {}));
  ASSERT_TRUE(run_until(
      io, [&] { return client_next == kCount; }, std::chrono::seconds(90)))
      << exchange_next << " " << client_next;
  EXPECT_TRUE(in_order);
  EXPECT_EQ(exchange_next, kCount);
}

TEST_F(Logon, a_burst_of_20000_messages_each_way_arrives_complete_and_in_order_over_plain_tcp) {
  Exchange exchange(io);
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  Client client(io, client_options(port, fresh_key(), "KalshiNR"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active(); }));
  burst(io, exchange, client);
  ASSERT_TRUE(stop_and_wait(io, client));
}

TEST_F(Logon, a_burst_of_20000_messages_each_way_arrives_complete_and_in_order_over_tls) {
  CertificateAuthority ca(folder.path(), "ca");
  const LeafFiles leaf = ca.issue("server");
  Exchange exchange(io);
  AcceptorDoor door = plain_door("KalshiRT", true);
  door.tls = true;
  door.certificate_file = leaf.certificate;
  door.private_key_file = leaf.private_key;
  auto options = client_options(exchange.acceptor->open(door).value(), fresh_key(), "KalshiRT");
  options.plan.keep_sequence = true;
  options.tls.enabled = true;
  options.tls.ca_file = ca.ca_file();
  Client client(io, options);
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active(); })) << client.ended().text;
  burst(io, exchange, client);
  ASSERT_TRUE(stop_and_wait(io, client));
}

}  // namespace
}  // namespace marginfix::test
