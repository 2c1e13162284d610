// The publisher against a model of a stream: whatever is lost, late, cut or forgotten, the stream has each event once and in order.
#include <cstdlib>
#include <set>

#include "fault/stream/model_broker.hpp"
#include "fault/stream/stream_fixture.hpp"

namespace marginfix::test {
namespace {

using Fate = ModelBroker::Fate;
using testing::HasSubstr;
using namespace std::chrono_literals;

class ThePublisher : public testing::Test {
 protected:
  rc::PublisherOptions options() {
    rc::PublisherOptions options;
    options.connect = broker_.connect();
    options.read = outbox_.reading();
    options.answer_wait = 30ms;
    options.longest_pause = 5ms;
    options.first_answer = 100ms;
    return options;
  }
  std::unique_ptr<rc::Publisher> start(rc::PublisherOptions wanted) {
    auto publisher = std::make_unique<rc::Publisher>(std::move(wanted));
    const auto started = publisher->start();
    EXPECT_TRUE(started) << started.error().message;
    return publisher;
  }
  std::unique_ptr<rc::Publisher> start() { return start(options()); }
  void expect_all(rc::Publisher& publisher, std::int64_t count) {
    EXPECT_TRUE(publisher.wait_published(count, 60s)) << publisher.health().why;
    expect_whole(broker_.stored(), count);
  }

