// The control port: every verb over HTTP, its effect on a session, and errors as JSON. Source: design.md, `control`.
#include <boost/json/parse.hpp>

#include "integration/sim/fixture.hpp"
#include "integration/sim/http_client.hpp"
#include "marginfix/core/endpoints.hpp"
#include "marginfix/core/text.hpp"
#include "marginfix/json/writer.hpp"
#include "support/odd_texts.hpp"

namespace marginfix::sim::test {
namespace {

class SimControl : public SimTest {
 protected:
  void SetUp() override { start(); }
  std::pair<int, std::string> post(const std::string& path, const std::string& body) { return control(sim(), "POST", path, body); }
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
  const auto [status, body] = control(sim(), "GET", "/state");
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
  expect_error(post("/disconnect", "nonsense"), 400);
  expect_error(post("/disconnect", "[]"), 400);
  expect_error(post("/disconnect", "{}"), 400);
  expect_error(post("/disconnect", session_body("KalshiXX")), 404);
  expect_error(post("/skip_seq", session_body("KalshiRT", ",\"count\":0")), 400);
  expect_error(post("/delay", session_body("KalshiRT", ",\"ms\":\"x\"")), 400);
  expect_error(post("/clock", R"({"advance_ms":-1})"), 400);
  expect_error(post("/nothing", "{}"), 404);
  expect_error(control(sim(), "GET", "/clock"), 405);
  expect_error(control(sim(), "POST", "/state", "{}"), 405);
  expect_error(control(sim(), "GET", "/state?limit=0"), 400);
  expect_error(control(sim(), "GET", "/state?limit=1000000"), 400);
  expect_error(control(sim(), "GET", "/state?exec_ids_before=x"), 400);
  expect_error(control(sim(), "GET", "/state?orders=all"), 400);
  expect_error(control(sim(), "GET", "/state?account=nobody"), 404);
}

TEST_F(SimControl, NobodyComesInWithoutTheTokenOrFromAPageOfSomewhereElse) {
  const std::string& url = sim().endpoints().control_url;
  const std::string bearer = "Authorization: Bearer " + std::string(sim().endpoints().control_token.reveal()) + "\r\n";
  EXPECT_EQ(http(url, "GET", "/state").first, 401);
  EXPECT_EQ(http(url, "GET", "/state", "", "Authorization: Bearer " + std::string(64, '0') + "\r\n").first, 401);
  EXPECT_EQ(http(url, "POST", "/halt", R"({"ticker":"KXLTCPERP"})", "Content-Type: text/plain\r\n").first, 401);
  EXPECT_EQ(http(url, "GET", "/state", "", bearer + "Host: evil.example\r\n").first, 403);
  EXPECT_EQ(http(url, "GET", "/state", "", bearer + "Origin: http://evil.example\r\n").first, 403);
  EXPECT_EQ(http(url, "GET", "/state", "", bearer).first, 200);
  EXPECT_EQ(sim().state_json().find("\"halted\":true"), std::string::npos) << "nothing was done";
  EXPECT_NE(http(url, "GET", "/state").second.find("endpoints.json"), std::string::npos) << "the answer says where the token is";
}

TEST_F(SimControl, TheTokenStaysOverARestartAndIsItsOwnersAlone) {
  const std::string before(sim().endpoints().control_token.reveal());
  const auto read = marginfix::Endpoints::from_file(sim().path("endpoints.json"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->control_token.reveal(), before);
  EXPECT_EQ(std::filesystem::status(sim().path("keys/control.token")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(std::filesystem::status(sim().path("keys/links.secret")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  kill_and_restart();
  EXPECT_EQ(sim().endpoints().control_token.reveal(), before);
}

TEST_F(SimControl, StateTellsSoMuchOfEachListAndPagesTheRest) {
  const auto client = enter("KalshiNR");
  for (int i = 0; i < 7; ++i) {
    client->send("D", Order{.id = "a" + std::to_string(i)}.body());
    client->expect_report('A');
    client->expect_report('0');
  }
  const auto ask = [&](const std::string& query) {
    const auto [status, body] = control(sim(), "GET", "/state" + query);
    EXPECT_EQ(status, 200) << body;
    const auto accounts = boost::json::parse(body).at("accounts").as_array();
    return accounts.back().as_object();
  };
  const auto all = ask("?account=alice"), some = ask("?account=alice&limit=3");
  EXPECT_EQ(all.at("exec_ids").as_array().size(), 7U);
  EXPECT_FALSE(all.contains("left_out"));
  EXPECT_EQ(some.at("name").as_string(), "alice");
  EXPECT_EQ(some.at("orders").as_array().size(), 3U);
  EXPECT_EQ(some.at("orders").at(2), all.at("orders").at(6)) << "the newest";
  EXPECT_EQ(some.at("left_out").at("orders").as_int64(), 4);
  EXPECT_EQ(some.at("left_out").at("exec_ids").as_int64(), 4);
  EXPECT_EQ(some.at("new_orders").as_int64(), 7) << "counted all the same";
  const std::string first(some.at("exec_ids").at(0).as_string());
  const auto page = ask("?account=alice&limit=3&exec_ids_before=" + first);
  EXPECT_EQ(page.at("exec_ids").at(2), all.at("exec_ids").at(3));
  EXPECT_EQ(page.at("exec_ids").at(0), all.at("exec_ids").at(1));
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
