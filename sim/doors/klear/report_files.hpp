// What stands behind the links of GET /margin/reports: CSV files, and the daily statement as a PDF. The columns carry the names of the
// API's own members, money in the same units; files of one day add up to the obligations of that day. The exchange's own columns are
// nowhere documented.
#pragma once

#include <string>

#include "sim/doors/http/endpoint_door.hpp"
#include "sim/doors/klear/report_links.hpp"

namespace marginfix::sim::klear {

// Nothing when the type is unknown, or nothing of that kind was made at that time.
std::optional<std::string> report_file(const KlearDoorContext& context, const ReportName& report);

}  // namespace marginfix::sim::klear

namespace marginfix::sim {

// GET /files/csv/{file}, /files/pdf/{file}: without a token, by the link's signature. `context` must outlive the door.
void add_report_files(EndpointDoor& door, KlearDoorContext& context);

}  // namespace marginfix::sim
