// The fan-out against a real nats-server: killed, frozen, away for longer than its duplicate window, with other settings, as a cluster of
// three that loses its stream's leader in mid-publish. MARGINFIX_KILLS sets how often in the random part (scripts/campaign).
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <set>

#include "fault/stream/read_stream.hpp"
#include "fault/stream/stream_fixture.hpp"
#include "services/reconcile/stream/tail.hpp"
#include "support/certificates.hpp"
#include "support/nats_server.hpp"
#include "support/spawn.hpp"

namespace marginfix::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

int kills_of_a_broker() {
  const char* text = std::getenv("MARGINFIX_KILLS");
  return std::max(3, text == nullptr ? 0 : std::atoi(text));
}

class TheStream : public testing::Test {
 protected:
  void SetUp() override {
    if (!rc::has_nats()) GTEST_SKIP() << "built without libnats-dev";
    if (nats_server_program().empty()) GTEST_SKIP() << kNoNatsServer;
  }
  NatsServer& broker() {
    if (!broker_) broker_ = std::make_unique<NatsServer>();
    return *broker_;
  }
  rc::BrokerSettings settings() {
    rc::BrokerSettings settings;
    settings.servers = servers_.empty() ? std::vector<std::string>{broker().url()} : servers_;
    settings.stream = stream_;
    settings.answer_wait = 2s;
    return settings;
  }
  rc::PublisherOptions options() {
    rc::PublisherOptions options;
    options.connect = [wanted = settings()] { return rc::connect_nats(wanted); };
    options.stream = stream_;
    options.read = outbox_.reading();
    options.answer_wait = 2s;
    options.longest_pause = 200ms;
    return options;
  }
  std::unique_ptr<rc::Publisher> start() {
    auto publisher = std::make_unique<rc::Publisher>(options());
    const auto started = publisher->start();
    EXPECT_TRUE(started) << started.error().message;
    return publisher;
  }
  std::unique_ptr<rc::StreamConnection> connected() { return connected_to(settings()); }
  std::vector<rc::StreamMessage> stored(std::int64_t count) { return read_stream(settings(), count); }
  // The one that leads the stream, by its own word.
  std::size_t leader_of(NatsCluster& cluster) {
    std::string leader;
    EXPECT_TRUE(eventually_true([&] {
      const auto connection = connected();
      const auto found = connection == nullptr ? Result<std::optional<rc::StreamFound>>(std::nullopt) : connection->look(stream_.name);
      if (found && *found) leader = (*found)->leader;
      return !leader.empty();
    }));
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      if (leader == "node" + std::to_string(i + 1)) return i;
    }
    ADD_FAILURE() << "no such leader: " << leader;
    return 0;
  }

  TempFolder folder_;
  FilledOutbox outbox_{folder_.path("ledger.db")};
  rc::StreamSettings stream_;
  std::vector<std::string> servers_;
  std::unique_ptr<NatsServer> broker_;
};

TEST_F(TheStream, HasEverythingInOrderOnceUnderItsId) {
  outbox_.add(2000);
  const auto publisher = start();
  EXPECT_TRUE(publisher->wait_published(2000, 60s)) << publisher->health().why;
  const auto messages = stored(2000);
  expect_whole(messages, 2000);
  EXPECT_EQ(messages[0].subject, "marginfix.execution.alice.KXBTCPERP");
  EXPECT_EQ(messages[0].id, "x:alice:0:13768;1");
  EXPECT_EQ(publisher->health().duplicates_unexpected, 0);
}

// What the processes do that the next test starts, and that end by kill -9 at a step.
TEST(AProcessThatPublishes, DISABLED_UntilItIsKilled) {
  const auto word = [](const char* name) { return std::string(std::getenv(name)); };
  rc::BrokerSettings settings;
  settings.servers = {word("STREAM_TEST_URL")};
  FilledOutbox outbox(word("STREAM_TEST_LEDGER"));
  rc::PublisherOptions options;
  options.connect = [&] { return rc::connect_nats(settings); };
  options.read = outbox.reading();
  int left = std::stoi(word("STREAM_TEST_TIMES"));
  options.step = [&, where = word("STREAM_TEST_STEP")](std::string_view step) {
    if (step == where && --left <= 0) ::kill(::getpid(), SIGKILL);
  };
  rc::Publisher publisher(std::move(options));
  ASSERT_TRUE(publisher.start());
  publisher.wait_published(outbox.state().number, 60s);
}

