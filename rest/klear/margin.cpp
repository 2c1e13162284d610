// The tables of klear/margin.hpp.
#include "marginfix/klear/margin.hpp"

#include <set>
#include <string>

#include "rest/klear/tables.hpp"

namespace marginfix::klear {
namespace {

constexpr FieldInfo kEstimatePortfolioMaintenanceMarginPosition[] = {
    field<&EstimatePortfolioMaintenanceMarginPosition::market_ticker>("market_ticker"),
    field<&EstimatePortfolioMaintenanceMarginPosition::quantity>("quantity"),
    field<&EstimatePortfolioMaintenanceMarginPosition::price>("price").with({.max_decimals = 4, .positive = true})};
constexpr FieldInfo kEstimatePortfolioMaintenanceMarginRequest[] = {
    field<&EstimatePortfolioMaintenanceMarginRequest::asset_class>("asset_class"),
    field<&EstimatePortfolioMaintenanceMarginRequest::date>("date"),
    field<&EstimatePortfolioMaintenanceMarginRequest::clearing_type>("clearing_type"),
    field<&EstimatePortfolioMaintenanceMarginRequest::positions>("positions").with({.min_length = 1, .max_length = 500})};
constexpr FieldInfo kEstimatePortfolioMaintenanceMarginResponse[] = {
    field<&EstimatePortfolioMaintenanceMarginResponse::maintenance_margin_fp>("maintenance_margin_fp"),
    field<&EstimatePortfolioMaintenanceMarginResponse::base_margin_fp>("base_margin_fp"),
    field<&EstimatePortfolioMaintenanceMarginResponse::hvar_fp>("hvar_fp"),
    field<&EstimatePortfolioMaintenanceMarginResponse::apc_fp>("apc_fp"),
    field<&EstimatePortfolioMaintenanceMarginResponse::funding_addon_fp>("funding_addon_fp"),
    field<&EstimatePortfolioMaintenanceMarginResponse::liquidation_addon_fp>("liquidation_addon_fp")};
constexpr FieldInfo kMaintenanceMarginMatrix[] = {field<&MaintenanceMarginMatrix::market_tickers>("market_tickers"),
                                                  field<&MaintenanceMarginMatrix::returns>("returns")};
constexpr FieldInfo kMaintenanceMarginMatrices[] = {
    field<&MaintenanceMarginMatrices::hvar>("hvar"), field<&MaintenanceMarginMatrices::apc>("apc"),
    field<&MaintenanceMarginMatrices::aug>("aug"), field<&MaintenanceMarginMatrices::funding>("funding")};
constexpr FieldInfo kMaintenanceMarginLiquidationConfig[] = {
    field<&MaintenanceMarginLiquidationConfig::market_ticker>("market_ticker"),
    field<&MaintenanceMarginLiquidationConfig::market_impact_volatility>("market_impact_volatility"),
    field<&MaintenanceMarginLiquidationConfig::market_impact_coefficient>("market_impact_coefficient"),
    field<&MaintenanceMarginLiquidationConfig::market_impact_exponent>("market_impact_exponent"),
    field<&MaintenanceMarginLiquidationConfig::market_impact_forecasted_volume>("market_impact_forecasted_volume"),
    field<&MaintenanceMarginLiquidationConfig::spread_rate>("spread_rate")};
constexpr FieldInfo kGetMaintenanceMarginMetadataResponse[] = {
    field<&GetMaintenanceMarginMetadataResponse::asset_class>("asset_class"),
    field<&GetMaintenanceMarginMetadataResponse::base_tail_percentile>("base_tail_percentile"),
    field<&GetMaintenanceMarginMetadataResponse::funding_tail_percentile>("funding_tail_percentile"),
    field<&GetMaintenanceMarginMetadataResponse::matrices>("matrices"),
    field<&GetMaintenanceMarginMetadataResponse::liquidation_configs>("liquidation_configs"),
    field<&GetMaintenanceMarginMetadataResponse::subgroups>("subgroups")};
constexpr FieldInfo kMarketSettlementEstimate[] = {
    field<&MarketSettlementEstimate::quantity_centicount>("quantity_centicount"),
    field<&MarketSettlementEstimate::variation_margin_centicents>("variation_margin_centicents"),
    field<&MarketSettlementEstimate::notional_value_centicents>("notional_value_centicents"),
    field<&MarketSettlementEstimate::session_avg_price_fp>("session_avg_price_fp")};
constexpr FieldInfo kSettlementEstimate[] = {
    field<&SettlementEstimate::variation_margin_centicents>("variation_margin_centicents"),
    field<&SettlementEstimate::total_fees_centicents>("total_fees_centicents"),
    field<&SettlementEstimate::maintenance_margin_delta_centicents>("maintenance_margin_delta_centicents"),
    field<&SettlementEstimate::maintenance_margin_required_centicents>("maintenance_margin_required_centicents"),
    field<&SettlementEstimate::total_amount_centicents>("total_amount_centicents"),
    field<&SettlementEstimate::positions>("positions").not_required()};
constexpr FieldInfo kAssetClassSettlementEstimate[] = {
    field<&AssetClassSettlementEstimate::user_breakdown>("user_breakdown"),
    field<&AssetClassSettlementEstimate::subtrader_breakdowns>("subtrader_breakdowns").not_required(),
    field<&AssetClassSettlementEstimate::group_breakdowns>("group_breakdowns").not_required(),
    field<&AssetClassSettlementEstimate::omitted_subtrader_count>("omitted_subtrader_count"),
    field<&AssetClassSettlementEstimate::omitted_group_count>("omitted_group_count"),
    field<&AssetClassSettlementEstimate::next_runtime>("next_runtime").expected()};
constexpr FieldInfo kGetSettlementEstimateByAssetClassResponse[] = {
    field<&GetSettlementEstimateByAssetClassResponse::estimates>("estimates"),
    field<&GetSettlementEstimateByAssetClassResponse::settlement_balance_centicents>("settlement_balance_centicents")};
constexpr FieldInfo kMarketFundingEstimate[] = {field<&MarketFundingEstimate::quantity_centicount>("quantity_centicount"),
                                                field<&MarketFundingEstimate::funding_amount_centicents>("funding_amount_centicents")};
constexpr FieldInfo kFundingEstimate[] = {field<&FundingEstimate::funding_amount_centicents>("funding_amount_centicents"),
                                          field<&FundingEstimate::positions>("positions").not_required()};
constexpr FieldInfo kAssetClassFundingEstimate[] = {
    field<&AssetClassFundingEstimate::user_breakdown>("user_breakdown"),
    field<&AssetClassFundingEstimate::subtrader_breakdowns>("subtrader_breakdowns").not_required(),
    field<&AssetClassFundingEstimate::group_breakdowns>("group_breakdowns").not_required(),
    field<&AssetClassFundingEstimate::omitted_subtrader_count>("omitted_subtrader_count").expected(),
    field<&AssetClassFundingEstimate::omitted_group_count>("omitted_group_count").expected(),
    field<&AssetClassFundingEstimate::next_funding_time>("next_funding_time").expected()};
constexpr FieldInfo kGetFundingEstimateByAssetClassResponse[] = {field<&GetFundingEstimateByAssetClassResponse::estimates>("estimates")};
constexpr FieldInfo kGetMarginFundingScheduleResponse[] = {field<&GetMarginFundingScheduleResponse::schedule>("schedule")};
constexpr FieldInfo kGetSettlementPricesResponse[] = {field<&GetSettlementPricesResponse::settlement_prices>("settlement_prices")};
constexpr FieldInfo kGetMaintenanceMarginMetadata[] = {field<&GetMaintenanceMarginMetadata::asset_class>("asset_class"),
                                                       field<&GetMaintenanceMarginMetadata::date>("date")};
constexpr FieldInfo kGetMarginFundingSchedule[] = {field<&GetMarginFundingSchedule::asset_class>("asset_class")};
constexpr FieldInfo kGetSettlementPrices[] = {field<&GetSettlementPrices::asset_class>("asset_class"),
                                              field<&GetSettlementPrices::settlement_time>("settlement_time")};

std::string position_name(std::size_t i, std::string_view member) { return "positions[" + std::to_string(i) + "]." + std::string(member); }

Result<void> check_portfolio(const void* request) {
  const auto& positions = static_cast<const EstimatePortfolioMaintenanceMargin*>(request)->body.positions;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i].quantity == 0) return broken(position_name(i, "quantity"), "must not be 0");
    if (!seen.insert(positions[i].market_ticker).second)
      return broken(position_name(i, "market_ticker"), positions[i].market_ticker + " is there twice");
  }
  return {};
}

