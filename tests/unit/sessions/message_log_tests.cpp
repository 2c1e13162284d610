// The message log: QuickFIX's form, secrets, line ends, rotation, a full queue, a full disk; and that `decode`'s reader gives back what was
// logged.
#include "marginfix/sessions/message_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "support/no_room.hpp"
#include "support/temp_folder.hpp"
#include "unit/fix/log_samples.hpp"

namespace marginfix::test {
namespace {

using marginfix_tests::any_message;
using marginfix_tests::framed;
using marginfix_tests::read_log;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

const Timestamp kNoon = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h + 123456us;

std::string order(const std::string& id, const std::string& text = "text") {
  return framed("8=FIXT.1.1|35=D|34=2|49=key|56=KalshiNR|11=" + id + "|58=" + text + "|");
}

class Lines final : public LogSink {
 public:
  void log(LogLevel, std::string_view, std::string_view line) noexcept override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  bool enabled(LogLevel) const noexcept override { return true; }
  std::vector<std::string> copy() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

class MessageFiles : public ::testing::Test {
 protected:
  void open(MessageLogOptions options = {}) {
    options.folder = folder_.path("log");
    log_ = MessageLog::open(options, lines_).value();
    session_ = log_->session({.sender_comp_id = "key", .target_comp_id = "KalshiNR"}).value();
  }
  void close() {
    session_.reset();
    log_.reset();
  }
  std::string path(const std::string& end) const { return folder_.path("log/FIXT.1.1-key-KalshiNR." + end); }
  std::string text(const std::string& end = "messages.current.log") const { return TempFolder::read(path(end)); }
  std::vector<std::string> read(const std::string& end = "messages.current.log") const { return read_log(text(end)).messages; }
  void say(const std::string& message, Timestamp time = kNoon) {
    session_->message(time, message);
    log_->flush();
  }

