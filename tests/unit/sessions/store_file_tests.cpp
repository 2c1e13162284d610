// A store's file from outside: what is told of it agrees with what opening it does, whatever happened to it; nothing is changed by looking;
// a new one is written whole or not at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "marginfix/core/crc32.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "marginfix/sessions/store_file.hpp"
#include "sessions/store/records.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::store_file_tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

void append(MessageStore& store, std::int64_t seq, const std::string& text) { store.append_sent(seq, text.data(), text.size()); }

std::string state_of(const MessageStore& store) {
  std::string text = std::to_string(store.next_sender_seq()) + "/" + std::to_string(store.next_target_seq());
  for (const StoredMessage& each : store.sent(1, 0)) text += " " + std::to_string(each.seq) + ":" + each.bytes;
  return text;
}
std::string state_of(const StoreFile& file) {
  std::string text = std::to_string(file.info().next_sender_seq) + "/" + std::to_string(file.info().next_target_seq);
  const auto read = file.for_each(1, 0, [&](const StoreFileMessage& each) {
    text += " " + std::to_string(each.seq) + ":" + each.bytes;
    return true;
  });
  return read ? text : text + "!" + read.error().message;
}

class StoreFileTest : public ::testing::Test {
 protected:
  std::string path(const std::string& name = "s") const { return folder_.path(name); }
  std::unique_ptr<MessageStore> open(const std::string& name = "s", bool mapped = true) const {
    return open_file_store({.path = path(name), .mapped = mapped});
  }
  // A life with everything that a record can say.
  std::string life() const {
    {
      const auto store = open();
      append(*store, 1, "one");
      store->set_next_target_seq(5);
      store->set_next_sender_seq(3);
      append(*store, 3, "three");
      store->reset();
      append(*store, 1, "again");
      store->set_next_target_seq(2);
      append(*store, 2, std::string("\0\x01\xff", 3));
    }
    return test::TempFolder::read(path());
  }
  // Looks at these bytes as a file, and opens a copy of it: both must say the same.
  void expect_agreement(const std::string& bytes, const std::string& what) const {
    folder_.write("looked_at", bytes);
    folder_.write("opened", bytes);
    const auto seen = StoreFile::read(path("looked_at"));
    ASSERT_TRUE(seen) << what << seen.error().message;
    EXPECT_EQ(test::TempFolder::read(path("looked_at")), bytes) << what << ": looking changes nothing";
    std::string state, problem;
    try {
      state = state_of(*open("opened"));
    } catch (const std::runtime_error& error) {
      problem = error.what();
    }
    EXPECT_EQ(seen->info().damage.has_value(), !problem.empty()) << what << ": " << problem;
    if (seen->info().damage) {
      EXPECT_EQ(path("opened") + ": " + to_string(*seen->info().damage), problem) << what;
    } else {
      EXPECT_EQ(state_of(*seen), state) << what;
      EXPECT_EQ(seen->info().used_bytes, fs::file_size(path("opened"))) << what << ": opening cuts what is behind";
    }
  }
  test::TempFolder folder_;
};

TEST_F(StoreFileTest, TellsNumbersTimesAndBytes) {
  {
    const auto store = open();
    append(*store, 4, "four");
    append(*store, 7, "seven");
    store->set_next_target_seq(42);
    store->set_next_sender_seq(10);
  }
  const auto file = StoreFile::read(path());
  ASSERT_TRUE(file) << file.error().message;
  const StoreFileInfo& info = file->info();
  EXPECT_EQ(state_of(*file), "10/42 4:four 7:seven");
  EXPECT_EQ(info.epoch, 1u);
  EXPECT_EQ(info.messages, 2u);
  EXPECT_EQ(info.first_seq, 4);
  EXPECT_EQ(info.last_seq, 7);
  EXPECT_LE(info.created_at, info.oldest);
  EXPECT_LE(info.oldest, info.newest);
  EXPECT_EQ(info.used_bytes, fs::file_size(path()));
  EXPECT_EQ(info.room_bytes + info.unfinished_bytes, 0u);
  EXPECT_FALSE(info.damage);
  EXPECT_FALSE(info.in_use);
  int seen = 0;
  ASSERT_TRUE(file->for_each(5, 7, [&](const StoreFileMessage& message) { return message.seq == 7 && ++seen > 0; }));
  EXPECT_EQ(seen, 1);
}

TEST_F(StoreFileTest, IsReadBesideTheSessionThatHasItOpen) {
  const auto store = open();
  append(*store, 1, "one");
  const auto file = StoreFile::read(path());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(state_of(*file), "2/1 1:one");
  EXPECT_EQ(file->info().in_use, fs::exists("/proc/locks"));
  append(*store, 2, "two");
  EXPECT_EQ(state_of(*StoreFile::read(path())), "3/1 1:one 2:two");
  EXPECT_EQ(state_of(*file), "2/1 1:one") << "as it was then";
}

