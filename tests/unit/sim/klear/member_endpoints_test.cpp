// Balances, withdrawals, reports, subtrader groups and keys over the door. Source: klear.md.
#include <map>
#include <set>

#include "sim/exchange/commands/clearing.hpp"
#include "sim/exchange/commands/fcm.hpp"
#include "sim/exchange/views/accounts.hpp"
#include "unit/sim/klear/klear_fixture.hpp"

namespace marginfix::sim {
namespace {

class KlearBalance : public KlearTest {};
class KlearReports : public KlearTest {};
class KlearFcm : public KlearTest {
 protected:
  std::string subtrader(const std::string& suffix) {
    std::string id;
    EXPECT_EQ(create_subtrader(exchange, fcm, suffix, false, id), FcmRefusal::None);
    EXPECT_EQ(id, user_id() + "_" + suffix);
    return id;
  }
  std::string group(const std::string& ids, int status = 200) {
    return text(ask("POST", "/fcm/margin/subtrader_groups", R"({"subtrader_ids":[)" + ids + "]}", status), "group_id");
  }
  static std::string quoted(const std::string& text) { return '"' + text + '"'; }
};

TEST_F(KlearBalance, ShowsTheBufferTheFundAndTheirHistory) {
  const auto b = get("/margin/settlement_balance");
  EXPECT_EQ(names(b), "user_id balance_available_centicents locked_balance_centicents");
  EXPECT_EQ(number(b, "balance_available_centicents"), kOpeningBalance);
  const auto fund = get("/margin/guaranty_fund_balance");
  EXPECT_EQ(number(fund, "amount_centicents"), kGuarantyFund);
  EXPECT_EQ(text(fund, "updated_ts"), to_rfc3339(kStart));
  for (int i = 1; i <= 4; ++i) exchange.run(commands::DepositSettlement{fcm, i});
  const auto first = get("/margin/settlement_balance_history?limit=3");
  ASSERT_EQ(first.at("entries").as_array().size(), 3U);
  const auto& newest = first.at("entries").as_array()[0].as_object();
  EXPECT_EQ(names(newest), "balance_delta_centicents locked_balance_delta_centicents reason business_transaction_id created_ts");
  EXPECT_EQ(number(newest, "balance_delta_centicents"), 4);
  exchange.run(commands::DepositSettlement{fcm, 5});  // does not shift the page
  const auto rest = get("/margin/settlement_balance_history?limit=3&cursor=" + text(first, "cursor"));
  ASSERT_EQ(rest.at("entries").as_array().size(), 2U);
  EXPECT_EQ(number(rest.at("entries").as_array()[0].as_object(), "balance_delta_centicents"), 1);
  EXPECT_FALSE(rest.contains("cursor"));
  get("/margin/settlement_balance_history?limit=501", 400);
}

TEST_F(KlearBalance, AWithdrawalGoesThroughItsStates) {
  const std::string id = text(ask("POST", "/margin/withdraw_settlement_balance", R"({"amount":"500.00"})", 200), "id");
  const auto status = [&] { return text(get("/margin/settlement_balance_withdrawal?id=" + id), "status"); };
  EXPECT_EQ(status(), "pending");
  EXPECT_EQ(number(get("/margin/settlement_balance"), "locked_balance_centicents"), 5'000'000);
  exchange.step(kStart + minutes(1));
  EXPECT_EQ(status(), "processing");
  exchange.step(kStart + minutes(6));
  EXPECT_EQ(status(), "processed");
  const auto w = get("/margin/settlement_balance_withdrawal?id=" + id);
  EXPECT_EQ(names(w), "id amount status created_ts");
  EXPECT_EQ(text(w, "amount"), "500.00");
  EXPECT_EQ(number(get("/margin/settlement_balance"), "balance_available_centicents"), kOpeningBalance - 5'000'000);
  EXPECT_EQ(number(get("/margin/settlement_balance"), "locked_balance_centicents"), 0);
}

TEST_F(KlearBalance, BadWithdrawalsMoveNothing) {
  for (const char* body : {R"({"amount":"250000.0001"})", R"({"amount":"0"})", R"({"amount":"-5.00"})", R"({"amount":500})",
                           R"({"amount":"1e3"})", R"({"amount":"0.00001"})", R"({"amount":"1.005"})", R"({"amount":"0.001"})",
                           R"({"amount":"5.000"})", R"({})", R"({"amount":"5.00","to":"me"})", "[]"}) {
    ask("POST", "/margin/withdraw_settlement_balance", body, 400);
  }
  EXPECT_EQ(clearing().member(fcm).balance.size(), 1U);
  get("/margin/settlement_balance_withdrawal", 400);
  get("/margin/settlement_balance_withdrawal?id=nope", 400);
}

TEST_F(KlearReports, ComeFromTheSettlementsThatRan) {
  const std::string days = "/margin/reports?start_date=2026-11-23&end_date=2026-11-24";
  EXPECT_TRUE(get(days).at("reports").as_array().empty());
  exchange.step(kClose + hours(1) + seconds(1));
  std::map<std::string, int> end_of_day, intraday;
  std::string late;
  const auto all = get(days);
  for (const auto& entry : all.at("reports").as_array()) {
    const auto& r = entry.as_object();
    EXPECT_TRUE(text(r, "url").starts_with("https://127.0.0.1:1/klear-api/v1/"));
    const bool eod = r.at("is_end_of_day").as_bool();
    EXPECT_EQ(r.contains("snapshot_ts"), !eod);
    ++(eod ? end_of_day : intraday)[text(r, "report_type")];
    if (text(r, "date") == "2026-11-24") late += text(r, "report_type") + " ";
  }
  EXPECT_EQ(end_of_day.size(), 13U) << "all but the monthly one";
  EXPECT_EQ(intraday["position_snapshot"], 1 + 3 + 1) << "noon, 13 to 15, 17 o'clock";
  EXPECT_EQ(late, "position_snapshot market_price_snapshot ") << "after 4 pm they belong to the next day";
}

TEST_F(KlearReports, TheFourteenthTypeComesWithTheMonthsLastDay) {
  exchange.advance(hours(24 * 8));
  std::set<std::string> types;
  const auto all = get("/margin/reports?start_date=2026-11-30&end_date=2026-11-30");
  for (const auto& r : all.at("reports").as_array()) {
    types.insert(text(r.as_object(), "report_type"));
  }
  EXPECT_EQ(types.size(), 14U);
  EXPECT_TRUE(types.contains("interest_on_collateral_monthly"));
}

TEST_F(KlearReports, ANinetyDaySpanIsTheMost) {
  get("/margin/reports?start_date=2026-01-01&end_date=2026-04-01");
  get("/margin/reports?start_date=2026-01-01&end_date=2026-04-02", 400);
  get("/margin/reports?start_date=2026-01-02&end_date=2026-01-01", 400);
  get("/margin/reports?start_date=2026-01-01", 400);
  get("/margin/reports?start_date=2026-13-01&end_date=2026-04-02", 400);
}

TEST_F(KlearFcm, GroupsAreMadeChangedAndGone) {
  const std::string a = quoted(subtrader("a")), b = quoted(subtrader("b")), c = quoted(subtrader("c"));
  const std::string first = group(a + "," + b);
  EXPECT_TRUE(is_uuid(first));
  group(b + "," + c, 409);
  const std::string second = group(c);
  const std::string path = "/fcm/margin/subtrader_groups/";
  const HttpAnswer changed = send("PUT", path + first, R"({"subtrader_ids":[)" + a + "]}");
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body, "{}");
  ask("PUT", path + second, R"({"subtrader_ids":[)" + a + "]}", 409);
  ask("PUT", path + std::string(make_uuid(3, IdKind::Clearing, 5).view()), R"({"subtrader_ids":[)" + b + "]}", 404);
  ask("PUT", path + "nope", R"({"subtrader_ids":[)" + b + "]}", 400);
  const auto groups = get("/fcm/margin/subtrader_groups").at("groups").as_array();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(names(groups[0].as_object()), "group_id member_subtrader_ids");
  EXPECT_EQ(groups[0].as_object().at("member_subtrader_ids").as_array().size(), 1U) << "replaced, not added to";
  for (int i = 0; i < 2; ++i) {
    const HttpAnswer gone = send("DELETE", path + first);
    EXPECT_EQ(gone.status, 200) << "also when it is gone already";
    EXPECT_EQ(gone.body, "{}");
  }
  EXPECT_EQ(get("/fcm/margin/subtrader_groups").at("groups").as_array().size(), 1U);
  group("", 400);
  group(R"("")", 400);
  group("5", 400);
  group(a + "," + a, 400);
  group(R"("somebody-elses_x")", 404);
  ask("POST", "/fcm/margin/subtrader_groups", "{}", 400);
}

constexpr const char* kEd25519 =
    R"(-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n)";

TEST_F(KlearFcm, AKeyIsMadeFromAPublicKeyListedAndRevoked) {
  const std::string id = subtrader("desk1");
  const std::string body = R"({"name":"Desk","public_key":")" + std::string(kEd25519) + R"(","fcm_subtrader_id":")" + id + "\"}";
  const auto made = ask("POST", "/fcm/margin/api_keys", body, 201);
  EXPECT_EQ(names(made), "api_key_id warning");
  const std::string key = text(made, "api_key_id");
  ASSERT_TRUE(views::find_key(exchange.state(), key));
  EXPECT_EQ(views::find_key(exchange.state(), key)->account, fcm);
  EXPECT_EQ(views::find_key(exchange.state(), key)->subtrader, id);
  EXPECT_EQ(added_, std::vector<std::string>{key});
  const auto keys = get("/fcm/margin/api_keys").at("api_keys").as_array();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(boost::json::serialize(keys[0]), R"({"api_key_id":")" + key + R"(","name":"Desk","fcm_subtrader_id":")" + id + "\"}");
  EXPECT_EQ(get("/fcm/margin/api_keys?fcm_subtrader_id=" + id).at("api_keys").as_array().size(), 1U);
  EXPECT_TRUE(get("/fcm/margin/api_keys?fcm_subtrader_id=other").at("api_keys").as_array().empty());
  added_.clear();
  restore_subtrader_keys(context_);
  EXPECT_EQ(added_, std::vector<std::string>{key}) << "as after a restart";
  const HttpAnswer revoked = send("DELETE", "/fcm/margin/api_keys/" + key);
  EXPECT_EQ(revoked.status, 204);
  EXPECT_EQ(removed_, std::vector<std::string>{key});
  EXPECT_FALSE(views::find_key(exchange.state(), key));
  ask("DELETE", "/fcm/margin/api_keys/" + key, "", 404);
  ask("DELETE", "/fcm/margin/api_keys/nope", "", 400);
  ask("DELETE", "/fcm/margin/api_keys/" + std::string(make_uuid(3, IdKind::Clearing, 5).view()), "", 404);
}

