// The market side of the REST door, handler by handler, on an exchange without house accounts.
// Source: rest-perps.md "Exchange, markets", "Funding"; observed.md "REST behaviour".
#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "sim/doors/rest/endpoint.hpp"
#include "sim/exchange/commands/control.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "sim/exchange/views/market.hpp"
#include "unit/sim/exchange_fixture.hpp"

namespace marginfix::sim {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Names = std::map<std::string, std::string, std::less<>>;

std::int64_t unix(Timestamp t) { return to_epoch_seconds(t); }

class RestMarkets : public ExchangeTest {
 protected:
  HttpAnswer ask(std::string_view path, Names query = {}, Names in_path = {}, const char* key = nullptr) {
    for (const auto& endpoint : market_endpoints()) {
      if (endpoint.path != path) continue;
      EndpointRequest request;
      request.query = std::move(query);
      request.path = std::move(in_path);
      if (key != nullptr) {
        request.caller = views::find_key(exchange.state(), key);
        request.context = from(key, Door::Rest);
      }
      RestDoorContext door{exchange, [] { return kStart; }};
      return endpoint.handle(door, request);
    }
    throw std::runtime_error("no endpoint " + std::string(path));
  }
  json::object good(std::string_view path, Names query = {}, Names in_path = {}, const char* key = nullptr) {
    const HttpAnswer answer = ask(path, std::move(query), std::move(in_path), key);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).as_object();
  }
  json::object market_of(const std::string& ticker) {
    return good("/margin/markets/{ticker}", {}, {{"ticker", ticker}}).at("market").as_object();
  }
  // One trade between alice and bob.
  void trade(std::int64_t contracts, std::string_view price) {
    const std::string id = std::to_string(++trades_);
    buy("a-key", "m" + id, contracts, price);
    sell("b-key", "t" + id, contracts, price, TimeInForce::IOC);
  }
  int trades_{0};
};

std::string text(const json::object& o, const char* name) { return std::string(o.at(name).as_string()); }

TEST_F(RestMarkets, EveryOperationOfTheMarketSideIsThere) {
  std::vector<std::string> paths;
  for (const auto& endpoint : market_endpoints()) {
    EXPECT_EQ(endpoint.method, "GET");
    EXPECT_EQ(endpoint.auth == EndpointAuth::Key, endpoint.path == "/margin/funding_history");
    paths.emplace_back(endpoint.path);
  }
  std::ranges::sort(paths);
  EXPECT_EQ(paths, (std::vector<std::string>{"/margin/corporate_actions", "/margin/exchange/status", "/margin/funding_history",
                                             "/margin/funding_rates/estimate", "/margin/funding_rates/historical",
                                             "/margin/funding_rates/premium_index", "/margin/markets", "/margin/markets/orderbooks",
                                             "/margin/markets/{ticker}", "/margin/markets/{ticker}/candlesticks",
                                             "/margin/markets/{ticker}/orderbook", "/margin/risk_parameters", "/margin/trades"}));
}

TEST_F(RestMarkets, StatusSaysWhetherTradingGoesOn) {
  EXPECT_EQ(ask("/margin/exchange/status").body, R"({"exchange_active":true,"trading_active":true})");
  exchange.run(commands::SetPaused{true});
  EXPECT_EQ(ask("/margin/exchange/status").body, R"({"exchange_active":true,"trading_active":false})");
}

TEST_F(RestMarkets, RiskParametersNameEveryMarket) {
  const auto body = good("/margin/risk_parameters");
  EXPECT_EQ(body.at("initial_margin_multiplier").as_object().size(), views::market_count(exchange.state()));
  const std::string raw = ask("/margin/risk_parameters").body;
  EXPECT_NE(raw.find(R"("KXBTCPERP":1.3)"), std::string::npos) << raw;
  EXPECT_NE(raw.find(R"("KXHYPEPERP":1.1)"), std::string::npos) << raw;
  EXPECT_NE(raw.find(R"("liquidation_margin_ratio_threshold":1,"queue_entry_margin_ratio_threshold":0.91)"), std::string::npos) << raw;
}