TEST_F(TheStream, IsFedOnByTheNextProcessWhereverOneIsKilled) {
  int count = 0;
  for (const char* where : {"placed", "send", "sent", "sent", "answered", "answered"}) {
    outbox_.add(50);
    Spawn what;
    what.arguments = {"/proc/self/exe", "--gtest_also_run_disabled_tests", "--gtest_filter=AProcessThatPublishes.*"};
    what.out_file = what.err_file = folder_.path("output");
    what.environment = {{"GTEST_TOTAL_SHARDS", "1"},  // whatever this process is a part of
                        {"GTEST_SHARD_INDEX", "0"},
                        {"STREAM_TEST_URL", broker().url()},
                        {"STREAM_TEST_LEDGER", folder_.path("ledger.db")},
                        {"STREAM_TEST_STEP", where},
                        {"STREAM_TEST_TIMES", std::to_string(1 + 2 * count++)}};
    EXPECT_EQ(wait_for_end(spawn(what)), -SIGKILL) << where << " was never reached: " << TempFolder::read(folder_.path("output"));
  }
  const auto publisher = start();
  EXPECT_TRUE(publisher->wait_published(300, 60s)) << publisher->health().why;
  expect_whole(stored(300), 300);
  EXPECT_EQ(publisher->health().duplicates_unexpected, 0);
}

TEST_F(TheStream, LosesAndDoublesNothingWhereItsBrokerIsKilledAndFrozen) {
  const auto publisher = start();
  std::mt19937 random(7);
  std::int64_t count = 0;
  for (int i = 0; i < kills_of_a_broker(); ++i) {
    outbox_.add(400);
    count += 400;
    publisher->wake();
    const std::int64_t until = count - 400 + static_cast<std::int64_t>(random() % 400);
    ASSERT_TRUE(publisher->wait_published(until, 60s)) << publisher->health().why;
    if (random() % 3 == 0) {
      broker().freeze();
      outbox_.add(50);
      count += 50;
      publisher->wake();
      broker().go_on();
    } else {
      broker().kill();
      outbox_.add(50);
      count += 50;
      publisher->wake();
      broker().start();
    }
  }
  EXPECT_TRUE(publisher->wait_published(count, 90s)) << publisher->health().why;
  expect_whole(stored(count), count);
  EXPECT_EQ(publisher->health().duplicates_unexpected, 0);
}

// The stream has forgotten every id, and what its last one was, when its broker comes back.
TEST_F(TheStream, DrainsInOrderOnceAfterAnOutageLongerThanItsDuplicateWindow) {
  stream_.duplicate_window = 1s;
  stream_.keep = std::chrono::hours(1);
  outbox_.add(500);
  std::int64_t before = 0;
  {
    const auto publisher = start();
    ASSERT_TRUE(publisher->wait_published(100, 60s)) << publisher->health().why;
    broker().kill();
    before = publisher->published();
  }
  const auto killed = std::chrono::steady_clock::now();
  outbox_.add(500);
  EXPECT_TRUE(eventually_true([&] { return std::chrono::steady_clock::now() - killed > 2s; }));
  broker().start();
  const auto publisher = start();
  EXPECT_TRUE(publisher->wait_published(1000, 60s)) << publisher->health().why;
  expect_whole(stored(1000), 1000);
  EXPECT_GE(publisher->published(), before);
  EXPECT_EQ(publisher->health().duplicates_unexpected + publisher->health().lost, 0);
}

TEST_F(TheStream, IsRefusedWithOtherSettingsAndMadeWithItsOwn) {
  {
    auto connection = connected();
    ASSERT_NE(connection, nullptr);
    rc::StreamSettings other = stream_;
    other.duplicate_window = 5s;
    ASSERT_TRUE(connection->create(other));
  }
  outbox_.add(1);
  rc::Publisher refused(options());
  const auto started = refused.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("duplicate window is 5 s, and must be 120 s"));

  stream_.name = "ITS-OWN";
  stream_.subject = "its.own";
  const auto publisher = start();
  EXPECT_TRUE(publisher->wait_published(1, 60s)) << publisher->health().why;
  const auto found = connected()->look("ITS-OWN").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(rc::unfit(*found, stream_), "");
  EXPECT_EQ(found->max_age, 7 * 24h);
}

