// ledger.pages: SHA-256 of each page of ledger.db, and where ledger, journal and audit ended when their writer did. By it `verify` finds a
// changed byte also where SQLite keeps none (free space within pages). Lines of text:
//   marginfix ledger pages 1
//   journal OFFSET HASH
//   audit LINES BYTES HASH
//   page SIZE COUNT
//   HASH              one line a page
//   all HASH          SHA-256 of all bytes before this line
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/journal/journal.hpp"
#include "services/reconcile/ledger/audit_file.hpp"

namespace marginfix::reconcile {

struct PagesEnd {
  JournalPosition journal;
  AuditPosition audit;
};

// Of a ledger.db that no writer has open and whose WAL is empty. Error(store).
Result<void> write_pages(const std::string& dir, const PagesEnd& end);
// Before the first change of the ledger. Error(store).
Result<void> remove_pages(const std::string& dir);
// Nothing: there is no ledger.pages (a writer is at work, or was killed). Error(store): it or a page of ledger.db was changed, and where.
Result<std::optional<PagesEnd>> check_pages(const std::string& dir);

}  // namespace marginfix::reconcile
