// The order book: snapshots, absolute levels, deltas, staleness, and readers on other threads.
#include "marginfix/domain/order_book.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace marginfix {
namespace {

DollarDecimal px(const char* text) { return DollarDecimal::parse(text).value(); }
FixedPointCount contracts(const char* text) { return FixedPointCount::parse(text).value(); }
BookLevel level(const char* price, const char* size) { return {px(price), contracts(size)}; }
Timestamp at(int ms) { return Timestamp{std::chrono::milliseconds{ms}}; }

OrderBook sample() {
  OrderBook book("KXBTCPERP");
  const BookLevel bids[] = {level("6.2500", "10"), level("6.2400", "20"), level("6.2550", "5")};
  const BookLevel asks[] = {level("6.2700", "7"), level("6.2600", "3")};
  book.apply_snapshot(bids, asks, at(1));
  return book;
}

TEST(OrderBook, IsStaleAndEmptyUntilASnapshot) {
  OrderBook book("X");
  EXPECT_TRUE(book.stale());
  EXPECT_EQ(book.stale_reason(), StaleReason::no_snapshot);
  EXPECT_FALSE(book.best_bid());
  EXPECT_FALSE(book.mid());
  book.apply_snapshot({}, {}, at(5));
  EXPECT_FALSE(book.stale());
  EXPECT_TRUE(book.empty());
}

TEST(OrderBook, GivesBestLevelsDepthMidAndSpread) {
  const OrderBook book = sample();
  EXPECT_EQ(book.best_bid(), level("6.2550", "5"));
  EXPECT_EQ(book.best_ask(), level("6.2600", "3"));
  EXPECT_EQ(book.depth(BookSide::bid, 2), (std::vector<BookLevel>{level("6.2550", "5"), level("6.2500", "10")}));
  EXPECT_EQ(book.depth(BookSide::ask, 9), (std::vector<BookLevel>{level("6.2600", "3"), level("6.2700", "7")}));
  EXPECT_EQ(book.mid(), px("6.2575"));
  EXPECT_EQ(book.spread(), px("0.0050"));
  EXPECT_EQ(book.total_size(BookSide::bid, 2), contracts("15"));
  EXPECT_FALSE(book.crossed());
}

TEST(OrderBook, SnapshotMergesEqualPricesByTheLaterOneAndLeavesZerosOut) {
  OrderBook book("X");
  const BookLevel bids[] = {level("1", "5"), level("2", "1"), level("1", "7"), level("3", "0")};
  book.apply_snapshot(bids, {}, at(1));
  EXPECT_EQ(book.depth(BookSide::bid, 9), (std::vector<BookLevel>{level("2", "1"), level("1", "7")}));
}

TEST(OrderBook, ASnapshotWithANegativeSizeIsNoBook) {
  OrderBook book = sample();
  const BookLevel bids[] = {level("1", "5"), level("2", "-0.01")};
  book.apply_snapshot(bids, {}, at(7));
  EXPECT_TRUE(book.empty());
  EXPECT_EQ(book.stale_reason(), StaleReason::negative_level);
  EXPECT_EQ(book.stale_since(), at(7));
}

TEST(OrderBook, AbsoluteLevelsInsertChangeRemove) {
  OrderBook book = sample();
  EXPECT_EQ(book.set_level(BookSide::bid, px("6.2560"), contracts("1"), at(2)), LevelChange::inserted);
  EXPECT_EQ(book.best_bid(), level("6.2560", "1"));
  EXPECT_EQ(book.set_level(BookSide::bid, px("6.2560"), contracts("4"), at(3)), LevelChange::changed);
  EXPECT_EQ(book.set_level(BookSide::bid, px("6.2560"), contracts("4"), at(3)), LevelChange::none);
  EXPECT_EQ(book.delete_level(BookSide::bid, px("6.2560"), at(4)), LevelChange::removed);
  EXPECT_EQ(book.delete_level(BookSide::bid, px("6.2560"), at(4)), LevelChange::missing);
  EXPECT_EQ(book.best_bid(), level("6.2550", "5"));
  EXPECT_EQ(book.updated_at(), at(4));
  EXPECT_FALSE(book.exchange_time()) << "nobody said";
  book.set_exchange_time(at(3));
  EXPECT_EQ(book.exchange_time(), at(3));
  book.apply_snapshot({}, {}, at(5));
  EXPECT_FALSE(book.exchange_time()) << "a snapshot has a time of its own";
}

TEST(OrderBook, DeltasAddUpAndALevelBelowZeroMakesTheBookStale) {
  OrderBook book = sample();
  EXPECT_EQ(book.add_delta(BookSide::ask, px("6.2600"), contracts("2"), at(2)), LevelChange::changed);
  EXPECT_EQ(book.size_at(BookSide::ask, px("6.2600")), contracts("5"));
  EXPECT_EQ(book.add_delta(BookSide::ask, px("6.2600"), -contracts("5"), at(3)), LevelChange::removed);
  EXPECT_EQ(book.best_ask(), level("6.2700", "7"));
  EXPECT_EQ(book.add_delta(BookSide::ask, px("6.2700"), -contracts("7.01"), at(4)), LevelChange::negative);
  EXPECT_EQ(book.stale_reason(), StaleReason::negative_level);
  EXPECT_EQ(book.stale_since(), at(4));
  EXPECT_TRUE(book.empty());
}

TEST(OrderBook, FirstReasonOfStalenessStandsUntilTheNextSnapshot) {
  OrderBook book = sample();
  book.mark_stale(StaleReason::disconnected, at(10));
  book.mark_stale(StaleReason::gap, at(20));
  EXPECT_EQ(book.stale_reason(), StaleReason::disconnected);
  EXPECT_EQ(book.stale_since(), at(10));
  EXPECT_EQ(book.set_level(BookSide::bid, px("1"), contracts("1"), at(21)), LevelChange::inserted);
  EXPECT_TRUE(book.stale());
  book.apply_snapshot({}, {}, at(30));
  EXPECT_FALSE(book.stale());
}

TEST(OrderBook, NoticesCrossedAndLockedBooks) {
  OrderBook book = sample();
  book.set_level(BookSide::bid, px("6.2600"), contracts("1"), at(2));
  EXPECT_TRUE(book.locked());
  EXPECT_FALSE(book.crossed());
  book.set_level(BookSide::bid, px("6.2650"), contracts("1"), at(3));
  EXPECT_TRUE(book.crossed());
}

TEST(OrderBook, MidOfExtremePricesDoesNotOverflow) {
  OrderBook book("X");
  const auto top = DollarDecimal::from_units(std::numeric_limits<std::int64_t>::max());
  const BookLevel side[] = {{top, contracts("1")}};
  book.apply_snapshot(side, side, at(1));
  EXPECT_EQ(book.mid(), top);
}

TEST(OrderBook, AgreesWithAMapOverRandomUpdates) {
  std::mt19937 random(20261122);
  OrderBook book("X");
  book.apply_snapshot({}, {}, at(0));
  std::map<std::int64_t, std::int64_t> truth[2];
  for (int i = 0; i < 20'000; ++i) {
    const auto side = random() % 2 == 0 ? BookSide::bid : BookSide::ask;
    auto& levels = truth[static_cast<std::size_t>(side)];
    const std::int64_t price = static_cast<std::int64_t>(random() % 60) * 100;
    const std::int64_t size = static_cast<std::int64_t>(random() % 4) * 100;
    book.set_level(side, DollarDecimal::from_units(price), FixedPointCount::from_units(size), at(i));
    if (size == 0)
      levels.erase(price);
    else
      levels[price] = size;
  }
  std::vector<BookLevel> bids, asks;
  for (auto it = truth[0].rbegin(); it != truth[0].rend(); ++it)
    bids.push_back({DollarDecimal::from_units(it->first), FixedPointCount::from_units(it->second)});
  for (const auto& [price, size] : truth[1]) asks.push_back({DollarDecimal::from_units(price), FixedPointCount::from_units(size)});
  EXPECT_EQ(book.depth(BookSide::bid, 100), bids);
  EXPECT_EQ(book.depth(BookSide::ask, 100), asks);
}

// Each write moves one contract from the bid to the ask level: every copy must add up.
TEST(SharedOrderBook, ReadersNeverSeeHalfAnUpdate) {
  SharedOrderBook shared("X");
  const BookLevel bid[] = {level("1", "5000")};
  const BookLevel ask[] = {level("2", "5000")};
  shared.write([&](OrderBook& book) { book.apply_snapshot(bid, ask, at(0)); });
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 0; i < 4000; ++i) {
      shared.write([&](OrderBook& book) {
        book.add_delta(BookSide::bid, px("1"), -contracts("1"), at(i));
        book.add_delta(BookSide::ask, px("2"), contracts("1"), at(i));
      });
    }
    stop = true;
  });
  while (!stop) {
    const OrderBook book = shared.copy();
    ASSERT_EQ(book.total_size(BookSide::bid, 9) + book.total_size(BookSide::ask, 9), contracts("10000"));
  }
  writer.join();
  EXPECT_EQ(shared.copy().size_at(BookSide::ask, px("2")), contracts("9000"));
}

}  // namespace
}  // namespace marginfix
