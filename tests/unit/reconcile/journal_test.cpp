// The journal: what is flushed is read again, no byte of it changes unseen, and an unfinished tail is cut.
#include "services/reconcile/journal/journal.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "support/no_room.hpp"
#include "support/temp_folder.hpp"
#include "unit/reconcile/records.hpp"

namespace marginfix::reconcile {
namespace {

using marginfix::test::NoRoom;
using marginfix::test::TempFolder;
using test::tell;
using test::told;
using testing::HasSubstr;

class Journal : public testing::Test {
 protected:
  std::unique_ptr<JournalWriter> open(JournalPosition from = {}) {
    replayed_.clear();
    return JournalWriter::open(path_, from, [this](const Record& record, JournalPosition) { replayed_.push_back(record.body); }).value();
  }
  // A journal of `n` records; where each of them ends.
  std::vector<JournalPosition> write(int n) {
    std::vector<JournalPosition> ends;
    auto writer = open();
    for (const Record& record : tell(0, n)) ends.push_back(writer->append(record));
    writer->flush().value();
    return ends;
  }
  std::string bytes() const { return TempFolder::read(path_); }
  void put(const std::string& bytes) const { folder_.write("journal", bytes); }
  Result<JournalEnd> read(JournalPosition from = {}) {
    replayed_.clear();
    return read_journal(path_, from, [this](const Record& record, JournalPosition) { replayed_.push_back(record.body); });
  }