TEST_F(KlearFcm, AGeneratedKeySignsAndIsShownOnce) {
  const std::string id = subtrader("desk2");
  const auto made = ask("POST", "/fcm/margin/api_keys/generate", R"({"name":"Desk","fcm_subtrader_id":")" + id + "\"}", 201);
  EXPECT_EQ(names(made), "api_key_id private_key warning");
  const auto signer = Signer::from_pem(SecretString(text(made, "private_key"))).value();
  EXPECT_EQ(signer.key_type(), KeyType::rsa);
  const SubtraderKey& kept = clearing().member(fcm).keys.at(0);
  EXPECT_TRUE(Signer::from_public_pem(kept.public_pem).value().verify("x", signer.sign("x").value()));
  EXPECT_EQ(kept.public_pem.find("PRIVATE"), std::string::npos);
  EXPECT_EQ(send("GET", "/fcm/margin/api_keys").body.find("PRIVATE"), std::string::npos);
}

TEST_F(KlearFcm, ACappedSubtraderNeedsNoWarningAndANewOneAMoment) {
  const std::string id = subtrader("desk4");
  const std::string body = R"({"name":"Desk","public_key":")" + std::string(kEd25519) + R"(","fcm_subtrader_id":")" + id + "\"}";
  context_.read_lag = std::chrono::milliseconds(500);
  ask("POST", "/fcm/margin/api_keys", body, 409);
  exchange.advance(seconds(1));
  ASSERT_EQ(exchange.run(commands::SetImCap{fcm, id, {}, usd("1000")}), FcmRefusal::None);
  EXPECT_EQ(names(ask("POST", "/fcm/margin/api_keys", body, 201)), "api_key_id");
}

