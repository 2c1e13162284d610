// The simulator's Klear answers against the official file: every operation, property by property.
#include "contract/sim/official/perps_door.hpp"
#include "sim/exchange/commands/control.hpp"
#include "unit/sim/klear/klear_fixture.hpp"

namespace marginfix::sim {
namespace {

using openapi::AnswerCheck;
using openapi::Excuse;

constexpr const char* kEd25519 =
    R"(-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n)";
constexpr const char* kNobody = "a023e290-7ada-40d0-817a-189a24e944e2";

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

std::vector<Excuse> excuses() {
  constexpr std::string_view kReason = "clients that always parse (the exchange's own SDK) must not fail";
  return {{"UpdateMarginSubtraderGroup", "a body, the file has none", kReason},
          {"DeleteMarginSubtraderGroup", "a body, the file has none", kReason}};
}

class KlearAnswers : public KlearTest {
 protected:
  void SetUp() override {
    const std::string yaml = official_file("perps_scm_openapi.yaml");
    if (yaml.empty()) GTEST_SKIP() << "the official file is not beside the checkout (../shared/spec/official)";
    check_ = std::make_unique<AnswerCheck>(yaml, "Error", excuses());
    for (const auto& op : check_->operations()) file_.add(op.method, op.path);
  }
  // An answer of the door, checked; the status is part of what is expected.
  boost::json::value ask(const std::string& method, const std::string& target, const std::string& body = "", int status = 200) {
    return judge(method, target, send(method, target, body), status);
  }
  boost::json::value judge(const std::string& method, const std::string& target, const HttpAnswer& answer, int status) {
    EXPECT_EQ(answer.status, status) << method << " " << target << ": " << answer.body;
    const RouteMatch route = file_.find(method, target.substr(0, target.find('?')));
    if (route.kind != RouteMatch::Kind::Found) {
      ADD_FAILURE() << "the official file has no " << method << " " << target;
    } else {
      check_->answer(check_->operations()[route.index], answer.status, answer.body);
    }
    return answer.body.empty() ? boost::json::value() : boost::json::parse(answer.body);
  }
  void refuse_everywhere() {
    for (const auto& op : check_->operations()) {
      std::string path = op.path;
      if (const std::size_t open = path.find('{'); open != std::string::npos) path.replace(open, path.find('}') - open + 1, kNobody);
      HttpRequest request;
      request.method = op.method;
      request.path = "/klear-api/v1" + path;
      judge(op.method, path, door_.on_request(request).answer, 401);
    }
  }
  void subtraders() {
    ASSERT_EQ(create_subtrader(exchange, fcm, "desk1", false, desk_), FcmRefusal::None);
    std::string second;
    ASSERT_EQ(create_subtrader(exchange, fcm, "desk2", false, second), FcmRefusal::None);
    const std::string groups = "/fcm/margin/subtrader_groups";
    const auto group = text(ask("POST", groups, R"({"subtrader_ids":[)" + in_quotes(second) + "]}").as_object(), "group_id");
    ask("POST", groups, R"({"subtrader_ids":[)" + in_quotes(second) + "]}", 409);
    ask("POST", groups, R"({"subtrader_ids":["somebody-elses_x"]})", 404);
    ask("PUT", groups + "/" + group, R"({"subtrader_ids":[)" + in_quotes(second) + "]}");
    ask("PUT", groups + "/" + kNobody, R"({"subtrader_ids":[)" + in_quotes(desk_) + "]}", 404);
    ask("GET", groups);
    const auto spare = text(ask("POST", groups, R"({"subtrader_ids":[)" + in_quotes(desk_) + "]}").as_object(), "group_id");
    ask("DELETE", groups + "/" + spare);
    keys();
    second_ = second;
  }
  void keys() {
    const std::string keys = "/fcm/margin/api_keys", who = R"("name":"Desk","fcm_subtrader_id":")" + desk_ + "\"";
    const auto made = ask("POST", keys, R"({"public_key":")" + std::string(kEd25519) + "\"," + who + "}", 201);
    ask("POST", keys + "/generate", "{" + who + "}", 201);
    ask("POST", keys, "{" + who + "}", 400);
    ask("GET", keys + "?fcm_subtrader_id=" + desk_);
    ask("DELETE", keys + "/" + text(made.as_object(), "api_key_id"), "", 204);
    ask("DELETE", keys + "/" + kNobody, "", 404);
  }
  // Trades of customers and of the member itself, a dividend, a split, funding: what an obligation can hold.
  void a_day_of_business() {
    fcm_buys(100, "6.2577", desk_);
    fcm_buys(50, "6.2577", second_);
    fcm_buys(50, "6.2577");
    buy("b-key", "bid", 1, "6.2900");
    sell("a-key", "ask", 1, "6.3000");
    ASSERT_TRUE(exchange.run(commands::SetReference{market, usd("6.2500")}));
    CorporateAction dividend;
    dividend.market = market;
    dividend.execution_time = kNoon + hours(1);
    dividend.cash_per_contract = usd("0.0100");
    ASSERT_TRUE(exchange.run(commands::ScheduleAction{dividend}));
    CorporateAction split = dividend;
    split.type = CorporateActionType::StockSplit;
    split.cash_per_contract.reset();
    split.execution_time = kNoon + hours(2);
    split.ratio_old = 1;
    split.ratio_new = 2;
    ASSERT_TRUE(exchange.run(commands::ScheduleAction{split}));
    ask("GET", "/margin/settlement_estimate_by_asset_class");
    exchange.step(kStart + hours(5) + seconds(1));
    ask("GET", "/margin/funding_payments?limit=1&funding_time=" + to_rfc3339(kStart + hours(5)));
    ask("GET", "/margin/funding_estimate_by_asset_class");
    ask("GET", "/margin/settlement_estimate_by_asset_class");
    exchange.step(kClose);
    ask("GET", "/margin/active_obligations");
    exchange.step(kClose + minutes(5));
  }
  void obligations() {
    const auto past = ask("GET", "/margin/obligation_history?limit=1");
    const std::string id = text(past.at("obligations").at(0).as_object(), "id");
    for (const char* rows : {"settlement_details", "funding_payments", "corporate_action_payments", "maintenance_margin_details"}) {
      ask("GET", "/margin/obligations/" + id + "/" + rows + "?limit=1");
      ask("GET", "/margin/obligations/" + std::string(kNobody) + "/" + rows, "", 404);
    }
  }
  void money() {
    ask("GET", "/margin/settlement_balance");
    ask("GET", "/margin/guaranty_fund_balance");
    const auto started = ask("POST", "/margin/withdraw_settlement_balance", R"({"amount":"500.00"})");
    ask("POST", "/margin/withdraw_settlement_balance", R"({"amount":"-1"})", 400);
    ask("GET", "/margin/settlement_balance_withdrawal?id=" + text(started.as_object(), "id"));
    ask("GET", "/margin/settlement_balance_history?limit=1");
  }
  void estimates() {
    const std::string day = "2026-11-23", path = "/margin/estimate_maintenance_margin";
    ask("POST", path,
        R"({"asset_class":"Crypto","date":")" + day +
            R"(","positions":[{"market_ticker":"KXBTCPERP","quantity":-500},{"market_ticker":"KXETHPERP","quantity":3}]})");
    ask("POST", path, R"({"asset_class":"Crypto","date":"2020-01-01","positions":[{"market_ticker":"KXBTCPERP","quantity":1}]})", 404);
    ask("GET", path + "/metadata?asset_class=Crypto&date=" + day);
    ask("GET", path + "/metadata?asset_class=Crypto&date=2020-01-01", "", 404);
    ask("GET", "/margin/funding_schedule?asset_class=Crypto");
    ask("GET", "/margin/settlement_prices?asset_class=Crypto&settlement_time=" + to_rfc3339(kNoon));
    ask("GET", "/margin/large_trader_positions");
    ask("GET", "/margin/reports?start_date=2026-11-23&end_date=2026-11-24");
    ask("GET", "/margin/reports?start_date=2026-11-23", "", 400);
  }
  std::unique_ptr<AnswerCheck> check_;
  Router file_{""};
  std::string desk_, second_;
};

