// The control port: every verb over HTTP, its effect on a session, and errors as JSON. Source: design.md, `control`.
#include <boost/json/parse.hpp>

#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/json/writer.hpp"
#include "support/odd_texts.hpp"

namespace marginfix::sim::test {
namespace {

class SimControl : public SimTest {
 protected:
  void SetUp() override { start(); }
  std::pair<int, std::string> post(const std::string& path, const std::string& body) {
    return http(sim().endpoints().control_url, "POST", path, body);
  }
  std::string session_body(const std::string& session, const std::string& more = "") {
    return R"({"session":")" + session + R"(","key_id":")" + key_id("alice") + "\"" + more + "}";
  }
  std::unique_ptr<Client> enter(const std::string& session, const LogonTweaks& tweaks = {}) {
    auto client = std::make_unique<Client>(sim(), session, "alice");
    client->logon(tweaks);
    return client;
  }
};

TEST_F(SimControl, DisconnectClosesTheConnectionAtOnce) {
  const auto client = enter("KalshiRT");
  EXPECT_EQ(post("/disconnect", session_body("KalshiRT")).first, 200);
  EXPECT_TRUE(client->closed());
}

TEST_F(SimControl, SkipSeqMakesAGapThatAResendFillsWithNothing) {
  const auto client = enter("KalshiRT");
  const std::int64_t before = client->last_seen();
  EXPECT_EQ(post("/skip_seq", session_body("KalshiRT", ",\"count\":5")).first, 200);
  client->send("D", Order{.id = "a1"}.body());
  EXPECT_EQ(client->expect_report('A').seq(), before + 6);
  client->expect_report('0');
  client->send("2", "7=" + std::to_string(before + 1) + "|16=0|");
  const Message fill = client->expect("4");
  EXPECT_EQ(fill.get(123), "Y");
  EXPECT_EQ(fill.get(36), std::to_string(before + 6));
  EXPECT_EQ(client->expect_report('A').get(43), "Y");
}

TEST_F(SimControl, DelayHoldsBackWhatIsSent) {
  const auto client = enter("KalshiNR");
  EXPECT_EQ(post("/delay", session_body("KalshiNR", ",\"ms\":300")).first, 200);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(client->quiet());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(280));
  EXPECT_EQ(post("/delay", session_body("KalshiNR", ",\"ms\":0")).first, 200);
}

TEST_F(SimControl, SilenceKeepsTheConnectionAndTheKeyUntilTheHeartbeatTimeout) {
  LogonTweaks tweaks;
  tweaks.heart_bt_int = 3;
  const auto client = enter("KalshiNR", tweaks);
  EXPECT_EQ(post("/silence", session_body("KalshiNR")).first, 200);
  Client second(sim(), "KalshiNR", "alice");
  second.send_logon();
  EXPECT_EQ(second.expect("5").get(58), "already exists");
  EXPECT_TRUE(client->closed(std::chrono::seconds(30)));
  const auto third = enter("KalshiNR");
  EXPECT_TRUE(third->quiet());
}

TEST_F(SimControl, HaltAndResume) {
  EXPECT_EQ(post("/halt", R"({"ticker":"KXLTCPERP"})").first, 200);
  LogonTweaks tweaks;
  tweaks.extra = "21011=Y|";
  const auto client = enter("KalshiNR", tweaks);
  client->send("D", Order{.id = "a1"}.body());
  client->expect_report('8');
  EXPECT_EQ(post("/halt", R"({"ticker":"KXLTCPERP","halted":false})").first, 200);
  client->send("D", Order{.id = "a2"}.body());
  client->expect_report('0');
  EXPECT_EQ(post("/halt", R"({"ticker":"KXNOSUCHPERP"})").first, 404);
}

TEST_F(SimControl, ClockMovesTheTradingTimeOnly) {
  const auto client = enter("KalshiNR");
  client->send("D", Order{.id = "a1"}.body());
  client->expect_report('A');
  const auto before = parse_fix_utc(client->expect_report('0').get(60)).value();
  EXPECT_EQ(post("/clock", R"({"advance_ms":7200000})").first, 200);
  client->send("D", Order{.id = "a2"}.body());
  client->expect_report('A');
  const Message after = client->expect_report('0');
  EXPECT_GE(parse_fix_utc(after.get(60)).value() - before, std::chrono::hours(2));
  EXPECT_LT(parse_fix_utc(after.get(52)).value() - before, std::chrono::hours(1));
  const auto again = enter("KalshiMD");
  EXPECT_TRUE(again->quiet());
}

TEST_F(SimControl, StateIsTheTruthWithOrdersAndSessions) {
  const auto client = enter("KalshiNR");
  client->send("D", Order{.id = "a1"}.body());
  client->expect_report('A');
  const Message report = client->expect_report('0');
  const auto [status, body] = http(sim().endpoints().control_url, "GET", "/state");
  EXPECT_EQ(status, 200);
  const auto state = boost::json::parse(body).as_object();
  EXPECT_TRUE(state.contains("accounts"));
  EXPECT_NE(body.find(report.get(37)), std::string::npos);
  EXPECT_NE(body.find(report.get(17)), std::string::npos);
  ASSERT_EQ(state.at("sessions").as_array().size(), 1U);
  EXPECT_EQ(state.at("sessions").as_array()[0].as_object().at("session").as_string(), "KalshiNR");
  EXPECT_EQ(sim().state_json().front(), '{');
}

