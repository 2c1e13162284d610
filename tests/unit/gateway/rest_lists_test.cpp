// Markets and positions from REST: a server that the test plays.
#include "services/gateway/exchange/rest_lists.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>

#include "support/run_until.hpp"
#include "support/scripted_http_server.hpp"
#include "unit/gateway/market_fixture.hpp"

namespace marginfix::gateway {
namespace {

using test::http_answer;
using test::ScriptedHttpServer;
using test::SeenRequest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kKey =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
constexpr const char* kMarkets =
    R"({"markets":[{"ticker":"KXBTCPERP","title":"Bitcoin","contract_size":"0.0001","tick_size":"0.0001","status":"active",)"
    R"("fractional_trading_enabled":false,"settlement_mark_price":{"price":"6.2519","ts_ms":1764599400000}},{"ticker":"KXETHPERP","status":"closed"}]})";
constexpr const char* kPositions =
    R"({"positions":[{"market_ticker":"KXBTCPERP","position":"-2.50","entry_price":"6.2000","unrealized_pnl":"-0.1297","margin_used":null}]})";

class RestListsTest : public testing::Test {
 protected:
  void serve(const ScriptedHttpServer::Handler& handler) {
    server = std::make_unique<ScriptedHttpServer>(handler);
    PerpsConfig config;
    config.base_url = server->origin() + "/trade-api/v2";
    config.credentials.key_id = "11111111-1111-4111-8111-111111111111";
    config.credentials.private_key = SecretString(kKey);
    config.http.retry.more_tries = 0;
    client = std::make_unique<AsyncPerpsClient>(io.get_executor(), config);
    lists = std::make_unique<RestLists>(*client);
  }
  template <class Condition>
  void wait(const Condition& condition) {
    EXPECT_TRUE(test::run_until(io, condition));
  }

  boost::asio::io_context io{1};
  std::unique_ptr<ScriptedHttpServer> server;
  std::unique_ptr<AsyncPerpsClient> client;
  std::unique_ptr<RestLists> lists;
};

TEST_F(RestListsTest, MarketsAreReadAsSecurities) {
  serve([](const SeenRequest&) { return http_answer(200, kMarkets); });
  std::optional<std::vector<Security>> got;
  lists->read_markets([&](const Result<std::vector<Security>>& all) { got = all.value(); });
  EXPECT_FALSE(got) << "never within the call";
  wait([&] { return got.has_value(); });
  ASSERT_THAT(*got, SizeIs(2));
  const Security& btc = (*got)[0];
  EXPECT_EQ(btc.symbol, "KXBTCPERP");
  EXPECT_EQ(btc.name, "Bitcoin");
  EXPECT_EQ(btc.tick, dollars("0.0001"));
  EXPECT_EQ(btc.contract_size, "0.0001");
  EXPECT_FALSE(btc.fractional);
  EXPECT_EQ(btc.status, "active");
  EXPECT_EQ(btc.mark, dollars("6.2519"));
  const Security& eth = (*got)[1];
  EXPECT_EQ(eth.name, "");
  EXPECT_FALSE(eth.tick);
  EXPECT_TRUE(eth.fractional);
  EXPECT_EQ(eth.status, "closed");
  EXPECT_FALSE(eth.mark);
}

TEST_F(RestListsTest, PositionsAreThoseOfTheSubaccountAskedFor) {
  serve([](const SeenRequest&) { return http_answer(200, kPositions); });
  std::vector<Position> got;
  const auto take = [&](const Result<std::vector<Position>>& held) { got.insert(got.end(), held.value().begin(), held.value().end()); };
  lists->read_positions(3, take);
  lists->read_positions({}, take);
  wait([&] { return got.size() == 2; });
  EXPECT_EQ(got[0].symbol, "KXBTCPERP");
  EXPECT_EQ(got[0].net, contracts("-2.5"));
  EXPECT_EQ(got[0].entry_price, dollars("6.2"));
  EXPECT_EQ(got[0].unrealized_pnl, dollars("-0.1297"));
  std::set<std::string> targets;
  for (const SeenRequest& request : server->requests()) targets.insert(request.target);
  EXPECT_THAT(targets, ElementsAre("/trade-api/v2/margin/positions", "/trade-api/v2/margin/positions?subaccount=3"));
}

TEST_F(RestListsTest, WhatRestCannotSayIsAnError) {
  serve([](const SeenRequest& request) {
    return request.target.find("markets") != std::string::npos ? http_answer(503, "{}") : http_answer(200, "no JSON");
  });
  std::vector<ErrorCategory> errors;
  lists->read_markets([&](const Result<std::vector<Security>>& all) { errors.push_back(all.error().category); });
  lists->read_positions({}, [&](const Result<std::vector<Position>>& held) { errors.push_back(held.error().category); });
  wait([&] { return errors.size() == 2; });
  EXPECT_THAT(errors, testing::UnorderedElementsAre(ErrorCategory::http, ErrorCategory::decode));
}

TEST_F(RestListsTest, WhoAsksMeanwhileIsAnsweredByOneRequestMore) {
  std::atomic<int> requests{0};
  serve([&](const SeenRequest&) { return http_answer(200, ++requests == 1 ? R"({"positions":[]})" : kPositions); });
  std::vector<std::size_t> sizes;
  const auto take = [&](const Result<std::vector<Position>>& held) { sizes.push_back(held.value().size()); };
  for (int i = 0; i < 5; ++i) lists->read_positions({}, take);
  wait([&] { return sizes.size() == 5; });
  EXPECT_THAT(sizes, ElementsAre(0U, 1U, 1U, 1U, 1U)) << "no answer is older than its question";
  EXPECT_EQ(requests, 2);
  lists->read_positions({}, take);
  wait([&] { return sizes.size() == 6; });
  EXPECT_EQ(requests, 3);
}

TEST_F(RestListsTest, WhoAsksFromAnAnswerIsAnsweredByTheNext) {
  serve([](const SeenRequest&) { return http_answer(200, kMarkets); });
  int answers = 0;
  std::function<void(const Result<std::vector<Security>>&)> again = [&](const Result<std::vector<Security>>&) {
    if (++answers < 3) lists->read_markets(again);
  };
  lists->read_markets(again);
  wait([&] { return answers == 3; });
  EXPECT_THAT(server->requests(), SizeIs(3));
}

TEST_F(RestListsTest, NobodyIsToldAfterItsEnd) {
  serve([](const SeenRequest&) { return http_answer(200, kMarkets); });
  bool told = false;
  lists->read_markets([&](const Result<std::vector<Security>>&) { told = true; });
  lists.reset();
  wait([&] { return server->requests().size() == 1; });
  io.restart();
  io.run_for(std::chrono::milliseconds(0));
  client.reset();
  EXPECT_FALSE(told);
}

}  // namespace
}  // namespace marginfix::gateway
