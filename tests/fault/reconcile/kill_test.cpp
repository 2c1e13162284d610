// kill -9 of a process that writes to a folder, at any moment: what a write() had returned from is there, nothing is there twice, and
// journal, ledger and audit agree. MARGINFIX_KILLS sets how often (scripts/campaign: hundreds).
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "services/reconcile/folder.hpp"
#include "services/reconcile/journal/journal.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/replay.hpp"
#include "services/reconcile/verify.hpp"
#include "support/temp_folder.hpp"
#include "unit/reconcile/records.hpp"

namespace marginfix::reconcile {
namespace {

using marginfix::test::TempFolder;
using test::told;

int kills_of_a_writer() {
  const char* text = std::getenv("MARGINFIX_KILLS");
  return std::max(20, text == nullptr ? 0 : std::atoi(text));
}

std::vector<Record> batch_of(std::int64_t from, int size) {
  std::vector<Record> batch;
  for (std::int64_t i = from; i < from + size; ++i)
    batch.push_back(told("record " + std::to_string(i), i % 7 == 0 ? RecordKind::decision : RecordKind::fix));
  return batch;
}

// Goes on behind what the folder has, and says into `confirmed` how many records are safe after each write.
[[noreturn]] void write_until_killed(const std::string& dir, int confirmed) {
  auto writer = LedgerWriter::open(dir);
  if (!writer) ::_exit(1);
  std::int64_t next = number((*writer)->storage(), "SELECT count(*) FROM reports");
  for (int size = 1;; size = size % 9 + 1) {
    if (!(*writer)->write(batch_of(next, size))) ::_exit(2);
    next += size;
    if (::pwrite(confirmed, &next, sizeof next, 0) != sizeof next) ::_exit(3);
  }
}

class WriterKilled : public testing::Test {
 protected:
  std::int64_t confirmed() const {
    std::int64_t value = 0;
    (void)::pread(confirmed_, &value, sizeof value, 0);
    return value;
  }
  // Returns once the process has been killed: after `more` further records are safe, and a moment that depends on chance.
  void run_and_kill(std::int64_t more, int spins) {
    const std::int64_t before = confirmed();
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(dir_, confirmed_);
    int status = 0;
    while (confirmed() < before + more) {
      ASSERT_EQ(::waitpid(child, &status, WNOHANG), 0) << "it ended by itself: " << WEXITSTATUS(status);
      ::sched_yield();
    }
    for (volatile int i = 0; i < spins;) i = i + 1;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
  }

  TempFolder folder_;
  std::string dir_ = folder_.path("service");
  int confirmed_ = ::open(folder_.write("confirmed", "").c_str(), O_RDWR | O_CLOEXEC);
};

TEST_F(WriterKilled, LosesNothingAndDoublesNothing) {
  std::mt19937 chance(20261130);
  for (int i = 0; i < kills_of_a_writer(); ++i) {
    run_and_kill(static_cast<std::int64_t>(chance() % 40), static_cast<int>(chance() % 3'000'000));
    if (HasFatalFailure()) return;
    const auto left = verify(dir_);  // as the kill left it
    ASSERT_TRUE(left) << "kill " << i << ": " << left.error().message;
    auto ledger = open_ledger_for_reading(dir_);
    ASSERT_TRUE(ledger) << ledger.error().message;
    const std::int64_t reports = number(**ledger, "SELECT count(*) FROM reports");
    ASSERT_GE(reports, confirmed()) << "kill " << i << ": lost";
    ASSERT_LE(reports, confirmed() + 9) << "at most the batch that was being written";
    ASSERT_EQ(meta_number(**ledger, "told_again"), 0) << "kill " << i << ": double";
    ASSERT_EQ(meta_number(**ledger, "records"), reports);
    ASSERT_EQ(number(**ledger, "SELECT count(*) FROM reports WHERE exec_id = $1", "record " + std::to_string(reports - 1)), 1) << "no hole";
    ledger->reset();
    const auto proven = verify(dir_);
    ASSERT_TRUE(proven) << "kill " << i << ": " << proven.error().message;
    ASSERT_EQ(proven->records, reports);
    ASSERT_EQ(proven->audit_lines, (reports + 6) / 7);
    ASSERT_EQ(::pwrite(confirmed_, &reports, sizeof reports, 0), static_cast<ssize_t>(sizeof reports));
  }
  EXPECT_EQ(replay(journal_path(dir_), "").value().digest, verify(dir_)->digest);
}

}  // namespace
}  // namespace marginfix::reconcile