TEST_F(RestMarkets, AMarketTellsItsTermsAndItsNumbers) {
  trade(3, "6.2000");
  trade(2, "6.3000");
  buy("a-key", "bid", 7, "6.1000");
  sell("b-key", "ask", 9, "6.4000");
  const auto m = market_of("KXBTCPERP");
  EXPECT_EQ(text(m, "ticker"), "KXBTCPERP");
  EXPECT_EQ(views::find_market_id(exchange.state(), text(m, "market_id")), market);
  EXPECT_EQ(m.at("market_version").as_int64(), 1);
  EXPECT_EQ(m.at("exchange_index").as_int64(), 0);
  EXPECT_EQ(text(m, "contract_size"), "0.000100");
  EXPECT_EQ(text(m, "tick_size"), "0.0001");
  EXPECT_EQ(text(m, "status"), "active");
  EXPECT_EQ(text(m, "asset_class"), "Crypto");
  EXPECT_TRUE(m.at("schedule").is_null());
  EXPECT_FALSE(m.at("fractional_trading_enabled").as_bool());
  EXPECT_EQ(text(m, "price"), "6.3000");
  EXPECT_EQ(text(m, "volume"), "5.00");
  EXPECT_EQ(text(m, "volume_notional_value_dollars"), "31.200000");
  EXPECT_EQ(text(m, "volume_24h"), "5.00");
  EXPECT_EQ(text(m, "open_interest"), "5.00");
  EXPECT_EQ(text(m, "open_interest_notional_value_dollars"), "31.500000") << "at the last price, as recorded";
  EXPECT_EQ(text(m, "bid") + " x " + text(m, "bid_size_fp"), "6.1000 x 7.00");
  EXPECT_EQ(text(m, "ask") + " x " + text(m, "ask_size_fp"), "6.4000 x 9.00");
  EXPECT_EQ(text(m.at("reference_price").as_object(), "price"), "6.2577");
  EXPECT_EQ(m.at("reference_price").as_object().at("ts_ms").as_int64(), to_epoch_ms(kStart));
  EXPECT_TRUE(m.at("halt_sources").as_array().empty());
  const std::string raw = ask("/margin/markets/{ticker}", {}, {{"ticker", "KXBTCPERP"}}).body;
  EXPECT_NE(raw.find(R"("leverage_estimate":5.89,"leverage_estimates":{"1000":5.89,"10000":5.89,"100000":5.89,"1000000":5.7934})"),
            std::string::npos)
      << raw;
  EXPECT_NE(raw.find(R"("funding_deadband":0.01,"funding_cap":2,"funding_limit_unit":"percentage")"), std::string::npos) << raw;
  exchange.advance(hours(25));
  const auto later = market_of("KXBTCPERP");
  EXPECT_EQ(text(later, "volume"), "5.00");
  EXPECT_EQ(text(later, "volume_24h"), "0.00");
  EXPECT_EQ(text(later, "volume_24h_notional_value_dollars"), "0.000000");
}

TEST_F(RestMarkets, AnEmptySideHasNoPriceAndSizeZero) {
  const auto m = market_of("KXBTCPERP");
  EXPECT_FALSE(m.contains("bid"));
  EXPECT_FALSE(m.contains("ask"));
  EXPECT_FALSE(m.contains("price"));
  EXPECT_EQ(text(m, "bid_size_fp"), "0.00");
  EXPECT_EQ(text(m, "ask_size_fp"), "0.00");
}

TEST_F(RestMarkets, AreListedByStatus) {
  EXPECT_EQ(good("/margin/markets").at("markets").as_array().size(), 18U);
  EXPECT_EQ(good("/margin/markets", {{"status", "active"}}).at("markets").as_array().size(), 14U);
  const auto inactive = good("/margin/markets", {{"status", "inactive"}}).at("markets").as_array();
  EXPECT_EQ(inactive.size(), 4U);
  EXPECT_EQ(inactive.at(0).at("halt_sources").as_array().at(0).as_string(), "initial_setup");
  EXPECT_EQ(good("/margin/markets", {{"status", "closed"}}).at("markets").as_array().size(), 0U);
  EXPECT_EQ(ask("/margin/markets", {{"status", "open"}}).status, 400);
}

