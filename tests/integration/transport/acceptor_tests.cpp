// FixAcceptor: what happens before a Logon(A), refusals, keys, doors, and the switches the simulator offers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "integration/transport/harness.hpp"
#include "support/scripted_client.hpp"

namespace marginfix::test {
namespace {

using testing::HasSubstr;

class Acceptor : public testing::Test {
 protected:
  bool logged_on(ScriptedClient& client, const std::string& key, const std::string& target) {
    if (!run_until(io, [&] { return client.opened; })) return false;
    client.log_on(key, target);
    return run_until(io, [&] { return !client.messages.empty(); }) && field_of(client.messages[0], 35) == "A";
  }

  boost::asio::io_context io;
  Exchange exchange{io};
};

TEST_F(Acceptor, the_handler_sees_the_logon_byte_for_byte) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  std::string seen;
  exchange.decide = [&](const AcceptorDoor& door, const LogonRequest& request) {
    seen = door.comp_id + "," + std::string(request.sender_comp_id) + "," + std::string(request.target_comp_id) + "," +
           std::string(request.msg_seq_num) + "," + request.frame->field(96).text() + "," + (request.reset_seq_num_flag ? "Y" : "N") + "," +
           (request.session_connected ? "Y" : "N") + "," + std::string(request.sending_time);
    return LogonDecision{};
  };
  ScriptedClient client(io, port);
  const std::string key = fresh_key();
  ASSERT_TRUE(logged_on(client, key, "KalshiNR"));
  EXPECT_EQ(seen, "KalshiNR," + key + ",KalshiNR,1,abc,Y,N," + field_of(exchange.logon_requests[0], 52));
}

TEST_F(Acceptor, a_logout_refusal_carries_the_doors_header_and_closes) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  exchange.decide = [](const AcceptorDoor&, const LogonRequest&) {
    return LogonDecision{LogonDecision::Kind::logout, "API usage level is not allowed for FIX", 0, 0};
  };
  ScriptedClient client(io, port);
  ASSERT_TRUE(run_until(io, [&] { return client.opened; }));
  const std::string key = fresh_key();
  client.log_on(key, "KalshiNR");
  ASSERT_TRUE(run_until(io, [&] { return client.closed; }));
  ASSERT_EQ(client.messages.size(), 1U);
  const std::string& logout = client.messages[0];
  EXPECT_THAT(logout, HasSubstr("|35=5|49=KalshiNR|56=" + key + "|34=1|"));
  EXPECT_EQ(field_of(logout, 56), key);
  EXPECT_EQ(field_of(logout, 58), "API usage level is not allowed for FIX");
  std::string raw = logout;
  std::ranges::replace(raw, '|', '\x01');
  const auto begin = logout.find("35="), end = logout.rfind("10=");
  EXPECT_EQ(fix_message(logout.substr(begin, end - begin)), raw) << "BodyLength and CheckSum";
  EXPECT_EQ(exchange.new_sessions, 0);
  EXPECT_EQ(client.close_reason, transport::CloseReason::lost);
}

TEST_F(Acceptor, a_reject_refusal_is_followed_by_a_logout) {
  AcceptorDoor door = plain_door("KalshiNR");
  door.own_sender_comp_id = "Kalshi";
  const auto port = exchange.acceptor->open(door).value();
  exchange.decide = [](const AcceptorDoor&, const LogonRequest&) { return LogonDecision{LogonDecision::Kind::reject, "stale", 10, 52}; };
  ScriptedClient client(io, port);
  ASSERT_TRUE(run_until(io, [&] { return client.opened; }));
  const std::string key = fresh_key();
  client.log_on(key, "KalshiNR", 7);
  ASSERT_TRUE(run_until(io, [&] { return client.closed; }));
  ASSERT_EQ(client.messages.size(), 2U);
  EXPECT_THAT(client.messages[0], HasSubstr("|35=3|49=Kalshi|56=" + key + "|34=1|"));
  EXPECT_THAT(client.messages[0], HasSubstr("|45=7|58=stale|371=52|372=A|373=10|"));
  EXPECT_THAT(client.messages[1], HasSubstr("|35=5|49=Kalshi|56=" + key + "|34=2|"));
}

