// In place of all the rest where libpq was not there when this program was built.
#include "services/reconcile/postgres/address.hpp"
#include "services/reconcile/postgres/inbox.hpp"
#include "services/reconcile/postgres/lead.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"

namespace marginfix::reconcile {

namespace {

Error without_postgres() {
  return fail(ErrorCategory::config,
              "this program was built without PostgreSQL: install libpq-dev and build it again, or leave --storage out");
}

}  // namespace

Result<PostgresAddress> PostgresAddress::parse(std::string_view) { return without_postgres(); }

struct PostgresStorage::Impl {};
PostgresStorage::PostgresStorage(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PostgresStorage::~PostgresStorage() = default;
Result<std::unique_ptr<PostgresStorage>> PostgresStorage::open(const PostgresAddress&, Lead&) { return without_postgres(); }
Result<std::unique_ptr<PostgresStorage>> PostgresStorage::open_for_reading(const PostgresAddress&, const std::string&) {
  return without_postgres();
}
Statement& PostgresStorage::statement(std::string_view) { throw Exception(without_postgres()); }
void PostgresStorage::execute(std::string_view) { throw Exception(without_postgres()); }
void PostgresStorage::begin() { throw Exception(without_postgres()); }
void PostgresStorage::commit() { throw Exception(without_postgres()); }
void PostgresStorage::rollback() noexcept {}
bool PostgresStorage::in_transaction() const noexcept { return false; }
bool PostgresStorage::reads_ahead() const noexcept { return false; }
void PostgresStorage::expect(std::string_view, const std::vector<std::vector<KeyValue>>&) {}

Result<void> check_service_name(const std::string&) { return without_postgres(); }
Result<std::vector<std::string>> services_in(const PostgresAddress&) { return without_postgres(); }
Result<void> put_into_inbox(const PostgresAddress&, const std::string&, const std::string&) { return without_postgres(); }
Result<std::unique_ptr<LeadCandidate>> LeadCandidate::open(const PostgresAddress&, LeadHolder) { return without_postgres(); }
Result<std::unique_ptr<Lead>> wait_for_lead(const PostgresAddress&, const LeadHolder&, const std::function<bool()>&,
                                            const std::function<void(const std::string&)>&) {
  return without_postgres();
}

}  // namespace marginfix::reconcile