// What a session is just writing is neither damage nor a message; what it has written is there. Each time the file is read it writes some
// more.
TEST_F(StoreFileTest, ASessionThatWritesIsNeverTakenForDamage) {
  constexpr int kRounds = 12, kMessages = 300;
  for (const bool mapped : {true, false}) {
    const std::string name = mapped ? "mapped" : "written";
    const auto store = open(name, mapped);
    std::atomic<int> round{0};
    std::thread session([&] {
      const std::string text(1000, 'x');
      for (int now = 0; now < kRounds; ++now) {
        while (round == now) std::this_thread::yield();
        if (now == kRounds / 2) store->reset();
        for (int i = 0; i < kMessages; ++i) {
          append(*store, store->next_sender_seq(), text);
          store->set_next_target_seq(store->next_sender_seq());
        }
      }
    });
    for (int i = 0; i < kRounds; ++i) {
      ++round;
      const auto file = StoreFile::read(path(name));
      EXPECT_TRUE(file) << file.error().message;
      if (!file) continue;
      EXPECT_FALSE(file->info().damage) << i << " " << to_string(*file->info().damage);
      EXPECT_EQ(file->info().unfinished_bytes, 0u);
      EXPECT_LE(file->info().next_target_seq, file->info().next_sender_seq);
      EXPECT_LE(file->info().next_sender_seq, file->info().next_target_seq + 1);
      EXPECT_EQ(static_cast<std::int64_t>(file->info().messages), file->info().next_sender_seq - 1);
    }
    session.join();
    EXPECT_EQ(StoreFile::read(path(name))->info().last_seq, store->next_sender_seq() - 1);
  }
}

// The end was read when a record was not there yet, and what stands behind it when it was: looked at anew, nothing is missing.
class ReadInTwoMoments final : public store::Bytes {
 public:
  ReadInTwoMoments(std::string first, std::string then) : bytes_(std::move(first)), then_(std::move(then)) {}
  std::string_view at(std::uint64_t offset, std::size_t size) override {
    return offset < bytes_.size() ? std::string_view(bytes_).substr(offset, size) : std::string_view();
  }
  void look_again() override { bytes_ = then_; }

 private:
  std::string bytes_, then_;
};

TEST_F(StoreFileTest, WhatWasAppendedBetweenTwoLooksIsNoDamage) {
  const std::string whole = life();
  const std::size_t last = 12 + 16 + 3 + 4, before = last + 12 + 8 + 4;
  for (const bool half : {false, true}) {
    std::string seen = whole;
    std::fill_n(seen.end() - static_cast<std::ptrdiff_t>(before), before - last - (half ? 6 : 0), '\0');
    ReadInTwoMoments bytes(seen, whole);
    const store::Reading reading = store::read_records(bytes);
    EXPECT_FALSE(reading.damage) << half;
    EXPECT_EQ(reading.end, whole.size());
    EXPECT_EQ(reading.state.next_target, 2);
    EXPECT_EQ(reading.state.next_sender, 3);
    ReadInTwoMoments lost(seen, seen);
    EXPECT_TRUE(store::read_records(lost).damage) << half;
  }
}

TEST_F(StoreFileTest, AgreesWithOpeningWhereverTheFileEnds) {
  const std::string whole = life();
  for (std::size_t size = 1; size <= whole.size(); ++size) expect_agreement(whole.substr(0, size), "cut at " + std::to_string(size));
}

TEST_F(StoreFileTest, AgreesWithOpeningWhicheverByteHasChanged) {
  const std::string whole = life();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    expect_agreement(bytes, "changed at " + std::to_string(at));
    folder_.write("changed", bytes);
    const auto file = StoreFile::read(path("changed"));
    ASSERT_TRUE(file && file->info().damage) << at;
    EXPECT_LE(file->info().damage->offset, at) << "never behind it";
    EXPECT_LE(file->info().used_bytes, at < 96 ? 0u : at) << "what is told is of the bytes before";
  }
}

TEST_F(StoreFileTest, WhatStandsBeforeDamageIsTold) {
  {
    const auto store = open();
    append(*store, 1, "one");
    store->set_next_target_seq(9);
    append(*store, 2, "two");
  }
  std::string bytes = test::TempFolder::read(path());
  bytes[bytes.rfind("two")] ^= 1;
  folder_.write("s", bytes);
  const auto file = StoreFile::read(path());
  ASSERT_TRUE(file && file->info().damage);
  EXPECT_EQ(state_of(*file), "2/9 1:one");
  EXPECT_EQ(file->info().damage->offset, file->info().used_bytes);
  EXPECT_THAT(to_string(*file->info().damage), AllOf(HasSubstr("Restore the file"), HasSubstr("ResetSeqNumFlag=Y")));
}

