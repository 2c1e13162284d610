// `marginfix store`: what a person reads of a store's file, and what a script gets; damage; QuickFIX's files taken over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <sstream>

#include "integration/apps/program.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/fix/frame.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::testing_apps {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using test::TempFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreCommands : public ::testing::Test {
 protected:
  static std::string message(const std::string& type, int seq, const std::string& body, Timestamp sent) {
    fix::Composer composer("FIXT.1.1", "KEY", "KalshiRT");
    fix::FrameHeader header;
    header.msg_type = type;
    header.msg_seq_num = seq;
    const std::string time = to_fix_utc(sent);
    header.sending_time = time;
    return composer.compose(header, body);
  }
  static std::string order(int seq, Timestamp sent = system_clock().now()) {
    return message("D", seq, "11=order" + std::to_string(seq) + "\x01" + "58=\x1b[2J\x01" + "95=6\x01" + "96=secret\x01", sent);
  }
  // Messages 2 and 4; 5 and 42 come next.
  std::string store(const std::string& name) const {
    const auto made = open_file_store({.path = folder_.path(name)});
    for (const int seq : {2, 4}) {
      const std::string bytes = order(seq);
      made->append_sent(seq, bytes.data(), bytes.size());
    }
    made->set_next_target_seq(42);
    return folder_.path(name);
  }
  // The last message's record is changed.
  std::string damaged_store(const std::string& name) const {
    const std::string path = store(name);
    std::string bytes = TempFolder::read(path);
    bytes[bytes.find("order4")] ^= 1;
    folder_.write(name, bytes);
    return path;
  }
  // As QuickFIX C++ writes it: a Logon, an order of last week, one of now.
  void quickfix_session(const std::string& name, int next_target) const {
    const Timestamp now = system_clock().now();
    std::string body, header;
    int seq = 0;
    for (const std::string& each : {message("A", 1, "98=0\x01", now), order(2, now - std::chrono::hours(24 * 7)), order(3, now)}) {
      header += std::to_string(++seq) + "," + std::to_string(body.size()) + "," + std::to_string(each.size()) + " ";
      body += each;
    }
    folder_.write("quickfix/" + name + ".body", body);
    folder_.write("quickfix/" + name + ".header", header);
    std::ostringstream numbers;
    numbers.fill('0');
    numbers.width(10);
    numbers << seq + 1 << " : ";
    numbers.width(10);
    numbers << next_target;
    folder_.write("quickfix/" + name + ".seqnums", numbers.str());
    folder_.write("quickfix/" + name + ".session", "20261201-11:40:00");
  }
  static json::object object_of(const std::string& out, std::size_t line = 0) {
    std::istringstream in(out);
    std::string text;
    for (std::size_t i = 0; i <= line; ++i) std::getline(in, text);
    return json::parse(text).as_object();
  }
  TempFolder folder_;
};

TEST_F(StoreCommands, show_tells_numbers_and_times_and_prints_messages_as_decode_does) {
  const std::string path = store("s");
  const std::string before = TempFolder::read(path);
  auto r = run({"store", "show", path});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("next sender  5"), HasSubstr("next target  42"), HasSubstr("epoch        1, since 20"),
                           HasSubstr("2 messages, 2 to 4, stored 20"), HasSubstr("0 of room behind"), Not(HasSubstr("NewOrderSingle"))));
  r = run({"store", "show", path, "--messages"});
  EXPECT_THAT(r.out, AllOf(HasSubstr("NewOrderSingle"), HasSubstr("order2"), HasSubstr("order4"), HasSubstr("\\x1b[2J"), HasSubstr("***"),
                           Not(HasSubstr("secret")), Not(HasSubstr("\x1b"))));
  r = run({"store", "show", path, "--from", "3", "--to", "9", "--one-line"});
  EXPECT_THAT(r.out,
              AllOf(HasSubstr("Z 4 NewOrderSingle "), HasSubstr("|MsgSeqNum=4|"), Not(HasSubstr("order2")), Not(HasSubstr("secret"))));
  EXPECT_EQ(TempFolder::read(path), before) << "looking changes nothing";
}