TEST_F(Acceptor, an_acceptor_may_write_another_name_into_49_than_the_one_it_is_called_by) {
  AcceptorDoor nr = plain_door("KalshiNR"), rt = plain_door("KalshiRT", true);
  nr.own_sender_comp_id = rt.own_sender_comp_id = "Kalshi";
  const auto nr_port = exchange.acceptor->open(nr).value();
  const auto rt_port = exchange.acceptor->open(rt).value();
  const std::string key = fresh_key();
  Client on_nr(io, client_options(nr_port, key, "KalshiNR"));
  auto options = client_options(rt_port, key, "KalshiRT");
  options.plan.keep_sequence = true;
  Client on_rt(io, options);
  on_nr.session->start();
  on_rt.session->start();
  ASSERT_TRUE(run_until(io, [&] { return on_nr.active() && on_rt.active(); })) << on_nr.ended().text << on_rt.ended().text;
  for (AcceptorSession* session : exchange.acceptor->sessions()) ASSERT_TRUE(session->send("8", body("17=1;1|")));
  ASSERT_TRUE(run_until(io, [&] { return on_nr.app_count == 1 && on_rt.app_count == 1; }));
  EXPECT_EQ(field_of(on_nr.apps[0], 49), "Kalshi");
  EXPECT_EQ(field_of(on_rt.apps[0], 49), "Kalshi");
  EXPECT_EQ(field_of(on_rt.admins[0], 49), "Kalshi");
  ASSERT_TRUE(stop_and_wait(io, on_nr));
  ASSERT_TRUE(stop_and_wait(io, on_rt));
}

TEST_F(Acceptor, a_second_connection_with_a_connected_key_is_told_already_exists_and_the_first_lives_on) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  const std::string key = fresh_key();
  ScriptedClient first(io, port);
  ASSERT_TRUE(logged_on(first, key, "KalshiNR"));
  ScriptedClient second(io, port);
  ASSERT_TRUE(run_until(io, [&] { return second.opened; }));
  second.log_on(key, "KalshiNR");
  ASSERT_TRUE(run_until(io, [&] { return second.closed; }));
  EXPECT_EQ(field_of(second.messages.at(0), 58), "already exists");
  first.send(ScriptedClient::header("1", 2, key, "KalshiNR") + "112=alive|");
  ASSERT_TRUE(run_until(io, [&] { return first.messages.size() == 2; }));
  EXPECT_EQ(field_of(first.messages[1], 112), "alive");
}

TEST_F(Acceptor, a_key_is_free_again_the_moment_its_socket_resets_or_closes) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  const std::string key = fresh_key();
  ScriptedClient first(io, port);
  ASSERT_TRUE(logged_on(first, key, "KalshiNR"));
  first.connection->reset();
  ScriptedClient second(io, port);
  ASSERT_TRUE(logged_on(second, key, "KalshiNR")) << "after a reset";
  second.connection->close();
  ScriptedClient third(io, port);
  ASSERT_TRUE(logged_on(third, key, "KalshiNR")) << "after a close";
  EXPECT_EQ(exchange.new_sessions, 1) << "the session object lives on";
  EXPECT_EQ(exchange.logons, 3);
  EXPECT_EQ(exchange.logout_reasons.size(), 2U);
}

TEST_F(Acceptor, a_handler_that_accepts_a_second_connection_replaces_the_first) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  exchange.decide = [](const AcceptorDoor&, const LogonRequest&) { return LogonDecision{}; };
  const std::string key = fresh_key();
  ScriptedClient first(io, port);
  ASSERT_TRUE(logged_on(first, key, "KalshiNR"));
  ScriptedClient second(io, port);
  ASSERT_TRUE(logged_on(second, key, "KalshiNR"));
  ASSERT_TRUE(run_until(io, [&] { return first.closed; }));
  EXPECT_TRUE(exchange.latest->logged_on());
  ASSERT_TRUE(exchange.latest->send("8", body("17=1;1|")));
  ASSERT_TRUE(run_until(io, [&] { return second.messages.size() == 2; }));
}

