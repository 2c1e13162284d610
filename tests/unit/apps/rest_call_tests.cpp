// `marginfix rest` and `marginfix klear` without a network: words to requests, answers to text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "apps/rest/call.hpp"
#include "apps/rest/call_help.hpp"
#include "apps/rest/call_line.hpp"
#include "apps/rest/table.hpp"

namespace marginfix::apps {
namespace {

using rest::Api;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

// "METHOD path?query body", or "refused: why".
std::string sent(Api api, const Words& words) {
  const auto line = parse_call_line(words);
  if (!line) return "refused: " + line.error().message;
  const auto info = named_operation(api, *line);
  if (!info) return "refused: " + info.error().message;
  const auto request = build_request(**info, *line);
  if (!request) return "refused: " + request.error().message;
  const auto p = rest::prepare(**info, request->get());
  if (!p) return "refused: " + p.error().message;
  std::string out = std::string(to_string(p->method)) + ' ' + p->path;
  if (!p->query.empty()) out += '?' + p->query;
  return p->body.empty() ? out : out + ' ' + p->body;
}
std::string rest_sends(const Words& words) { return sent(Api::perps, words); }
std::string klear_sends(const Words& words) { return sent(Api::klear, words); }

TEST(RestLine, WhatWasGivenIsSentAndNothingElse) {
  EXPECT_EQ(rest_sends({"markets", "list"}), "GET /margin/markets");
  EXPECT_EQ(rest_sends({"markets", "list", "--status", "active", "--endpoints", "f"}), "GET /margin/markets?status=active");
  EXPECT_EQ(rest_sends({"markets", "orderbook", "--ticker=KXBTCPERP", "--depth", "5"}), "GET /margin/markets/KXBTCPERP/orderbook?depth=5");
  EXPECT_EQ(rest_sends({"markets", "bulk_orderbooks", "--tickers", "A,B/C"}), "GET /margin/markets/orderbooks?tickers=A,B%2FC");
  EXPECT_EQ(rest_sends({"margin", "balance", "--compute-available-balance", "true"}), "GET /margin/balance?compute_available_balance=true");
  EXPECT_EQ(rest_sends({"order_groups", "update_limit", "--order-group-id", "g 1", "--contracts-limit", "7", "--subaccount", "2"}),
            R"(PUT /margin/order_groups/g%201/limit?subaccount=2 {"contracts_limit":7})");
  EXPECT_EQ(rest_sends({"orders", "cancel_all"}), "DELETE /margin/orders");
}

TEST(RestLine, AnOrderTakesItsBodyFromParametersOrWhole) {
  const std::string expected = R"(POST /margin/orders {"ticker":"T","client_order_id":"c-1","side":"bid","count":"10.00","price":"0.5000",)"
                               R"("time_in_force":"good_till_canceled","post_only":false,"self_trade_prevention_type":"taker_at_cross"})";
  EXPECT_EQ(rest_sends({"orders", "create", "--ticker", "T", "--client-order-id", "c-1", "--side", "bid", "--count", "10", "--price", "0.5",
                        "--time-in-force", "good_till_canceled", "--post-only", "false", "--self-trade-prevention-type", "taker_at_cross"}),
            expected);
  EXPECT_EQ(
      rest_sends({"orders", "create", "--body",
                  R"({"ticker":"T","client_order_id":"c-1","side":"bid","count":"10","price":"0.5","time_in_force":"good_till_canceled",
                        "post_only":false,"self_trade_prevention_type":"taker_at_cross"})"}),
      expected);
}

TEST(RestLine, KlearOperationsAreNamedWithoutAFamily) {
  EXPECT_EQ(klear_sends({"settlement_balance_withdrawal", "--id", "w-1"}), "GET /margin/settlement_balance_withdrawal?id=w-1");
  EXPECT_EQ(klear_sends({"large_trader_positions"}), "GET /margin/large_trader_positions");
  EXPECT_EQ(klear_sends({"withdraw_settlement_balance", "--amount", "500.00"}),
            R"(POST /margin/withdraw_settlement_balance {"amount":"500.00"})");
  EXPECT_EQ(klear_sends({"estimate_maintenance_margin", "--asset-class", "Crypto", "--positions",
                         R"([{"market_ticker":"A","quantity":-5,"price":"6.8"},{"market_ticker":"B","quantity":1}])"}),
            R"(POST /margin/estimate_maintenance_margin {"asset_class":"Crypto","positions":[{"market_ticker":"A","quantity":-5,)"
            R"("price":"6.8000"},{"market_ticker":"B","quantity":1}]})");
  EXPECT_EQ(klear_sends({"create_subtrader_group", "--subtrader-ids", "a_1,a_2"}),
            R"(POST /fcm/margin/subtrader_groups {"subtrader_ids":["a_1","a_2"]})");
  EXPECT_THAT(
      klear_sends({"create_fcm_api_key", "--name", "n", "--fcm-subtrader-id", "a_1", "--public-key", "-----BEGIN PUBLIC KEY-----\nM"}),
      StartsWith("POST /fcm/margin/api_keys "));
}

TEST(RestLine, NothingThatIsRequiredLeavesAsAZero) {
  EXPECT_EQ(rest_sends({"markets", "orderbook"}), "refused: --ticker is required by orderbook");
  EXPECT_EQ(rest_sends({"orders", "create", "--ticker", "T", "--client-order-id", "c", "--side", "bid", "--price", "1", "--time-in-force",
                        "good_till_canceled", "--self-trade-prevention-type", "maker"}),
            "refused: --count is required by create");
  EXPECT_EQ(rest_sends({"orders", "create", "--body", R"({"ticker":"T"})"}).find("refused: --body: "), 0U);
  EXPECT_EQ(rest_sends({"markets", "candlesticks", "--ticker", "T", "--start-ts", "1", "--period-interval", "60"}),
            "refused: --end-ts is required by candlesticks");
  EXPECT_EQ(klear_sends({"withdraw_settlement_balance"}), "refused: --amount is required by withdraw_settlement_balance");
  EXPECT_EQ(klear_sends({"margin_reports", "--start-date", "2026-11-02"}), "refused: --end-date is required by margin_reports");
}

TEST(RestLine, BadValuesNameTheParameterAndTheRule) {
  EXPECT_EQ(rest_sends({"markets", "orderbook", "--ticker", "T", "--depth", "many"}),
            "refused: --depth: \"many\" does not fit, it takes: whole number (at least 0)");
  EXPECT_THAT(rest_sends({"markets", "orderbook", "--ticker", "T", "--depth", "-1"}),
              AllOf(StartsWith("refused: --depth: must be"), HasSubstr("0")));
  EXPECT_EQ(rest_sends({"margin", "balance", "--compute-available-balance", "yes"}).find("refused: --compute-available-balance"), 0U);
  EXPECT_THAT(rest_sends({"markets", "list", "--status", "open"}),
              AllOf(StartsWith("refused: --status: must be one of"), HasSubstr("active")));
  EXPECT_THAT(rest_sends({"markets", "bulk_orderbooks", "--tickers", "A,,B"}), HasSubstr("empty item"));
  EXPECT_THAT(rest_sends({"markets", "bulk_orderbooks", "--tickers", ""}), HasSubstr("empty item"));
  EXPECT_THAT(rest_sends({"markets", "get", "--ticker", ".."}), HasSubstr("not an identifier"));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--amount", "-5"}), HasSubstr("greater than 0"));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--amount", "1e3"}), HasSubstr("--amount"));
}

