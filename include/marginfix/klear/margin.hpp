// Klear's margin calculator and what it is fed with, the estimates of the next settlement and funding, schedules and settlement prices.
// Dollar strings (DollarDecimal) where the member says so, Centicents and Centicount (hundredths of a contract) elsewhere; JSON doubles are
// MultiplierDecimal with every digit. Plain values. Source: klear.md operations 10 to 15, "Margin estimates", "Settlement and funding
// estimates".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/klear/common.hpp"

namespace marginfix::klear {

enum class ClearingType : std::uint8_t { FCM, SelfClearing };

struct EstimatePortfolioMaintenanceMarginPosition {
  std::string market_ticker{};           // of the request's asset class; unique in the request
  std::int64_t quantity{0};              // signed whole contracts, not 0
  std::optional<DollarDecimal> price{};  // > 0, at most 4 decimals; absent = mark of the latest settlement (400 if there is none)
};

// Nothing of it needs to be held.
struct EstimatePortfolioMaintenanceMarginRequest {
  Open<AssetClass> asset_class{};
  std::optional<Date> date{};                         // Eastern day of the matrices; absent = current; none that day = 404
  std::optional<Open<ClearingType>> clearing_type{};  // absent = the member's own
  std::vector<EstimatePortfolioMaintenanceMarginPosition> positions{};  // 1 to 500
};

// Dollars. The parts are rounded one by one, with minimums a market: they need not add up.
struct EstimatePortfolioMaintenanceMarginResponse {
  std::optional<DollarDecimal> maintenance_margin_fp{};
  std::optional<DollarDecimal> base_margin_fp{};  // the larger of the two candidates, per market or portfolio, then summed
  std::optional<DollarDecimal> hvar_fp{};         // historical VaR candidate
  std::optional<DollarDecimal> apc_fp{};          // APC candidate, with the augmented scenarios
  std::optional<DollarDecimal> funding_addon_fp{};
  std::optional<DollarDecimal> liquidation_addon_fp{};
  json::UnknownMembers unknown{};
};

struct MaintenanceMarginMatrix {
  std::vector<std::string> market_tickers{};              // order of the columns
  std::vector<std::vector<MultiplierDecimal>> returns{};  // a row for each scenario, a value for each ticker
  json::UnknownMembers unknown{};
};

struct MaintenanceMarginMatrices {
  std::optional<MaintenanceMarginMatrix> hvar{};
  std::optional<MaintenanceMarginMatrix> apc{};
  std::optional<MaintenanceMarginMatrix> aug{};
  std::optional<MaintenanceMarginMatrix> funding{};
  json::UnknownMembers unknown{};
};

struct MaintenanceMarginLiquidationConfig {
  std::string market_ticker{};
  MultiplierDecimal market_impact_volatility{};
  MultiplierDecimal market_impact_coefficient{};
  MultiplierDecimal market_impact_exponent{};
  MultiplierDecimal market_impact_forecasted_volume{};
  MultiplierDecimal spread_rate{};
  json::UnknownMembers unknown{};
};

struct GetMaintenanceMarginMetadataResponse {
  Open<AssetClass> asset_class{};
  MultiplierDecimal base_tail_percentile{};     // lower tail, base margin
  MultiplierDecimal funding_tail_percentile{};  // lower tail, funding margin
  MaintenanceMarginMatrices matrices{};
  std::vector<MaintenanceMarginLiquidationConfig> liquidation_configs{};  // active markets with a calibrated one
  std::vector<std::vector<std::string>> subgroups{};                      // partition of the active markets, each margined together
  json::UnknownMembers unknown{};
};

struct MarketSettlementEstimate {
  Centicount quantity_centicount{};  // 100 = 1 contract
  Centicents variation_margin_centicents{};
  Centicents notional_value_centicents{};
  std::optional<DollarDecimal> session_avg_price_fp{};  // dollars; absent when the quantity is 0
  json::UnknownMembers unknown{};
};

struct SettlementEstimate {
  Centicents variation_margin_centicents{};
  Centicents total_fees_centicents{};
  Centicents maintenance_margin_delta_centicents{};
  Centicents maintenance_margin_required_centicents{};
  Centicents total_amount_centicents{};
  json::Map<MarketSettlementEstimate> positions{};  // by ticker
  json::UnknownMembers unknown{};
};

// The two breakdowns share a cap of 1,000 entries, those with the highest maintenance margin; user_breakdown covers all subtraders.
struct AssetClassSettlementEstimate {
  std::optional<SettlementEstimate> user_breakdown{};     // null or absent without activity
  json::Map<SettlementEstimate> subtrader_breakdowns{};   // by subtrader id
  json::Map<SettlementEstimate> group_breakdowns{};       // by group id, netted
  std::optional<std::int64_t> omitted_subtrader_count{};  // left out of the map, still in the total
  std::optional<std::int64_t> omitted_group_count{};
  std::optional<Timestamp> next_runtime{};  // next settlement
  json::UnknownMembers unknown{};
};

struct GetSettlementEstimateByAssetClassResponse {
  json::Map<AssetClassSettlementEstimate> estimates{};  // by asset class; those without activity are left out
  Centicents settlement_balance_centicents{};           // the buffer now
  json::UnknownMembers unknown{};
};

struct MarketFundingEstimate {
  Centicount quantity_centicount{};
  Centicents funding_amount_centicents{};
  json::UnknownMembers unknown{};
};

struct FundingEstimate {
  Centicents funding_amount_centicents{};
  json::Map<MarketFundingEstimate> positions{};  // by ticker; only in subtrader and group breakdowns
  json::UnknownMembers unknown{};
};

struct AssetClassFundingEstimate {
  FundingEstimate user_breakdown{};
  json::Map<FundingEstimate> subtrader_breakdowns{};  // by subtrader id
  json::Map<FundingEstimate> group_breakdowns{};      // by group id
  std::optional<std::int64_t> omitted_subtrader_count{};
  std::optional<std::int64_t> omitted_group_count{};
  std::optional<Timestamp> next_funding_time{};
  json::UnknownMembers unknown{};
};

struct GetFundingEstimateByAssetClassResponse {
  json::Map<AssetClassFundingEstimate> estimates{};  // by asset class
  json::UnknownMembers unknown{};
};

struct GetMarginFundingScheduleResponse {
  std::string schedule{};  // cron in US Eastern Time: "0 */8 * * *"
  json::UnknownMembers unknown{};
};

struct GetSettlementPricesResponse {
  json::Map<Centicents> settlement_prices{};  // mark by ticker; empty when no settlement ran
  json::UnknownMembers unknown{};
};

// POST /margin/estimate_maintenance_margin: changes nothing, and is never retried all the same
struct EstimatePortfolioMaintenanceMargin {
  using Response = EstimatePortfolioMaintenanceMarginResponse;
  EstimatePortfolioMaintenanceMarginRequest body{};
};

// GET /margin/estimate_maintenance_margin/metadata
struct GetMaintenanceMarginMetadata {
  using Response = GetMaintenanceMarginMetadataResponse;
  Open<AssetClass> asset_class{};
  Date date{};  // Eastern day; no matrices that day = 404
};

// GET /margin/settlement_estimate_by_asset_class
struct GetSettlementEstimateByAssetClass {
  using Response = GetSettlementEstimateByAssetClassResponse;
};

// GET /margin/funding_estimate_by_asset_class
struct GetFundingEstimateByAssetClass {
  using Response = GetFundingEstimateByAssetClassResponse;
};

// GET /margin/funding_schedule
struct GetMarginFundingSchedule {
  using Response = GetMarginFundingScheduleResponse;
  Open<AssetClass> asset_class{};
};

// GET /margin/settlement_prices
struct GetSettlementPrices {
  using Response = GetSettlementPricesResponse;
  Open<AssetClass> asset_class{};
  Timestamp settlement_time{};  // settlement cycle
};

}  // namespace marginfix::klear

