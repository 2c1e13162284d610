// The three days before a new exchange's start: lived through by the engine, heard by nobody, over before the start, never run twice.
#include <set>

#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/check.hpp"
#include "sim/exchange/views/market.hpp"
#include "sim/exchange/views/orders.hpp"
#include "sim/exchange/views/truth.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

ExchangeOptions options_with_past(const std::filesystem::path& dir = {}) {
  ExchangeOptions o;
  o.dir = dir;
  o.house = false;
  o.accounts = {{"alice", {{"a-key", KeyScope::Trading}}, true, {usd("10000000"), usd("1000000")}},
                {"bob", {{"b-key", KeyScope::Trading}}, true, {usd("10000000"), usd("1000000")}}};
  return o;
}

// One exchange for all that only look: living through the days takes a second or two without optimisation.
class SimPastRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    heard = new Recorder;
    exchange = new Exchange(options_with_past());
    exchange->add_sink(*heard);
    exchange->open(kStart).value();
  }
  static void TearDownTestSuite() {
    delete exchange;
    delete heard;
  }
  static inline Exchange* exchange = nullptr;
  static inline Recorder* heard = nullptr;
};

TEST_F(SimPastRun, LeavesFillsOnBothSidesInManyMarkets) {
  for (const char* name : {"alice", "bob"}) {
    const AccountId account = views::find_account(exchange->state(), name).value();
    std::set<MarketNo> markets;
    std::size_t takers = 0, makers = 0, buys = 0, sells = 0;
    const FillPage page = views::list_fills(exchange->state(), account, {}, 0, 100'000);
    for (const FillView& f : page.fills) {
      markets.insert(f.market);
      (f.taker ? takers : makers) += 1;
      (f.side == Side::Buy ? buys : sells) += 1;
      EXPECT_LT(f.time, kStart - hours(3));
    }
    EXPECT_GT(page.fills.size(), 200U) << name;
    EXPECT_GE(markets.size(), 8U) << name;
    EXPECT_TRUE(markets.contains(views::quiet_market(exchange->state()))) << name;
    for (const std::size_t n : {takers, makers, buys, sells}) EXPECT_GT(n, 50U) << name;
    EXPECT_GT(views::list_orders(exchange->state(), account, {}, 0, 100'000).orders.size(), 300U) << name;
  }
}

TEST_F(SimPastRun, LeavesFundingRatesAndPayments) {
  for (MarketNo m = 0; m < views::market_count(exchange->state()); ++m) {
    const auto rates = views::funding_rates(exchange->state(), m, {}, {});
    const bool daily =
        views::market_spec(exchange->state(), m).reference_hours == ReferenceHours::BusinessDays;  // Friday's only: kStart is a Monday
    EXPECT_EQ(rates.size(), views::market(exchange->state(), m).status == MarketStatus::Active ? (daily ? 1U : 9U) : 0U)
        << views::market(exchange->state(), m).symbol;
  }
  for (const char* name : {"alice", "bob"}) {
    const auto payments =
        views::funding_history(exchange->state(), views::find_account(exchange->state(), name).value(), {}, kStart - hours(72), kStart);
    EXPECT_GT(payments.size(), 15U) << name;
    std::set<bool> signs;
    for (const auto& p : payments) signs.insert(p.amount.is_negative());
    EXPECT_EQ(signs.size(), 2U) << "paid and received";
  }
  EXPECT_FALSE(
      views::premium_index(exchange->state(), 0, to_epoch_seconds(kStart - hours(50)), to_epoch_seconds(kStart - hours(50)) + 60).empty());
}

TEST_F(SimPastRun, LeavesCandlesWithTradesAndQuotes) {
  const std::int64_t end = to_epoch_seconds(kStart);
  const auto candles = views::candles(exchange->state(), 0, end - 72 * 3'600 + 3'600, end, 60);
  ASSERT_EQ(candles.size(), 72U);
  for (const CandleView& c : candles) {
    EXPECT_TRUE(c.price) << c.end_period_ts;
    EXPECT_GT(c.volume, FixedPointCount{});
  }
  EXPECT_GT(candles[20].bid.close, DollarDecimal{});
  EXPECT_GT(candles[20].ask.close, candles[20].bid.close);
  EXPECT_GT(candles[20].open_interest, FixedPointCount{});
}

TEST_F(SimPastRun, IsOverBeforeTheStart) {
  EXPECT_EQ(exchange->now(), kStart);
  for (const char* name : {"alice", "bob"}) {
    const AccountId account = views::find_account(exchange->state(), name).value();
    EXPECT_TRUE(views::open_orders(exchange->state(), account).empty());
    for (const PositionView& p : views::positions(exchange->state(), account))
      EXPECT_EQ(p.net, lots(0)) << views::market(exchange->state(), p.market).symbol;
    std::size_t reports = 0;
    const auto count = [&](const ExecutionEvent&) { return ++reports, true; };
    EXPECT_EQ(views::history(exchange->state(), account, ExecId{}, {}, count), HistoryStatus::Complete);
    EXPECT_EQ(views::history(exchange->state(), account, ExecId{1, 1}, {}, count), HistoryStatus::Complete)
        << "an early begin is not too old";
    EXPECT_EQ(reports, 0U);
    EXPECT_FALSE(views::last_exec_id(exchange->state(), account));
  }
  for (MarketNo m = 0; m < views::market_count(exchange->state()); ++m) {
    EXPECT_TRUE(views::depth(exchange->state(), m, Side::Buy).empty());
    EXPECT_TRUE(views::depth(exchange->state(), m, Side::Sell).empty());
  }
  EXPECT_EQ(views::market(exchange->state(), 0).reference_price, usd("6.2577")) << "where the market list says";
  EXPECT_TRUE(views::check(exchange->state()).empty());
}

TEST_F(SimPastRun, IsHeardByNobody) {
  EXPECT_TRUE(heard->reports.empty());
  EXPECT_TRUE(heard->levels.empty());
  EXPECT_TRUE(heard->trades.empty());
}

TEST(SimPastStart, IsRunOnceAndKept) {
  test::TempFolder dir;
  std::string truth;
  std::size_t fills = 0;
  const auto look = [&](const Exchange& e) {
    return views::list_fills(e.state(), views::find_account(e.state(), "alice").value(), {}, 0, 100'000).fills.size();
  };
  {
    Exchange first(options_with_past(dir.path()));
    first.open(kStart).value();
    truth = views::truth_json(first.state());
    fills = look(first);
    EXPECT_GT(fills, 100U);
  }
  ExchangeOptions other = options_with_past(dir.path());
  other.accounts.clear();  // what a directory holds does not depend on what a later start would make
  other.past = false;
  Exchange again(other);
  const OpenReport report = again.open(kStart + minutes(1)).value();
  EXPECT_FALSE(report.fresh);
  EXPECT_TRUE(report.from_snapshot);
  EXPECT_EQ(views::truth_json(again.state()), truth);
  EXPECT_EQ(look(again), fills);
  EXPECT_EQ(views::trades(again.state(), 0, kStart - hours(72), kStart).size(), [&] {
    Exchange fresh(options_with_past());
    fresh.open(kStart).value();
    return views::trades(fresh.state(), 0, kStart - hours(72), kStart).size();
  }()) << "the seeded trades are made again, the same by the same seed";
}

}  // namespace
}  // namespace marginfix::sim
