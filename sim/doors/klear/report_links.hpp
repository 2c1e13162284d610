// Names and presigned links of reports. A link opens one file, for an hour of the trading clock from the moment it was listed, without
// any other credentials: it is a secret while it lasts. Source: klear.md "MarginReport"; how long links last is nowhere documented.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "sim/doors/klear/klear_endpoints.hpp"

namespace marginfix::sim::klear {

inline constexpr std::chrono::hours kLinkLasts{1};
inline constexpr std::string_view kStatement = "daily_statement";  // the one that is a PDF

struct ReportName {
  std::string type;
  Timestamp at{};  // the settlement that closed the day, or the instant of the snapshot
  bool end_of_day{false};
};
std::string file_name(const ReportName& report);  // "trade_audit-1795532400-eod.csv"
std::optional<ReportName> parse_file_name(std::string_view file);

std::string report_link(const KlearDoorContext& context, const ReportName& report);
// The link's signature is ours and its time is not over.
bool link_opens(const KlearDoorContext& context, std::string_view file, std::string_view expires, std::string_view signature);

}  // namespace marginfix::sim::klear
