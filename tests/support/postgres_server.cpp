#include "support/postgres_server.hpp"

#include <arpa/inet.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "services/reconcile/ledger/rows.hpp"
#include "services/reconcile/postgres/row_shape.hpp"
#include "support/spawn.hpp"

namespace marginfix::test {

namespace {

namespace fs = std::filesystem;

std::string& reason() {
  static std::string text;
  return text;
}

// Of the newest version that is installed; "" = none.
std::string server_binaries() {
  std::string found;
  int newest = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version <= newest || !fs::exists(entry.path() / "bin/initdb")) continue;
    newest = version;
    found = (entry.path() / "bin").string();
  }
  return found;
}

std::uint16_t a_free_port() {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(s, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  ::getsockname(s, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(s);
  return ntohs(address.sin_port);
}

// A server refuses to run as root.
const passwd* its_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

std::string encoded(const std::string& text) {
  std::string made;
  char digits[4];
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      made += c;
    } else {
      std::snprintf(digits, sizeof digits, "%%%02X", static_cast<unsigned char>(c));
      made += digits;
    }
  }
  return made;
}

}  // namespace

std::vector<std::string> PostgresServer::as_its_user(std::vector<std::string> command) const {
  if (const passwd* user = its_user(); user != nullptr) {
    const std::vector<std::string> before{"/usr/bin/setpriv", "--reuid=" + std::to_string(user->pw_uid),
                                          "--regid=" + std::to_string(user->pw_gid), "--clear-groups", "--pdeathsig=QUIT"};
    command.insert(command.begin(), before.begin(), before.end());
  }
  return command;
}

bool PostgresServer::make(const std::vector<std::string>& settings) {
  binaries_ = server_binaries();
  if (binaries_.empty()) return reason() = "no PostgreSQL server is installed (apt-get install postgresql)", false;
  settings_ = settings;
  const std::string password_file = folder_.write("password", std::string(kPassword) + "\n");
  if (const passwd* user = its_user(); user != nullptr) {
    if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0 || ::chown(password_file.c_str(), user->pw_uid, user->pw_gid) != 0)
      return reason() = "the server's folder cannot be given to its user", false;
  }
  Spawn initdb;
  initdb.arguments = as_its_user({binaries_ + "/initdb", "-D", folder_.path("data"), "-U", "marginfix", "-E", "UTF8", "--locale=C.UTF-8",
                                  "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile=" + password_file});
  initdb.out_file = folder_.path("initdb.log"), initdb.folder = "/";
  if (wait_for_end(spawn(initdb)) != 0) return reason() = "initdb failed: " + TempFolder::read(initdb.out_file), false;
  for (int i = 0; i < 3; ++i) {
    port_ = a_free_port();  // which somebody else may take before the server does
    begin();
    if (process_ > 0) return true;
  }
  return false;
}

void PostgresServer::begin() {
  Spawn server;
  server.arguments = as_its_user({binaries_ + "/postgres", "-D", folder_.path("data"), "-k", folder_.path(), "-p", std::to_string(port_),
                                  "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=40", "-c",
                                  "shared_buffers=32MB", "-c", "dynamic_shared_memory_type=mmap"});
  for (const std::string& setting : settings_) server.arguments.insert(server.arguments.end(), {"-c", setting});
  server.out_file = folder_.path("server.log"), server.folder = "/";
  process_ = spawn(server);
  if (!wait_until_ready()) reason() = "the server did not begin: " + TempFolder::read(server.out_file);
}

bool PostgresServer::wait_until_ready() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  const std::string address = url();
  while (std::chrono::steady_clock::now() < until) {
    if (::waitpid(process_, nullptr, WNOHANG) == process_) break;
    if (PQping(address.c_str()) == PQPING_OK) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  process_ = -1;
  return false;
}

void PostgresServer::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGSTOP);  // so that it begins no more of them
  const std::string process = std::to_string(process_);
  std::ifstream children("/proc/" + process + "/task/" + process + "/children");
  std::vector<pid_t> all{process_};
  for (pid_t child = 0; children >> child;) all.push_back(child);
  for (const pid_t one : all) ::kill(one, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
  for (const pid_t one : all) {
    while (::kill(one, 0) == 0 && fs::exists("/proc/" + std::to_string(one) + "/exe")) std::this_thread::yield();
  }
}

PostgresServer::~PostgresServer() {
  if (process_ <= 0) return;
  ::kill(process_, SIGQUIT);
  ::waitpid(process_, nullptr, 0);
}

std::unique_ptr<PostgresServer> PostgresServer::start(const std::vector<std::string>& settings) {
  std::unique_ptr<PostgresServer> server(new PostgresServer());
  if (!server->make(settings)) return nullptr;
  return server;
}

PostgresServer* PostgresServer::shared() {
  static const std::unique_ptr<PostgresServer> server = start();
  return server.get();
}

const std::string& PostgresServer::why_not() { return reason(); }

std::string PostgresServer::url(const std::string& database) const {
  return "postgresql://marginfix@" + encoded(folder_.path()) + ":" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::tcp_url(const std::string& database, std::uint16_t port) const {
  return "postgresql://marginfix:" + encoded(kPassword) + "@127.0.0.1:" + std::to_string(port == 0 ? port_ : port) + "/" + database;
}

std::string PostgresServer::new_database() {
  const std::string name = "test" + std::to_string(++databases_);
  psql(url(), "CREATE DATABASE " + name);
  return url(name);
}

std::unique_ptr<PostgresLedger> PostgresLedger::open(const std::string& url, const std::string& service,
                                                     const reconcile::LeadTimes& times) {
  auto made = std::make_unique<PostgresLedger>();
  made->url = url, made->service = service;
  made->address = reconcile::PostgresAddress::parse(url).value();
  made->lead = reconcile::LeadCandidate::open(made->address, {service, "test", {}, times}).value()->try_take().value();
  if (!made->lead) throw std::runtime_error("somebody leads");
  made->storage = reconcile::PostgresStorage::open(made->address, *made->lead).value();
  return made;
}

PostgresLedger* PostgresLedger::emptied() {
  static const std::unique_ptr<PostgresLedger> ledger =
      PostgresServer::shared() == nullptr ? nullptr : open(PostgresServer::shared()->new_database());
  if (!ledger) return nullptr;
  // Quicker than TRUNCATE, which makes each table's files anew.
  std::string all;
  for (const reconcile::RowShape& shape : reconcile::ledger_shapes()) all += "DELETE FROM " + shape.table + ";";
  ledger->storage->execute(all);
  return ledger.get();
}

std::unique_ptr<reconcile::PostgresStorage> PostgresLedger::reader() const {
  return reconcile::PostgresStorage::open_for_reading(address, service).value();
}

std::vector<std::string> psql(const std::string& url, const std::string& sql) {
  PGconn* const connection = PQconnectdb(url.c_str());
  PGresult* const result = PQexec(connection, sql.c_str());
  std::vector<std::string> rows;
  for (int i = 0; i < PQntuples(result); ++i) rows.emplace_back(PQgetvalue(result, i, 0));
  const ExecStatusType status = PQresultStatus(result);
  const std::string fault = PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(sql + ": " + fault);
  return rows;
}

}  // namespace marginfix::test
