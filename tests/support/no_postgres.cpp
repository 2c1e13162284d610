// In place of postgres_server.cpp where libpq was not there when the tests were built.
#include <stdexcept>

#include "support/postgres_server.hpp"

namespace marginfix::test {

std::unique_ptr<PostgresServer> PostgresServer::start(const std::vector<std::string>&) { return nullptr; }
PostgresServer* PostgresServer::shared() { return nullptr; }
const std::string& PostgresServer::why_not() {
  static const std::string why = "built without PostgreSQL (apt-get install libpq-dev)";
  return why;
}
PostgresServer::~PostgresServer() = default;
std::string PostgresServer::url(const std::string&) const { return {}; }
std::string PostgresServer::tcp_url(const std::string&, std::uint16_t) const { return {}; }
std::string PostgresServer::new_database() { return {}; }
void PostgresServer::kill() {}
void PostgresServer::begin() {}
std::unique_ptr<PostgresLedger> PostgresLedger::open(const std::string&, const std::string&, const reconcile::LeadTimes&) {
  throw std::runtime_error(PostgresServer::why_not());
}
PostgresLedger* PostgresLedger::emptied() { return nullptr; }
std::unique_ptr<reconcile::PostgresStorage> PostgresLedger::reader() const { throw std::runtime_error(PostgresServer::why_not()); }
std::vector<std::string> psql(const std::string&, const std::string&) { throw std::runtime_error(PostgresServer::why_not()); }

}  // namespace marginfix::test
