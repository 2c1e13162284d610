// Klear: every one of the 28 operations against the simulated exchange. Source: klear.md.
#include "integration/rest/fixture.hpp"

namespace marginfix::test {
namespace {

using namespace std::chrono_literals;

class KlearOperations : public RestTest {
 protected:
  void SetUp() override {
    RestTest::SetUp();
    klear_ = std::make_unique<KlearClient>(KlearConfig::from_endpoints_file(endpoints()).value());
  }
  KlearClient& klear() { return *klear_; }
  template <class Op>
  typename Op::Response ask_klear(const Op& operation) {
    return ask(klear(), operation);
  }
  static Date eastern(std::chrono::hours from_now) { return eastern_date(system_clock().now() + from_now); }

  // A subtrader of the member, made over REST.
  std::string subtrader(const std::string& suffix) {
    rest::CreateMarginFCMSubtrader create;
    create.body.subtrader_suffix = suffix;
    const std::string id = ask(create).subtrader_id;
    EXPECT_EQ(id, ask_klear(klear::GetSettlementBalance{}).user_id.value_or("") + "_" + suffix);
    return id;
  }
  std::string public_pem() const {
    Credentials credentials;
    credentials.private_key_path = perps("alice-listener").credentials.private_key_path;
    return load_signer(credentials).value()->public_pem();
  }

