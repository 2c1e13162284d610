#include "services/reconcile/postgres/inbox.hpp"

#include "marginfix/core/uuid.hpp"
#include "services/reconcile/postgres/connection.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"

namespace marginfix::reconcile {

Result<void> put_into_inbox(const PostgresAddress& address, const std::string& service, const std::string& body) {
  constexpr std::chrono::seconds kPatience{10};
  try {
    PgOptions options;
    options.search_path = schema_of_service(service);
    options.patience = kPatience;
    PgConnection connection(address, options);
    connection.execute("INSERT INTO inbox (id, body) VALUES ($1, $2)", {random_uuid(), body});
    return {};
  } catch (const Exception& e) {
    return e.error();
  }
}

}  // namespace marginfix::reconcile
