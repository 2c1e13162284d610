// A service's folder: one writer, nothing lost after a write, a ledger that follows its journal.
#include "services/reconcile/folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "services/reconcile/folder/applier.hpp"
#include "services/reconcile/folder/lock.hpp"
#include "services/reconcile/folder/pages.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "support/no_room.hpp"
#include "support/temp_folder.hpp"
#include "unit/reconcile/plain_engine.hpp"
#include "unit/reconcile/records.hpp"

namespace marginfix::reconcile {
namespace {

using marginfix::test::NoRoom;
using marginfix::test::TempFolder;
using test::tell;
using test::told;
using testing::HasSubstr;
using testing::Not;

class Folder : public testing::Test {
 protected:
  std::unique_ptr<LedgerWriter> open() { return LedgerWriter::open(dir_).value(); }
  std::int64_t reports() { return number(*open_ledger_for_reading(dir_).value(), "SELECT count(*) FROM reports"); }
  std::int64_t told_again() { return meta_number(*open_ledger_for_reading(dir_).value(), "told_again"); }
  std::int64_t journaled() { return read_journal(journal_path(dir_), {}, {}).value().records; }
  bool is_there(const char* name) const { return std::filesystem::exists(dir_ + "/" + name); }

  TempFolder folder_;
  std::string dir_ = folder_.path("service");
};

TEST_F(Folder, IsMadeForItsOwnerAlone) {
  auto writer = open();
  struct stat status {};
  ASSERT_EQ(::stat(dir_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  for (const char* file : {"journal", "ledger.db", "audit.jsonl", "pid"}) {
    ASSERT_EQ(::stat((dir_ + "/" + file).c_str(), &status), 0) << file;
    EXPECT_EQ(status.st_mode & 0077, 0U) << file << " is nobody else's to read";
  }
}

TEST_F(Folder, WhatIsWrittenIsReadBesideTheWriterAndAfterIt) {
  auto writer = open();
  writer->write(tell(0, 5)).value();
  EXPECT_EQ(reports(), 5);
  writer->write(tell(5, 7)).value();
  EXPECT_EQ(reports(), 7);
  EXPECT_EQ(number(writer->storage(), "SELECT count(*) FROM reports"), 7);
  writer->close().value();
  EXPECT_EQ(reports(), 7);
  writer = open();
  writer->write(tell(7, 8)).value();
  EXPECT_EQ(reports(), 8);
}

TEST_F(Folder, HasOneWriter) {
  auto writer = open();
  const auto second = LedgerWriter::open(dir_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "locked");
  EXPECT_THAT(second.error().message, HasSubstr("pid " + std::to_string(::getpid())));
  writer.reset();
  EXPECT_TRUE(LedgerWriter::open(dir_));
}

TEST_F(Folder, AWriterWaitsForAReaderThatBringsTheLedgerUpToDate) {
  open();
  auto lock = FolderLock::try_take(dir_).value();
  ASSERT_TRUE(lock);
  EXPECT_FALSE(FolderLock::try_take(dir_).value());
  std::thread reader([&] { lock.reset(); });
  EXPECT_TRUE(LedgerWriter::open(dir_));
  reader.join();
}

// A killed writer leaves its number behind, and the number may be another process's by now.
TEST_F(Folder, ANumberThatAKilledWriterLeftIsNoWriter) {
  open();
  folder_.write("service/pid", std::to_string(::getpid()) + "\n");
  auto lock = FolderLock::try_take(dir_).value();
  ASSERT_TRUE(lock);
  std::thread reader([&] { lock.reset(); });
  const auto writer = LedgerWriter::open(dir_);
  EXPECT_TRUE(writer) << writer.error().message;
  reader.join();
}

TEST_F(Folder, WithoutALedgerSaysHowToMakeOne) {
  const auto reading = open_ledger_for_reading(dir_);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().code, "no_ledger");
  EXPECT_THAT(reading.error().message, HasSubstr("run `marginfix reconcile run --dir " + dir_ + "` first"));
  EXPECT_FALSE(std::filesystem::exists(dir_)) << "reading makes nothing";
}

TEST_F(Folder, AnOrderlyEndLeavesHashesAndNoWal) {
  {
    auto writer = open();
    writer->write(tell(0, 5)).value();
    EXPECT_FALSE(is_there("ledger.pages"));
    EXPECT_TRUE(is_there("pid"));
    writer->close().value();
    EXPECT_FALSE(writer->write(tell(5, 6))) << "it has ended";
  }
  EXPECT_FALSE(is_there("pid"));
  EXPECT_FALSE(is_there("ledger.db-wal"));
  const auto end = check_pages(dir_).value();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->journal.offset, static_cast<std::int64_t>(std::filesystem::file_size(journal_path(dir_))));
  const std::string pages = TempFolder::read(pages_path(dir_));
  open();  // looks, and writes nothing
  reports();
  EXPECT_EQ(TempFolder::read(pages_path(dir_)), pages);
  EXPECT_TRUE(check_pages(dir_).value());
}

TEST_F(Folder, AReaderThatStaysDoesNotKeepTheWriterFromEnding) {
  auto writer = open();
  writer->write(tell(0, 5)).value();
  auto reader = open_ledger_for_reading(dir_).value();
  reader->execute("BEGIN");
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM reports"), 5);
  writer->write(tell(5, 10)).value();
  writer->close().value();
  EXPECT_FALSE(check_pages(dir_).value()) << "not all was in ledger.db: no hashes";
  EXPECT_EQ(number(*reader, "SELECT count(*) FROM reports"), 5) << "its own moment";
  reader.reset();
  EXPECT_EQ(reports(), 10);
}

// The ledger's position is in its own transaction: one that is older than its journal goes on where it stands.
TEST_F(Folder, ALedgerOfYesterdayFollowsTheJournal) {
  open()->write(tell(0, 5)).value();
  const std::string ledger = TempFolder::read(ledger_path(dir_));
  {
    auto writer = open();
    writer->write({told("reason 1", RecordKind::decision)}).value();
    writer->write(tell(5, 9)).value();
  }
  const std::string audit = TempFolder::read(audit_path(dir_));
  folder_.write("service/ledger.db", ledger);
  EXPECT_EQ(reports(), 10);
  EXPECT_EQ(told_again(), 0);
  EXPECT_EQ(TempFolder::read(audit_path(dir_)), audit) << "the same line, not a second one";
  std::filesystem::remove(ledger_path(dir_));
  EXPECT_EQ(reports(), 10) << "all of it from the journal";
  EXPECT_TRUE(check_pages(dir_).value());
}

TEST_F(Folder, AnUnfinishedTailIsCutAndTold) {
  open()->write(tell(0, 5)).value();
  const std::string journal = TempFolder::read(journal_path(dir_));
  folder_.write("service/journal", journal + journal.substr(40, 50));
  EXPECT_EQ(reports(), 5);
  EXPECT_EQ(TempFolder::read(journal_path(dir_)), journal);
  folder_.write("service/journal", journal + "xyz");
  EXPECT_EQ(open()->cut_bytes(), 3);
}

TEST_F(Folder, AJournalOfAnotherFolderIsRefused) {
  open()->write(tell(0, 5)).value();
  const std::string other = folder_.path("other");
  LedgerWriter::open(other).value()->write(tell(10, 30)).value();
  std::filesystem::copy_file(journal_path(other), journal_path(dir_), std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(LedgerWriter::open(dir_).error().message, HasSubstr("not of one folder"));
  EXPECT_THAT(open_ledger_for_reading(dir_).error().message, HasSubstr("not of one folder"));
}

TEST_F(Folder, AnotherLineOfAuditIsRefusedByItsNumber) {
  open()->write(tell(0, 5)).value();
  const std::string ledger = TempFolder::read(ledger_path(dir_));
  for (const char* reason : {"reason 1", "reason 2"}) open()->write({told(reason, RecordKind::decision)}).value();
  std::string audit = TempFolder::read(audit_path(dir_));
  audit.replace(audit.find("reason 2"), 8, "reason 3");
  folder_.write("service/audit.jsonl", audit);
  const std::string newer = TempFolder::read(ledger_path(dir_));
  folder_.write("service/ledger.db", ledger);
  EXPECT_THAT(LedgerWriter::open(dir_).error().message, HasSubstr("audit.jsonl: line 2: is not the one that the journal gives"));
  folder_.write("service/ledger.db", newer);
  folder_.write("service/audit.jsonl", audit + "{}\n");
  EXPECT_THAT(LedgerWriter::open(dir_).error().message, HasSubstr("audit.jsonl: line 3: the journal does not give it"));
  audit[audit.size() - 10] ^= 1;
  folder_.write("service/audit.jsonl", audit);
  EXPECT_THAT(LedgerWriter::open(dir_).error().message, HasSubstr("audit.jsonl: line 2: does not end where the ledger says"));
}

TEST_F(Folder, AnUnfinishedLineOfAuditIsCut) {
  open()->write(tell(0, 5)).value();
  const std::string ledger = TempFolder::read(ledger_path(dir_));
  for (const char* reason : {"reason 1", "reason 2"}) open()->write({told(reason, RecordKind::decision)}).value();
  const std::string audit = TempFolder::read(audit_path(dir_));
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, audit.size() / 2, audit.size() - 1}) {
    folder_.write("service/audit.jsonl", audit.substr(0, size));
    folder_.write("service/ledger.db", ledger);
    open();
    EXPECT_EQ(TempFolder::read(audit_path(dir_)), audit) << size;
  }
}

// The ledger cannot follow: told, kept, and applied once, whichever way the caller goes on.
class KeptBatches : public Folder {
 protected:
  void fail_once(LedgerWriter& writer, const std::vector<Record>& batch) {
    test::failing_applies = 1;
    const auto written = writer.write(batch);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, "kept");
    EXPECT_THAT(written.error().message, HasSubstr("disk is full"));
  }
  ~KeptBatches() override { test::failing_applies = 0; }
};