TEST_F(Acceptor, a_connection_that_sends_no_logon_in_time_is_closed) {
  AcceptorDoor door = plain_door("KalshiNR");
  door.logon_timeout = std::chrono::milliseconds(150);
  const auto port = exchange.acceptor->open(door).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(run_until(io, [&] { return client.closed; }));
  EXPECT_TRUE(exchange.logon_requests.empty());
}

TEST_F(Acceptor, a_first_message_that_is_no_logon_or_no_fix_is_closed_without_a_word) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  const std::string first_words[] = {fix_message("35=0|34=1|49=k|52=20261122-18:00:00|56=KalshiNR|"), "GET / HTTP/1.1\r\n\r\n",
                                     fix_message("35=A|34=1|49=k|").replace(12, 2, "99999999999")};
  for (const std::string& words : first_words) {
    ScriptedClient client(io, port);
    ASSERT_TRUE(run_until(io, [&] { return client.opened; }));
    client.send_bytes(words);
    ASSERT_TRUE(run_until(io, [&] { return client.closed; })) << words;
    EXPECT_TRUE(client.messages.empty());
  }
  EXPECT_TRUE(exchange.logon_requests.empty());
}

TEST_F(Acceptor, a_logon_without_reset_is_refused_where_numbers_are_not_kept) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(run_until(io, [&] { return client.opened; }));
  client.log_on(fresh_key(), "KalshiNR", 1, false);
  ASSERT_TRUE(run_until(io, [&] { return client.closed; }));
  EXPECT_THAT(field_of(client.messages.at(0), 58), HasSubstr("ResetSeqNumFlag(141) must be Y"));
}

TEST_F(Acceptor, a_logon_in_pieces_and_messages_right_behind_it_are_understood) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(run_until(io, [&] { return client.opened; }));
  const std::string key = fresh_key();
  const std::string bytes = fix_message(ScriptedClient::header("A", 1, key, "KalshiNR") + "95=3|96=abc|98=0|108=30|141=Y|1137=9|") +
                            fix_message(ScriptedClient::header("D", 2, key, "KalshiNR") + "11=a|") +
                            fix_message(ScriptedClient::header("D", 3, key, "KalshiNR") + "11=b|");
  client.send_bytes(bytes.substr(0, 40));
  bool turned = false;
  boost::asio::post(io, [&] { turned = true; });
  ASSERT_TRUE(run_until(io, [&] { return turned; }));
  client.send_bytes(bytes.substr(40));
  ASSERT_TRUE(run_until(io, [&] { return exchange.message_count == 2; }));
  EXPECT_EQ(field_of(exchange.messages[1], 11), "b");
}

TEST_F(Acceptor, everything_sent_while_one_read_is_handled_leaves_in_one_write) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  exchange.answer = [](AcceptorSession& session, const AcceptorMessage&) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(session.send("8", body("17=1;1|")));
  };
  ScriptedClient client(io, port);
  const std::string key = fresh_key();
  ASSERT_TRUE(logged_on(client, key, "KalshiNR"));
  const std::size_t reads = client.reads;
  client.send(ScriptedClient::header("D", 2, key, "KalshiNR") + "11=a|");
  ASSERT_TRUE(run_until(io, [&] { return client.messages.size() == 101; }));
  EXPECT_EQ(client.reads, reads + 1) << "about 9 kB, one write, one read";
}

TEST_F(Acceptor, a_reader_that_is_too_slow_is_cut_with_the_reason) {
  AcceptorDoor door = plain_door("KalshiRT", true);
  door.max_queued = 64 * 1024;
  const auto port = exchange.acceptor->open(door).value();
  Client client(io, [&] {
    auto options = client_options(port, fresh_key(), "KalshiRT");
    options.plan.keep_sequence = true;
    return options;
  }());
  client.keep_messages = false;
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active(); }));
  boost::asio::post(io, [&] {  // one turn, so that nothing can drain meanwhile
    for (int i = 0; i < 2000; ++i) ASSERT_TRUE(exchange.latest->send("8", body("17=1;1|58=" + std::string(100, 'x') + "|")));
  });
  ASSERT_TRUE(run_until(io, [&] { return !exchange.logout_reasons.empty(); }));
  EXPECT_THAT(exchange.logout_reasons[0], HasSubstr("reads too slowly"));
  EXPECT_THAT(exchange.logout_reasons[0], HasSubstr("the limit is 65536"));
}

