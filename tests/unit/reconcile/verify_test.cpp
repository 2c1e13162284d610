// verify: no byte of journal, audit or ledger changes unseen, and an untouched folder is never accused.
#include "services/reconcile/verify.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "services/reconcile/folder.hpp"
#include "services/reconcile/folder/pages.hpp"
#include "services/reconcile/journal/file.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"
#include "services/reconcile/replay.hpp"
#include "support/temp_folder.hpp"
#include "unit/reconcile/records.hpp"

namespace marginfix::reconcile {
namespace {

using marginfix::test::TempFolder;
using test::tell;
using test::told;
using testing::HasSubstr;
using testing::IsEmpty;

class Verify : public testing::Test {
 protected:
  Verify() {
    auto writer = LedgerWriter::open(dir_).value();
    writer->write(tell(0, 3)).value();
    writer->write({told("reason 1", RecordKind::decision), told("\xff no FIX")}).value();
    writer->write({told("reason 2", RecordKind::decision)}).value();
    writer->close().value();
  }
  std::string path(const char* name) const { return dir_ + "/" + name; }
  std::string read(const char* name) const { return TempFolder::read(path(name)); }
  void put(const char* name, const std::string& bytes) const { folder_.write(std::string("service/") + name, bytes); }
  std::string fault() const {
    const auto report = verify(dir_);
    return report ? "" : report.error().message;
  }
  // Changes the row with SQL, as somebody with a tool would, and leaves no WAL.
  void change(const char* sql) const {
    auto storage = SqliteStorage::open(path("ledger.db")).value();
    storage->execute(sql);
    storage->checkpoint();
  }

  TempFolder folder_;
  std::string dir_ = folder_.path("service");
};

TEST_F(Verify, AnUntouchedFolderIsProven) {
  const auto before = std::vector{read("journal"), read("ledger.db"), read("audit.jsonl"), read("ledger.pages")};
  const auto report = verify(dir_);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->records, 6);
  EXPECT_EQ(report->audit_lines, 2);
  EXPECT_EQ(report->rows, 6 + 1 + 6) << "reports, one undecodable, meta";
  EXPECT_TRUE(report->pages_checked);
  EXPECT_FALSE(report->beside_writer);
  EXPECT_THAT(report->notes, IsEmpty());
  EXPECT_EQ(report->digest, replay(path("journal"), "").value().digest);
  EXPECT_EQ((std::vector{read("journal"), read("ledger.db"), read("audit.jsonl"), read("ledger.pages")}), before) << "changes nothing";
}

class VerifyFile : public Verify, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Every, VerifyFile, testing::Values("journal", "audit.jsonl"));

TEST_P(VerifyFile, HasNoByteThatChangesUnseen) {
  const std::string name = GetParam(), whole = read(GetParam());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (at % 2 == 0 ? 0x01 : 0x80));
    put(GetParam(), changed);
    ASSERT_THAT(fault(), HasSubstr(name + ": ")) << "byte " << at;
  }
  put(GetParam(), whole);
  EXPECT_EQ(fault(), "");
}

TEST_F(Verify, EveryByteOfThePageHashes) {
  const std::string whole = read("ledger.pages");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (at % 2 == 0 ? 0x01 : 0x80));
    put("ledger.pages", changed);
    ASSERT_FALSE(check_pages(dir_)) << "byte " << at;
    if (at % 101 == 0) {
      ASSERT_THAT(fault(), HasSubstr("ledger.pages: changed"));
    }
  }
  put("ledger.pages", whole);
  EXPECT_EQ(fault(), "");
}

TEST_F(Verify, EveryByteOfTheLedger) {
  const std::string whole = read("ledger.db");
  auto file = File::open(path("ledger.db"), O_RDWR).value();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    const char changed = static_cast<char>(whole[at] ^ (1 << (at % 8)));
    file.write(std::string_view(&changed, 1), static_cast<std::int64_t>(at)).value();
    const auto pages = check_pages(dir_);
    ASSERT_FALSE(pages) << "byte " << at;
    ASSERT_THAT(pages.error().message, HasSubstr("ledger.db: page " + std::to_string(at / 4096 + 1) + " "));
    if (at % 4'001 == 0) {
      ASSERT_THAT(fault(), HasSubstr("ledger.db: page " + std::to_string(at / 4096 + 1) + " "));
      put("ledger.db", whole);  // SQLite may have written to it
    }
    file.write(std::string_view(&whole[at], 1), static_cast<std::int64_t>(at)).value();
  }
  EXPECT_EQ(fault(), "");
}