TEST_F(StoreCommands, show_gives_json_lines) {
  const auto r = run({"store", "show", store("s"), "--messages", "--json"});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  const json::object info = object_of(r.out);
  EXPECT_EQ(info.at("next_sender_seq").as_int64(), 5);
  EXPECT_EQ(info.at("next_target_seq").as_int64(), 42);
  EXPECT_EQ(info.at("messages").as_int64(), 2);
  EXPECT_TRUE(info.at("whole").as_bool());
  EXPECT_FALSE(info.at("in_use").as_bool());
  const json::object message = object_of(r.out, 2);
  EXPECT_EQ(message.at("seq").as_int64(), 4);
  EXPECT_EQ(message.at("name").as_string(), "NewOrderSingle");
  EXPECT_THAT(r.out, Not(HasSubstr("secret")));
}

TEST_F(StoreCommands, show_works_beside_the_session_that_has_it_open) {
  const std::string path = store("s");
  const auto session = open_file_store({.path = path});
  session->set_next_target_seq(43);
  const auto r = run({"store", "show", path});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr("next target  43"));
  if (fs::exists("/proc/locks")) {
    EXPECT_THAT(r.out, HasSubstr("a session has it open"));
    EXPECT_THAT(run({"store", "verify", path}).out, HasSubstr("a session has it open"));
  }
  session->set_next_target_seq(44);
  EXPECT_EQ(session->next_target_seq(), 44);
}

TEST_F(StoreCommands, verify_says_what_is_whole_and_what_is_not) {
  const std::string good = store("good"), bad = damaged_store("bad");
  auto r = run({"store", "verify", good});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_EQ(std::count(r.out.begin(), r.out.end(), '\n'), 1);
  EXPECT_THAT(r.out, HasSubstr(good + ": whole: next sender 5, next target 42, 2 messages, 2 to 4"));
  const std::string before = TempFolder::read(bad);
  r = run({"store", "verify", bad, good});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.out, AllOf(HasSubstr(bad + ": damaged at offset "), HasSubstr("record checksum"),
                           HasSubstr("next sender 3, next target 1, epoch 1, 1 message, 2 to 2"), HasSubstr("not known"),
                           HasSubstr("two ways out"), HasSubstr("ResetSeqNumFlag=Y"), HasSubstr(good + ": whole")));
  EXPECT_EQ(TempFolder::read(bad), before);
  r = run({"store", "verify", bad, "--json"});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_FALSE(object_of(r.out).at("whole").as_bool());
  EXPECT_GT(object_of(r.out).at("damage").as_object().at("offset").as_int64(), 96);
  r = run({"store", "show", bad, "--messages"});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.out, HasSubstr("order2")) << "what stands before is shown";
  EXPECT_THAT(r.err, AllOf(HasSubstr("damaged at offset"), HasSubstr("Restore the file")));
  r = run({"store", "verify", folder_.path("none")});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.err, HasSubstr("No such file"));
}

TEST_F(StoreCommands, verify_tells_a_killed_process_from_damage) {
  const std::string path = store("s");
  std::string bytes = TempFolder::read(path);
  const std::string last = bytes.substr(bytes.size() - 24);
  bytes += std::string(4, '\0') + last.substr(4, 15);
  folder_.write("s", bytes + std::string(5000, '\0'));
  const auto r = run({"store", "verify", path});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr("whole"), HasSubstr("never finished"), HasSubstr("No damage")));
  EXPECT_EQ(TempFolder::read(path).size(), bytes.size() + 5000);
}

