// Klear's report files and the CFTC large-trader positions. Plain values. Source: klear.md operations 1 and 9, "Reports, obligations".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/klear/common.hpp"

namespace marginfix::klear {

// All CSV but the PDF daily_statement.
enum class ReportType : std::uint8_t {
  trade_audit,
  position_transfer_audit,
  position_snapshot,
  market_price_snapshot,
  funding_periods,
  settlement_periods,
  corporate_action_payments,
  maintenance_margin,
  maintenance_margin_aggregate,
  cash_balance_daily,
  cash_activity_daily,
  daily_financial_summary,
  interest_on_collateral_monthly,
  daily_statement
};

struct MarginReport {
  Open<ReportType> report_type{};
  SecretString url{};  // presigned download: whoever has it has the file
  Date date{};         // Eastern report date; snapshots after 4 pm belong to the next one
  std::optional<Timestamp> created_ts{};
  bool is_end_of_day{false};               // false = an intraday snapshot
  std::optional<Timestamp> snapshot_ts{};  // of an intraday file
  json::UnknownMembers unknown{};
};

struct GetMarginReportsResponse {
  std::vector<MarginReport> reports{};
  json::UnknownMembers unknown{};
};

// A row of GetLargeTraderPositionsResponse; 17 CFR 15.03(b).
struct LargeTraderPosition {
  std::optional<std::string> market_ticker{};
  std::optional<std::int64_t> position{};              // signed whole contracts
  std::optional<bool> exit_day{};                      // true: reportable the day before, below the level now
  std::optional<std::int64_t> reportable_threshold{};  // contracts, in either direction
  json::UnknownMembers unknown{};
};

struct GetLargeTraderPositionsResponse {
  std::optional<std::string> user_id{};
  std::optional<Date> report_date{};  // Eastern settlement day
  std::vector<LargeTraderPosition> positions{};
  json::UnknownMembers unknown{};
};

// GET /margin/reports
struct GetMarginReports {
  using Response = GetMarginReportsResponse;
  Date start_date{};
  Date end_date{};  // within 90 days of start_date
};

// GET /margin/large_trader_positions
struct GetLargeTraderPositions {
  using Response = GetLargeTraderPositionsResponse;
  std::optional<Date> report_date{};  // Eastern day; absent = the latest closed settlement day
};

}  // namespace marginfix::klear

template <>
struct marginfix::EnumWords<marginfix::klear::ReportType> {
  using E = klear::ReportType;
  static constexpr EnumWord<E> kWords[] = {{E::trade_audit, "trade_audit"},
                                           {E::position_transfer_audit, "position_transfer_audit"},
                                           {E::position_snapshot, "position_snapshot"},
                                           {E::market_price_snapshot, "market_price_snapshot"},
                                           {E::funding_periods, "funding_periods"},
                                           {E::settlement_periods, "settlement_periods"},
                                           {E::corporate_action_payments, "corporate_action_payments"},
                                           {E::maintenance_margin, "maintenance_margin"},
                                           {E::maintenance_margin_aggregate, "maintenance_margin_aggregate"},
                                           {E::cash_balance_daily, "cash_balance_daily"},
                                           {E::cash_activity_daily, "cash_activity_daily"},
                                           {E::daily_financial_summary, "daily_financial_summary"},
                                           {E::interest_on_collateral_monthly, "interest_on_collateral_monthly"},
                                           {E::daily_statement, "daily_statement"}};
};

MARGINFIX_SCHEMA(marginfix::klear::MarginReport);
MARGINFIX_SCHEMA(marginfix::klear::GetMarginReportsResponse);
MARGINFIX_SCHEMA(marginfix::klear::LargeTraderPosition);
MARGINFIX_SCHEMA(marginfix::klear::GetLargeTraderPositionsResponse);
MARGINFIX_SCHEMA(marginfix::klear::GetMarginReports);
MARGINFIX_SCHEMA(marginfix::klear::GetLargeTraderPositions);
MARGINFIX_OPERATION(marginfix::klear::GetMarginReports);
MARGINFIX_OPERATION(marginfix::klear::GetLargeTraderPositions);
