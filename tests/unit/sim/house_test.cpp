// House accounts and the seeded past: markets that move, the same by the same seed.
#include <algorithm>
#include <set>

#include "sim/exchange/commands/accounts.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/commands/orders.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct HouseAtWork {
  explicit HouseAtWork(std::uint64_t seed = 1, bool past = false) {
    ExchangeOptions o;
    o.seed = seed;
    o.past = past;
    exchange.emplace(o);
    exchange->add_sink(events);
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
  HouseAtWork house;
  for (int minute = 0; minute < 3; ++minute) {
    int active = 0;
    for (MarketNo m = 0; m < views::market_count(house.exchange->state()); ++m) {
      const auto bids = views::depth(house.exchange->state(), m, Side::Buy).size();
      const auto asks = views::depth(house.exchange->state(), m, Side::Sell).size();
      if (m == views::quiet_market(house.exchange->state())) {
        EXPECT_EQ(bids + asks, 0U);
      } else if (views::market(house.exchange->state(), m).status == MarketStatus::Active) {
        EXPECT_GE(bids, 10U);
        EXPECT_GE(asks, 10U);
        ++active;
      }
    }
    EXPECT_GE(active, 5);
    house.run(seconds(20));
    EXPECT_TRUE(views::check(house.exchange->state()).empty());
  }
}

TEST(SimHouse, MakesAboutTwentyEventsASecond) {
  HouseAtWork house;
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
  HouseAtWork house;
  const auto start = views::market(house.exchange->state(), 0).reference_price;
  std::set<DollarDecimal> seen;
  for (int i = 0; i < 20; ++i) {
    house.run(seconds(10));
    seen.insert(views::market(house.exchange->state(), 0).reference_price);
  }
  EXPECT_GT(seen.size(), 10U);
  house.exchange->advance(hours(24 * 7));
  const auto price = views::market(house.exchange->state(), 0).reference_price;
  EXPECT_GT(price * 2, start);
  EXPECT_LT(price, start * 2);
  EXPECT_GE(views::depth(house.exchange->state(), 0, Side::Buy).size(), 10U);
}

TEST(SimHouse, IsTheSameBySeedAndAnotherByAnotherSeed) {
  HouseAtWork a(5), b(5), c(6);
  a.run(seconds(20));
  for (Timestamp t = kStart; t <= kStart + seconds(20); t += milliseconds(7)) b.exchange->step(t);
  b.exchange->step(kStart + seconds(20));
  c.run(seconds(20));
  EXPECT_EQ(a.events.digest, b.events.digest) << "however the time is cut into steps";
  EXPECT_NE(a.events.digest, c.events.digest);
}

TEST(SimHouse, CanBeSwitchedOffAndOn) {
  HouseAtWork house;
  house.exchange->run(commands::SetHouse{false});
  EXPECT_TRUE(views::depth(house.exchange->state(), 0, Side::Buy).empty());
  EXPECT_EQ(house.exchange->next_timer(), kStart + hours(2)) << "the settlement at noon Eastern, and nothing before";
  house.exchange->run(commands::SetHouse{true});
  EXPECT_GE(views::depth(house.exchange->state(), 0, Side::Buy).size(), 10U);
  EXPECT_TRUE(views::check(house.exchange->state()).empty());
}

TEST(SimHouse, TradesWithUsersAndComesBack) {
  HouseAtWork house;
  house.exchange->run(commands::CreateAccount{{"alice", {{"a-key", KeyScope::Trading}}, false, {usd("1000000")}}});
  NewOrder o;
  o.cl_ord_id = "a1";
  o.symbol = kMarket;
  o.quantity = lots(20'000);
  o.price = usd("6.4000");
  o.time_in_force = TimeInForce::IOC;
  const auto out = house.exchange->run(commands::Submit{{views::find_key(house.exchange->state(), "a-key")->key, Door::FixNR, {}, 0}, o});
  EXPECT_GT(out.filled, lots(100));
  EXPECT_TRUE(views::depth(house.exchange->state(), 0, Side::Sell).empty());
  house.run(seconds(10));
  EXPECT_GE(views::depth(house.exchange->state(), 0, Side::Sell).size(), 10U);
  EXPECT_TRUE(views::check(house.exchange->state()).empty());
}

TEST(SimHouse, DoesNothingInAHaltedMarket) {
  HouseAtWork house;
  house.exchange->run(commands::Halt{0, true});
  house.events.clear();
  house.run(seconds(20));
  for (const auto& e : house.events.levels) EXPECT_NE(e.market, 0U);
}

TEST(SimHouse, ALongJumpIsLivedThroughInFewDecisions) {
  HouseAtWork house;
  house.events.clear();
  house.exchange->advance(hours(24));
  EXPECT_GT(house.events.trades.size(), 1'000U);
  EXPECT_LT(house.events.commands, 21'000U);
  const Timestamp next = house.exchange->next_timer().value();
  EXPECT_LE(next, kStart + milliseconds(50)) << "afterwards at the usual pace";
}

TEST(SimPast, ThreeDaysOfTradesLieBehindANewExchange) {
  HouseAtWork house(1, true);
  for (const MarketNo m : {MarketNo{0}, views::quiet_market(house.exchange->state())}) {
    const auto trades = views::trades(house.exchange->state(), m, kStart - hours(73), kStart);
    EXPECT_GT(trades.size(), 20'000U);
    EXPECT_LT(trades.front().time, kStart - hours(71));
    EXPECT_LT(trades.back().time, kStart);
    EXPECT_TRUE(std::ranges::is_sorted(trades, {}, &TradeView::time));
    EXPECT_EQ(views::market(house.exchange->state(), m).last_price.has_value(), true);
  }
  EXPECT_TRUE(views::trades(house.exchange->state(), views::find_market(house.exchange->state(), "KXDOTPERP").value(), Timestamp{}, kStart)
                  .empty());
  const auto few = views::trades(house.exchange->state(), 0, kStart - hours(1), kStart, 5);
  EXPECT_EQ(few.size(), 5U);
  EXPECT_GE(few.front().time, kStart - hours(1));
}

TEST(SimPast, TradesGoOnAfterIt) {
  HouseAtWork house(1, true);
  house.run(seconds(120));
  std::size_t after = 0;
  for (MarketNo m = 0; m < views::market_count(house.exchange->state()); ++m)
    after += views::trades(house.exchange->state(), m, kStart, house.exchange->now()).size();
  EXPECT_GE(house.events.trades.size(), after);
  EXPECT_GT(after, 0U);
}

}  // namespace
}  // namespace marginfix::sim
