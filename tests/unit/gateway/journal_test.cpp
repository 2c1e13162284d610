// The gateway's journal: batches, what a crash leaves, what is damage, files that follow one another, and who may write.
#include "services/gateway/journal/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/no_room.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::gateway {
namespace {

namespace fs = std::filesystem;
using marginfix::test::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Timestamp kMorning{std::chrono::seconds{1'796'000'000}};

class GatewayJournal : public ::testing::Test {
 protected:
  // "kind who body", each that was read.
  using Told = std::vector<std::string>;
  static std::string line_of(const JournalRecord& record) {
    return std::string(to_string(record.kind)) + " " + record.who + " " + record.body;
  }
  Result<std::unique_ptr<Journal>> open_with(JournalOptions options, Told* told = nullptr) const {
    options.dir = folder_.path("journal");
    return Journal::open(options, [told](const JournalRecord& record) -> Result<void> {
      if (told != nullptr) told->push_back(line_of(record));
      return {};
    });
  }
  std::unique_ptr<Journal> open(Told* told = nullptr) const { return open_with({}, told).value(); }
  static auto records(std::vector<JournalRecord> all) {
    return [all = std::move(all)](const Journal::Put& put) {
      for (const JournalRecord& each : all) put(each);
    };
  }
  Told reopened() const {
    Told told;
    const auto journal = open(&told);
    return told;
  }
  std::string refusal() const {
    const auto journal = open_with({});
    return journal ? std::string() : journal.error().message;
  }
  std::string file(int number) const {
    char name[32];
    std::snprintf(name, sizeof name, "journal/journal-%06d.gwj", number);
    return folder_.path(name);
  }
  Told audit() const {
    Told told;
    const auto read = read_audit(folder_.path("journal"), [&](const JournalRecord& record) {
      told.push_back(line_of(record));
      return true;
    });
    EXPECT_TRUE(read) << (read ? "" : read.error().message);
    return told;
  }
  // Two batches: "a" and "b".
  void write_two_batches() const {
    const auto journal = open();
    journal->append(JournalKind::note, "", "a", kMorning);
    journal->commit().value();
    journal->append(JournalKind::note, "", "b", kMorning);
    journal->commit().value();
  }
  void change_byte(int number, std::size_t at) const {
    std::string bytes = TempFolder::read(file(number));
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 0x40);
    folder_.write("journal/" + fs::path(file(number)).filename().string(), bytes);
  }

  TempFolder folder_;
};

constexpr std::size_t kFirstBatch = 8, kHead = 12, kOneRecord = 16 + 1;

TEST_F(GatewayJournal, GivesBackWhatItWasToldInItsOrder) {
  const std::string odd("\0\x01\xff\n", 4);
  std::int64_t bytes = 0;
  {
    const auto journal = open();
    EXPECT_EQ(journal->waiting_bytes(), 0U);
    journal->append(JournalKind::begin, "", "1.0", kMorning);
    journal->append({JournalKind::oms_in, "FIX.4.4:OMS->GATE", odd, {}}, kMorning + std::chrono::seconds(1));
    EXPECT_GT(journal->waiting_bytes(), 0U);
    ASSERT_TRUE(journal->commit());
    EXPECT_EQ(journal->waiting_bytes(), 0U);
    ASSERT_TRUE(journal->commit()) << "nothing waits: nothing is written";
    journal->append(JournalKind::order, "c", "{}", kMorning);
    ASSERT_TRUE(journal->commit());
    EXPECT_FALSE(journal->failing());
    bytes = journal->bytes();
  }
  EXPECT_EQ(bytes, static_cast<std::int64_t>(fs::file_size(file(1)))) << "the room behind it is given back";
  std::vector<Timestamp> times;
  Told told;
  const auto again = Journal::open({folder_.path("journal")}, [&](const JournalRecord& record) -> Result<void> {
    told.push_back(line_of(record));
    times.push_back(record.time);
    return {};
  });
  ASSERT_TRUE(again);
  EXPECT_THAT(told, ElementsAre("begin  1.0", "oms_in FIX.4.4:OMS->GATE " + odd, "order c {}"));
  EXPECT_THAT(times, ElementsAre(kMorning, kMorning + std::chrono::seconds(1), kMorning));
  EXPECT_EQ((*again)->cut_bytes(), 0);
}

TEST_F(GatewayJournal, WhatWasNotCommittedIsNotThere) {
  {
    const auto journal = open();
    journal->append(JournalKind::note, "", "kept", kMorning);
    journal->commit().value();
    journal->append(JournalKind::note, "", "lost", kMorning);
  }
  EXPECT_THAT(reopened(), ElementsAre("note  kept"));
}

TEST_F(GatewayJournal, AnUnfinishedEndIsCutWhereverItEnds) {
  write_two_batches();
  const std::string whole = TempFolder::read(file(1));
  const std::size_t first_end = kFirstBatch + kHead + kOneRecord;
  ASSERT_EQ(whole.size(), first_end + kHead + kOneRecord);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    folder_.write("journal/journal-000001.gwj", whole.substr(0, size));
    Told told;
    const auto journal = open(&told);
    EXPECT_EQ(told.size(), size >= first_end ? 1U : 0U) << size;
    const std::size_t kept = size >= first_end ? first_end : size >= kFirstBatch ? kFirstBatch : 0;
    const std::string unfinished = whole.substr(kept, size - kept);
    EXPECT_EQ(journal->cut_bytes(), static_cast<std::int64_t>(unfinished.find_last_not_of('\0') + 1)) << size;
    journal->append(JournalKind::note, "", "next", kMorning);
    ASSERT_TRUE(journal->commit());
  }
  EXPECT_THAT(reopened(), ElementsAre("note  a", "note  next"));
}

TEST_F(GatewayJournal, RoomBehindTheLastBatchIsNoDamage) {
  write_two_batches();
  folder_.write("journal/journal-000001.gwj", TempFolder::read(file(1)) + std::string(200'000, '\0'));
  Told told;
  EXPECT_EQ(open(&told)->cut_bytes(), 0);
  EXPECT_THAT(told, ElementsAre("note  a", "note  b"));
}

// Killed while the second one was appended: any of its bytes but the first four, and room.
TEST_F(GatewayJournal, ABatchThatWasNotFinishedIsCut) {
  write_two_batches();
  const std::string whole = TempFolder::read(file(1));
  const std::size_t first_end = kFirstBatch + kHead + kOneRecord;
  for (std::size_t copied = 4; copied <= kHead + kOneRecord; ++copied) {
    std::string bytes = whole.substr(0, first_end) + std::string(4, '\0') + whole.substr(first_end + 4, copied - 4);
    bytes.resize(bytes.size() + 5'000);
    folder_.write("journal/journal-000001.gwj", bytes);
    EXPECT_THAT(audit(), ElementsAre("note  a")) << copied;
    EXPECT_THAT(reopened(), ElementsAre("note  a")) << copied;
  }
  std::string lost = whole;
  std::fill_n(lost.begin() + kFirstBatch, 4, '\0');
  folder_.write("journal/journal-000001.gwj", lost);
  EXPECT_THAT(refusal(), HasSubstr("damaged at byte 8")) << "a whole one behind it";
}

// Killed before the first bytes of a new journal were written.
TEST_F(GatewayJournal, AFileOfRoomAloneIsANewOne) {
  write_two_batches();
  folder_.write("journal/journal-000001.gwj", std::string(5'000, '\0'));
  EXPECT_THAT(audit(), IsEmpty());
  EXPECT_THAT(reopened(), IsEmpty());
  write_two_batches();
  EXPECT_THAT(reopened(), ElementsAre("note  a", "note  b"));
}

TEST_F(GatewayJournal, ALastBatchThatIsNotWhatItsChecksumSaysWasNeverFinished) {
  write_two_batches();
  change_byte(1, kFirstBatch + 2 * kHead + 2 * kOneRecord - 1);
  Told told;
  EXPECT_EQ(open(&told)->cut_bytes(), static_cast<std::int64_t>(kHead + kOneRecord));
  EXPECT_THAT(told, ElementsAre("note  a"));
}

// Whatever byte of the first batch: nothing behind it is thrown away.
TEST_F(GatewayJournal, DamageWithWholeBatchesBehindItIsAnErrorAndChangesNothing) {
  write_two_batches();
  const std::string good = TempFolder::read(file(1));
  for (std::size_t at = kFirstBatch; at < kFirstBatch + kHead + kOneRecord; ++at) {
    folder_.write("journal/journal-000001.gwj", good);
    change_byte(1, at);
    const std::string damaged = TempFolder::read(file(1));
    EXPECT_THAT(refusal(), AllOf(HasSubstr("journal-000001.gwj: damaged at byte 8"), HasSubstr("restore the file from a copy"))) << at;
    EXPECT_EQ(TempFolder::read(file(1)), damaged) << at;
  }
  change_byte(1, 0);
  EXPECT_THAT(refusal(), HasSubstr("no journal of a gateway"));
}

TEST_F(GatewayJournal, WhatTheReaderRefusesEndsTheOpening) {
  write_two_batches();
  const auto refused = Journal::open({folder_.path("journal")},
                                     [](const JournalRecord&) -> Result<void> { return fail(ErrorCategory::decode, "not today"); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "not today");
}

TEST_F(GatewayJournal, HasOneWriter) {
  const auto journal = open();
  EXPECT_THAT(refusal(), HasSubstr("another gateway runs on this folder"));
}

TEST_F(GatewayJournal, ReadersStandBesideTheWriter) {
  const auto journal = open();
  journal->append(JournalKind::note, "", "a", kMorning);
  journal->commit().value();
  EXPECT_THAT(audit(), ElementsAre("note  a"));
  journal->append(JournalKind::note, "", "b", kMorning);
  EXPECT_THAT(audit(), ElementsAre("note  a")) << "not committed yet";
  journal->commit().value();
  EXPECT_THAT(audit(), ElementsAre("note  a", "note  b"));
}

// ---- files ------------------------------------------------------------------------------------------------------------------
TEST_F(GatewayJournal, ANewFileBeginsWithWhatTheOldOneCameTo) {
  {
    const auto journal = open();
    journal->append(JournalKind::order, "c", "old", kMorning);
    journal->append(JournalKind::note, "", "first file", kMorning);
    ASSERT_TRUE(journal->begin_file(records({{JournalKind::order, "c", "as it stands", {}}, {JournalKind::kill, "", "by", kMorning}}),
                                    kMorning + std::chrono::hours(1)));
    EXPECT_EQ(journal->files(), 2);
    journal->append(JournalKind::note, "", "second file", kMorning);
    journal->commit().value();
  }
  EXPECT_THAT(reopened(), ElementsAre("order c as it stands", "kill  by", "snapshot_end  ", "note  second file"))
      << "the newest file alone is read";
  EXPECT_THAT(audit(), ElementsAre("order c old", "note  first file", "note  second file")) << "what files repeat is left out";
  EXPECT_EQ(newest_journal_file(folder_.path("journal")).value(), file(2));
}

TEST_F(GatewayJournal, AFileWhoseBeginningWasNotFinishedIsNoneYet) {
  {
    const auto journal = open();
    journal->append(JournalKind::note, "", "first file", kMorning);
    journal->begin_file(records({{JournalKind::order, "c", "as it stands", {}}}), kMorning).value();
  }
  const std::string second = TempFolder::read(file(2));
  for (std::size_t size = 0; size < second.size(); ++size) {
    folder_.write("journal/journal-000002.gwj", second.substr(0, size));
    EXPECT_EQ(newest_journal_file(folder_.path("journal")).value(), file(1));
    EXPECT_THAT(audit(), ElementsAre("note  first file"));
    EXPECT_THAT(reopened(), ElementsAre("note  first file")) << size;
    EXPECT_FALSE(fs::exists(file(2))) << "what it was to hold is in the file before it";
  }
}

// A damaged beginning is no unfinished one: what has been written behind it would be forgotten.
TEST_F(GatewayJournal, ADamagedNewestFileIsNeverReplacedByTheOneBeforeIt) {
  {
    const auto journal = open();
    journal->append(JournalKind::note, "", "first file", kMorning);
    journal->begin_file(records({{JournalKind::order, "c", "as it stands", {}}}), kMorning).value();
    journal->append(JournalKind::order, "c", "the order of the day", kMorning);
    journal->commit().value();
  }
  change_byte(2, kFirstBatch + 1);
  EXPECT_THAT(refusal(), HasSubstr("journal-000002.gwj: damaged at byte 8"));
  change_byte(2, 3);
  EXPECT_THAT(refusal(), HasSubstr("journal-000002.gwj: no journal of a gateway"));
  EXPECT_TRUE(fs::exists(file(2)));
  EXPECT_FALSE(read_audit(folder_.path("journal"), [](const JournalRecord&) { return true; }));
}

TEST_F(GatewayJournal, OldFilesGoWhereOnlySoManyAreKept) {
  JournalOptions options;
  options.keep_files = 2;
  const auto journal = open_with(options).value();
  for (int i = 0; i < 5; ++i) {
    journal->append(JournalKind::note, "", "file " + std::to_string(i + 1), kMorning);
    journal->begin_file(records({}), kMorning).value();
  }
  EXPECT_THAT(journal_files(folder_.path("journal")), ElementsAre(file(4), file(5), file(6)));
  EXPECT_THAT(audit(), ElementsAre("note  file 4", "note  file 5"));
}

TEST_F(GatewayJournal, AFileEndsWhereItIsBigAndNotForItsBeginningAlone) {
  JournalOptions options;
  options.file_bytes = 1'000;
  const auto journal = open_with(options).value();
  EXPECT_FALSE(journal->wants_new_file(true));
  journal->append(JournalKind::note, "", std::string(1'001, 'x'), kMorning);
  journal->commit().value();
  EXPECT_TRUE(journal->wants_new_file(true));
  EXPECT_FALSE(journal->wants_new_file(false)) << "not while there is something to do";
  journal->append(JournalKind::note, "", std::string(3'000, 'x'), kMorning);
  journal->commit().value();
  EXPECT_TRUE(journal->wants_new_file(false)) << "it does not wait for ever";
  journal->begin_file(records({{JournalKind::order, "c", std::string(5'000, 'x'), {}}}), kMorning).value();
  EXPECT_FALSE(journal->wants_new_file(true)) << "it is longer than 1,000 bytes from the beginning on";
  journal->append(JournalKind::note, "", std::string(16'000, 'x'), kMorning);
  journal->commit().value();
  EXPECT_TRUE(journal->wants_new_file(true));
}

TEST_F(GatewayJournal, ABigBeginningIsWrittenInPieces) {
  {
    const auto journal = open();
    const std::vector<JournalRecord> snapshot(30, {JournalKind::order, "c", std::string(std::size_t{1} << 19, 'x'), {}});
    journal->begin_file(records(snapshot), kMorning).value();
  }
  EXPECT_EQ(reopened().size(), 31U);
}

TEST_F(GatewayJournal, OtherFilesInTheFolderAreNotItsBusiness) {
  write_two_batches();
  folder_.write("journal/journal-99999999999999999999999.gwj", "far too many digits");
  folder_.write("journal/journal-x.gwj", "no number");
  folder_.write("journal/journal-000007.bak", "another ending");
  EXPECT_THAT(journal_files(folder_.path("journal")), ElementsAre(file(1)));
  EXPECT_EQ(reopened().size(), 2U);
}

// ---- a full disk ------------------------------------------------------------------------------------------------------------
TEST_F(GatewayJournal, AFullDiskLosesNothingThatWasConfirmed) {
  for (const bool mapped : {true, false}) {
    SCOPED_TRACE(mapped);
    JournalOptions options;
    options.mapped = mapped;
    fs::remove_all(folder_.path("journal"));
    const auto journal = open_with(options).value();
    Told confirmed;
    const auto write = [&] {
      const std::string text = std::to_string(confirmed.size()) + std::string(1'000, 'x');
      journal->append(JournalKind::note, "", text, kMorning);
      const auto done = journal->commit();
      if (done) confirmed.push_back("note  " + text);
      return done;
    };
    {
      const marginfix::test::NoRoom full(100'000);
      auto done = write();
      while (done) done = write();
      EXPECT_EQ(done.error().code, "disk_full");
      EXPECT_TRUE(journal->failing());
      EXPECT_GT(journal->waiting_bytes(), 0U) << "it goes with the next one";
      EXPECT_EQ(audit(), confirmed) << "the file ends with a whole batch";
      EXPECT_FALSE(journal->begin_file(records({}), kMorning));
    }
    EXPECT_FALSE(fs::exists(file(2)));
    ASSERT_TRUE(journal->commit());
    EXPECT_FALSE(journal->failing());
    confirmed.push_back("note  " + std::to_string(confirmed.size()) + std::string(1'000, 'x'));
    EXPECT_EQ(audit(), confirmed);
  }
}

TEST_F(GatewayJournal, ANewFileThatDoesNotFitLeavesTheOldOne) {
  const auto journal = open();
  journal->append(JournalKind::note, "", "a", kMorning);
  journal->commit().value();
  {
    const marginfix::test::NoRoom full(1'000);
    EXPECT_FALSE(journal->begin_file(records({{JournalKind::order, "c", std::string(2'000, 'x'), {}}}), kMorning));
  }
  EXPECT_FALSE(fs::exists(file(2)));
  journal->append(JournalKind::note, "", "b", kMorning);
  ASSERT_TRUE(journal->commit());
  EXPECT_THAT(audit(), ElementsAre("note  a", "note  b"));
}

TEST_F(GatewayJournal, WithSyncItIsTheSame) {
  JournalOptions options;
  options.sync = true;
  {
    const auto journal = open_with(options).value();
    journal->append(JournalKind::note, "", "a", kMorning);
    ASSERT_TRUE(journal->commit());
    ASSERT_TRUE(journal->begin_file(records({}), kMorning));
  }
  EXPECT_THAT(audit(), ElementsAre("note  a"));
}

TEST_F(GatewayJournal, ThereIsNothingToReadWhereThereIsNone) {
  EXPECT_THAT(newest_journal_file(folder_.path()).error().message, HasSubstr("there is no journal of a gateway"));
  EXPECT_FALSE(read_journal_file(folder_.path("none.gwj"), [](const JournalRecord&) { return Result<void>{}; }));
  EXPECT_THAT(journal_files(folder_.path("none")), IsEmpty());
}

TEST_F(GatewayJournal, TheAuditStopsWhereItIsToldTo) {
  write_two_batches();
  Told told;
  ASSERT_TRUE(read_audit(folder_.path("journal"), [&](const JournalRecord& record) {
    told.push_back(line_of(record));
    return false;
  }));
  EXPECT_THAT(told, ElementsAre("note  a"));
}

TEST(GatewayJournalKind, EachHasAName) {
  for (int kind = 1; kind <= static_cast<int>(JournalKind::trades_given_up); ++kind)
    EXPECT_NE(to_string(static_cast<JournalKind>(kind)), "?") << kind;
  EXPECT_EQ(to_string(JournalKind::trades_given_up), "trades_given_up");
  EXPECT_EQ(to_string(static_cast<JournalKind>(200)), "?");
}

}  // namespace
}  // namespace marginfix::gateway
