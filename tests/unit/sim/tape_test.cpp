// What an exchange keeps of its past: trades for as long as somebody may ask for them, sums for ever.
#include "sim/exchange/market/tape.hpp"

#include "sim/exchange/state.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/truth.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

PublicTrade tape_trade(std::uint64_t no, Timestamp at, Ticks price = 100, Qty quantity = 7) {
  return {at, kPastNumbers + no, price, quantity, Side::Buy};
}
std::int64_t epoch_seconds(Timestamp at) { return std::chrono::floor<seconds>(at).time_since_epoch().count(); }

TEST(SimTape, WhatIsTooOldGoesAndItsSumsStay) {
  TradeTape tape;
  for (int day = 0; day < 100; ++day) tape.push(tape_trade(static_cast<std::uint64_t>(day + 1), kStart + days(day), 100 + day));
  EXPECT_EQ(tape.all().size(), 32U);
  EXPECT_EQ(tape.matched(), 100U);
  EXPECT_EQ(tape.totals().quantity, 700);
  EXPECT_EQ(tape.totals(kStart + days(98), kStart + days(101)).quantity, 14);
  EXPECT_EQ(tape.price_before(tape.all().front().time), Ticks{100 + 67}) << "of the newest that was forgotten";
}

TEST(SimTape, WhatIsTooMuchLeavesItsMinutes) {
  TradeTape all, tape;
  constexpr std::uint64_t kMore = 5'000;
  const auto at = [](std::uint64_t i) { return kStart + milliseconds(i * 7); };
  for (std::uint64_t i = 0; i < kMaxTrades + kMore; ++i) tape.push(tape_trade(i + 1, at(i), static_cast<Ticks>(100 + i % 50)));
  for (std::uint64_t i = 0; i < 4 * kMore; ++i) all.push(tape_trade(i + 1, at(i), static_cast<Ticks>(100 + i % 50)));
  EXPECT_EQ(tape.all().size(), kMaxTrades);
  EXPECT_EQ(tape.totals(kStart - seconds(60), at(kMaxTrades + kMore)).quantity, static_cast<Qty>(7 * (kMaxTrades + kMore)))
      << "a day's volume is whole";
  EXPECT_EQ(tape.first_end(), all.first_end());
  const std::int64_t first = period_end(kStart, kMinute), one_more = period_end(at(kMore), kMinute) + kMinute;
  for (const auto& [from, to] : {std::pair(first, first), std::pair(first, one_more), std::pair(one_more, one_more)}) {
    const auto kept = tape.span(from, to), whole = all.span(from, to);
    ASSERT_TRUE(kept && whole) << from;
    EXPECT_EQ(kept->price, whole->price);
    EXPECT_EQ(kept->totals, whole->totals);
  }
  for (const Timestamp then : {kStart + milliseconds(1), Timestamp(seconds(first + kMinute))})
    EXPECT_EQ(tape.price_before(then), all.price_before(then));
}

TEST(SimTape, SeededTradesThatWereForgottenDoNotComeBack) {
  std::vector<PublicTrade> seeded;
  for (std::uint64_t i = 1; i <= 10; ++i) seeded.push_back({kStart + hours(i), i, 50, 3, Side::Sell});
  TradeTape tape;
  tape.merge_seeded(seeded);
  tape.push(tape_trade(1, kStart + hours(5) + kTradesKept));
  EXPECT_EQ(tape.seeded(), 6U);
  EXPECT_EQ(tape.kept(), 1U);
  TradeTape again;
  again.set_forgotten(tape.forgotten());
  again.push(tape_trade(1, kStart + hours(5) + kTradesKept));
  again.merge_seeded(seeded);
  EXPECT_EQ(again.all().size(), 7U);
  EXPECT_EQ(again.totals(), tape.totals());
  EXPECT_EQ(again.totals(kStart, kStart + days(90)), tape.totals(kStart, kStart + days(90)));
}

