// What handles read and do from other threads while the I/O thread works: consistent books, no race (run this under TSan).
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "unit/ws/harness.hpp"

namespace marginfix::ws::test {
namespace {

std::string numbered(const char* before, std::int64_t n, const std::string& after) { return before + std::to_string(n) + after; }

// Both sides of a snapshot carry the same size: a copy that mixes two snapshots shows.
std::string snapshot(std::int64_t seq, int size) {
  const std::string n = std::to_string(size);
  return numbered(R"({"type":"orderbook_snapshot","sid":1,"seq":)", seq,
                  R"(,"msg":{"market_ticker":"A","bid":[["1.0000",")" + n + R"("],["0.5000","1000"]],"ask":[["2.0000",")" + n + R"("]]}})");
}
std::string delta(std::int64_t seq) {
  return numbered(R"({"type":"orderbook_delta","sid":1,"seq":)", seq,
                  R"(,"msg":{"market_ticker":"A","price":"0.5000","delta":"1.00","side":"bid","ts_ms":1}})");
}

class Threads : public Harness {
 protected:
  void confirm(std::int64_t id) {
    frame(numbered(R"({"type":"subscribed","id":)", id, R"(,"msg":{"channel":"orderbook_delta","sid":1}})"));
  }
};

TEST_F(Threads, ReadersSeeWholeBooksOrStaleOnesThroughGapsFaultsAndOutages) {
  connect();
  const auto s = subscribe({.channel = Channel::orderbook_delta, .market_tickers = {"A"}});
  confirm(1);
  const Subscription handle(s);
  const auto book = handle.book("A");
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> fresh{0}, torn{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const OrderBook copy = book->copy();
        const auto bid = copy.best_bid(), ask = copy.best_ask();
        if (!copy.stale()) {
          ++fresh;
          if (!bid || !ask || bid->size != ask->size || copy.crossed()) ++torn;
        }
        (void)handle.statistics();
        (void)handle.sid();
        (void)handle.state();
        (void)handle.market_tickers();
        if (handle.book("A") != book) ++torn;
      }
    });
  }
  std::int64_t seq = 0;
  for (int round = 1; round <= 300 || fresh < 100; ++round) {
    frame(snapshot(++seq, round));
    for (int i = 0; i < 5; ++i) frame(delta(++seq));
    if (round % 3 == 0) {  // a gap
      frame(delta(seq += 2));
    }
    if (round % 10 == 0) {
      disconnect();
      connect();
      confirm(static_cast<std::int64_t>(sent.size()));
      seq = 0;
    }
  }
  done = true;
  for (std::thread& one : readers) one.join();
  EXPECT_EQ(torn, 0U);
  EXPECT_GE(fresh, 100U);
  EXPECT_GT(s->statistics().gaps, 0U);
  EXPECT_GT(s->statistics().outages, 0U);
}

// A stream read from a thread of its own while frames come; the policy that waits loses nothing.
TEST_F(Threads, AStreamIsReadFromAnotherThread) {
  connect();
  const auto made = all->make({{.channel = Channel::trade, .queue_size = 8}});
  all->start(made, now());
  frame(R"({"type":"subscribed","id":1,"msg":{"channel":"trade","sid":1}})");
  constexpr std::int64_t kTrades = 2'000;
  std::atomic<std::int64_t> in_order{0};
  std::thread consumer([&] {
    Subscription handle(made[0]);
    while (true) {
      const auto event = handle.next(boost::asio::use_future).get();
      if (!event || event->kind == EventKind::ended) return;
      if (event->kind == EventKind::data && event->frame.seq == in_order + 1) ++in_order;
    }
  });
  for (std::int64_t seq = 1; seq <= kTrades; ++seq) {
    frame(numbered(R"({"type":"trade","sid":1,"seq":)", seq,
                   R"(,"msg":{"trade_id":"t","market_ticker":"X","price":"1.0000","count":"2.00","taker_side":"ask","ts_ms":9}})"));
  }
  all->on_end(std::nullopt, now());
  // The reader's calls are completed on the I/O context: it runs until the reader has had the end, which may be before the thread begins.
  io.restart();
  std::thread io_thread([this] {
    const auto work = boost::asio::make_work_guard(io);
    io.run();
  });
  consumer.join();
  io.stop();
  io_thread.join();
  EXPECT_EQ(in_order, kTrades);
}

}  // namespace
}  // namespace marginfix::ws::test
