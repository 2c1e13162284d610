// The bounded way from the feeds to the writer: in order, nobody waits, nothing is left out unsaid.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "services/reconcile/feeds/record_queue.hpp"

namespace marginfix::reconcile {
namespace {

using std::chrono::milliseconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HandClock final : public Clock {
 public:
  Timestamp now() const override { return at; }
  Timestamp at{std::chrono::hours(1)};
};

TEST(RecordQueue, GivesWhatCameInItsOrder) {
  RecordQueue queue;
  EXPECT_TRUE(queue.put(RecordKind::fix, Source::listener, "alice", "1"));
  EXPECT_TRUE(queue.put(RecordKind::rest, Source::rest, "bob", "2"));
  const auto batch = queue.take(milliseconds(0));
  ASSERT_THAT(batch, SizeIs(2));
  EXPECT_EQ(batch[0].body, "1");
  EXPECT_EQ(batch[1].account, "bob");
  EXPECT_THAT(queue.take(milliseconds(0)), IsEmpty());
}

TEST(RecordQueue, ItsTimesNeverRunBackwards) {
  HandClock clock;
  RecordQueueOptions options;
  options.clock = &clock;
  RecordQueue queue(options);
  queue.put(RecordKind::fix, Source::listener, "alice", "1");
  clock.at -= std::chrono::minutes(5);
  queue.put(RecordKind::fix, Source::listener, "alice", "2");
  const auto batch = queue.take(milliseconds(0));
  EXPECT_EQ(batch[0].received, batch[1].received);
}

TEST(RecordQueue, WhatHasNoRoomMakesItsSourceUnknownOnceAndIsCounted) {
  RecordQueueOptions options;
  options.records = 2;
  RecordQueue queue(options);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(queue.put(RecordKind::fix, Source::listener, "alice", "kept"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(queue.put(RecordKind::fix, Source::listener, "alice", "lost"));
  EXPECT_FALSE(queue.put(RecordKind::ws, Source::websocket, "alice", "lost"));
  EXPECT_TRUE(queue.put(RecordKind::gap_opened, Source::listener, "alice", "1\n\nroom is always there for this"));
  const auto batch = queue.take(milliseconds(0));
  ASSERT_THAT(batch, SizeIs(5));
  EXPECT_EQ(batch[2].kind, RecordKind::source_state);
  EXPECT_EQ(batch[2].source, Source::listener);
  EXPECT_TRUE(batch[2].body.starts_with("unknown\n"));
  EXPECT_EQ(batch[3].source, Source::websocket);
  EXPECT_EQ(batch[4].kind, RecordKind::gap_opened);
  EXPECT_EQ(queue.dropped(), 4U);
  const auto lost = queue.left_out();
  ASSERT_THAT(lost, SizeIs(2));
  EXPECT_EQ(lost[0].source, Source::listener);
  EXPECT_EQ(lost[0].records, 3U);
  EXPECT_THAT(queue.left_out(), IsEmpty());
  EXPECT_TRUE(queue.put(RecordKind::fix, Source::listener, "alice", "there is room again"));
}

TEST(RecordQueue, BoundsBytesToo) {
  RecordQueueOptions options;
  options.bytes = 10'000;
  RecordQueue queue(options);
  EXPECT_TRUE(queue.put(RecordKind::rest, Source::rest, "alice", std::string(9'000, 'x')));
  EXPECT_FALSE(queue.put(RecordKind::rest, Source::rest, "alice", std::string(9'000, 'x')));
  queue.take(milliseconds(0));
  EXPECT_TRUE(queue.put(RecordKind::rest, Source::rest, "alice", std::string(9'000, 'x')));
}

TEST(RecordQueue, ABatchThatCameBackIsTheNext) {
  RecordQueue queue;
  queue.put(RecordKind::fix, Source::listener, "alice", "1");
  queue.put(RecordKind::fix, Source::listener, "alice", "2");
  auto batch = queue.take(milliseconds(0), 1);
  queue.give_back(std::move(batch));
  batch = queue.take(milliseconds(0));
  ASSERT_THAT(batch, SizeIs(2));
  EXPECT_EQ(batch[0].body, "1");
}

TEST(RecordQueue, WakesWhoWaits) {
  RecordQueue queue;
  std::thread feed([&] { queue.put(RecordKind::fix, Source::listener, "alice", "1"); });
  EXPECT_THAT(queue.take(std::chrono::seconds(30)), SizeIs(1));
  feed.join();
}

TEST(RecordQueue, WhatCanWaitWaitsUntilHalfOfTheRoomIsFree) {
  RecordQueueOptions options;
  options.records = 4;
  RecordQueue queue(options);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.put(RecordKind::fix, Source::listener, "alice", "kept"));
  std::thread file([&] { EXPECT_TRUE(queue.put_patiently(RecordKind::firm_row, Source::firm, "alice", "a row", [] { return false; })); });
  EXPECT_TRUE(queue.put(RecordKind::fix, Source::listener, "alice", "who cannot wait finds room"));
  std::size_t taken = 0;
  while (taken < 5) taken += queue.take(std::chrono::seconds(30), 1).size();
  file.join();
  EXPECT_EQ(queue.dropped(), 0U);
}

TEST(RecordQueue, WhoWaitsForRoomMayGiveUp) {
  RecordQueueOptions options;
  options.records = 1;
  RecordQueue queue(options);
  EXPECT_TRUE(queue.put(RecordKind::fix, Source::listener, "alice", "1"));
  EXPECT_FALSE(queue.put_patiently(RecordKind::firm_row, Source::firm, "alice", "a row", [] { return true; }));
  EXPECT_EQ(queue.dropped(), 0U);
  EXPECT_EQ(queue.waiting(), 1U);
}

}  // namespace
}  // namespace marginfix::reconcile