TEST_F(Acceptor, silence_answers_nothing_and_keeps_the_connection) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  ScriptedClient client(io, port);
  const std::string key = fresh_key();
  ASSERT_TRUE(logged_on(client, key, "KalshiNR"));
  exchange.latest->faults().set_silent(true);
  client.send(ScriptedClient::header("1", 2, key, "KalshiNR") + "112=unheard|");
  client.send(ScriptedClient::header("D", 3, key, "KalshiNR") + "11=a|");
  ASSERT_TRUE(run_until(io, [&] { return exchange.message_count == 1; }));
  exchange.latest->faults().set_silent(false);
  client.send(ScriptedClient::header("1", 4, key, "KalshiNR") + "112=heard|");
  ASSERT_TRUE(run_until(io, [&] { return client.messages.size() == 2; }));
  EXPECT_EQ(field_of(client.messages[1], 112), "heard");
  EXPECT_EQ(field_of(client.messages[1], 34), "3") << "the unheard answer had used number 2";
  EXPECT_FALSE(client.closed);
}

TEST_F(Acceptor, delay_holds_back_every_byte_and_keeps_the_order) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  ScriptedClient client(io, port);
  const std::string key = fresh_key();
  ASSERT_TRUE(logged_on(client, key, "KalshiNR"));
  exchange.latest->faults().set_delay(std::chrono::milliseconds(120));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(exchange.latest->send("8", body("17=1;1|")));
  exchange.latest->faults().set_delay(std::chrono::milliseconds(0));
  ASSERT_TRUE(exchange.latest->send("8", body("17=2;1|")));
  exchange.latest->logout("bye");
  ASSERT_TRUE(run_until(io, [&] { return client.messages.size() == 4; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(115));
  EXPECT_EQ(field_of(client.messages[1], 17), "1;1");
  EXPECT_EQ(field_of(client.messages[2], 17), "2;1");
  EXPECT_EQ(field_of(client.messages[3], 58), "bye");
}

TEST_F(Acceptor, drop_resets_without_a_logout) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  ScriptedClient client(io, port);
  ASSERT_TRUE(logged_on(client, fresh_key(), "KalshiNR"));
  exchange.latest->drop();
  ASSERT_TRUE(run_until(io, [&] { return client.closed; }));
  EXPECT_THAT(client.close_text, HasSubstr("reset"));
  EXPECT_EQ(client.messages.size(), 1U);
}

TEST_F(Acceptor, send_to_an_absent_peer_is_refused_without_and_kept_with_retransmission) {
  const auto nr_port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  exchange.acceptor->open(plain_door("KalshiRT", true)).value();
  ScriptedClient client(io, nr_port);
  const std::string key = fresh_key();
  ASSERT_TRUE(logged_on(client, key, "KalshiNR"));
  client.connection->close();
  ASSERT_TRUE(run_until(io, [&] { return exchange.logout_reasons.size() == 1; }));
  const auto refused = exchange.acceptor->find("KalshiNR", key)->send("8", body("17=1;1|"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::closed);
  EXPECT_EQ(exchange.acceptor->restore("KalshiRT", key).value()->send("8", body("17=1;1|")).value(), 1);
  EXPECT_FALSE(exchange.acceptor->restore("KalshiXX", key));
  EXPECT_EQ(exchange.acceptor->sessions().size(), 2U);
}

TEST_F(Acceptor, stop_logs_every_peer_out_closes_the_ports_and_reports) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  ScriptedClient waiting(io, port);
  Client client(io, client_options(port, fresh_key(), "KalshiNR"));
  client.session->start();
  ASSERT_TRUE(run_until(io, [&] { return client.active() && waiting.opened; }));
  bool stopped = false;
  exchange.acceptor->stop("going down", [&] { stopped = true; });
  ASSERT_TRUE(run_until(io, [&] { return stopped && waiting.closed && client.ended().reason != EndReason::none; }));
  EXPECT_EQ(client.changes.size() >= 6 ? client.changes[5].reason : EndReason::none, EndReason::logout_by_peer);
  EXPECT_THAT(client.changes.at(5).text, HasSubstr("going down"));
  ASSERT_TRUE(stop_and_wait(io, client));
  ScriptedClient late(io, port);
  ASSERT_TRUE(run_until(io, [&] { return late.closed; }));
  EXPECT_EQ(late.close_reason, transport::CloseReason::connect_failed);
}