TEST(RestLine, UnknownAndDoubledWordsAreRefused) {
  EXPECT_EQ(rest_sends({"markets", "list", "--statu", "active"}),
            "refused: --statu is unknown: list takes --status; did you mean --status?");
  EXPECT_EQ(rest_sends({"exchange", "status", "--x", "1"}), "refused: --x is unknown: status takes no parameters");
  EXPECT_THAT(rest_sends({"orders", "cancel", "--order_id", "1"}), HasSubstr("takes --order-id, --subaccount"));
  EXPECT_THAT(rest_sends({"markets", "list", "--status", "active", "--status", "closed"}), HasSubstr("there twice"));
  EXPECT_THAT(rest_sends({"markets", "list", "active"}), HasSubstr("a word too many"));
  EXPECT_THAT(rest_sends({"markets", "list", "--status"}), HasSubstr("--status needs a value"));
  EXPECT_THAT(rest_sends({"markets", "list", "--tabel"}), HasSubstr("did you mean --table?"));
  EXPECT_THAT(rest_sends({"markets", "list", "--status", "--json"}), HasSubstr("--status needs a value"));
  EXPECT_THAT(rest_sends({"markets", "list", "--all=yes"}), HasSubstr("--all takes no value"));
  EXPECT_THAT(rest_sends({"market", "list"}), AllOf(HasSubstr("no family \"market\""), HasSubstr("did you mean markets?")));
  EXPECT_THAT(rest_sends({"markets", "lst"}),
              AllOf(HasSubstr("no operation \"lst\""), HasSubstr("bulk_orderbooks"), HasSubstr("did you mean list?")));
  EXPECT_THAT(rest_sends({"nothing", "at_all"}), Not(HasSubstr("did you mean")));
  EXPECT_THAT(rest_sends({}), HasSubstr("give a family"));
  EXPECT_THAT(rest_sends({"markets"}), HasSubstr("give an operation of markets"));
  EXPECT_THAT(klear_sends({}), HasSubstr("give an operation"));
  EXPECT_THAT(klear_sends({"settlement_balanc"}), HasSubstr("did you mean settlement_balance?"));
  EXPECT_THAT(klear_sends({"balance"}), HasSubstr("did you mean settlement_balance, guaranty_fund_balance"));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--body", R"({"amount":"-1.00"})"}), StartsWith("refused: --body: amount: must"));
  EXPECT_THAT(rest_sends({"markets", "list", "--env", "prod"}), HasSubstr("demo or production"));
}

