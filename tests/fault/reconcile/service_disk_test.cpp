// A disk that becomes full under the running service: it stops, says so, leaves a folder that proves itself, and with room again it goes
// on and has lost nothing. MARGINFIX_KILLS sets how often (a tenth of it).
#include "fault/reconcile/service_fixture.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "support/small_disk.hpp"

namespace marginfix::test {
namespace {

using ::testing::HasSubstr;

int times_full() { return std::max(2, number_of_environment("MARGINFIX_KILLS", 0) / 10); }

class ServiceWithoutRoom : public ServiceProcessTest {
 protected:
  void expect_ended_for_want_of_room(ChildProcess& service) {
    ASSERT_TRUE(eventually([&] { return !service.running(); }, 30s)) << said();
    EXPECT_EQ(service.wait(), 1) << said();
    EXPECT_THAT(said(), HasSubstr("make room; nothing is lost"));
    EXPECT_FALSE(std::filesystem::exists(service_dir() + "/reconcile.json")) << "nobody is there any more";
    EXPECT_FALSE(std::filesystem::exists(service_dir() + "/pid"));
  }
  // As the service left it.
  void expect_whole() {
    const auto proven = rc::verify(service_dir());
    EXPECT_TRUE(proven) << proven.error().message;
  }
  void expect_nothing_lost() {
    ASSERT_NO_FATAL_FAILURE(catch_up());
    expect_the_truth();
    expect_no_break();
    expect_proven();
  }
};

// By a limit on the size of files: in the journal, or in the ledger's WAL, whichever is the longer one.
TEST_F(ServiceWithoutRoom, StopsSaysSoAndGoesOnWhenThereIsSome) {
  for (int i = 0; i < times_full(); ++i) {
    SCOPED_TRACE("time " + std::to_string(i));
    const auto service = launch();
    ASSERT_TRUE(while_it_runs(*service, [&] { return is_ready(); }) && wait_until_told(*service, chance(20'000))) << said();
    const auto journal = size_of(rc::journal_path(dir())), wal = size_of(rc::ledger_path(dir()) + "-wal");
    service->allow_file_size((i % 2 == 0 ? journal : std::max(journal, wal)) + chance(20'000));
    ASSERT_NO_FATAL_FAILURE(expect_ended_for_want_of_room(*service));
    expect_whole();
  }
  expect_nothing_lost();
}

class ServiceOnASmallDisk : public ServiceWithoutRoom {
 protected:
  std::string service_dir() const override { return folder_.path("small/reconcile"); }
};

TEST_F(ServiceOnASmallDisk, StopsSaysSoDoesNotBeginAndGoesOnWhenThereIsRoom) {
  SmallDisk disk(folder_.path("small"), std::uint64_t{256} << 20);
  if (!disk.is_there()) GTEST_SKIP() << "this process may not mount a file system";
  for (int i = 0; i < times_full(); ++i) {
    SCOPED_TRACE("time " + std::to_string(i));
    const auto service = launch();
    ASSERT_TRUE(while_it_runs(*service, [&] { return is_ready(); }) && wait_until_told(*service, chance(20'000))) << said();
    disk.fill(chance(100'000));
    ASSERT_NO_FATAL_FAILURE(expect_ended_for_want_of_room(*service));
    disk.fill(0);
    const auto proven = rc::verify(service_dir());  // reading may want a little room, too
    if (!proven) {
      EXPECT_THAT(proven.error().message, HasSubstr("make room"));
    }
    const auto again = launch(i % 2 == 0 ? std::vector<std::string>{"--once"} : std::vector<std::string>{});
    ASSERT_NO_FATAL_FAILURE(expect_ended_for_want_of_room(*again));
    disk.make_room();
    expect_whole();
  }
  expect_nothing_lost();
}

// On REST's own thread: what it asks for depends on the ledger, and without it it asks for everything.
TEST_F(ServiceWithoutRoom, RestIsAskedWhereTheLedgerCannotBeRead) {
  std::filesystem::create_directories(dir());
  const auto unreadable = [] {
    auto storage = rc::SqliteStorage::in_memory().value();
    storage->execute("DROP TABLE meta");
    return Result<std::unique_ptr<rc::Storage>>(std::move(storage));
  };
  const auto sources = rc::accounts_of(config_, endpoints_, "alice").value();
  rc::RecordQueue queue;
  const auto feeds =
      rc::AccountFeeds::make(config_, sources.at(0), endpoints_, dir(), true, {}, unreadable, queue, null_log_sink()).value();
  const auto answers = feeds->ask_once();
  const auto rest = std::ranges::find(answers, rc::Source::rest, &rc::SourceAnswer::source);
  ASSERT_NE(rest, answers.end());
  EXPECT_EQ(rest->state, rc::SourceState::up) << rest->why;
}

}  // namespace
}  // namespace marginfix::test
