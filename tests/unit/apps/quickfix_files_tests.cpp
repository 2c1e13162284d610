// Files of QuickFIX's FileStore, taken over: those of QuickFIX C++ are written by QuickFIX itself, those of QuickFIX/J byte by byte as its
// source writes them (and as 2.3.2 and 3.0.0 were seen to). Whatever is cut off or changed is noticed, or changes nothing.
#include "apps/store/quickfix_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "marginfix/fix/frame.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "support/temp_folder.hpp"
#include "unit/apps/quickfix_file_store.hpp"

namespace marginfix_tests::quickfix_files {
namespace {

namespace fs = std::filesystem;
using marginfix::StoredMessage;
using marginfix::Timestamp;
using marginfix::apps::find_quickfix_sessions;
using marginfix::apps::QuickfixLayout;
using marginfix::apps::QuickfixStore;
using marginfix::apps::read_quickfix_store;
using marginfix::test::TempFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kName = "FIXT.1.1-KEY-KalshiRT";
constexpr std::int64_t kSent = 1'796'125'200;  // 20261201-11:40:00

std::string message(const std::string& type, int seq, const std::string& body = "", const std::string& sender = "KEY",
                    std::int64_t sent = kSent) {
  marginfix::fix::Composer composer("FIXT.1.1", sender, "KalshiRT");
  marginfix::fix::FrameHeader header;
  header.msg_type = type;
  header.msg_seq_num = seq;
  const std::string time = marginfix::to_fix_utc(marginfix::from_epoch_seconds(sent));
  header.sending_time = time;
  return composer.compose(header, body);
}
std::string order(int seq, const std::string& text = "x") {
  return message("D", seq, "11=order" + std::to_string(seq) + "\x01" + "58=" + text + "\x01");
}

// What came of it, in words: "5/17 2 4", or "!why".
std::string outcome(const marginfix::Result<QuickfixStore>& read, bool with_target = true) {
  if (!read) return "!" + read.error().message;
  std::string text = std::to_string(read->next_sender_seq);
  if (with_target) text += "/" + std::to_string(read->next_target_seq);
  for (const auto& each : read->messages) text += " " + std::to_string(each.seq) + ":" + each.bytes;
  return text;
}

class QuickfixFiles : public ::testing::Test {
 protected:
  std::string session() const { return folder_.path(kName); }
  std::string file(const std::string& ending) const { return session() + ending; }
  std::string bytes(const std::string& ending) const { return TempFolder::read(file(ending)); }
  void write(const std::string& ending, const std::string& text) const { folder_.write(kName + ending, text); }
  // In place: some file systems bring a file onto the disk that is written anew.
  void write_byte(const std::string& ending, std::size_t at, char byte) const {
    std::fstream out(file(ending), std::ios::binary | std::ios::in | std::ios::out);
    out.seekp(static_cast<std::streamoff>(at)).put(byte);
  }
  marginfix::Result<QuickfixStore> read(std::int64_t oldest = 0) const {
    return read_quickfix_store(session(), marginfix::from_epoch_seconds(oldest));
  }
  std::string problem() const {
    const auto got = read();
    return got ? "none" : got.error().message;
  }

  // A session's life: Logon, an order, a Heartbeat, two orders; 17 is expected next.
  std::vector<std::string> life() const { return {message("A", 1, "98=0\x01"), order(2), message("0", 3), order(4), order(5, "last")}; }
  void write_cpp() const {
    QuickfixFileStore store(folder_.path());
    int seq = 0;
    for (const std::string& each : life()) store.send(++seq, each);
    store.set_next_target(17);
  }