TEST(RestLine, AWholeBodyMayNotBeMixedNorHoldStrangers) {
  EXPECT_THAT(rest_sends({"markets", "list", "--body", "{}"}), HasSubstr("sends none"));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--body", R"({"amount":"1.00"})", "--amount", "2"}),
              HasSubstr("use one of the two"));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--body", "{}", "--amount", "2"}), HasSubstr("use one of the two"));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--body", R"({"amount":"1.00","to":"x"})"}), HasSubstr("no member \"to\""));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--body", R"({"amount":1.00})"}), HasSubstr("amount: expected"));
  EXPECT_THAT(klear_sends({"withdraw_settlement_balance", "--body", "{"}), HasSubstr("not JSON"));
  EXPECT_THAT(klear_sends({"estimate_maintenance_margin", "--body",
                           R"({"asset_class":"Crypto","positions":[{"market_ticker":"A","quantity":1,"side":"long"}]})"}),
              HasSubstr("nested object"));
  EXPECT_THAT(klear_sends({"create_subtrader_group", "--body", "{}"}), HasSubstr("subtrader_ids is required"));
}

TEST(RestLine, NoParameterHidesBehindAnOptionOfTheCommandOrAnother) {
  const std::set<std::string> own = {"all", "table", "dry-run", "json", "list", "help", "endpoints", "account", "env", "body"};
  for (const auto operations : {rest::perps_operations(), rest::klear_operations()}) {
    for (const rest::OperationInfo* info : operations) {
      std::set<std::string> names = own;
      for (const auto& f : info->request->fields) EXPECT_TRUE(names.insert(option_name(f.name)).second) << info->name << ' ' << f.name;
      if (info->body == nullptr) continue;
      for (const auto& f : info->body->fields) EXPECT_TRUE(names.insert(option_name(f.name)).second) << info->name << ' ' << f.name;
    }
  }
}

