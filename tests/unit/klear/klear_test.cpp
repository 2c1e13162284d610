// Klear's tables: what is sent, what is refused before it leaves, what an answer's oddities become.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "marginfix/klear/balances.hpp"
#include "marginfix/klear/fcm.hpp"
#include "marginfix/klear/margin.hpp"
#include "marginfix/klear/obligations.hpp"
#include "marginfix/klear/reports.hpp"

namespace marginfix::klear {
namespace {

using rest::prepare;

constexpr const char* kUuidText = "0b5c9f0e-52a1-4c3b-9a53-5f1a4f6e2d11";
constexpr Date kDay{std::chrono::year(2026), std::chrono::month(11), std::chrono::day(2)};

template <class Request>
std::string sent(const Request& request) {
  const auto p = prepare(request);
  if (!p) return "refused: " + p.error().message;
  std::string out = std::string(to_string(p->method)) + ' ' + p->path;
  if (!p->query.empty()) out += '?' + p->query;
  return p->body.empty() ? out : out + ' ' + p->body;
}

TEST(KlearOperations, AllTwentyEightAreThereUnderTheirSdkNames) {
  const auto all = rest::klear_operations();
  ASSERT_EQ(all.size(), 28U);
  std::set<std::string_view> names;
  std::size_t pages = 0;
  for (const rest::OperationInfo* info : all) {
    EXPECT_TRUE(names.insert(info->name).second) << info->name;
    EXPECT_EQ(rest::find_operation(rest::Api::klear, "", info->name), info);
    EXPECT_EQ(info->auth, rest::Auth::klear_token) << info->name;
    EXPECT_EQ(info->body != nullptr, info->body_required) << info->name;
    EXPECT_FALSE(info->summary.empty()) << info->name;
    pages += info->pages() ? 1 : 0;
    if (info->pages()) {
      const auto has = [&](const json::TypeInfo& type, std::string_view member) {
        return std::ranges::any_of(type.fields, [&](const json::FieldInfo& f) { return f.name == member; });
      };
      EXPECT_TRUE(has(*info->request, "cursor") && has(*info->response, "cursor") && has(*info->response, info->page_items)) << info->name;
    }
  }
  EXPECT_EQ(pages, 7U);
  for (const char* name : {"settlement_balance_withdrawal", "large_trader_positions", "withdraw_settlement_balance", "margin_reports",
                           "estimate_maintenance_margin_metadata", "list_fcm_api_keys"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(KlearOperations, PutIntoTextWhatTheyWereGiven) {
  EXPECT_EQ(sent(GetActiveMarginObligations{}), "GET /margin/active_obligations");
  EXPECT_EQ(sent(GetObligationHistory{.limit = 100, .cursor = "a b"}), "GET /margin/obligation_history?limit=100&cursor=a%20b");
  EXPECT_EQ(sent(GetObligationSettlementDetails{.obligation_id = "ob/1"}), "GET /margin/obligations/ob%2F1/settlement_details");
  EXPECT_EQ(sent(GetMarginReports{.start_date = kDay, .end_date = kDay}), "GET /margin/reports?start_date=2026-11-02&end_date=2026-11-02");
  EXPECT_EQ(sent(GetSettlementPrices{.asset_class = AssetClass::Energy, .settlement_time = *parse_rfc3339("2026-11-02T17:00:00Z")}),
            "GET /margin/settlement_prices?asset_class=Energy&settlement_time=2026-11-02T17%3A00%3A00Z");
  EXPECT_EQ(sent(GetSettlementBalanceWithdrawal{.id = "w-1"}), "GET /margin/settlement_balance_withdrawal?id=w-1");
  EXPECT_EQ(sent(UpdateMarginSubtraderGroup{.group_id = kUuidText, .body = {.subtrader_ids = {"a_1", "a_2"}}}),
            "PUT /fcm/margin/subtrader_groups/" + std::string(kUuidText) + R"( {"subtrader_ids":["a_1","a_2"]})");
  EXPECT_EQ(sent(DeleteMarginFcmApiKey{.api_key_id = kUuidText}), "DELETE /fcm/margin/api_keys/" + std::string(kUuidText));
  const EstimatePortfolioMaintenanceMargin estimate{
      .body = {.asset_class = AssetClass::Crypto,
               .date = kDay,
               .clearing_type = ClearingType::SelfClearing,
               .positions = {{.market_ticker = "KXBTCPERP", .quantity = -5, .price = DollarDecimal::from_units(6'800'000)},
                             {.market_ticker = "KXETHPERP", .quantity = 7, .price = {}}}}};
  EXPECT_EQ(sent(estimate),
            R"(POST /margin/estimate_maintenance_margin {"asset_class":"Crypto","date":"2026-11-02","clearing_type":"SelfClearing",)"
            R"("positions":[{"market_ticker":"KXBTCPERP","quantity":-5,"price":"6.8000"},{"market_ticker":"KXETHPERP","quantity":7}]})");
}

TEST(KlearOperations, AWithdrawalIsWrittenInCentsAndMustBePositive) {
  const auto withdraw = [](DollarDecimal amount) { return sent(WithdrawSettlementBalance{.body = {.amount = amount}}); };
  EXPECT_EQ(withdraw(DollarDecimal::whole(500)), R"(POST /margin/withdraw_settlement_balance {"amount":"500.00"})");
  EXPECT_EQ(withdraw(DollarDecimal::from_units(12'340'000)), R"(POST /margin/withdraw_settlement_balance {"amount":"12.34"})");
  EXPECT_EQ(withdraw(DollarDecimal::from_units(12'345'600)), "refused: amount: at most 2 decimals");
  EXPECT_EQ(withdraw(DollarDecimal::from_units(1'000)), "refused: amount: at most 2 decimals");  // a tenth of a cent
  EXPECT_EQ(withdraw(DollarDecimal{}), "refused: amount: must be greater than 0");
  EXPECT_EQ(withdraw(DollarDecimal::from_units(-1)), "refused: amount: must be greater than 0");
}

TEST(KlearOperations, DatesAndTimesOfReportsAreChecked) {
  const auto days = [](int n) { return Date(std::chrono::sys_days(kDay) + std::chrono::days(n)); };
  EXPECT_EQ(sent(GetMarginReports{.start_date = kDay, .end_date = days(90)}).find("GET"), 0U);
  EXPECT_EQ(sent(GetMarginReports{.start_date = kDay, .end_date = days(91)}), "refused: end_date: at most 90 days after start_date");
  EXPECT_EQ(sent(GetMarginReports{.start_date = kDay, .end_date = days(-1)}), "refused: end_date: must not be before start_date");
  EXPECT_EQ(sent(GetMarginReports{.start_date = {}, .end_date = kDay}), "refused: start_date: is required");
  EXPECT_EQ(sent(GetMarginReports{.start_date = kDay, .end_date = {}}), "refused: end_date: is required");
  EXPECT_EQ(sent(GetMemberFundingPayments{}), "refused: funding_time: is required");
  EXPECT_EQ(sent(GetSettlementPrices{.asset_class = AssetClass::Crypto}), "refused: settlement_time: is required");
  EXPECT_EQ(sent(GetMaintenanceMarginMetadata{.asset_class = AssetClass::Crypto}), "refused: date: is required");
  EXPECT_EQ(sent(GetMarginFundingSchedule{}), "refused: asset_class: is required: one of Crypto, Equities, Metals, Indices, Energy");
  EXPECT_EQ(sent(GetMarginFundingSchedule{.asset_class = Open<AssetClass>::from_text("crypto")}),
            "refused: asset_class: must be one of Crypto, Equities, Metals, Indices, Energy");
}

TEST(KlearOperations, PageSizesAndIdentifiersAreChecked) {
  EXPECT_EQ(sent(GetObligationHistory{.limit = 101}), "refused: limit: must be from 1 to 100");
  EXPECT_EQ(sent(GetObligationHistory{.limit = 0}), "refused: limit: must be from 1 to 100");
  EXPECT_EQ(sent(GetSettlementBalanceHistory{.limit = 501}), "refused: limit: must be from 1 to 500");
  EXPECT_EQ(sent(GetObligationFundingPayments{.obligation_id = "x", .limit = 1001}), "refused: limit: must be from 1 to 1000");
  EXPECT_EQ(sent(GetMemberFundingPayments{.funding_time = from_epoch_seconds(1), .limit = 10001}),
            "refused: limit: must be from 1 to 10000");
  EXPECT_EQ(sent(GetObligationMaintenanceMarginDetails{}), "refused: obligation_id: is required");
  EXPECT_EQ(sent(GetObligationCorporateActionPayments{.obligation_id = "x"}), "refused: obligation_id: must match a UUID");
  EXPECT_EQ(sent(DeleteMarginSubtraderGroup{.group_id = "x"}), "refused: group_id: must match a UUID");
  EXPECT_EQ(sent(DeleteMarginFcmApiKey{}), "refused: api_key_id: is required");
  EXPECT_EQ(sent(GetSettlementBalanceWithdrawal{}), "refused: id: is required");
}

TEST(KlearOperations, AHypotheticalPortfolioIsChecked) {
  EstimatePortfolioMaintenanceMargin estimate{
      .body = {.asset_class = AssetClass::Crypto, .date = {}, .clearing_type = {}, .positions = {}}};
  auto& positions = estimate.body.positions;
  EXPECT_EQ(sent(estimate), "refused: positions: must have 1 to 500 items");
  positions = {{.market_ticker = "A", .quantity = 1, .price = {}}, {.market_ticker = "B", .quantity = 0, .price = {}}};
  EXPECT_EQ(sent(estimate), "refused: positions[1].quantity: must not be 0");
  positions[1] = {.market_ticker = "A", .quantity = 1, .price = {}};
  EXPECT_EQ(sent(estimate), "refused: positions[1].market_ticker: A is there twice");
  positions[1] = {.market_ticker = "B", .quantity = 1, .price = DollarDecimal::from_units(100'001)};
  EXPECT_EQ(sent(estimate), "refused: positions[1].price: at most 4 decimals");
  positions[1].price = DollarDecimal{};
  EXPECT_EQ(sent(estimate), "refused: positions[1].price: must be greater than 0");
  positions[1] = {.market_ticker = "", .quantity = 1, .price = {}};
  EXPECT_EQ(sent(estimate), "refused: positions[1].market_ticker: is required");
  positions.clear();
  for (int i = 0; i < 500; ++i) positions.push_back({.market_ticker = "M" + std::to_string(i), .quantity = 1, .price = {}});
  EXPECT_EQ(sent(estimate).find("POST"), 0U);
  positions.push_back({.market_ticker = "N", .quantity = 1, .price = {}});
  EXPECT_EQ(sent(estimate), "refused: positions: must have 1 to 500 items");
}

TEST(KlearOperations, GroupsAndKeysAreChecked) {
  EXPECT_EQ(sent(CreateMarginSubtraderGroup{}).find("refused: subtrader_ids"), 0U);
  EXPECT_EQ(sent(CreateMarginSubtraderGroup{.body = {.subtrader_ids = {"a", ""}}}), "refused: subtrader_ids: none may be empty");
  EXPECT_EQ(sent(UpdateMarginSubtraderGroup{.group_id = kUuidText, .body = {}}).find("refused: subtrader_ids"), 0U);
  CreateMarginFcmApiKey key{.body = {.name = "fund", .public_key = "-----BEGIN PUBLIC KEY-----\nx", .fcm_subtrader_id = "acc_s1"}};
  EXPECT_EQ(sent(key).find("POST /fcm/margin/api_keys "), 0U);
  for (const char* bad : {"", "acc", "_s1", "acc_", "acc_S1", "acc_12345678901234567", "acc_a-b"}) {
    key.body.fcm_subtrader_id = bad;
    EXPECT_EQ(sent(key).find("refused: fcm_subtrader_id"), 0U) << bad;
  }
  key.body.fcm_subtrader_id = "acc_s1";
  key.body.public_key = "-----BEGIN PRIVATE KEY-----\nMIIsecret";
  EXPECT_EQ(sent(key), "refused: public_key: is a private key; give the public one");
  key.body.public_key = "ssh-rsa AAAA";
  EXPECT_EQ(sent(key).find("refused: public_key: must be PEM"), 0U);
}

TEST(KlearAnswers, ObligationsKeepSignsNullsAndCutLists) {
  json::DecodeReport report;
  const auto read = json::decode<GetActiveMarginObligationsResponse>(
      R"({"obligations":[{"id":"o1","user_id":"u","amount_centicents":-1234567,"fees_centicents":10,"maintenance_margin_centicents":5,
      "pnl_centicents":-1,"execution_time":"2026-11-02T17:00:00Z","last_updated_ts":"2026-11-02T17:00:01Z","asset_class":"Carbon",
      "receives":null,"settlement_details":[{"id":"s","market_ticker":"KXBTCPERP","subtrader_id":"","position_quantity_fp":"-1.25",
      "pnl_centicents":1,"total_fees_centicents":2,"total_amount_centicents":-3}],"maintenance_margin_details":[],"funding_payments":[],
      "corporate_action_payments":[{"id":"c","type":"split","ca_id":"x","market_id":"m","market_ticker":"T","asset_class":"Equities",
      "subtrader_id":"s","position_quantity_fp":"1.00","post_position_quantity_fp":"4.00","payment_amount_centicents":0,
      "payment_time":null,"settlement_execution_time":"2026-11-02T17:00:00Z","created_ts":"2026-11-02T17:00:00Z"}],
      "settlement_details_truncated":true,"extra":1}]})",
      &report);
  ASSERT_TRUE(read) << to_string(read.error());
  const ObligationEntry& o = read->obligations.at(0);
  EXPECT_EQ(o.amount_centicents.value, -1'234'567);
  EXPECT_EQ(o.amount_centicents.dollars()->to_string(), "-123.4567");
  EXPECT_EQ(o.asset_class.text(), "Carbon");
  EXPECT_TRUE(o.receives.empty());
  EXPECT_EQ(o.settlement_details.at(0).position_quantity_fp.to_string(), "-1.25");
  EXPECT_TRUE(o.settlement_details_truncated);
  EXPECT_FALSE(o.funding_payments_truncated);
  EXPECT_TRUE(o.corporate_action_payments.at(0).payment_time.is_null());
  EXPECT_EQ(*o.unknown.find("extra"), "1");
  EXPECT_TRUE(report.missing.empty());
  EXPECT_EQ(report.unknown_words, 1U);
  EXPECT_FALSE(json::decode<GetActiveMarginObligationsResponse>(R"({"obligations":[{"id":"o1"}]})"));
}

TEST(KlearAnswers, EstimatesAreMapsAndNullMeansNoActivity) {
  const auto read = json::decode<GetSettlementEstimateByAssetClassResponse>(
      R"({"estimates":{"Crypto":{"user_breakdown":null,"subtrader_breakdowns":{"s":{"variation_margin_centicents":1,"total_fees_centicents":2,
      "maintenance_margin_delta_centicents":3,"maintenance_margin_required_centicents":4,"total_amount_centicents":5,"positions":{"T":
      {"quantity_centicount":-125,"variation_margin_centicents":1,"notional_value_centicents":2,"session_avg_price_fp":"6.258"}}}},
      "next_runtime":"2026-11-02T17:00:00Z"}},"settlement_balance_centicents":9})");
  ASSERT_TRUE(read) << to_string(read.error());
  const AssetClassSettlementEstimate& crypto = read->estimates.at("Crypto");
  EXPECT_FALSE(crypto.user_breakdown);
  const MarketSettlementEstimate& market = crypto.subtrader_breakdowns.at("s").positions.at("T");
  EXPECT_EQ(market.quantity_centicount.contracts().to_string(), "-1.25");
  EXPECT_EQ(market.session_avg_price_fp->to_string(), "6.2580");
  const auto prices = json::decode<GetSettlementPricesResponse>(R"({"settlement_prices":{"T":62577}})");
  ASSERT_TRUE(prices);
  EXPECT_EQ(prices->settlement_prices.at("T").dollars()->to_string(), "6.2577");
}

TEST(KlearAnswers, MatricesKeepEveryDigit) {
  const auto read = json::decode<GetMaintenanceMarginMetadataResponse>(
      R"({"asset_class":"Crypto","base_tail_percentile":0.010000000000000001,"funding_tail_percentile":1e-3,"matrices":{"hvar":
      {"market_tickers":["A","B"],"returns":[[-0.0312345678901234,1.0],[0,-1e-7]]}},"liquidation_configs":[],"subgroups":[["A","B"],[]]})");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->base_tail_percentile.to_string(), "0.010000000000000001");
  ASSERT_TRUE(read->matrices.hvar);
  EXPECT_EQ(read->matrices.hvar->returns.at(0).at(0).to_string(), "-0.0312345678901234");
  EXPECT_EQ(read->matrices.hvar->returns.at(1).at(1).to_string(), "-1e-7");
  EXPECT_FALSE(read->matrices.apc);
  EXPECT_EQ(read->subgroups.size(), 2U);
}