TEST_F(KeptBatches, WrittenAgain) {
  auto writer = open();
  writer->write(tell(0, 3)).value();
  fail_once(*writer, tell(3, 6));
  EXPECT_EQ(number(writer->storage(), "SELECT count(*) FROM reports"), 3) << "rolled back";
  EXPECT_EQ(journaled(), 6);
  writer->write(tell(3, 6)).value();
  EXPECT_EQ(reports(), 6);
  EXPECT_EQ(journaled(), 6);
}

TEST_F(KeptBatches, FollowedByAnother) {
  auto writer = open();
  fail_once(*writer, tell(0, 3));
  writer->write(tell(3, 6)).value();
  EXPECT_EQ(reports(), 6);
  EXPECT_EQ(meta_number(writer->storage(), "records"), 6) << "nothing remembered of what was rolled back";
}

TEST_F(KeptBatches, MadeUpForByAnEmptyOne) {
  auto writer = open();
  fail_once(*writer, tell(0, 3));
  writer->write({}).value();
  EXPECT_EQ(reports(), 3);
}

TEST_F(KeptBatches, AppliedAtTheEnd) {
  auto writer = open();
  fail_once(*writer, tell(0, 3));
  writer->close().value();
  EXPECT_EQ(reports(), 3);
  EXPECT_TRUE(check_pages(dir_).value());
}