  std::unique_ptr<KlearClient> klear_;
};

TEST_F(KlearOperations, obligationsAndTheirRows) {
  trade(50, "6.0000");
  ask(bob(), order("b", BookSide::bid, 1, "6.5000"));
  ask(bob(), order("a", BookSide::ask, 1, "6.5100"));
  advance(25h);  // both settlement cycles and three fundings lie in it
  ask_klear(klear::GetActiveMarginObligations{});
  const auto history = ask_klear(klear::GetObligationHistory{.limit = 100}).obligations;
  ASSERT_GE(history.size(), 2U);
  const auto& last = history.front();
  std::int64_t margin_change = 0;
  for (const auto& detail : last.maintenance_margin_details) margin_change += detail.maintenance_margin_delta_centicents.value;
  EXPECT_EQ(last.amount_centicents.value, last.pnl_centicents.value - last.fees_centicents.value - margin_change);
  const std::string id = last.id;
  EXPECT_FALSE(ask_klear(klear::GetObligationSettlementDetails{.obligation_id = id}).settlement_details.empty());
  EXPECT_FALSE(ask_klear(klear::GetObligationMaintenanceMarginDetails{.obligation_id = id}).maintenance_margin_details.empty());
  ask_klear(klear::GetObligationFundingPayments{.obligation_id = id});
  ask_klear(klear::GetObligationCorporateActionPayments{.obligation_id = id});
  EXPECT_GE(klear().margin().obligation_history_all({.limit = 1}).collect()->size(), 2U);

  const auto rates = ask(rest::GetMarginHistoricalFundingRates{.ticker = kQuiet}).funding_rates;
  ASSERT_FALSE(rates.empty());
  std::size_t payments = 0;
  for (const auto& rate : rates)
    payments += ask_klear(klear::GetMemberFundingPayments{.funding_time = rate.funding_time, .market_ticker = kQuiet}).payments.size();
  EXPECT_GE(payments, 1U);
  EXPECT_EQ(refused(klear(), klear::GetObligationSettlementDetails{.obligation_id = "01234567-89ab-4def-8123-456789abcdef"}).status, 404);
}

TEST_F(KlearOperations, estimatesPricesAndSchedules) {
  trade(50, "6.0000");
  const auto estimates = ask_klear(klear::GetSettlementEstimateByAssetClass{}).estimates;
  ASSERT_EQ(estimates.count("Crypto"), 1U);
  const auto& user = estimates.at("Crypto").user_breakdown;
  ASSERT_TRUE(user);
  EXPECT_EQ(user->positions.at(kQuiet).quantity_centicount.value, 5'000);
  ask_klear(klear::GetFundingEstimateByAssetClass{});
  EXPECT_THAT(ask_klear(klear::GetMarginFundingSchedule{.asset_class = klear::AssetClass::Crypto}).schedule, testing::HasSubstr("* * *"));
  const auto next = estimates.at("Crypto").next_runtime;
  ASSERT_TRUE(next);
  advance(25h);
  const auto prices = ask_klear(klear::GetSettlementPrices{.asset_class = klear::AssetClass::Crypto, .settlement_time = *next});
  EXPECT_EQ(prices.settlement_prices.count(kQuiet), 1U);
}

TEST_F(KlearOperations, marginOfAPortfolio) {
  klear::EstimatePortfolioMaintenanceMargin estimate;
  estimate.body.asset_class = klear::AssetClass::Crypto;
  estimate.body.positions = {{.market_ticker = kQuiet, .quantity = 10, .price = dollars("6.00")}};
  const auto margin = ask_klear(estimate);
  ASSERT_TRUE(margin.maintenance_margin_fp);
  EXPECT_GT(*margin.maintenance_margin_fp, DollarDecimal{});
  const auto metadata = ask_klear(klear::GetMaintenanceMarginMetadata{.asset_class = klear::AssetClass::Crypto, .date = eastern(0h)});
  ASSERT_TRUE(metadata.matrices.hvar);
  EXPECT_FALSE(metadata.matrices.hvar->returns.empty());
  EXPECT_FALSE(metadata.liquidation_configs.empty());
}

TEST_F(KlearOperations, balancesAndAWithdrawal) {
  const auto balance = ask_klear(klear::GetSettlementBalance{});
  EXPECT_GE(balance.balance_available_centicents.value, 100'000'000) << "at least 10,000 dollars";
  EXPECT_GT(ask_klear(klear::GetGuarantyFundBalance{}).amount_centicents.value, 0);
  klear::WithdrawSettlementBalance withdraw;
  withdraw.body.amount = dollars("500.00");
  const auto started = ask_klear(withdraw);
  const auto state = ask_klear(klear::GetSettlementBalanceWithdrawal{.id = started.id});
  EXPECT_EQ(state.amount, dollars("500"));
  EXPECT_EQ(state.status, klear::WithdrawalStatus::pending);
  EXPECT_FALSE(ask_klear(klear::GetSettlementBalanceHistory{}).entries.empty());
  klear::WithdrawSettlementBalance too_much;
  too_much.body.amount = dollars("900000000.00");
  EXPECT_EQ(refused(klear(), too_much).status, 400);
}

TEST_F(KlearOperations, reportsAndLargeTraders) {
  trade(50, "6.0000");
  advance(25h);
  const auto reports = ask_klear(klear::GetMarginReports{.start_date = eastern(-24h), .end_date = eastern(48h)}).reports;
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(to_string(reports[0].url), "***");
  ask_klear(klear::GetLargeTraderPositions{});
}

TEST_F(KlearOperations, groupsOfSubtraders) {
  const std::string one = subtrader("one"), two = subtrader("two");
  EXPECT_TRUE(ask_klear(klear::GetMarginSubtraderGroups{}).groups.empty());
  klear::CreateMarginSubtraderGroup create;
  create.body.subtrader_ids = {one, two};
  const std::string id = ask_klear(create).group_id;
  klear::UpdateMarginSubtraderGroup update{.group_id = id};
  update.body.subtrader_ids = {two};
  ask_klear(update);
  const auto groups = ask_klear(klear::GetMarginSubtraderGroups{}).groups;
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_THAT(groups[0].member_subtrader_ids, testing::ElementsAre(two)) << "replaced, not added to";
  ask_klear(klear::DeleteMarginSubtraderGroup{.group_id = id});
  ask_klear(klear::DeleteMarginSubtraderGroup{.group_id = id});
  EXPECT_TRUE(ask_klear(klear::GetMarginSubtraderGroups{}).groups.empty());
}

TEST_F(KlearOperations, keysOfSubtraders) {
  const std::string desk = subtrader("desk");
  klear::CreateMarginFcmApiKey create;
  create.body = {.name = "desk", .public_key = public_pem(), .fcm_subtrader_id = desk};
  const auto made = ask_klear(create);
  klear::GenerateMarginFcmApiKey generate;
  generate.body = {.name = "desk two", .fcm_subtrader_id = desk};
  const auto generated = ask_klear(generate);
  EXPECT_TRUE(Signer::from_pem(generated.private_key)) << "a key that signs";
  EXPECT_EQ(ask_klear(klear::ListMarginFcmApiKeys{}).api_keys.size(), 2U);
  EXPECT_EQ(ask_klear(klear::ListMarginFcmApiKeys{.fcm_subtrader_id = desk}).api_keys.size(), 2U);
  ask_klear(klear::DeleteMarginFcmApiKey{.api_key_id = made.api_key_id});
  EXPECT_EQ(refused(klear(), klear::DeleteMarginFcmApiKey{.api_key_id = made.api_key_id}).status, 404);
  const auto left = ask_klear(klear::ListMarginFcmApiKeys{}).api_keys;
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].api_key_id, generated.api_key_id);
}

TEST_F(KlearOperations, aWrongTokenIsRefused) {
  auto config = KlearConfig::from_endpoints_file(endpoints()).value();
  config.access_token = SecretString("not-the-token");
  KlearClient wrong(config);
  const auto error = refused(wrong, klear::GetSettlementBalance{});
  EXPECT_EQ(error.status, 401);
  EXPECT_THAT(to_string(error) + error.context, testing::Not(testing::HasSubstr("not-the-token")));
}

}  // namespace
}  // namespace marginfix::test
