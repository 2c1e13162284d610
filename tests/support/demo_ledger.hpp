// A ledger to look at and to ask questions of: two accounts with all kinds of sources, a day with holes that were closed in each way,
// thirty breaks of all categories and states, positions that agree and that do not, and texts by somebody who means harm. The same each
// time.
#pragma once

#include <string>

#include "marginfix/core/time.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::test {

// Monday 2026-11-30 18:30 UTC, 13:30 Eastern: the demo's present.
Timestamp demo_now();
// What it says of itself as ClOrdID(11) and Text(58).
inline constexpr const char* kHostileClOrdId = "\"><svg/onload=\"window.hacked=1\">";
inline constexpr const char* kHostileText = "</script><img src=x onerror=\"window.hacked=1\"> & <b>bold</b> \xE2\x80\xAE drowssap";

// Fills the tables; `executions` of them in this clearing day.
void fill_demo_ledger(reconcile::Storage& storage, int executions);
// DIR/ledger.db and DIR/audit.jsonl.
void make_demo_folder(const std::string& dir, int executions);

}  // namespace marginfix::test