// After a kill there are no page hashes: then no row of it can be another, whatever byte was changed.
TEST_F(Verify, WithoutPageHashesTheRowsAreProven) {
  std::filesystem::remove(path("ledger.pages"));
  ASSERT_EQ(fault(), "");
  const std::string digest = verify(dir_)->digest, whole = read("ledger.db");
  int found = 0, unseen = 0;
  for (std::size_t at = 0; at < whole.size(); at += 151) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x11);
    put("ledger.db", changed);
    const auto report = verify(dir_);
    ++(report ? unseen : found);
    if (report) {
      ASSERT_EQ(report->digest, digest) << "byte " << at;
    }
    for (const char* left : {"ledger.db-wal", "ledger.db-shm"}) std::filesystem::remove(path(left));
  }
  EXPECT_GT(found, 10);
  EXPECT_GT(unseen, 20) << "most of a small database is no row's";
}

TEST_F(Verify, SaysTableKeyAndColumn) {
  change("UPDATE reports SET symbol = 'KXBTCPERP' WHERE exec_id = '13768;1'");
  EXPECT_THAT(fault(), HasSubstr("ledger.db: reports: the row account \"alice\", last_mkt \"13768\", exec_id \"13768;1\": symbol is "
                                 "\"KXBTCPERP\", the journal gives \"\""));
}
TEST_F(Verify, ARowTooFew) {
  change("DELETE FROM reports WHERE exec_id = '13768;1'");
  EXPECT_THAT(fault(), HasSubstr("reports: the row account \"alice\", last_mkt \"13768\", exec_id \"13768;1\" is missing"));
}
TEST_F(Verify, TheLastRowTooFew) {
  change("DELETE FROM undecodable");
  EXPECT_THAT(fault(), HasSubstr("undecodable: the row position"));
}
TEST_F(Verify, ARowTooMany) {
  change("INSERT INTO meta VALUES ('a', '1')");
  EXPECT_THAT(fault(), HasSubstr("ledger.db: meta: the row name \"a\" is not what the journal gives"));
}
TEST_F(Verify, NothingInsteadOfAValue) {
  change("UPDATE reports SET transact_time = NULL WHERE exec_id = '13768;2'");
  EXPECT_THAT(fault(), HasSubstr("transact_time is nothing, the journal gives \"1764525600000001\""));
}
TEST_F(Verify, AnIndexOrATableMore) {
  change("CREATE INDEX mine ON reports (symbol)");
  EXPECT_THAT(fault(), HasSubstr("ledger.db: schema: "));
}
TEST_F(Verify, AnotherVersion) {
  change("PRAGMA user_version = 7");
  EXPECT_THAT(fault(), HasSubstr("is a ledger of version 7"));
}
// Rows that are right are not enough where the file was written by somebody else.
TEST_F(Verify, TheSameRowsInAnotherFile) {
  change("VACUUM");
  EXPECT_THAT(fault(), HasSubstr("was changed since its writer ended"));
}