  static std::string big_endian(std::uint64_t number, int size) {
    std::string text;
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) text += static_cast<char>(number >> shift & 0xff);
    return text;
  }
  static std::string java_text(const std::string& text) { return big_endian(text.size(), 2) + text; }
  static std::string java_entry(int seq, std::size_t offset, std::size_t size) {
    return big_endian(static_cast<std::uint64_t>(seq), 4) + big_endian(offset, 8) + big_endian(size, 4);
  }
  void write_java(bool cached) const {
    std::string body, header;
    int seq = 0;
    for (const std::string& each : life()) {
      header += java_entry(++seq, body.size(), each.size());
      body += each;
    }
    write(".body", body);
    write(".header", header);
    write(".session", java_text("20261201-11:39:59.541"));
    if (cached) return write(".seqnums", java_text("6:17"));
    write(".senderseqnums", java_text("6"));
    write(".targetseqnums", java_text("17"));
  }

  // Every file cut at every byte, and every byte changed: refused, naming the file, or nothing has changed. The target number is written in
  // one place only: there is nothing to hold it against.
  void expect_damage_to_be_noticed(const std::vector<std::string>& endings) const {
    for (const std::string& ending : endings) {
      const bool has_target = ending.find("seqnums") != std::string::npos;
      const std::string whole = bytes(ending), as_it_was = outcome(read(), !has_target);
      ASSERT_NE(as_it_was[0], '!') << as_it_was;
      const auto expect_noticed = [&](const std::string& what) {
        const std::string now = outcome(read(), !has_target);
        if (now == as_it_was) return;
        ASSERT_EQ(now[0], '!') << ending << what << ": " << now;
        EXPECT_THAT(now, HasSubstr(session())) << ending << what;
      };
      for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int flip : {0x01, 0x80}) {
          write_byte(ending, at, static_cast<char>(whole[at] ^ flip));
          expect_noticed(" changed at " + std::to_string(at));
        }
        write_byte(ending, at, whole[at]);
      }
      for (std::size_t size = whole.size(); size-- > 0;) {
        fs::resize_file(file(ending), size);
        expect_noticed(" cut at " + std::to_string(size));
      }
      write(ending, whole);
    }
  }
  TempFolder folder_;
};

// ---- QuickFIX C++ ------------------------------------------------------------------------------------------------------
TEST_F(QuickfixFiles, OfQuickfixItselfAreTakenOver) {
  write_cpp();
  const auto store = read();
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(store->layout, QuickfixLayout::cpp);
  EXPECT_EQ(outcome(store), "6/17 2:" + order(2) + " 4:" + order(4) + " 5:" + order(5, "last"));
  EXPECT_EQ(store->sender_comp_id + store->target_comp_id + store->begin_string, "KEYKalshiRTFIXT.1.1");
  EXPECT_EQ(store->session_messages, 2u);
  EXPECT_EQ(store->too_old + store->left_out_bytes, 0u);
  EXPECT_EQ(store->messages[0].stored_at, kSent);
  EXPECT_FALSE(store->has_unsent || store->being_written);
  ASSERT_TRUE(store->created_at);
  EXPECT_LT(marginfix::system_clock().now() - *store->created_at, std::chrono::minutes(10));
}

TEST_F(QuickfixFiles, BecomeAStoreThatASessionGoesOnWith) {
  write_cpp();
  auto store = read();
  ASSERT_TRUE(store);
  const std::string path = folder_.path("KalshiRT-KEY.store");
  ASSERT_TRUE(marginfix::write_store_file(path, {kSent, store->next_sender_seq, store->next_target_seq, store->messages}));
  marginfix::FileStoreOptions options;
  options.path = path;
  options.keep_seconds = std::int64_t{1} << 40;
  const auto ours = marginfix::open_file_store(options);
  EXPECT_EQ(ours->next_sender_seq(), 6);
  EXPECT_EQ(ours->next_target_seq(), 17);
  const auto sent = ours->sent(1, 0);
  ASSERT_EQ(sent.size(), 3u);
  const QuickfixFileStore theirs(folder_.path());
  EXPECT_EQ(sent[2].bytes, theirs.messages()[4]) << "byte for byte what QuickFIX would send again";
}

TEST_F(QuickfixFiles, OfQuickfixAreNoticedWhenCutOrChanged) {
  write_cpp();
  expect_damage_to_be_noticed({".header", ".body", ".seqnums"});
}