  TempFolder folder_;
  FilledOutbox outbox_{folder_.path("ledger.db")};
  ModelBroker broker_;
};

TEST_F(ThePublisher, TellsEverythingInOrderAndGoesOnWhenThereIsMore) {
  outbox_.add(1000);
  const auto publisher = start();
  expect_all(*publisher, 1000);
  outbox_.add(3);
  publisher->wake();
  expect_all(*publisher, 1003);
  const auto health = publisher->health();
  EXPECT_EQ(health.state, rc::PublisherState::up);
  EXPECT_EQ(health.stored, 1003);
  EXPECT_EQ(health.duplicates + health.duplicates_unexpected + health.lost, 0);
  const auto stored = broker_.stored();
  EXPECT_EQ(stored.front().subject, "marginfix.execution.alice.KXBTCPERP");
  EXPECT_EQ(stored.front().id, "x:alice:0:13768;1");
}

TEST_F(ThePublisher, RemovesNothingItselfAndTheOutboxIsBoundedByWhoDoes) {
  outbox_.add(10);
  const auto publisher = start();
  expect_all(*publisher, 10);
  EXPECT_EQ(outbox_.rows(), 10);
  outbox_.published(publisher->published());
  EXPECT_EQ(outbox_.rows(), 0);
  EXPECT_EQ(outbox_.state().waiting(), 0);
  outbox_.published(4);
  EXPECT_EQ(outbox_.state().published, 10) << "it never goes back";
}

// A crash between any two steps: what was published is known by the stream, whether or not the ledger knew it.
TEST_F(ThePublisher, GoesOnBehindWhatTheStreamHasAfterACrashAtEachStep) {
  std::int64_t count = 0;
  for (const char* where : {"placed", "send", "sent", "answered"}) {
    for (int times = 1; times <= 3; ++times) {
      SCOPED_TRACE(std::string(where) + " " + std::to_string(times));
      outbox_.add(5);
      count += 5;
      auto wanted = options();
      int seen = 0;
      std::atomic<bool> died{false};
      wanted.may_publish = [&] { return !died.load(); };
      wanted.step = [&](std::string_view step) {
        if (step == where && ++seen >= times) died = true;  // from here on nothing leaves, as from a process that is no more
      };
      start(std::move(wanted))->wait_published(count, 50ms);
      if (times == 3) outbox_.published(static_cast<std::int64_t>(broker_.stored().size()));
      broker_.forget_ids();  // longer ago than the window
    }
  }
  const auto publisher = start();
  expect_all(*publisher, count);
  EXPECT_EQ(publisher->health().duplicates_unexpected, 0);
}

TEST_F(ThePublisher, SurvivesWhateverNetworksAndBrokersDo) {
  const char* const text = std::getenv("MARGINFIX_KILLS");
  const int rounds = std::max(5, text == nullptr ? 0 : std::atoi(text));
  for (int seed = 1; seed <= rounds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    TempFolder folder;
    FilledOutbox outbox(folder.path("ledger.db"));
    ModelBroker broker;
    std::mt19937 random(static_cast<unsigned>(seed));
    int faults = 60;
    broker.fate = [&](const rc::OutMessage&) {
      if (faults == 0 || random() % 4 != 0) return Fate::arrives;
      --faults;
      if (random() % 5 == 0) broker.forget_ids();
      if (random() % 9 == 0) broker.forget_last();
      if (random() % 7 == 0) broker.silent = 3;
      if (random() % 7 == 0) broker.down = 2;
      return static_cast<Fate>(random() % 6);
    };
    auto wanted = options();
    wanted.connect = broker.connect();
    wanted.read = outbox.reading();
    wanted.answer_wait = 3ms;
    wanted.in_flight = 1 + random() % 40;
    auto publisher = start(wanted);
    std::int64_t count = 0;
    for (int i = 0; i < 8; ++i) {
      outbox.add(25);
      count += 25;
      publisher->wake();
      if (random() % 3 == 0) {
        publisher->wait_published(count - 10, 20ms);
        publisher = start(wanted);  // another process
      }
      outbox.published(publisher->published());
    }
    EXPECT_TRUE(publisher->wait_published(count, 60s)) << publisher->health().why;
    expect_whole(broker.stored(), count);
    EXPECT_EQ(publisher->health().lost, 0);
  }
}

TEST_F(ThePublisher, LosesNothingToAnIdThatTheStreamHasForAnotherEvent) {
  outbox_.add_with_id("13768;1");
  outbox_.add_with_id("13768;1");
  outbox_.add(1);
  const auto publisher = start();
  expect_all(*publisher, 3);
  EXPECT_EQ(broker_.stored()[1].id, "x:alice:0:13768;1:n2");
  EXPECT_EQ(publisher->health().duplicates_unexpected, 1);
}

TEST_F(ThePublisher, MakesTheStreamWhereThereIsNone) {
  broker_.exists = false;
  outbox_.add(2);
  const auto publisher = start();
  expect_all(*publisher, 2);
}

TEST_F(ThePublisher, RefusesAStreamThatForgetsOrIsFedByOthers) {
  using Change = std::function<void(rc::StreamFound&)>;
  const std::vector<std::pair<Change, const char*>> changes{
      {[](auto& s) { s.retention = "workqueue"; }, "retention"},
      {[](auto& s) { s.retention = "interest"; }, "retention"},
      {[](auto& s) { s.has_sources = true; }, "source"},
      {[](auto& s) { s.has_mirror = true; }, "mirror"},
      {[](auto& s) { s.duplicate_window = 1s; }, "duplicate window is 1 s, and must be 120 s"},
      {[](auto& s) { s.max_age = 600s; }, "stay for 600 s"},
      {[](auto& s) { s.max_messages_per_subject = 1; }, "max_msgs_per_subject"},
      {[](auto& s) {
         s.subjects = {"marginfix.>", "other"};
       },
       "subjects"},
      {[](auto& s) { s.replicas = 0; }, "replicas"},
      {[](auto& s) { s.no_ack = true; }, "no_ack"},
      {[](auto& s) { s.sealed = true; }, "sealed"},
      {[](auto& s) { s.storage = "memory"; }, "file"}};
  outbox_.add(1);
  for (const auto& [change, says] : changes) {
    ModelBroker other;
    change(other.settings);
    auto wanted = options();
    wanted.connect = other.connect();
    rc::Publisher publisher(wanted);
    const auto started = publisher.start();
    ASSERT_FALSE(started) << says;
    EXPECT_EQ(started.error().category, ErrorCategory::config);
    EXPECT_THAT(started.error().message, HasSubstr(says));
    EXPECT_TRUE(other.stored().empty());
  }
}

TEST_F(ThePublisher, RefusesTheStreamOfAnotherLedgerAndOneThatIsAhead) {
  outbox_.add(3);
  start()->wait_published(3, 60s);
  FilledOutbox other(folder_.path("other.db"));
  rc::set_meta(other.storage(), "ledger_id", "fedcba9876543210");
  other.add(5);
  auto wanted = options();
  wanted.read = other.reading();
  rc::Publisher of_another(wanted);
  EXPECT_THAT(of_another.start().error().message, HasSubstr("events of another ledger (0123456789abcdef"));

  FilledOutbox older(folder_.path("older.db"));
  older.add(2);
  wanted.read = older.reading();
  rc::Publisher behind(wanted);
  EXPECT_THAT(behind.start().error().message, HasSubstr("ahead of this ledger"));
  EXPECT_EQ(broker_.stored().size(), 3U);
}

TEST_F(ThePublisher, TellsThatTheStreamLostWhatItHad) {
  outbox_.add(10);
  start()->wait_published(10, 60s);
  outbox_.published(10);
  broker_.messages.resize(6);
  broker_.last_sequence = 6;
  broker_.forget_last();
  outbox_.add(2);
  const auto publisher = start();
  EXPECT_TRUE(publisher->wait_published(12, 60s));
  EXPECT_EQ(publisher->health().lost, 4);
  EXPECT_EQ(broker_.stored().size(), 8U);
}

TEST_F(ThePublisher, GoesOnWhereTheStreamWasEmptiedByAge) {
  outbox_.add(10);
  start()->wait_published(10, 60s);
  outbox_.published(10);
  broker_.messages.clear();
  outbox_.add(2);
  const auto publisher = start();
  EXPECT_TRUE(publisher->wait_published(12, 60s));
  EXPECT_EQ(broker_.stored().size(), 2U);
  EXPECT_EQ(publisher->health().lost, 0);
}

TEST_F(ThePublisher, StopsAtOnceWithoutTheLeadAndGoesOnWithIt) {
  outbox_.add(50);
  std::atomic<int> may{20};
  auto wanted = options();
  wanted.may_publish = [&] { return may-- > 0; };
  const auto publisher = start(std::move(wanted));
  EXPECT_TRUE(eventually_true([&] { return may.load() < 0; }));
  const std::size_t told = broker_.sent.size();
  EXPECT_LE(told, 20U);
  publisher->abandon();
  EXPECT_EQ(broker_.sent.size(), told) << "nothing leaves any more";
  may = 1'000'000;
  const auto next = start();
  expect_all(*next, 50);
}

TEST_F(ThePublisher, CallsItAnOutageOnlyAfterAWhile) {
  broker_.down = 1'000'000;
  outbox_.add(1);
  auto wanted = options();
  wanted.outage_after = 300ms;
  const auto publisher = start(std::move(wanted));
  EXPECT_EQ(publisher->health().state, rc::PublisherState::waiting);
  EXPECT_TRUE(eventually_true([&] { return publisher->health().state == rc::PublisherState::outage; }));
  EXPECT_THAT(publisher->health().why, HasSubstr("connection refused"));
  {
    const std::lock_guard lock(broker_.mutex);
    broker_.down = 0;
  }
  expect_all(*publisher, 1);
  EXPECT_TRUE(eventually_true([&] { return publisher->health().state == rc::PublisherState::up; }));
}

// A stream without a leader says 503 for some seconds: it is asked again, and is no outage.
TEST_F(ThePublisher, AsksAgainWhereNobodyAnswersForTheStream) {
  broker_.silent = 40;
  outbox_.add(5);
  const auto publisher = start();
  expect_all(*publisher, 5);
  EXPECT_EQ(rc::PublisherOptions{}.outage_after, 30s);
}

}  // namespace
}  // namespace marginfix::test
