// `marginfix reconcile replay`: a ledger out of a journal alone, row for row and line for line what the service made of it.
#pragma once

#include <cstdint>
#include <string>

#include "marginfix/core/result.hpp"
#include "services/reconcile/folder.hpp"
#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

struct Replayed {
  std::int64_t records{0};
  std::int64_t journal_bytes{0};
  std::int64_t unfinished_bytes{0};  // of a tail that a killed process left; not part of it
  std::int64_t audit_lines{0};
  std::string digest;  // SHA-256 of all rows, as hexadecimal digits: two ledgers with the same rows have the same
};

// Into a new folder `dir`, which then is one like the service's own (the journal is copied into it); "": in memory, to see that it can be
// done, and the digest. Error(store): a damaged journal (nothing is made of a part of it), `dir` holds a journal or a ledger already, a
// record that cannot be applied.
Result<Replayed> replay(const std::string& journal, const std::string& dir);
// Into PostgreSQL, where the service has no ledger yet: how a ledger gets there from a folder. Journal, audit and digest are those of the
// folder. Broken off, it has whole records of the journal's beginning, and goes on from there.
Result<Replayed> replay_into_postgres(const std::string& journal, const LedgerPlace& place);

// The digest of any ledger, in one read transaction. Throws Exception(store).
std::string digest_of(Storage& storage);

}  // namespace marginfix::reconcile