  const TempFolder folder_;
  std::shared_ptr<Lines> lines_ = std::make_shared<Lines>();
  std::shared_ptr<MessageLog> log_;
  std::shared_ptr<SessionLog> session_;
};

TEST_F(MessageFiles, HaveTheNamesAndLinesOfQuickFixsOwn) {
  open();
  session_->message(kNoon, order("a"));
  session_->message(kNoon + 1us, order("b"));
  session_->event(kNoon, "KalshiNR is active\nfor now");
  log_->flush();
  EXPECT_EQ(text(), "20261122-12:00:00.123456000 : " + order("a") + "\n20261122-12:00:00.123457000 : " + order("b") + "\n");
  EXPECT_EQ(text("event.current.log"), "20261122-12:00:00.123456000 : KalshiNR is active\\x0afor now\n");
  EXPECT_EQ(session_->statistics().written, 2U);
  EXPECT_EQ(session_->statistics().left_out, 0U);
  EXPECT_THAT(lines_->copy(), IsEmpty());
}

TEST_F(MessageFiles, AreNamedByTheSessionAndStayInTheFolder) {
  open();
  ASSERT_TRUE(log_->session({"FIX.4.4", "../a", "b", "q"}));
  EXPECT_TRUE(std::filesystem::exists(folder_.path("log/FIX.4.4-.._a-b-q.messages.current.log")));
}

TEST_F(MessageFiles, MaskSecretsInAWholeMessage) {
  const std::string logon = framed("8=FIXT.1.1|35=A|34=1|49=key|56=KalshiNR|95=6|96=ab=cd=|554=secret|925=other|108=30|");
  open();
  say(logon);
  const auto found = read_log(text());
  ASSERT_EQ(found.messages.size(), 1U);
  EXPECT_EQ(found.messages[0].size(), logon.size());
  EXPECT_THAT(found.messages[0], AllOf(HasSubstr("\x01"
                                                 "96=******\x01"
                                                 "554=******\x01"
                                                 "925=*****\x01"),
                                       Not(HasSubstr("secret"))));
  EXPECT_TRUE(found.check_sums[0]);
  // BodyLength(9) and CheckSum(10) are right: whoever checks them reads a whole message.
  EXPECT_EQ(found.messages[0], framed("8=FIXT.1.1|35=A|34=1|49=key|56=KalshiNR|95=6|96=******|554=******|925=*****|108=30|"));
}

TEST_F(MessageFiles, KeepAMessageThatIsNoneWhole) {
  EXPECT_EQ(message_log_line(kNoon, "junk\\ with\r\nline ends 554=pass"),
            "20261122-12:00:00.123456000 : junk\\x5c with\\x0d\\x0aline ends 554=****\n");
  EXPECT_EQ(message_log_line(kNoon, "C:\\x41"), "20261122-12:00:00.123456000 : C:\\x41\n");
  EXPECT_EQ(message_log_line(kNoon, ""), "20261122-12:00:00.123456000 : \n");
  const std::string key = framed("8=FIXT.1.1|35=5|49=key|58=-----BEGIN RSA PRIVATE KEY----- abc|");
  EXPECT_THAT(read_log(message_log_line(kNoon, key)).messages, ElementsAre(AllOf(Not(HasSubstr("RSA")), ::testing::SizeIs(key.size()))));
}

TEST_F(MessageFiles, AreReadBackWhateverTheMessagesHold) {
  std::mt19937 random(20261122);
  std::vector<std::string> messages;
  std::string log;
  for (int i = 0; i < 4000; ++i) {
    messages.push_back(any_message(random));
    log += message_log_line(kNoon, messages.back());
  }
  EXPECT_EQ(std::ranges::count(log, '\n'), 4000) << "one line each";
  const auto found = read_log(log);
  ASSERT_EQ(found.messages.size(), messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i) ASSERT_EQ(found.messages[i], messages[i]) << i;
  EXPECT_THAT(found.not_read, IsEmpty());
  EXPECT_EQ(read_log(log, 777).messages, messages);
}

TEST_F(MessageFiles, BeginAnewWhenOneIsFullAndKeepTheNewest) {
  const std::string line = message_log_line(kNoon, order("000"));
  open({.max_file_bytes = 2 * line.size(), .max_files = 2});
  for (int i = 100; i < 109; ++i) session_->message(kNoon, order(std::to_string(i)));
  log_->flush();
  EXPECT_THAT(read(), ElementsAre(order("108")));
  EXPECT_THAT(read("messages.backup.4.log"), ElementsAre(order("106"), order("107")));
  EXPECT_THAT(read("messages.backup.3.log"), ElementsAre(order("104"), order("105")));
  EXPECT_FALSE(std::filesystem::exists(path("messages.backup.2.log")));
  EXPECT_FALSE(std::filesystem::exists(path("event.backup.1.log"))) << "an empty file is not rotated";
}

TEST_F(MessageFiles, AreOfOneDayOverARestartToo) {
  open();
  say(order("a"), kNoon);
  say(order("b"), kNoon + 11h);
  close();
  open();
  say(order("c"), kNoon + 11h + 59min);
  say(order("d"), kNoon + 12h);
  say(order("e"), kNoon + 11h);  // the clock was set back: no day begins
  close();
  open();
  say(order("f"), kNoon + 36h);
  EXPECT_THAT(read(), ElementsAre(order("f")));
  EXPECT_THAT(read("messages.backup.2.log"), ElementsAre(order("d"), order("e")));
  EXPECT_THAT(read("messages.backup.1.log"), ElementsAre(order("a"), order("b"), order("c")));
}

TEST_F(MessageFiles, GoOnAcrossDaysWhereAsked) {
  open({.daily = false});
  say(order("a"), kNoon);
  say(order("b"), kNoon + 48h);
  EXPECT_THAT(read(), ElementsAre(order("a"), order("b")));
}

TEST_F(MessageFiles, BeginAnewWhenTold) {
  open();
  say(order("a"));
  session_->event(kNoon, "active");
  log_->rotate();
  say(order("b"));
  log_->rotate();
  log_->rotate();
  log_->flush();
  EXPECT_THAT(text(), IsEmpty());
  EXPECT_THAT(read("messages.backup.1.log"), ElementsAre(order("a")));
  EXPECT_THAT(read("messages.backup.2.log"), ElementsAre(order("b")));
  EXPECT_THAT(text("event.backup.1.log"), HasSubstr("active"));
  EXPECT_FALSE(std::filesystem::exists(path("messages.backup.3.log")));
}

TEST_F(MessageFiles, ThatWereMovedAwayAreBegunInTheirPlace) {
  open();
  say(order("a"));
  std::filesystem::rename(path("messages.current.log"), path("messages.log.1"));  // logrotate
  say(order("b"));
  log_->rotate();
  log_->flush();
  say(order("c"));
  EXPECT_THAT(read("messages.log.1"), ElementsAre(order("a"), order("b")));
  EXPECT_THAT(read(), ElementsAre(order("c")));
  EXPECT_FALSE(std::filesystem::exists(path("messages.backup.1.log")));
}

TEST_F(MessageFiles, GoToAFolderOfTheirOwnWhenTheyAreOver) {
  open({.backup_folder = folder_.path("old/ones")});
  say(order("a"));
  log_->rotate();
  log_->flush();
  EXPECT_THAT(read_log(TempFolder::read(folder_.path("old/ones/FIXT.1.1-key-KalshiNR.messages.backup.1.log"))).messages,
              ElementsAre(order("a")));
}

TEST_F(MessageFiles, AreWrittenByOneLogAlone) {
  open();
  const auto other = MessageLog::open({.folder = folder_.path("log")}, nullptr).value();
  const auto refused = other->session({.sender_comp_id = "key", .target_comp_id = "KalshiNR"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("another log writes it"));
}

TEST_F(MessageFiles, GoOnBehindALineThatWasCutOff) {
  folder_.write("log/FIXT.1.1-key-KalshiNR.messages.current.log",
                "20261122-11:00:00.000000000 : " + order("a") + "\n20261122-11:00:00.000000000 : 8=FIX");
  open();
  say(order("b"));
  EXPECT_THAT(read(), ElementsAre(order("a"), order("b")));
}

TEST_F(MessageFiles, LeaveHeartbeatsOutWhereAsked) {
  const std::string beat = framed("8=FIXT.1.1|35=0|34=2|49=key|56=KalshiNR|");
  open({.heartbeats = false});
  session_->message(kNoon, beat);
  say(order("a", "35=0"));
  EXPECT_THAT(read(), ElementsAre(order("a", "35=0")));
}

TEST_F(MessageFiles, TellHowManyMessagesAQueueThatIsFullHasLeftOut) {
  const std::string big = order("big", std::string(3000, 'x'));
  open({.queue_bytes = 2000});
  session_->message(kNoon, order("a"));
  session_->message(kNoon + 1us, big);  // larger than the queue: there is no room for it, however fast it is written
  session_->message(kNoon + 2us, big);
  log_->flush();
  session_->message(kNoon + 3us, order("b"));
  log_->flush();
  EXPECT_THAT(read(), ElementsAre(order("a"), order("b")));
  EXPECT_THAT(text(), AllOf(HasSubstr(" : 2 messages are missing here"), StartsWith("20261122-12:00:00.123456000 : 8=")));
  EXPECT_EQ(session_->statistics().left_out, 2U);
  EXPECT_EQ(session_->statistics().written, 2U);
  EXPECT_THAT(lines_->copy(), ElementsAre(HasSubstr("2 messages are missing: the queue was full")));
}

TEST_F(MessageFiles, GoOnWhenAFullDiskHasRoomAgain) {
  open();
  say(order("a"));
  {
    NoRoom none(text().size() + 40);
    for (int i = 0; i < 3; ++i) say(order("lost"));
    EXPECT_THAT(read(), ElementsAre(order("a"))) << "no part of a line stays";
    EXPECT_EQ(session_->statistics().left_out, 3U);
    EXPECT_THAT(lines_->copy(), ElementsAre(HasSubstr("cannot be written: File too large")));
  }
  say(order("b"));
  EXPECT_THAT(read(), ElementsAre(order("a"), order("b")));
  EXPECT_THAT(text(), HasSubstr("20261122-12:00:00.123456000 : 3 messages are missing here"));
  EXPECT_THAT(lines_->copy(), ElementsAre(HasSubstr("cannot be written"), HasSubstr("is written again")));
  EXPECT_EQ(session_->statistics().written, 2U);
}

TEST_F(MessageFiles, AreWhollyWrittenWhenTheLogGoes) {
  open();
  for (int i = 0; i < 1000; ++i) session_->message(kNoon, order(std::to_string(i)));
  log_.reset();
  session_->message(kNoon, order("last"));  // the session's log keeps the other alive
  session_.reset();
  const auto found = read();
  ASSERT_EQ(found.size(), 1001U);
  EXPECT_EQ(found.back(), order("last"));
}

TEST(MessageLogs, CannotBeOpenedWhereNoFolderIs) {
  const TempFolder folder;
  const auto refused = MessageLog::open({.folder = folder.write("file", "") + "/log"}, nullptr);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().category, ErrorCategory::config);
}

}  // namespace
}  // namespace marginfix::test
