// The one writer of a ledger in PostgreSQL (LedgerWriter of folder.hpp): journal, ledger and audit in one transaction, which begins with
// the proof that nobody else leads by now.
#pragma once

#include <memory>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/postgres/address.hpp"
#include "services/reconcile/postgres/lead.hpp"

namespace marginfix::reconcile {

// `lead` outlives it. Nothing is left half done by any end of the process or of the connection, so that there is nothing to bring up to
// date: a batch whose write() returned without an error is on the database's disk, and of any other all or nothing is. Errors of write() by
// code:
//   not_leader, connection_lost   only a new lead and a new writer can go on
//   anything else (disk_full, ...) nothing of the batch counts; it may be written again
Result<std::unique_ptr<LedgerWriter>> open_leading_writer(const PostgresAddress& address, Lead& lead, const std::string& dir);

}  // namespace marginfix::reconcile
