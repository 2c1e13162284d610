// What a KalshiRT session remembers where things go wrong: a store that was reset while the record was not, a disk that is full, a past
// that is longer than any retention.
#include "sim/doors/fix/retained_store.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "support/temp_folder.hpp"

namespace marginfix::sim {
namespace {

using marginfix::test::TempFolder;
namespace fs = std::filesystem;

constexpr Timestamp kRecordStart = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23));

// No file of this process takes another byte.
class NoRoomForRecords {
 public:
  NoRoomForRecords() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoRoomForRecords() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  NoRoomForRecords(const NoRoomForRecords&) = delete;
  NoRoomForRecords& operator=(const NoRoomForRecords&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

class Record : public ::testing::Test {
 protected:
  // Messages 2 to `last` about events 20 to ten times `last`, one an hour.
  void store_until(DeliveryRecord& record, std::int64_t last) {
    for (std::int64_t seq = 2; seq <= last; ++seq)
      record.about_to_store(static_cast<EventNo>(seq * 10), seq, kRecordStart + std::chrono::hours(seq));
  }
  TempFolder folder_;
  const std::string file_ = folder_.path("delivered");
};

TEST_F(Record, NeitherFileNorMemoryGrowsWithThePast) {
  constexpr std::int64_t kMessages = 200'000;
  const auto at = [](std::int64_t seq) { return kRecordStart + std::chrono::minutes(seq); };
  {
    DeliveryRecord record(file_, 5);
    for (std::int64_t seq = 2; seq <= kMessages; ++seq) record.about_to_store(static_cast<EventNo>(seq), seq, at(seq));
  }
  constexpr std::size_t kThreeDays = 72 * 60;
  EXPECT_LE(fs::file_size(file_), 3 * kThreeDays * 24);
  DeliveryRecord record(file_, 99);
  EXPECT_EQ(record.delivered(kMessages + 1), static_cast<EventNo>(kMessages));
  EXPECT_EQ(record.stored_at(kMessages), at(kMessages));
  EXPECT_EQ(record.stored_at(kMessages - 1'000), at(kMessages - 1'000));
  const Timestamp long_ago = record.stored_at(2);
  EXPECT_NE(long_ago, Timestamp{});
  EXPECT_LT(long_ago, at(kMessages) - std::chrono::hours(72)) << "too old for any retention";
  EXPECT_FALSE(record.reset_owed());
}

// Nothing but messages behind a first entry: as before December 2026.
TEST_F(Record, OfAnEarlierVersionIsReadAsItIs) {
  const std::int64_t hour = std::chrono::duration_cast<std::chrono::microseconds>(kRecordStart.time_since_epoch()).count();
  const std::int64_t entries[][3] = {{7, 0, 0}, {20, 2, hour}, {20, 3, hour}, {40, 5, hour}};
  std::ofstream(file_, std::ios::binary).write(reinterpret_cast<const char*>(entries), sizeof entries);
  DeliveryRecord record(file_, 99);
  record.align(6, 4);
  EXPECT_EQ(record.delivered(6), 40U);
  EXPECT_EQ(record.delivered(5), 20U);
  EXPECT_EQ(record.delivered(2), 7U);
  EXPECT_EQ(record.stored_at(3), kRecordStart);
  EXPECT_EQ(record.stored_at(4), Timestamp{});
  EXPECT_FALSE(record.reset_owed());
  EXPECT_FALSE(record.lost());
}

// The process died behind the reset of the store.
TEST_F(Record, OfAStoreThatWasResetBeginsAnewAndOwesTheReset) {
  {
    DeliveryRecord record(file_, 7);
    store_until(record, 9);
  }
  {
    DeliveryRecord record(file_, 99);
    record.align(1, 1);
    EXPECT_EQ(record.delivered(1), 90U) << "all reports of the numbers before were given";
    EXPECT_EQ(record.stored_at(9), Timestamp{});
    EXPECT_TRUE(record.reset_owed());
    record.about_to_store(100, 2, kRecordStart);
  }
  {
    DeliveryRecord record(file_, 99);
    record.align(3, 2);
    EXPECT_EQ(record.delivered(3), 100U);
    EXPECT_TRUE(record.reset_owed()) << "until the exchange was told";
    record.reset_told();
  }
  EXPECT_FALSE(DeliveryRecord(file_, 99).reset_owed());
}

// The process died between the record and the very first message: that report is given again.
TEST_F(Record, OfAFreshStoreGivesAgainWhatWasNotStored) {
  {
    DeliveryRecord record(file_, 7);
    record.align(1, 1);
    record.reset_told();
    record.about_to_store(8, 1, kRecordStart);
  }
  DeliveryRecord record(file_, 99);
  record.align(1, 1);
  EXPECT_EQ(record.delivered(1), 7U);
  EXPECT_TRUE(record.reset_owed());
}

TEST_F(Record, ThatCouldNotBeWrittenAnewStillSaysWhatHolds) {
  DeliveryRecord record(file_, 7);
  store_until(record, 9);
  {
    const NoRoomForRecords full;
    EXPECT_THROW(record.restart(95), std::runtime_error);
    EXPECT_EQ(record.delivered(1), 95U);
    EXPECT_TRUE(record.reset_owed());
    EXPECT_THROW(record.settle(), std::runtime_error);
    EXPECT_THROW(record.about_to_store(96, 2, kRecordStart), std::runtime_error);
    EXPECT_EQ(record.delivered(3), 95U);
    EXPECT_EQ(DeliveryRecord(file_, 99).delivered(10), 90U) << "the file before is whole";
  }
  record.about_to_store(96, 2, kRecordStart);
  DeliveryRecord again(file_, 99);
  EXPECT_EQ(again.delivered(3), 96U);
  EXPECT_TRUE(again.reset_owed());
  EXPECT_FALSE(fs::exists(file_ + ".tmp"));
}

TEST_F(Record, RemembersThatSomethingWasLostUntilTheNumbersBeginAnew) {
  {
    DeliveryRecord record(file_, 7);
    const NoRoomForRecords full;
    record.note_lost();
    EXPECT_TRUE(record.lost());
  }
  {
    DeliveryRecord record(file_, 99);
    EXPECT_FALSE(record.lost()) << "could not be written, and nothing was stored since: the exchange tells it again";
    {
      const NoRoomForRecords full;
      record.note_lost();
    }
    record.about_to_store(10, 2, kRecordStart);
  }
  DeliveryRecord record(file_, 99);
  EXPECT_TRUE(record.lost()) << "but something was stored since";
  record.restart(20);
  EXPECT_FALSE(record.lost());
  EXPECT_FALSE(DeliveryRecord(file_, 99).lost());
}

TEST_F(Record, ThatCannotBeReadLeavesNoDescriptorBehind) {
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  const std::size_t before = open_descriptors();
  EXPECT_THROW(DeliveryRecord(file_, 1), std::runtime_error);
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Record, IsWrittenBeforeAStoreLeavesTheNumbersItWasResetTo) {
  auto record = std::make_shared<DeliveryRecord>(file_, 7);
  RetainedStore store(make_memory_store(), record, {[] { return kRecordStart; }, [] { return EventNo{95}; }}, [] { return 24; });
  store_until(*record, 9);
  store.append_sent(9, "nine", 4);
  {
    const NoRoomForRecords full;
    EXPECT_THROW(store.reset(), std::runtime_error);
    EXPECT_THROW(store.append_sent(1, "logon", 5), std::runtime_error);
    EXPECT_THROW(store.set_next_sender_seq(2), std::runtime_error);
    EXPECT_THROW(store.set_next_target_seq(2), std::runtime_error);
    EXPECT_EQ(store.next_sender_seq(), 1);
    EXPECT_EQ(store.next_target_seq(), 1);
  }
  store.append_sent(1, "logon", 5);
  DeliveryRecord again(file_, 99);
  EXPECT_EQ(again.delivered(2), 95U);
  EXPECT_TRUE(again.reset_owed());
}

}  // namespace
}  // namespace marginfix::sim