// What is printed for the answers, one a call; `requests` gets what was asked.
struct Exchange {
  std::vector<Answer> answers;
  std::vector<std::string> requests;

  Result<std::string> print(Api api, const Words& words) {
    const auto line = parse_call_line(words).value();
    const rest::OperationInfo& info = *named_operation(api, line).value();
    auto request = build_request(info, line).value();
    std::size_t next = 0;
    return perform(info, request, line, [&](const rest::OperationInfo& i, const void* r) -> Result<Answer> {
      const auto p = rest::prepare(i, r).value();
      requests.push_back(p.path + '?' + p.query);
      if (next == answers.size()) return fail(ErrorCategory::closed, "no answer left");
      return answers[next++];
    });
  }
};

std::string printed(Api api, const Words& words, const std::string& body, int status = 200) {
  Exchange exchange{{{status, body}}, {}};
  const auto text = exchange.print(api, words);
  return text ? *text : "error: " + error_line(text.error());
}

TEST(RestAnswer, IsPrintedAsItCame) {
  const std::string odd = R"({"estimate_ts":1, "funding_rate": -0.00095935529482860, "new":{"x":1e400,"y":[null]},"mark_price":null})";
  EXPECT_EQ(printed(Api::perps, {"funding", "rate_estimate", "--ticker", "T"}, odd + "\n\n"), odd + "\n");
  EXPECT_EQ(printed(Api::perps, {"order_groups", "list"}, "{}"), "{}\n");
  EXPECT_EQ(printed(Api::perps, {"orders", "cancel_all"}, "", 204), "");
  EXPECT_EQ(printed(Api::klear, {"delete_subtrader_group", "--group-id", "0b5c9f0e-52a1-4c3b-9a53-5f1a4f6e2d11"}, ""), "");
  EXPECT_EQ(printed(Api::klear, {"delete_subtrader_group", "--group-id", "0b5c9f0e-52a1-4c3b-9a53-5f1a4f6e2d11"}, "{} "), "{}\n");
  EXPECT_EQ(printed(Api::perps, {"exchange", "status"}, R"({"exchange_active":true,"trading_active":false})"),
            "{\"exchange_active\":true,\"trading_active\":false}\n");
}

TEST(RestAnswer, OfAnotherTypeIsAnErrorAndNullIsNot) {
  const auto status = [](const std::string& body) { return printed(Api::perps, {"exchange", "status"}, body); };
  EXPECT_THAT(status(""), AllOf(StartsWith("error: HTTP 200"), HasSubstr("it is empty")));
  EXPECT_THAT(status("[]"), AllOf(StartsWith("error:"), HasSubstr("got an array")));
  EXPECT_THAT(status("null"), StartsWith("error:"));
  EXPECT_THAT(status(R"({"exchange_active":"yes"})"), AllOf(StartsWith("error:"), HasSubstr("exchange_active")));
  EXPECT_THAT(status("<html>"), AllOf(StartsWith("error:"), HasSubstr("not JSON")));
  EXPECT_EQ(status(R"({"exchange_active":null})"), "{\"exchange_active\":null}\n");
  EXPECT_EQ(status("{}"), "{}\n");
  EXPECT_EQ(printed(Api::perps, {"portfolio", "fills"}, R"({"fills":[{"side":"sideways"}],"cursor":null})"),
            "{\"fills\":[{\"side\":\"sideways\"}],\"cursor\":null}\n");
  EXPECT_THAT(printed(Api::perps, {"portfolio", "fills"}, R"({"fills":{}})"), StartsWith("error:"));
}

