// Places for connections: who goes when there are too many, or too many bytes.
#include "marginfix/sessions/connection_table.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "support/test_time.hpp"

namespace marginfix {
namespace {

class ConnectionTables : public ::testing::Test {
 protected:
  explicit ConnectionTables(ConnectionTableLimits limits = {.connections = 6, .unproven = 4, .of_one_key = 3, .held_bytes = 1'000})
      : table_(limits) {}
  bool enter(const std::string& name) {
    places_[name] = table_.enter([this, name] { gone_.push_back(name); });
    return static_cast<bool>(places_[name]);
  }
  std::vector<std::string> gone() { return std::exchange(gone_, {}); }
  using Names = std::vector<std::string>;

  ConnectionTable table_;
  std::map<std::string, ConnectionPlace> places_;
  Names gone_;
};

TEST_F(ConnectionTables, TheLongestSilentOfTheUnprovenMakesRoom) {
  for (const char* name : {"a", "b", "c", "d"}) EXPECT_TRUE(enter(name));
  EXPECT_EQ(gone(), Names{});
  places_["a"].active();
  EXPECT_TRUE(enter("e"));
  EXPECT_EQ(gone(), Names{"b"});
  EXPECT_TRUE(enter("f"));
  EXPECT_EQ(gone(), Names{"c"});
  EXPECT_EQ(table_.size(), 4U);
}

TEST_F(ConnectionTables, WhoHasShownAKeyStaysWhateverTheOthersDo) {
  enter("honest");
  places_["honest"].prove("k1");
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(enter("idle" + std::to_string(i)));
  for (const std::string& name : gone()) EXPECT_NE(name, "honest");
  EXPECT_EQ(table_.unproven(), 4U);
}

TEST_F(ConnectionTables, AKeyThatIsGreedyLosesItsOwn) {
  for (const char* name : {"a", "b", "c", "d"}) {
    enter(name);
    places_[name].prove("k1");
  }
  EXPECT_EQ(gone(), Names{"a"});
  places_["b"].active();
  enter("e");
  places_["e"].prove("k1");
  EXPECT_EQ(gone(), Names{"c"});
}

TEST_F(ConnectionTables, WhenAllAreProvenTheGreediestKeyMakesRoom) {
  for (const auto& [name, key] : {std::pair("a", "k1"), std::pair("b", "k2"), std::pair("c", "k2"), std::pair("d", "k3"),
                                  std::pair("e", "k2"), std::pair("f", "k1")}) {
    enter(name);
    places_[name].prove(key);
  }
  EXPECT_EQ(gone(), Names{});
  EXPECT_TRUE(enter("g"));
  EXPECT_EQ(gone(), Names{"b"});
}

TEST_F(ConnectionTables, WhenEachKeyHasOneNobodyIsThrownOut) {
  for (int i = 0; i < 6; ++i) {
    enter(std::to_string(i));
    places_[std::to_string(i)].prove("k" + std::to_string(i));
  }
  EXPECT_FALSE(enter("one more"));
  EXPECT_EQ(gone(), Names{});
  places_["3"].leave();
  EXPECT_TRUE(enter("one more"));
}

TEST_F(ConnectionTables, TooManyBytesEndTheConnectionThatHoldsMost) {
  for (const char* name : {"a", "b", "c"}) enter(name);
  places_["b"].prove("k1");
  places_["a"].hold(300);
  places_["b"].hold(500);
  places_["c"].hold(200);
  EXPECT_EQ(gone(), Names{}) << "just as much as may be";
  places_["a"].hold(301);
  EXPECT_EQ(gone(), Names{"b"}) << "a key is no licence";
  EXPECT_EQ(table_.held_bytes(), 501U);
  places_["a"].hold(2'000);
  EXPECT_EQ(gone(), Names{"a"}) << "also when it is its own fault";
  EXPECT_EQ(table_.held_bytes(), 200U);
}

TEST_F(ConnectionTables, AnEvictedPlaceDoesNothingAnyMore) {
  for (const char* name : {"a", "b", "c", "d", "e"}) enter(name);
  EXPECT_EQ(gone(), Names{"a"});
  places_["a"].active();
  places_["a"].prove("k1");
  places_["a"].hold(5'000);
  places_["a"].leave();
  EXPECT_EQ(table_.size(), 4U);
  EXPECT_EQ(table_.held_bytes(), 0U);
  EXPECT_EQ(gone(), Names{}) << "told once";
}

TEST_F(ConnectionTables, APlaceMovesToANewOwner) {
  enter("a");
  ConnectionPlace moved = std::move(places_["a"]);
  moved.on_close([this] { gone_.emplace_back("moved"); });
  for (const char* name : {"b", "c", "d", "e"}) enter(name);
  EXPECT_EQ(gone(), Names{"moved"});
}

TEST_F(ConnectionTables, OutOfDescriptorsTheSilentGoAndTheDoorWaitsLonger) {
  for (const char* name : {"a", "b"}) enter(name);
  const auto first = table_.accept_failed(EMFILE, 1);
  EXPECT_EQ(gone(), Names{"a"});
  EXPECT_GT(table_.accept_failed(ENFILE, 2), first);
  EXPECT_EQ(gone(), Names{"b"});
  EXPECT_EQ(table_.accept_failed(EMFILE, 1'000'000), table_.accept_failed(EMFILE, 100)) << "there is a longest wait";
  enter("c");
  table_.accept_failed(ECONNABORTED, 1);
  EXPECT_EQ(gone(), Names{}) << "that one is its peer's business";
}

class FreshConnections : public ConnectionTables {
 protected:
  FreshConnections()
      : ConnectionTables(
            {.connections = 3, .unproven = 2, .grace = std::chrono::hours(1), .grace_before_first_word = std::chrono::hours(1)}) {}
};

TEST_F(FreshConnections, KeepTheirPlacesAndNewcomersWaitBeforeTheDoor) {
  EXPECT_TRUE(table_.ready());
  enter("a");
  enter("b");
  EXPECT_FALSE(table_.ready()) << "both came just now";
  EXPECT_GT(table_.wait().count(), 0);
  EXPECT_LE(table_.wait(), std::chrono::milliseconds(10)) << "a place may be left any time";
  places_["a"].prove("k1");
  EXPECT_TRUE(table_.ready()) << "one of them needs no such place any more";
  enter("c");
  EXPECT_FALSE(table_.ready());
  places_["b"].leave();
  EXPECT_TRUE(table_.ready());
  EXPECT_EQ(gone(), Names{});
}

TEST_F(FreshConnections, DoorsThatAskAtOnceStillFindAPlace) {
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(enter(name));
  EXPECT_EQ(gone(), Names{"a"});
}

class MuteConnections : public ConnectionTables {
 protected:
  MuteConnections()
      : ConnectionTables(
            {.connections = 6, .unproven = 3, .grace = std::chrono::hours(1), .grace_before_first_word = std::chrono::milliseconds(0)}) {}
};

TEST_F(MuteConnections, MakeRoomAtOnceAndThoseWhoHaveSaidSomethingLater) {
  for (const char* name : {"a", "b", "c"}) enter(name);
  EXPECT_TRUE(table_.ready());
  places_["a"].heard();
  EXPECT_TRUE(enter("d"));
  EXPECT_EQ(gone(), Names{"b"}) << "longer here than c, and never a word";
  places_["c"].active();
  places_["d"].heard();
  EXPECT_FALSE(table_.ready()) << "everybody has said something a moment ago";
}

TEST_F(ConnectionTables, AWordThatIsNeverFinishedKeepsNoPlace) {
  for (const char* name : {"a", "b", "c", "d"}) {
    enter(name);
    places_[name].heard();
  }
  places_["a"].heard();
  EXPECT_TRUE(enter("e"));
  EXPECT_EQ(gone(), Names{"a"}) << "its second byte is no news";
}

TEST(ConnectionTable, WhoHasBeenSilentForLongEnoughMakesRoom) {
  ConnectionTable table({.connections = 3, .unproven = 1, .grace = std::chrono::milliseconds(0)});
  ConnectionPlace place = table.enter([] {});
  place.active();
  EXPECT_TRUE(table.ready());
}

TEST(ConnectionTable, MeasuresSilenceByTheClockItIsGiven) {
  constexpr std::chrono::hours kGrace{1};
  test::ManualTime time;
  ConnectionTable table({.connections = 3, .unproven = 1, .grace = kGrace, .grace_before_first_word = kGrace}, &time);
  ConnectionPlace place = table.enter([] {});
  time.pass(kGrace - std::chrono::nanoseconds(1));
  EXPECT_FALSE(table.ready());
  time.pass(std::chrono::nanoseconds(1));
  EXPECT_TRUE(table.ready());
  place.active();
  EXPECT_FALSE(table.ready());
  time.pass(kGrace);
  EXPECT_TRUE(table.ready());
}

TEST_F(ConnectionTables, WorkTakesTurnsByKey) {
  boost::asio::io_context io;
  std::string done;
  for (const char* name : {"a", "b", "c"}) enter(name);
  places_["a"].prove("k1");
  places_["b"].prove("k1");
  for (const char* name : {"a", "b", "a", "c"}) places_[name].take_turn(io.get_executor(), [&done, name] { done += name; });
  EXPECT_EQ(done, "a");
  io.run();
  EXPECT_EQ(done, "acba") << "c is somebody else than k1, whose connections share its turns";
  io.restart();
  places_["c"].leave();
  places_["c"].take_turn(io.get_executor(), [&done] { done += "!"; });
  EXPECT_EQ(done, "acba!") << "without a place there is nothing to share";
}

TEST(ConnectionTable, PlacesMayOutliveIt) {
  auto table = std::make_unique<ConnectionTable>();
  ConnectionPlace place = table->enter([] {});
  place.prove("k");
  table.reset();
  place.active();
  place.prove("k2");
  place.hold(1);
  place.leave();
}

TEST(ConnectionTable, KnowsHowManyFilesThereMayBe) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto limits = ConnectionTableLimits::of_this_process();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(limits.connections, 192U);
  EXPECT_LT(limits.unproven, limits.connections);
  EXPECT_LT(limits.of_one_key, limits.connections);
}

}  // namespace
}  // namespace marginfix