TEST_F(KlearAnswers, AreWhatTheOfficialFileSays) {
  ASSERT_NO_FATAL_FAILURE(subtraders());
  ASSERT_NO_FATAL_FAILURE(a_day_of_business());
  obligations();
  money();
  estimates();
  refuse_everywhere();
  for (const std::string& finding : check_->findings()) ADD_FAILURE() << finding;
  EXPECT_EQ(check_->operations().size(), 28U);
  EXPECT_EQ(check_->never_succeeded(), std::vector<std::string>{});
  EXPECT_EQ(check_->never_refused(), std::vector<std::string>{});
  // The truncation of long lists has a test of its own; no error of Klear's comes from another service.
  EXPECT_EQ(check_->never_written(),
            (std::vector<std::string>{"Error.service", "ObligationEntry.corporate_action_payments_truncated",
                                      "ObligationEntry.funding_payments_truncated", "ObligationEntry.maintenance_margin_details_truncated",
                                      "ObligationEntry.settlement_details_truncated"}));
}

// Nothing happens, one side is empty, prices go where nobody expects them, a member is all but ruined: what clearing tells is in the
// file's form all the same.
class KlearAnswersOfOddMarkets : public KlearAnswers {
 protected:
  void everything() {
    for (const char* target :
         {"/margin/settlement_balance", "/margin/guaranty_fund_balance", "/margin/settlement_balance_history", "/margin/active_obligations",
          "/margin/settlement_estimate_by_asset_class", "/margin/funding_estimate_by_asset_class", "/margin/large_trader_positions",
          "/margin/funding_schedule?asset_class=Crypto", "/fcm/margin/subtrader_groups", "/fcm/margin/api_keys",
          "/margin/reports?start_date=2026-11-20&end_date=2026-11-30"}) {
      ask("GET", target);
    }
    const auto past = ask("GET", "/margin/obligation_history");
    for (const auto& obligation : past.at("obligations").as_array()) {
      for (const char* rows : {"settlement_details", "funding_payments", "corporate_action_payments", "maintenance_margin_details"}) {
        ask("GET", "/margin/obligations/" + text(obligation.as_object(), "id") + "/" + rows);
      }
    }
    times();
  }
  // Whatever is asked for a time at which there was something, or nothing, is answered or refused in the file's form.
  void times() {
    for (const Timestamp at : {kStart - hours(1), kNoon, kStart + hours(5), kClose, kClose + hours(24), exchange.now() + hours(1)}) {
      for (const std::string target :
           {"/margin/settlement_prices?asset_class=Crypto&settlement_time=", "/margin/funding_payments?funding_time="}) {
        const HttpAnswer answer = send("GET", target + to_rfc3339(at));
        EXPECT_TRUE(answer.status == 200 || answer.status == 404)
            << target << to_rfc3339(at) << ": " << answer.status << " " << answer.body;
        judge("GET", target + to_rfc3339(at), answer, answer.status);
      }
    }
  }
  void to_settlement(int days) {
    for (int day = 0; day < days; ++day) {
      exchange.step(kClose + hours(24) * day);
      everything();
      exchange.step(kClose + hours(24) * day + minutes(5));
      everything();
    }
  }
  void TearDown() override {
    if (!check_) return;
    for (const std::string& finding : check_->findings()) {
      if (finding.find("excuse no longer needed") == std::string::npos) ADD_FAILURE() << finding;
    }
    EXPECT_GT(check_->values(), 100U);
  }
};

