// Message stores: what is kept over restarts, kill -9 at any byte, damage of any byte, a second process, compaction.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "marginfix/core/crc32.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "support/temp_folder.hpp"

namespace marginfix {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void spit(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::unique_ptr<MessageStore> open(const std::string& path, std::int64_t keep_seconds = 72 * 3600) {
  return open_file_store({.path = path, .keep_seconds = keep_seconds});
}
void append(MessageStore& store, std::int64_t seq, const std::string& text) { store.append_sent(seq, text.data(), text.size()); }

// Numbers and messages as one text, to compare states.
std::string state_of(const MessageStore& store) {
  std::string text = std::to_string(store.next_sender_seq()) + "/" + std::to_string(store.next_target_seq());
  for (const StoredMessage& each : store.sent(1, 0)) text += " " + std::to_string(each.seq) + ":" + each.bytes;
  return text;
}

class BothStores : public ::testing::TestWithParam<bool> {
 protected:
  std::unique_ptr<MessageStore> make() { return GetParam() ? open(folder_.path("store")) : make_memory_store(); }
  marginfix::test::TempFolder folder_;
};
INSTANTIATE_TEST_SUITE_P(FileAndMemory, BothStores, ::testing::Bool(), [](const auto& made) { return made.param ? "File" : "Memory"; });

TEST_P(BothStores, BeginsAtOne) { EXPECT_EQ(state_of(*make()), "1/1"); }

TEST_P(BothStores, AppendingMovesTheSenderNumberAndRangesAreInclusive) {
  const auto store = make();
  append(*store, 1, "one");
  store->set_next_sender_seq(3);  // 2 was a session message
  append(*store, 3, "three");
  append(*store, 4, std::string("\0\x01\xff", 3));
  EXPECT_EQ(store->next_sender_seq(), 5);
  const auto some = store->sent(2, 3);
  ASSERT_EQ(some.size(), 1u);
  EXPECT_EQ(some[0].bytes, "three");
  ASSERT_EQ(store->sent(4, 0).size(), 1u);
  EXPECT_EQ(store->sent(4, 0)[0].bytes, std::string("\0\x01\xff", 3));
  EXPECT_TRUE(store->sent(5, 0).empty());
}

TEST_P(BothStores, NumberGivenAgainReplacesTheOldMessageAndThoseAfterIt) {
  const auto store = make();
  append(*store, 1, "one");
  append(*store, 2, "two");
  append(*store, 3, "three");
  store->set_next_sender_seq(2);
  EXPECT_EQ(state_of(*store), "2/1 1:one");
  append(*store, 2, "other");
  EXPECT_EQ(state_of(*store), "3/1 1:one 2:other");
}

TEST_P(BothStores, ResetForgetsEverything) {
  const auto store = make();
  append(*store, 1, "one");
  store->set_next_target_seq(17);
  store->reset();
  EXPECT_EQ(state_of(*store), "1/1");
  append(*store, 1, "new");
  EXPECT_EQ(state_of(*store), "2/1 1:new");
}

TEST(MemoryStore, KeepsNoMoreBytesThanItMay) {
  MemoryStoreOptions options;
  options.most_bytes = 10;
  const auto store = make_memory_store(options);
  for (int seq = 1; seq <= 1000; ++seq) append(*store, seq, "four");
  EXPECT_EQ(state_of(*store), "1001/1 999:four 1000:four") << "the oldest go, numbers go on";
  append(*store, 1001, "larger than all of it");
  EXPECT_EQ(state_of(*store), "1002/1 1001:larger than all of it") << "the newest stays";
  store->set_next_sender_seq(1001);
  append(*store, 1001, "four");
  append(*store, 1002, "four");
  EXPECT_EQ(state_of(*store), "1003/1 1001:four 1002:four") << "what was given back is not counted";
  store->reset();
  append(*store, 1, "1234567890");
  EXPECT_EQ(state_of(*store), "2/1 1:1234567890") << "nor what was before the reset";
}

TEST(FileStore, KeepsEverythingOverReopen) {
  const marginfix::test::TempFolder folder;
  std::int64_t created = 0;
  {
    const auto store = open(folder.path("s"));
    created = store->created_at();
    append(*store, 1, "one");
    store->set_next_sender_seq(5);
    append(*store, 5, "five");
    store->set_next_target_seq(42);
  }
  const auto store = open(folder.path("s"));
  EXPECT_EQ(state_of(*store), "6/42 1:one 5:five");
  EXPECT_EQ(store->created_at(), created);
}

TEST(FileStore, ResetStandsAfterReopen) {
  const marginfix::test::TempFolder folder;
  {
    const auto store = open(folder.path("s"));
    append(*store, 1, "one");
    store->set_next_target_seq(42);
    store->reset();
    append(*store, 1, "after");
  }
  EXPECT_EQ(state_of(*open(folder.path("s"))), "2/1 1:after");
}

// A store after each of some steps, each closed behind it: what the file is then, and what it says.
struct Step {
  std::size_t size;
  std::string state;
};
std::vector<Step> steps_of(const std::string& path) {
  std::vector<Step> steps;
  const auto step = [&](const std::function<void(MessageStore&)>& what) {
    std::string state;
    {
      const auto store = open(path);
      what(*store);
      state = state_of(*store);
    }
    steps.push_back({fs::file_size(path), state});
  };
  step([](MessageStore&) {});
  step([](MessageStore& store) { append(store, 1, "one"); });
  step([](MessageStore& store) { store.set_next_target_seq(5); });
  step([](MessageStore& store) { store.set_next_sender_seq(3); });
  step([](MessageStore& store) { append(store, 3, "three"); });
  step([](MessageStore& store) { store.set_next_target_seq(4); });
  step([](MessageStore& store) { store.reset(); });
  step([](MessageStore& store) { append(store, 1, "again"); });
  step([](MessageStore& store) { store.set_next_target_seq(2); });
  return steps;
}

// The file ends at any byte: what was acknowledged before must be there, nothing else.
TEST(FileStore, CutAtEveryByteIsAStateOfTheTimeOrAClearError) {
  const marginfix::test::TempFolder folder;
  const std::vector<Step> steps = steps_of(folder.path("s"));
  const std::string whole = slurp(folder.path("s"));
  ASSERT_EQ(steps.back().size, whole.size());
  for (std::size_t size = 1; size <= whole.size(); ++size) {
    spit(folder.path("cut"), whole.substr(0, size));
    if (size < steps.front().size) {
      EXPECT_THROW(open(folder.path("cut")), std::runtime_error) << "the header is not whole: " << size;
      continue;
    }
    std::string expected;
    for (const Step& each : steps) {
      if (each.size <= size) expected = each.state;
    }
    EXPECT_EQ(state_of(*open(folder.path("cut"))), expected) << "cut at " << size;
    EXPECT_EQ(state_of(*open(folder.path("cut"))), expected) << "opened again after the cut at " << size;
    const auto store = open(folder.path("cut"));
    append(*store, 100, "goes on");
    EXPECT_EQ(store->sent(100, 100).size(), 1u);
  }
}

// Killed in the middle of an append: room behind the last record, and of the record any bytes but the first four.
TEST(FileStore, AnAppendThatWasNotFinishedIsCut) {
  const marginfix::test::TempFolder folder;
  const std::vector<Step> steps = steps_of(folder.path("s"));
  const std::string whole = slurp(folder.path("s"));
  for (std::size_t i = 1; i < steps.size(); ++i) {
    for (std::size_t copied = 4; copied <= steps[i].size - steps[i - 1].size; ++copied) {
      std::string bytes = whole.substr(0, steps[i - 1].size) + std::string(4, '\0') + whole.substr(steps[i - 1].size + 4, copied - 4);
      bytes.resize(bytes.size() + 300);
      spit(folder.path("killed"), bytes);
      EXPECT_EQ(state_of(*open(folder.path("killed"))), steps[i - 1].state) << i << " " << copied;
      EXPECT_EQ(fs::file_size(folder.path("killed")), steps[i - 1].size);
    }
  }
}

// The power went while the last record was on its way to the disk: sectors of it are there, others are room still.
TEST(FileStore, ALastRecordWithoutOneOfItsSectorsWasNeverCommitted) {
  constexpr std::size_t kSector = 512;
  const marginfix::test::TempFolder folder;
  std::string before;
  {
    const auto store = open(folder.path("s"));
    append(*store, 1, "one");
    store->set_next_target_seq(5);
    before = state_of(*store);
  }
  const std::size_t begin = fs::file_size(folder.path("s"));
  append(*open(folder.path("s")), 2, std::string(1'500, 'm'));
  const std::string whole = slurp(folder.path("s"));
  for (std::size_t at = begin / kSector * kSector; at < whole.size(); at += kSector) {
    const std::size_t from = std::max(at, begin), to = std::min(at + kSector, whole.size());
    std::string bytes = whole;
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.begin() + static_cast<std::ptrdiff_t>(to), '\0');
    bytes.resize(bytes.size() + 300);
    spit(folder.path("power"), bytes);
    EXPECT_EQ(state_of(*open(folder.path("power"))), before) << from;
    // The same with a record behind it has been committed once: it is damage.
    if (from == begin) continue;
    std::string damaged = whole;
    std::fill(damaged.begin() + static_cast<std::ptrdiff_t>(from), damaged.begin() + static_cast<std::ptrdiff_t>(to), '\0');
    damaged += whole.substr(96, begin - 96);
    spit(folder.path("damaged"), damaged);
    EXPECT_THROW(open(folder.path("damaged")), std::runtime_error) << from;
  }
}

// Zeros in the middle are no end: what stands behind them was acknowledged.
TEST(FileStore, RecordsBehindALostPieceAreDamage) {
  const marginfix::test::TempFolder folder;
  const std::vector<Step> steps = steps_of(folder.path("s"));
  const std::string whole = slurp(folder.path("s"));
  for (std::size_t i = 1; i + 1 < steps.size(); ++i) {
    std::string bytes = whole;
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(steps[i - 1].size), bytes.begin() + static_cast<std::ptrdiff_t>(steps[i].size),
              '\0');
    spit(folder.path("lost"), bytes);
    EXPECT_THROW(open(folder.path("lost")), std::runtime_error) << i;
    EXPECT_EQ(slurp(folder.path("lost")), bytes) << "nothing is changed";
  }
}

// As version 1 wrote it: the target number in its block, rewritten in place.
TEST(FileStore, AFileOfTheVersionBeforeIsTakenOver) {
  const marginfix::test::TempFolder folder;
  {
    const auto store = open(folder.path("s"));
    append(*store, 1, "one");
    append(*store, 2, "two");
  }
  std::string bytes = slurp(folder.path("s"));
  const auto put = [&](std::size_t at, auto value) { std::memcpy(&bytes[at], &value, sizeof value); };
  put(8, std::uint32_t{1});
  put(60, crc32(bytes.data(), 60));
  put(72, std::int64_t{42});
  put(92, crc32(&bytes[64], 28));
  spit(folder.path("s"), bytes);
  {
    const auto store = open(folder.path("s"));
    EXPECT_EQ(state_of(*store), "3/42 1:one 2:two");
    store->set_next_target_seq(43);
  }
  EXPECT_EQ(state_of(*open(folder.path("s"))), "3/43 1:one 2:two");
  EXPECT_EQ(slurp(folder.path("s"))[8], 2) << "an older program must not take it for its own";
}

TEST(FileStore, CutAtEveryByteOfOneEpochGivesBackWhatStoodBefore) {
  const marginfix::test::TempFolder folder;
  {
    const auto store = open(folder.path("s"));
    append(*store, 1, "one");
    store->set_next_sender_seq(3);
    append(*store, 3, "three");
  }
  const std::string whole = slurp(folder.path("s"));
  const std::size_t one = 96 + 12 + 16 + 3 + 4, sender = one + 12 + 8 + 4;
  for (std::size_t size = 96; size <= whole.size(); ++size) {
    spit(folder.path("cut"), whole.substr(0, size));
    const std::string expected = size < one ? "1/1" : size < sender ? "2/1 1:one" : size < whole.size() ? "3/1 1:one" : "4/1 1:one 3:three";
    EXPECT_EQ(state_of(*open(folder.path("cut"))), expected) << "cut at " << size;
  }
}

TEST(FileStore, EveryChangedByteIsNoticed) {
  const marginfix::test::TempFolder folder;
  {
    const auto store = open(folder.path("s"));
    append(*store, 1, "one");
    store->set_next_sender_seq(3);
    append(*store, 3, "three");
    store->set_next_target_seq(9);
    store->reset();
    store->set_next_target_seq(2);
    append(*store, 1, "again");
  }
  const std::string whole = slurp(folder.path("s"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      spit(folder.path("flipped"), bytes);
      EXPECT_THROW(open(folder.path("flipped")), std::runtime_error) << "byte " << at << " flip " << flip;
    }
  }
}

TEST(FileStore, DamageIsNamedWithOffsetAndTheTwoWaysOut) {
  const marginfix::test::TempFolder folder;
  append(*open(folder.path("s")), 1, "one");
  std::string bytes = slurp(folder.path("s"));
  bytes[bytes.size() - 6] ^= 1;
  spit(folder.path("s"), bytes);
  try {
    open(folder.path("s"));
    FAIL() << "opened";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr(folder.path("s")));
    EXPECT_THAT(error.what(), HasSubstr("offset 96"));
    EXPECT_THAT(error.what(), HasSubstr("Restore the file"));
    EXPECT_THAT(error.what(), HasSubstr("ResetSeqNumFlag=Y"));
  }
}

TEST(FileStore, SecondOpenIsRefusedWhileTheFirstLives) {
  const marginfix::test::TempFolder folder;
  {
    const auto first = open(folder.path("s"));
    EXPECT_THROW(open(folder.path("s")), std::runtime_error);
  }
  EXPECT_NO_THROW(open(folder.path("s")));
}

TEST(FileStore, MissingFolderIsAClearError) {
  const marginfix::test::TempFolder folder;
  try {
    open(folder.path("no/such"));
    FAIL() << "opened";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("No such file or directory"));
  }
}

