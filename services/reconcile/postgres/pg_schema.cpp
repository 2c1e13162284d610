#include "services/reconcile/postgres/pg_schema.hpp"

#include <utility>
#include <vector>

#include "services/reconcile/ledger/schema.hpp"
#include "services/reconcile/ledger/sqlite_storage.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"
#include "services/reconcile/postgres/row_shape.hpp"

namespace marginfix::reconcile {

namespace {

// "marginfix" as a number: whoever changes schemas holds it until the end of its transaction.
constexpr const char* kLockSchemas = "SELECT pg_advisory_xact_lock(7881706560)";

bool has_schema(PgConnection& connection, std::string_view name) {
  const PgResult found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = $1", {std::string(name)});
  return PQntuples(found.get()) > 0;
}

// The right to make one is needed only where it is not there.
void make_schema(PgConnection& connection, std::string_view name) {
  if (!has_schema(connection, name)) connection.execute("CREATE SCHEMA " + std::string(name));
}

std::vector<std::string> services_with_ledger(PgConnection& connection) {
  std::vector<std::string> names;
  const PgResult rows = connection.execute("SELECT service FROM marginfix.services WHERE version > 0 ORDER BY service");
  for (int i = 0; i < PQntuples(rows.get()); ++i) names.push_back(pg_text(rows.get(), i, 0));
  return names;
}

void make_tables(PgConnection& connection) {
  for (const RowShape& shape : ledger_shapes()) connection.execute(shape.create);
  // As it came: what cannot be made smaller is not tried.
  connection.execute("ALTER TABLE journal ALTER COLUMN bytes SET STORAGE EXTERNAL");
  connection.execute("CREATE INDEX IF NOT EXISTS audit_break ON audit (break_id, number)");
  // What somebody asks the leader to do, until it has done it (inbox.hpp).
  connection.execute(
      "CREATE TABLE IF NOT EXISTS inbox (id TEXT COLLATE \"C\" PRIMARY KEY, written TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(), "
      "body TEXT NOT NULL)");
  for (const char* index : ledger_indexes()) {
    std::string sql = index;
    sql.replace(0, std::string_view("CREATE INDEX").size(), "CREATE INDEX IF NOT EXISTS");
    connection.execute(sql);
  }
}

// For people and their tools: every table of every service.
void make_views(PgConnection& connection) {
  const std::vector<std::string> services = services_with_ledger(connection);
  for (const RowShape& shape : ledger_shapes()) {
    std::string sql;
    for (const std::string& service : services) {
      sql += (sql.empty() ? "" : " UNION ALL ") + ("SELECT '" + service + "'::text AS service, " + shape.all_names() + " FROM ") +
             schema_of_service(service) + "." + shape.table;
    }
    connection.execute("DROP VIEW IF EXISTS marginfix." + shape.table);
    connection.execute("CREATE VIEW marginfix." + shape.table + " AS " + sql);
  }
}

std::int64_t version_of(PgConnection& connection, const std::string& service) {
  const PgResult found = connection.execute("SELECT version FROM marginfix.services WHERE service = $1", {service});
  return PQntuples(found.get()) == 0 ? 0 : pg_integer(found.get(), 0, 0);
}

Exception wrong_version(const std::string& service, std::int64_t version, const std::string& what) {
  return Exception(fail(ErrorCategory::store, "the ledger of service " + service + " is of version " + std::to_string(version) +
                                                  ", this program's is " + std::to_string(SqliteStorage::kVersion) + ": " + what));
}

void check_not_newer(const std::string& service, std::int64_t version) {
  if (version > SqliteStorage::kVersion) throw wrong_version(service, version, "it was written by a newer marginfix; use that one");
}

// Throws what went wrong with what a person can do about it.
template <class Work>
void in_transaction(PgConnection& connection, const Work& work) {
  try {
    work();
    connection.execute("COMMIT");
  } catch (const Exception& e) {
    if (!connection.is_lost()) connection.execute("ROLLBACK");
    Error error = e.error();
    if (error.code == "42501") error.message += " (GRANT CREATE ON DATABASE ... TO this user, or let its owner make the schemas)";
    throw Exception(std::move(error));
  }
}

}  // namespace

void make_common_schema(PgConnection& connection) {
  const PgResult there = connection.execute("SELECT to_regclass('marginfix.accounts') IS NOT NULL");
  if (pg_integer(there.get(), 0, 0) != 0) return;
  connection.execute("BEGIN");
  in_transaction(connection, [&] {
    connection.execute(kLockSchemas);
    make_schema(connection, kCommonSchema);
    connection.execute(
        "CREATE TABLE IF NOT EXISTS marginfix.services (service TEXT COLLATE \"C\" PRIMARY KEY, version BIGINT NOT NULL DEFAULT 0, "
        "epoch BIGINT NOT NULL DEFAULT 0, holder TEXT NOT NULL DEFAULT '', beat TIMESTAMPTZ NOT NULL DEFAULT '-infinity', "
        "beat_process BIGINT NOT NULL DEFAULT 0, beat_started BIGINT NOT NULL DEFAULT 0, "
        "writer_process BIGINT NOT NULL DEFAULT 0, writer_started BIGINT NOT NULL DEFAULT 0)");
    connection.execute(
        "CREATE TABLE IF NOT EXISTS marginfix.accounts (account TEXT COLLATE \"C\" PRIMARY KEY, service TEXT COLLATE \"C\" NOT NULL "
        "REFERENCES marginfix.services)");
  });
}

void migrate_service(PgConnection& connection, const std::string& service, std::int64_t epoch) {
  const std::int64_t before = version_of(connection, service);
  check_not_newer(service, before);
  if (before == SqliteStorage::kVersion) return;
  begin_as_leader(connection, service, epoch);
  in_transaction(connection, [&] {
    connection.execute(kLockSchemas);
    make_schema(connection, schema_of_service(service));
    make_tables(connection);
    connection.execute("UPDATE marginfix.services SET version = $1 WHERE service = $2", {std::int64_t{SqliteStorage::kVersion}, service});
    make_views(connection);
  });
}

void check_service(PgConnection& connection, const PostgresAddress& address, const std::string& service) {
  const PgResult there = connection.execute("SELECT to_regclass('marginfix.services') IS NOT NULL");
  const std::int64_t version = pg_integer(there.get(), 0, 0) != 0 ? version_of(connection, service) : 0;
  if (version == 0) {
    Error error =
        fail(ErrorCategory::store, address.shown() + " holds no ledger of service " + service +
                                       ": run `marginfix reconcile run --storage ... --service " + service + "` first, which makes one");
    error.code = "no_ledger";
    throw Exception(std::move(error));
  }
  check_not_newer(service, version);
  if (version < SqliteStorage::kVersion)
    throw wrong_version(service, version, "run `marginfix reconcile run` once, which brings it up to date");
}

void begin_as_leader(PgConnection& connection, const std::string& service, std::int64_t epoch) {
  const PgResult there = connection.execute("BEGIN; SELECT epoch FROM marginfix.services WHERE service = '" + service + "' FOR KEY SHARE");
  if (PQntuples(there.get()) == 1 && pg_integer(there.get(), 0, 0) == epoch) return;
  connection.execute("ROLLBACK");
  Error error = fail(ErrorCategory::store, "another instance leads service " + service + " by now: nothing of this was written");
  error.code = "not_leader";
  throw Exception(std::move(error));
}

}  // namespace marginfix::reconcile