TEST_F(TheStream, IsFollowedFromNowFromATimeAndFromASequence) {
  outbox_.add(20);
  const auto publisher = start();
  ASSERT_TRUE(publisher->wait_published(20, 60s)) << publisher->health().why;
  const auto all = stored(20);
  ASSERT_EQ(all.size(), 20U);
  const auto first = [&](const rc::StreamConnection::From& from) {
    const auto connection = connected();
    EXPECT_TRUE(connection->follow(stream_.name, stream_.subject + ".execution.alice.*", from));
    if (!from.sequence && !from.time) {
      outbox_.add(1);
      publisher->wake();
    }
    for (;;) {
      auto next = connection->next_message(10s);
      if (!next || *next) return next ? (*next)->sequence : 0;
    }
  };
  EXPECT_EQ(first({7, std::nullopt}), 7U);
  EXPECT_EQ(first({std::nullopt, all[4].time}), 5U);
  EXPECT_EQ(first({}), 21U);
}

TEST_F(TheStream, IsReachedByTlsWithChainAndHostNameVerifiedOnly) {
  CertificateAuthority authority(folder_.path(), "broker authority"), stranger(folder_.path(), "another authority");
  LeafOptions named;
  named.names = {"DNS:localhost"};
  const LeafFiles leaf = authority.issue("broker", named);
  NatsServer secure({"secure",
                     "tls { cert_file: \"" + leaf.certificate + "\", key_file: \"" + leaf.private_key + "\" }\n" +
                         "authorization { user: desk, password: \"open sesame\" }",
                     0,
                     {}});
  rc::BrokerSettings wanted;
  const std::string port = std::to_string(secure.port());
  wanted.servers = {"tls://localhost:" + port};
  wanted.ca_file = authority.ca_file();
  wanted.user = "desk";
  wanted.password_file = folder_.write("password", "open sesame\n");
  EXPECT_TRUE(rc::connect_nats(wanted));

  rc::BrokerSettings other = wanted;
  other.servers = {"tls://127.0.0.1:" + port};
  const auto wrong_name = rc::connect_nats(other);
  ASSERT_FALSE(wrong_name);
  EXPECT_EQ(wrong_name.error().category, ErrorCategory::tls) << wrong_name.error().message;
  other = wanted;
  other.ca_file = stranger.ca_file();
  const auto wrong_chain = rc::connect_nats(other);
  ASSERT_FALSE(wrong_chain);
  EXPECT_EQ(wrong_chain.error().category, ErrorCategory::tls) << wrong_chain.error().message;
  other = wanted;
  other.password_file = folder_.write("wrong", "hunter2");
  const auto wrong_password = rc::connect_nats(other);
  ASSERT_FALSE(wrong_password);
  EXPECT_EQ(wrong_password.error().category, ErrorCategory::credentials);
  EXPECT_THAT(wrong_password.error().message, Not(HasSubstr("hunter2")));
  // A server that wants none is not spoken to in the clear either.
  other.servers = {"tls://127.0.0.1:" + std::to_string(broker().port())};
  other.password_file = wanted.password_file;
  const auto in_the_clear = rc::connect_nats(other);
  ASSERT_FALSE(in_the_clear);
  EXPECT_EQ(in_the_clear.error().category, ErrorCategory::tls) << in_the_clear.error().message;
}

TEST_F(TheStream, SettingsThatWouldSpeakInTheClearOrNameAPasswordAreNone) {
  for (const char* url :
       {"nats://broker.example:4222", "nats://10.0.0.1", "nats://desk:secret@127.0.0.1", "http://x", "tls://", "tls://x:0"}) {
    const auto address = rc::parse_server(url);
    ASSERT_FALSE(address) << url;
    EXPECT_THAT(address.error().message, Not(HasSubstr("secret")));
  }
  for (const char* url : {"nats://127.0.0.1:4222", "nats://localhost", "nats://[::1]:4222", "tls://broker.example"})
    EXPECT_TRUE(rc::parse_server(url)) << url;
}

// What the guide's consumers print: each execution once, from the begin of the stream.
class TheStreamsConsumers : public TheStream {
 protected:
  void SetUp() override {
    TheStream::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    outbox_.add(kExecutions);
    publisher_ = start();
    ASSERT_TRUE(publisher_->wait_published(kExecutions, 60s)) << publisher_->health().why;
  }
  std::string output_of(const std::vector<std::string>& command) const {
    Spawn what;
    what.arguments = command;
    what.out_file = what.err_file = folder_.path("output");
    EXPECT_EQ(wait_for_end(spawn(what), 60), 0) << TempFolder::read(what.out_file);
    return TempFolder::read(what.out_file);
  }
  static constexpr int kExecutions = 5;
  std::unique_ptr<rc::Publisher> publisher_;
};