TEST_F(QuickfixFiles, TwentyDigitsAndNumbersByHandAreRead) {
  write_cpp();
  write(".seqnums", "00000000000000000006 : 00000000000000000017");
  EXPECT_EQ(read()->next_target_seq, 17) << "QuickFIX 1.16";
  write(".seqnums", "6 : 17\n");
  EXPECT_EQ(read()->next_target_seq, 17);
  for (const char* odd : {"0000000006 : 000000001", "6 : ", "6 17", "-6 : 17", "0 : 17", "6 : 0", "6 : 17 9", "99999999999999999999 : 1"}) {
    write(".seqnums", odd);
    EXPECT_THAT(problem(), HasSubstr(".seqnums: byte ")) << odd;
  }
}

TEST_F(QuickfixFiles, AMessageThatHadNotLeftIsNotTaken) {
  {
    QuickfixFileStore store(folder_.path());
    store.send(1, message("A", 1));
    store.store(2, order(2));  // killed behind it
  }
  auto got = read();
  EXPECT_EQ(outcome(got), "2/1");
  EXPECT_TRUE(got->has_unsent);
  {
    QuickfixFileStore store(folder_.path());  // started again: the number is used again
    store.send(2, message("A", 2));
    store.send(3, order(3));
  }
  got = read();
  EXPECT_EQ(outcome(got), "4/1 3:" + order(3));
  EXPECT_FALSE(got->has_unsent);
}

// Killed between body and header, and in the middle of either.
TEST_F(QuickfixFiles, WhatAKilledProcessLeftIsNoDamage) {
  {
    QuickfixFileStore store(folder_.path());
    store.send(1, message("A", 1));
  }
  write(".body", bytes(".body") + order(2));
  EXPECT_EQ(outcome(read()), "2/1");
  EXPECT_TRUE(read()->has_unsent);
  write(".header", bytes(".header") + "2,10");
  EXPECT_EQ(outcome(read()), "2/1");
  write(".header", bytes(".header").substr(0, bytes(".header").size() - 4));
  write(".body", bytes(".body") + order(2).substr(0, 30));
  {
    QuickfixFileStore store(folder_.path());
    store.send(2, message("A", 2));
    store.send(3, order(3));
  }
  const auto got = read();
  EXPECT_EQ(outcome(got), "4/1 3:" + order(3));
  EXPECT_EQ(got->left_out_bytes, order(2).size() + 30);
}

TEST_F(QuickfixFiles, AnEntryGluedToHalfOfAnotherIsRefused) {
  write_cpp();
  std::string header = bytes(".header");
  const std::size_t blank = header.find(' ', header.find(' ') + 1);
  write(".header", header.erase(blank, 1));
  EXPECT_THAT(problem(), AllOf(HasSubstr(".header: byte "), HasSubstr("glued")));
}

TEST_F(QuickfixFiles, NumbersSetLowerReplaceWhatCameAfter) {
  {
    QuickfixFileStore store(folder_.path());
    for (int seq = 1; seq <= 4; ++seq) store.send(seq, order(seq));
    store.set_next_sender(3);
    store.send(3, order(3, "again"));
  }
  EXPECT_EQ(outcome(read()), "4/1 1:" + order(1) + " 2:" + order(2) + " 3:" + order(3, "again"));
}

TEST_F(QuickfixFiles, NumbersThatDoNotAgreeWithTheMessagesAreRefused) {
  write_cpp();
  for (const char* numbers : {"0000000004 : 0000000017", "0000000009 : 0000000017"}) {
    write(".seqnums", numbers);
    EXPECT_THAT(problem(), AllOf(HasSubstr(".header: byte "), HasSubstr("the last message is 5"), HasSubstr("log on and out once")));
  }
}

