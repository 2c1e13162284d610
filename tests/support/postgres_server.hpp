// A PostgreSQL of the tests' own: Debian's binaries, in a temporary folder, on a Unix socket and an ephemeral port of loopback; it ends
// with its process. Where there is none a test says so and skips.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/reconcile/postgres/lead.hpp"
#include "services/reconcile/postgres/postgres_storage.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::test {

class PostgresServer {
 public:
  static constexpr const char* kPassword = "se%cret:of@tests";

  // Nothing: why_not() says why. Settings are NAME=VALUE, for `postgres -c`.
  static std::unique_ptr<PostgresServer> start(const std::vector<std::string>& settings = {});
  // One for the whole process.
  static PostgresServer* shared();
  // No server could be started, and why; "" otherwise.
  static const std::string& why_not();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // By its socket, which asks for no password.
  std::string url(const std::string& database = "postgres") const;
  // By TCP, with one: of this port of loopback, where another one than the server's is given.
  std::string tcp_url(const std::string& database = "postgres", std::uint16_t port = 0) const;
  std::uint16_t port() const noexcept { return port_; }
  std::string socket_folder() const { return folder_.path(); }
  // Its URL by the socket.
  std::string new_database();
  void kill();   // SIGKILL of all of it
  void begin();  // again, on the same data

 private:
  PostgresServer() = default;
  bool make(const std::vector<std::string>& settings);
  bool wait_until_ready();
  std::vector<std::string> as_its_user(std::vector<std::string> command) const;

  TempFolder folder_;
  std::string binaries_;
  std::vector<std::string> settings_;
  std::uint16_t port_{0};
  pid_t process_{-1};
  int databases_{0};
};

// The ledger of one service in a database of its own, and its lead.
struct PostgresLedger {
  std::string url, service{"main"};
  reconcile::PostgresAddress address;
  std::unique_ptr<reconcile::Lead> lead;
  std::unique_ptr<reconcile::PostgresStorage> storage;

  // Throws where it cannot be made.
  static std::unique_ptr<PostgresLedger> open(const std::string& url, const std::string& service = "main",
                                              const reconcile::LeadTimes& times = {});
  // One for the whole process, whose tables are empty now; null: there is no server.
  static PostgresLedger* emptied();
  std::unique_ptr<reconcile::PostgresStorage> reader() const;
};

// One statement, its rows' first column; for what tests look at from outside. Throws.
std::vector<std::string> psql(const std::string& url, const std::string& sql);

}  // namespace marginfix::test