TEST_F(RestMarkets, UnknownTickersAreNotFoundAsRecorded) {
  const char* const paths[] = {"/margin/markets/{ticker}", "/margin/markets/{ticker}/orderbook"};
  for (const char* path : paths) {
    const auto answer = ask(path, {}, {{"ticker", "NOPE"}});
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, R"({"error":{"code":"not_found","message":"not found"}})");
  }
  const Names range{{"start_ts", "0"}, {"end_ts", "10"}, {"period_interval", "1"}};
  EXPECT_EQ(ask("/margin/markets/{ticker}/candlesticks", range, {{"ticker", "NOPE"}}).status, 404);
  EXPECT_EQ(ask("/margin/markets/orderbooks", {{"tickers", "KXBTCPERP,NOPE"}}).status, 404);
  EXPECT_EQ(ask("/margin/funding_rates/estimate", {{"ticker", "NOPE"}}).status, 400);
}

class RestBooks : public RestMarkets {
 protected:
  RestBooks() {
    for (const char* price : {"6.1100", "6.1900", "6.2000", "6.1200"}) buy("a-key", price, 2, price);
    for (const char* price : {"6.3300", "6.2100", "6.2900"}) sell("b-key", price, 3, price);
  }
  std::string book(Names query) { return ask("/margin/markets/{ticker}/orderbook", std::move(query), {{"ticker", kMarket}}).body; }
};

TEST_F(RestBooks, GoWorstToBest) {
  EXPECT_EQ(book({}), R"({"orderbook":{"bids":[["6.1100","2.00"],["6.1200","2.00"],["6.1900","2.00"],["6.2000","2.00"]],)"
                      R"("asks":[["6.3300","3.00"],["6.2900","3.00"],["6.2100","3.00"]]}})");
  EXPECT_EQ(book({{"depth", "0"}}), book({}));
  EXPECT_EQ(book({{"depth", "2"}}),
            R"({"orderbook":{"bids":[["6.1900","2.00"],["6.2000","2.00"]],"asks":[["6.2900","3.00"],["6.2100","3.00"]]}})");
}

TEST_F(RestBooks, BucketsAreNamedByRoundingDown) {
  EXPECT_EQ(book({{"aggregation_tick_size", "0.10"}}), R"({"orderbook":{"bids":[["6.1000","6.00"],["6.2000","2.00"]],)"
                                                       R"("asks":[["6.3000","3.00"],["6.2000","6.00"]]}})");
  EXPECT_EQ(book({{"aggregation_tick_size", "0.10"}, {"depth", "1"}}),
            R"({"orderbook":{"bids":[["6.2000","2.00"]],"asks":[["6.2000","6.00"]]}})");
  for (const char* bad : {"0", "-0.1", "x", ""}) {
    EXPECT_EQ(ask("/margin/markets/{ticker}/orderbook", {{"aggregation_tick_size", bad}}, {{"ticker", kMarket}}).status, 400) << bad;
  }
  EXPECT_EQ(ask("/margin/markets/{ticker}/orderbook", {{"depth", "-1"}}, {{"ticker", kMarket}}).status, 400);
}

TEST_F(RestBooks, ComeInTheOrderAsked) {
  const auto books = good("/margin/markets/orderbooks", {{"tickers", "KXETHPERP,KXBTCPERP,KXETHPERP"}}).at("orderbooks").as_array();
  ASSERT_EQ(books.size(), 3U);
  EXPECT_EQ(books.at(0).at("ticker").as_string(), "KXETHPERP");
  EXPECT_EQ(books.at(1).at("ticker").as_string(), "KXBTCPERP");
  EXPECT_EQ(books.at(0).at("orderbook").at("bids").as_array().size(), 0U);
  EXPECT_EQ(books.at(1).at("orderbook").at("bids").as_array().size(), 4U);
  EXPECT_EQ(ask("/margin/markets/orderbooks").body, R"({"msg":"Query argument tickers is required, but not found"})");
  EXPECT_EQ(ask("/margin/markets/orderbooks", {{"tickers", ""}}).status, 400);
  std::string many = "KXBTCPERP";
  for (int i = 1; i < 100; ++i) many += ",KXBTCPERP";
  EXPECT_EQ(ask("/margin/markets/orderbooks", {{"tickers", many}}).status, 200);
  EXPECT_EQ(ask("/margin/markets/orderbooks", {{"tickers", many + ",KXBTCPERP"}}).status, 400);
  EXPECT_EQ(ask("/margin/markets/orderbooks", {{"tickers", std::string(201, 'x')}}).status, 400);
}