Result<void> check_metadata_date(const void* request) {
  if (!static_cast<const GetMaintenanceMarginMetadata*>(request)->date.ok()) return broken("date", "is required");
  return {};
}

Result<void> check_settlement_time(const void* request) {
  if (static_cast<const GetSettlementPrices*>(request)->settlement_time == Timestamp{}) return broken("settlement_time", "is required");
  return {};
}

}  // namespace
}  // namespace marginfix::klear

MARGINFIX_KLEAR_TABLE(EstimatePortfolioMaintenanceMarginPosition);
MARGINFIX_KLEAR_TABLE(EstimatePortfolioMaintenanceMarginRequest);
MARGINFIX_KLEAR_TABLE(EstimatePortfolioMaintenanceMarginResponse);
MARGINFIX_KLEAR_TABLE(MaintenanceMarginMatrix);
MARGINFIX_KLEAR_TABLE(MaintenanceMarginMatrices);
MARGINFIX_KLEAR_TABLE(MaintenanceMarginLiquidationConfig);
MARGINFIX_KLEAR_TABLE(GetMaintenanceMarginMetadataResponse);
MARGINFIX_KLEAR_TABLE(MarketSettlementEstimate);
MARGINFIX_KLEAR_TABLE(SettlementEstimate);
MARGINFIX_KLEAR_TABLE(AssetClassSettlementEstimate);
MARGINFIX_KLEAR_TABLE(GetSettlementEstimateByAssetClassResponse);
MARGINFIX_KLEAR_TABLE(MarketFundingEstimate);
MARGINFIX_KLEAR_TABLE(FundingEstimate);
MARGINFIX_KLEAR_TABLE(AssetClassFundingEstimate);
MARGINFIX_KLEAR_TABLE(GetFundingEstimateByAssetClassResponse);
MARGINFIX_KLEAR_TABLE(GetMarginFundingScheduleResponse);
MARGINFIX_KLEAR_TABLE(GetSettlementPricesResponse);
MARGINFIX_KLEAR_EMPTY(EstimatePortfolioMaintenanceMargin);
MARGINFIX_KLEAR_TABLE(GetMaintenanceMarginMetadata);
MARGINFIX_KLEAR_EMPTY(GetSettlementEstimateByAssetClass);
MARGINFIX_KLEAR_EMPTY(GetFundingEstimateByAssetClass);
MARGINFIX_KLEAR_TABLE(GetMarginFundingSchedule);
MARGINFIX_KLEAR_TABLE(GetSettlementPrices);

