// Exchange, markets, trades and funding: every public operation, and the account's funding history. Source: rest-perps.md.
#include "integration/rest/fixture.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;

class RestMarkets : public RestTest {
 protected:
  std::int64_t now_seconds() { return to_epoch_seconds(system_clock().now()); }
};

TEST_F(RestMarkets, exchange) {
  const auto status = ask(rest::GetMarginExchangeStatus{});
  EXPECT_TRUE(status.exchange_active);
  EXPECT_TRUE(status.trading_active);
  const auto risk = ask(rest::GetMarginRiskParameters{});
  EXPECT_FALSE(risk.unknown.size());
}

TEST_F(RestMarkets, marketsAreListedFilteredAndGot) {
  const auto all = ask(rest::GetMarginMarkets{}).markets;
  ASSERT_GE(all.size(), 10U);
  const auto active = ask(rest::GetMarginMarkets{.status = rest::MarginMarketStatus::active}).markets;
  const auto inactive = ask(rest::GetMarginMarkets{.status = rest::MarginMarketStatus::inactive}).markets;
  EXPECT_EQ(active.size() + inactive.size(), all.size());
  EXPECT_GE(inactive.size(), 1U);
  const auto one = ask(rest::GetMarginMarket{.ticker = kQuiet}).market;
  EXPECT_EQ(one.ticker, kQuiet);
  const auto gone = refused(alice(), rest::GetMarginMarket{.ticker = "NOPE"});
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.code, "not_found");
}

TEST_F(RestMarkets, booksGoWorstToBest) {
  ask(bob(), order("a1", BookSide::ask, 3, "6.4000"));
  ask(bob(), order("a2", BookSide::ask, 2, "6.3000"));
  ask(bob(), order("b1", BookSide::bid, 1, "5.0000"));
  const auto book = ask(rest::GetMarginMarketOrderbook{.ticker = kQuiet}).orderbook;
  ASSERT_EQ(book.asks.size(), 2U);
  EXPECT_EQ(book.asks.back().price, dollars("6.3"));
  EXPECT_EQ(book.asks.back().size, contracts(2));
  EXPECT_EQ(book.bids.size(), 1U);
  EXPECT_EQ(ask(rest::GetMarginMarketOrderbook{.ticker = kQuiet, .depth = 1}).orderbook.asks.size(), 1U);
  EXPECT_EQ(ask(rest::GetMarginMarketOrderbook{.ticker = kQuiet, .aggregation_tick_size = dollars("1")}).orderbook.asks.size(), 1U);
  const auto both = ask(rest::GetMarginMarketOrderbooks{.tickers = {"KXBTCPERP", kQuiet}}).orderbooks;
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[1].ticker, kQuiet);
  EXPECT_EQ(both[1].orderbook.asks.size(), 2U);
}

TEST_F(RestMarkets, tradesPageAndMakeCandles) {
  for (int i = 0; i < 5; ++i) trade(1 + i, "6.0000");
  const auto page = ask(rest::GetMarginTrades{.ticker = kQuiet, .limit = 2});
  ASSERT_EQ(page.trades.size(), 2U);
  EXPECT_EQ(page.trades[0].price, dollars("6"));
  ASSERT_TRUE(page.cursor && !page.cursor->empty());
  const auto all = alice().portfolio().trades_all({.ticker = kQuiet, .limit = 2}).collect();
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_GE(all->size(), 5U);
  EXPECT_EQ(alice().portfolio().trades_all({.ticker = kQuiet, .limit = 2}, 3).collect()->size(), 3U);
  const auto now = now_seconds();
  const auto candles = [&](std::int32_t period) {
    return ask(rest::GetMarginMarketCandlesticks{
                   .ticker = kQuiet, .start_ts = {now - 2 * 86'400}, .end_ts = {now + 2 * 86'400}, .period_interval = period})
        .candlesticks;
  };
  advance(25h);  // every period that holds the trades has ended
  for (const std::int32_t period : {1, 60, 1440}) {
    const auto all_candles = candles(period);
    ASSERT_FALSE(all_candles.empty()) << period;
    FixedPointCount volume;
    for (const auto& candle : all_candles) volume = volume + candle.volume;
    EXPECT_GE(volume, contracts(15)) << period;
  }
  const auto synthetic = ask(rest::GetMarginMarketCandlesticks{
      .ticker = kQuiet, .start_ts = {now + 3'600}, .end_ts = {now + 7'200}, .period_interval = 1, .include_latest_before_start = true});
  EXPECT_FALSE(synthetic.candlesticks.empty());
}

TEST_F(RestMarkets, corporateActions) {
  const auto none = ask(rest::GetMarginCorporateActions{.ticker = kQuiet});
  EXPECT_TRUE(none.corporate_actions.empty());
  ask(rest::GetMarginCorporateActions{});
}

TEST_F(RestMarkets, fundingRatesAndWhatTheAccountPaid) {
  trade(100, "6.0000");
  ask(bob(), order("b", BookSide::bid, 1, "6.5000"));
  ask(bob(), order("a", BookSide::ask, 1, "6.5100"));
  advance(9h);  // a funding time lies in any nine hours
  const auto estimate = ask(rest::GetMarginFundingRateEstimate{.ticker = kQuiet});
  EXPECT_EQ(estimate.market_ticker, kQuiet);
  const auto rates = ask(rest::GetMarginHistoricalFundingRates{.ticker = kQuiet});
  ASSERT_GE(rates.funding_rates.size(), 1U);
  EXPECT_EQ(rates.funding_rates.back().market_ticker, kQuiet);
  const auto at = to_epoch_seconds(*estimate.computed_time);
  const auto premium = ask(rest::GetMarginPremiumIndex{.ticker = kQuiet, .start_ts = {at - 600}, .end_ts = {at}});
  EXPECT_FALSE(premium.points.empty());
  const auto day = std::chrono::floor<std::chrono::days>(system_clock().now());
  const auto history =
      ask(rest::GetMarginFundingHistory{.start_date = Date{day - std::chrono::days(1)}, .end_date = Date{day + std::chrono::days(2)}});
  ASSERT_GE(history.funding_history.size(), 1U);
  EXPECT_EQ(history.funding_history[0].quantity, contracts(100));
  EXPECT_LT(history.funding_history[0].funding_amount, DollarDecimal{}) << "longs pay while the book is above the reference";
}

TEST_F(RestMarkets, aClientWithoutAKeyReadsThem) {
  auto config = perps("alice");
  config.credentials = {};
  PerpsClient nobody(config);
  EXPECT_TRUE(nobody.markets().list());
  EXPECT_TRUE(nobody.exchange().status());
  EXPECT_EQ(refused(nobody, rest::GetMarginOrders{}).category, ErrorCategory::credentials);
}

}  // namespace
}  // namespace marginfix::test
