// All rows of a ledger, table by table, column by column, whatever they are: compared with another ledger's, or made into one number.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/reconcile/ledger/storage.hpp"

namespace marginfix::reconcile {

struct TablesCompared {
  std::int64_t rows{0};             // of `ledger`
  std::vector<std::string> faults;  // the first difference of each table: table, key, column, both values
};
// `expected`: what the journal gives. Throws Exception(store).
TablesCompared compare_tables(Storage& ledger, Storage& expected);

// What the outbox has not told yet, behind event `published`. Throws Exception(store).
TablesCompared compare_outboxes(Storage& ledger, Storage& expected, std::int64_t published);

// Tables, indexes and their SQL. Throws Exception(store).
std::vector<std::string> compare_schemas(Storage& ledger, Storage& expected);

}  // namespace marginfix::reconcile