TEST(FileStore, OtherFilesAreNotTouched) {
  const marginfix::test::TempFolder folder;
  const std::string text(1000, 'x');
  spit(folder.path("notes.txt"), text);
  EXPECT_THROW(open(folder.path("notes.txt")), std::runtime_error);
  EXPECT_EQ(slurp(folder.path("notes.txt")), text);
}

TEST(FileStore, MessagesPastTheirAgeAreDroppedAtOpenAndNumbersStay) {
  const marginfix::test::TempFolder folder;
  {
    const auto store = open(folder.path("s"));
    for (int seq = 1; seq <= 50; ++seq) append(*store, seq, std::string(200, 'a'));
    store->set_next_target_seq(7);
  }
  const auto size_before = fs::file_size(folder.path("s"));
  {
    const auto store = open(folder.path("s"), -1);  // everything is older than that
    EXPECT_EQ(state_of(*store), "51/7");
    EXPECT_LT(fs::file_size(folder.path("s")), size_before / 10);
    EXPECT_THROW(open(folder.path("s")), std::runtime_error) << "the new file must be locked too";
    append(*store, 51, "new");
  }
  EXPECT_EQ(state_of(*open(folder.path("s"))), "52/7 51:new");
}

TEST(FileStore, GrowsNoFurtherThanItsLiveMessagesWhileRunning) {
  const marginfix::test::TempFolder folder;
  const auto store = open(folder.path("s"), -1);
  const std::string message(4000, 'm');
  for (int seq = 1; seq <= 3 * 4096; ++seq) append(*store, seq, message);
  EXPECT_LT(fs::file_size(folder.path("s")), std::uintmax_t{2} * 4096 * 4100);
  EXPECT_EQ(store->next_sender_seq(), 3 * 4096 + 1);
}