TEST_F(Verify, AJournalCutAtARecord) {
  std::vector<std::int64_t> ends;
  read_journal(path("journal"), {}, [&](const Record&, JournalPosition at) { ends.push_back(at.offset); }).value();
  put("journal", read("journal").substr(0, static_cast<std::size_t>(ends[3])));
  const std::string cut_at = "journal: byte " + std::to_string(ends[3]) +
                             ": its whole records end here, and the ledger has what it said up to byte " + std::to_string(ends[5]);
  EXPECT_THAT(fault(), HasSubstr(cut_at));
  std::filesystem::remove(path("ledger.pages"));
  EXPECT_THAT(fault(), HasSubstr(cut_at)) << "without page hashes, too";
}
TEST_F(Verify, SomethingBehindTheJournal) {
  put("journal", read("journal") + "x");
  EXPECT_THAT(fault(), HasSubstr("journal: byte"));
}
TEST_F(Verify, ALineOfAuditMore) {
  put("audit.jsonl", read("audit.jsonl") + "{}\n");
  EXPECT_THAT(fault(), HasSubstr("audit.jsonl: line 3: the journal does not give it"));
}
TEST_F(Verify, ALineOfAuditLess) {
  const std::string audit = read("audit.jsonl");
  put("audit.jsonl", audit.substr(0, audit.find('\n') + 1));
  EXPECT_THAT(fault(), HasSubstr("audit.jsonl: line 2: it is missing or unfinished, and the ledger stands for 2 lines"));
}
TEST_F(Verify, NoAudit) {
  std::filesystem::remove(path("audit.jsonl"));
  EXPECT_THAT(fault(), HasSubstr("audit.jsonl: line 1: it is missing"));
}
TEST_F(Verify, NoLedger) {
  std::filesystem::remove(path("ledger.db"));
  EXPECT_THAT(fault(), HasSubstr("ledger.db: it is missing"));
}
TEST_F(Verify, NoJournal) {
  std::filesystem::remove(path("journal"));
  EXPECT_THAT(fault(), HasSubstr("journal: cannot open"));
}
TEST_F(Verify, NoFolder) { EXPECT_EQ(verify(folder_.path("nothing")).error().code, "no_ledger"); }

// As a kill leaves a folder: ledger and audit of before, journal with more, unfinished ends.
TEST_F(Verify, WhatAKillLeavesIsANoteNotAFault) {
  const std::string ledger = read("ledger.db");
  LedgerWriter::open(dir_).value()->write({told("reason 3", RecordKind::decision), told("a")}).value();
  put("ledger.db", ledger);
  std::filesystem::remove(path("ledger.pages"));
  const std::string journal = read("journal"), audit = read("audit.jsonl");
  put("journal", journal + journal.substr(40, 30));
  for (const std::size_t cut : {std::size_t{0}, std::size_t{10}}) {
    put("audit.jsonl", audit.substr(0, audit.size() - cut));
    const auto report = verify(dir_);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->records, 8);
    EXPECT_THAT(report->notes, testing::Contains(HasSubstr("there is no ledger.pages")));
    EXPECT_THAT(report->notes, testing::Contains(HasSubstr("30 bytes of an unfinished record")));
    EXPECT_THAT(report->notes, testing::Contains(HasSubstr("bytes beyond the ledger")));
  }
  put("audit.jsonl", audit);
  std::string changed = audit;
  changed[audit.size() - 90] ^= 1;  // a line that the ledger does not stand for yet
  put("audit.jsonl", changed);
  EXPECT_THAT(fault(), HasSubstr("audit.jsonl: line 3"));
}

