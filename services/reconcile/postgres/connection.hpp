// One connection to PostgreSQL by libpq. What libpqxx 6 lacks is what a ledger needs: parameters and COPY in binary, so that no number is
// ever written out and read again as something else, and waiting that ends when somebody else says so. One thread.
#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "marginfix/core/error.hpp"
#include "services/reconcile/postgres/address.hpp"

namespace marginfix::reconcile {

// A value on its way: NULL, an integer, a text, bytes.
struct PgBytes {
  std::string data;
};
using PgValue = std::variant<std::monostate, std::int64_t, std::string, PgBytes>;

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using PgResult = std::unique_ptr<PGresult, ClearResult>;

// Texts of the ledger are whatever bytes came; PostgreSQL takes UTF-8 without NUL. Any other byte goes as U+10FF00 and its value, and so
// does what looks like that already: each text comes back as it was.
std::string to_pg_text(std::string_view text);
std::string from_pg_text(std::string_view text);
bool is_pg_text(std::string_view text) noexcept;  // goes as it is

struct PgOptions {
  bool reads_only{false};
  std::string search_path;                           // a schema; "" = none
  std::chrono::milliseconds patience{0};             // for one answer; 0: as long as the connection lives
  const std::atomic<bool>* given_up{nullptr};        // ends any waiting
  std::chrono::milliseconds idle_in_transaction{0};  // the server ends the session of who is silent in a transaction; 0: never
};

class PgConnection {
 public:
  // Connects and sets what the ledger relies on: durable commits, UTF-8, keepalives and time-outs that find a peer that is gone within
  // three seconds; checks that the server took them, and that nothing between hands out other sessions ("session pooling needed"). Throws
  // Exception(connect or store).
  PgConnection(const PostgresAddress& address, PgOptions options);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Throws Exception(store): code "connection_lost" where the connection is no more, "disk_full", else the SQLSTATE.
  PgResult execute(std::string_view sql);
  PgResult execute(std::string_view sql, const std::vector<PgValue>& values);
  void prepare(const std::string& name, std::string_view sql);
  PgResult execute_prepared(const std::string& name, std::string_view sql, const std::vector<PgValue>& values);
  // `values` as they stand: a parameter in binary, of whatever type the statement says.
  PgResult execute_binary(const std::string& name, std::string_view sql, const std::vector<std::string>& values);
  // COPY ... FROM STDIN (FORMAT binary) with all of its bytes.
  void copy_in(const std::string& sql, std::string_view bytes);

  void set_patience(std::chrono::milliseconds patience) { options_.patience = patience; }
  bool in_transaction() const noexcept;
  bool is_lost() const noexcept;
  // Of the session at the server's side: who wants to end it needs both.
  int server_process() const noexcept { return server_process_; }
  std::int64_t server_process_start() const noexcept { return server_process_start_; }  // microseconds

 private:
  void open();
  void set_up();
  void check_time_outs();
  void check_session();
  void wait(short events);
  void flush();
  void begin_command();
  PgResult answer(int sent, std::string_view what);
  PgResult finish(std::string_view what);
  [[noreturn]] void fail_with(const PGresult* result, std::string_view what);
  [[noreturn]] void lose(std::string_view what, std::string why);

  PostgresAddress address_;
  PgOptions options_;
  PGconn* connection_{nullptr};
  bool lost_{false};
  int server_process_{0};
  std::int64_t server_process_start_{0};
  std::chrono::nanoseconds answer_by_{0};
};

// Of a result.
std::string pg_text(const PGresult* result, int row, int column);
std::int64_t pg_integer(const PGresult* result, int row, int column);

}  // namespace marginfix::reconcile