TEST_F(QuickfixFiles, WithoutMessagesTheNumbersAreTaken) {
  {
    QuickfixFileStore store(folder_.path());  // PersistMessages=N
    store.set_next_sender(12);
    store.set_next_target(34);
  }
  EXPECT_EQ(outcome(read()), "12/34");
  {
    QuickfixFileStore store(folder_.path());
    store.reset();
  }
  EXPECT_EQ(outcome(read()), "1/1");
}

TEST_F(QuickfixFiles, MessagesOfAnotherSessionAreRefused) {
  {
    QuickfixFileStore store(folder_.path());
    store.send(1, order(1));
    store.send(2, message("D", 2, "11=a\x01", "OTHER"));
  }
  EXPECT_THAT(problem(),
              AllOf(HasSubstr(".body: byte " + std::to_string(order(1).size())), HasSubstr("another session"), HasSubstr("OTHER")));
}

TEST_F(QuickfixFiles, WhatIsTooOldIsCountedAndNotTaken) {
  {
    QuickfixFileStore store(folder_.path());
    store.send(1, message("D", 1, "11=a\x01", "KEY", kSent - 100));
    store.send(2, order(2));
  }
  const auto got = read(kSent - 50);
  EXPECT_EQ(outcome(got), "3/1 2:" + order(2));
  EXPECT_EQ(got->too_old, 1u);
}

TEST_F(QuickfixFiles, AMissingFileIsNamed) {
  write_cpp();
  for (const std::string ending : {".body", ".header", ".seqnums"}) {
    const std::string whole = bytes(ending);
    fs::remove(file(ending));
    EXPECT_THAT(problem(), AllOf(HasSubstr(file(ending)), HasSubstr("missing")));
    write(ending, whole);
  }
  fs::remove(file(".session"));
  EXPECT_FALSE(read()->created_at) << "only when it began is not known";
}

// Each time it is read QuickFIX writes some messages more, and sometimes begins anew.
TEST_F(QuickfixFiles, AreReadWhileQuickfixWrites) {
  constexpr int kRounds = 60, kMessages = 20;
  std::atomic<int> round{0};
  std::thread quickfix([&] {
    QuickfixFileStore store(folder_.path());
    int seq = 1;
    for (int now = 0; now < kRounds; ++now) {
      while (round == now) std::this_thread::yield();
      if (now % 10 == 9) store.reset(), seq = 1;
      for (const int last = seq + kMessages; seq < last; ++seq) {
        store.send(seq, order(seq));
        store.set_next_target(seq + 1);
      }
    }
  });
  while (!fs::exists(file(".session"))) std::this_thread::yield();
  int read_well = 0;
  while (round < kRounds) {
    ++round;
    const auto got = read();
    if (!got) {  // a reset, or no moment of silence: said, nothing guessed
      EXPECT_THAT(got.error().message, ::testing::ContainsRegex("missing|too fast|was replaced"));
      continue;
    }
    ++read_well;
    EXPECT_EQ(static_cast<std::int64_t>(got->messages.size()), got->next_sender_seq - 1);
    EXPECT_LE(std::abs(got->next_target_seq - got->next_sender_seq), 1);
  }
  quickfix.join();
  EXPECT_GT(read_well, kRounds / 2);
  const auto got = read();
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_FALSE(got->being_written);
  EXPECT_EQ(got->messages.size(), 1u * kMessages);
}

// ---- QuickFIX/J --------------------------------------------------------------------------------------------------------
TEST_F(QuickfixFiles, OfQuickfixJAreTakenOver) {
  write_java(false);
  auto got = read();
  EXPECT_EQ(outcome(got), "6/17 2:" + order(2) + " 4:" + order(4) + " 5:" + order(5, "last"));
  EXPECT_EQ(got->layout, QuickfixLayout::java);
  EXPECT_EQ(marginfix::to_fix_utc(*got->created_at), "20261201-11:39:59.541");
  write(".targetseqnums", "");
  EXPECT_EQ(read()->next_target_seq, 1) << "made, and never written";
  write(".targetseqnums", java_text("42") + "7");
  EXPECT_EQ(read()->next_target_seq, 42) << "what a longer number left";
}