TEST_F(StoreCommands, import_takes_over_what_quickfix_kept) {
  quickfix_session("FIXT.1.1-KEY-KalshiRT", 17);
  const std::string to = folder_.path("KalshiRT-KEY.store");
  auto r = run({"store", "import", "--from", folder_.path("quickfix"), "--to", to});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, AllOf(HasSubstr(to), HasSubstr("QuickFIX C++ FileStore"), HasSubstr("next sender  4"), HasSubstr("next target  17"),
                           HasSubstr("1 message, 3 to 3"), HasSubstr("1 session messages"), HasSubstr("1 older than 72 h"),
                           HasSubstr("QuickFIX must be stopped before our session starts")));
  {
    const auto ours = open_file_store({.path = to});
    EXPECT_EQ(ours->next_sender_seq(), 4);
    EXPECT_EQ(ours->next_target_seq(), 17);
    ASSERT_EQ(ours->sent(1, 0).size(), 1u);
  }
  r = run({"store", "import", "--from", folder_.path("quickfix"), "--to", to});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.err, AllOf(HasSubstr("is there already"), HasSubstr("--overwrite")));
  r = run({"store", "import", "--from", folder_.path("quickfix/FIXT.1.1-KEY-KalshiRT"), "--to", to, "--overwrite", "--json"});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_EQ(object_of(r.out).at("next_target_seq").as_int64(), 17);
}

TEST_F(StoreCommands, import_asks_which_session_where_there_are_several) {
  quickfix_session("FIXT.1.1-KEY-KalshiRT", 17);
  quickfix_session("FIXT.1.1-KEY-KalshiRT-second", 18);
  const std::string from = folder_.path("quickfix"), to = folder_.path("s");
  auto r = run({"store", "import", "--from", from, "--to", to});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.err, AllOf(HasSubstr("FIXT.1.1-KEY-KalshiRT, FIXT.1.1-KEY-KalshiRT-second"), HasSubstr("--session")));
  r = run({"store", "import", "--from", from, "--to", to, "--session", "nobody"});
  EXPECT_THAT(r.err, HasSubstr("has no session nobody"));
  EXPECT_FALSE(fs::exists(to));
  r = run({"store", "import", "--from", from, "--to", to, "--session", "FIXT.1.1-KEY-KalshiRT-second"});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_THAT(r.out, HasSubstr("next target  18"));
  fs::create_directories(folder_.path("stores"));
  r = run({"store", "import", "--from", from, "--to", folder_.path("stores"), "--session", "FIXT.1.1-KEY-KalshiRT"});
  EXPECT_EQ(r.exit_code, 0) << r.err;
  EXPECT_TRUE(fs::exists(folder_.path("stores/KalshiRT-KEY.store"))) << "where the client looks for it";
}

TEST_F(StoreCommands, import_refuses_damage_and_names_file_and_byte) {
  quickfix_session("FIXT.1.1-KEY-KalshiRT", 17);
  const std::string name = "quickfix/FIXT.1.1-KEY-KalshiRT.body";
  std::string body = TempFolder::read(folder_.path(name));
  body[body.find("order3")] ^= 1;
  folder_.write(name, body);
  const auto r = run({"store", "import", "--from", folder_.path("quickfix"), "--to", folder_.path("s")});
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.err, AllOf(HasSubstr(folder_.path(name) + ": byte "), HasSubstr("message 3")));
  EXPECT_FALSE(fs::exists(folder_.path("s")));
}

TEST_F(StoreCommands, each_has_a_help) {
  EXPECT_THAT(run({"--help"}).out, HasSubstr("store"));
  EXPECT_THAT(run({"store", "--help"}).out, AllOf(HasSubstr("show"), HasSubstr("verify"), HasSubstr("import")));
  EXPECT_THAT(run({"store", "import", "--help"}).out, AllOf(HasSubstr("--overwrite"), HasSubstr("FileStorePath")));
  EXPECT_EQ(run({"store"}).exit_code, 1);
  EXPECT_EQ(run({"store", "show", folder_.path("x"), "--env", "demo"}).exit_code, 1) << "no exchange is asked";
}

}  // namespace
}  // namespace marginfix::testing_apps