TEST(KlearAnswers, SecretsArePrintedAsStars) {
  const auto key = json::decode<GenerateMarginFcmApiKeyResponse>(R"({"api_key_id":"k","private_key":"-----BEGIN RSA","warning":null})");
  ASSERT_TRUE(key);
  EXPECT_EQ(to_string(key->private_key), "***");
  EXPECT_EQ(key->private_key.reveal(), "-----BEGIN RSA");
  EXPECT_TRUE(key->warning.is_null());
  const auto reports = json::decode<GetMarginReportsResponse>(
      R"({"reports":[{"report_type":"daily_statement","url":"https://x/?sig=abc","date":"2026-11-02","created_ts":"2026-11-02T21:00:00Z",
      "is_end_of_day":true}]})");
  ASSERT_TRUE(reports) << to_string(reports.error());
  EXPECT_EQ(to_string(reports->reports.at(0).url), "***");
  EXPECT_TRUE(reports->reports.at(0).report_type == ReportType::daily_statement);
  EXPECT_FALSE(reports->reports.at(0).snapshot_ts);
}

TEST(KlearAnswers, EveryMemberMayBeMissingFromAnOptionalAnswer) {
  const auto traders = json::decode<GetLargeTraderPositionsResponse>("{}");
  ASSERT_TRUE(traders);
  EXPECT_TRUE(traders->positions.empty());
  const auto margin = json::decode<EstimatePortfolioMaintenanceMarginResponse>(R"({"maintenance_margin_fp":"1234.5600"})");
  ASSERT_TRUE(margin);
  EXPECT_EQ(margin->maintenance_margin_fp->to_string(), "1234.5600");
  EXPECT_FALSE(margin->hvar_fp);
  // A fund nobody contributed to.
  const auto fund =
      json::decode<GetGuarantyFundBalanceResponse>(R"({"user_id":"u","amount_centicents":0,"updated_ts":"0001-01-01T00:00:00Z"})");
  ASSERT_TRUE(fund) << to_string(fund.error());
}

}  // namespace
}  // namespace marginfix::klear