template <>
struct marginfix::EnumWords<marginfix::klear::ClearingType> {
  using E = klear::ClearingType;
  static constexpr EnumWord<E> kWords[] = {{E::FCM, "FCM"}, {E::SelfClearing, "SelfClearing"}};
};

MARGINFIX_SCHEMA(marginfix::klear::EstimatePortfolioMaintenanceMarginPosition);
MARGINFIX_SCHEMA(marginfix::klear::EstimatePortfolioMaintenanceMarginRequest);
MARGINFIX_SCHEMA(marginfix::klear::EstimatePortfolioMaintenanceMarginResponse);
MARGINFIX_SCHEMA(marginfix::klear::MaintenanceMarginMatrix);
MARGINFIX_SCHEMA(marginfix::klear::MaintenanceMarginMatrices);
MARGINFIX_SCHEMA(marginfix::klear::MaintenanceMarginLiquidationConfig);
MARGINFIX_SCHEMA(marginfix::klear::GetMaintenanceMarginMetadataResponse);
MARGINFIX_SCHEMA(marginfix::klear::MarketSettlementEstimate);
MARGINFIX_SCHEMA(marginfix::klear::SettlementEstimate);
MARGINFIX_SCHEMA(marginfix::klear::AssetClassSettlementEstimate);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementEstimateByAssetClassResponse);
MARGINFIX_SCHEMA(marginfix::klear::MarketFundingEstimate);
MARGINFIX_SCHEMA(marginfix::klear::FundingEstimate);
MARGINFIX_SCHEMA(marginfix::klear::AssetClassFundingEstimate);
MARGINFIX_SCHEMA(marginfix::klear::GetFundingEstimateByAssetClassResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetMarginFundingScheduleResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementPricesResponse);
MARGINFIX_SCHEMA(marginfix::klear::EstimatePortfolioMaintenanceMargin);
MARGINFIX_SCHEMA(marginfix::klear::GetMaintenanceMarginMetadata);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementEstimateByAssetClass);
MARGINFIX_SCHEMA(marginfix::klear::GetFundingEstimateByAssetClass);
MARGINFIX_SCHEMA(marginfix::klear::GetMarginFundingSchedule);
MARGINFIX_SCHEMA(marginfix::klear::GetSettlementPrices);
MARGINFIX_OPERATION(marginfix::klear::EstimatePortfolioMaintenanceMargin);
MARGINFIX_OPERATION(marginfix::klear::GetMaintenanceMarginMetadata);
MARGINFIX_OPERATION(marginfix::klear::GetSettlementEstimateByAssetClass);
MARGINFIX_OPERATION(marginfix::klear::GetFundingEstimateByAssetClass);
MARGINFIX_OPERATION(marginfix::klear::GetMarginFundingSchedule);
MARGINFIX_OPERATION(marginfix::klear::GetSettlementPrices);
