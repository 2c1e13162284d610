// `marginfix reconcile verify`: proves a folder. Every byte of the journal by its chain, every line of the audit by its chain and by the
// journal, every row of the ledger by what the journal gives, every byte of ledger.db by ledger.pages. Changes nothing of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/reconcile/folder.hpp"

namespace marginfix::reconcile {

struct VerifyReport {
  std::int64_t records{0};        // of the journal
  std::int64_t journal_bytes{0};  // checked
  std::int64_t audit_lines{0};
  std::int64_t rows{0};            // of the ledger, over all tables
  bool beside_writer{false};       // a service is at work: proven up to one moment of it
  bool pages_checked{false};       // ledger.pages was there
  std::string digest;              // of the rows (replay.hpp)
  std::vector<std::string> notes;  // what is no fault and a person should know, a sentence each
};

// Error(store): something was changed, and where: file and byte, line, or table, key and column; several faults are joined by "; ".
// Code "no_ledger" where there is none. A folder whose writer was killed has no ledger.pages, and that is a note: what is in tables is
// proven all the same. Reads everything once, and holds the rows of a second ledger in memory.
// In PostgreSQL: of one moment, journal, audit and ledger by the same rules; what PostgreSQL keeps besides rows is not looked at, its
// `data_checksums` are for that. A copy of journal and audit stands in a folder beside `dir` meanwhile.
Result<VerifyReport> verify(const LedgerPlace& place);

}  // namespace marginfix::reconcile