TEST(SimQuoteBars, AreKeptAsLongAsCandlesticksShowThem) {
  QuoteBars bars;
  for (int day = 0; day < 100; ++day) bars.change(kStart + days(day), 100 + day, 200 + day, day);
  const std::int64_t last = epoch_seconds(kStart + days(99));
  EXPECT_GE(bars.first_end(), last - seconds(days(33)).count());
  const std::int64_t month = last - seconds(days(30)).count();
  EXPECT_EQ(bars.span(month, month).bid.close, 169);
}

// Half a year of a small market: what stands in files and in memory is what a month brings, the sums are all there ever was, and a restart
// finds the same.
TEST(SimTape, NeitherTheFolderNorMemoryGrowsWithThePast) {
  test::TempFolder dir;
  ExchangeOptions options;
  options.dir = dir.path();
  options.house = options.past = false;
  options.past_in_snapshot = 0;
  constexpr int kDays = 180, kTradesADay = 6;
  std::string truth;
  MarketStats stats;
  std::vector<CandleView> candles;
  const auto month_of = [](const Exchange& exchange, MarketNo market) {
    return views::candles(exchange.state(), market, 0, epoch_seconds(exchange.now()) + 86'400, 1440);
  };
  {
    Exchange exchange(options);
    exchange.open(kStart).value();
    for (const char* name : {"alice", "bob"})
      exchange.run(commands::CreateAccount{{name, {{name, KeyScope::Trading}}, false, {usd("9000000")}}});
    const MarketNo market = views::find_market(exchange.state(), kMarket).value();
    for (int day = 1; day <= kDays; ++day) {
      exchange.step(kStart + days(day));
      for (int i = 0; i < kTradesADay; ++i) {
        const bool buys = i % 2 == 0;
        for (const char* name : {"alice", "bob"}) {
          const std::string id = std::string(name) + std::to_string(day * 100 + i);
          NewOrder o;
          o.cl_ord_id = id;
          o.symbol = kMarket;
          o.side = (name[0] == 'a') == buys ? Side::Buy : Side::Sell;
          o.quantity = lots(1);
          o.price = usd("6.0000");
          o.time_in_force = TimeInForce::GTC;
          exchange.run(commands::Submit{{{views::find_key(exchange.state(), name)->key, Door::FixNR}, {}, 0}, o});
        }
      }
      if (day % 10 == 0) exchange.checkpoint();
    }
    const TradeTape& tape = exchange.state().markets[market].tape;
    constexpr std::uint64_t kMonth = 32 * kTradesADay;
    EXPECT_EQ(tape.matched(), static_cast<std::uint64_t>(kDays * kTradesADay));
    EXPECT_LE(tape.all().size(), kMonth);
    std::uint64_t in_files = 0, kept = exchange.state().closed.size() + tape.kept();
    for (const ClosedFile& file : exchange.state().on_disk.files) in_files += file.orders + file.fills + file.trades;
    for (const FillLog::Records& fills : exchange.state().fills.accounts) kept += fills.kept.size();
    EXPECT_LE(in_files, 2 * kept + kMonth) << "what nobody can ask for any more goes from the files too";
    stats = views::market_stats(exchange.state(), market);
    EXPECT_EQ(stats.volume, lots(kDays * kTradesADay));
    candles = month_of(exchange, market);
    EXPECT_EQ(candles.size(), 31U);
    EXPECT_EQ(candles.front().volume, lots(kTradesADay));
    EXPECT_TRUE(candles.front().previous);
    truth = views::truth_json(exchange.state());
  }
  Exchange again(options);
  again.open(kStart + days(kDays)).value();
  const MarketNo market = views::find_market(again.state(), kMarket).value();
  EXPECT_EQ(views::truth_json(again.state()), truth);
  const MarketStats now = views::market_stats(again.state(), market);
  EXPECT_EQ(now.volume, stats.volume);
  EXPECT_EQ(now.volume_notional, stats.volume_notional);
  EXPECT_EQ(now.volume_24h, stats.volume_24h);
  const auto candles_again = month_of(again, market);
  ASSERT_EQ(candles_again.size(), candles.size());
  EXPECT_EQ(candles_again.front().previous, candles.front().previous);
  EXPECT_EQ(candles_again.front().volume, candles.front().volume);
}

}  // namespace
}  // namespace marginfix::sim