TEST_F(SimControl, ReferencePricesMove) {
  EXPECT_EQ(post("/reference_price", R"({"ticker":"KXLTCPERP","price":"7.1230"})").first, 200);
  EXPECT_NE(sim().state_json().find("7.123"), std::string::npos);
  EXPECT_EQ(post("/reference_price", R"({"ticker":"KXNOSUCHPERP","price":"7.1230"})").first, 404);
  EXPECT_EQ(post("/reference_price", R"({"ticker":"KXLTCPERP","price":"7.12345"})").first, 400);
  EXPECT_EQ(post("/reference_price", R"({"ticker":"KXLTCPERP","price":7})").first, 400);
  EXPECT_EQ(post("/reference_price", R"({"ticker":"KXLTCPERP","price":"-1"})").first, 400);
}

TEST_F(SimControl, ASubtraderGetsTheExchangesLimit) {
  RestClient alice(sim(), "alice");
  const auto made = alice.post("/margin/fcm/subtraders", R"({"subtrader_suffix":"desk","require_category_cap":false})");
  const std::string id(boost::json::parse(made.body).at("subtrader_id").as_string());
  const auto limits = [&] {
    return boost::json::parse(alice.get("/margin/fcm/subtraders/risk_controls?subtrader_id=" + id).body).at("notional_limits").as_array();
  };
  const std::string who = R"({"subtrader_id":")" + id + "\"";
  EXPECT_TRUE(limits().empty());
  EXPECT_EQ(post("/subtrader_limit", who + R"(,"limit":"5000"})").first, 200);
  EXPECT_EQ(post("/subtrader_limit", who + R"(,"ticker":"KXLTCPERP","limit":"1000.5"})").first, 200);
  ASSERT_EQ(limits().size(), 2U);
  EXPECT_EQ(limits()[1].at("notional_value_risk_limit").as_string(), "1000.5000");
  EXPECT_EQ(post("/subtrader_limit", who + R"(,"limit":null})").first, 200);
  EXPECT_EQ(limits().size(), 1U);
  EXPECT_EQ(post("/subtrader_limit", who + "}").first, 400);
  EXPECT_EQ(post("/subtrader_limit", who + R"(,"limit":"-1"})").first, 400);
  EXPECT_EQ(post("/subtrader_limit", who + R"(,"ticker":"KXNOSUCHPERP","limit":"1"})").first, 404);
  EXPECT_EQ(post("/subtrader_limit", R"({"subtrader_id":"nobody_x","limit":"1"})").first, 404);
}

TEST_F(SimControl, CorporateActionsAreScheduledAndTakenBack) {
  const auto [status, body] =
      post("/corporate_action", R"({"ticker":"KXLTCPERP","type":"stock_split","ratio_old":"1","ratio_new":"2","in_ms":60000})");
  ASSERT_EQ(status, 200) << body;
  const std::string id(boost::json::parse(body).at("id").as_string());
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(post("/corporate_action", R"({"cancel":")" + id + "\"}").first, 200);
  EXPECT_EQ(post("/corporate_action", R"({"cancel":")" + id + "\"}").first, 404);
  EXPECT_EQ(post("/corporate_action", R"({"ticker":"KXNOSUCHPERP","type":"stock_split","ratio_old":"1","ratio_new":"2"})").first, 404);
  EXPECT_EQ(post("/corporate_action", R"({"ticker":"KXLTCPERP","type":"stock_split"})").first, 400);
}

TEST_F(SimControl, BadInputIsAnsweredWithAnErrorInJson) {
  const auto expect_error = [](const std::pair<int, std::string>& answer, int status) {
    EXPECT_EQ(answer.first, status) << answer.second;
    EXPECT_TRUE(boost::json::parse(answer.second).as_object().contains("error")) << answer.second;
  };
  const std::string& control = sim().endpoints().control_url;
  expect_error(post("/disconnect", "nonsense"), 400);
  expect_error(post("/disconnect", "[]"), 400);
  expect_error(post("/disconnect", "{}"), 400);
  expect_error(post("/disconnect", session_body("KalshiXX")), 404);
  expect_error(post("/skip_seq", session_body("KalshiRT", ",\"count\":0")), 400);
  expect_error(post("/delay", session_body("KalshiRT", ",\"ms\":\"x\"")), 400);
  expect_error(post("/clock", R"({"advance_ms":-1})"), 400);
  expect_error(post("/nothing", "{}"), 404);
  expect_error(http(control, "GET", "/clock"), 405);
  expect_error(http(control, "POST", "/state", "{}"), 405);
}

TEST_F(SimControl, NoVerbStoresATextThatAnotherDoorCannotSay) {
  for (const auto& odd : marginfix_tests::odd_texts()) {
    const std::string text = odd.utf8 ? marginfix::json::quoted(odd.text) : '"' + odd.text + '"';
    for (const std::string& request :
         {std::string(R"(/corporate_action {"ticker":"KXLTCPERP","type":"ticker_change","new_ticker":)") + text + "}",
          "/halt {\"ticker\":" + text + "}", "/disconnect {\"session\":\"KalshiNR\",\"key_id\":" + text + "}"}) {
      const auto blank = request.find(' ');
      const auto answer = post(request.substr(0, blank), request.substr(blank + 1));
      EXPECT_EQ(answer.first, 400) << odd.name << answer.second;
      EXPECT_EQ(text_fault(answer.second), nullptr) << answer.second;
    }
  }
}

TEST_F(SimControl, InProcessVerbsSayWhatDoesNotExist) {
  EXPECT_FALSE(sim().disconnect("KalshiRT", key_id("alice")));
  EXPECT_FALSE(sim().halt("KXNOSUCHPERP"));
}

}  // namespace
}  // namespace marginfix::sim::test