TEST_F(KeptBatches, TheJournalTakesNothingNewMeanwhile) {
  auto writer = open();
  fail_once(*writer, tell(0, 3));
  test::failing_applies = 2;
  EXPECT_EQ(writer->write(tell(3, 6)).error().code, "") << "nothing of it counts";
  EXPECT_EQ(writer->write(tell(0, 3)).error().code, "kept");
  EXPECT_EQ(journaled(), 3);
  writer->write(tell(3, 6)).value();
  EXPECT_EQ(reports(), 6);
  EXPECT_EQ(told_again(), 0);
}

TEST_F(KeptBatches, AndItsLinesOfAuditAreThereOnce) {
  auto writer = open();
  writer->write({told("reason 1", RecordKind::decision)}).value();
  fail_once(*writer, {told("a"), told("reason 2", RecordKind::decision)});
  writer->write({told("reason 3", RecordKind::decision)}).value();
  const std::string audit = TempFolder::read(audit_path(dir_));
  EXPECT_EQ(std::ranges::count(audit, '\n'), 3);
  EXPECT_THAT(audit, HasSubstr("\"n\":\"3\""));
}

// A disk that fills up at any moment of a write: an error, nothing lost, nothing double, and it goes on when there is room.
TEST_F(Folder, AFullDiskLosesNothing) {
  int errors = 0, next = 0;
  auto writer = open();
  writer->write(tell(0, 50)).value();
  next = 50;
  writer->checkpoint();
  for (rlim_t room = 1'000; room < 80'000; room += 3'000) {
    {
      NoRoom disk(room);
      const auto written = writer->write(tell(next, next + 20));
      if (!written) {
        ++errors;
        EXPECT_THAT(written.error().code, testing::AnyOf("kept", "disk_full"));
        EXPECT_THAT(written.error().message, HasSubstr("make room; nothing is lost"));
        EXPECT_FALSE(writer->write(tell(next, next + 20))) << "still no room";
      }
    }
    writer->write(tell(next, next + 20)).value();  // where it was written already: told again
    next += 20;
    writer->checkpoint();
  }
  EXPECT_GT(errors, 5);
  EXPECT_EQ(reports(), next);
  writer.reset();
  writer = open();
  EXPECT_EQ(reports(), next);
}

TEST_F(Folder, ACheckpointWithoutRoomIsNoError) {
  auto writer = open();
  writer->write(tell(0, 500)).value();
  {
    NoRoom disk(20'000);
    EXPECT_NO_THROW(writer->checkpoint());
  }
  EXPECT_EQ(reports(), 500);
  writer->close().value();
  EXPECT_TRUE(check_pages(dir_).value());
  EXPECT_EQ(reports(), 500);
}

TEST_F(Folder, CannotBeMadeWhereNobodyMayWrite) {
  const auto opened = LedgerWriter::open("/proc/marginfix/service");
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("cannot make the folder"));
}

}  // namespace
}  // namespace marginfix::reconcile
