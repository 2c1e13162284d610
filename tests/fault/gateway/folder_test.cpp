// What may happen to the gateway's folder: a journal that ends in the middle of a record or is damaged, no room, a second gateway.
#include <fstream>

#include "fault/gateway/faults_fixture.hpp"
#include "services/gateway/journal/journal.hpp"
#include "support/small_disk.hpp"

namespace marginfix::gateway::fault {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class GatewayFolder : public GatewayFaultTest {
 protected:
  std::string newest_journal() const {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(gateway_->dir() + "/journal")) {
      if (entry.path().extension() == ".gwj") newest = std::max(newest, entry.path().string());
    }
    return newest;
  }
  // A killed process leaves room behind its last batch.
  static std::string without_room(const std::string& journal) {
    return test::read_file(journal).substr(
        0, static_cast<std::size_t>(read_journal_file(journal, [](const JournalRecord&) { return Result<void>{}; }).value()));
  }
  static void flip_byte(const std::string& file, std::uintmax_t at) {
    std::fstream bytes(file, std::ios::binary | std::ios::in | std::ios::out);
    bytes.seekg(static_cast<std::streamoff>(at));
    const char before = static_cast<char>(bytes.get());
    bytes.seekp(static_cast<std::streamoff>(at));
    bytes.put(static_cast<char>(before ^ 0x40));
  }
};

// Killed in the middle of a write: a part of a batch, from which nothing has followed.
TEST_F(GatewayFolder, StartsOnAJournalThatEndsInTheMiddleOfARecord) {
  start_gateway();
  fill_book(5);
  gateway_->kill();
  const std::string journal = newest_journal(), text = without_room(journal);
  constexpr std::size_t kMagic = 8, kPart = 20;
  std::ofstream(journal, std::ios::binary) << text << text.substr(kMagic, kPart);
  start_gateway();
  // Without the zeros it ends with: those are room.
  EXPECT_TRUE(until([&] { return gateway_->said().find("the journal's unfinished end, 1") != std::string::npos; })) << gateway_->said();
  cancel_everything();
  expect_the_truth();
}

TEST_F(GatewayFolder, RefusesADamagedJournalAndSaysWhere) {
  start_gateway();
  fill_book(5);
  gateway_->kill();
  const std::string journal = newest_journal();
  const std::uintmax_t middle = without_room(journal).size() / 2;
  flip_byte(journal, middle);
  gateway_->start();
  EXPECT_NE(gateway_->wait(), 0);
  EXPECT_THAT(gateway_->said(), ContainsRegex("damaged at byte [0-9]+"));
  flip_byte(journal, middle);
  start_gateway();
  cancel_everything();
  expect_the_truth();
}

TEST_F(GatewayFolder, ServesOneGatewayAtATime) {
  start_gateway();
  fill_book(2);
  const std::string output = folder_.path("second");
  test::ChildProcess second({"gateway", "--config", config_, "--dir", gateway_->dir(), "--endpoints", sim().path("endpoints.json")},
                            output);
  EXPECT_NE(second.wait(), 0);
  EXPECT_THAT(test::read_file(output), HasSubstr("another gateway runs on this folder"));
  // The first one is as it was, its commands among it.
  EXPECT_EQ(gateway_->orders("", true).size(), 6U);
  cancel_everything();
  expect_the_truth();
}

class GatewayOnASmallDisk : public GatewayFolder {
 protected:
  std::string gateway_folder() const override { return folder_.path("small"); }
  // The id of the order that was refused, or on which its session broke.
  std::string ask_until_refused(Oms& client) {
    while (true) {
      const std::string id = client.place('1', 1, "4.0000");
      EXPECT_TRUE(until([&] { return client.order(id).status != 0 || !client.session.logged_on(); })) << gateway_->said();
      if (!client.rests(id)) return id;
    }
  }
};

// Whatever cannot be written down does not leave. Who asked is told, at once or when there is room again.
TEST_F(GatewayOnASmallDisk, SendsNothingThatItCannotWriteDown) {
  test::SmallDisk disk(gateway_folder(), std::uint64_t{64} << 20);
  if (!disk.is_there()) GTEST_SKIP() << "this process may not mount a file system";
  start_gateway();
  fill_book(5);
  for (int time = 0; time < 2; ++time) {
    SCOPED_TRACE("time " + std::to_string(time));
    disk.fill(0);
    // The last page of a file has room yet: until each of them is refused, or cut off.
    std::vector<std::string> asked;
    for (const auto& each : all_) asked.push_back(ask_until_refused(*each));
    disk.make_room();
    ASSERT_TRUE(everybody_is_there()) << gateway_->said();
    for (std::size_t i = 0; i < asked.size(); ++i) {
      Oms& client = *all_[i];
      EXPECT_TRUE(until([&] { return client.order(asked[i]).status != 0; })) << client.order(asked[i]).history << gateway_->said();
    }
    ASSERT_NO_FATAL_FAILURE(fill_book(1));
    expect_the_truth();
  }
  cancel_everything();
  expect_the_truth();
}

}  // namespace
}  // namespace marginfix::gateway::fault
