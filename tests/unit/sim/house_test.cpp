// House accounts and the seeded past: markets that move, the same by the same seed.
#include <algorithm>
#include <set>

#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct House {
  explicit House(std::uint64_t seed = 1, bool past = false) {
    ExchangeOptions o;
    o.seed = seed;
    o.past = past;
    exchange.emplace(o);
    exchange->add_listener(events);
    exchange->open(kStart).value();
  }
  void run(seconds for_how_long) {
    const Timestamp until = exchange->now() + for_how_long;
    for (Timestamp t = exchange->now(); t <= until; t += milliseconds(100)) exchange->step(t);
  }
  Recorder events;
  std::optional<Exchange> exchange;
};

TEST(SimHouse, KeepsTenLevelsASideInAtLeastFiveMarketsAndLeavesTheQuietOneAlone) {
  House house;
  for (int minute = 0; minute < 3; ++minute) {
    int active = 0;
    for (MarketNo m = 0; m < house.exchange->market_count(); ++m) {
      const auto bids = house.exchange->depth(m, Side::Buy).size();
      const auto asks = house.exchange->depth(m, Side::Sell).size();
      if (m == house.exchange->quiet_market()) {
        EXPECT_EQ(bids + asks, 0U);
      } else if (house.exchange->market(m).status == MarketStatus::Active) {
        EXPECT_GE(bids, 10U);
        EXPECT_GE(asks, 10U);
        ++active;
      }
    }
    EXPECT_GE(active, 5);
    house.run(seconds(20));
    EXPECT_TRUE(house.exchange->check().empty());
  }
}

TEST(SimHouse, MakesAboutTwentyEventsASecond) {
  House house;
  house.events.clear();
  house.run(seconds(60));
  const std::size_t events = house.events.levels.size() + house.events.trades.size();
  EXPECT_GT(events, 60U * 10);
  EXPECT_LT(events, 60U * 80);
  EXPECT_GT(house.events.trades.size(), 30U);
  std::set<MarketNo> traded;
  for (const auto& t : house.events.trades) traded.insert(t.market);
  EXPECT_GE(traded.size(), 5U);
}

TEST(SimHouse, PricesMoveAndStayNearWhereTheyBegan) {
  House house;
  const auto start = house.exchange->market(0).reference_price;
  std::set<DollarDecimal> seen;
  for (int i = 0; i < 20; ++i) {
    house.run(seconds(10));
    seen.insert(house.exchange->market(0).reference_price);
  }
  EXPECT_GT(seen.size(), 10U);
  house.exchange->advance(hours(24 * 7));
  const auto price = house.exchange->market(0).reference_price;
  EXPECT_GT(price * 2, start);
  EXPECT_LT(price, start * 2);
  EXPECT_GE(house.exchange->depth(0, Side::Buy).size(), 10U);
}

TEST(SimHouse, IsTheSameBySeedAndAnotherByAnotherSeed) {
  House a(5), b(5), c(6);
  a.run(seconds(20));
  for (Timestamp t = kStart; t <= kStart + seconds(20); t += milliseconds(7)) b.exchange->step(t);
  b.exchange->step(kStart + seconds(20));
  c.run(seconds(20));
  EXPECT_EQ(a.events.digest, b.events.digest) << "however the time is cut into steps";
  EXPECT_NE(a.events.digest, c.events.digest);
}

TEST(SimHouse, CanBeSwitchedOffAndOn) {
  House house;
  house.exchange->set_house(false);
  EXPECT_TRUE(house.exchange->depth(0, Side::Buy).empty());
  EXPECT_EQ(house.exchange->next_timer(), kStart + hours(2)) << "the settlement at noon Eastern, and nothing before";
  house.exchange->set_house(true);
  EXPECT_GE(house.exchange->depth(0, Side::Buy).size(), 10U);
  EXPECT_TRUE(house.exchange->check().empty());
}

TEST(SimHouse, TradesWithUsersAndComesBack) {
  House house;
  house.exchange->create_account({"alice", {{"a-key", KeyScope::Trading}}, false, {usd("1000000")}});
  NewOrder o;
  o.cl_ord_id = "a1";
  o.symbol = kMarket;
  o.quantity = lots(20'000);
  o.price = usd("6.4000");
  o.time_in_force = TimeInForce::IOC;
  const auto out = house.exchange->submit({house.exchange->find_key("a-key")->key, Door::FixNR, {}, 0}, o);
  EXPECT_GT(out.filled, lots(100));
  EXPECT_TRUE(house.exchange->depth(0, Side::Sell).empty());
  house.run(seconds(10));
  EXPECT_GE(house.exchange->depth(0, Side::Sell).size(), 10U);
  EXPECT_TRUE(house.exchange->check().empty());
}

TEST(SimHouse, DoesNothingInAHaltedMarket) {
  House house;
  house.exchange->halt_market(0, true);
  house.events.clear();
  house.run(seconds(20));
  for (const auto& e : house.events.levels) EXPECT_NE(e.market, 0U);
}

TEST(SimHouse, ALongJumpIsLivedThroughInFewDecisions) {
  House house;
  house.events.clear();
  house.exchange->advance(hours(24));
  EXPECT_GT(house.events.trades.size(), 1'000U);
  EXPECT_LT(house.events.commands, 21'000U);
  const Timestamp next = house.exchange->next_timer().value();
  EXPECT_LE(next, kStart + milliseconds(50)) << "afterwards at the usual pace";
}

TEST(SimPast, ThreeDaysOfTradesLieBehindANewExchange) {
  House house(1, true);
  for (const MarketNo m : {MarketNo{0}, house.exchange->quiet_market()}) {
    const auto trades = house.exchange->trades(m, kStart - hours(73), kStart);
    EXPECT_GT(trades.size(), 20'000U);
    EXPECT_LT(trades.front().time, kStart - hours(71));
    EXPECT_LT(trades.back().time, kStart);
    EXPECT_TRUE(std::ranges::is_sorted(trades, {}, &TradeView::time));
    EXPECT_EQ(house.exchange->market(m).last_price.has_value(), true);
  }
  EXPECT_TRUE(house.exchange->trades(house.exchange->find_market("KXDOTPERP").value(), Timestamp{}, kStart).empty());
  const auto few = house.exchange->trades(0, kStart - hours(1), kStart, 5);
  EXPECT_EQ(few.size(), 5U);
  EXPECT_GE(few.front().time, kStart - hours(1));
}

TEST(SimPast, TradesGoOnAfterIt) {
  House house(1, true);
  house.run(seconds(120));
  std::size_t after = 0;
  for (MarketNo m = 0; m < house.exchange->market_count(); ++m) after += house.exchange->trades(m, kStart, house.exchange->now()).size();
  EXPECT_GE(house.events.trades.size(), after);
  EXPECT_GT(after, 0U);
}

}  // namespace
}  // namespace marginfix::sim
