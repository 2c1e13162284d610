// A clearing day's report: one HTML file that needs nothing else (no script, one style sheet whose hash its own content security policy
// names), with tables and drawings; dark and light, on paper, from a file. The same ledger gives the same bytes.
#pragma once

#include <string>

#include "marginfix/core/time.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

// `account` "" = all of them. Throws Exception(store).
std::string day_report(Storage& storage, const std::string& account, Date date);

}  // namespace marginfix::reconcile
