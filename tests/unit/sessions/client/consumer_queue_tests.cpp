// ConsumerQueue: order, the policies at its bound, exceptions, the end.
#include "marginfix/sessions/consumer_queue.hpp"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace marginfix {
namespace {

// A consumer that stands still until it is let go, so that a queue is full when the test says so.
struct Gate {
  std::promise<void> entered, open;
  std::shared_future<void> opened{open.get_future().share()};
  std::vector<int> got;
  std::function<void(int&)> consumer() {
    return [this, first = true](int& item) mutable {
      if (std::exchange(first, false)) {
        entered.set_value();
        opened.wait();
      }
      got.push_back(item);
    };
  }
};

TEST(ConsumerQueue, ItemsComeInOrderAndDrainWaitsForAll) {
  std::vector<int> got;
  ConsumerQueue<int> queue(8, OverflowPolicy::wait, [&](int& item) { got.push_back(item); });
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(queue.push(i));
  queue.drain();
  ASSERT_EQ(got.size(), 1000U);
  EXPECT_EQ(got.front(), 0);
  EXPECT_EQ(got.back(), 999);
  EXPECT_LE(queue.high_water(), 8U);
}

TEST(ConsumerQueue, DropNewestRefusesWhatDoesNotFit) {
  Gate gate;
  ConsumerQueue<int> queue(2, OverflowPolicy::drop_newest, gate.consumer());
  EXPECT_TRUE(queue.push(1));
  gate.entered.get_future().wait();
  EXPECT_TRUE(queue.push(2));
  EXPECT_TRUE(queue.push(3));
  EXPECT_FALSE(queue.push(4));
  gate.open.set_value();
  queue.drain();
  EXPECT_EQ(gate.got, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST(ConsumerQueue, DropOldestMakesRoom) {
  Gate gate;
  ConsumerQueue<int> queue(2, OverflowPolicy::drop_oldest, gate.consumer());
  EXPECT_TRUE(queue.push(1));
  gate.entered.get_future().wait();
  for (int i = 2; i <= 5; ++i) EXPECT_TRUE(queue.push(i));
  gate.open.set_value();
  queue.drain();
  EXPECT_EQ(gate.got, (std::vector<int>{1, 4, 5}));
  EXPECT_EQ(queue.dropped(), 2U);
}

TEST(ConsumerQueue, ConflateReplacesTheNewestThatWaits) {
  Gate gate;
  ConsumerQueue<int> queue(2, OverflowPolicy::conflate, gate.consumer());
  EXPECT_TRUE(queue.push(1));
  gate.entered.get_future().wait();
  for (int i = 2; i <= 5; ++i) EXPECT_TRUE(queue.push(i));
  gate.open.set_value();
  queue.drain();
  EXPECT_EQ(gate.got, (std::vector<int>{1, 2, 5}));
  EXPECT_EQ(queue.dropped(), 2U);
}

TEST(ConsumerQueue, FailTakesNothingMoreOnceItWasFull) {
  Gate gate;
  ConsumerQueue<int> queue(2, OverflowPolicy::fail, gate.consumer());
  EXPECT_TRUE(queue.push(1));
  gate.entered.get_future().wait();
  EXPECT_TRUE(queue.push(2));
  EXPECT_TRUE(queue.push(3));
  EXPECT_FALSE(queue.push(4));
  gate.open.set_value();
  queue.drain();
  EXPECT_FALSE(queue.push(5)) << "there is room, and a hole before it";
  queue.drain();
  EXPECT_EQ(gate.got, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(queue.dropped(), 1U);
}

TEST(ConsumerQueue, WaitMakesTheProducerWait) {
  Gate gate;
  ConsumerQueue<int> queue(1, OverflowPolicy::wait, gate.consumer());
  EXPECT_TRUE(queue.push(1));
  gate.entered.get_future().wait();
  EXPECT_TRUE(queue.push(2));
  auto blocked = std::async(std::launch::async, [&] { return queue.push(3); });
  EXPECT_EQ(blocked.wait_for(std::chrono::milliseconds{20}), std::future_status::timeout);
  gate.open.set_value();
  EXPECT_TRUE(blocked.get());
  queue.drain();
  EXPECT_EQ(gate.got, (std::vector<int>{1, 2, 3}));
}

TEST(ConsumerQueue, AnExceptionIsCountedAndTheNextItemComes) {
  int got = 0;
  ConsumerQueue<int> queue(4, OverflowPolicy::wait, [&](int& item) {
    if (item == 1) throw std::runtime_error("user's");
    ++got;
  });
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  queue.drain();
  EXPECT_EQ(got, 1);
  EXPECT_EQ(queue.failed(), 1U);
}

TEST(ConsumerQueue, DestructionConsumesWhatWasPushed) {
  std::vector<int> got;
  {
    ConsumerQueue<int> queue(100, OverflowPolicy::wait, [&](int& item) { got.push_back(item); });
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(queue.push(i));
  }
  EXPECT_EQ(got.size(), 100U);
}

}  // namespace
}  // namespace marginfix
