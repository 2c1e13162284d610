#include "services/reconcile/ledger/schema.hpp"

#include "marginfix/core/error.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/ledger/table.hpp"

namespace marginfix::reconcile {

namespace {

Exception version_error(const std::string& path, std::int64_t version, std::string_view what) {
  Error error;
  error.category = ErrorCategory::store;
  error.message = path + " is a ledger of version " + std::to_string(version) + ", this program's is " +
                  std::to_string(SqliteStorage::kVersion) + ": " + std::string(what);
  return Exception(error);
}

void check_readable(const std::string& path, std::int64_t version) {
  if (version > SqliteStorage::kVersion) throw version_error(path, version, "it was written by a newer marginfix; use that one");
  if (version > 0 && version < SqliteStorage::kOldestVersion)
    throw version_error(path, version,
                        "`marginfix reconcile replay --journal FOLDER/journal --dir NEW` makes one of this version from its journal");
}

template <class Row>
void create_strict(Storage& storage) {
  storage.execute(create_table<Row>() + " STRICT, WITHOUT ROWID");
}

void make_tables(Storage& storage) {
  for_each_table([&]<class Row>() { create_strict<Row>(storage); });
  for (const char* index : ledger_indexes()) storage.execute(index);
}

}  // namespace

const std::vector<const char*>& ledger_indexes() {
  static const std::vector<const char*> indexes{
      // What is still to be compared, and what the page, the reports and the tail of a feed ask for.
      "CREATE INDEX fills_unsettled ON fills (account, order_id, trade_id) WHERE settled = 0",
      // A firm knows an order by its ClOrdID(11), and a fill perhaps by its trade id alone.
      "CREATE INDEX orders_cl_ord_id ON orders (account, cl_ord_id)", "CREATE INDEX fills_trade_id ON fills (account, trade_id)",
      "CREATE INDEX source_fills_unmatched ON source_fills (account, order_id, trade_id) WHERE unmatched = 1",
      "CREATE INDEX fills_number ON fills (number)", "CREATE INDEX orders_unsettled ON orders (account) WHERE settled = 0",
      "CREATE INDEX breaks_listed ON breaks (state, category, id)", "CREATE INDEX spans_began ON spans (account, source, began)",
      "CREATE INDEX breaks_open ON breaks (account, category, subject) WHERE state < 2"};
  return indexes;
}

void migrate(Storage& storage, const std::string& path) {
  storage.begin();
  try {
    const std::int64_t version = number(storage, "PRAGMA user_version");
    check_readable(path, version);
    if (version < 1) make_tables(storage);
    if (version < 3) for_each_outbox_table([&]<class Row>() { create_strict<Row>(storage); });
    if (version < SqliteStorage::kVersion) storage.execute("PRAGMA user_version = " + std::to_string(SqliteStorage::kVersion));
    storage.commit();
  } catch (...) {
    storage.rollback();
    throw;
  }
}

void check_version(Storage& storage, const std::string& path) {
  const std::int64_t version = number(storage, "PRAGMA user_version");
  check_readable(path, version);
  if (version < SqliteStorage::kVersion)
    throw version_error(path, version, "run `marginfix reconcile run` once, which brings it up to date");
}

}  // namespace marginfix::reconcile