TEST_F(KlearFcm, BadKeysAreRefused) {
  const std::string id = subtrader("desk3");
  const auto refused = [&](const std::string& members) { ask("POST", "/fcm/margin/api_keys", "{" + members + "}", 400); };
  const std::string pem = R"("public_key":")" + std::string(kEd25519) + "\"";
  refused(R"("name":"x","fcm_subtrader_id":")" + id + "\"");
  refused(pem + R"(,"fcm_subtrader_id":")" + id + "\"");
  refused(pem + R"(,"name":"x")");
  refused(pem + R"(,"name":"","fcm_subtrader_id":")" + id + "\"");
  refused(R"("public_key":"nonsense","name":"x","fcm_subtrader_id":")" + id + "\"");
  refused(pem + R"(,"name":"x","fcm_subtrader_id":"somebody_x")");
  refused(pem + R"(,"name":"x","fcm_subtrader_id":")" + user_id() + "_unknown\"");
  refused(pem + R"(,"name":"x","fcm_subtrader_id":")" + user_id() + "_\"");
  refused(pem + R"(,"name":"x","fcm_subtrader_id":")" + user_id() + "_UPPER\"");
  refused(pem + R"(,"name":"x","fcm_subtrader_id":")" + user_id() + "_12345678901234567\"");
  EXPECT_TRUE(clearing().member(fcm).keys.empty());
  EXPECT_TRUE(added_.empty());
}

}  // namespace
}  // namespace marginfix::sim