TEST_F(RestMarkets, TradesPageFromTheNewestToTheOldestWithoutGapOrDouble) {
  for (int i = 0; i < 25; ++i) {
    trade(i + 1, "6.2000");
    if (i % 3 == 0) exchange.step(exchange.now() + seconds(2));  // several trades share a microsecond
  }
  std::vector<std::string> ids, counts;
  Names query{{"limit", "4"}};
  int pages = 0;
  while (true) {
    const auto page = good("/margin/trades", query);
    for (const auto& t : page.at("trades").as_array()) {
      ids.emplace_back(t.at("trade_id").as_string());
      counts.emplace_back(t.at("count").as_string());
    }
    ++pages;
    if (pages == 2) trade(99, "6.2000");  // what comes later does not move the pages
    const std::string cursor(page.at("cursor").as_string());
    if (cursor.empty()) break;
    query["cursor"] = cursor;
  }
  EXPECT_EQ(pages, 7);
  ASSERT_EQ(counts.size(), 25U);
  for (std::size_t i = 0; i < 25; ++i) EXPECT_EQ(counts[i], std::to_string(25 - i) + ".00");
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::unique(ids).begin(), ids.end());
}

TEST_F(RestMarkets, TradesAreFilteredByMarketAndTime) {
  trade(1, "6.2000");
  exchange.step(kStart + seconds(100));
  trade(2, "6.2100");
  exchange.step(kStart + seconds(200));
  trade(3, "6.2200");
  const auto counts = [&](Names query) {
    std::string all;
    const auto page = good("/margin/trades", std::move(query));
    for (const auto& t : page.at("trades").as_array()) all += std::string(t.at("count").as_string()) + " ";
    return all;
  };
  EXPECT_EQ(counts({}), "3.00 2.00 1.00 ");
  EXPECT_EQ(counts({{"ticker", "KXBTCPERP"}}), "3.00 2.00 1.00 ");
  EXPECT_EQ(counts({{"ticker", "KXETHPERP"}}), "");
  EXPECT_EQ(counts({{"ticker", "NOPE"}}), "");
  EXPECT_EQ(counts({{"min_ts", std::to_string(unix(kStart) + 50)}}), "3.00 2.00 ");
  EXPECT_EQ(counts({{"max_ts", std::to_string(unix(kStart) + 150)}}), "2.00 1.00 ");
  EXPECT_EQ(counts({{"min_ts", std::to_string(unix(kStart) + 50)}, {"max_ts", std::to_string(unix(kStart) + 150)}}), "2.00 ");
  const auto t = good("/margin/trades", {{"limit", "1"}}).at("trades").as_array().at(0).as_object();
  EXPECT_EQ(text(t, "ticker"), "KXBTCPERP");
  EXPECT_EQ(text(t, "price"), "6.2200");
  EXPECT_EQ(text(t, "taker_side"), "ask");
  EXPECT_EQ(text(t, "created_time"), to_rfc3339(kStart + seconds(200)));
  EXPECT_EQ(text(t, "trade_id"), events.trades.back().match_id.view()) << "the id FIX calls TrdMatchID(880)";
  EXPECT_EQ(ask("/margin/trades", {{"limit", "0"}}).status, 400);
  EXPECT_EQ(ask("/margin/trades", {{"limit", "1001"}}).status, 400);
  EXPECT_EQ(ask("/margin/trades", {{"cursor", "bogus"}}).status, 400);
}

class RestCandles : public RestMarkets {
 protected:
  json::array candles(std::int64_t start, std::int64_t end, int period, bool latest = false) {
    Names query{{"start_ts", std::to_string(start)}, {"end_ts", std::to_string(end)}, {"period_interval", std::to_string(period)}};
    if (latest) query["include_latest_before_start"] = "true";
    const auto body = good("/margin/markets/{ticker}/candlesticks", query, {{"ticker", kMarket}});
    EXPECT_EQ(text(body, "ticker"), kMarket);
    return body.at("candlesticks").as_array();
  }
  static std::string ohlc(const json::value& candle, const char* what) {
    std::string all;
    for (const char* name : {"open", "low", "high", "close"}) {
      const json::value& v = candle.at(what).at(name);
      all += v.is_null() ? "null " : std::string(v.as_string()) + " ";
    }
    return all;
  }
};