TEST_F(StoreFileTest, ARecordThatWasNeverFinishedIsNoDamage) {
  const std::string whole = life();
  const std::size_t last = whole.size() - (12 + 16 + 3 + 4);
  std::string bytes = whole.substr(0, last) + std::string(4, '\0') + whole.substr(last + 4, 10);
  bytes.resize(bytes.size() + 70'000);
  expect_agreement(bytes, "killed");
  const auto file = StoreFile::read(path("looked_at"));
  EXPECT_EQ(file->info().used_bytes, last);
  EXPECT_GE(file->info().unfinished_bytes, 9u) << "up to its last byte that is not zero";
  EXPECT_EQ(file->info().unfinished_bytes + file->info().room_bytes, 70'014u);
}

TEST_F(StoreFileTest, AFileOfTheVersionBeforeIsReadAndNotRaised) {
  std::string bytes = life();
  std::uint32_t version = 1;
  std::memcpy(&bytes[8], &version, sizeof version);
  const std::uint32_t sum = crc32(bytes.data(), 60);
  std::memcpy(&bytes[60], &sum, sizeof sum);
  expect_agreement(bytes, "version 1");
  EXPECT_EQ(StoreFile::read(path("looked_at"))->info().version, 1u);
}

TEST_F(StoreFileTest, WhatIsNoFileOrNoStoreIsSaid) {
  EXPECT_THAT(StoreFile::read(path("none")).error().message, HasSubstr("No such file"));
  EXPECT_THAT(StoreFile::read(folder_.path()).error().message, HasSubstr("no file"));
  folder_.write("notes", std::string(1000, 'x'));
  EXPECT_THAT(StoreFile::read(path("notes"))->info().damage->what, HasSubstr("not a message store of ours"));
}

// ---- writing -----------------------------------------------------------------------------------------------------------
NewStoreFile some_contents() { return {1'700'000'000, 8, 17, {{3, 1'800'000'000, "three"}, {7, 1'800'000'001, std::string("\0\x01", 2)}}}; }

TEST_F(StoreFileTest, ANewFileIsWhatItWasMadeOf) {
  ASSERT_TRUE(write_store_file(path(), some_contents()));
  const auto file = StoreFile::read(path());
  ASSERT_TRUE(file && !file->info().damage);
  EXPECT_EQ(file->info().oldest, 1'800'000'000);
  EXPECT_EQ(file->info().newest, 1'800'000'001);
  const auto store = open_file_store({.path = path(), .keep_seconds = std::int64_t{1} << 40});
  EXPECT_EQ(store->created_at(), 1'700'000'000);
  EXPECT_EQ(state_of(*store), "8/17 3:three 7:" + std::string("\0\x01", 2));
  append(*store, 8, "goes on");
  EXPECT_EQ(store->next_sender_seq(), 9);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1) << "nothing else is left there";
}

TEST_F(StoreFileTest, WhatIsThereIsReplacedOnlyWhenTold) {
  append(*open(), 1, "old");
  EXPECT_THAT(write_store_file(path(), some_contents()).error().message, HasSubstr("is there already"));
  EXPECT_EQ(state_of(*open()), "2/1 1:old");
  {
    const auto store = open();
    EXPECT_THAT(write_store_file(path(), some_contents(), true).error().message, HasSubstr("in use"));
    append(*store, 2, "goes on");
  }
  ASSERT_TRUE(write_store_file(path(), some_contents(), true));
  EXPECT_EQ(StoreFile::read(path())->info().next_target_seq, 17);
  folder_.write("notes", "my notes");
  EXPECT_THAT(write_store_file(path("notes"), some_contents(), true).error().message, HasSubstr("no message store of ours"));
  EXPECT_EQ(test::TempFolder::read(path("notes")), "my notes");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 2) << "nothing is left behind";
}

TEST_F(StoreFileTest, ContentsThatNoSessionCanHaveAreRefused) {
  const auto refused = [&](const std::function<void(NewStoreFile&)>& change) {
    NewStoreFile contents = some_contents();
    change(contents);
    const auto written = write_store_file(path(), contents);
    return !written && written.error().message.find("not written") != std::string::npos && !fs::exists(path());
  };
  EXPECT_TRUE(refused([](NewStoreFile& c) { c.next_target_seq = 0; }));
  EXPECT_TRUE(refused([](NewStoreFile& c) { c.next_sender_seq = 7; }));
  EXPECT_TRUE(refused([](NewStoreFile& c) { c.messages[0].seq = 0; }));
  EXPECT_TRUE(refused([](NewStoreFile& c) { c.messages[1].seq = 3; }));
  EXPECT_THAT(write_store_file(path("no/such"), some_contents()).error().message, HasSubstr("No such file"));
}

}  // namespace
}  // namespace marginfix::store_file_tests
