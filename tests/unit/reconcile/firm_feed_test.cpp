// The firm's own files as records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include "services/gateway/journal/journal.hpp"
#include "services/reconcile/feeds/firm_feed.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::reconcile {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FirmFiles : public ::testing::Test {
 protected:
  std::vector<std::string> bodies(RecordKind kind) {
    std::vector<std::string> all;
    for (Record& record : queue_.take(std::chrono::milliseconds(0))) {
      if (record.kind == kind) all.push_back(std::move(record.body));
      if (record.kind == RecordKind::source_state) state_ = record.body;
    }
    return all;
  }
  FirmSource csv(const std::string& name, bool follow = false) {
    FirmSource source;
    source.kind = FirmKind::csv;
    source.path = folder_.path(name);
    source.follow = follow;
    source.columns = {{"exec_id", "Execution"}, {"price", "Px"}};
    return source;
  }
  void append(const std::string& name, std::string_view text) {
    std::ofstream(folder_.path(name), std::ios::app | std::ios::binary) << text;
  }

  test::TempFolder folder_;
  RecordQueue queue_;
  std::string state_;
};

// Over the ends of files, of one key, each message once.
TEST_F(FirmFiles, AGatewaysJournalIsFollowed) {
  using gateway::JournalKind;
  gateway::JournalOptions options;
  options.dir = folder_.path("gw/journal");
  auto journal = gateway::Journal::open(options, [](const gateway::JournalRecord&) { return Result<void>{}; }).value();
  const Timestamp now{std::chrono::seconds(1)};
  journal->append(JournalKind::exchange_out, "alice/KalshiRT", "D1", now);
  journal->append(JournalKind::exchange_in, "alice/KalshiRT", "81", now);
  journal->append(JournalKind::exchange_in, "bob/KalshiRT", "of another key", now);
  journal->append(JournalKind::oms_in, "FIX.4.4:OMS44->MARGINFIX", "of a client", now);
  ASSERT_TRUE(journal->commit());
  FirmSource source;
  source.kind = FirmKind::gateway;
  source.path = folder_.path("gw");
  FirmFeed feed("alice", {source}, queue_);
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_fix), ElementsAre("D1", "81"));
  journal->append(JournalKind::exchange_in, "alice/KalshiRT", "82", now);
  const auto told_before = [now](const gateway::Journal::Put& put) {
    put({JournalKind::exchange_in, "alice/KalshiRT", "told by the file before", now});
  };
  ASSERT_TRUE(journal->begin_file(told_before, now));
  journal->append(JournalKind::exchange_in, "alice/KalshiNR", "83", now);
  ASSERT_TRUE(journal->commit());
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_fix), ElementsAre("82", "83"));
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_fix), ElementsAre());
}

TEST_F(FirmFiles, AGatewayThatNeverRanIsUnknown) {
  FirmSource source;
  source.kind = FirmKind::gateway;
  source.path = folder_.path("none");
  FirmFeed feed("alice", {source}, queue_);
  EXPECT_FALSE(feed.read());
  (void)bodies(RecordKind::firm_fix);
  EXPECT_THAT(state_, HasSubstr("there is no journal of a gateway"));
}

TEST_F(FirmFiles, ACsvBecomesRowsWithOurNamesAndItsOwnText) {
  folder_.write("oms.csv", "Trader,Px,Execution\nann,5.0000,\"13768;4\"\nbob,007,1E5");
  FirmFeed feed("alice", {csv("oms.csv")}, queue_);
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_row),
              ElementsAre(R"({"exec_id":"13768;4","price":"5.0000","line":"2"})", R"({"exec_id":"1E5","price":"007","line":"3"})"));
  EXPECT_EQ(state_, "up\n");
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_row), ElementsAre()) << "nothing is told twice";
}