TEST_F(Acceptor, wrong_files_and_ports_in_use_are_refused_with_their_names) {
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  EXPECT_EQ(exchange.acceptor->open(plain_door("KalshiNR")).error().category, ErrorCategory::config);
  AcceptorDoor taken = plain_door("KalshiRT");
  taken.port = port;
  EXPECT_EQ(exchange.acceptor->open(taken).error().category, ErrorCategory::connect);
  AcceptorDoor tls = plain_door("KalshiDC");
  tls.tls = true;
  tls.certificate_file = "no-such-certificate.pem";
  const auto refused = exchange.acceptor->open(tls);
  EXPECT_EQ(refused.error().category, ErrorCategory::config);
  EXPECT_THAT(refused.error().message, HasSubstr("no-such-certificate.pem"));
  AcceptorDoor open_to_all = plain_door("KalshiMD");
  open_to_all.host = "0.0.0.0";
  EXPECT_THAT(exchange.acceptor->open(open_to_all).error().message, HasSubstr("plain TCP is for loopback"));
}

// File descriptors that are open now.
// RLIMIT_NOFILE bounds the number of a descriptor, not how many there are: with this limit one more can be opened, wherever the gaps are.
rlim_t room_for_one_descriptor() {
  const int lowest = ::dup(STDIN_FILENO);
  ::close(lowest);
  return static_cast<rlim_t>(lowest) + 1;
}

TEST_F(Acceptor, running_out_of_file_descriptors_does_not_end_the_accept_loop) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's look at virtual tables needs a file descriptor of its own; scripts/campaign runs this without it";
#endif
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  auto client = std::make_unique<ScriptedClient>(io, port);
  ASSERT_TRUE(run_until(io, [&] { return client->opened; }));
  client->log_on("client", "KalshiNR");  // who has not logged on would make room
  ASSERT_TRUE(run_until(io, [&] { return !client->messages.empty(); }));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = room_for_one_descriptor();  // the client's own socket fits, the accepted one does not
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  auto starved = std::make_unique<ScriptedClient>(io, port);
  const bool connected = run_until(io, [&] { return starved->opened; });  // by the backlog; nobody accepts
  starved->log_on("starved", "KalshiNR");
  const bool answered = run_until(
      io, [&] { return !starved->messages.empty(); }, std::chrono::milliseconds(200));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(connected);
  EXPECT_FALSE(answered);
  EXPECT_TRUE(run_until(io, [&] { return !starved->messages.empty(); }));
}

// The last descriptor serves who came for it: that none is left for anybody else is no reason to send him away.
TEST_F(Acceptor, who_takes_the_last_file_descriptor_keeps_it) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's look at virtual tables needs a file descriptor of its own; scripts/campaign runs this without it";
#endif
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = room_for_one_descriptor() + 1;  // its own and the accepted one
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  auto last = std::make_unique<ScriptedClient>(io, port);
  const bool connected = run_until(io, [&] { return last->opened; });
  run_until(
      io, [&] { return last->closed; }, std::chrono::milliseconds(100));
  last->log_on("last", "KalshiNR");
  const bool answered = run_until(io, [&] { return !last->messages.empty(); });
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(connected);
  EXPECT_TRUE(answered);
}