TEST_F(RestCandles, HoldTradesQuotesVolumeAndInterestOfTheirPeriod) {
  const std::int64_t start = unix(kStart);
  trade(1, "6.2000");  // at kStart exactly: the period that ends there
  exchange.step(kStart + seconds(10));
  trade(2, "6.3000");
  trade(1, "6.1000");
  buy("a-key", "bid", 1, "6.0000");
  exchange.step(kStart + seconds(60));
  trade(4, "6.2500");  // still in the first minute: its end belongs to it
  buy("a-key", "bid2", 1, "6.0500");
  exchange.step(kStart + seconds(190));
  sell("b-key", "ask", 1, "6.4000");
  const auto all = candles(start, start + 240, 1);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all.at(0).at("end_period_ts").as_int64(), start);
  EXPECT_EQ(ohlc(all.at(0), "price"), "6.2000 6.2000 6.2000 6.2000 ");
  EXPECT_TRUE(all.at(0).at("price").at("previous").is_null());
  EXPECT_EQ(ohlc(all.at(1), "price"), "6.3000 6.1000 6.3000 6.2500 ");
  EXPECT_EQ(all.at(1).at("price").at("mean").as_string(), "6.242857") << "43.7 dollars / 7";
  EXPECT_EQ(all.at(1).at("price").at("previous").as_string(), "6.2000");
  EXPECT_EQ(all.at(1).at("volume").as_string(), "7.00");
  EXPECT_EQ(all.at(1).at("volume_notional_value_dollars").as_string(), "43.700000");
  EXPECT_EQ(all.at(1).at("open_interest").as_string(), "8.00");
  EXPECT_EQ(ohlc(all.at(1), "bid"), "0.0000 0.0000 6.3000 6.0500 ")
      << "no bid at first; the makers of the trades were the best bids for a moment";
  EXPECT_EQ(ohlc(all.at(2), "price"), "null null null null ");
  EXPECT_TRUE(all.at(2).at("price").at("mean").is_null());
  EXPECT_EQ(all.at(2).at("price").at("previous").as_string(), "6.2500");
  EXPECT_EQ(ohlc(all.at(2), "bid"), "6.0500 6.0500 6.0500 6.0500 ");
  EXPECT_EQ(all.at(2).at("volume").as_string(), "0.00");
  EXPECT_EQ(all.at(2).at("open_interest").as_string(), "8.00");
  const std::string none = "922337203685477.5807 ";
  EXPECT_EQ(ohlc(all.at(3), "ask"), none + none + none + none) << "no ask yet";
  EXPECT_EQ(ohlc(all.at(4), "ask"), none + "6.4000 " + none + "6.4000 ") << "none until it came";
  const auto hour = candles(start, start + 3'600, 60);
  ASSERT_EQ(hour.size(), 2U);
  EXPECT_EQ(ohlc(hour.at(1), "price"), "6.3000 6.1000 6.3000 6.2500 ");
  EXPECT_EQ(ohlc(hour.at(1), "bid"), "0.0000 0.0000 6.3000 6.0500 ");
  const auto day = candles(start, start + 86'400, 1'440);
  ASSERT_EQ(day.size(), 1U);
  EXPECT_EQ(day.at(0).at("end_period_ts").as_int64() % 86'400, 0);
  EXPECT_EQ(day.at(0).at("volume").as_string(), "8.00");
}

TEST_F(RestCandles, OnlyThoseThatEndInTheRange) {
  exchange.step(kStart + minutes(10));
  const std::int64_t start = unix(kStart);
  const auto some = candles(start + 61, start + 239, 1);
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some.at(0).at("end_period_ts").as_int64(), start + 120);
  EXPECT_EQ(some.at(1).at("end_period_ts").as_int64(), start + 180);
  EXPECT_EQ(candles(start + 3'600, start + 7'200, 1).size(), 0U) << "nothing of the future";
  EXPECT_EQ(candles(0, 10, 1).size(), 0U);
}

