// The tables of klear/reports.hpp.
#include "marginfix/klear/reports.hpp"

#include <chrono>

#include "rest/klear/tables.hpp"

namespace marginfix::klear {
namespace {

constexpr FieldInfo kMarginReport[] = {field<&MarginReport::report_type>("report_type"),
                                       field<&MarginReport::url>("url"),
                                       field<&MarginReport::date>("date"),
                                       field<&MarginReport::created_ts>("created_ts").expected(),
                                       field<&MarginReport::is_end_of_day>("is_end_of_day"),
                                       field<&MarginReport::snapshot_ts>("snapshot_ts")};
constexpr FieldInfo kGetMarginReportsResponse[] = {field<&GetMarginReportsResponse::reports>("reports")};
constexpr FieldInfo kLargeTraderPosition[] = {
    field<&LargeTraderPosition::market_ticker>("market_ticker"), field<&LargeTraderPosition::position>("position"),
    field<&LargeTraderPosition::exit_day>("exit_day"), field<&LargeTraderPosition::reportable_threshold>("reportable_threshold")};
constexpr FieldInfo kGetLargeTraderPositionsResponse[] = {field<&GetLargeTraderPositionsResponse::user_id>("user_id"),
                                                          field<&GetLargeTraderPositionsResponse::report_date>("report_date"),
                                                          field<&GetLargeTraderPositionsResponse::positions>("positions").not_required()};
constexpr FieldInfo kGetMarginReports[] = {field<&GetMarginReports::start_date>("start_date"),
                                           field<&GetMarginReports::end_date>("end_date")};
constexpr FieldInfo kGetLargeTraderPositions[] = {field<&GetLargeTraderPositions::report_date>("report_date")};

constexpr std::chrono::days kMostDays{90};

Result<void> check_report_dates(const void* request) {
  const auto& r = *static_cast<const GetMarginReports*>(request);
  if (!r.start_date.ok()) return broken("start_date", "is required");
  if (!r.end_date.ok()) return broken("end_date", "is required");
  const auto span = std::chrono::sys_days(r.end_date) - std::chrono::sys_days(r.start_date);
  if (span.count() < 0) return broken("end_date", "must not be before start_date");
  if (span > kMostDays) return broken("end_date", "at most 90 days after start_date");
  return {};
}

}  // namespace
}  // namespace marginfix::klear

MARGINFIX_KLEAR_TABLE(MarginReport);
MARGINFIX_KLEAR_TABLE(GetMarginReportsResponse);
MARGINFIX_KLEAR_TABLE(LargeTraderPosition);
MARGINFIX_KLEAR_TABLE(GetLargeTraderPositionsResponse);
MARGINFIX_KLEAR_TABLE(GetMarginReports);
MARGINFIX_KLEAR_TABLE(GetLargeTraderPositions);

namespace marginfix::rest {

constinit const OperationInfo Operation<klear::GetMarginReports>::info =
    klear::with_check(klear::klear_read<klear::GetMarginReports>("GetMarginReports", "margin_reports", "/margin/reports",
                                                                 "Report files between two Eastern dates at most 90 days apart"),
                      klear::check_report_dates);
constinit const OperationInfo Operation<klear::GetLargeTraderPositions>::info =
    klear::klear_read<klear::GetLargeTraderPositions>("GetLargeTraderPositions", "large_trader_positions", "/margin/large_trader_positions",
                                                      "CFTC large-trader positions of a settlement day");

}  // namespace marginfix::rest
