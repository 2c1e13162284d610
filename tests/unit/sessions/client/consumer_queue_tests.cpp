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

// Of six items into a queue of two whose consumer stands still at the first: which are taken, which are consumed.
struct Overflow {
  const char* name;
  OverflowPolicy policy;
  std::vector<bool> taken;  // 2 to 5, pushed while it stands still
  bool taken_later;         // 6, when there is room again
  std::vector<int> got;
  std::uint64_t dropped;
};

class ConsumerQueueOverflow : public testing::TestWithParam<Overflow> {};
INSTANTIATE_TEST_SUITE_P(
    Policies, ConsumerQueueOverflow,
    testing::Values(Overflow{"DropNewest", OverflowPolicy::drop_newest, {true, true, false, false}, true, {1, 2, 3, 6}, 2},
                    Overflow{"DropOldest", OverflowPolicy::drop_oldest, {true, true, true, true}, true, {1, 4, 5, 6}, 2},
                    Overflow{"Conflate", OverflowPolicy::conflate, {true, true, true, true}, true, {1, 2, 5, 6}, 2},
                    Overflow{
                        "Fail", OverflowPolicy::fail, {true, true, false, false}, false, {1, 2, 3}, 1}),  // one refused, then it is over
    [](const auto& test) { return test.param.name; });

TEST_P(ConsumerQueueOverflow, TakesAndDropsAsItsPolicySays) {
  const Overflow& expected = GetParam();
  Gate gate;
  ConsumerQueue<int> queue(2, expected.policy, gate.consumer());
  EXPECT_TRUE(queue.push(1));
  gate.entered.get_future().wait();
  int item = 2;
  for (const bool taken : expected.taken) {
    EXPECT_EQ(queue.push(item), taken) << item;
    ++item;
  }
  gate.open.set_value();
  queue.drain();
  EXPECT_EQ(queue.push(item), expected.taken_later);
  queue.drain();
  EXPECT_EQ(gate.got, expected.got);
  EXPECT_EQ(queue.dropped(), expected.dropped);
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