TEST_F(KlearAnswersOfOddMarkets, NothingEverHappened) {
  everything();
  to_settlement(2);
}

TEST_F(KlearAnswersOfOddMarkets, OneSideIsEmpty) {
  fcm_buys(10, "6.2577");
  buy("a-key", "bid", 1, "6.0000");
  everything();
  to_settlement(2);
}

TEST_F(KlearAnswersOfOddMarkets, OpenedAndClosedWithinTheDay) {
  fcm_buys(10, "6.2577");
  NewOrder back = order("back", Side::Sell, 10, "6.2577");
  ASSERT_TRUE(ExchangeTest::send("f-key", back).accepted);
  buy("b-key", "takes", 10, "6.2577");
  to_settlement(2);
}

TEST_F(KlearAnswersOfOddMarkets, PricesGoToTheirEnds) {
  fcm_buys(10, "6.2577");
  int set = 0;
  for (const char* price : {"0.0001", "0.0010", "900000.0000", "9999.9999"}) {
    if (!exchange.run(commands::SetReference{market, usd(price)})) continue;
    ++set;
    everything();
    to_settlement(set);
  }
  EXPECT_GT(set, 0);
}

TEST_F(KlearAnswersOfOddMarkets, HaltedClosedAndPaused) {
  fcm_buys(10, "6.2577");
  exchange.run(commands::Halt{market, true});
  to_settlement(1);
  exchange.run(commands::SetStatus{views::find_market(exchange.state(), "KXETHPERP").value(), MarketStatus::Closed});
  exchange.run(commands::SetPaused{true});
  to_settlement(2);
}

}  // namespace
}  // namespace marginfix::sim