// Behind the rows, with the time at which the file was written; once for each time that it was.
TEST_F(FirmFiles, AFileThatHoldsEverythingSaysAsOfWhen) {
  const std::string path = folder_.write("oms.csv", "Px,Execution\n5.0000,13768;4\n");
  const auto written_at = [&](std::time_t second) {
    const timespec times[2] = {{second, 0}, {second, 250'000'000}};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  };
  written_at(1'764'536'400);
  FirmSource source = csv("oms.csv");
  source.complete = FirmComplete::day;
  FirmFeed feed("alice", {source}, queue_);
  ASSERT_TRUE(feed.read());
  const auto records = queue_.take(std::chrono::milliseconds(0));
  ASSERT_GE(records.size(), 3U);
  EXPECT_EQ(records[0].kind, RecordKind::firm_row);
  EXPECT_EQ(records[1].kind, RecordKind::poll_begin);
  EXPECT_EQ(records[1].body, "day " + path + "\n\n1764536400250000");
  EXPECT_EQ(records[2].kind, RecordKind::poll_end);
  EXPECT_EQ(records[2].body, "day " + path + "\nok");
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(queue_.take(std::chrono::milliseconds(0)), testing::IsEmpty()) << "nothing has been written since";
}

TEST_F(FirmFiles, AFileThatCannotBeReadHoldsNothing) {
  folder_.write("oms.csv", "Execution,Price\n1,2\n");
  FirmSource source = csv("oms.csv");
  source.complete = FirmComplete::all;
  FirmFeed feed("alice", {source}, queue_);
  EXPECT_FALSE(feed.read());
  EXPECT_THAT(bodies(RecordKind::poll_begin), testing::IsEmpty());
}

TEST_F(FirmFiles, ACsvWithoutTheColumnsOfItsMapIsUnknownAndNotEmpty) {
  folder_.write("oms.csv", "Execution,Price\n1,2\n");
  FirmFeed feed("alice", {csv("oms.csv")}, queue_);
  EXPECT_THAT(feed.read().error().message, HasSubstr("no column \"Px\""));
  EXPECT_THAT(bodies(RecordKind::firm_row), ElementsAre());
  EXPECT_THAT(state_, HasSubstr("unknown\n"));
}

TEST_F(FirmFiles, AFileThatIsNotThereIsUnknownUntilItIs) {
  FirmFeed feed("alice", {csv("oms.csv")}, queue_);
  EXPECT_FALSE(feed.read());
  bodies(RecordKind::firm_row);
  EXPECT_THAT(state_, HasSubstr("unknown\n"));
  folder_.write("oms.csv", "Execution,Px\n1;1,5\n");
  EXPECT_TRUE(feed.read());
  EXPECT_EQ(bodies(RecordKind::firm_row).size(), 1U);
  EXPECT_EQ(state_, "up\n");
}

TEST_F(FirmFiles, AFileThatGrowsIsFollowedAndAnotherInItsPlaceIsReadFromItsBeginning) {
  folder_.write("oms.csv", "Execution,Px\n1;1,5\n1;2,");
  FirmFeed feed("alice", {csv("oms.csv", true)}, queue_);
  ASSERT_TRUE(feed.read());
  EXPECT_EQ(bodies(RecordKind::firm_row).size(), 1U);
  append("oms.csv", "6\n");
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_row), ElementsAre(R"({"exec_id":"1;2","price":"6","line":"3"})"));
  folder_.write("oms.csv", "Execution,Px\n2;1,7\n");
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_row), ElementsAre(R"({"exec_id":"2;1","price":"7","line":"2"})"));
}

TEST_F(FirmFiles, MessagesAreFoundInALogOfAnyEngine) {
  folder_.write("fix.log", "20261130-14:30:00.123 : 8=FIX.4.4|9=5|35=0|10=163|\nnoise\n20261130-14:30:01 : 8=FIX.4.4|9=5|35=0|10=163|\n");
  FirmSource source;
  source.path = folder_.path("fix.log");
  FirmFeed feed("alice", {source}, queue_);
  ASSERT_TRUE(feed.read());
  EXPECT_THAT(bodies(RecordKind::firm_fix), ElementsAre("8=FIX.4.4\x01"
                                                        "9=5\x01"
                                                        "35=0\x01"
                                                        "10=163\x01",
                                                        "8=FIX.4.4\x01"
                                                        "9=5\x01"
                                                        "35=0\x01"
                                                        "10=163\x01"));
}

// A file is read faster than a disk confirms, and can wait.
TEST_F(FirmFiles, ALargeOneWaitsForRoomAndLeavesNothingOut) {
  constexpr int kRows = 2'000;
  std::string text = "Execution,Px\n";
  for (int i = 0; i < kRows; ++i) text += std::to_string(i) + ";1,5.0000\n";
  folder_.write("oms.csv", text);
  RecordQueueOptions small;
  small.records = 10;
  RecordQueue queue(small);
  FirmFeed feed("alice", {csv("oms.csv")}, queue);
  std::thread reading([&] { EXPECT_TRUE(feed.read()); });
  int rows = 0;
  for (bool up = false; !up;) {
    for (const Record& record : queue.take(std::chrono::seconds(30), 3)) {
      rows += record.kind == RecordKind::firm_row ? 1 : 0;
      up = up || record.kind == RecordKind::source_state;
    }
  }
  reading.join();
  EXPECT_EQ(rows, kRows);
  EXPECT_EQ(queue.dropped(), 0U);
}

TEST_F(FirmFiles, OneThatWaitsForRoomEndsWithTheService) {
  folder_.write("oms.csv", "Execution,Px\n1;1,5\n2;1,5\n3;1,5\n");
  RecordQueueOptions small;
  small.records = 1;
  RecordQueue queue(small);
  queue.put(RecordKind::fix, Source::listener, "alice", "nobody takes it");
  FirmFeed feed("alice", {csv("oms.csv")}, queue);
  feed.run();
  feed.stop();
  for (const Record& record : queue.take(std::chrono::milliseconds(0))) EXPECT_NE(record.kind, RecordKind::firm_row);
}

}  // namespace
}  // namespace marginfix::reconcile