TEST(FileStore, NumbersThatComeAndComeLeaveNoHeap) {
  const marginfix::test::TempFolder folder;
  {
    const auto store = open(folder.path("s"));
    append(*store, 1, "one");
    for (int seq = 2; seq <= 6; ++seq) append(*store, seq, std::string(std::size_t{4} << 20, 'm'));
    store->set_next_sender_seq(2);  // nobody needs them any more
    const auto heap = fs::file_size(folder.path("s"));
    for (std::int64_t seq = 1; seq <= 5'000; ++seq) store->set_next_target_seq(seq);
    EXPECT_LT(fs::file_size(folder.path("s")), heap / 20);
  }
  EXPECT_EQ(state_of(*open(folder.path("s"))), "2/5000 1:one");
}

TEST(FileStore, MessagesLostUnderItsFeetAreAnErrorNotSilence) {
  const marginfix::test::TempFolder folder;
  const auto store = open(folder.path("s"));
  append(*store, 1, "one");
  append(*store, 2, "two");
  std::string bytes = slurp(folder.path("s"));
  bytes[bytes.rfind("two")] ^= 1;
  {
    std::fstream out(folder.path("s"), std::ios::binary | std::ios::in | std::ios::out);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  EXPECT_EQ(store->sent(1, 1).size(), 1u);
  EXPECT_THROW(store->sent(1, 2), std::runtime_error);
}

}  // namespace
}  // namespace marginfix