TEST_F(RestCandles, TheLatestBeforeTheStartCanBeCarriedForward) {
  const std::int64_t start = unix(kStart);
  exchange.step(kStart + seconds(10));
  trade(2, "6.3000");
  buy("a-key", "bid", 1, "6.0000");
  exchange.step(kStart + minutes(10));
  for (const std::int64_t from : {start + 301, start + 360}) {
    const auto plain = candles(from, start + 420, 1);
    const auto with = candles(from, start + 420, 1, true);
    ASSERT_EQ(with.size(), plain.size() + 1);
    EXPECT_EQ(with.at(0).at("end_period_ts").as_int64(), start + 300) << "before the first real one, which has its own time";
    EXPECT_EQ(ohlc(with.at(0), "price"), "null null null null ");
    EXPECT_EQ(ohlc(with.at(0), "bid"), "6.0000 6.0000 6.0000 6.0000 ") << "never null";
    const std::string none = "922337203685477.5807 ";
    EXPECT_EQ(ohlc(with.at(0), "ask"), none + none + none + none);
    EXPECT_EQ(with.at(0).at("price").at("previous").as_string(), "6.3000");
    EXPECT_EQ(with.at(1), plain.at(0));
  }
  const auto alone = candles(start + 901, start + 1'200, 1, true);
  ASSERT_EQ(alone.size(), 1U) << "nothing of the future but what is carried there";
  EXPECT_EQ(alone.at(0).at("end_period_ts").as_int64(), start + 960) << "the first boundary behind the start";
  EXPECT_EQ(candles(0, start + 60, 1, true).size(), candles(0, start + 60, 1).size()) << "nothing lies before";
}

TEST_F(RestCandles, BadRangesAreRefused) {
  const auto status = [&](Names query) {
    return ask("/margin/markets/{ticker}/candlesticks", std::move(query), {{"ticker", kMarket}}).status;
  };
  EXPECT_EQ(status({{"start_ts", "0"}, {"end_ts", "60"}, {"period_interval", "60"}}), 200);
  EXPECT_EQ(status({{"start_ts", "0"}, {"end_ts", "60"}, {"period_interval", "5"}}), 400);
  EXPECT_EQ(status({{"start_ts", "0"}, {"end_ts", "60"}}), 400);
  EXPECT_EQ(status({{"end_ts", "60"}, {"period_interval", "1"}}), 400);
  EXPECT_EQ(status({{"start_ts", "61"}, {"end_ts", "60"}, {"period_interval", "1"}}), 400);
  EXPECT_EQ(status({{"start_ts", "x"}, {"end_ts", "60"}, {"period_interval", "1"}}), 400);
  EXPECT_EQ(status({{"start_ts", "0"}, {"end_ts", "60"}, {"period_interval", "1"}, {"include_latest_before_start", "yes"}}), 400);
}

class RestFunding : public RestMarkets {
 protected:
  // Alice long, bob short, and a book whose middle stands 0.1 % above the reference 6.2577.
  RestFunding() {
    trade(100, "6.2577");
    buy("a-key", "bid", 1, "6.2540");
    sell("b-key", "ask", 1, "6.2740");
  }
};

TEST_F(RestFunding, TheEstimateFollowsThePremium) {
  exchange.step(kStart + seconds(90));
  const std::string raw = ask("/margin/funding_rates/estimate", {{"ticker", kMarket}}).body;
  const auto e = json::parse(raw).as_object();
  EXPECT_EQ(text(e, "market_ticker"), kMarket);
  EXPECT_EQ(text(e, "next_funding_time"), "2026-11-23T20:00:00Z");
  EXPECT_EQ(text(e, "computed_time"), "2026-11-23T15:01:30Z");
  EXPECT_EQ(text(e, "premium_index"), "0.00100676") << "(6.264 - 6.2577) / 6.2577";
  EXPECT_EQ(text(e, "premium_index_ts"), "2026-11-23T15:01:29Z");
  EXPECT_NE(raw.find(R"("funding_rate":0.00100676,)"), std::string::npos) << raw;
  const auto quiet = good("/margin/funding_rates/estimate", {{"ticker", "KXETHPERP"}});
  EXPECT_FALSE(quiet.contains("premium_index"));
  EXPECT_FALSE(quiet.contains("premium_index_ts"));
}

TEST_F(RestFunding, ThePremiumIndexHasAPointASecond) {
  exchange.step(kStart + seconds(5));
  cancel("a-key", "c", "bid");
  exchange.step(kStart + seconds(8));
  const auto points = [&](std::int64_t from, std::int64_t to) {
    const Names query{
        {"ticker", kMarket}, {"start_ts", std::to_string(unix(kStart) + from)}, {"end_ts", std::to_string(unix(kStart) + to)}};
    return good("/margin/funding_rates/premium_index", query).at("points").as_array();
  };
  const auto all = points(-10, 100);
  ASSERT_EQ(all.size(), 8U);
  EXPECT_EQ(all.at(0).at("second_ts").as_string(), "2026-11-23T15:00:00Z");
  EXPECT_EQ(all.at(4).at("premium_index").as_string(), "0.00100676");
  EXPECT_EQ(all.at(5).at("premium_index").as_string(), "0") << "no bid: not measurable";
  EXPECT_EQ(points(2, 4).size(), 2U) << "the end is exclusive";
  const auto status = [&](const char* from, const char* to) {
    return ask("/margin/funding_rates/premium_index", {{"ticker", kMarket}, {"start_ts", from}, {"end_ts", to}}).status;
  };
  EXPECT_EQ(status("100", "3700"), 200);
  EXPECT_EQ(status("100", "3701"), 400);
  EXPECT_EQ(status("100", "100"), 400);
  EXPECT_EQ(ask("/margin/funding_rates/premium_index", {{"ticker", kMarket}}).status, 400);
}

TEST_F(RestFunding, RatesAndOwnHistoryAfterAFundingTime) {
  exchange.step(kStart + hours(14));  // 20:00 and 04:00
  const auto rates = good("/margin/funding_rates/historical", {{"ticker", kMarket}}).at("funding_rates").as_array();
  ASSERT_EQ(rates.size(), 2U);
  EXPECT_EQ(rates.at(0).at("funding_time").as_string(), "2026-11-24T04:00:00Z") << "newest first, as recorded";
  EXPECT_EQ(rates.at(1).at("funding_time").as_string(), "2026-11-23T20:00:00Z");
  EXPECT_EQ(good("/margin/funding_rates/historical").at("funding_rates").as_array().size(), 27U)
      << "thirteen active markets twice, the index once";
  const std::string eight_pm = std::to_string(unix(kStart + hours(5)));
  EXPECT_EQ(good("/margin/funding_rates/historical", {{"ticker", kMarket}, {"start_ts", eight_pm}, {"end_ts", eight_pm}})
                .at("funding_rates")
                .as_array()
                .size(),
            1U);
  const Names days{{"start_date", "2026-11-23"}, {"end_date", "2026-11-23"}};
  const auto mine = good("/margin/funding_history", days, {}, "a-key").at("funding_history").as_array();
  ASSERT_EQ(mine.size(), 1U);
  const auto entry = mine.at(0).as_object();
  EXPECT_EQ(text(entry, "market_ticker"), kMarket);
  EXPECT_EQ(text(entry, "quantity"), "100.00");
  EXPECT_EQ(text(entry, "mark_price"), "6.2640") << "settlement mark";
  EXPECT_EQ(text(entry, "funding_amount"), "-0.630634") << "100 x 6.2640 x 0.00100676, longs pay";
  EXPECT_EQ(entry.at("subaccount_number").as_int64(), 0);
  const auto theirs = good("/margin/funding_history", days, {}, "b-key").at("funding_history").as_array();
  EXPECT_EQ(theirs.at(0).at("funding_amount").as_string(), "0.630634");
  EXPECT_EQ(theirs.at(0).at("quantity").as_string(), "-100.00");
  const Names both{{"start_date", "2026-11-23"}, {"end_date", "2026-11-24"}, {"ticker", ""}};
  EXPECT_EQ(good("/margin/funding_history", both, {}, "a-key").at("funding_history").as_array().size(), 2U);
  Names narrowed = both;
  narrowed["subaccount"] = "1";
  EXPECT_TRUE(good("/margin/funding_history", narrowed, {}, "a-key").at("funding_history").as_array().empty());
  narrowed = both;
  narrowed["ticker"] = "KXETHPERP";
  EXPECT_TRUE(good("/margin/funding_history", narrowed, {}, "a-key").at("funding_history").as_array().empty());
  EXPECT_TRUE(good("/margin/funding_history", both, {}, "f-key").at("funding_history").as_array().empty());
}

TEST_F(RestFunding, HistoryWithoutDatesIsRefusedAsRecorded) {
  EXPECT_EQ(ask("/margin/funding_history", {}, {}, "a-key").body, R"({"msg":"Query argument start_date is required, but not found"})");
  EXPECT_EQ(ask("/margin/funding_history", {{"start_date", "2026-11-23"}}, {}, "a-key").body,
            R"({"msg":"Query argument end_date is required, but not found"})");
  for (const char* bad : {"2026-13-01", "20261123", "2026-11-31", "yesterday", ""}) {
    EXPECT_EQ(ask("/margin/funding_history", {{"start_date", bad}, {"end_date", "2026-11-23"}}, {}, "a-key").status, 400) << bad;
  }
  EXPECT_EQ(ask("/margin/funding_history", {{"start_date", "2026-11-24"}, {"end_date", "2026-11-23"}}, {}, "a-key").status, 400);
}

TEST_F(RestMarkets, CorporateActionsShowTheTermsOfTheirKind) {
  CorporateAction split;
  split.market = market;
  split.type = CorporateActionType::StockSplit;
  split.execution_time = kStart + hours(1);
  split.ratio_old = 1;
  split.ratio_new = 4;
  split.ex_date = std::chrono::year(2026) / 11 / 24;
  CorporateAction dividend;
  dividend.market = market;
  dividend.execution_time = kStart + hours(2);
  dividend.cash_per_contract = usd("0.1");
  const Uuid split_id = exchange.run(commands::ScheduleAction{split}).value();
  const Uuid cash_id = exchange.run(commands::ScheduleAction{dividend}).value();
  ASSERT_TRUE(cancel_corporate_action(exchange, cash_id.view()));
  const auto all = good("/margin/corporate_actions").at("corporate_actions").as_array();
  ASSERT_EQ(all.size(), 2U);
  const auto first = all.at(0).as_object();
  EXPECT_EQ(text(first, "id"), split_id.view()) << "with an ex-date goes first";
  EXPECT_EQ(text(first, "status"), "scheduled");
  EXPECT_EQ(text(first, "type"), "stock_split");
  EXPECT_EQ(text(first, "execution_time"), "2026-11-23T16:00:00Z");
  EXPECT_EQ(json::serialize(first.at("split")), R"({"ratio_old":"1","ratio_new":"4","ex_date":"2026-11-24"})");
  const auto second = all.at(1).as_object();
  EXPECT_EQ(text(second, "status"), "cancelled");
  EXPECT_FALSE(second.contains("execution_time"));
  EXPECT_FALSE(second.contains("cash"));
  EXPECT_TRUE(good("/margin/corporate_actions", {{"ticker", "KXETHPERP"}}).at("corporate_actions").as_array().empty());
  EXPECT_EQ(good("/margin/corporate_actions", {{"market_id", text(first, "market_id")}}).at("corporate_actions").as_array().size(), 2U);
  EXPECT_EQ(ask("/margin/corporate_actions", {{"market_id", "x"}}).status, 400);
  exchange.step(kStart + hours(1));
  EXPECT_EQ(good("/margin/corporate_actions").at("corporate_actions").as_array().at(0).at("status").as_string(), "applied");
  EXPECT_EQ(market_of(kMarket).at("halt_sources").as_array().at(0).as_string(), "corporate_action");
  exchange.step(kStart + hours(24 * 8));
  EXPECT_TRUE(good("/margin/corporate_actions").at("corporate_actions").as_array().empty()) << "told for seven days";
}

}  // namespace
}  // namespace marginfix::sim