TEST(RestPages, AreReadToTheEndAndPutTogether) {
  Exchange exchange{{{200, R"({"fills":[{"fill_id":"1","price":"0.10"}],"cursor":"a&b"})"},
                     {200, R"({"fills":[],"cursor":"c"})"},
                     {200, R"({"fills":[{"fill_id":"2","n":1.50}],"new":1,"cursor":""})"}},
                    {}};
  const auto text = exchange.print(Api::perps, {"portfolio", "fills", "--all", "--limit", "1"});
  ASSERT_TRUE(text) << to_string(text.error());
  EXPECT_EQ(*text, "{\"fills\":[{\"fill_id\":\"1\",\"price\":\"0.10\"},{\"fill_id\":\"2\",\"n\":1.50}],\"new\":1,\"cursor\":\"\"}\n");
  EXPECT_EQ(exchange.requests, (Words{"/margin/fills?limit=1", "/margin/fills?limit=1&cursor=a%26b", "/margin/fills?limit=1&cursor=c"}));
}

TEST(RestPages, WithoutAllOneCallIsOnePage) {
  Exchange exchange{{{200, R"({"fills":[],"cursor":"a"})"}}, {}};
  ASSERT_TRUE(exchange.print(Api::perps, {"portfolio", "fills"}));
  EXPECT_EQ(exchange.requests.size(), 1U);
}

TEST(RestPages, AnErrorOnTheWayPrintsNothingAndALoopEnds) {
  Exchange broken{{{200, R"({"fills":[{"fill_id":"1"}],"cursor":"a"})"}}, {}};
  EXPECT_FALSE(broken.print(Api::perps, {"portfolio", "fills", "--all"}));
  Exchange loop{{{200, R"({"fills":[],"cursor":"a"})"}, {200, R"({"fills":[],"cursor":"a"})"}, {200, "{}"}}, {}};
  const auto looped = loop.print(Api::perps, {"portfolio", "fills", "--all"});
  ASSERT_FALSE(looped);
  EXPECT_THAT(looped.error().message, HasSubstr("twice"));
  Exchange whole{{{200, "{}"}}, {}};
  const auto refused = whole.print(Api::perps, {"markets", "list", "--all"});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(whole.requests.empty());
}

TEST(RestTable, AlignsRowsAndKeepsEveryMember) {
  EXPECT_EQ(
      printed(
          Api::perps, {"portfolio", "fills", "--table"},
          R"({"fills":[{"fill_id":"1","price":"0.1000","new":{"a":[1,2]}},{"fill_id":"22","count":null,"price":"12.5000"}],"cursor":"x"})"),
      "cursor  x\n"
      "\n"
      "fills\n"
      "fill_id    price  new.a  count\n"
      "      1   0.1000  1, 2\n"
      "     22  12.5000             -\n");
  EXPECT_EQ(printed(Api::perps, {"exchange", "status", "--table"}, R"({"exchange_active":true,"note":"a\u001b[31m\"b"})"),
            "exchange_active  true\n"
            "note             a\\u001b[31m\\\"b\n");
  EXPECT_EQ(printed(Api::perps, {"order_groups", "list", "--table"}, "{}"), "");
}

TEST(RestTable, NamesThePartsOfALevel) {
  EXPECT_EQ(printed(Api::perps, {"markets", "orderbook", "--ticker", "T", "--table"},
                    R"({"orderbook":{"bids":[["0.1000","1.00"],["10.2000","300.00"]],"asks":[]}})"),
            "orderbook\n"
            "asks  (none)\n"
            "\n"
            "orderbook.bids\n"
            "  price   count\n"
            " 0.1000    1.00\n"
            "10.2000  300.00\n");
}

