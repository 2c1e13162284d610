// Tables and indexes of the ledger, by version. A migration is a step from one version to the next, in one transaction.
#pragma once

#include <string>
#include <vector>

#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

// The CREATE INDEX of each index, beside the primary keys. Both databases take them.
const std::vector<const char*>& ledger_indexes();

// Brings an SQLite ledger to SqliteStorage::kVersion. Throws Exception(store): it is of a newer version, or no ledger.
void migrate(Storage& storage, const std::string& path);
// Throws Exception(store) where it is of another version.
void check_version(Storage& storage, const std::string& path);

}  // namespace marginfix::reconcile