  TempFolder folder_;
  std::string path_ = folder_.path("journal");
  std::vector<std::string> replayed_;
};

TEST_F(Journal, ARecordComesBackAsItWas) {
  Record record = told(std::string("8=FIXT.1.1\x01\0\xff", 13), RecordKind::decision);
  record.source = Source::firm;
  record.account = std::string("al\0ice", 6);
  record.received = Timestamp(std::chrono::microseconds(-1));
  {
    auto writer = open();
    writer->append(record);
    writer->append(told(""));
    writer->flush().value();
  }
  std::vector<Record> back;
  const auto end = read_journal(path_, {}, [&](const Record& r, JournalPosition) { back.push_back(r); });
  ASSERT_TRUE(end) << end.error().message;
  ASSERT_EQ(back.size(), 2U);
  EXPECT_EQ(back[0].kind, record.kind);
  EXPECT_EQ(back[0].source, record.source);
  EXPECT_EQ(back[0].received, record.received);
  EXPECT_EQ(back[0].account, record.account);
  EXPECT_EQ(back[0].body, record.body);
  EXPECT_EQ(back[1].body, "");
  EXPECT_EQ(end->records, 2);
  EXPECT_EQ(end->unfinished_bytes, 0);
}

TEST_F(Journal, TheFormatOnDiskIsTheHeaders) {
  auto writer = open();
  Record record = told("ab", RecordKind::fix);
  record.account = "x";
  writer->append(record);
  writer->flush().value();
  const std::string file = bytes();
  Sha256 sha;
  ASSERT_EQ(file.size(), 8U + 32 + 4 + 12 + 1 + 2 + 32);
  EXPECT_EQ(file.substr(0, 8), "MFXRECJ1");
  const Hash first = sha.of("MFXRECJ1");
  EXPECT_EQ(file.substr(8, 32), as_bytes(first));
  EXPECT_EQ(file.substr(40, 4), std::string("\x0f\0\0\0", 4));
  EXPECT_EQ(file.substr(44, 2), std::string("\x02\0", 2));
  EXPECT_EQ(file.substr(54, 5), std::string("\x01\0xab", 5));
  EXPECT_EQ(file.substr(59), as_bytes(sha.of(as_bytes(first), std::string_view(file).substr(40, 19))));
}

TEST_F(Journal, GoesOnFromAPlaceInIt) {
  const auto ends = write(10);
  {
    auto writer = open(ends[6]);
    EXPECT_THAT(replayed_, testing::ElementsAre("13768;7", "13768;8", "13768;9"));
    EXPECT_EQ(writer->end(), ends[9]);
    writer->append(told("more"));
    writer->flush().value();
  }
  ASSERT_TRUE(read());
  EXPECT_EQ(replayed_.size(), 11U);
  JournalPosition elsewhere = ends[6];
  ++elsewhere.offset;
  EXPECT_FALSE(read(elsewhere));
  JournalPosition another = ends[6];
  another.hash[0] ^= 1;
  EXPECT_FALSE(read(another));
  JournalPosition beyond{100'000, ends[9].hash};
  EXPECT_THAT(read(beyond).error().message, HasSubstr("the ledger has what it said up to byte 100000"));
}

TEST_F(Journal, WhatIsNotFlushedIsNotThere) {
  auto writer = open();
  writer->append(told("a"));
  writer->discard();
  writer->append(told("b"));
  EXPECT_EQ(read()->records, 0);
  writer->flush().value();
  ASSERT_TRUE(read());
  EXPECT_THAT(replayed_, testing::ElementsAre("b"));
}

// Cut at every byte: the records before it are there, and the next writer goes on behind them.
TEST_F(Journal, AnUnfinishedTailIsCut) {
  const auto ends = write(3);
  const std::string whole = bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    put(whole.substr(0, size));
    const auto records =
        static_cast<std::size_t>(std::ranges::count_if(ends, [&](const auto& end) { return end.offset <= std::int64_t(size); }));
    {
      auto writer = open();
      ASSERT_EQ(replayed_.size(), records) << size;
      const std::int64_t good = records > 0 ? ends[records - 1].offset : size >= 40 ? 40 : 0;
      ASSERT_EQ(writer->cut_bytes(), std::int64_t(size) - good) << size;
      writer->append(told("next"));
      writer->flush().value();
    }
    const auto end = read();
    ASSERT_TRUE(end) << size << ": " << end.error().message;
    ASSERT_EQ(replayed_.size(), records + 1) << size;
    ASSERT_EQ(end->unfinished_bytes, 0) << size;
  }
}

TEST_F(Journal, ZerosBehindTheLastRecordAreATail) {
  write(3);
  put(bytes() + std::string(5'000, '\0'));
  EXPECT_EQ(read()->unfinished_bytes, 5'000);
  EXPECT_EQ(open()->cut_bytes(), 5'000);
  put(std::string(40, '\0').substr(0, 20));
  EXPECT_EQ(open()->cut_bytes(), 20);
}

// Every byte, changed in every record but the last: an error that says where, and a writer that cuts nothing.
TEST_F(Journal, NoByteBeforeTheLastRecordChangesUnseen) {
  const auto ends = write(4);
  const std::string whole = bytes();
  for (std::size_t at = 0; at < static_cast<std::size_t>(ends[2].offset); ++at) {
    for (const int flip : {1, 0x80}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      put(changed);
      const auto end = read();
      ASSERT_FALSE(end) << "byte " << at;
      const std::size_t record =
          static_cast<std::size_t>(std::ranges::count_if(ends, [&](const auto& e) { return e.offset <= std::int64_t(at); }));
      const std::int64_t begin = at < 40 ? 0 : record == 0 ? 40 : ends[record - 1].offset;
      ASSERT_THAT(end.error().message,
                  HasSubstr("journal: byte " + std::to_string(begin) + (at < 40 ? ":" : " (record " + std::to_string(record + 1) + ")")));
      ASSERT_FALSE(JournalWriter::open(path_, {}, {}));
      ASSERT_EQ(bytes(), changed) << "nothing was cut";
    }
  }
}

TEST_F(Journal, ARecordCutOutOrPutElsewhereIsFound) {
  const auto ends = write(5);
  const std::string whole = bytes();
  const auto part = [&](std::size_t i) {
    const auto from = static_cast<std::size_t>(i == 0 ? 40 : ends[i - 1].offset);
    return whole.substr(from, static_cast<std::size_t>(ends[i].offset) - from);
  };
  put(whole.substr(0, 40) + part(0) + part(2) + part(3) + part(4));
  EXPECT_FALSE(read());
  put(whole.substr(0, 40) + part(0) + part(2) + part(1) + part(3) + part(4));
  EXPECT_FALSE(read());
  put(whole.substr(0, 40) + part(0) + part(0) + part(1) + part(2) + part(3) + part(4));
  EXPECT_FALSE(read());
}

TEST_F(Journal, AnotherFileIsNoJournal) {
  put("{\"this\": \"is no journal\", \"and\": \"longer than its beginning\"}");
  EXPECT_THAT(read().error().message, HasSubstr("journal: byte 0"));
  EXPECT_FALSE(JournalWriter::open(path_, {}, {}));
  EXPECT_FALSE(read_journal(folder_.path("nothing"), {}, {}));
  EXPECT_FALSE(JournalWriter::open(folder_.path("no/folder/journal"), {}, {}));
}

TEST_F(Journal, WhatTheFormatCannotHoldIsRefused) {
  auto writer = open();
  Record record = told("a");
  record.account = std::string(70'000, 'x');
  EXPECT_THROW(writer->append(record), Exception);
  writer->append(told("b"));
  writer->flush().value();
  ASSERT_TRUE(read());
  EXPECT_THAT(replayed_, testing::ElementsAre("b"));
}

TEST_F(Journal, ARecordOfManyMegabytes) {
  std::string body(5'000'000, 'x');
  {
    auto writer = open();
    writer->append(told("small"));
    writer->append(told(body));
    writer->append(told("small"));
    writer->flush().value();
  }
  ASSERT_TRUE(read());
  EXPECT_EQ(replayed_[1], body);
}

// No room: nothing of the flush stays, what was there before does, and the same writer goes on when there is room.
TEST_F(Journal, AFullDiskLeavesItWhole) {
  auto writer = open();
  writer->append(told("a"));
  writer->flush().value();
  const std::string before = bytes();
  {
    NoRoom disk(before.size() + 100);
    for (const Record& record : tell(0, 10)) writer->append(record);
    const auto flushed = writer->flush();
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, "disk_full");
    EXPECT_EQ(bytes(), before);
  }
  for (const Record& record : tell(10, 12)) writer->append(record);
  writer->flush().value();
  ASSERT_TRUE(read());
  EXPECT_THAT(replayed_, testing::ElementsAre("a", "13768;10", "13768;11"));
}

TEST_F(Journal, IsReadBesideItsWriter) {
  auto writer = open();
  for (int i = 0; i < 20; ++i) {
    writer->append(told(std::to_string(i)));
    writer->flush().value();
    ASSERT_EQ(read()->records, i + 1);
  }
}

}  // namespace
}  // namespace marginfix::reconcile