TEST(RestTable, ShowsBooksAndDictionaries) {
  EXPECT_EQ(table_of(nullptr, R"({"book":{"bids":[["0.1000","1.00"],["10.2000","300.00"]],"asks":[]}})"),
            "book\n"
            "asks  (none)\n"
            "\n"
            "book.bids\n"
            "      1       2\n"
            " 0.1000    1.00\n"
            "10.2000  300.00\n");
  EXPECT_EQ(printed(Api::klear, {"settlement_prices", "--asset-class", "Crypto", "--settlement-time", "2026-11-02T17:00:00Z", "--table"},
                    R"({"settlement_prices":{"KXBTCPERP":62577,"A":1}})"),
            "settlement_prices\n"
            "key        value\n"
            "KXBTCPERP  62577\n"
            "A              1\n");
  EXPECT_THAT(printed(Api::klear, {"funding_estimate_by_asset_class", "--table"},
                      R"({"estimates":{"Crypto":{"user_breakdown":{"funding_amount_centicents":-5},"next_funding_time":17}}})"),
              StartsWith("error:"));  // 17 is no time
  EXPECT_EQ(printed(Api::klear, {"funding_estimate_by_asset_class", "--table"},
                    R"({"estimates":{"Crypto":{"user_breakdown":{"funding_amount_centicents":-5},"subtrader_breakdowns":{"s1":
                    {"funding_amount_centicents":7,"positions":{"T":{"quantity_centicount":100,"funding_amount_centicents":7}}}}}}})"),
            "estimates[Crypto].user_breakdown\n"
            "funding_amount_centicents  -5\n"
            "\n"
            "estimates[Crypto].subtrader_breakdowns[s1]\n"
            "funding_amount_centicents  7\n"
            "\n"
            "estimates[Crypto].subtrader_breakdowns[s1].positions\n"
            "key  quantity_centicount  funding_amount_centicents\n"
            "T                    100                          7\n");
}

TEST(RestHelp, ComesFromTheTables) {
  const auto& info = *rest::find_operation(Api::klear, "", "estimate_maintenance_margin");
  EXPECT_THAT(operation_help(info),
              AllOf(HasSubstr("POST /margin/estimate_maintenance_margin"), HasSubstr("Crypto|Equities|Metals|Indices|Energy"),
                    HasSubstr("at least 1 items, at most 500 items"), HasSubstr("\"price\": dollars (more than 0, at most 4 decimals)")));
  EXPECT_THAT(operation_help(*rest::find_operation(Api::perps, "portfolio", "fills")),
              AllOf(HasSubstr("--limit"), HasSubstr("1 to 1000"), HasSubstr("--all reads them all")));
  const std::string list = operations_list(Api::perps, {}, false);
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(list, '\n')), rest::perps_operations().size());
  EXPECT_THAT(list, HasSubstr("rest order_groups update_limit"));
  EXPECT_THAT(operations_list(Api::klear, {}, true),
              HasSubstr(R"({"operation":"large_trader_positions","operation_id":"GetLargeTraderPositions")"));
  for (const auto operations : {rest::perps_operations(), rest::klear_operations()}) {
    for (const rest::OperationInfo* each : operations) {
      const std::string help = operation_help(*each);
      for (const auto& f : each->request->fields) EXPECT_THAT(help, HasSubstr("--" + option_name(f.name))) << each->name;
    }
  }
}

TEST(RestErrors, AreOneLineWithStatusCodeAndMessage) {
  Error error = fail(ErrorCategory::http, "order not found");
  error.status = 404;
  error.code = "not_found";
  EXPECT_EQ(error_line(error), "HTTP 404 not_found: order not found");
  error.message = "GET https://host/orders/404: 404 not_found: order not found";
  EXPECT_EQ(error_line(error), error.message) << "said once";
  error.message = "GetOrder: 404 with an empty body";
  EXPECT_EQ(error_line(error), "HTTP 404 not_found: GetOrder: 404 with an empty body");
  error.may_have_been_sent = true;
  EXPECT_THAT(error_line(error), HasSubstr("may have reached"));
  EXPECT_EQ(error_line(fail(ErrorCategory::connect, "refused")), "refused");
}

}  // namespace
}  // namespace marginfix::apps
