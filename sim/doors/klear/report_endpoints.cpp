// The list of reports, made from the settlements that ran. Source: klear.md operation 1, "Reports, obligations".
// Readings: the closing settlement (16:00 Eastern) brings the day's end-of-day files, the last day of a month the monthly one; the noon
// settlement and every full hour bring snapshots of positions and prices, noon those of settlement and margin too. What stands behind the
// links: report_files.hpp.
#include "sim/doors/klear/report_links.hpp"
#include "sim/doors/klear/support.hpp"
#include "sim/exchange/views/members.hpp"

namespace marginfix::sim::klear {
namespace {

constexpr std::chrono::days kMostDays{90};

constexpr std::string_view kEndOfDayReports[] = {
    "trade_audit",         "position_transfer_audit",   "position_snapshot",  "market_price_snapshot",        "funding_periods",
    "settlement_periods",  "corporate_action_payments", "maintenance_margin", "maintenance_margin_aggregate", "cash_balance_daily",
    "cash_activity_daily", "daily_financial_summary",   "daily_statement"};
constexpr std::string_view kMonthly = "interest_on_collateral_monthly";
constexpr std::string_view kNoon[] = {"position_snapshot", "market_price_snapshot", "settlement_periods", "maintenance_margin"};
constexpr std::string_view kHourly[] = {"position_snapshot", "market_price_snapshot"};

class Reports {
 public:
  Reports(const KlearDoorContext& context, Date first, Date last, json::Writer& out)
      : context_(context), first_(first), last_(last), out_(out) {}

  void snapshots(std::span<const std::string_view> types, Timestamp at) const {
    for (const auto type : types) report(type, clearing_business_date(at), at, false);
  }
  void end_of_day(Timestamp close) const {
    const Date day = eastern_date(close);
    for (const auto type : kEndOfDayReports) report(type, day, close, true);
    if (eastern_date(close + std::chrono::days(1)).month() != day.month()) report(kMonthly, day, close, true);
  }

 private:
  void report(std::string_view type, Date day, Timestamp at, bool end_of_day) const {
    if (day < first_ || day > last_) return;
    out_.begin_object().member("report_type", type);
    out_.member("url", report_link(context_, {std::string(type), at, end_of_day}));
    out_.member("date", date_text(day)).member("created_ts", to_rfc3339(at)).member("is_end_of_day", end_of_day);
    if (!end_of_day) out_.member("snapshot_ts", to_rfc3339(at));
    out_.end_object();
  }

  const KlearDoorContext& context_;
  Date first_, last_;
  json::Writer& out_;
};

HttpAnswer reports(KlearDoorContext& context, EndpointRequest& request) {
  const auto first = date(request, "start_date", true);
  const auto last = date(request, "end_date", true);
  if (first && last) {
    const auto days = std::chrono::sys_days(*last) - std::chrono::sys_days(*first);
    if (days < std::chrono::days(0)) complain(request, "end_date lies before start_date");
    if (days > kMostDays) complain(request, "end_date must be within 90 days of start_date");
  }
  if (request.problem) return *request.problem;
  HttpAnswer answer;
  json::Writer out(answer.body);
  out.begin_object().key("reports").begin_array();
  const Reports list(context, *first, *last, out);
  const auto& cycles = views::clearing(context.exchange.state()).cycles();
  // Hours between the settlements, from the first one on.
  for (std::size_t i = 0; i < cycles.size(); ++i) {
    if (cycles[i].closes_day) {
      list.end_of_day(cycles[i].time);
    } else {
      list.snapshots(kNoon, cycles[i].time);
    }
    const Timestamp until = i + 1 < cycles.size() ? cycles[i + 1].time : context.exchange.now() + std::chrono::microseconds(1);
    for (Timestamp hour = cycles[i].time + std::chrono::hours(1); hour < until; hour += std::chrono::hours(1)) {
      list.snapshots(kHourly, hour);
    }
  }
  out.end_array().end_object();
  return answer;
}

constexpr Endpoint<KlearDoorContext> kReportEndpoints[] = {
    {"GET", "/margin/reports", EndpointAuth::KlearToken, 0, "start_date end_date", "", reports},
};

}  // namespace

std::span<const Endpoint<KlearDoorContext>> report_endpoints() { return kReportEndpoints; }

}  // namespace marginfix::sim::klear
