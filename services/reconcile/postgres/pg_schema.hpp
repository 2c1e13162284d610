// Schemas and tables in PostgreSQL, by version, each step under an advisory lock and in one transaction: services that start at once make
// them once.
//   marginfix            services (who leads, epochs), accounts (whose service), and views over all services' tables, with a column
//   `service` marginfix_SERVICE    the tables of rows.hpp, journal and audit
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "services/reconcile/postgres/connection.hpp"

namespace marginfix::reconcile {

inline constexpr std::string_view kCommonSchema = "marginfix";

// Throws Exception(store).
void make_common_schema(PgConnection& connection);
// Makes or migrates the service's tables, for who leads with this epoch. Throws Exception(store).
void migrate_service(PgConnection& connection, const std::string& service, std::int64_t epoch);
// Throws Exception(store): there is none (code "no_ledger"), or it is of another version.
void check_service(PgConnection& connection, const PostgresAddress& address, const std::string& service);
// In a transaction: its row of `services` is held until the end of it. Throws Exception(store), code "not_leader".
void begin_as_leader(PgConnection& connection, const std::string& service, std::int64_t epoch);

}  // namespace marginfix::reconcile