// A killed writer's WAL: what SQLite would silently leave out is found, what was never written to its end is not accused.
TEST_F(Verify, AChangedByteOfAWalThatAKillLeft) {
  const std::string other = folder_.path("killed");
  std::filesystem::create_directory(other);
  {
    auto writer = LedgerWriter::open(dir_).value();
    for (int i = 0; i < 4; ++i) writer->write({told("more " + std::to_string(i))}).value();
    for (const char* name : {"journal", "audit.jsonl", "ledger.db", "ledger.db-wal"})
      std::filesystem::copy_file(path(name), other + "/" + name);  // as it lies there at this moment
  }
  const std::string wal = TempFolder::read(other + "/ledger.db-wal"), ledger = TempFolder::read(other + "/ledger.db");
  ASSERT_GT(wal.size(), 3U * 4'120);
  const auto fault_with = [&](const std::string& changed) {
    std::filesystem::remove(other + "/ledger.db-shm");
    folder_.write("killed/ledger.db", ledger);
    folder_.write("killed/ledger.db-wal", changed);
    const auto report = verify(other);
    return report ? std::string() : report.error().message;
  };
  EXPECT_EQ(fault_with(wal), "");
  EXPECT_EQ(fault_with(wal.substr(0, wal.size() - 100)), "") << "cut short";
  for (std::size_t at = 0; at < wal.size() - 4'120; at += 397) {
    std::string changed = wal;
    changed[at] = static_cast<char>(changed[at] ^ 4);
    ASSERT_THAT(fault_with(changed), HasSubstr("ledger.db-wal: byte ")) << at;
  }
}

// Its frames stand behind the next one's, whole and of the same round.
TEST_F(Verify, WhatATransactionThatWasNotCommittedLeftInAWalIsNoChange) {
  const std::string other = folder_.path("killed");
  std::filesystem::create_directory(other);
  auto writer = LedgerWriter::open(dir_).value();
  writer->write({told("before")}).value();
  Storage& ledger = writer->storage();
  ledger.execute("PRAGMA cache_size = 10");  // so that most of it reaches the WAL
  ledger.begin();
  for (int i = 0; i < 2'000; ++i) set_meta(ledger, "not committed " + std::to_string(i), std::string(100, 'x'));
  ledger.rollback();
  writer->write({told("after")}).value();
  for (const char* name : {"journal", "audit.jsonl", "ledger.db", "ledger.db-wal"})
    std::filesystem::copy_file(path(name), other + "/" + name);
  ASSERT_GT(std::filesystem::file_size(other + "/ledger.db-wal"), 50U * 4'120);
  const auto report = verify(other);
  EXPECT_TRUE(report) << report.error().message;
  if (report) {
    EXPECT_THAT(report->notes, testing::Not(testing::Contains(HasSubstr("beyond the ledger"))));
  }
}

TEST_F(Verify, WhileAServiceWrites) {
  std::atomic<bool> end{false};
  std::atomic<int> written{0};
  auto writer = LedgerWriter::open(dir_).value();
  std::thread service([&] {
    for (int i = 0; !end; ++i) {
      writer->write({told("more " + std::to_string(i)), told("why " + std::to_string(i), RecordKind::decision)}).value();
      ++written;
    }
  });
  for (int i = 0; i < 10; ++i) {
    for (const int before = written; written < before + 5;) std::this_thread::yield();
    const auto report = verify(dir_);
    EXPECT_TRUE(report) << report.error().message;
    if (report) {
      EXPECT_TRUE(report->beside_writer);
    }
  }
  end = true;
  service.join();
  writer->close().value();
  EXPECT_EQ(fault(), "");
}

TEST_F(Verify, ReplaysGiveTheSameLedgerAndAudit) {
  const auto one = replay(path("journal"), folder_.path("one")), two = replay(path("journal"), folder_.path("two"));
  ASSERT_TRUE(one) << one.error().message;
  ASSERT_TRUE(two) << two.error().message;
  EXPECT_EQ(one->digest, two->digest);
  EXPECT_EQ(one->digest, digest_of(*open_ledger_for_reading(dir_).value()));
  EXPECT_EQ(one->records, 6);
  EXPECT_EQ(one->audit_lines, 2);
  for (const char* dir : {"one", "two"}) {
    EXPECT_EQ(TempFolder::read(folder_.path(dir) + "/audit.jsonl"), read("audit.jsonl"));
    EXPECT_EQ(TempFolder::read(folder_.path(dir) + "/journal"), read("journal"));
    EXPECT_TRUE(verify(folder_.path(dir)));
  }
  EXPECT_EQ(TempFolder::read(folder_.path("one") + "/ledger.db"), TempFolder::read(folder_.path("two") + "/ledger.db"));
  EXPECT_THAT(replay(path("journal"), folder_.path("one")).error().message, HasSubstr("already"));
  put("journal", read("journal").replace(60, 1, "x"));
  EXPECT_THAT(replay(path("journal"), folder_.path("three")).error().message, HasSubstr("journal: byte 40 (record 1)"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path("three"))) << "nothing is made of a part";
}

TEST_F(Verify, AReplayLeavesTheUnfinishedTailBehind) {
  const std::string journal = read("journal");
  put("journal", journal + "unfinished");
  const auto made = replay(path("journal"), folder_.path("one"));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->unfinished_bytes, 10);
  EXPECT_EQ(TempFolder::read(folder_.path("one") + "/journal"), journal);
}

}  // namespace
}  // namespace marginfix::reconcile