TEST_F(TheStreamsConsumers, InCpp) {
  const std::string seen = output_of({STREAM_CONSUMER, broker().url(), std::to_string(kExecutions)});
  for (int i = 1; i <= kExecutions; ++i) EXPECT_THAT(seen, HasSubstr("ExecID 13768;" + std::to_string(i) + "\n"));
}

TEST_F(TheStreamsConsumers, InPython) {
  const std::string python = "/usr/bin/python3", example = MARGINFIX_SOURCE_DIR "/examples/stream_consumer.py";
  if (!std::filesystem::exists(python)) GTEST_SKIP() << python << " is not here";
  output_of({python, "-c", "compile(open('" + example + "').read(), 'stream_consumer.py', 'exec')"});
  const std::string has_nats_py = "try:\n import nats.js\n print('yes')\nexcept ImportError: print('no')";
  if (output_of({python, "-c", has_nats_py}).find("yes") == std::string::npos) GTEST_SKIP() << "nats-py is not here (PyPI)";
  const std::string seen = output_of({python, example, broker().url(), std::to_string(kExecutions)});
  for (int i = 1; i <= kExecutions; ++i) EXPECT_THAT(seen, HasSubstr("ExecID 13768;" + std::to_string(i) + " worth"));
}

TEST_F(TheStream, IsFollowedThroughAnOutageOnceEach) {
  outbox_.add(50);
  const auto publisher = start();
  ASSERT_TRUE(publisher->wait_published(50, 60s)) << publisher->health().why;
  std::vector<std::string> troubles;
  rc::StreamTail tail([wanted = settings()] { return rc::connect_nats(wanted); }, stream_.name,
                      rc::stream_filter(stream_.subject, "execution", "alice", ""), {1, std::nullopt},
                      [&](const std::string& what) { troubles.push_back(what); });
  std::vector<rc::StreamMessage> seen;
  const auto read_until = [&](std::size_t count) {
    return eventually_true([&] {
      auto next = tail.next(100ms);
      EXPECT_TRUE(next) << next.error().message;
      if (next && *next) seen.push_back(std::move(**next));
      return seen.size() >= count;
    });
  };
  EXPECT_TRUE(read_until(30));
  broker().kill();
  outbox_.add(20);
  publisher->wake();
  (void)tail.next(100ms);
  broker().start();
  EXPECT_TRUE(read_until(70));
  expect_whole(seen, 70);
  EXPECT_GE(troubles.size(), 2U) << "what was wrong, and that it goes on";
  EXPECT_EQ(rc::stream_filter("marginfix", "", "a.b", ""), "marginfix.*.a%2Eb.*");
}

// ---- a cluster ----------------------------------------------------------------------------------------------------------

class TheStreamOfThreeServers : public TheStream {};

TEST_F(TheStreamOfThreeServers, LosesNothingWithItsLeaderInMidPublish) {
  NatsCluster cluster;
  servers_ = cluster.urls();
  stream_.replicas = 3;
  std::mt19937 random(11);
  auto wanted = options();
  wanted.outage_after = 120s;
  auto publisher = std::make_unique<rc::Publisher>(wanted);
  const auto started = publisher->start();
  ASSERT_TRUE(started) << started.error().message;
  std::int64_t count = 0;
  const int losses = std::max(1, kills_of_a_broker() / 3);
  for (int i = 0; i < losses; ++i) {
    outbox_.add(600);
    count += 600;
    publisher->wake();
    ASSERT_TRUE(publisher->wait_published(count - 600 + static_cast<std::int64_t>(random() % 500), 120s)) << publisher->health().why;
    // Whichever leads: each in its turn, and in the campaign often enough that it is the leader.
    NatsServer& victim = cluster.server(losses == 1 ? leader_of(cluster) : random() % cluster.size());
    const bool frozen = random() % 2 == 0 && losses > 1;
    frozen ? victim.freeze() : victim.kill();
    outbox_.add(100);
    count += 100;
    publisher->wake();
    EXPECT_TRUE(publisher->wait_published(count, 120s)) << publisher->health().why;
    frozen ? victim.go_on() : victim.start();
  }
  expect_whole(stored(count), count);
  EXPECT_EQ(publisher->health().duplicates_unexpected + publisher->health().lost, 0);
}

}  // namespace
}  // namespace marginfix::test