namespace marginfix::rest {

constinit const OperationInfo Operation<klear::EstimatePortfolioMaintenanceMargin>::info =
    klear::with_check(klear::klear_operation<klear::EstimatePortfolioMaintenanceMargin>(
                          "EstimatePortfolioMaintenanceMargin", "estimate_maintenance_margin", Method::post,
                          "/margin/estimate_maintenance_margin", 200, "Maintenance margin of a hypothetical portfolio"),
                      klear::check_portfolio);
constinit const OperationInfo Operation<klear::GetMaintenanceMarginMetadata>::info =
    klear::with_check(klear::klear_read<klear::GetMaintenanceMarginMetadata>(
                          "GetMaintenanceMarginMetadata", "estimate_maintenance_margin_metadata",
                          "/margin/estimate_maintenance_margin/metadata", "What the margin calculator was fed with on an Eastern day"),
                      klear::check_metadata_date);
constinit const OperationInfo Operation<klear::GetSettlementEstimateByAssetClass>::info =
    klear::klear_read<klear::GetSettlementEstimateByAssetClass>("GetSettlementEstimateByAssetClass", "settlement_estimate_by_asset_class",
                                                                "/margin/settlement_estimate_by_asset_class",
                                                                "Estimate of the next settlement");
constinit const OperationInfo Operation<klear::GetFundingEstimateByAssetClass>::info =
    klear::klear_read<klear::GetFundingEstimateByAssetClass>("GetFundingEstimateByAssetClass", "funding_estimate_by_asset_class",
                                                             "/margin/funding_estimate_by_asset_class", "Estimate of the next funding");
constinit const OperationInfo Operation<klear::GetMarginFundingSchedule>::info = klear::klear_read<klear::GetMarginFundingSchedule>(
    "GetMarginFundingSchedule", "funding_schedule", "/margin/funding_schedule", "When funding is executed: cron in Eastern Time");
constinit const OperationInfo Operation<klear::GetSettlementPrices>::info =
    klear::with_check(klear::klear_read<klear::GetSettlementPrices>("GetSettlementPrices", "settlement_prices", "/margin/settlement_prices",
                                                                    "Marks of one settlement cycle, in centicents"),
                      klear::check_settlement_time);

}  // namespace marginfix::rest