TEST_F(Acceptor, without_file_descriptors_who_has_not_logged_on_makes_room) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan's look at virtual tables needs a file descriptor of its own; scripts/campaign runs this without it";
#endif
  const auto port = exchange.acceptor->open(plain_door("KalshiNR")).value();
  auto idle = std::make_unique<ScriptedClient>(io, port);
  ASSERT_TRUE(run_until(io, [&] { return idle->opened; }));
  ScriptedClient witness(io, port);  // accepted behind it
  ASSERT_TRUE(logged_on(witness, "witness", "KalshiNR"));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = room_for_one_descriptor();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  auto late = std::make_unique<ScriptedClient>(io, port);
  const bool connected = run_until(io, [&] { return late->opened; });
  late->log_on("late", "KalshiNR");
  const bool answered = run_until(io, [&] { return !late->messages.empty(); });
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(connected);
  EXPECT_TRUE(answered);
}

// Two connections at most: one that idles before its Logon goes, one that is logged on stays.
TEST_F(Acceptor, a_full_table_costs_the_idle_their_place) {
  ConnectionTableLimits limits;
  limits.connections = 2;
  FixAcceptor narrow(io, exchange, null_log_sink(), std::make_shared<ConnectionTable>(limits));
  const auto port = narrow.open(plain_door("KalshiNR")).value();
  ScriptedClient honest(io, port);
  ASSERT_TRUE(run_until(io, [&] { return honest.opened; }));
  honest.log_on("honest", "KalshiNR");
  ASSERT_TRUE(run_until(io, [&] { return !honest.messages.empty(); }));
  std::vector<std::unique_ptr<ScriptedClient>> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(std::make_unique<ScriptedClient>(io, port));
    ASSERT_TRUE(run_until(io, [&] { return idle.back()->opened; })) << i;
  }
  EXPECT_TRUE(run_until(io, [&] { return idle.front()->closed; }));
  EXPECT_FALSE(honest.closed);
  ScriptedClient late(io, port);
  ASSERT_TRUE(run_until(io, [&] { return late.opened; }));
  late.log_on("late", "KalshiNR");
  EXPECT_TRUE(run_until(io, [&] { return !late.messages.empty(); }));
  EXPECT_FALSE(honest.closed);
}

// What is held for a peer above a gap, and a message it never finishes, wait in memory because of it: the greediest goes.
TEST_F(Acceptor, what_a_peer_makes_it_keep_counts_among_the_bytes_held) {
  ConnectionTableLimits limits;
  limits.held_bytes = 150'000;
  const auto table = std::make_shared<ConnectionTable>(limits);
  FixAcceptor narrow(io, exchange, null_log_sink(), table);
  const auto port = narrow.open(plain_door("KalshiRT", true)).value();
  const auto on = [&](ScriptedClient& client, const std::string& key) {
    if (!run_until(io, [&] { return client.opened; })) return false;
    client.log_on(key, "KalshiRT", 1, false);
    return run_until(io, [&] { return !client.messages.empty(); });
  };
  ScriptedClient honest(io, port);
  ASSERT_TRUE(on(honest, "honest"));
  const std::string long_text(60'000, 'x');
  {
    ScriptedClient greedy(io, port);
    ASSERT_TRUE(on(greedy, "greedy"));
    for (int seq = 10; seq < 14 && !greedy.closed; ++seq)
      greedy.send(ScriptedClient::header("B", seq, "greedy", "KalshiRT") + "58=" + long_text + "|");
    EXPECT_TRUE(run_until(io, [&] { return greedy.closed; }));
  }
  ScriptedClient slow(io, port);
  ASSERT_TRUE(on(slow, "slow"));
  slow.send_bytes("8=FIXT.1.1\0019=900000\00135=B\00158=" + long_text);
  EXPECT_TRUE(run_until(io, [&] { return table->held_bytes() > long_text.size(); }));
  slow.send_bytes(long_text + long_text);
  EXPECT_TRUE(run_until(io, [&] { return slow.closed; }));
  EXPECT_FALSE(honest.closed);
  EXPECT_TRUE(run_until(io, [&] { return table->held_bytes() == 0; }));
}

}  // namespace
}  // namespace marginfix::test