TEST_F(QuickfixFiles, OfQuickfixJsCachedStoreAreTakenOver) {
  write_java(true);
  const auto got = read();
  EXPECT_EQ(outcome(got), "6/17 2:" + order(2) + " 4:" + order(4) + " 5:" + order(5, "last"));
  EXPECT_EQ(got->layout, QuickfixLayout::java_cached);
}

TEST_F(QuickfixFiles, OfQuickfixJAreNoticedWhenCutOrChanged) {
  write_java(false);
  expect_damage_to_be_noticed({".header", ".body", ".senderseqnums", ".targetseqnums"});
}

TEST_F(QuickfixFiles, OfQuickfixJsCachedStoreAreNoticedWhenCutOrChanged) {
  write_java(true);
  expect_damage_to_be_noticed({".header", ".body", ".seqnums"});
}

// The header is written first: a killed process leaves an entry without its message, or with half of it.
TEST_F(QuickfixFiles, WhatAKilledQuickfixJLeftIsNoDamage) {
  write_java(false);
  const std::string body = bytes(".body"), header = bytes(".header");
  write(".header", header + java_entry(6, body.size(), order(6).size()));
  for (const std::size_t size : {std::size_t{0}, std::size_t{20}, order(6).size()}) {
    write(".body", body + order(6).substr(0, size));
    const auto got = read();
    EXPECT_EQ(outcome(got), "6/17 2:" + order(2) + " 4:" + order(4) + " 5:" + order(5, "last")) << size;
    EXPECT_TRUE(got->has_unsent);
  }
  // Started again, over half a message.
  const std::string half = order(6).substr(0, 20), logon = message("A", 6);
  write(".header", bytes(".header") + java_entry(6, body.size() + half.size(), logon.size()));
  write(".body", body + half + logon);
  write(".senderseqnums", java_text("7"));
  EXPECT_EQ(outcome(read()), "7/17 2:" + order(2) + " 4:" + order(4) + " 5:" + order(5, "last"));
}

// Of older versions the size is that of Java's String: characters, where the body has bytes of UTF-8.
TEST_F(QuickfixFiles, SizesInCharactersAreRead) {
  const std::string first = order(1, "caf\xc3\xa9"), second = order(2, "\xc3\xa9\xc3\xa9");
  write(".body", first + second);
  write(".header", java_entry(1, 0, first.size() - 1) + java_entry(2, first.size(), second.size() - 2));
  write(".session", java_text("20261201-11:39:59.541"));
  write(".senderseqnums", java_text("3"));
  write(".targetseqnums", java_text("1"));
  EXPECT_EQ(outcome(read()), "3/1 1:" + first + " 2:" + second);
}

TEST_F(QuickfixFiles, TwoKindsOfStoreAtOnceAreRefused) {
  write_java(false);
  write(".seqnums", java_text("6:17"));
  EXPECT_THAT(problem(), AllOf(HasSubstr(".seqnums"), HasSubstr("two kinds of store")));
}

// ---- finding them ------------------------------------------------------------------------------------------------------
TEST_F(QuickfixFiles, SessionsAreFoundByFolderNameOrFile) {
  write_cpp();
  folder_.write("FIX.4.2-A-B.header", "");
  folder_.write("notes.txt", "");
  EXPECT_THAT(find_quickfix_sessions(folder_.path()).value(), ElementsAre(folder_.path("FIX.4.2-A-B"), session()));
  for (const std::string& from : {session(), session() + ".", file(".body"), file(".seqnums"), file(".session")})
    EXPECT_THAT(find_quickfix_sessions(from).value(), ElementsAre(session())) << from;
  EXPECT_THAT(find_quickfix_sessions(folder_.path("FIX.4.4-A-B")).error().message, HasSubstr("no files of a QuickFIX FileStore"));
}

}  // namespace
}  // namespace marginfix_tests::quickfix_files
