// The ledger of one service in PostgreSQL: a schema of its own, "marginfix_SERVICE", in a database that many services may share. Money and
// times are bigint, texts are text in the order of their bytes (COLLATE "C"), bytes bytea; nothing in it was ever a binary float.
//
// Rows that table.hpp puts and inserts within a transaction wait in memory until a query could see them, or the transaction ends, and go in
// one statement a table, many of them by COPY.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/reconcile/ledger/storage.hpp"
#include "services/reconcile/postgres/address.hpp"

namespace marginfix::reconcile {

class Lead;

// A service's name as its schema has it: a letter, then up to 40 letters, digits and underscores, in lower case. Error(config).
Result<void> check_service_name(const std::string& service);
std::string schema_of_service(const std::string& service);

class PostgresStorage final : public Storage {
 public:
  // For who leads: makes or migrates the schema, and every transaction begins with the proof that nobody else leads by now (else
  // Exception(store), code "not_leader"). `lead` outlives it.
  static Result<std::unique_ptr<PostgresStorage>> open(const PostgresAddress& address, Lead& lead);
  // Nobody can write by it. Error(store): no ledger of that name there (code "no_ledger"), or one of another version.
  static Result<std::unique_ptr<PostgresStorage>> open_for_reading(const PostgresAddress& address, const std::string& service);
  ~PostgresStorage() override;

  Statement& statement(std::string_view sql) override;
  void execute(std::string_view sql) override;
  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  bool in_transaction() const noexcept override;
  bool holds_journal() const noexcept override { return true; }
  bool reads_ahead() const noexcept override;
  void expect(std::string_view find, const std::vector<std::vector<KeyValue>>& keys) override;

  struct Impl;

 private:
  explicit PostgresStorage(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The services that have a ledger in the database, by name. Error(connect or store).
Result<std::vector<std::string>> services_in(const PostgresAddress& address);

}  // namespace marginfix::reconcile
